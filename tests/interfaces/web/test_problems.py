"""Every refusal there is has its status and its sentences."""

import importlib
import pkgutil
import re

import pytest

import application
import domain
import infrastructure
import interfaces
from domain.model import Refused
from interfaces.web import language
from interfaces.web.problem_documents import TITLES, name_of
from interfaces.web.problems import _WHY, PARTS, TABLE, problem_of


def every_refusal():
    for package in (domain, application, infrastructure, interfaces):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith(("__main__", ".env")) and not _apart(module.name):
                importlib.import_module(module.name)
    return sorted(subclasses(Refused), key=lambda kind: f"{kind.__module__}.{kind.__name__}")


def _apart(module):
    """Migrations run only under Alembic; commands explain refusals by themselves."""
    return module.startswith(("infrastructure.migrations", "interfaces.cli"))


def subclasses(kind):
    for one in kind.__subclasses__():
        if not one.__module__.startswith("tests."):
            yield one
            yield from subclasses(one)


@pytest.mark.parametrize("kind", every_refusal(), ids=lambda kind: kind.__name__)
def test_every_refusal_has_a_sentence(kind):
    assert kind in TABLE


def test_no_refusal_stands_in_two_places():
    assert sum(map(len, PARTS)) == len(TABLE)


def test_no_two_refusals_share_a_name():
    names = [name_of(kind) for kind in TABLE]

    assert len(names) == len(set(names))


@pytest.mark.parametrize("status", sorted({status for status, _ in TABLE.values()}))
def test_every_status_has_a_title(status):
    assert status in TITLES


@pytest.mark.parametrize("spoken", language.LANGUAGES)
@pytest.mark.parametrize("sentence", [said for _, said in TABLE.values()] + list(_WHY.values()))
def test_every_sentence_stands_in_both_languages(spoken, sentence):
    language.use(spoken)

    said = language.translated(sentence)

    assert placeholders(said) == placeholders(sentence)
    assert (said != sentence) == (spoken == "vi")


def placeholders(sentence):
    return sorted(re.findall(r"%\((\w+)\)s", sentence))


def test_a_sentence_that_asks_for_more_than_the_refusal_tells_is_said_all_the_same():
    class Untold(Refused):
        """For this test."""

    TABLE[Untold] = (422, "At most %(limit)s.")
    try:
        assert problem_of(Untold()).detail == "At most ?."
    finally:
        del TABLE[Untold]


def test_a_fault_of_ours_says_nothing_of_itself():
    problem = problem_of(ValueError("Nguyễn Thị Tư 0912345678"))

    assert problem.status == 500
    assert "Tư" not in problem.detail
