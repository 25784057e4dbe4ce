"""Ten days of one seed, judged each day, at every change to the code; a month with `THOROUGH=1`. Smaller and quieter
than in `make soak`."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.examples import THOROUGH

ROOT = Path(__file__).parents[2]
DAYS = "30" if THOROUGH else "10"


@pytest.mark.slow
def test_its_days_break_no_clause() -> None:
    month = ["--seed", "1", "--days", DAYS, "--contacts", "1000", "--pace", "0.6"]  # in memory; the seed makes it again
    played = subprocess.run(
        [sys.executable, "-m", "benchmarks.soak", *month], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert 0 == played.returncode, played.stdout + played.stderr
    assert f"seed 1, 1000 contacts, {DAYS} days" in played.stdout
