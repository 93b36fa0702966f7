"""What a phone kept without a network, sent together: each entry stands or falls by itself."""

from typing import Any

import msgspec
import pytest

from application import access, people
from application.actors import OPERATOR, Actor
from application.forms.access import RevokeForm
from application.forms.people import MergeForm
from application.ports import OutcomeUnknown, Unavailable
from domain.access import RoleGranted
from domain.model import By, PersonId, Role
from infrastructure.accounts import device_tokens
from infrastructure.read_models import teachings
from infrastructure.tries import Limit
from interfaces.api import sync as syncing
from interfaces.web.tries import LIMITS, Kind
from tests.cast import NOW
from tests.infrastructure.read_models.support import Happening
from tests.interfaces.api.requests import ba_tu, days_ago, household, learner, market, today, visit
from tests.interfaces.conftest import copied
from tests.interfaces.homes import TUY_PHUOC, Caller
from tests.interfaces.phones import answer, code, entry, lesson, phone_of, void


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def home(request, tmp_path_factory):
    yield from copied(request, tmp_path_factory.mktemp("phones"))


@pytest.fixture(scope="module")
def phone(home):
    return phone_of(home)


@pytest.fixture
def taught(phone):
    """A lesson that arrived, by its code."""
    minted = code()
    assert phone.result(lesson(somebody(code=minted)))["status"] == "recorded"
    return minted


_learners = iter(range(10_000, 20_000))


def somebody(**other):
    return learner(next(_learners)) | other


def names(results):
    return [
        (one["status"], one["problem"]["type"].partition("#")[2] if one.get("problem") else "")
        for one in results
    ]


def history(home, subject):
    home.catch_up()
    return home.known("minh").get(f"/teachings/{subject}").json()


class TestEntries:
    def test_a_lesson_and_its_answer_are_taken_in_their_order(self, home, phone):
        minted = code()
        logged, answered = phone.results(lesson(somebody(code=minted)), answer(minted))

        assert names([logged, answered]) == [("recorded", ""), ("recorded", "")]
        (handed,) = logged["receipt"]["codes"]
        assert handed["code"] == minted
        assert handed["confirm_url"].endswith(f"/x/{minted}")
        assert answered["receipt"]["subject"] == handed["subject"]
        found = history(home, handed["subject"])
        assert (found["state"], found["evidence"]) == ("confirmed", "ambassador-device")
        assert [one["evidence"] for one in found["history"]] == [None, "ambassador-device"]

    def test_a_family_is_answered_for_by_the_code_of_its_phone(self, phone):
        minted = code()
        form = household(somebody(code=minted), declared=["vneid-level-2"])
        registered, answered = phone.results(entry("family", form), answer(minted))

        assert names([registered, answered]) == [("recorded", ""), ("recorded", "")]
        assert registered["receipt"]["codes"][0]["code"] == minted

    def test_a_vendor_is_registered_and_onboarded_in_one(self, home, phone):
        stalls = home.known("hoa").post("/markets", market(name=f"Chợ {code()}")).json()["market"]
        minted = code()
        form = {
            "market": stalls,
            "vendor": somebody(),
            "on": today(),
            "means": ["cashless-payment"],
            "code": minted,
        }
        onboarded, answered, withdrawn = phone.results(
            vendor := entry("vendor", form), answer(minted), void(subject_code=minted)
        )

        assert names([onboarded, answered, withdrawn]) == [("recorded", "")] * 3
        assert withdrawn["receipt"]["subject"] == onboarded["receipt"]["codes"][0]["subject"]
        assert phone.result(vendor)["status"] == "again"
        known = {key: value for key, value in form.items() if key not in ("vendor", "code")}
        again = phone.result(entry("vendor", known | {"known": onboarded["receipt"]["subject"]}))
        assert again["status"] == "recorded"

    def test_a_visit_is_recorded_once_and_one_that_cannot_be_is_refused_at_its_field(self, phone):
        made = entry("visit", visit(number=31, found=["smartphone"], needs=["vneid"]))
        odd, logged = phone.results(entry("visit", visit(number=20_001)), made)

        assert names([odd, logged]) == [("refused", "impossible-number"), ("recorded", "")]
        assert odd["problem"]["field"] == "number"
        again = phone.result(made)
        assert (again["status"], again["receipt"]) == ("again", logged["receipt"])

    def test_what_a_vendor_lacks_is_said_at_its_field(self, phone):
        for form, field in (
            ({"market": "m"}, "vendor"),
            ({"market": "m", "known": "v"}, "means"),
            ({"market": "m", "known": "v", "means": ["e-commerce"]}, "on"),
        ):
            assert phone.result(entry("vendor", form))["problem"]["field"] == field

    def test_one_bad_entry_never_blocks_the_rest(self, phone):
        good, last = lesson(somebody()), lesson(somebody())
        bad: dict[str, Any] = {
            "a number": 7,
            "nothing": {},
            "an unknown kind": lesson() | {"kind": "gift"},
            "an unknown field": lesson() | {"colour": "red"},
            "no form": {key: value for key, value in lesson().items() if key != "form"},
            "a form that is none": lesson() | {"form": []},
            "an unknown field of the form": entry("lesson", {"colour": "red"}),
            "a wrong type": lesson(somebody(), skills="vneid"),
            "a NUL in a name": lesson(somebody(name="Lê\0Văn Sáu")),
            "a NUL in an id": lesson() | {"id": "a\0b"},
            "an id that is none": lesson() | {"id": "x" * 200},
            "another submission": entry("lesson", {}) | {"form": {"submission": "another"}},
            "a day that is none": lesson(somebody(), on="yesterday"),
            "too large": lesson(*(somebody(name="Ă" * 399) for _ in range(48))),
            "too many learners": lesson(*(somebody() for _ in range(51))),
            "an unknown unit": lesson(somebody(), unit="99999"),
            "an unknown skill": lesson(somebody(), skills=["flying"]),
            "a number beyond any": lesson(somebody(birth_year=10**40)),
        }
        results = phone.results(good, *bad.values(), last)

        assert len(results) == len(bad) + 2
        assert [results[0]["status"], results[-1]["status"]] == ["recorded", "recorded"]
        for what, sent, result in zip(bad, bad.values(), results[1:-1], strict=True):
            assert result["status"] == "refused", (what, result)
            assert result["problem"]["detail"], what
            if "NUL in an id" not in what and "is none" not in what:
                assert result["id"] == (sent.get("id") if isinstance(sent, dict) else None), what
            else:
                assert result["id"] in (None, bad[what]["id"]), what

    def test_what_is_no_envelope_is_a_400(self, phone):
        bodies: list[object] = [
            [],
            {},
            {"version": 1},
            {"version": 1, "entries": {}},
            {"version": "1", "entries": []},
        ]
        for body in bodies:
            answer = phone.post("/sync", body)
            assert answer.status_code == 400, body
            assert answer.headers["content-type"] == "application/problem+json"
        assert phone.post("/sync", content=b"{", headers=JSON).status_code == 400
        assert phone.sync(*([answer_to_nothing()] * 51)).status_code == 400
        assert phone.post("/sync", content=b"[" * 5_000, headers=JSON).status_code == 400

    def test_a_newer_phone_is_told_so(self, phone):
        said = phone.post("/sync", {"version": syncing.VERSION + 1, "entries": []})

        assert (said.status_code, said.json()["type"]) == (400, "/api/v1#newer-phone")

    def test_an_entry_that_cannot_be_read_stops_no_other(self, phone):
        good = msgspec.json.encode(lesson(somebody()))
        deep = b'{"id": "deep", "kind": "lesson", "form": {"unit": "\xff"}}'
        body = b'{"version": 1, "entries": [%s, %s]}' % (deep, good)
        said = phone.post("/sync", content=body, headers=JSON).json()["results"]

        assert [one["status"] for one in said] == ["refused", "recorded"]


JSON = {"content-type": "application/json"}


def answer_to_nothing():
    return answer("AAAAAAAA")


class TestAgain:
    def test_the_same_again_has_its_first_receipt(self, phone):
        sent = [lesson(somebody(code=(minted := code()))), answer(minted), void(subject_code=minted)]
        first, again = phone.results(*sent), phone.results(*sent)

        assert [one["status"] for one in first] == ["recorded"] * 3
        assert [one["status"] for one in again] == ["again"] * 3
        for one, other in zip(first, again, strict=True):
            assert (one["receipt"], one["received_at"]) == (other["receipt"], other["received_at"])

    def test_twice_in_one_request_is_once(self, phone):
        one = lesson(somebody(code=code()))

        assert [result["status"] for result in phone.results(one, one)] == ["recorded", "again"]

    def test_the_same_id_with_other_content_is_a_conflict(self, phone):
        one = lesson(somebody())
        other = one | {"form": one["form"] | {"skills": ["cashless-payment"]}}

        assert phone.result(one)["status"] == "recorded"
        assert names([phone.result(other)]) == [("conflict", "submission-conflict")]

    def test_an_answer_is_told_again_though_another_was_given_since(self, home, phone, taught):
        said = answer(taught, "able")
        assert phone.result(said)["status"] == "recorded"
        assert Caller(home).post("/answers", {"code": taught, "answer": "no"}).status_code == 201

        assert phone.result(said)["status"] == "again"

    def test_what_was_sent_under_an_id_that_is_merged_since_counts_once_and_for_whom_it_stands(self, home):
        phone, other = phone_of(home, "Đỗ Thị Nhập"), phone_of(home, "Đỗ Thị Nhập Một")
        before, after = lesson(somebody()), lesson(somebody())
        first = phone.result(before)
        ids = {"person": phone.made["account"], "into": other.made["account"]}
        home.run(people.merge(home.house.ground, OPERATOR, MergeForm(submission=code(), **ids)))
        home.catch_up()

        again, new = phone.results(before, after)

        assert [again["status"], new["status"]] == ["again", "recorded"]
        assert again["receipt"] == first["receipt"]
        assert [one["status"] for one in phone.results(before, after)] == ["again", "again"]
        home.catch_up()
        with home.house.asking() as db:
            mine = teachings.mine(db, PersonId(ids["into"]), limit=9)
        said = [one["receipt"]["codes"][0]["subject"] for one in (again, new)]
        assert sorted(one.teaching for one in mine) == sorted(said)

    def test_two_accounts_may_use_one_id(self, home, phone):
        one = lesson(somebody())
        other = phone_of(home, "Đỗ Văn Hai")

        assert phone.result(one)["status"] == "recorded"
        assert other.result(one)["status"] == "recorded"

    @pytest.mark.parametrize("trouble", [OutcomeUnknown("lost"), Unavailable("full"), ValueError("a fault")])
    def test_what_nobody_knows_the_outcome_of_is_for_later(self, home, phone, monkeypatch, trouble):
        lost, good = lesson(somebody(code=(minted := code()))), lesson(somebody())
        decide = home.house.ledger.decide

        async def losing(decision, *, submission=None, beside=None):
            done = await decide(decision, submission=submission, beside=beside)
            if submission is not None and submission.id == lost["id"]:
                raise trouble
            return done

        with monkeypatch.context() as broken:
            broken.setattr(home.house.ledger, "decide", losing)
            results = phone.results(lost, answer(minted), good)

        assert [one["status"] for one in results] == ["later", "later", "recorded"]
        again = phone.results(lost, answer(minted))
        assert [one["status"] for one in again] == ["again", "recorded"]


class TestCodes:
    def test_a_code_that_collides_is_said_at_its_learner(self, home, phone, taught):
        clash = lesson(somebody(), somebody(code=taught))
        logged, answered = phone.results(clash, answer(taught, "no"))

        assert names([logged]) == [("refused", "code-taken")]
        assert logged["problem"]["field"] == "learners.1.code"
        assert names([answered]) == [("later", "not-yet-sent")], "it would answer for somebody else"

    def test_a_code_that_nobody_has_is_refused_and_counted(self, phone, monkeypatch):
        assert names([phone.result(answer(code()))]) == [("refused", "unknown-code")]
        one = code()
        monkeypatch.setitem(LIMITS, Kind.CODE, LIMITS[Kind.CODE]._replace(target=Limit(2, 3600)))
        said = [phone.result(answer(one))["status"] for _ in range(3)]
        assert said == ["refused", "refused", "later"]


class TestEvidence:
    def test_an_answer_on_the_learners_own_phone_replaces_one_on_the_mentors(self, home, phone, taught):
        subject = phone.result(answer(taught, "able"))["receipt"]["subject"]
        assert Caller(home).post("/answers", {"code": taught, "answer": "able"}).status_code == 201

        found = history(home, subject)
        assert found["evidence"] == "own-device"
        assert [one["evidence"] for one in found["history"]] == [None, "ambassador-device", "own-device"]

    def test_one_on_the_learners_own_phone_is_never_replaced(self, home, phone, taught):
        own = Caller(home).post("/answers", {"code": taught, "answer": "no"}).json()

        assert names([phone.result(answer(taught, "able"))]) == [("refused", "answered-more-surely")]
        assert phone.result(answer(taught, "no"))["status"] == "again", "which says nothing new"
        found = history(home, own["subject"])
        assert (found["answer"], found["evidence"]) == ("no", "own-device")

    def test_one_for_a_lesson_of_somebody_elses_is_recorded_as_weak_too(self, home, phone, taught):
        other = phone_of(home, "Đỗ Văn Ba")
        subject = other.result(answer(taught))["receipt"]["subject"]

        assert history(home, subject)["evidence"] == "ambassador-device"

    def test_the_mentors_own_share_is_shown_to_the_unit(self, home, phone):
        sent = [lesson(somebody(code=code())) for _ in range(5)]
        said = [answer(one["form"]["learners"][0]["code"]) for one in sent]
        assert {one["status"] for one in phone.results(*sent, *said)} == {"recorded"}
        home.catch_up()

        query = {"unit": TUY_PHUOC, "done_by": today(), "received_by": today()}
        found = home.known("minh").get("/nominees", **query)
        while found.status_code == 202:
            found = home.known("minh").get("/nominees", **query)
        on_phone = [(row["on_phone"], row["people"]) for row in found.json()["rows"]]
        assert any(5 <= some <= people for some, people in on_phone)


class TestUndo:
    def test_its_author_takes_an_entry_back_as_their_own_mistake(self, home, phone, taught):
        done = phone.result(void(subject_code=taught))

        assert done["status"] == "recorded"
        found = history(home, done["receipt"]["subject"])
        assert (found["state"], found["history"][-1]["detail"]) == ("voided", "mistake")

    def test_nobody_elses_entry_is_there(self, home, phone, taught):
        other = phone_of(home, "Đỗ Văn Bốn")

        assert names([other.result(void(subject_code=taught))]) == [("refused", "unknown-teaching")]

    def test_an_organizer_who_teaches_takes_back_only_their_own_here(self, home, phone, taught):
        """By sync they act as an ambassador; what they may do as an organizer has its own page."""
        subject = phone.result(answer(taught))["receipt"]["subject"]
        said = home.known("minh").post(
            f"/teachings/{subject}/void", {"submission": code(), "reason": "mistake"}
        )

        assert (said.status_code, said.json()["type"]) == (403, "/api/v1#not-theirs")

    def test_a_family_is_put_right_on_its_page(self, phone):
        minted = code()
        form = household(somebody(code=minted), declared=["vneid-level-2"])
        results = phone.results(entry("family", form), void(subject_code=minted))

        assert names(results) == [("recorded", ""), ("refused", "not-withdrawn")]

    def test_what_is_meant_is_named_once(self, phone):
        assert phone.result(void())["problem"]["field"] == "subject_code"
        both = void(subject_code=code(), teaching="t")
        assert phone.result(both)["problem"]["field"] == "subject_code"


class TestTime:
    def test_the_servers_clock_decides_and_says_so(self, phone):
        tomorrow, long_ago, late = (
            lesson(somebody(), on=days_ago(-2)),
            lesson(somebody(), on=days_ago(31)),
            lesson(somebody(), on=days_ago(30)),
        )
        said = phone.post("/sync", {"version": 1, "entries": [tomorrow, long_ago, late]}, headers=ENGLISH)
        results = said.json()["results"]

        assert names(results) == [
            ("refused", "not-yet-happened"),
            ("refused", "too-late-to-enter"),
            ("recorded", ""),
        ]
        year, month, day = today().split("-")
        for one in results[:2]:
            assert f"By the server's clock today is {day}/{month}/{year}." in one["problem"]["detail"]
            assert one["problem"]["field"] == "on"
        assert said.json()["now"].startswith(f"{year}-")

    def test_a_late_arrival_says_both_days(self, home, phone):
        done = phone.result(lesson(somebody(), on=days_ago(12)))
        found = history(home, done["receipt"]["codes"][0]["subject"])

        assert (found["on"], found["received"]) == (days_ago(12), today())

    def test_what_the_phones_clock_says_is_never_read(self, phone):
        odd = lesson(somebody()) | {"made_at": "+275760-09-13T00:00:00.000Z"}
        assert phone.sync(odd, sent_at="no time at all").json()["results"][0]["status"] == "recorded"


ENGLISH = {"accept-language": "en"}


class TestTokens:
    def test_a_phone_that_was_ended_keeps_its_queue_and_is_told_401(self, home):
        phone = phone_of(home, "Đỗ Văn Năm")
        assert phone.sync().status_code == 200
        phone.browser.post("/ra", {})
        for said in (phone.sync(lesson(somebody())), phone.get("/field")):
            assert said.status_code == 401
            assert said.headers["content-type"] == "application/problem+json"

    def test_whoever_loses_the_role_loses_the_token(self, home):
        phone = phone_of(home, "Đỗ Văn Sáu")
        account = PersonId(phone.made["account"])
        form = RevokeForm(submission=code(), role=Role.AMBASSADOR, unit=TUY_PHUOC)
        home.run(access.revoke(home.house.ground, OPERATOR, account, form, phones=home.house.accounts))

        assert phone.sync().status_code == 401
        assert home.house.accounts.phones(account) == []

    def test_a_role_lost_without_a_word_to_the_phones_ends_its_use(self, home):
        phone = phone_of(home, "Đỗ Văn Bảy")
        form = RevokeForm(submission=code(), role=Role.AMBASSADOR, unit=TUY_PHUOC)
        home.run(access.revoke(home.house.ground, OPERATOR, phone.made["account"], form))
        home.catch_up()
        home.house._actors.forget_all()

        assert phone.sync().status_code == 401

    def test_whoever_closes_their_account_ends_it(self, home):
        phone = phone_of(home, "Đỗ Văn Tám")
        own = Actor(person=PersonId(phone.made["account"]))
        home.run(access.close_account(home.house.ground, home.house.accounts, own, own.person))

        assert phone.sync().status_code == 401

    def test_what_ends_while_it_is_sent_records_nothing_after(self, home, monkeypatch):
        phone = phone_of(home, "Đỗ Văn Chín")
        read = syncing.read_entry

        def ending(raw):
            """Ended between the door and the writer."""
            account, token = PersonId(phone.made["account"]), phone.made["device"]
            home.house.ledger.write(lambda db: device_tokens.end_one(db, account, token))
            return read(raw)

        head = home.house.ledger.head()
        with monkeypatch.context() as late:
            late.setattr(syncing, "read_entry", ending)
            said = phone.sync(lesson(somebody()), lesson(somebody()))

        assert (said.status_code, said.json()["type"]) == (401, "/api/v1#session-ended")
        assert home.house.ledger.head() == head

    def test_it_opens_nothing_else(self, home, phone):
        for method, path in (
            ("POST", "/lessons"),
            ("POST", "/devices"),
            ("GET", "/units/VN"),
            ("GET", "/leaderboard/me"),
        ):
            said = home.send(method, path, headers=phone.headers)
            assert (said.status_code, said.json()["type"]) == (403, "/api/v1#not-allowed"), path
        assert phone.get("/honours").status_code == 200, "as to anybody"

    def test_it_does_no_more_than_an_ambassador(self, home):
        """An organizer who teaches, too, sends as a mentor."""
        phone = phone_of(home, "Đỗ Văn Mười")
        found = home.house.accounts.phone(phone.made["token"])

        assert found is not None
        assert {one.role for one in home.house.actor(found.person).grants} == {Role.AMBASSADOR}

    def test_the_phone_of_a_team_leader_sends_visits_and_nothing_else(self, home):
        phone = phone_of(home, "Đỗ Văn Giáp", Role.TEAM_LEADER)
        sent = phone.results(entry("visit", visit(number=32)), lesson(somebody()))

        assert names(sent) == [("recorded", ""), ("refused", "not-allowed")]
        kept = phone.get("/field").json()
        assert (kept["places"], [one["name"] for one in kept["visit_places"]]) == ([], ["Xã Tuy Phước"])

    def test_who_teaches_no_more_has_no_learners_names_on_the_phone_of_a_team_leader(self, home):
        phone = phone_of(home, "Đỗ Văn Canh")
        phone.result(lesson(somebody()))
        account = PersonId(phone.made["account"])
        leads = RoleGranted(
            at=NOW,
            by=By("system:1"),
            person=account,
            role=Role.TEAM_LEADER,
            unit=home.house.actor(account).grants[0].unit,
        )
        home.run(home.house.ledger.decide(Happening(facts=(leads,))))
        home.catch_up()
        assert len(phone.get("/field").json()["recent"]) == 1
        form = RevokeForm(submission=code(), role=Role.AMBASSADOR, unit=TUY_PHUOC)
        home.run(access.revoke(home.house.ground, OPERATOR, account, form, phones=home.house.accounts))
        home.catch_up()

        kept = phone.get("/field").json()

        assert phone.browser.get("/toi").status_code == 403  # as on the pages
        assert (kept["recent"], len(kept["visit_places"])) == ([], 1)

    def test_it_is_listed_and_ended_one_by_one(self, home):
        phone = phone_of(home, "Đỗ Văn Nhất")
        page = phone.browser.get("/thiet-bi")
        assert f"/thiet-bi/{phone.made['device']}/ket-thuc" in page.text

        assert phone.browser.post(f"/thiet-bi/{phone.made['device']}/ket-thuc", {}).status_code == 303
        assert phone.sync().status_code == 401
        assert phone.browser.get("/toi").status_code == 200, "the browser stays signed in"

    def test_a_program_gets_none_and_sends_none(self, home):
        lan = home.known("lan")

        assert lan.post("/devices", {}).status_code == 403
        assert lan.post("/sync", {"version": 1, "entries": []}).status_code == 403

    def test_a_page_of_another_site_makes_none(self, home):
        browser = phone_of(home, "Đỗ Văn Nhì").browser
        said = home.run(
            browser._client.post("/api/v1/devices", json={}, headers={"sec-fetch-site": "cross-site"})
        )

        assert said.status_code == 403

    def test_a_phone_gone_wild_is_slowed_down(self, home, monkeypatch):
        phone = phone_of(home, "Đỗ Văn Ất")
        monkeypatch.setitem(LIMITS, Kind.SYNC, LIMITS[Kind.SYNC]._replace(device=Limit(2, 60)))
        said = [phone.sync() for _ in range(3)]

        assert said[-1].status_code == 429
        assert int(said[-1].headers["retry-after"]) > 0


class TestField:
    def test_a_phone_keeps_whom_one_taught_last_by_short_names(self, home):
        phone = phone_of(home, "Đỗ Văn Tân")
        people = [ba_tu(phone="0912000001"), ba_tu(name="Lê Thị Tư", phone="0912000002")]
        people += [{"name": "Phạm Văn Út", "birth_year": 1950}]
        phone.results(*(lesson(one) for one in people))
        home.catch_up()

        found = phone.get("/field").json()

        assert sorted(found) == sorted(
            (
                "account", "as_of", "earliest", "families", "late_days", "name", "places", "recent", "today",
                "visit_places",
            )
        )  # fmt: skip
        assert found["name"] == "Đỗ Văn Tân", "by which learners are asked"
        assert found["account"] == phone.made["account"]
        assert (found["today"], found["earliest"], found["late_days"]) == (today(), days_ago(30), 30)
        assert {one["name"] for one in found["recent"]} == {"Nguyễn Thị Tư", "Lê Thị Tư", "Văn Út"}
        assert all(sorted(one) == ["about", "id", "name", "unit"] for one in found["recent"])
        assert [one["name"] for one in found["places"]] == ["Xã Tuy Phước"]
        again = phone.result(lesson({"id": found["recent"][0]["id"]}))
        assert again["status"] == "recorded", "a known learner is a tap"
        assert (found["visit_places"], found["families"]) == (None, [])

    def test_families_that_one_entered_are_kept_by_the_names_of_their_members(self, home):
        phone = phone_of(home, "Đỗ Văn Dần")
        entered = phone.result(entry("family", household(somebody(name="Mai Thị Nhà"))))
        home.catch_up()

        (kept,) = phone.get("/field").json()["families"]

        assert (kept["id"], kept["name"]) == (entered["receipt"]["subject"], "Mai Thị Nhà")
        visited = phone.result(entry("visit", visit(number=None, household=kept["id"])))
        assert visited["status"] == "recorded"


def test_fifty_lessons_are_recorded_by_few_commits(home, phone):
    commits: list[int] = []
    end = home.house.ledger.on_commit(commits.append)
    results = phone.results(*(lesson(somebody(code=code())) for _ in range(50)))
    end()

    assert {one["status"] for one in results} == {"recorded"}
    assert len({one["receipt"]["position"] for one in results}) == 50
    assert len(commits) <= 40  # how many wait together is up to the machine; one by one it would be 50
