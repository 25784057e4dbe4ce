"""What becomes of a contact, as reports count it (docs/interface.md, *A report*)."""

from collections.abc import Mapping
from typing import Any

DONE = ("enrolled", "unenrolled", "reassigned", "upgraded")
"""A procedure did it, or in a dry run would: the forecasts that still have to be carried out."""

ABOUT_TASKS = ("task-reassignment", "task-assignment-audit")
"""The procedures that have an outcome for each task, and not for each contact."""

NOT_DONE = ("failed", "manual", "rejected", "blocked")
"""It was not done: who needs reading most first."""

EVERY = (*DONE, *NOT_DONE, "unchanged")

ENDING = ("sequence-move", "queued-backlog", "version-upgrade", "call-outcomes", "undo")
"""The procedures that end enrollments."""

NIGHT = "nightly-remediation"

GATHERING = (NIGHT, "handover-plan")
"""The procedures whose outcomes are those of operations that they started, or that are parts of them."""

TAKEN_OUT = (*DONE, "failed")
"""Outcomes of contacts whose enrollment one of those ended, or may have: of the others it says why it did not."""

# Which outcomes the contacts of a procedure can have; `considered` is their sum.
CAN_HAVE: dict[str, tuple[str, ...]] = {
    "ownership-change": ("enrolled", "blocked", "rejected", "manual", "failed", "unchanged"),
    "exclusion-rerun": ("enrolled", "blocked", "rejected", "manual", "failed", "unchanged"),
    "queued-backlog": ("reassigned", "blocked", "manual", "failed", "unchanged"),
    "task-reassignment": ("reassigned", "blocked", "failed", "unchanged"),
    "sequence-move": ("enrolled", "blocked", "rejected", "failed", "unchanged"),
    "version-upgrade": ("upgraded", "unenrolled", "failed", "unchanged"),
    "enrollment-diagnosis": ("blocked", "rejected", "unchanged"),
    "task-assignment-audit": ("unchanged",),
    "handover-plan": ("enrolled", "reassigned", "blocked", "manual", "failed", "unchanged"),
    "call-outcomes": ("unenrolled", "blocked", "rejected", "failed", "unchanged"),
    "enroll-contacts": ("enrolled", "blocked", "rejected", "failed", "unchanged"),
    "undo": ("unenrolled", "enrolled", "reassigned", "blocked", "manual", "failed", "unchanged"),
    "calibrate": ("unchanged",),
    "nightly-remediation": ("enrolled", "blocked", "manual", "failed", "unchanged"),
}

PLAN_ONLY = ("blocked", "manual", "unchanged")
"""Those of a `handover-plan` that only tells: of these alone it has a number each."""


def can_have(procedure: str, parameters: Mapping[str, Any]) -> tuple[str, ...]:
    """Which outcomes the contacts of an operation with these parameters can have."""
    if procedure == "handover-plan" and not parameters.get("carry_out"):
        return PLAN_ONLY
    return CAN_HAVE.get(procedure, ())
