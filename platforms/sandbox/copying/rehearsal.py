"""The copy of a twin on which a rehearsal works: the twin itself stays as it was pulled."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from types import MappingProxyType

from models.errors import InvalidInput
from models.privacy import make_database_file
from models.records import Behaviour
from platforms.sandbox.copying.copy import Copy

NOTHING: Mapping[str, str] = MappingProxyType({})


def make_rehearsal(twin: Path, to: Path, workspace: str, seen: Mapping[str, str] = NOTHING) -> None:
    """Copy the twin of that workspace into `to`, in place of an earlier rehearsal's; it behaves as the workspace was
    `seen` to (answers by question, `models/open_questions.py`). Raises InvalidInput where nobody pulled a twin, or its
    pull was cut short."""
    remedy = f"`handoff twin pull --workspace {workspace}` makes one"
    if not twin.exists():
        raise InvalidInput("--on-twin", f"there is no twin of '{workspace}'", remedy)
    copy = Copy(twin)
    origin = copy.origin()
    copy.close()
    if origin is None or origin.workspace != workspace:
        raise InvalidInput("--on-twin", f"{twin} is no twin of '{workspace}'", remedy)
    if origin.finished_at is None:
        remedy = f"`handoff twin pull --workspace {workspace}` goes on where it was"
        raise InvalidInput("--on-twin", f"the pull of the twin of '{workspace}' was cut short", remedy)
    make_database_file(str(to))
    # Page by page, by SQLite itself: whoever has the earlier rehearsal open sees the new one, or keeps us waiting.
    with closing(sqlite3.connect(twin)) as source, closing(sqlite3.connect(to, timeout=60)) as target:
        source.backup(target)
        behaviour = Behaviour.model_validate({name: seen[name] for name in Behaviour.model_fields.keys() & seen.keys()})
        target.execute("UPDATE workspace SET behaviour = ?", (behaviour.model_dump_json(),))
        target.commit()
