"""What is written about somebody at the moment in which they are erased leaves nothing of them behind."""

import asyncio

import pytest

from application import people, privacy
from application.forms.teaching import VoidForm
from application.teaching import log_lesson, void_teaching
from domain.model import By, VoidReason
from domain.people import PersonErased, UnknownPerson
from domain.requests import Kind, RequestMade
from domain.teaching import TeachingVoided
from infrastructure.vault.keys import Keys, path_in
from infrastructure.vault.opening_all import unreadable
from tests.application.place import Scene, lesson, named

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def taught(scene: Scene, lan):
    return asyncio.run(log_lesson(scene.ground, lan, lesson(scene, named(phone="0905 000 013")))).teachings[0]


def overtaken(scene: Scene, monkeypatch, person) -> None:
    """Erased between the look-up of the next decision and its turn."""
    decide = scene.ledger.decide

    async def late(*given, **more):
        monkeypatch.undo()
        await people.forget(scene.ground, person, By("import:retention"))
        return await decide(*given, **more)

    monkeypatch.setattr(scene.ledger, "decide", late)


def test_no_note_about_them_is_kept(scene, minh, taught, monkeypatch):
    overtaken(scene, monkeypatch, taught.learner)
    form = VoidForm(submission=scene.submission(), reason=VoidReason.OTHER, note="Bà Tư nói là không học")
    asyncio.run(void_teaching(scene.ground, minh, taught.teaching, form))
    assert scene.facts(PersonErased)
    assert scene.facts(TeachingVoided)
    assert scene.sealed()["note"] == 0
    assert unreadable(scene.database, Keys(path_in(scene.database.home)), lambda _more: None) == []


@pytest.mark.parametrize("words", ["", "Xin sửa tên"])
def test_nobody_is_left_waiting_for_an_answer(scene, taught, monkeypatch, words):
    overtaken(scene, monkeypatch, taught.learner)
    with pytest.raises(UnknownPerson):
        asyncio.run(privacy.ask(scene.ground, taught.learner, By("code:x"), Kind.OBJECT, words))
    assert scene.facts(RequestMade) == []
    assert scene.sealed()["note"] == 0


def test_a_note_about_somebody_who_stays_is_kept(scene, minh, taught):
    """The control."""
    form = VoidForm(submission=scene.submission(), reason=VoidReason.OTHER, note="Bà Tư nói là không học")
    asyncio.run(void_teaching(scene.ground, minh, taught.teaching, form))
    assert scene.sealed()["note"] == 1
