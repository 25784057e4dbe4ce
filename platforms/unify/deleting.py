"""Taking a sequence away: `DELETE` ends every enrollment in it, so it is looked at right before."""

from typing import Any

from models.errors import Refused
from platforms.unify.directory import Directory, sequence_named
from platforms.unify.enrollments import Enrollments
from platforms.unify.sequence_documents import SEQUENCES
from platforms.unify.whereabouts import running
from platforms.unify.wire import Request, Unsure, Wire


def delete_sequence(wire: Wire, directory: Directory, enrollments: Enrollments, name: str) -> dict[str, Any]:
    """Delete a sequence in which nobody runs; a lost answer counts as done where it is gone.

    Raises InvalidInput where there is none, Refused where somebody runs in it. Requests: two, and one for each hundred
    sequences and enrollments.
    """
    found = sequence_named(directory.sequences(), name)
    if runs := sum(len(part) for part in running(directory, enrollments, 100, found.name)):
        raise Refused("sequence_in_use", f"'{found.name}': {runs} run in it", "Nothing was deleted")
    try:
        answer = wire.send(Request("DELETE", f"{SEQUENCES}/{found.id}"))
    except Unsure:
        if any(one.id == found.id for one in directory.sequences()):
            raise
        return {"sequence": found.name, "deleted": True}
    if not answer.done and answer.status != 404:
        raise Refused("sequence_in_use", f"the platform does not delete '{found.name}'", "Look at it in Unify")
    return {"sequence": found.name, "deleted": True}
