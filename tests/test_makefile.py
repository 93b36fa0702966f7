"""What `make bench` runs."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_every_benchmark_is_run():
    named = re.search(r"for bench in ([\w ]+);", (ROOT / "Makefile").read_text())
    assert named is not None
    run = set(named[1].split())
    assert run == {
        one.stem
        for one in (ROOT / "benchmarks").glob("*.py")
        if f"python -m benchmarks.{one.stem} [--quick]" in one.read_text()
    }
