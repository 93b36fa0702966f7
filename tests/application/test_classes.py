"""Classes as people use them at once: many phones, one of them twice, sent again, known under two ids."""

import asyncio
from typing import Any

import pytest

from application import access, classes, people
from application.actors import OPERATOR
from application.classes import Class, OpenedClass
from application.forms.access import RevokeForm
from application.forms.classes import CheckInForm, ClassForm, CloseClassForm
from application.forms.people import MergeForm
from domain.classes import AlreadyCheckedIn, ClassIsClosed
from domain.model import Answer, Evidence, Role
from domain.people import ConsentGiven, PersonRegistered
from domain.teaching import TeachingAnswered, TeachingLogged
from tests.application.place import TUY_PHUOC, Scene

PHONES = 12


@pytest.fixture
def opened(scene: Scene, lan) -> OpenedClass:
    form = ClassForm(submission=scene.submission(), unit=TUY_PHUOC, skills=("vneid",))
    return asyncio.run(classes.open_class(scene.ground, lan, form))


def form(scene: Scene, opened: OpenedClass, name: str, **other: Any) -> CheckInForm:
    assert opened.code is not None
    said: dict[str, Any] = {
        "submission": scene.submission(),
        "code": opened.code,
        "name": name,
        "birth_year": 1956,
        "answer": Answer.ABLE,
        "device": f"phone-{len(name)}",
    }
    return CheckInForm(**(said | other))


def checked_in(scene: Scene, sent: CheckInForm) -> classes.Joined:
    return asyncio.run(classes.check_in(scene.ground, sent))


def room(scene: Scene, opened: OpenedClass) -> Class:
    return classes.of_lesson(scene.ground, opened.lesson)


def close(scene: Scene, lan, opened: OpenedClass) -> None:
    ending = CloseClassForm(submission=scene.submission())
    asyncio.run(classes.close_class(scene.ground, lan, opened.lesson, ending))


def test_many_phones_at_the_same_moment_and_one_person_on_two(scene, opened):
    names = [f"Nguyễn Văn {'A' * (number + 1)}" for number in range(PHONES)]
    sent = [form(scene, opened, name) for name in [*names, names[0]]]

    async def all_at_once() -> list[object]:
        return await asyncio.gather(
            *(classes.check_in(scene.ground, one) for one in sent), return_exceptions=True
        )

    said = asyncio.run(all_at_once())
    refused = [one for one in said if isinstance(one, BaseException)]
    assert [type(one) for one in refused] == [AlreadyCheckedIn]
    assert len(scene.facts(TeachingLogged)) == len(scene.facts(TeachingAnswered)) == PHONES
    assert {one.evidence for one in scene.facts(TeachingAnswered)} == {Evidence.OWN_DEVICE}


def test_nobody_checks_in_with_somebody_who_may_no_longer_teach(scene, lan, opened):
    early = form(scene, opened, "Nguyễn Thị Tư")
    first = checked_in(scene, early)
    taken = RevokeForm(submission=scene.submission(), role=Role.AMBASSADOR, unit=TUY_PHUOC)
    asyncio.run(access.revoke(scene.ground, OPERATOR, lan.person, taken))
    with pytest.raises(ClassIsClosed):
        checked_in(scene, form(scene, opened, "Lê Văn Sáu"))
    assert checked_in(scene, early).teaching == first.teaching
    assert len(scene.facts(TeachingLogged)) == 1


def test_sent_again_it_has_its_first_receipt_also_once_the_class_is_closed(scene, lan, opened):
    sent = form(scene, opened, "Nguyễn Thị Tư")
    first = checked_in(scene, sent)
    close(scene, lan, opened)
    again = checked_in(scene, sent)
    assert (again.teaching, again.position, again.again) == (first.teaching, first.position, True)
    with pytest.raises(ClassIsClosed):
        checked_in(scene, form(scene, opened, "Lê Văn Sáu"))


def test_somebody_known_under_two_ids_is_one_in_the_class(scene, opened):
    checked_in(scene, form(scene, opened, "Nguyễn Thị Tư"))
    checked_in(scene, form(scene, opened, "Nguyễn Thị Tư Bà", phone="0905123456", birth_year=None))
    first, second = (one.person for one in scene.facts(PersonRegistered)[-2:])
    merge = MergeForm(submission=scene.submission(), person=first, into=second)
    asyncio.run(people.merge(scene.ground, OPERATOR, merge))
    with pytest.raises(AlreadyCheckedIn):
        checked_in(scene, form(scene, opened, "Nguyễn Thị Tư"))
    assert len(room(scene, opened).pupils) == 2


def test_a_refusal_leaves_nothing_behind(scene, lan, opened):
    close(scene, lan, opened)
    before = scene.state()
    with pytest.raises(ClassIsClosed):
        checked_in(scene, form(scene, opened, "Nguyễn Thị Tư"))
    assert scene.state() == before


def test_what_somebody_known_agrees_to_is_recorded_as_heard_at_the_wall(scene, lan, opened):
    checked_in(scene, form(scene, opened, "Nguyễn Thị Tư"))
    assert scene.facts(ConsentGiven) == []
    sent = ClassForm(submission=scene.submission(), unit=TUY_PHUOC, skills=("vneid",))
    later = asyncio.run(classes.open_class(scene.ground, lan, sent))
    checked_in(scene, form(scene, later, "Nguyễn Thị Tư", consent=("contact",)))
    [given] = scene.facts(ConsentGiven)
    assert (given.purpose, given.by) == ("contact", f"code:{later.lesson}")


def test_the_code_stands_for_the_class_alone(scene, opened):
    assert opened.code is not None
    holder = scene.vault.find_code(opened.code)
    assert holder is not None
    assert (holder.kind, holder.subject) == ("class", opened.lesson)
