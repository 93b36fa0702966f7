"""One submission of a form on its way into the ledger: the first version of it, or an edit."""

from collections.abc import Sequence
from typing import Final

import msgspec

from application.actors import Actor
from application.lists.entries import Entry
from application.ports import Ground
from application.surveys import following
from application.surveys.following import MENDED_THERE, Comparing, EditDiffers, Stood
from application.surveys.keeping import Kept, Placed, State, Surveys
from application.surveys.payloads import Instance
from application.surveys.taking import Connection, Taking, submission_in
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


class BothStand(Refused):
    """Two versions were recorded before they were known to be one, and the earlier one cannot be withdrawn
    without anybody deciding so."""


class DecidedMeanwhile(Refused):
    """Somebody else decided on the same edit a moment before; of this decision nothing was recorded."""


class Edited(msgspec.Struct, frozen=True, kw_only=True):
    """What an edit says (`entry`), or what was recorded of it (`later`), beside what stands of what came
    before it, and whether it can be followed from here."""

    stood: Stood
    may_follow: bool
    entry: Entry | None = None
    later: Stood | None = None


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
        if placed.over:  # it is not this version's answers that count
            return await self._one_of(placed, note=waited)
        try:
            taking, entry = self._read()
            news = await self._recorded(taking, entry, placed)
        except EditDiffers as differs:
            return await self._noted(placed, State.EDITED, differs)
        except Refused as wrong:
            return await self._noted(placed, State.WAITING, wrong)
        return await self._one_of(placed, again=not news)

    async def _one_of(self, placed: Placed, *, again: bool = True, note: bool = True) -> Received:
        """Of several versions that were recorded before they were known to be one, the newest stays."""
        if len(placed.told) > 1:
            async with self._surveys.alone(placed):
                return await self._only_newest(again=again, note=note)
        return await self._noted(placed, State.RECORDED, again=again, note=note)

    async def _only_newest(self, *, again: bool = True, note: bool = True) -> Received:
        placed = await self._surveys.place(self._kept, self._came)
        earlier, later = await self._both(placed)
        try:
            if following.both_count(self._ground, earlier, later):
                if not earlier.withdrawn_by_itself:
                    raise BothStand
                await following.withdraw(self._taking(), earlier, self._submission(placed.told[-1]))
        except Refused:
            if not placed.waits:  # else that is decided on first, and comes here then
                return await self._noted(placed, State.EDITED, BothStand())
            note = False
        return await self._noted(placed, State.RECORDED, again=again, note=note)

    async def _both(self, placed: Placed) -> tuple[Stood, Stood]:
        """What stands of all versions that were recorded but the newest of them, and what of that."""
        tells = self._kept.tells

        async def stood(names: Sequence[str]) -> Stood:
            ids = self._known(following.under(self._ground, tells, names))
            return following.stood(self._ground, await following.recorded(self._ground, ids))

        return await stood(placed.told[:-1]), await stood(placed.told[-1:])

    async def _noted(
        self,
        placed: Placed,
        state: State,
        refused: Refused | None = None,
        *,
        again: bool = True,
        note: bool = True,
    ) -> Received:
        if note or refused is not None:
            await self._surveys.note(self._kept, self._came, state, refused, placed=placed)
        return Received(self._came.instance, state, again=again and refused is None, refused=refused)

    def _taking(self) -> Taking:
        kept = self._kept
        form = Connection(id=kept.id, unit=kept.unit, tells=kept.tells, columns=kept.columns)
        return Taking(self._ground, self._keeper, form)

    def _read(self) -> tuple[Taking, Entry]:
        taking = self._taking()
        return taking, taking.read(self._came)

    def _submission(self, name: str) -> str:
        return submission_in(self._ground.vault.content_digest, self._kept.tells, name)

    async def _recorded(self, taking: Taking, entry: Entry, placed: Placed) -> bool:
        """Whether something was recorded that did not stand already. Raises `EditDiffers`, and what
        recording it raises."""
        first = taking.named(entry, placed.instance)
        edited = self._came.edited or placed.by_number
        before = await self._facts(taking, placed)
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
        stands = following.stood(self._ground, await self._facts(taking, placed))
        compared = Comparing(taking, entry).with_(stands)
        if compared.same:
            await self._done(placed.told[-1] if placed.told else placed.instance)
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

    async def beside(self) -> Edited:
        """Raises what is wrong with the answers by now."""
        placed = await self._surveys.place(self._kept, self._came)
        may_follow = self._kept.tells not in MENDED_THERE
        if placed.over:
            earlier, later = await self._both(placed)
            return Edited(stood=earlier, later=later, may_follow=may_follow)
        taking, entry = self._read()
        stands = following.stood(self._ground, await self._facts(taking, placed))
        return Edited(stood=stands, entry=entry, may_follow=may_follow)

    async def follow(self, organizer: Actor, ref: str) -> None:
        """Raises `NotFollowedHere`, `DecidedMeanwhile`, and what recording it raises."""
        if self._kept.tells in MENDED_THERE:
            raise NotFollowedHere
        async with self._surveys.alone(await self._surveys.place(self._kept, self._came)):
            placed = await self._waits(ref)
            if placed.over:
                earlier, _later = await self._both(placed)
                await self._withdrawn(placed, earlier, placed.told[:-1])
            else:
                taking, entry = self._read()
                stands = following.stood(self._ground, await self._facts(taking, placed))
                compared = Comparing(taking, entry).with_(stands)
                await following.correct(taking, organizer, compared, taking.named(entry, placed.own).id)
                await self._follow(taking, entry, placed, stands)
            await self._noted(placed, State.RECORDED)

    async def leave(self, ref: str) -> None:
        """What came before it holds, or everything was mended where it stands. Raises `DecidedMeanwhile`."""
        async with self._surveys.alone(await self._surveys.place(self._kept, self._came)):
            placed = await self._waits(ref)
            if not placed.over:
                await self._done(None)
            elif self._kept.tells in MENDED_THERE:
                await self._surveys.withdrawn(self._kept, placed, placed.told[:-1])
            else:
                _earlier, later = await self._both(placed)
                await self._withdrawn(placed, later, placed.told[-1:])
            await self._only_newest()

    async def _withdrawn(self, placed: Placed, stands: Stood, told: Sequence[str]) -> None:
        because = self._submission(placed.told[-1])
        await following.withdraw(self._taking(), stands, because)
        await self._surveys.withdrawn(self._kept, placed, told)

    async def _waits(self, ref: str) -> Placed:
        """Where it stands, if nobody has decided on it meanwhile."""
        if self._surveys.edit(self._kept, ref) is None:
            raise DecidedMeanwhile
        return await self._surveys.place(self._kept, self._came)

    async def _facts(self, taking: Taking, placed: Placed) -> Sequence[Fact]:
        """All that was ever recorded of the versions of it that are known of."""
        names = [placed.instance, placed.own, *placed.told, *self._surveys.names(self._kept, self._came)]
        tells = self._kept.tells
        ids = [
            *following.under(self._ground, tells, list(dict.fromkeys(names))),
            *following.legacy(self._ground, tells, self._came.named),
        ]
        facts = await following.recorded(self._ground, self._known(ids))
        others = frozenset(one.id for one in self._surveys.every()) if facts else frozenset()
        return following.of_this_form(taking, facts, others)

    def _known(self, ids: Sequence[str]) -> list[str]:
        known = self._surveys.submitted(ids)
        return [one for one in ids if one in known]

    async def _done(self, told: str | None) -> None:
        await self._surveys.done(self._kept, self._came, told)
