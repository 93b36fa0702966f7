"""The sender of e-mails: SMTP with TLS from the first byte, or by STARTTLS, and never without."""

import smtplib
import socket
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.utils import formatdate
from typing import Any, Final

from application.reminders import Trouble
from infrastructure.outbox.senders import Letter, NotSent
from infrastructure.outbox.watching import Watch
from infrastructure.outgoing import SmtpServer

EACH: Final = 20.0
"""Seconds that a server may take for one answer."""

WHOLE: Final = 90.0
"""Seconds that one attempt may take, whatever the server does."""


class Smtp:
    name = "smtp"

    def __init__(
        self,
        server: SmtpServer,
        *,
        context: ssl.SSLContext | None = None,
        each: float = EACH,
        whole: float = WHOLE,
    ) -> None:
        self._server = server
        self._context = context or ssl.create_default_context()
        self._each = each
        self._whole = whole

    def reaches(self, letter: Letter) -> bool:
        return letter.email is not None

    def send(self, letter: Letter) -> int | None:
        with Watch(self._whole) as watch:
            try:
                return self._send(letter, watch)
            except NotSent:
                raise
            except Exception as error:
                raise _trouble(error, late=watch.over) from None  # its words may hold the address

    def _send(self, letter: Letter, watch: Watch) -> int | None:
        server = self._server
        connection = _Watched(watch, server, self._context, self._each)
        try:
            connection.open()
            if server.tls == "starttls":
                connection.starttls(context=self._context)
            if server.user is not None:
                connection.login(server.user, server.password or "")
            connection.sendmail(server.sender, [letter.email or ""], _mail(letter, server.sender))
        except BaseException:
            connection.close()
            raise
        # It was taken over: what happens to the farewell changes nothing.
        with suppress(Exception):
            connection.quit()
        connection.close()
        return 250


class _Watched(smtplib.SMTP):
    """As the library has it, on a connection whose whole time is watched."""

    def __init__(self, watch: Watch, server: SmtpServer, context: ssl.SSLContext, each: float) -> None:
        self._watch = watch
        self._server = server
        self._implicit = context if server.tls == "implicit" else None
        super().__init__(local_hostname="lantoa", timeout=each)
        self._host = server.host  # what STARTTLS checks the certificate against

    def open(self) -> None:
        code, _said = self.connect(self._server.host, self._server.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, b"")
        self.ehlo_or_helo_if_needed()

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connected: socket.socket = socket.create_connection((host, port), timeout)
        self._watch.hold(connected)
        if self._implicit is not None:
            return self._implicit.wrap_socket(connected, server_hostname=host)
        return connected


def _mail(letter: Letter, sender: str) -> bytes:
    mail = EmailMessage()
    mail["Subject"] = letter.subject
    mail["From"] = sender
    mail["To"] = letter.email or ""
    mail["Date"] = formatdate()
    mail["Message-ID"] = f"<{letter.key}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.text, cte="base64")
    return mail.as_bytes()


def _trouble(error: Exception, *, late: bool) -> NotSent:
    """What an exception of the library means for the message."""
    match error:
        case _ if late:
            return NotSent(Trouble.TIMEOUT)
        case TimeoutError():
            return NotSent(Trouble.TIMEOUT)
        case ssl.SSLError() | smtplib.SMTPNotSupportedError():
            return NotSent(Trouble.TLS)
        case smtplib.SMTPAuthenticationError(smtp_code=code):
            return NotSent(Trouble.BUSY if _later(code) else Trouble.NOT_ADMITTED, code)
        case smtplib.SMTPRecipientsRefused(recipients=refused):
            code = next((code for code, _said in refused.values()), 550)
            return _answered(code)
        case smtplib.SMTPDataError(smtp_code=code):
            return _answered(code)
        case smtplib.SMTPServerDisconnected():
            slow = isinstance(error.__context__, TimeoutError)  # the library says the same of both
            return NotSent(Trouble.TIMEOUT if slow else Trouble.DROPPED)
        case smtplib.SMTPResponseException(smtp_code=code):
            # Of the sender or the connection: the settings are at fault, not this message.
            return NotSent(Trouble.BUSY if _later(code) else Trouble.NOT_ADMITTED, code)
        case ConnectionResetError() | BrokenPipeError():
            return NotSent(Trouble.DROPPED)
        case OSError():
            return NotSent(Trouble.UNREACHABLE)
    return NotSent(Trouble.NOT_UNDERSTOOD)


def _answered(code: Any) -> NotSent:
    """4xx asks for patience (greylisting does), 5xx is a no for good."""
    return NotSent(Trouble.BUSY, code) if _later(code) else NotSent(Trouble.REJECTED, code, final=True)


def _later(code: int) -> bool:
    return 400 <= code < 500
