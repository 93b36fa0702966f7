"""How reminders leave: by which sender, as the environment has it, checked at start."""

import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

import msgspec

from domain.attention import QUIET_DAYS
from infrastructure.bad_setting import BadSetting

SMTP: Final = "LANTOA_SMTP_URL"
SMTP_FROM: Final = "LANTOA_SMTP_FROM"
WEBHOOK: Final = "LANTOA_WEBHOOK_URL"
SIGNED_BY: Final = "LANTOA_WEBHOOK_SECRET"
WEBHOOK_PRIVATE: Final = "LANTOA_WEBHOOK_PRIVATE"
SILENT_DAYS: Final = "LANTOA_SILENT_DAYS"
NAMES: Final = (SMTP, SMTP_FROM, WEBHOOK, SIGNED_BY, WEBHOOK_PRIVATE, SILENT_DAYS)

SHORTEST_SECRET: Final = 32
_SCHEMES: Final = {"smtps": ("implicit", 465), "smtp": ("starttls", 587), "smtp+plain": ("none", 25)}
ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251})")
"""An address of mail as it is written nearly everywhere: no quotes, no comments, ASCII."""


class SmtpServer(msgspec.Struct, frozen=True, kw_only=True):
    """Where mail is handed over. `tls`: `implicit` (as on port 465), `starttls` (as on 587), or `none`,
    on this machine alone. `sender` is the address that mail comes from."""

    host: str
    port: int
    tls: str
    sender: str
    user: str | None = None
    password: str | None = None


class Hook(msgspec.Struct, frozen=True, kw_only=True):
    """A gateway, and the secret that signs what it is sent; `private`: it may stand in a network of
    one's own."""

    url: str
    secret: str
    private: bool = False


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """At most one of `smtp` and `webhook`; with neither, reminders are printed at the console. After
    `silent_days` without an entry a unit is reminded: a number of ours, which no plan names."""

    smtp: SmtpServer | None = None
    webhook: Hook | None = None
    silent_days: int = QUIET_DAYS

    @property
    def sender(self) -> str:
        if self.smtp:
            return "smtp"
        return "webhook" if self.webhook else "console"

    def shown(self) -> dict[str, str]:
        """By variable, without passwords and secrets."""
        smtp, hook = self.smtp, self.webhook
        return {
            SMTP: _shown(smtp) if smtp else "",
            SMTP_FROM: smtp.sender if smtp else "",
            WEBHOOK: _host_of(hook) if hook else "",
            SIGNED_BY: "***" if hook else "",
            WEBHOOK_PRIVATE: "yes" if hook and hook.private else "",
            SILENT_DAYS: str(self.silent_days),
        }


def outgoing(environment: Mapping[str, str]) -> Outgoing:
    """Raises `BadSetting`."""
    smtp, hook = _smtp(environment), _hook(environment)
    if smtp and hook:
        raise BadSetting(WEBHOOK, f"is set beside {SMTP}; reminders leave by one of them")
    days = environment.get(SILENT_DAYS) or str(QUIET_DAYS)
    if not (days.isascii() and days.isdecimal() and 1 <= int(days) <= 365):
        raise BadSetting(SILENT_DAYS, f"is {days!r}; it takes a number of days from 1 to 365")
    return Outgoing(smtp=smtp, webhook=hook, silent_days=int(days))


def _smtp(environment: Mapping[str, str]) -> SmtpServer | None:
    text, sender = environment.get(SMTP, ""), environment.get(SMTP_FROM, "")
    if not text:
        if sender:
            raise BadSetting(SMTP_FROM, f"is set without {SMTP}")
        return None
    url = _split(text, SMTP)
    tls, usual = _SCHEMES.get(url.scheme, ("", 0))
    if not tls or not url.hostname or url.path not in ("", "/") or url.query or url.fragment:
        raise BadSetting(
            SMTP,
            "takes smtps://user:password@host (TLS from the first byte), smtp://... (STARTTLS) or, on this "
            "machine alone, smtp+plain://127.0.0.1:25",
        )
    if tls == "none" and not _is_here(url.hostname):
        raise BadSetting(SMTP, f"would speak to {url.hostname} in plain text; use smtps:// or smtp://")
    if not ADDRESS.fullmatch(sender):
        raise BadSetting(SMTP_FROM, "takes the address that reminders come from, such as lantoa@example.vn")
    return SmtpServer(
        host=url.hostname,
        port=_port(url, SMTP) or usual,
        tls=tls,
        sender=sender,
        user=unquote(url.username) if url.username else None,
        password=unquote(url.password) if url.password else None,
    )


def _hook(environment: Mapping[str, str]) -> Hook | None:
    text, secret = environment.get(WEBHOOK, ""), environment.get(SIGNED_BY, "")
    private = environment.get(WEBHOOK_PRIVATE, "")
    if not text:
        for name, value in ((SIGNED_BY, secret), (WEBHOOK_PRIVATE, private)):
            if value:
                raise BadSetting(name, f"is set without {WEBHOOK}")
        return None
    if private not in ("", "yes"):
        raise BadSetting(WEBHOOK_PRIVATE, "takes yes, or nothing")
    url = _split(text, WEBHOOK)
    plain = url.scheme == "http" and bool(url.hostname) and _is_here(url.hostname or "") and private == "yes"
    if not url.hostname or url.username or url.fragment or not (url.scheme == "https" or plain):
        raise BadSetting(WEBHOOK, "takes https://host/path, without a name or password in it")
    _port(url, WEBHOOK)
    if len(secret) < SHORTEST_SECRET:
        raise BadSetting(SIGNED_BY, f"takes a secret of at least {SHORTEST_SECRET} characters")
    return Hook(url=text, secret=secret, private=private == "yes")


def _port(url: SplitResult, name: str) -> int | None:
    try:
        return url.port
    except ValueError:
        raise BadSetting(name, "names a port that is none") from None


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _host_of(hook: Hook) -> str:
    """Gateways are known to put a key of theirs into the path: it is left out as the query is."""
    url = urlsplit(hook.url)
    return f"{url.scheme}://{url.netloc}/{'…' if url.path.strip('/') or url.query else ''}"


def _split(text: str, name: str) -> SplitResult:
    """Raises `BadSetting`, which tells nothing of what stands there: it may hold a password."""
    try:
        if text.isascii() and text.isprintable() and " " not in text:
            return urlsplit(text)
    except ValueError:
        pass
    raise BadSetting(name, "is no address: it takes printable ASCII without blanks, the rest as %XX")


def _shown(server: SmtpServer) -> str:
    scheme = next(scheme for scheme, (tls, _port_) in _SCHEMES.items() if tls == server.tls)
    user = f"{server.user}:***@" if server.user else ""
    host = f"[{server.host}]" if ":" in server.host else server.host
    return f"{scheme}://{user}{host}:{server.port}"
