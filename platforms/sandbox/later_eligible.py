"""Published plays poll their audience: whoever was excluded, was never enrolled and is not excluded any more
enrolls by themselves (R44), where the workspace settles conflict C11 that way."""

from models.tables.workspace import PlayRunRow
from platforms.sandbox.enrolling import enroll_accepted, forget_run, mailboxes_in_turn, members_let_in
from platforms.sandbox.lookup import sequence_by_id
from platforms.sandbox.refusals import MATCHES, decide
from platforms.sandbox.store import Work


def let_in_whom_a_change_freed(work: Work, freed: dict[int, list[int]], entering: dict[int, list[int]]) -> None:
    """Run the published plays over those whom an exclusion, acting until now, no longer bars.

    `freed` are the exclusions that act no more, by sequence; `entering` those that no longer keep people out of an
    audience's plays, by audience.
    """
    for play in work.rows(
        "SELECT id, audience_id, sequence_id FROM play WHERE published AND audience_id IS NOT NULL ORDER BY id"
    ):
        exclusions = sorted({*freed[play["sequence_id"]], *entering[play["audience_id"]]})
        if exclusions:
            _run_over(work, play, exclusions)


def _run_over(work: Work, play: dict[str, int], freed: list[int]) -> None:
    sequence = sequence_by_id(work, play["sequence_id"])
    numbers = ", ".join(str(number) for number in freed)
    entrants = (
        members_let_in(work, play["audience_id"])
        + f" AND a.person_id IN (SELECT person_id FROM ({MATCHES}) AS m WHERE exclusion_id IN ({numbers}))"
        " AND NOT EXISTS (SELECT 1 FROM enrollment e WHERE e.person_id = a.person_id)"
    )
    run_id = work.add_one(PlayRunRow, play_id=None, ran_at=work.now)  # a poll is no run: it starts no cool-down
    decide(work, run_id, sequence, entrants, mailboxes_in_turn(work, play["id"]), {"audience": play["audience_id"]})
    enroll_accepted(work, run_id, sequence, play_id=play["id"], enroller_id=None)
    forget_run(work, run_id)
