"""Passkeys: key pairs whose private half never leaves the phone (WebAuthn, through `webauthn`).

They are discoverable, so that nobody types a name. No attestation is asked for: which make of phone
somebody has is none of our business.
"""

import json
import logging
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
import webauthn
from sqlalchemy import Connection, delete, insert, select, update
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from domain.model import PersonId, Refused
from infrastructure.accounts.challenges import NotProven
from infrastructure.accounts.tables import passkey
from infrastructure.ledger.batch import micros, moment

MOST: Final = 10
"""Passkeys a person; more are forgotten ones."""

_TIMEOUT: Final = 300_000
"""Milliseconds that the browser waits: as long as the challenge is good for."""

_log: Final = logging.getLogger(__name__)


class UserNotVerified(Refused):
    """The passkey did not ask for a PIN, finger or face, and these roles need one that does."""


class TooManyPasskeys(Refused):
    """One has to be removed first."""


class Passkey(msgspec.Struct, frozen=True, kw_only=True):
    """`id` is the credential's, in base64url."""

    id: str
    device: str
    created: datetime
    used: datetime


class Relying(msgspec.Struct, frozen=True):
    """Who relies on the passkeys: the host of our public address, and the origin that pages have."""

    host: str
    origin: str


def relying_at(public_url: str) -> Relying | None:
    """None where browsers take no passkeys: at a bare address, or over plain HTTP off localhost
    (WebAuthn needs a domain name and a secure context)."""
    url = urlsplit(public_url)
    host = url.hostname or ""
    named = "." in host and not host.replace(".", "").isdigit() and ":" not in host
    if host == "localhost" or (named and url.scheme == "https"):
        return Relying(host, f"{url.scheme}://{url.netloc}")
    return None


class Made(msgspec.Struct, frozen=True):
    """A passkey just made, as its authenticator showed it."""

    credential: bytes
    public_key: bytes
    counter: int
    verified: bool


class Shown(msgspec.Struct, frozen=True):
    """A signature of a passkey that we know."""

    person: PersonId
    credential: bytes
    counter: int
    verified: bool


def creation_options(
    relying: Relying, challenge: bytes, person: PersonId, name: str, known: list[bytes], *, verified: bool
) -> str:
    """What `navigator.credentials.create()` takes, as JSON. `verified`: it has to know its user.
    `name` is what the phone shows beside it."""
    need = UserVerificationRequirement.REQUIRED if verified else UserVerificationRequirement.PREFERRED
    options = webauthn.generate_registration_options(
        rp_id=relying.host,
        rp_name="Lan Tỏa",
        user_id=person.encode(),
        user_name=name,
        challenge=challenge,
        timeout=_TIMEOUT,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=need
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
    )
    return webauthn.options_to_json(options)


def request_options(relying: Relying, challenge: bytes, known: list[bytes], *, verified: bool) -> str:
    """What `navigator.credentials.get()` takes, as JSON. Without `known` the phone offers what it has."""
    need = UserVerificationRequirement.REQUIRED if verified else UserVerificationRequirement.PREFERRED
    options = webauthn.generate_authentication_options(
        rp_id=relying.host,
        challenge=challenge,
        timeout=_TIMEOUT,
        allow_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
        user_verification=need,
    )
    return webauthn.options_to_json(options)


def challenge_in(credential: str) -> bytes:
    """The challenge that a browser's answer says it signed; whether it did is for `made` and `shown`.
    Raises `NotProven`."""
    try:
        client = webauthn.base64url_to_bytes(json.loads(credential)["response"]["clientDataJSON"])
        return webauthn.base64url_to_bytes(json.loads(client)["challenge"])
    except (ValueError, TypeError, KeyError, RecursionError):
        raise NotProven from None


def made(relying: Relying, credential: str, challenge: bytes, *, verified: bool) -> Made:
    """Raises `UserNotVerified`, `NotProven`."""
    try:
        found = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=relying.host,
            expected_origin=relying.origin,
        )
    except Exception:  # whatever a stranger's bytes make the parsers raise, it proves nothing
        raise NotProven from None
    if verified and not found.user_verified:
        raise UserNotVerified
    return Made(found.credential_id, found.credential_public_key, found.sign_count, found.user_verified)


def shown(connection: Connection, relying: Relying, credential: str, challenge: bytes) -> Shown:
    """Whose passkey signed the challenge. Raises `NotProven`."""
    row = connection.execute(select(passkey).where(passkey.c.credential == _id_in(credential))).first()
    if row is None:
        raise NotProven
    try:
        found = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=relying.host,
            expected_origin=relying.origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=0,  # `count` looks at it, inside the transaction
        )
    except Exception:  # as above
        raise NotProven from None
    if not _handle_fits(credential, row.person):
        raise NotProven
    return Shown(PersonId(row.person), row.credential, found.new_sign_count, found.user_verified)


def keep(connection: Connection, person: PersonId, new: Made, device: str, now: datetime) -> None:
    """Raises `TooManyPasskeys`, and `NotProven` for a credential that is somebody's already."""
    if connection.execute(select(passkey.c.person).where(passkey.c.credential == new.credential)).first():
        raise NotProven
    if len(known_to(connection, person)) >= MOST:
        raise TooManyPasskeys(most=MOST)
    row = {
        "credential": new.credential,
        "person": person,
        "public_key": new.public_key,
        "counter": new.counter,
        "verified": new.verified,
        "device": device,
        "created": micros(now),
        "used": micros(now),
    }
    connection.execute(insert(passkey), row)


def count(connection: Connection, signed: Shown, now: datetime) -> None:
    """Notes a use. Raises `NotProven` where the passkey is gone, or its counter did not go up: then
    somebody has a copy (authenticators that do not count say 0 for ever)."""
    grows = passkey.c.counter < signed.counter
    if signed.counter == 0:
        grows = passkey.c.counter == 0
    change = (
        update(passkey)
        .where(passkey.c.credential == signed.credential, passkey.c.person == signed.person, grows)
        .values(counter=signed.counter, used=micros(now))
    )
    if connection.execute(change).rowcount == 0:
        _log.warning("a passkey was refused: it was removed, or its counter did not go up")
        raise NotProven


def remove(connection: Connection, person: PersonId, credential: str) -> bool:
    """False where they have no such."""
    try:
        wanted = webauthn.base64url_to_bytes(credential)
    except ValueError:
        return False
    gone = delete(passkey).where(passkey.c.person == person, passkey.c.credential == wanted)
    return bool(connection.execute(gone).rowcount)


def known_to(connection: Connection, person: PersonId) -> list[bytes]:
    """The credentials of a person."""
    query = select(passkey.c.credential).where(passkey.c.person == person).order_by(passkey.c.created)
    return list(connection.execute(query).scalars())


def of_person(connection: Connection, person: PersonId) -> list[Passkey]:
    query = select(passkey).where(passkey.c.person == person).order_by(passkey.c.created)
    return [
        Passkey(
            id=webauthn.helpers.bytes_to_base64url(row.credential),
            device=row.device,
            created=moment(row.created),
            used=moment(row.used),
        )
        for row in connection.execute(query)
    ]


def _id_in(credential: str) -> bytes:
    try:
        return webauthn.base64url_to_bytes(json.loads(credential)["rawId"])
    except (ValueError, TypeError, KeyError, RecursionError):
        raise NotProven from None


def _handle_fits(credential: str, person: str) -> bool:
    """Whether the user that the phone names is the one we keep the passkey for."""
    handle: Any = json.loads(credential)["response"].get("userHandle")
    return handle is None or webauthn.base64url_to_bytes(handle) == person.encode()
