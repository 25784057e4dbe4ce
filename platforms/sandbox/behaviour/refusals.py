"""Whom the platform refuses to enroll, and why: SQL conditions, the first that holds is the reason.

This is the platform's side, on purpose in words of its own: what Handoff expects of it is in
`models/rules/eligibility.py`, and a property test holds the two against each other.
"""

from dataclasses import dataclass
from typing import Any

from models.records import Interval
from platforms.sandbox.behaviour.matching import first_matched
from platforms.sandbox.behaviour.moving import NOBODY, taken_over
from platforms.sandbox.behaviour.propagation import acting_exclusions, acting_ruleset
from platforms.sandbox.lookup import behaviour_of
from platforms.sandbox.store import Work

ALREADY_SEQUENCED = "Prospect is already sequenced"  # the platform's words (R45)
REENROLLMENT_REASONS = ("already_sequenced", "never_again", "recently_enrolled")


@dataclass(frozen=True)
class Refusal:
    """One reason, as SQL, and its condition over p: person, h: history, x: exclusion."""

    reason: str
    condition: str


# Who is refused by re-enrollment settings (R43), by how the workspace decides Q2.
BEFORE = {"exempt": "h.completed_a_step = 1", "counts": "h.last_ended IS NOT NULL"}

# In the order of docs/interface.md: a play's log gives the first.
REFUSALS = (
    Refusal("'opted_out'", "p.email_opt_out"),  # R29
    Refusal("'do_not_email'", "p.do_not_email"),  # R29
    Refusal(
        "'excluded:' || (SELECT n.name FROM exclusion n WHERE n.id = x.exclusion_id)", "x.exclusion_id IS NOT NULL"
    ),  # R30
    Refusal("'already_enrolled'", "h.running = 1 AND NOT ({taken_over})"),  # R20, R28
    Refusal("'already_sequenced'", "{before} AND h.been_here = 1 AND :same_barred = 1"),  # R12, R45, R46
    Refusal("'never_again'", "{before} AND :never = 1"),  # R13
    Refusal("'recently_enrolled'", "{before} AND h.last_ended > :barred_since"),  # R26
    Refusal("'mailbox_unavailable'", "{mailbox} IS NULL"),
)

# What they did in sequences before, of each person's enrollments e, as far as it decides on going into the sequence
# {sequence} of {length} steps. A place is the end's time * 1000 + the step reached, so that the greatest is the latest
# one's: a sequence has at most 100 steps. Whoever completed the sequence begins again. An upgrade is no end in this
# sense (R53): it starts no waiting period, and of two ends at once the other is the later.
BEFORE_NOW = """
           MAX(CASE WHEN e.steps_done > 0 THEN 1 ELSE 0 END) AS completed_a_step,
           MAX(CASE WHEN e.sequence_id = {sequence} THEN 1 ELSE 0 END) AS been_here,
           MAX(CASE WHEN e.state IN ('queued', 'active') THEN 1 ELSE 0 END) AS running,
           MAX(CASE WHEN e.state IN ('queued', 'active') THEN e.sequence_id END) AS running_in,
           MAX(CASE WHEN e.state IN ('queued', 'active') THEN e.started_at END) AS running_since,
           MAX(CASE WHEN e.end_reason = 'upgraded' THEN NULL ELSE e.ended_at END) AS last_ended,
           MAX(e.ended_at * 10 + CASE e.end_reason WHEN 'replied' THEN 1 WHEN 'bounced' THEN 2 ELSE 0 END) % 10
               AS last_end,
           MAX(CASE WHEN e.sequence_id = {sequence} THEN e.started_at END) AS last_started_here,
           MAX(CASE WHEN e.sequence_id = {sequence} AND e.ended_at IS NOT NULL
                    THEN (e.ended_at * 2 + CASE WHEN e.end_reason = 'upgraded' THEN 0 ELSE 1 END) * 1000
                    + CASE WHEN e.state = 'finished' OR e.steps_done >= {length} THEN 0 ELSE e.steps_done END
               END) % 1000 AS place,
           MAX(CASE WHEN e.sequence_id = {sequence} AND e.ended_at IS NOT NULL
                    THEN (e.ended_at * 2 + CASE WHEN e.end_reason = 'upgraded' THEN 0 ELSE 1 END) * 2
                    + CASE WHEN e.steps_done > 0 AND (e.state = 'finished' OR e.steps_done >= {length})
                           THEN 1 ELSE 0 END
               END) % 2 AS no_step_left"""
# One row for each person of a query {entrants} who was in a sequence before; {more} is what else is asked of them.
HISTORY = f"""
    SELECT e.person_id, {BEFORE_NOW.format(sequence=":sequence", length=":length")}{{more}}
    FROM enrollment e WHERE e.person_id IN (SELECT w.person_id FROM ({{entrants}}) AS w) GROUP BY e.person_id"""


def decide(
    work: Work,
    run_id: int,
    sequence: dict[str, Any],
    entrants: str,
    mailbox: str,
    values: dict[str, Any],
    *,
    moves: bool = False,
    once: bool = False,
    by_hand: bool = False,
    only: int | None = None,
) -> None:
    """Write the verdict on each entrant into the play's log.

    `entrants` is a query of person_id (and whatever `mailbox`, an SQL expression, needs of it, as t). With `moves`
    those are accepted too who may leave another sequence; with `once` nobody enters whom the play (`:play`) enrolled
    before. `by_hand` is no play's run (Q6, Q7). `only` is the key of the entrant, where there is one: what it costs is
    then not a matter of how many people there are.
    """
    ruleset, resolved = acting_ruleset(work, sequence["id"]), behaviour_of(work)
    exclusions = [] if by_hand and resolved.Q7 == "ignores" else acting_exclusions(work, ruleset["name"])
    place = "0" if by_hand and resolved.Q6 == "first_step" else "COALESCE(h.place, 0)"
    by_it = ", MAX(CASE WHEN e.play_id = :play THEN 1 ELSE 0 END) AS by_it" if once else ""
    new = "AND COALESCE(h.by_it, 0) = 0" if once else ""
    reason = _first_reason(mailbox, taken_over(work, sequence) if moves else NOBODY, BEFORE[resolved.Q2])
    sql = f"""
        INSERT INTO play_log (run_id, person_id, reason, logged, resume_after, mailbox_id)
        WITH entering AS ({entrants})
        SELECT :run, p.id, {reason}, TRUE, {place}, {mailbox}
        FROM entering AS t JOIN person p ON p.id = t.person_id + 0
        LEFT JOIN ({HISTORY.format(entrants="SELECT person_id FROM entering", more=by_it)}) AS h ON h.person_id = p.id
        LEFT JOIN ({first_matched(work, exclusions, of_one=only is not None)}) AS x ON x.person_id = p.id
        WHERE {"1 = 1" if only is None else "p.id = :only"} {new} ORDER BY p.id"""
    work.run(
        sql,
        run=run_id,
        **_of_sequence(work, sequence, ruleset),
        **(values if only is None else {**values, "only": only}),
    )


def _of_sequence(work: Work, sequence: dict[str, Any], ruleset: dict[str, Any]) -> dict[str, int]:
    """What the conditions take of a sequence, and of what its ruleset's re-enrollment settings bar."""
    block = Interval.model_validate(ruleset["block"]) if ruleset["block"] is not None else None
    return {
        "sequence": sequence["id"],
        "length": sequence["length"],
        "same_barred": 0 if ruleset["allow_same"] else 1,
        "never": 1 if block is None else 0,
        "barred_since": work.now - int(block.length.total_seconds()) if block else work.now,
    }


def _first_reason(mailbox: str, taken_over: str, before: str) -> str:
    cases = [
        f"WHEN {refusal.condition.format(mailbox=mailbox, taken_over=taken_over, before=before)} THEN {refusal.reason}"
        for refusal in REFUSALS
    ]
    return f"CASE {' '.join(cases)} END"
