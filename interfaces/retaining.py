"""Erasing what is due, as the settings have it: for `lantoa retain`, and once a day for the server."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import msgspec

from application.ports import OutcomeUnknown, Unavailable
from application.retention import Because, Due, Terms, due, erase_due
from domain.model import PersonId, Refused
from infrastructure.vault.held import everybody
from interfaces import importing
from interfaces.house import House

MAY_FAIL: Final = (Refused, Unavailable, OutcomeUnknown)

_log: Final = logging.getLogger(__name__)

Watch = Callable[[int], None]
"""Told how many more people were looked at."""


class Retained(msgspec.Struct, kw_only=True):
    """What was (or with `dry_run` would be) erased: people by reason, entries of the access log, lists
    that were kept for long enough, and submissions of forms that nobody mended in time. `failed` are
    those who could not be erased this time: the next run tries again."""

    dry_run: bool
    looked_at: int = 0
    erased: dict[Because, int] = {}
    people: list[PersonId] = []
    reads: int = 0
    lists: int = 0
    submissions: int = 0
    failed: int = 0


def retain(
    house: House,
    *,
    dry_run: bool = False,
    watch: Watch = lambda _more: None,
    stopping: Callable[[], bool] = lambda: False,
) -> Retained:
    """Looks at everybody of whom data is held, a thousand at a time. Idempotent: what is erased is
    due no more, and what was not come to because it is `stopping` is due the next time. Ids only in
    what it says."""
    done = Retained(dry_run=dry_run)
    terms, now = terms_of(house), house.clock()
    for people in everybody(house.database):
        for found in due(house.ledger, people, terms, now):
            if stopping():
                return done
            _erase(house, found, done)
        done.looked_at += len(people)
        watch(len(people))
    before = now - timedelta(days=house.settings.retention.reads)
    done.reads = house.access_log.before(before) if dry_run else house.access_log.cut(before)
    done.lists = len(house.lists.over()) if dry_run else importing.remove_old(house)
    done.submissions = house.surveys.aged() if dry_run else asyncio.run(house.surveys.clear())
    return done


def _erase(house: House, found: Due, done: Retained) -> None:
    if not done.dry_run:
        try:
            asyncio.run(erase_due(house.ground, found))
        except MAY_FAIL as error:
            _log.warning("somebody whose data is due was not erased: %s", type(error).__name__)
            done.failed += 1
            return
    done.erased[found.because] = done.erased.get(found.because, 0) + 1
    done.people.append(found.person)


def terms_of(house: House) -> Terms:
    kept = house.settings.retention
    return Terms(
        unanswered=timedelta(days=kept.unanswered),
        withdrawn=timedelta(days=kept.withdrawn),
        closed=timedelta(days=kept.closed),
    )
