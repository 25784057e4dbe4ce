"""Published plays poll their audience: whoever was excluded, was never enrolled and is not excluded any more
enrolls by themselves (R44), where the workspace decides conflict C11 that way.

A poll is no run: it starts no cool-down and leaves no log, whatever the play allows (R54, R55). That a run-once play
has seen somebody does not keep them out: it never enrolled them. Activity rules free nobody as time passes: the people
they match were enrolled.
"""

from models.tables.workspace import PlayRunRow
from platforms.sandbox.behaviour.enrolling import enroll_accepted, forget_run, mailboxes_in_turn, members_let_in
from platforms.sandbox.behaviour.matching import people_matching
from platforms.sandbox.behaviour.refusals import decide
from platforms.sandbox.lookup import sequence_by_id
from platforms.sandbox.store import Work

Exclusions = dict[int, frozenset[int]]


def let_in_freed(work: Work, on_sequences: Exclusions, on_audiences: Exclusions) -> None:
    """Run the published plays over those whom exclusions kept out that act no more.

    `on_sequences` are those that stopped acting on a sequence, `on_audiences` those that stopped keeping an audience's
    members from entering plays (R33); both by their keys, only where there are any.
    """
    for play in work.rows(
        "SELECT id, audience_id, sequence_id FROM play WHERE published AND audience_id IS NOT NULL"
        " AND sequence_id NOT IN (SELECT id FROM sequence WHERE deleted) ORDER BY id"
    ):
        nothing: frozenset[int] = frozenset()
        freed = on_sequences.get(play["sequence_id"], nothing) | on_audiences.get(play["audience_id"], nothing)
        if freed:
            _run_over(work, play, sorted(freed))


def _run_over(work: Work, play: dict[str, int], freed: list[int]) -> None:
    sequence = sequence_by_id(work, play["sequence_id"])
    entrants = (
        members_let_in(work, play["audience_id"]) + f" AND a.person_id IN ({people_matching(work, freed)})"
        " AND NOT EXISTS (SELECT 1 FROM enrollment e WHERE e.person_id = a.person_id)"
    )
    run_id = work.add_one(PlayRunRow, play_id=None, ran_at=work.now)
    decide(work, run_id, sequence, entrants, mailboxes_in_turn(work, play["id"]), {"audience": play["audience_id"]})
    enroll_accepted(work, run_id, sequence, play_id=play["id"], enroller_id=None)
    forget_run(work, run_id)
