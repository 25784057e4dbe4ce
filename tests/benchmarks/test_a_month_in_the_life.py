"""Thirty days of one seed, judged each day: what `make soak` plays, at every change to the code."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_thirty_days_break_no_clause(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "benchmarks.soak", "--seed", "1", "--days", "30", "--keep", str(tmp_path)]
    played = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert 0 == played.returncode, played.stdout + played.stderr
    assert "seed 1, 2000 contacts, 30 days" in played.stdout
