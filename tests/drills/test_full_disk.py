"""A disk that is full in earnest: a small one in memory, mounted for this test alone."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SMALL = 'mount -t tmpfs -o size=4m none "$0" && exec "$1" -m tests.drills.filling "$0"'


@pytest.mark.drill
def test_a_full_disk_is_told_and_heals(tmp_path):
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("unshare is missing")
    private = [unshare, "--mount"] if os.geteuid() == 0 else [unshare, "--mount", "--map-root-user"]
    command = [*private, "sh", "-c", SMALL, str(tmp_path), sys.executable]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if "mount" in done.stderr:
        pytest.skip(f"nothing can be mounted here: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    print(f"\nfull disk: {found}")
    assert all(found.values())
