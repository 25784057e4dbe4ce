"""What exclusions do to whom they match: removal from running sequences (R62), and plays letting in who is freed (R44).

At the sequence level, by the global toggle or the ruleset's, an exclusion that comes to act removes whoever it
matches and who runs (conflict C18 `removes`; `keeps` leaves those alone). Whoever starts to match while it acts is
removed under both: here that is an activity rule, which the platform's own emails set off (R66). Audience toggles
never remove anybody (R64).
"""

from dataclasses import dataclass

from platforms.sandbox.enrolling import end_enrollments
from platforms.sandbox.later_eligible import let_in_whom_a_change_freed
from platforms.sandbox.propagation import acting_audience_exclusions, acting_exclusions, acting_ruleset
from platforms.sandbox.refusals import MATCHES
from platforms.sandbox.store import Work, from_json


@dataclass(frozen=True)
class InForce:
    """The exclusions that act: on each sequence, and on who enters each audience's plays; keys of the tables."""

    sequences: dict[int, list[int]]
    audiences: dict[int, list[int]]


def in_force(work: Work) -> InForce:
    """The exclusions that act at this instant."""
    return InForce(
        {row["id"]: acting_exclusions(work, acting_ruleset(work, row["id"]))
         for row in work.rows("SELECT id FROM sequence ORDER BY id")},
        {row["id"]: acting_audience_exclusions(work, row["name"])
         for row in work.rows("SELECT id, name FROM audience ORDER BY id")},
    )  # fmt: skip


def bring_about(work: Work, before: InForce) -> None:
    """What follows from the exclusions acting as they do now and no longer as before: removals, then entries."""
    now = in_force(work)
    settled = from_json(work.value("SELECT behaviour FROM workspace"))
    if settled["C18"] == "removes" and work.enforces("R62"):
        for sequence, acting in now.sequences.items():
            _remove(work, sequence, sorted(set(acting) - set(before.sequences[sequence])))
    if settled["C11"] == "enrolls_later" and work.enforces("R44"):
        freed = {
            sequence: sorted(set(before.sequences[sequence]) - set(acting))
            for sequence, acting in now.sequences.items()
        }
        entering = {
            audience: sorted(set(before.audiences[audience]) - set(acting))
            for audience, acting in now.audiences.items()
        }
        let_in_whom_a_change_freed(work, freed, entering)


def remove_who_became_active(work: Work) -> None:
    """Remove whom a step finished at this very instant makes match an activity rule that acts (R66)."""
    rules = [row["id"] for row in work.rows("SELECT id FROM exclusion WHERE last_activity_within_days IS NOT NULL")]
    if not rules or not work.enforces("R66"):
        return
    for row in work.rows(
        "SELECT DISTINCT e.sequence_id AS id FROM enrollment e JOIN enrollment_step s ON s.enrollment_id = e.id"
        " WHERE s.status = 'FINISHED' AND s.at = :now AND e.state IN ('queued', 'active')"
    ):
        acting = acting_exclusions(work, acting_ruleset(work, row["id"]))
        _remove(work, row["id"], sorted(set(acting) & set(rules)))


def _remove(work: Work, sequence: int, exclusions: list[int]) -> None:
    """End what runs in a sequence of whom these exclusions match."""
    if exclusions:
        numbers = ", ".join(str(number) for number in exclusions)
        end_enrollments(
            work, f"sequence_id = :sequence AND person_id IN (SELECT person_id FROM ({MATCHES}) AS m"
            f" WHERE exclusion_id IN ({numbers}))", "excluded", sequence=sequence,
        )  # fmt: skip
