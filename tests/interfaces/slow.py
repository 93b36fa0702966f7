"""Clients that keep a server waiting, each in its own way, and how long the server puts up with it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Final, NamedTuple

HEAD: Final = b" HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
POST: Final = b"POST /api/v1/answers" + HEAD

Way = Callable[[asyncio.StreamWriter], AsyncIterator[bytes]]


async def says_nothing(_: asyncio.StreamWriter) -> AsyncIterator[bytes]:
    return
    yield


async def half_the_headers(_: asyncio.StreamWriter) -> AsyncIterator[bytes]:
    yield b"GET / HTTP/1.1\r\nHost: 127.0"


async def headers_byte_by_byte(_: asyncio.StreamWriter) -> AsyncIterator[bytes]:
    for byte in b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: " + b"x" * 1_000:
        yield bytes([byte])


async def idle_after_an_answer(_: asyncio.StreamWriter) -> AsyncIterator[bytes]:
    yield b"GET /health" + HEAD + b"\r\n"


async def a_body_that_never_comes(_: asyncio.StreamWriter) -> AsyncIterator[bytes]:
    yield POST + b"Content-Length: 100\r\n\r\n"


async def a_body_byte_by_byte(_: asyncio.StreamWriter) -> AsyncIterator[bytes]:
    yield POST + b"Content-Length: 1000\r\n\r\n"
    for byte in b'{"code": "' + b" " * 990:
        yield bytes([byte])


async def chunk_by_chunk(_: asyncio.StreamWriter) -> AsyncIterator[bytes]:
    yield POST + b"Transfer-Encoding: chunked\r\n\r\n"
    for _byte in range(1_000):
        yield b"1\r\n \r\n"


async def a_body_that_nobody_reads(_: asyncio.StreamWriter) -> AsyncIterator[bytes]:
    yield b"POST /not/there" + HEAD + b"Content-Length: 1000\r\n\r\n"
    for _byte in range(1_000):
        yield b" "


async def a_form_of_another_site(_: asyncio.StreamWriter) -> AsyncIterator[bytes]:
    yield POST + b"Sec-Fetch-Site: cross-site\r\nContent-Length: 1000\r\n\r\n"
    for _byte in range(1_000):
        yield b" "


WAYS: Final[dict[str, Way]] = {
    way.__name__.replace("_", " "): way
    for way in (
        says_nothing,
        half_the_headers,
        headers_byte_by_byte,
        idle_after_an_answer,
        a_body_that_never_comes,
        a_body_byte_by_byte,
        chunk_by_chunk,
        a_body_that_nobody_reads,
        a_form_of_another_site,
    )
}

PAUSE: Final = 0.5
"""Seconds between two bytes."""


async def kept(port: int, way: Way, most: float) -> float:
    """The seconds until the server ends the connection; `most` where it does not."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    began = time.monotonic()

    async def send() -> None:
        async for some in way(writer):
            writer.write(some)
            await writer.drain()
            await asyncio.sleep(PAUSE)

    sending = asyncio.ensure_future(send())
    try:
        async with asyncio.timeout(most):
            with suppress(ConnectionError):
                while await reader.read(65_536):
                    pass
    except TimeoutError:
        return most
    finally:
        sending.cancel()
        with suppress(asyncio.CancelledError, ConnectionError):
            await sending
        writer.close()
    return time.monotonic() - began


async def delays(port: int, path: str, stop: asyncio.Event) -> list[float]:
    """How long a well-behaved client waits for each answer, in seconds, over one new connection
    each, until told to stop."""
    waited = []
    while not stop.is_set():
        began = time.monotonic()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET " + path.encode() + HEAD + b"Connection: close\r\n\r\n")
        status = await reader.readline()
        await reader.read()
        writer.close()
        assert b" 200 " in status
        waited.append(time.monotonic() - began)
        await asyncio.sleep(0.05)
    return waited


class Siege(NamedTuple):
    """How long clients of each way were put up with, and how long others waited meanwhile."""

    kept: dict[str, list[float]]
    others: list[float]


async def siege(port: int, clients: dict[str, int], *, path: str, most: float) -> Siege:
    """So many clients of each way at once, while four others ask for `path` again and again."""
    stop = asyncio.Event()
    others = [asyncio.ensure_future(delays(port, path, stop)) for _ in range(4)]
    try:
        ways = [name for name, count in clients.items() for _ in range(count)]
        times = await asyncio.gather(*(kept(port, WAYS[name], most) for name in ways))
    finally:
        stop.set()
        waited = [delay for one in await asyncio.gather(*others) for delay in one]
    found: dict[str, list[float]] = {}
    for name, time_kept in zip(ways, times, strict=True):
        found.setdefault(name, []).append(time_kept)
    return Siege(found, sorted(waited))
