"""Python looks for garbage more seldom where a process of ours starts, and never more often than it did."""

import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.garbage import SELDOM, look_seldom_for_garbage


@pytest.fixture
def as_it_was() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


@pytest.mark.parametrize(
    ("before", "after"),
    [((700, 10, 10), SELDOM), ((200_000, 50, 1000), (200_000, 50, 1000)), ((0, 10, 10), (0, 10, 10))],
    ids=["by default", "already seldom", "never"],
)
def test_it_is_looked_for_more_seldom_and_never_more_often(as_it_was, before, after) -> None:
    gc.set_threshold(*before)
    look_seldom_for_garbage()
    assert after == gc.get_threshold()


def test_a_runs_process_looks_seldom_from_the_moment_it_loads_a_procedure() -> None:
    probe = "import gc, flows; print(*gc.get_threshold())"
    root = Path(__file__).parents[2]
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}  # not as tests start theirs
    done = subprocess.run([sys.executable, "-c", probe], cwd=root, env=env, capture_output=True, text=True, check=True)
    assert SELDOM == tuple(map(int, done.stdout.split()))
