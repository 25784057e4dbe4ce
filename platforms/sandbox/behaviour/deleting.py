"""Sequences, plays and audiences taken away."""

from typing import Any

from models.changes import DeleteAudience, DeletePlay, DeleteSequence
from models.errors import Refused
from models.tables.workspace.columns import RUNNING_SQL
from platforms.sandbox.behaviour.enrolling import end_enrollments
from platforms.sandbox.lookup import named
from platforms.sandbox.store import Work


def delete_sequence(work: Work, sequence_id: int) -> None:
    """Take a sequence away: who runs in it is unenrolled, nobody enrolls into it any more.

    Its history stays: having been in it counts for re-enrollment as before (R26). So does its name.
    """
    end_enrollments(work, "sequence_id = :sequence", "unenrolled", sequence=sequence_id)
    work.run("UPDATE sequence SET deleted = TRUE WHERE id = :id", id=sequence_id)


def delete_empty_sequence(work: Work, change: DeleteSequence) -> dict[str, Any]:
    """Take a sequence away. Refused while somebody runs in it, or a play enrolls into it: deleting would end them."""
    sequence = named(work, "sequence", "sequence", change.sequence)
    running = work.value(
        f"SELECT COUNT(*) FROM enrollment WHERE sequence_id = :id AND {RUNNING_SQL}", id=sequence["id"]
    )
    plays = work.value("SELECT COUNT(*) FROM play WHERE sequence_id = :id AND NOT deleted", id=sequence["id"])
    if running or plays:
        problem = f"'{sequence['name']}': {running} run in it, {plays} plays enroll into it"
        raise Refused("sequence_in_use", problem, "Nothing was deleted")
    delete_sequence(work, sequence["id"])
    return {"sequence": sequence["name"], "deleted": True}


def delete_play(work: Work, change: DeletePlay) -> dict[str, Any]:
    """Take a play away: it enrolls nobody any more, and is not shown. Who runs through it goes on."""
    play = named(work, "play", "play", change.play)
    work.run("UPDATE play SET deleted = TRUE, published = FALSE, audience_id = NULL WHERE id = :id", id=play["id"])
    return {"play": play["name"], "deleted": True}


def delete_audience(work: Work, change: DeleteAudience) -> dict[str, Any]:
    """Take an audience away with its toggles. Refused while a play enrolls from it."""
    audience = named(work, "audience", "audience", change.audience)
    if play := work.value("SELECT name FROM play WHERE audience_id = :id ORDER BY id LIMIT 1", id=audience["id"]):
        problem = f"the play '{play}' enrolls from '{audience['name']}'"
        raise Refused("audience_in_use", problem, "Delete the play first")
    for table in ("audience_member", "audience_exclusion"):
        work.run(f"DELETE FROM {table} WHERE audience_id = :id", id=audience["id"])
    work.run("DELETE FROM audience WHERE id = :id", id=audience["id"])
    return {"audience": audience["name"], "deleted": True}
