"""What a sweep does about a run of ours: leave it, start it again, or end its operation."""

from datetime import timedelta
from typing import Literal

RunState = Literal["waiting", "working", "asking", "crashed", "failed", "cancelled", "completed", "unknown"]
"""What Prefect says of a run. `unknown`: it does not answer, or does not know the run."""
Care = Literal["leave", "wake", "give_up", "expire", "cancel", "end"]
MOST_WAKES = 3
BEGINS_WITHIN = timedelta(minutes=5)  # after a worker took a run: it starts a process, on a machine that may be slow


def care_for(
    state: RunState, *, silent: bool, ended: bool, kept_for_people: bool, unanswered: bool, woken: int
) -> Care:
    """What is to be done about the run of an operation.

    `silent`: it promised a sign of life and gave none. `ended`: its operation has, as failed. `kept_for_people`: it
    failed, and keeps a setting out under which people run. `unanswered`: it asked a person, and the time is over.
    Whoever was woken `MOST_WAKES` times and is lost again is left to a person (`give_up`).
    """
    if unanswered and not ended and state not in ("working", "waiting"):
        return "expire"
    if state == "cancelled":
        return "leave" if ended else "cancel"
    if state == "crashed" or (state == "working" and silent and not ended):
        return "wake" if woken < MOST_WAKES else "leave" if ended or kept_for_people else "give_up"
    if state in ("failed", "completed") and not ended and not kept_for_people:
        return "end"
    return "leave"


def care_for_taken(taken: timedelta, woken: int) -> Care:
    """What is to be done about a run that a worker took so long ago and that has begun no operation: the worker may be
    gone, and then Prefect has the run as Pending for ever. `woken`: how often it was started again for that."""
    if taken < BEGINS_WITHIN:
        return "leave"
    return "wake" if woken < MOST_WAKES else "give_up"
