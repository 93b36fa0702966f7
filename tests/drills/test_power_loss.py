"""The power goes at any moment: no receipted fact is lost, and the ledger opens. Its control,
which does not wait for the disk, must lose some."""

import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.drills.power import Log, Receipted, lost, states
from tests.drills.recording_vfs import Delete, Sync, Truncate, Write

ROOT = Path(__file__).parents[2]
KINDS = {kind.__name__: kind for kind in (Write, Truncate, Sync, Delete, Receipted)}


def lived(home: Path, before: Path, synchronous: str, decisions: int) -> Log:
    """What happened in a process of its own; `before` keeps the files as they were."""
    shutil.copytree(home, before)
    command = [
        sys.executable,
        "-m",
        "tests.drills.power",
        str(home),
        "16",
        str(decisions),
        synchronous,
        str(home / "log"),
    ]
    subprocess.run(command, cwd=ROOT, check=True)
    happened = msgspec.msgpack.decode((home / "log").read_bytes())
    return [KINDS[kind](*values) for kind, *values in happened]


@pytest.fixture
def run(tmp_path, sqlite_home):
    """Lives under load and counts the receipted facts lost over so many states."""

    def carry_out(synchronous: str, *, states_of: int, decisions: int) -> tuple[int, Log]:
        home, before, after = tmp_path / "home", tmp_path / "before", tmp_path / "after"
        shutil.copytree(sqlite_home, home)
        after.mkdir()
        log = lived(home, before, synchronous, decisions)
        gone = [lost(files, receipts, after) for files, receipts in states(before, log, states_of, seed=7)]
        assert len(gone) == states_of
        return sum(map(len, gone)), log

    return carry_out


def test_no_receipted_fact_is_lost(run):
    gone, log = run("FULL", states_of=60, decisions=480)
    assert gone == 0
    assert any(isinstance(one, Write) and one.file == "ledger.db" for one in log)  # checkpoints took part


def test_without_waiting_for_the_disk_some_are_lost(run):
    """The control: a drill that cannot fail proves nothing."""
    gone, _ = run("OFF", states_of=60, decisions=480)
    assert gone > 0


@pytest.mark.drill
def test_a_thousand_power_losses(run):
    gone, log = run("FULL", states_of=1_000, decisions=8_000)
    receipts = sum(isinstance(one, Receipted) for one in log)
    syncs = sum(isinstance(one, Sync) for one in log)
    print(f"\npower loss: 1,000 states, {receipts:,} receipts, {syncs:,} syncs: {gone} receipted facts lost")
    assert gone == 0
    assert receipts == 8_000
