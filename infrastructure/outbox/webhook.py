"""The sender to a gateway (of SMS, of Zalo): an HTTPS request that is signed, and followed nowhere else.

The gateway checks `Lantoa-Signature`, which is `v1=` and the HMAC-SHA256, in hex, over the timestamp
(`Lantoa-Timestamp`, seconds since 1970), a dot and the body, and refuses timestamps that are old.
`Idempotency-Key` is the same for every attempt at one message: a key seen before is answered with 200
and sent to nobody.
"""

import hashlib
import hmac
import http.client
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

import msgspec

from application.reminders import Trouble
from infrastructure.ledger.writer import utc_now
from infrastructure.outbox.addresses import addresses_of, is_public
from infrastructure.outbox.senders import Letter, NotSent
from infrastructure.outbox.watching import Watch

EACH: Final = 20.0
"""Seconds without a byte."""
WHOLE: Final = 60.0
"""Seconds that one attempt may take, whatever the server does."""
MOST_READ: Final = 64 * 1024
"""Bytes of an answer that are looked at; nothing of them is kept."""

_FOR_GOOD: Final = frozenset({400, 406, 409, 410, 413, 414, 415, 422, 451})
"""Answers that say no to this very message; other 4xx mean a setting that somebody can mend."""
_LATER: Final = frozenset({408, 425, 429})


class Webhook:
    name = "webhook"

    def __init__(
        self,
        url: str,
        secret: str,
        *,
        private: bool = False,
        context: ssl.SSLContext | None = None,
        each: float = EACH,
        whole: float = WHOLE,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._url = urlsplit(url)
        self._secret = secret.encode()
        self._private = private
        self._context = context or ssl.create_default_context()
        self._each = each
        self._whole = whole
        self._clock = clock

    def reaches(self, letter: Letter) -> bool:
        return letter.phone is not None

    def send(self, letter: Letter) -> int | None:
        body = msgspec.json.encode(
            {"key": letter.key, "kind": letter.kind, "to": letter.phone, "text": letter.text}
        )
        with Watch(self._whole) as watch:
            try:
                status, wait = self._posted(letter.key, body, watch)
            except NotSent:
                raise
            except Exception as error:
                raise _trouble(error, late=watch.over) from None
        if 200 <= status < 300:
            return status
        raise _refused(status, wait)

    def _posted(self, key: str, body: bytes, watch: Watch) -> tuple[int, timedelta]:
        connection = self._connected(watch)
        try:
            connection.request("POST", self._target(), body, self._headers(key, body))
            answer = connection.getresponse()
            if watch.over:
                raise TimeoutError  # the library takes headers that end half-way for whole ones
            with suppress(OSError, http.client.HTTPException):
                answer.read(MOST_READ)
            return answer.status, _asked_to_wait(answer.getheader("Retry-After"))
        finally:
            connection.close()

    def _target(self) -> str:
        query = f"?{self._url.query}" if self._url.query else ""
        return (self._url.path or "/") + query

    def _headers(self, key: str, body: bytes) -> dict[str, str]:
        timestamp = str(int(self._clock().timestamp()))
        signature = hmac.new(self._secret, f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
        return {
            "Content-Type": "application/json",
            "Idempotency-Key": key,
            "Lantoa-Timestamp": timestamp,
            "Lantoa-Signature": f"v1={signature}",
            "User-Agent": "lantoa",
            "Connection": "close",
        }

    def _connected(self, watch: Watch) -> http.client.HTTPConnection:
        """To an address that was looked at: the name is not asked for again, where it could stand for
        another one the next moment."""
        host = self._url.hostname or ""
        secure = self._url.scheme == "https"
        port = self._url.port or (443 if secure else 80)
        found = addresses_of(host, port)
        if not self._private and not all(is_public(one) for one in found):
            raise NotSent(Trouble.PRIVATE_ADDRESS)
        connected = socket.create_connection((found[0], port), self._each)
        watch.hold(connected)
        connection = http.client.HTTPConnection(host, port, timeout=self._each)
        connection.sock = self._context.wrap_socket(connected, server_hostname=host) if secure else connected
        return connection


def _refused(status: int, wait: timedelta) -> NotSent:
    if 300 <= status < 400:
        return NotSent(Trouble.REDIRECTED, status)
    if status in _FOR_GOOD:
        return NotSent(Trouble.REJECTED, status, final=True)
    if status in _LATER or status >= 500:
        return NotSent(Trouble.BUSY, status, wait=wait)
    return NotSent(Trouble.NOT_ADMITTED, status)


def _asked_to_wait(header: str | None) -> timedelta:
    """Of Retry-After the seconds; a date there is rare, and our own pause does as well."""
    if header is None or not (header.isascii() and header.isdecimal() and len(header) < 7):
        return timedelta(0)
    return timedelta(seconds=int(header))


def _trouble(error: Exception, *, late: bool) -> NotSent:
    match error:
        case _ if late:
            return NotSent(Trouble.TIMEOUT)
        case TimeoutError():
            return NotSent(Trouble.TIMEOUT)
        case ssl.SSLError():
            return NotSent(Trouble.TLS)
        case http.client.RemoteDisconnected() | ConnectionResetError() | BrokenPipeError():
            return NotSent(Trouble.DROPPED)
        case http.client.IncompleteRead():
            return NotSent(Trouble.DROPPED)
        case OSError():
            return NotSent(Trouble.UNREACHABLE)
    return NotSent(Trouble.NOT_UNDERSTOOD)
