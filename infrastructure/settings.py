"""Settings: the environment, checked at start, as one frozen struct."""

from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from infrastructure import outgoing
from infrastructure.bad_setting import BadSetting
from infrastructure.outgoing import Outgoing

__all__ = ["BadSetting", "Outgoing", "Retention", "Settings", "from_environment", "setup_url"]


class Retention(msgspec.Struct, frozen=True, kw_only=True):
    """How many days personal data is kept for each purpose (docs/privacy.md).

    `unanswered`: of a learner who never answered, since they were last asked. `withdrawn`: of
    somebody who no longer agrees that their data is kept, and of somebody who asked for its erasure:
    the law gives 15 days, and `lantoa retain` runs once a day. `closed`: of somebody whose account
    was closed. `reads`: who read whose data; the database itself refuses less than half a year.
    """

    unanswered: int = 90
    withdrawn: int = 14
    closed: int = 1_825
    reads: int = 730


_TERMS: Final = {
    "LANTOA_KEEP_UNANSWERED_DAYS": ("unanswered", 1, 3_650),
    "LANTOA_KEEP_WITHDRAWN_DAYS": ("withdrawn", 0, 14),
    "LANTOA_KEEP_CLOSED_DAYS": ("closed", 1, 36_500),
    "LANTOA_KEEP_READS_DAYS": ("reads", 181, 36_500),
}
"""Variable -> its field of `Retention`, the least and the most."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that can be set from outside.

    `home` is absolute; `database_url` is None for SQLite in the home. `workers` are serving
    processes: SQLite has exactly one, which owns the writing. `behind_proxy` is the address of the
    one proxy whose word is believed about who calls; `tls_cert` and `tls_key` are PEM files, for
    speaking HTTPS without one.
    """

    home: Path
    database_url: str | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = "http://127.0.0.1:8000"
    workers: int = 1
    retention: Retention = Retention()
    behind_proxy: str | None = None
    tls_cert: Path | None = None
    tls_key: Path | None = None
    outgoing: Outgoing = Outgoing()

    @property
    def speaks_tls(self) -> bool:
        return self.tls_cert is not None

    @property
    def keeps_sqlite(self) -> bool:
        return self.database_url is None

    @property
    def socket(self) -> Path:
        """Where a serving process takes commands from `lantoa` beside it."""
        return self.home / "lantoa.sock"

    def shown(self) -> dict[str, str]:
        """The settings by variable, for people to read: the database's password is hidden."""
        database = "SQLite" if self.database_url is None else _without_secrets(self.database_url)
        return {
            "LANTOA_HOME": str(self.home),
            "LANTOA_DATABASE_URL": database,
            "LANTOA_BIND": _address(self.host, self.port),
            "LANTOA_PUBLIC_URL": self.public_url,
            "LANTOA_WORKERS": str(self.workers),
            "LANTOA_BEHIND_PROXY": self.behind_proxy or "",
            "LANTOA_TLS_CERT": str(self.tls_cert or ""),
            "LANTOA_TLS_KEY": str(self.tls_key or ""),
            **{name: str(getattr(self.retention, field)) for name, (field, *_) in _TERMS.items()},
            **self.outgoing.shown(),
        }


def setup_url(settings: Settings, token: str) -> str:
    """Where the first administrator opens their account."""
    return f"{settings.public_url}/bat-dau/{token}"


NAMES: Final = (
    "LANTOA_HOME",
    "LANTOA_DATABASE_URL",
    "LANTOA_BIND",
    "LANTOA_PUBLIC_URL",
    "LANTOA_WORKERS",
    "LANTOA_BEHIND_PROXY",
    "LANTOA_TLS_CERT",
    "LANTOA_TLS_KEY",
    *_TERMS,
    *outgoing.NAMES,
)


SEALS_BACKUPS: Final = "LANTOA_PASSPHRASE"
"""Names the passphrase of key backups: `lantoa keys` alone reads it, and it is kept nowhere."""


def from_environment(environment: Mapping[str, str]) -> Settings:
    """Reads and checks the settings. Raises `BadSetting`, also for a name that is not known:
    a misspelt LANTOA_HOME would otherwise write somewhere else without a word."""
    for name in environment:
        if name.startswith("LANTOA_") and name not in (*NAMES, SEALS_BACKUPS):
            raise BadSetting(name, f"is not a setting; there are {', '.join(NAMES)}")
    database_url = _database_url(environment.get("LANTOA_DATABASE_URL", ""), environment)
    host, port = _bind(environment.get("LANTOA_BIND") or "127.0.0.1:8000")
    behind_proxy = _proxy(environment.get("LANTOA_BEHIND_PROXY", ""))
    tls_cert, tls_key = _tls(environment)
    public_url = _public_url(
        environment.get("LANTOA_PUBLIC_URL") or _reachable(host, port, tls=tls_cert is not None)
    )
    if (behind_proxy or tls_cert) and not public_url.startswith("https://"):
        raise BadSetting(
            "LANTOA_PUBLIC_URL", f"is {public_url}; behind a proxy or with TLS it is https://name"
        )
    return Settings(
        home=Path(environment.get("LANTOA_HOME") or "./var").expanduser().absolute(),
        database_url=database_url,
        host=host,
        port=port,
        public_url=public_url,
        workers=_workers(environment.get("LANTOA_WORKERS") or "1", database_url),
        retention=_retention(environment),
        behind_proxy=behind_proxy,
        tls_cert=tls_cert,
        tls_key=tls_key,
        outgoing=outgoing.outgoing(environment),
    )


def _database_url(text: str, environment: Mapping[str, str]) -> str | None:
    if not text:
        return None
    try:
        url = make_url(text)
    except ArgumentError:
        raise BadSetting("LANTOA_DATABASE_URL", "is not an address of a database") from None
    if url.drivername not in ("postgresql+psycopg", "postgresql"):
        raise BadSetting(
            "LANTOA_DATABASE_URL",
            f"begins with {url.drivername!r}; it takes postgresql+psycopg://user@host/name, "
            "or nothing for SQLite in the home",
        )
    if not url.database:
        raise BadSetting("LANTOA_DATABASE_URL", "names no database")
    for name, part in _LEADS_ELSEWHERE.items():
        if environment.get(name) and not _says(url, part):
            raise BadSetting(
                name,
                f"would lead elsewhere than LANTOA_DATABASE_URL says: unset it, or write there ?{part}=...",
            )
    if any(not _is_here(host) for host in _hosts(url)) and url.query.get("sslmode") not in _SAFE:
        raise BadSetting(
            "LANTOA_DATABASE_URL",
            "reaches the database over a network; it takes ?sslmode=verify-full, which encrypts and knows "
            "whom it speaks to (or ?sslmode=disable, where that network is trusted)",
        )
    return text


_SAFE: Final = ("verify-full", "disable")
"""What lies between them encrypts for whoever is in the way. Going without is said, and never guessed."""


_LEADS_ELSEWHERE: Final = {"PGHOST": "host", "PGHOSTADDR": "hostaddr", "PGSERVICE": "service"}
"""Variables by which libpq goes where the address does not say that part: what was checked of it would not
be what happens. What else libpq reads says who signs in and what is trusted, and not where; PGSSLMODE counts
for nothing over a network, where the address has to say it."""


def _says(url: URL, part: str) -> bool:
    return bool(url.query.get(part) or (part == "host" and url.host))


def _hosts(url: URL) -> Iterator[str]:
    """By name or address, as libpq takes them; none for the socket of this machine. An address goes
    before the name beside it, and what a service is called says nothing of where it is."""
    if url.host:
        yield url.host
    if "service" in url.query:
        yield "a service"
    for key in ("host", "hostaddr"):
        said = url.query.get(key, ())
        for place in (said,) if isinstance(said, str) else said:
            for one in place.split(","):
                name, colon, port = one.rpartition(":")
                has_port = colon and port.isdecimal() and (":" not in name or name.endswith("]"))
                yield name if has_port else one


def _is_here(host: str) -> bool:
    if not host or host.startswith(("/", "@")) or host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _bind(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise BadSetting("LANTOA_BIND", f"is {text!r}; it takes address:port, such as 127.0.0.1:8000")
    host = host.removeprefix("[").removesuffix("]")
    if host == "localhost":
        host = "127.0.0.1"
    try:
        ip_address(host)
    except ValueError:
        raise BadSetting("LANTOA_BIND", f"{host!r} is not an address of this machine") from None
    return host, int(port)


def _public_url(text: str) -> str:
    url = urlsplit(text)
    plain = url.scheme in ("http", "https") and url.hostname and not (url.query or url.fragment)
    if not plain or url.username or url.path not in ("", "/"):
        raise BadSetting("LANTOA_PUBLIC_URL", f"is {text!r}; it takes https://name, without a path")
    return text.rstrip("/")


def _retention(environment: Mapping[str, str]) -> Retention:
    terms = {}
    for name, (field, least, most) in _TERMS.items():
        text = environment.get(name)
        if text:
            if not text.isdecimal() or not least <= int(text) <= most:
                raise BadSetting(name, f"is {text!r}; it takes a number of days from {least} to {most}")
            terms[field] = int(text)
    return Retention(**terms)


def _workers(text: str, database_url: str | None) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise BadSetting("LANTOA_WORKERS", f"is {text!r}; it takes a number from 1 to 64")
    if database_url is None and int(text) != 1:
        raise BadSetting("LANTOA_WORKERS", "SQLite is written by one process; more need PostgreSQL")
    return int(text)


def _proxy(text: str) -> str | None:
    """In the one way of writing it in which the server names its peers."""
    if not text:
        return None
    try:
        return str(ip_address(text.strip().removeprefix("[").removesuffix("]")))
    except ValueError:
        raise BadSetting(
            "LANTOA_BEHIND_PROXY",
            f"is {text!r}; it takes the address that the proxy calls from, such as 127.0.0.1",
        ) from None


def _tls(environment: Mapping[str, str]) -> tuple[Path, Path] | tuple[None, None]:
    cert, key = (environment.get(name, "") for name in ("LANTOA_TLS_CERT", "LANTOA_TLS_KEY"))
    if not cert and not key:
        return None, None
    for name, file in (("LANTOA_TLS_CERT", cert), ("LANTOA_TLS_KEY", key)):
        if not file:
            raise BadSetting(name, "is not set; certificate and key belong together")
    return Path(cert).expanduser().absolute(), Path(key).expanduser().absolute()


def _reachable(host: str, port: int, *, tls: bool) -> str:
    """An address that a browser on this machine can open: 0.0.0.0 and :: are none."""
    if ip_address(host).is_unspecified:
        host = "127.0.0.1"
    return f"http{'s' if tls else ''}://{_address(host, port)}"


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _without_secrets(text: str) -> str:
    url = make_url(text)
    hidden = {key: "***" for key in url.query if "pass" in key or "key" in key}
    return url.update_query_dict(hidden).render_as_string(hide_password=True)
