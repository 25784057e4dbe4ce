"""Handoff's packages have plain names (`models`, `tasks`), so others may come before them where Python looks."""

import sys
from importlib.machinery import PathFinder
from pathlib import Path

NAMES = ("cli", "flows", "tasks", "platforms", "journal", "reports", "inputs", "models")
OURS = Path(__file__).parents[1]


def in_the_way(path: list[str] | None = None) -> Path | None:
    """The first file that Python would load in place of a package of ours; None where there is none.

    `path`: the folders that it looks in, in order; by default those of this process.
    """
    for name in NAMES:
        found = PathFinder.find_spec(name, path)
        where = Path(found.origin) if found is not None and found.origin else None
        if found is not None and found.submodule_search_locations and where is None:
            where = Path(next(iter(found.submodule_search_locations)))  # a folder without __init__.py
        if where is not None and where.resolve() not in (OURS / name / "__init__.py", OURS / name):
            return where
    return None


def refusal(file: Path) -> str:
    """What is wrong, and the remedy."""
    return (
        f"{file} is in the way: Python loads it in place of a package of Handoff's. Install Handoff into an environment"
        " of its own, unset PYTHONPATH, or call it from another folder"
    )


def folders_of_runs() -> list[str]:
    """Where the processes that `handoff up` starts look: in the folder that they run in first."""
    return [str(Path.cwd()), *sys.path]
