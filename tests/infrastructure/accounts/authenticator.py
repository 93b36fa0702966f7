"""A phone's authenticator in software: makes passkeys and signs with them, as honestly as a test wants."""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

HOST = "lantoa.example"
ORIGIN = "https://lantoa.example"

_PRESENT, _VERIFIED, _ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """`verifies` is whether it asks for a finger, face or PIN; `counter` how often it signed."""

    verifies: bool = True
    counter: int = 0
    credential: bytes = b"credential-of-a-phone"
    origin: str = ORIGIN
    host: str = HOST
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, options: str, **said: Any) -> str:
        """The answer to `navigator.credentials.create()`."""
        client = self._client("webauthn.create", options, **said)
        data = self._data(_ATTESTED) + self._attested()
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._credential(client, attestationObject=_text(attestation))

    def sign(self, options: str, handle: str | None = None, **said: Any) -> str:
        """The answer to `navigator.credentials.get()`. The counter goes up."""
        self.counter += 1
        client = self._client("webauthn.get", options, **said)
        data = self._data(0)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        parts = {"authenticatorData": _text(data), "signature": _text(signature)}
        if handle is not None:
            parts["userHandle"] = _text(handle.encode())
        return self._credential(client, **parts)

    def _client(self, kind: str, options: str, **said: Any) -> bytes:
        plain = {"type": kind, "challenge": json.loads(options)["challenge"], "origin": self.origin}
        return json.dumps(plain | said).encode()

    def _data(self, flags: int) -> bytes:
        flags |= _PRESENT | (_VERIFIED if self.verifies else 0)
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")

    def _attested(self) -> bytes:
        point = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        length = len(self.credential).to_bytes(2, "big")
        return b"\x01" * 16 + length + self.credential + cbor2.dumps(cose)

    def _credential(self, client: bytes, **response: str) -> str:
        name = _text(self.credential)
        parts = {"clientDataJSON": _text(client)} | response
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": parts})


def _text(plain: bytes) -> str:
    return urlsafe_b64encode(plain).rstrip(b"=").decode()


def plain(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
