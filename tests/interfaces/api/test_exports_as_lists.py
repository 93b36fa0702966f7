"""Exports of forms that are brought in as lists: what a form sent counts once, also where it is connected no
more, and it is asked once for many rows which form that was."""

from sqlalchemy import delete, select

from application.actors import OPERATOR
from application.lists.cells import Cell
from application.surveys import exported as naming
from application.surveys import payloads
from domain.lists import ListKind
from domain.model import Role
from infrastructure import turns
from infrastructure.alone import alone
from infrastructure.connected import connection, instance, version
from interfaces import importing
from tests.interfaces.api.forms import MENTOR_PHONE, Form, exported, kobo
from tests.interfaces.api.test_edits import ON_SQLITE, edit_of, lessons
from tests.interfaces.homes import TUY_PHUOC
from tests.interfaces.queries import questions


def mentor(home):
    return home.caller(Role.AMBASSADOR, TUY_PHUOC, "Nguyễn Thị Lan", MENTOR_PHONE)


def brought(home, *bodies):
    house = home.house
    file = house.spools.incoming()
    file.write_text(exported(*bodies, roots=True), encoding="utf-8")
    unit = house.units.find(TUY_PHUOC)
    list_ = importing.bring(house, OPERATOR, file, name="kobo.csv", kind=ListKind.CLASSES, unit=unit)
    return importing.load(house, importing.must_get(house, list_))


def another(body, name, phone):
    return body | {"nguoi_hoc/ho_va_ten": name, "nguoi_hoc/so_dien_thoai": phone}


def test_what_a_form_sent_counts_once_also_when_it_is_connected_no_more(home):
    mentor(home)
    forms = [Form(home, "kobo", "lesson", who=f"Lê Văn {name}") for name in ("Một", "Hai")]
    sent = another(kobo(), "Võ Thị Hai", "0912000111"), another(kobo(), "Võ Văn Ba", "0912000222")
    edit = edit_of(sent[0], **{"buoi/ngay": "2026-03-05"})
    for form, body in zip(forms, sent, strict=True):
        form.send(body)
    forms[0].send(edit)
    stood = lessons(home)

    for form in forms:
        form.browser.post(f"/ket-noi/{form.ref}/ngat", {})

    with home.house.database.reading() as db:
        assert db.execute(select(version)).all() == []
    done = brought(home, *sent, edit)
    assert (done.good, done.known) == (3, 3)
    assert lessons(home) == stood == [("Võ Thị Hai", "2026-03-05"), ("Võ Văn Ba", "2026-03-01")]


def test_the_control_who_forgot_by_which_form_it_came_counts_it_twice(home):
    mentor(home)
    forms = [Form(home, "kobo", "lesson", who=f"Lê Văn {name}") for name in ("Một", "Hai")]
    body = kobo()
    forms[0].send(body)
    forget = delete(instance)
    home.house.ledger.write(lambda db: db.execute(forget)).result()

    assert brought(home, body).known == 0
    assert len(lessons(home)) == 2


@ON_SQLITE
def test_forms_of_before_are_asked_each(home):
    """Which instances they sent is kept by hashes of each form's own alone."""
    mentor(home)
    forms = [Form(home, "kobo", "lesson", who=f"Lê Văn {name}") for name in ("Một", "Hai")]
    body = kobo()
    forms[0].send(body)
    before = (delete(instance), connection.update().values(listed=False))
    for statement in before:
        home.house.ledger.write(lambda db, statement=statement: db.execute(statement)).result()

    assert brought(home, body).known == 1
    forms[0].browser.post(f"/ket-noi/{forms[0].ref}/ngat", {})
    assert brought(home, body).known == 1


@ON_SQLITE
def test_however_many_forms_there_are_it_is_asked_as_often(home, monkeypatch):
    monkeypatch.setattr(naming, "TOGETHER", 2)
    house, unit = home.house, home.house.units.find(TUY_PHUOC)
    came = [payloads.of_kobo(kobo()) for _ in range(4)]
    rows: list[dict[str, Cell]] = [{"instance": one.instance, "version": one.version} for one in came]

    def asked():
        names = naming.Naming(house.ground, house.surveys, ListKind.CLASSES, unit)
        ahead = names.ahead(enumerate(rows))
        return questions(lambda: [names(rows[line]) for line, _row in ahead])

    Form(home, "kobo", "lesson")
    Form(home, "kobo", "lesson", who="Lê Văn Hai")
    few = asked()
    for name in ("Ba", "Bốn", "Năm"):
        Form(home, "kobo", "lesson", who=f"Lê Văn {name}")
    assert [one for one in asked() if "FROM" in one] == [one for one in few if "FROM" in one]
    assert sum("form_instance" in one for one in few) == 2  # once for each two rows


def test_edits_that_come_at_once_wait_for_their_turn(home, monkeypatch):
    """On PostgreSQL each that is taken in holds a connection that no pool bounds."""
    mentor(home)
    form, held, most = Form(home, "kobo", "lesson"), [], []
    firsts = [another(kobo(), f"Võ Thị {name}", f"091200{at:04d}") for at, name in enumerate("abcdefghijkl")]
    form.upload(exported(*firsts, roots=True))

    def counted(database, number):
        held.append(number)
        most.append(len(held))
        return Leaving(alone(database, number), held)

    monkeypatch.setattr("infrastructure.turns.alone", counted)
    edits = [edit_of(body, **{"buoi/ngay": "2026-03-05"}) for body in firsts]
    done = form.upload(exported(*edits, roots=True))

    assert done.headers["location"].endswith("some=12-0-0-0#came")
    assert [day for _name, day in lessons(home)] == ["2026-03-05"] * 12
    assert 1 < max(most) <= turns.AT_ONCE
    assert held == []


class Leaving:
    """Says when what it wraps is left."""

    def __init__(self, inner, held):
        self._inner, self._held = inner, held

    def __enter__(self):
        return self._inner.__enter__()

    def __exit__(self, *error):
        self._held.pop()
        return self._inner.__exit__(*error)
