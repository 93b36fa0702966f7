"""`lantoa serve`: the web server, which also does the commands that are given beside it."""

import os
import resource
import signal
import socket
import ssl
import stat
from ipaddress import ip_address
from pathlib import Path
from typing import Final

import click

from infrastructure import logs
from infrastructure.settings import Settings, from_environment
from interfaces.cli.console import Console
from interfaces.cli.place import Place, alone
from interfaces.cli.problems import CannotDo, Exit

HEADERS_WITHIN: Final = 10
"""Seconds for the headers of a request, from the connection or the answer before: slow senders and
idle connections end then. A phone that pauses longer connects again."""

LONGEST_HEADERS: Final = 64 * 1024
"""Bytes of one request's line and headers; 400 KB by default, of each of thousands of connections."""

CONNECTIONS: Final = 8_192
"""At once, over all workers. What is idle ends soon (above), so it cannot keep others out for long."""


@click.command()
@click.option(
    "--behind-proxy",
    metavar="ADDRESS",
    help="Where the proxy calls from that speaks HTTPS for us (LANTOA_BEHIND_PROXY).",
)
@click.pass_obj
def serve(place: Place, behind_proxy: str | None) -> None:
    """Serve pages and API until stopped with Ctrl-C.

    It listens on LANTOA_BIND. On SQLite one process serves and does the other commands for
    whoever gives them; with PostgreSQL LANTOA_WORKERS processes may.

    Off this machine it speaks HTTPS only: by itself with LANTOA_TLS_CERT and LANTOA_TLS_KEY
    (PEM files), or through a proxy, of which alone X-Forwarded-For is believed.
    """
    settings = place.settings
    if behind_proxy is not None:
        settings = from_environment({**os.environ, "LANTOA_BEHIND_PROXY": behind_proxy})
    check_secure(settings)
    check_house(settings)
    check_address(settings)
    run(settings, place.console)


def check_secure(settings: Settings) -> None:
    """Nobody's sign-in and nobody's name goes over a network in plain text."""
    if settings.tls_cert is not None and settings.tls_key is not None:
        check_tls(settings.tls_cert, settings.tls_key)
    elif settings.behind_proxy is None:
        if not ip_address(settings.host).is_loopback:
            raise CannotDo(
                f"{settings.host} can be called from other machines, and nothing here speaks HTTPS: set "
                "LANTOA_TLS_CERT and LANTOA_TLS_KEY, or serve --behind-proxy ADDRESS.",
                Exit.NOT_SET_UP,
            )
        if settings.public_url.startswith("https://"):
            raise CannotDo(
                f"{settings.public_url} is HTTPS, and nothing here speaks it: set LANTOA_TLS_CERT and "
                "LANTOA_TLS_KEY, or serve --behind-proxy ADDRESS (127.0.0.1 for a proxy on this machine).",
                Exit.NOT_SET_UP,
            )


def check_tls(cert: Path, key: Path) -> None:
    """The server itself would only say that it failed."""
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(cert, key, password="")  # nosec B106 # so that it never asks
        readable_by_all = key.stat().st_mode & stat.S_IROTH
        begins = key.read_text().lstrip()
    except (ssl.SSLError, ValueError):
        raise CannotDo(f"{cert} and {key} are not a certificate and its key.", Exit.NOT_SET_UP) from None
    except OSError as error:
        raise CannotDo(f"{cert} and {key} cannot be read: {error.strerror}.", Exit.NOT_SET_UP) from None
    if readable_by_all:
        raise CannotDo(f"{key} can be read by everybody on this machine: chmod 600.", Exit.NOT_SET_UP)
    if not begins.startswith("-----BEGIN PRIVATE KEY-----"):
        raise CannotDo(
            f"{key} is not in the form PKCS#8: openssl pkcs8 -topk8 -nocrypt -in {key} -out other.pem",
            Exit.NOT_SET_UP,
        )


def check_house(settings: Settings) -> None:
    """Says what is not set up in one sentence, before any worker starts and dies of it."""
    from interfaces.opening import open_house

    with alone(settings, "starting another"):
        open_house(settings, following=False).close()


def check_address(settings: Settings) -> None:
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((settings.host, settings.port))
        except OSError as error:
            raise CannotDo(
                f"{settings.host}:{settings.port} cannot be listened on ({error.strerror}): "
                "set LANTOA_BIND to another address and port.",
                Exit.NOT_SET_UP,
            ) from None


def run(settings: Settings, console: Console) -> None:
    """Serves until stopped. The workers read the settings from the environment."""
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces, SSLProtocols
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    os.environ["LANTOA_HOME"] = str(settings.home)
    os.environ["LANTOA_BEHIND_PROXY"] = settings.behind_proxy or ""
    _allow_open_files(CONNECTIONS + 1_024)
    os.register_at_fork(after_in_child=_end_when_told)
    console.note(f"Lan Tỏa is served at {settings.public_url} (stop with Ctrl-C).")
    Granian(
        "interfaces.cli.serving:application",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        workers=settings.workers,
        # HTTP/2 as well would mean to look at a connection's first bytes, without any time limit
        # (granian 2.8): 2,000 that send none would stay for ever.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(
            header_read_timeout=HEADERS_WITHIN * 1_000, max_buffer_size=LONGEST_HEADERS
        ),
        backlog=CONNECTIONS,
        ssl_cert=settings.tls_cert,
        ssl_key=settings.tls_key,
        ssl_protocol_min=SSLProtocols.tls12,  # phones from before 2020
        websockets=False,
        log_level=LogLevels.warning,
        log_dictconfig=logs.config(),
        respawn_failed_workers=True,
        # Whoever has not sent all of a request by then was told nothing, and sends it again.
        workers_kill_timeout=8,
    ).serve()


def _end_when_told() -> None:
    """A worker takes over its parent's answer to signals, which stops nothing in it. So until it serves, and
    answers by itself, it ends at once when the parent tells it to: nothing is lost by that, as by a power
    cut. Ctrl-C goes to both and is the parent's to answer: a worker that ended by itself would be started
    anew."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _allow_open_files(wanted: int) -> None:
    """A connection is an open file, and most systems begin with 1,024 of them."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if now < wanted:
        allowed = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, most))
