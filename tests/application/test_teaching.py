"""Lessons logged, answered, voided and ruled on, on a real ledger and vault."""

import asyncio

from application.answers import answer, question
from application.teaching import log_lesson
from domain.model import Answer
from tests.application.place import lesson, named, says


def test_a_lesson_is_logged_and_answered(scene, lan):
    logged = asyncio.run(log_lesson(scene.ground, lan, lesson(scene, named(phone="0905123456"))))
    code = logged.teachings[0].code
    assert question(scene.ground, code).ambassador_name == "Trần Thị Lan"

    answered = asyncio.run(answer(scene.ground, says(code.lower())))

    assert answered.position == scene.ledger.head()
    assert question(scene.ground, code).answer is Answer.ABLE
