"""One row of a list -> what it says, as an entry of its own; or what is wrong with it."""

from datetime import date
from typing import Any

import msgspec

from application import identity
from application.forms.people import LearnerForm
from application.lists import cells, marks
from application.lists.cells import Cells, EmptyCell
from application.lists.entries import (
    ClassEntry,
    Entry,
    HouseholdEntry,
    MarketEntry,
    MemberEntry,
    MilestoneEntry,
    TeamEntry,
    VendorEntry,
    VisitEntry,
)
from application.lists.places import FormerNames, Place, Places
from application.ports import Ground, Unit
from domain.calendar import written
from domain.entries import NotYetHappened
from domain.lists import ListKind
from domain.markets import check_stalls
from domain.milestones import Milestone
from domain.model import Refused
from domain.names import clean, fold
from domain.teaching import MOST_LEARNERS, SameLearnerTwice, TooManyLearners
from domain.visits import Finding, check_number


class RowTwice(Refused):
    """The row `line` says the same, is about the same person, or (`why`: leader) names the team's leader."""


class RowsApart(Refused):
    """The rows of one household stand together; others of it begin at `line`."""


class RowReader:
    """Reads the rows of one list one by one, and remembers what those before said. `on` is the day of
    what has no day of its own."""

    def __init__(
        self,
        ground: Ground,
        kind: ListKind,
        unit: Unit,
        *,
        on: date,
        former: FormerNames,
        new_hamlets: bool,
    ) -> None:
        self.kind = kind
        self.on = on
        self._digest = ground.vault.content_digest
        self._places = Places(ground.units, unit, former, new_hamlets=new_hamlets)
        self._lines: dict[bytes, int] = {}

    def entry(self, line: int, row: Cells) -> Entry:
        """What one row says. Raises what is wrong with it."""
        match self.kind:
            case ListKind.TEAMS:
                return self._team(line, row)
            case ListKind.MEMBERS:
                return self._member(line, row)
            case ListKind.HOUSEHOLDS:
                return self._household_row(line, row)
            case ListKind.MARKETS:
                return self._market(line, row)
            case ListKind.VENDORS:
                return self._vendor(line, row)
            case ListKind.CLASSES:
                return self._class_row(line, row)
            case ListKind.VISITS:
                return self._visit(line, row)
            case ListKind.MILESTONES:
                return self._milestones(line, row)

    def _team(self, line: int, row: Cells) -> Entry:
        name = _readable(row, "team")
        place = self._place(row)
        on = self._day(row)
        leader = None
        if cells.text(row.get("leader")):
            leader = self._person(row, "leader", "leader_phone", "leader_birth_year")
            self.once(("person", *_who(leader, place)), line, "leader")
        elif cells.text(row.get("leader_phone")):
            raise EmptyCell(field="leader")
        self.once(("team", place.commune, place.key, fold(name)), line, "team")
        return TeamEntry(
            lines=(line,),
            id=self._id(place, fold(name), row_day(row), _said(leader)),
            place=place,
            on=on,
            name=name,
            leader=leader,
        )

    def _member(self, line: int, row: Cells) -> Entry:
        team = _readable(row, "team")
        place = self._place(row)
        member = self._person(row)
        leads = leads_the_team(cells.text(row.get("role")))
        self.once(("person", *_who(member, place)), line, "name")
        if leads:
            self.once(("leader", place.commune, place.key, fold(team)), line, "role", "leader")
        return MemberEntry(
            lines=(line,),
            id=self._id(place, fold(team), leads, row_day(row), _said(member)),
            place=place,
            on=self._day(row),
            team=team,
            exactly=bool(cells.text(row.get("hamlet"))),
            member=member,
            leads=leads,
        )

    def _household_row(self, line: int, row: Cells) -> Entry:
        place = self._place(row)
        member = self._person(row)
        self.once(("person", *_who(member, place)), line, "name")
        mentor = self._mentor(row)
        on = self._day(row)
        if code := fold(cells.text(row.get("household"))):
            self._apart((place.commune, place.key, code), line)
        said = (place, row_day(row), _said(mentor), (_said(member),))
        return HouseholdEntry(
            lines=(line,), id=self._id(*said), place=place, on=on, mentor=mentor, members=(member,)
        )

    def household(
        self, lines: tuple[int, ...], first: HouseholdEntry, members: tuple[LearnerForm, ...]
    ) -> Entry:
        """The rows of one household as one entry."""
        said = self._id(first.place, _said(first.mentor), tuple(map(_said, members)))
        return msgspec.structs.replace(first, lines=lines, id=said, members=members)

    def _market(self, line: int, row: Cells) -> Entry:
        name = _readable(row, "market")
        place = self._place(row)
        stalls = cells.number(row.get("stalls"), "stalls")
        check_stalls(stalls)
        self.once(("market", place.commune, place.key, fold(name)), line, "market")
        said = self._id(place, fold(name), stalls)
        return MarketEntry(lines=(line,), id=said, place=place, on=self.on, name=name, stalls=stalls)

    def _vendor(self, line: int, row: Cells) -> Entry:
        market = _readable(row, "market")
        place = self._place(row)
        vendor = self._person(row)
        self.once(("vendor", place.commune, place.key, fold(market), *_who(vendor, place)), line, "name")
        return VendorEntry(
            lines=(line,),
            id=self._id(place, fold(market), _said(vendor)),
            place=place,
            on=self.on,
            market=market,
            exactly=bool(cells.text(row.get("hamlet"))),
            vendor=vendor,
        )

    def _class_row(self, line: int, row: Cells) -> Entry:
        on = self._day_said(row)
        place = self._place(row)
        mentor = self._mentor(row)
        taught = cells.skills(row.get("skills"), "skills")
        learner = self._person(row, on=on)
        return ClassEntry(
            lines=(line,), id="", place=place, on=on, mentor=mentor, skills=taught, learners=(learner,)
        )

    def of_class(self, lines: tuple[int, ...], first: ClassEntry, learners: tuple[LearnerForm, ...]) -> Entry:
        """The rows of one class as one entry. Raises `TooManyLearners`, `SameLearnerTwice`."""
        if len(learners) > MOST_LEARNERS:
            raise TooManyLearners(field="name", limit=MOST_LEARNERS)
        if len({_who(one, first.place) for one in learners}) < len(learners):
            raise SameLearnerTwice(field="name")
        who = tuple(map(_said, learners))
        said = self._id(first.place, f"{first.on}", _said(first.mentor), first.skills, who)
        return msgspec.structs.replace(first, lines=lines, id=said, learners=learners)

    def _visit(self, line: int, row: Cells) -> Entry:
        on, place, visitor = self._day_said(row), self._place(row), self._mentor(row)
        number = cells.number(row.get("number"), "number")
        check_number(number)
        said = marks.findings(cells.text(row.get("found")))
        found = tuple(one for one in Finding if one in said or marks.crossed(row.get(f"found.{one}")))
        needs = cells.skills(row["needs"], "needs") if cells.text(row.get("needs")) else ()
        self.once(("visit", place.commune, place.key, number, on, _who(visitor, place)), line, "number")
        return VisitEntry(
            lines=(line,),
            id=self._id(place, f"{on}", number, found, needs, _said(visitor)),
            place=place,
            on=on,
            visitor=visitor,
            number=number,
            found=found,
            needs=needs,
        )

    def _milestones(self, line: int, row: Cells) -> Entry:
        place, on, person = self._place(row), self._day(row), self._person(row)
        said = marks.reached(cells.text(row.get("milestone")))
        reached = tuple(one for one in Milestone if one in said or marks.crossed(row.get(f"milestone.{one}")))
        if not reached:
            raise EmptyCell(field="milestone")
        for one in reached:
            self.once(("milestone", one, *_who(person, place)), line, "name")
        return MilestoneEntry(
            lines=(line,),
            id=self._id(place, row_day(row), reached, _said(person)),
            place=place,
            on=on,
            person=person,
            reached=reached,
        )

    # Parts of a row

    def _place(self, row: Cells) -> Place:
        return self._places.place(cells.text(row.get("commune")), cells.text(row.get("hamlet")))

    def _day(self, row: Cells) -> date:
        on = cells.day(row.get("on"), "on") or self.on
        _not_to_come(on, self.on)
        return on

    def _day_said(self, row: Cells) -> date:
        """The day that the row itself must say."""
        on = cells.day(row.get("on"), "on")
        if on is None:
            raise EmptyCell(field="on")
        _not_to_come(on, self.on)
        return on

    def _mentor(self, row: Cells) -> LearnerForm:
        cells.needed(row.get("mentor_phone"), "mentor_phone")
        return self._person(row, "mentor", "mentor_phone", "")

    def _person(
        self,
        row: Cells,
        name: str = "name",
        phone: str = "phone",
        year: str = "birth_year",
        *,
        on: date | None = None,
    ) -> LearnerForm:
        """Somebody a row names, cleaned. Raises `BadName` and its likes with the field of the list."""
        said = _readable(row, name)
        number = cells.phone(row.get(phone))
        born = cells.birth_year(row.get(year), year) if year else None
        if number and born is None and year and len(number) == 4 and number.isdigit():
            number, born = None, cells.birth_year(number, phone)  # one column for either
        try:
            known = identity.identity(name=said, phone=number, birth_year=born, on=on or self.on, field="")
        except Refused as refused:
            fields = {"name": name, "phone": phone, "birth_year": year}
            refused.details["field"] = fields.get(str(refused.details.get("field")), name)
            raise
        group = cells.group(row.get("group"), "group") if name == "name" else None
        return LearnerForm(name=known.name, phone=known.phone, birth_year=known.birth_year, group=group)

    def _apart(self, key: object, line: int) -> None:
        """Raises `RowsApart` where rows of the same household ended before."""
        mark = self._mark(("together", key))
        last = self._lines.get(mark)
        if last is not None and last != line - 1:
            raise RowsApart(line=last, field="household")
        self._lines[mark] = line

    def once(self, what: object, line: int, field: str = "", why: str = "") -> None:
        """Raises `RowTwice` where a row before said the same."""
        mark = self._mark(what)
        before = self._lines.setdefault(mark, line)
        if before != line:
            said = {"field": field, "why": why}
            raise RowTwice(line=before, **{name: one for name, one in said.items() if one})

    def _mark(self, what: object) -> bytes:
        return self._digest(("row", self.kind, what))[:10]

    def _id(self, place: Place, *said: object) -> str:
        """Keyed, so that nobody can try names on what is kept of it."""
        where = (place.commune, place.key)
        return f"list-{self._digest(('list', self.kind, where, said)).hex()[:40]}"


def leads_the_team(role: str) -> bool:
    """ "Tổ trưởng", "Trưởng", "Đội trưởng"; not "Tổ phó", and not "Trưởng thôn"."""
    said = fold(role)
    return said in ("truong", "leader", "nhom truong", "doi truong") or said.startswith("to truong")


def row_day(row: Cells) -> str:
    """Only the day that the row itself says: the day of the list is another one the next time."""
    on = cells.day(row.get("on"), "on")
    return f"{on}" if on else ""


def _not_to_come(on: date, today: date) -> None:
    if on > today:
        raise NotYetHappened(field="on", today=written(today))


def _readable(row: Cells, field: str) -> str:
    said = cells.readable(cells.needed(row.get(field), field), field)
    try:
        return clean(said)
    except Refused as refused:
        refused.details["field"] = field
        raise


def _who(one: LearnerForm, place: Place) -> tuple[Any, ...]:
    """As the vault would find somebody again: a phone counts with the name, a year within the commune."""
    name = fold(one.name or "")
    if one.phone:
        return (name, one.phone)
    return (name, one.birth_year, place.commune)


def _said(one: LearnerForm | None) -> object:
    return None if one is None else (one.name, one.phone, one.birth_year, one.group)
