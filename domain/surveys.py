"""Forms of KoboToolbox and ODK Central that send what they collect: which one, of which unit, for what.

What comes in by one is recorded as `import:{connection}`: it says so itself, and confirms nothing.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.lists import ListId
from domain.model import Boundary, By, Decision, Fact, Refused, Selector, Tags, UnitId


class Source(StrEnum):
    KOBO = "kobo"
    ODK = "odk"


class Tells(StrEnum):
    """What one submission of a form tells."""

    LESSON = "lesson"
    HOUSEHOLD = "household"
    VISIT = "visit"
    MILESTONE = "milestone"


class ConnectionFact(Fact, frozen=True, kw_only=True):
    connection: ListId
    unit: UnitId

    def tags(self) -> Tags:
        return (f"list:{self.connection}",)


class FormConnected(ConnectionFact, frozen=True, kw_only=True):
    """From now on a form sends what it collects. `by` may be asked for."""

    NAME = "form-connected"

    source: Source
    tells: Tells


class FormDisconnected(ConnectionFact, frozen=True, kw_only=True):
    """It no longer may; what came in stands."""

    NAME = "form-disconnected"


FACTS: Final = (FormConnected, FormDisconnected)


class ConnectionTaken(Refused):
    """Another form was connected under this id."""


class NoSuchConnection(Refused):
    """No form is connected so, or none that whoever asks may know of."""


@dataclass(kw_only=True)
class AboutConnection(Decision):
    connection: ListId
    by: By

    def __post_init__(self) -> None:
        self.connected: FormConnected | None = None
        self.ended = False

    def consistency_boundary(self) -> Boundary:
        return [Selector([FormConnected, FormDisconnected], [f"list:{self.connection}"])]

    def weigh(self, fact: Fact) -> None:
        match fact:
            case FormConnected():
                self.connected = fact
            case FormDisconnected():
                self.ended = True


@dataclass(kw_only=True)
class ConnectForm(AboutConnection):
    unit: UnitId
    source: Source
    tells: Tells

    def execute(self) -> None:
        if self.connected is not None:
            raise ConnectionTaken
        self.record(
            FormConnected(
                at=self.at,
                by=self.by,
                connection=self.connection,
                unit=self.unit,
                source=self.source,
                tells=self.tells,
            )
        )


@dataclass(kw_only=True)
class DisconnectForm(AboutConnection):
    """Said twice is once."""

    def execute(self) -> None:
        if self.connected is None:
            raise NoSuchConnection
        if not self.ended:
            self.record(
                FormDisconnected(at=self.at, by=self.by, connection=self.connection, unit=self.connected.unit)
            )


_URI: Final = "uuid:"


def instance_of(said: str) -> str:
    """One instance of a form, as every way that it comes by names it: "uuid:0341C08C-..." is
    "0341c08c-...". Empty for what names none."""
    bare = said.strip().lower()
    while bare.startswith(_URI):
        bare = bare.removeprefix(_URI)
    return bare[:100]
