"""Bad input: a named refusal that says which field, and nothing recorded."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from application.actors import OutOfScope
from application.forms.households import HouseholdForm
from application.forms.markets import MarketForm
from application.forms.shape import Form
from application.forms.teaching import AnswerForm, LessonForm, VoidForm
from application.identity import BadBirthYear, BadLearner
from application.markets import open_market
from application.teaching import log_lesson
from domain.entries import NotYetHappened, TooLateToEnter
from domain.markets import ImpossibleStalls, MarketExists
from domain.model import Refused
from domain.names import BadName, BadPhone
from domain.teaching import (
    NobodyTaught,
    NothingTaught,
    SameLearnerTwice,
    SameSkillTwice,
    TooManyLearners,
    UnknownSkill,
)
from tests.application.place import TUY_PHUOC
from tests.cast import TODAY, YESTERDAY

TU = {"name": "Nguyễn Thị Tư", "phone": "0905123456"}
LESSON = {
    "submission": "s-1",
    "on": YESTERDAY.isoformat(),
    "unit": TUY_PHUOC,
    "skills": ["vneid"],
    "learners": [TU],
}


def sent(scene, actor, **changed):
    form = msgspec.json.decode(json.dumps({**LESSON, **changed}), type=LessonForm)
    return asyncio.run(log_lesson(scene.ground, actor, form))


def test_the_lesson_that_the_others_are_changed_from_is_fine(scene, lan):
    assert sent(scene, lan).position == scene.ledger.head()


@pytest.mark.parametrize(
    ("learner", "refusal", "field"),
    [
        ({"name": ""}, BadName, "learners.0.name"),
        ({"name": "   "}, BadName, "learners.0.name"),
        ({"name": "..."}, BadName, "learners.0.name"),
        ({"name": "Tư" * 100}, BadName, "learners.0.name"),
        ({"name": "Tư\x00"}, BadName, "learners.0.name"),
        ({"name": "Tư\x1b[2J"}, BadName, "learners.0.name"),
        ({"name": "Tư\u202e"}, BadName, "learners.0.name"),
        ({"name": "Tư\u2066x\u2069"}, BadName, "learners.0.name"),
        ({"name": "<script>alert(1)</script>"}, BadName, "learners.0.name"),
        ({"phone": "123"}, BadPhone, "learners.0.phone"),
        ({"phone": "0105123456"}, BadPhone, "learners.0.phone"),
        ({"phone": "09051234567"}, BadPhone, "learners.0.phone"),
        ({"phone": "+1 905 123 4567"}, BadPhone, "learners.0.phone"),
        ({"phone": "٠٩٠٥١٢٣٤٥٦"}, BadPhone, "learners.0.phone"),
        ({"phone": "0905' OR 1=1"}, BadPhone, "learners.0.phone"),
        ({"birth_year": YESTERDAY.year + 1}, BadBirthYear, "learners.0.birth_year"),
        ({"birth_year": YESTERDAY.year - 126}, BadBirthYear, "learners.0.birth_year"),
        ({"id": "0" * 32}, BadLearner, "learners.0"),
    ],
)
def test_a_learner_is_refused_by_name(scene, lan, learner, refusal, field):
    before = scene.state()
    with pytest.raises(Refused) as refused:
        sent(scene, lan, learners=[{**TU, **learner}])
    assert (type(refused.value), refused.value.details["field"]) == (refusal, field)
    assert scene.state() == before


@pytest.mark.parametrize(
    ("changed", "refusal", "field"),
    [
        ({"learners": []}, NobodyTaught, "learners"),
        ({"learners": [{}]}, BadLearner, "learners.0"),
        ({"learners": [{"id": "0" * 32, "birth_year": 1956}]}, BadLearner, "learners.0"),
        ({"learners": [{"id": "0" * 32, "group": "workers"}]}, BadLearner, "learners.0"),
        ({"learners": [TU, TU]}, SameLearnerTwice, "learners.1"),
        (
            {"learners": [{"name": f"Học viên {n}", "birth_year": 1960} for n in range(500)]},
            TooManyLearners,
            "learners",
        ),
        ({"skills": []}, NothingTaught, "skills"),
        ({"skills": ["flying"]}, UnknownSkill, "skills"),
        ({"skills": ["vneid", "vneid"]}, SameSkillTwice, "skills"),
        ({"unit": "no-such-unit"}, OutOfScope, "unit"),
        ({"unit": "48"}, OutOfScope, "unit"),
        ({"on": (TODAY + timedelta(days=1)).isoformat()}, NotYetHappened, "on"),
        ({"on": (TODAY - timedelta(days=31)).isoformat()}, TooLateToEnter, "on"),
    ],
)
def test_a_lesson_is_refused_by_name(scene, lan, changed, refusal, field):
    before = scene.state()
    with pytest.raises(Refused) as refused:
        sent(scene, lan, **changed)
    assert (type(refused.value), refused.value.details["field"]) == (refusal, field)
    assert scene.state() == before


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"extra": 1}, "extra"),
        ({"submission": ""}, "submission"),
        ({"submission": "s" * 65}, "submission"),
        ({"submission": "s-1\n"}, "submission"),
        ({"submission": "<s>"}, "submission"),
        ({"submission": None}, "submission"),
        ({"on": "2026-02-31"}, "on"),
        ({"on": "31/02/2026"}, "on"),
        ({"on": 20260215}, "on"),
        ({"unit": ""}, "unit"),
        ({"unit": "x" * 10_000}, "unit"),
        ({"skills": "vneid"}, "skills"),
        ({"skills": ["vneid"] * 101}, "skills"),
        ({"skills": ["x" * 65]}, "skills"),
        ({"learners": [TU] * 1_001}, "learners"),
        ({"learners": [{**TU, "name": "x" * 10_000}]}, "learners[0].name"),
        ({"learners": [{**TU, "phone": "0" * 10_000}]}, "learners[0].phone"),
        ({"learners": [{**TU, "birth_year": 10**30}]}, "learners[0].birth_year"),
        ({"learners": [{**TU, "birth_year": "1956"}]}, "learners[0].birth_year"),
        ({"learners": [{**TU, "group": "wizards"}]}, "learners[0].group"),
        ({"learners": [{**TU, "cccd": "052056000001"}]}, "cccd"),
        ({"learners": [{**TU, "code": "ABC"}]}, "learners[0].code"),
        ({"learners": [[]]}, "learners[0]"),
        ({"channel": "telepathy"}, "channel"),
        ({"device": "x" * 65}, "device"),
    ],
)
def test_a_form_of_another_shape_is_not_read(changed, path):
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.json.decode(json.dumps({**LESSON, **changed}), type=LessonForm)
    assert path in str(refused.value)


@pytest.mark.parametrize("field", list(LESSON))
def test_nothing_needed_may_be_missing(field):
    told = {name: value for name, value in LESSON.items() if name != field}
    with pytest.raises(msgspec.ValidationError, match=field):
        msgspec.json.decode(json.dumps(told), type=LessonForm)


@pytest.mark.parametrize(
    ("form", "told"),
    [
        (AnswerForm, {"code": "ABCD2345", "answer": "yes"}),
        (AnswerForm, {"code": "A" * 401, "answer": "able"}),
        (VoidForm, {"submission": "s", "reason": "because"}),
        (VoidForm, {"submission": "s", "reason": "other", "note": "x" * 2_001}),
        (HouseholdForm, {**LESSON, "members": []}),
        (MarketForm, {"submission": "s", "unit": "52", "name": "Chợ", "stalls": 0}),
        (MarketForm, {"submission": "s", "unit": "52", "name": "Chợ", "stalls": 1.5}),
    ],
)
def test_other_forms_are_bounded_too(form, told):
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(json.dumps(told), type=form)


def test_every_form_refuses_unknown_fields():
    forms = [Form, *_below(Form)]
    assert len(forms) > 20
    assert all(form.__struct_config__.forbid_unknown_fields for form in forms)


def test_a_second_market_of_one_name_in_a_unit_is_refused(scene, minh):
    def opened(name, **told):
        given = {"unit": TUY_PHUOC, "stalls": 30, **told}
        form = MarketForm(submission=scene.submission(), name=name, **given)
        return asyncio.run(open_market(scene.ground, minh, form))

    opened("Chợ Bồ Đề")
    before = scene.state()
    with pytest.raises(MarketExists):
        opened("CHỢ  BO DE")
    with pytest.raises(BadName) as refused:
        opened("<b>Chợ</b>")
    assert refused.value.details["field"] == "name"
    with pytest.raises(ImpossibleStalls):
        opened("Chợ Lớn", stalls=99_999)
    assert scene.state() == before


def _below(kind: Any) -> list[Any]:
    return [one for child in kind.__subclasses__() for one in (child, *_below(child))]
