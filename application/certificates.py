"""Certificates of digital ambassadors: issued to themselves, checked by anybody who holds the code."""

from datetime import datetime
from typing import Final

import msgspec

from application.actors import Actor
from application.deciding import Plan, decided, under_session
from application.identity import BadCode, clean_code
from application.lookups import People
from application.ports import Ground
from domain.certificates import CertificateIssued, IssueCertificate, NothingToCertify, Recognitions
from domain.criteria import DEFAULT_DOCUMENT, CriteriaAdopted
from domain.model import PersonId, Position, Refused, Selector, UnitId
from domain.recognition import AmbassadorRecognised, AmbassadorRecognitionWithdrawn
from domain.territory import UnitEstablished, UnitRenamed

CHECK_CODE: Final = 20
"""Characters of the code on a certificate: 100 bits that say nothing and that nobody finds by trying."""


class UnknownCertificate(Refused):
    """No certificate has this code, or its holder was erased."""


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """What was issued, and the code that anybody checks it by."""

    issued: CertificateIssued
    code: str


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """`person` is the id that stands for the holder now. `withdrawn` is when the recognition ended."""

    issued: CertificateIssued
    person: PersonId
    withdrawn: datetime | None


async def certify(ground: Ground, actor: Actor) -> Certificate:
    """The certificate for the actor's own recognition that stands; the same one each time.

    Raises `NothingToCertify`."""
    person = PersonId("")
    recognition = Position(0)

    def plan(_again: bool) -> Plan:
        nonlocal person, recognition
        recognition, since = _standing(ground, actor.person)
        person = since.person
        sealing = ground.vault.sealing([person])
        sealing.code(
            ground.vault.new_code(CHECK_CODE),
            kind="certificate",
            subject=_subject(recognition),
            person=person,
        )
        decision = IssueCertificate(since=since, recognition=recognition, by=actor.by)
        return Plan(decision, sealing.rows())

    await decided(ground.ledger, plan, under_session(actor))
    issued = _issued(ground, person, recognition)
    code = ground.vault.codes([_subject(recognition)]).get(_subject(recognition))
    if issued is None or code is None:
        raise NothingToCertify
    return Certificate(issued=issued, code=code)


def check(ground: Ground, code: str) -> Checked:
    """What a certificate says, and whether it still stands. Raises `UnknownCertificate`."""
    try:
        holder = ground.vault.find_code(clean_code(code, length=CHECK_CODE))
    except BadCode:
        raise UnknownCertificate from None
    if holder is None or holder.kind != "certificate":
        raise UnknownCertificate
    recognition = Position(int(holder.subject.removeprefix(_SUBJECT)))
    issued = _issued(ground, holder.person, recognition)
    if issued is None:
        raise UnknownCertificate
    kinds = (AmbassadorRecognitionWithdrawn,)
    later = ground.ledger.history([Selector(kinds, [f"recognised:{holder.person}"])], after=recognition)
    withdrawn = later[0].fact.at if later else None
    now = People(ground.ledger, [holder.person]).now(holder.person)
    return Checked(issued=issued, person=now, withdrawn=withdrawn)


def name_on(ground: Ground, unit: UnitId, at: datetime) -> str:
    """What a unit was called then, as far as it was recorded by that moment."""
    name = ""
    for recorded in ground.ledger.history([Selector([UnitEstablished, UnitRenamed], [f"unit:{unit}"])]):
        fact = recorded.fact
        if isinstance(fact, UnitEstablished | UnitRenamed) and (not name or fact.at <= at):
            name = fact.name
    return name


def document_of(ground: Ground, unit: UnitId, criteria: str) -> str:
    """The number of the document that decided on criteria known by their content hash, as adopted
    nearest above the unit."""
    found = ground.units.find(unit)
    for above in found.path if found else (unit,):
        history = ground.ledger.history([Selector([CriteriaAdopted], [f"criteria:{above}"])])
        for recorded in reversed(history):
            if isinstance(recorded.fact, CriteriaAdopted) and recorded.fact.content_hash == criteria:
                return recorded.fact.document
    return DEFAULT_DOCUMENT


_SUBJECT: Final = "certificate-"


def _subject(recognition: Position) -> str:
    return f"{_SUBJECT}{recognition}"


def _standing(ground: Ground, person: PersonId) -> tuple[Position, AmbassadorRecognised]:
    """The recognition of a person that stands, under whichever id, since the earliest of them."""
    kinds = (AmbassadorRecognised, AmbassadorRecognitionWithdrawn)
    found: list[tuple[Position, AmbassadorRecognised]] = []
    for one in sorted(People(ground.ledger, [person]).all_of(person)):
        standing = Recognitions()
        began = Position(0)
        for recorded in ground.ledger.history([Selector(kinds, [f"recognised:{one}"])]):
            before = standing.since
            standing.weigh(recorded.fact)
            if before is None:
                began = recorded.position
        if standing.since is not None:
            found.append((began, standing.since))
    if not found:
        raise NothingToCertify
    return min(found, key=lambda one: one[0])


def _issued(ground: Ground, person: PersonId, recognition: Position) -> CertificateIssued | None:
    for recorded in ground.ledger.history([Selector([CertificateIssued], [f"certificate-of:{person}"])]):
        if isinstance(recorded.fact, CertificateIssued) and recorded.fact.recognition == recognition:
            return recorded.fact
    return None
