"""Who may leave the sequence they run in for another, as the help article describes it (R20 to R24, conflict C10).

A play's run takes somebody over from another sequence where the ruleset of that one, the source, allows enrollment into
other sequences and its waiting period has passed since the enrollment there began. Whoever does so by hand is refused:
the platform's API answers 409. Where the workspace decides C10 as `unenroll_first`, nobody is taken over.
"""

from typing import Any

from models.records import Interval
from platforms.sandbox.behaviour.propagation import acting_ruleset
from platforms.sandbox.lookup import behaviour_of
from platforms.sandbox.store import Work

NOBODY = "1 = 0"


def taken_over(work: Work, target: dict[str, Any]) -> str:
    """An SQL condition on h, the history (`refusals.py`): who runs elsewhere and goes over into `target`."""
    if behaviour_of(work).C10 != "settings":
        return NOBODY
    cases = ""
    for source in work.rows("SELECT id FROM sequence WHERE id <> :target ORDER BY id", target=target["id"]):
        block = acting_ruleset(work, source["id"])["block"]
        if block is not None:
            waiting = int(Interval.model_validate(block).length.total_seconds())
            cases += f" WHEN {source['id']} THEN h.running_since <= {work.now - waiting}"
    return f"CASE h.running_in{cases} ELSE {NOBODY} END" if cases else NOBODY
