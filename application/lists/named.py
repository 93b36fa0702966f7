"""Whom and what an entry of a list names, by name: found among those known already."""

from collections.abc import Sequence

from application import teams
from application.forms.people import LearnerForm
from application.lists.entries import Entry, MemberEntry, MilestoneEntry, TeamEntry, VendorEntry
from application.lookups import People
from application.ports import Ground, Identity
from domain.markets import MarketOpened, market_name
from domain.model import MarketId, PersonId, Refused, Selector, TeamId, UnitId
from domain.names import fold
from domain.placed import PlacedAnew
from domain.territory import UnitKind
from domain.vendors import VendorLeft, VendorRegistered


class UnknownTeam(Refused):
    """No team of this name stands there."""


class SeveralTeams(Refused):
    """Several hamlets have a team of this name: the hamlet tells which is meant."""


class UnknownMarket(Refused):
    """No market of this name is known there."""


class UnknownMentor(Refused):
    """Nobody of this name and phone is known."""


class Named:
    """Looks up what entries name, and remembers what several of them do."""

    def __init__(self, ground: Ground, known_to: PersonId) -> None:
        self._ground = ground
        self._known_to = known_to
        self._teams: dict[tuple[UnitId, str, bool], TeamId] = {}
        self._markets: dict[tuple[UnitId, str, bool], MarketId] = {}
        self._mentors: dict[tuple[str, str], PersonId] = {}
        self._found: dict[Identity, PersonId | None] = {}

    def look_up(self, entries: Sequence[Entry]) -> None:
        """Whom these entries name, in one question for each commune."""
        self._found = {}
        named: dict[UnitId, list[Identity]] = {}
        for entry in entries:
            if (one := _named(entry)) is not None:
                named.setdefault(entry.place.commune, []).append(_identity(one))
        for place, identities in named.items():
            sought = self._ground.vault.find_people(
                identities,
                place,
                known_to=self._known_to,
                formerly=self._ground.units.formerly(place),
            )
            known = [one.person for one in sought if one.person is not None]
            people = People(self._ground.ledger, known) if known else None
            for identity, found in zip(identities, sought, strict=True):
                self._found[identity] = _standing(people, found.person)

    def mentor(self, mentor: LearnerForm, entry: Entry) -> PersonId:
        """Who taught or visited. Raises `UnknownMentor`."""
        key = (fold(mentor.name or ""), mentor.phone or "")
        if key not in self._mentors:
            found = self.known(mentor, entry)
            if found is None:
                raise UnknownMentor(field="mentor")
            self._mentors[key] = found
        return self._mentors[key]

    def known(self, named: LearnerForm, entry: Entry) -> PersonId | None:
        """Somebody known by what a row says of them, by the id that stands for them."""
        identity = _identity(named)
        if identity in self._found:
            return self._found[identity]
        place = entry.place.commune
        formerly = self._ground.units.formerly(place)
        sought = self._ground.vault.find_people(
            [identity], place, known_to=self._known_to, formerly=formerly
        )[0]
        people = People(self._ground.ledger, [sought.person]) if sought.person else None
        return _standing(people, sought.person)

    def team(self, entry: MemberEntry) -> TeamId:
        """Raises `UnknownTeam`, `SeveralTeams`."""
        key = (entry.place.unit, fold(entry.team), entry.exactly)
        if key not in self._teams:
            within = self._within(entry)
            found = [team for unit in within if (team := teams.named(self._ground.ledger, unit, entry.team))]
            if not found:
                raise UnknownTeam(field="team")
            if len(found) > 1:
                raise SeveralTeams(field="team")
            self._teams[key] = found[0]
        return self._teams[key]

    def market(self, entry: VendorEntry) -> MarketId:
        """Raises `UnknownMarket`."""
        key = (entry.place.unit, fold(entry.market), entry.exactly)
        if key not in self._markets:
            found = self.markets_in(self._within(entry), entry.market)
            if not found:
                raise UnknownMarket(field="market")
            self._markets[key] = found[0]
        return self._markets[key]

    def _within(self, entry: MemberEntry | VendorEntry) -> list[UnitId]:
        """The hamlet that a row names, or else the commune itself and its hamlets; what stands in a
        hamlet may be written with it, or be the commune's."""
        if entry.exactly:
            return [entry.place.unit, *([entry.place.commune] if isinstance(entry, VendorEntry) else [])]
        hamlets = [
            one.id for one in self._ground.units.children(entry.place.unit) if one.kind is UnitKind.HAMLET
        ]
        return [entry.place.unit, *hamlets]

    def markets_in(self, units: Sequence[UnitId], name: str) -> list[MarketId]:
        """The markets of a name, those that were placed there since their commune was divided, too."""
        kinds = (MarketOpened, PlacedAnew)
        selectors = [Selector(kinds, [market_name(unit, fold(name))]) for unit in units]
        found: dict[MarketId, UnitId] = {}
        for one in self._ground.ledger.history(selectors):
            match one.fact:
                case MarketOpened() as fact:
                    found[fact.market] = fact.unit
                case PlacedAnew() as placed:
                    found[MarketId(placed.subject)] = placed.unit
        return [market for market, unit in found.items() if unit in units]

    def sells(self, person: PersonId, market: MarketId) -> bool:
        """Whether somebody stands registered at a market."""
        sells = False
        for one in self._ground.ledger.history(
            [Selector([VendorRegistered, VendorLeft], [f"sells:{person}", f"market:{market}"])]
        ):
            sells = isinstance(one.fact, VendorRegistered)
        return sells


def _named(entry: Entry) -> LearnerForm | None:
    match entry:
        case TeamEntry():
            return entry.leader
        case MemberEntry():
            return entry.member
        case VendorEntry():
            return entry.vendor
        case MilestoneEntry():
            return entry.person
    return None


def _identity(named: LearnerForm) -> Identity:
    return Identity(name=named.name or "", phone=named.phone, birth_year=named.birth_year)


def _standing(people: People | None, found: PersonId | None) -> PersonId | None:
    """The id that stands for somebody found; None for nobody, and for one who was erased."""
    if people is None or found is None:
        return None
    person = people.now(found)
    return person if people.known(person) else None
