"""One submission of a form on its way into the ledger: the first version of it, or an edit."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import msgspec

from application.actors import Actor
from application.lists.rows import Entry
from application.ports import Ground
from application.surveys import following
from application.surveys.following import Comparing, EditDiffers, Stood
from application.surveys.keeping import Kept, Placed, State, Surveys
from application.surveys.payloads import Instance
from application.surveys.taking import Connection, Taking
from domain.model import Fact, Refused

MOST_FOLLOWED: Final = 20
"""Edits of one submission that are followed by themselves, each weighed with what all before it recorded;
of more of them somebody decides."""


class Received(msgspec.Struct, frozen=True):
    """`refused` is why it waits, for mending or for a decision."""

    instance: str
    state: State
    again: bool
    refused: Refused | None = None


class NotFollowedHere(Refused):
    """A family, or milestones, of an edit: they are mended where they stand."""


class Edited(msgspec.Struct, frozen=True, kw_only=True):
    """What an edit says beside what stands, and whether it can be followed from here."""

    entry: Entry
    stood: Stood
    may_follow: bool


class Coming:
    """A version of a submission. `keeper` is in whose name it is taken in."""

    def __init__(self, ground: Ground, surveys: Surveys, keeper: Actor, kept: Kept, came: Instance) -> None:
        self._ground = ground
        self._surveys = surveys
        self._keeper = keeper
        self._kept = kept
        self._came = came

    async def take_in(self, *, waited: bool = False) -> Received:
        """A refusal is kept with it. `waited`: it was kept because of one."""
        placed = await self._surveys.place(self._kept, self._came)
        if placed.known or not placed.newest:
            with suppress(Refused):  # it is not this version's answers that count
                await self._only_one(placed)
            return await self._noted(placed, State.RECORDED, note=waited)
        try:
            taking, entry = self._read()
            news = await self._recorded(taking, entry, placed)
        except EditDiffers as differs:
            return await self._noted(placed, State.EDITED, differs)
        except Refused as wrong:
            return await self._noted(placed, State.WAITING, wrong)
        return await self._noted(placed, State.RECORDED, again=not news)

    async def _noted(
        self,
        placed: Placed,
        state: State,
        refused: Refused | None = None,
        *,
        again: bool = True,
        note: bool = True,
    ) -> Received:
        if note:
            await self._surveys.note(self._kept, self._came, state, refused, placed=placed)
        return Received(self._came.instance, state, again=again and refused is None, refused=refused)

    def _read(self) -> tuple[Taking, Entry]:
        kept = self._kept
        form = Connection(id=kept.id, unit=kept.unit, tells=kept.tells, columns=kept.columns)
        taking = Taking(self._ground, self._keeper, form)
        return taking, taking.read(self._came)

    async def _recorded(self, taking: Taking, entry: Entry, placed: Placed) -> bool:
        """Whether something was recorded that did not stand already. Raises `EditDiffers`, and what
        recording it raises."""
        first = taking.named(entry, placed.instance)
        edited = self._came.edited or placed.by_number
        before = await self._facts(taking, entry, placed)
        if not before or (not edited and self._surveys.submitted(first.submissions)):
            news = await taking.record(first)
            if news or not edited:
                await self._done(placed.instance)
                return news
        elif not edited:  # it came by a list, or before its form was told apart from others
            await self._done(placed.instance)
            return False
        async with self._surveys.alone(placed):
            return await self._edited(taking, entry, placed)

    async def _edited(self, taking: Taking, entry: Entry, placed: Placed) -> bool:
        stands = following.stood(self._ground, await self._facts(taking, entry, placed))
        compared = Comparing(taking, entry).with_(stands)
        if compared.same:
            await self._done(placed.holds or next(iter(placed.told), placed.instance))
            return False
        often = len(placed.told) > MOST_FOLLOWED
        if often or placed.by_number or not following.follows_by_itself(entry, stands, compared):
            raise EditDiffers
        await self._follow(taking, entry, placed, stands)
        return True

    async def _follow(self, taking: Taking, entry: Entry, placed: Placed, stands: Stood) -> None:
        """Records what the edit says under its own name, then withdraws what stood."""
        new = taking.named(entry, placed.own)
        await taking.record(new)
        own = await following.recorded(self._ground, new.submissions)
        await following.withdraw(taking, following.without(stands, own), new.id)
        await self._done(placed.own)

    async def _only_one(self, placed: Placed) -> None:
        """Of two that were recorded before they were known to be one, the newer stays."""
        older = [one for one in placed.told if one != placed.holds]
        if placed.holds is None or not older:
            return
        taking, entry = self._read()
        facts = await following.recorded(self._ground, self._known(following.under(taking, entry, older)))
        stands = following.stood(self._ground, facts)
        if not stands.answered:
            await following.withdraw(taking, stands, taking.named(entry, placed.holds).id)

    async def beside(self) -> Edited:
        """Raises what is wrong with the answers by now."""
        placed = await self._surveys.place(self._kept, self._came)
        taking, entry = self._read()
        stands = following.stood(self._ground, await self._facts(taking, entry, placed))
        return Edited(entry=entry, stood=stands, may_follow=following.may_be_followed(entry))

    async def follow(self, organizer: Actor) -> None:
        """Raises `NotFollowedHere`, and what recording it raises."""
        placed = await self._surveys.place(self._kept, self._came)
        async with self._surveys.alone(placed):
            taking, entry = self._read()
            if not following.may_be_followed(entry):
                raise NotFollowedHere
            stands = following.stood(self._ground, await self._facts(taking, entry, placed))
            compared = Comparing(taking, entry).with_(stands)
            await following.correct(taking, organizer, compared, taking.named(entry, placed.own).id)
            await self._follow(taking, entry, placed, stands)
        await self._noted(placed, State.RECORDED)

    async def leave(self) -> None:
        placed = await self._surveys.place(self._kept, self._came)
        await self._done(None)
        await self._noted(placed, State.RECORDED)

    async def _facts(self, taking: Taking, entry: Entry, placed: Placed) -> Sequence[Fact]:
        """All that was ever recorded of the versions of it that are known of."""
        names = [placed.instance, placed.own, *placed.told, *self._surveys.names(self._kept, self._came)]
        ids = [
            *following.under(taking, entry, list(dict.fromkeys(names))),
            *following.legacy(taking, entry, self._came.named),
        ]
        facts = await following.recorded(self._ground, self._known(ids))
        others = frozenset(one.id for one in self._surveys.every()) if facts else frozenset()
        return following.of_this_form(taking, facts, others)

    def _known(self, ids: Sequence[str]) -> list[str]:
        known = self._surveys.submitted(ids)
        return [one for one in ids if one in known]

    async def _done(self, told: str | None) -> None:
        await self._surveys.done(self._kept, self._came, told)
