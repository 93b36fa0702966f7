"""A list of 50,000 members from the file to the last row: how long, how much memory, and what comes back.

    python -m benchmarks.imports [--quick]

A workbook of members of 1,116 teams, 5% of whose rows have an error, goes in by `lantoa import` in a
process of its own, whose peak memory is that of its whole life; then the same file again. Exactly the
planted rows have to come back, and the second time nothing may change. Beside it, in processes of their
own: openpyxl reads the same file without doing anything with it (the peer), and the same rows of facts,
tags, receipts and the vault go into SQLite as bare inserts (the raw limit). `--quick`: 4,300 rows.
"""

import json
import os
import random
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from xlsxwriter import Workbook

from benchmarks.measure import Measure, arguments, machine, note, tell
from infrastructure import official_units

ROWS: Final = 50_000
QUICK: Final = 4_300
TEAMS: Final = 1_116
PLANTED: Final = 0.05
PROVINCE: Final = "52"
LANTOA: Final = Path(sys.executable).with_name("lantoa")

LONGEST: Final = 180.0
MOST_MEMORY: Final = 300.0

_FAMILY: Final = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ")
_MIDDLE: Final = ("Văn", "Thị", "Hữu", "Đức", "Ngọc", "Minh", "Thanh", "Quốc")
_GIVEN: Final = ("An", "Bình", "Chi", "Dũng", "Giang", "Hà", "Lan", "Mai", "Nam", "Oanh", "Phúc", "Tú", "Yến")
_WRONG: Final = (
    (0, ""),
    (0, "NguyÔn V¨n A"),
    (1, "12345"),
    (2, "19x6"),
    (3, "Tổ không có"),
    (4, "Xã Không Có"),
)
"""What is wrong in a planted row: the column, and what stands in it."""


class Lists:
    """Two workbooks in a folder: the teams, and their members with planted errors."""

    def __init__(self, folder: Path, rows: int) -> None:
        self.teams, self.members = folder / "teams.xlsx", folder / "members.xlsx"
        self.planted: set[int] = set()
        self._communes = [one for one in official_units.read() if one.parent == PROVINCE]
        self._write_teams()
        self._write_members(rows)

    def _team(self, number: int) -> tuple[str, str]:
        number %= TEAMS
        return f"Tổ công nghệ số {number + 1}", self._communes[number % len(self._communes)].name

    def _write_teams(self) -> None:
        with Workbook(str(self.teams)) as book:
            page = book.add_worksheet("Tổ")
            page.write_row(0, 0, ["STT", "Tên tổ", "Xã/Phường", "Ngày thành lập"])
            for at in range(TEAMS):
                page.write_row(at + 1, 0, [at + 1, *self._team(at), "05/01/2026"])

    def _write_members(self, rows: int) -> None:
        chance = random.Random(2026)
        with Workbook(str(self.members), {"constant_memory": True}) as book:
            page = book.add_worksheet("Thành viên")
            page.write_row(0, 0, ["STT", "HO VA TEN", "SĐT", "Năm sinh", "Tổ CNSCĐ", "Xã, phường", "Chức vụ"])
            for at in range(rows):
                row = self._member(chance, at)
                if at >= TEAMS and chance.random() < PLANTED:
                    at_fault, cell = chance.choice(_WRONG)
                    row[at_fault] = cell
                    self.planted.add(at + 2)
                page.write_row(at + 1, 0, [at + 1, *row])

    def _member(self, chance: random.Random, at: int) -> list[str]:
        name = " ".join(chance.choice(words) for words in (_FAMILY, _MIDDLE, _GIVEN))
        role = "Tổ trưởng" if at < TEAMS else "Thành viên"
        return [name, f"09{at:08d}", str(chance.randint(1950, 2005)), *self._team(at), role]


class Took:
    """One command in a process of its own: its answer, seconds, and peak memory in MB."""

    def __init__(self, home: Path, *argv: str) -> None:
        began = time.perf_counter()
        process = subprocess.Popen(
            [str(one) for one in argv],
            env=os.environ | {"LANTOA_HOME": str(home)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert process.stdout is not None
        self.out = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        self.seconds = time.perf_counter() - began
        self.megabytes = used.ru_maxrss / 1024
        processor = used.ru_utime + used.ru_stime
        note(f"{' '.join(argv[:3])[:60]}: {self.seconds:.1f} s, {processor:.1f} s of processor")
        if os.waitstatus_to_exitcode(status):
            raise SystemExit(f"{argv} failed")


_OPENPYXL: Final = """
import sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1], read_only=True, data_only=True)
print(sum(1 for row in book.worksheets[0].iter_rows(values_only=True) if any(row)))
"""

_BARE: Final = """
import sqlite3, sys
source = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
bare = sqlite3.connect(sys.argv[2])
bare.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
for name in ("fact", "fact_tag", "receipt", "sealed_person", "blind_index"):
    (made,) = source.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()
    bare.execute(made)
    rows = source.execute(f"SELECT * FROM {name}")
    while some := rows.fetchmany(500):
        bare.executemany(f"INSERT INTO {name} VALUES ({','.join('?' * len(some[0]))})", some)
        bare.commit()
"""


def main() -> None:
    asked = arguments("A list of members from the file to the last row.")
    rows = QUICK if asked.quick else ROWS
    note(machine())
    with TemporaryDirectory() as folder:
        measure(Path(folder), rows)


def measure(folder: Path, rows: int) -> None:
    home = folder / "home"
    lists = Lists(folder, rows)
    note(f"{rows:,} rows, {len(lists.planted):,} of them planted")
    for argv in (("init",), ("territory", "load"), ("import", "teams", str(lists.teams), "--unit", PROVINCE)):
        Took(home, str(LANTOA), *argv)
    command = (str(LANTOA), "import", "members", str(lists.members), "--unit", PROVINCE, "--json")
    first = Took(home, *command)
    again = Took(home, *command)
    peer = Took(home, sys.executable, "-c", _OPENPYXL, str(lists.members))
    bare = Took(home, sys.executable, "-c", _BARE, str(home / "ledger.db"), str(folder / "bare.db"))
    said, twice = json.loads(first.out), json.loads(again.out)
    exactly = {one["line"] for one in said["problems"]} == lists.planted
    unchanged = twice["known"] == said["taken"] and twice["bad"] == said["bad"]
    tell(
        Measure(
            measure=f"a list of {rows:,} members from the file to the last row",
            ours=first.seconds,
            unit="s",
            peers={"openpyxl, reading alone": peer.seconds, "ours, the same file again": again.seconds},
            limit=bare.seconds,
            goal="under 3 minutes; exactly the planted rows come back; the second time changes nothing",
            met=first.seconds < LONGEST and exactly and unchanged,
        )
    )
    tell(
        Measure(
            measure="peak memory of that process",
            ours=first.megabytes,
            unit="MB",
            peers={"openpyxl, reading alone": peer.megabytes},
            limit=None,
            goal="under 300 MB",
            met=first.megabytes < MOST_MEMORY,
        )
    )
    note(f"this process itself: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
