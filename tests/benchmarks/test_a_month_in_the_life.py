"""Thirty days of one seed, judged each day, at every change to the code: smaller and quieter than in `make soak`."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_thirty_days_break_no_clause() -> None:
    month = ["--seed", "1", "--days", "30", "--contacts", "1000", "--pace", "0.6"]  # in memory; the seed makes it again
    played = subprocess.run(
        [sys.executable, "-m", "benchmarks.soak", *month], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert 0 == played.returncode, played.stdout + played.stderr
    assert "seed 1, 1000 contacts, 30 days" in played.stdout
