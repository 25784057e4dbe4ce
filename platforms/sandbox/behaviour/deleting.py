"""Sequences taken away."""

from platforms.sandbox.behaviour.enrolling import end_enrollments
from platforms.sandbox.store import Work


def delete_sequence(work: Work, sequence_id: int) -> None:
    """Take a sequence away: who runs in it is unenrolled, nobody enrolls into it any more.

    Its history stays: having been in it counts for re-enrollment as before (R26). So does its name.
    """
    end_enrollments(work, "sequence_id = :sequence", "unenrolled", sequence=sequence_id)
    work.run("UPDATE sequence SET deleted = TRUE WHERE id = :id", id=sequence_id)
