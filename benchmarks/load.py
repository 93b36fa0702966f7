"""A lean HTTP/1.1 load generator: N connections, each sending its next request on the last answer.

    python -m benchmarks.load PORT PATH SECONDS CONNECTIONS < requests

Each line of `requests` is a bearer token, a tab and a JSON document; each is sent once, by
whichever connection is free. Prints one JSON object: how many answers of which status came in the
time, and how long they took.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator

WARMING = 1.0
"""Seconds at the start that are not measured."""


class Caller(asyncio.Protocol):
    """One connection."""

    def __init__(self, requests: Iterator[bytes], tally: "Tally") -> None:
        self.requests = requests
        self.tally = tally
        self.buffer = b""
        self.began = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.send()

    def send(self) -> None:
        request = next(self.requests, None)
        if request is None or time.perf_counter() >= self.tally.end:
            self.tally.finished()
            self.transport.close()
            return
        self.began = time.perf_counter()
        self.transport.write(request)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head_end = self.buffer.find(b"\r\n\r\n")
        if head_end < 0:
            return
        head = self.buffer[:head_end].lower()
        at = head.index(b"content-length:")
        length = int(head[at + 15 : head.find(b"\r\n", at) if head.find(b"\r\n", at) > 0 else None])
        if len(self.buffer) < head_end + 4 + length:
            return
        self.tally.took(int(self.buffer[9:12]), time.perf_counter() - self.began, self.buffer)
        self.buffer = self.buffer[head_end + 4 + length :]
        self.send()

    def connection_lost(self, _: Exception | None) -> None:
        if not self.tally.done.is_set() and not self.transport.is_closing():
            self.tally.lost += 1
            self.tally.finished()


class Tally:
    def __init__(self, seconds: float, connections: int) -> None:
        self.begin = time.perf_counter() + WARMING
        self.end = self.begin + seconds
        self.left = connections
        self.lost = 0
        self.done = asyncio.Event()
        self.statuses: Counter[int] = Counter()
        self.delays: list[float] = []
        self.last = self.begin
        self.odd = b""

    def took(self, status: int, delay: float, answer: bytes) -> None:
        now = time.perf_counter()
        if now < self.begin:
            return
        self.statuses[status] += 1
        self.delays.append(delay)
        self.last = now
        if status >= 400 and not self.odd:
            self.odd = answer

    def finished(self) -> None:
        self.left -= 1
        if self.left == 0:
            self.done.set()


async def call(port: int, requests: Iterator[bytes], seconds: float, connections: int) -> dict[str, object]:
    tally = Tally(seconds, connections)
    loop = asyncio.get_running_loop()
    for _ in range(connections):
        await loop.create_connection(lambda: Caller(requests, tally), "127.0.0.1", port)
    await tally.done.wait()
    delays = sorted(tally.delays) or [0.0]
    return {
        "statuses": dict(tally.statuses),
        "rate": len(tally.delays) / (tally.last - tally.begin) if tally.delays else 0.0,
        "p50": delays[len(delays) // 2] * 1000,
        "p99": delays[int(len(delays) * 0.99)] * 1000,
        "worst": delays[-1] * 1000,
        "lost": tally.lost,
        "odd": tally.odd.decode(errors="replace"),
    }


def requests(path: str, lines: list[bytes]) -> Iterator[bytes]:
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n".encode()
    for line in lines:
        token, _, body = line.partition(b"\t")
        yield b"%bAuthorization: Bearer %b\r\nContent-Length: %d\r\n\r\n%b" % (head, token, len(body), body)


def main() -> None:
    port, path, seconds, connections = sys.argv[1:]
    prepared = requests(path, sys.stdin.buffer.read().splitlines())
    print(json.dumps(asyncio.run(call(int(port), prepared, float(seconds), int(connections)))))


if __name__ == "__main__":
    main()
