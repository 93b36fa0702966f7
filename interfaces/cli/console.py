"""What a command says: text for people, JSON for scripts, bars for waiting.

A command may run in another process than the one whose terminal shows it (see `beside`),
so it speaks through a console and never to `sys.stdout`.
"""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

Advance = Callable[[int], None]

BAR: Final = 30
BETWEEN_DRAWINGS: Final = 0.1  # seconds, on a terminal
SHORT: Final = 0.5  # seconds for which no bar is drawn
PARTS: Final = 1_000
BETWEEN_LINES: Final = 10.0  # seconds, in a log file


@dataclass
class Console:
    """`terminal` says whether the errors go to one, where a bar can redraw itself.

    `folder` is where the person stands: what paths on the command line are relative to.
    """

    out: Callable[[str], None]
    err: Callable[[str], None]
    terminal: bool
    folder: Path
    as_json: bool = False

    def answer(self, data: Any, text: str) -> None:
        """The outcome: `data` for a script that asked with --json, else `text`."""
        if self.as_json:
            self.out(msgspec.json.encode(data).decode() + "\n")
        elif text:
            self.out(text + "\n")

    def note(self, text: str) -> None:
        """A word on the side, which never mixes with what a script reads."""
        self.err(text + "\n")

    def path(self, file: Path) -> Path:
        return self.folder / file.expanduser()

    @contextmanager
    def progress(self, doing: str, total: int) -> Iterator[Advance]:
        """A bar while `total` things are done; call what it gives with each number done."""
        bar = _Bar(self, doing, total)
        if self.terminal:
            bar.draw()
        yield bar.advance
        bar.finish()

    @contextmanager
    def share(self, doing: str) -> "Iterator[Callable[[int, int], None]]":
        """A bar for what tells how much is done of how much: drawn once it is seen to take long."""
        began, told = time.monotonic(), 0
        bar: _Bar | None = None

        def report(done: int, total: int) -> None:
            nonlocal bar, told
            if bar is None and time.monotonic() - began >= SHORT:
                bar = _Bar(self, doing, PARTS)
            now = PARTS * done // max(total, 1)
            if bar is not None:
                bar.advance(now - told)
                told = now

        yield report
        if bar is not None:
            bar.finish()


class _Bar:
    def __init__(self, console: Console, doing: str, total: int) -> None:
        self.console = console
        self.doing = doing
        self.total = max(total, 1)
        self.done = 0
        self.began = self.drawn = time.monotonic()

    def advance(self, number: int) -> None:
        self.done += number
        between = BETWEEN_DRAWINGS if self.console.terminal else BETWEEN_LINES
        if time.monotonic() - self.drawn >= between:
            self.draw()

    def draw(self) -> None:
        self.drawn = time.monotonic()
        share = min(self.done / self.total, 1.0)
        full = round(BAR * share)
        line = f"{self.doing} [{'#' * full}{'.' * (BAR - full)}] {share:4.0%} {self._left(share)}"
        self.console.err(f"\r{line}" if self.console.terminal else f"{line.rstrip()}\n")

    def finish(self) -> None:
        took = time.monotonic() - self.began
        line = f"{self.doing}: {took:.1f} s"
        self.console.err(
            f"\r{line:<{len(self.doing) + BAR + 24}}\n" if self.console.terminal else f"{line}\n"
        )

    def _left(self, share: float) -> str:
        took = time.monotonic() - self.began
        if share < 0.02 or took < 1:
            return " " * 12
        return f"{took * (1 - share) / share:4.0f} s left "


def here() -> Console:
    """The console of this very process."""
    return Console(
        out=_writer(sys.stdout), err=_writer(sys.stderr), terminal=sys.stderr.isatty(), folder=Path.cwd()
    )


def _writer(stream: Any) -> Callable[[str], None]:
    def write(text: str) -> None:
        # A terminal without UTF-8 shows "?" for a letter it cannot, instead of a trace.
        encoding = stream.encoding or "utf-8"
        stream.write(text.encode(encoding, "replace").decode(encoding))
        stream.flush()

    return write


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns under their heads, as wide as they need to be."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = [head, ["-" * width for width in widths], *rows]
    return "\n".join(
        "  ".join(f"{cell:<{w}}" for cell, w in zip(line, widths, strict=True)).rstrip() for line in lines
    )
