"""Look-ups that wait at the same moment are one question, and none is answered by an older one."""

import asyncio

import pytest

from infrastructure.accounts.asked_together import AskedTogether
from infrastructure.accounts.remembered import RememberedAccounts
from tests.infrastructure.accounts.conftest import run
from tests.interfaces.queries import questions


class Known:
    """What stands in the database, and what was asked of it."""

    def __init__(self, **stands):
        self.stands = {key.encode(): value for key, value in stands.items()}
        self.asked = []
        self.meanwhile = lambda: None

    def find(self, keys):
        self.asked.append(sorted(keys))
        found = {key: self.stands[key] for key in keys if key in self.stands}
        self.meanwhile()
        return found


def test_whoever_asks_at_the_same_moment_is_answered_by_one_question():
    known = Known(lan="Lan", hoa="Hòa")
    together = AskedTogether(known.find)

    async def all_at_once():
        return await asyncio.gather(*(together.get(key) for key in (b"lan", b"hoa", b"lan", b"nobody")))

    assert run(all_at_once()) == ["Lan", "Hòa", "Lan", None]
    assert known.asked == [[b"hoa", b"lan", b"nobody"]]


def test_what_ended_before_somebody_came_is_never_found_for_them():
    known = Known(lan="Lan")
    together = AskedTogether(known.find)

    async def one_comes_while_another_is_looked_up():
        later = []

        def ended_and_answered():
            known.meanwhile = lambda: None
            known.stands.clear()
            later.append(asyncio.ensure_future(together.get(b"lan")))

        known.meanwhile = ended_and_answered
        return await together.get(b"lan"), await later[0]

    assert run(one_comes_while_another_is_looked_up()) == ("Lan", None)
    assert known.asked == [[b"lan"], [b"lan"]]


def test_one_that_is_given_up_leaves_the_others_theirs():
    together = AskedTogether(Known(lan="Lan").find)

    async def one_gives_up():
        given_up, waits = (asyncio.ensure_future(together.get(b"lan")) for _ in range(2))
        await asyncio.sleep(0)
        given_up.cancel()
        return await waits

    assert run(one_gives_up()) == "Lan"


def test_what_goes_wrong_is_told_to_all_and_is_over_with_that():
    known = Known(lan="Lan")
    together = AskedTogether(known.find)

    def away():
        raise ConnectionError

    async def all_at_once():
        known.meanwhile = away
        failed = await asyncio.gather(*(together.get(b"lan") for _ in range(2)), return_exceptions=True)
        known.meanwhile = lambda: None
        return [type(one) for one in failed], await together.get(b"lan")

    assert run(all_at_once()) == ([ConnectionError] * 2, "Lan")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_crowd_is_one_message_to_the_database(lan, database, ledger):
    remembering = RememberedAccounts(database, ledger)
    bearer = run(remembering.issue_bearer(lan.person))
    sessions, bearers = [], []

    async def crowd():
        sessions.extend(await asyncio.gather(*(remembering.session_now(lan.token) for _ in range(20))))
        bearers.extend(await asyncio.gather(*(remembering.bearer_now(bearer) for _ in range(20))))

    assert len(questions(lambda: run(crowd()))) == 2
    assert sessions == [lan.session] * 20
    assert bearers == [lan.person] * 20
