"""Enrolling: by a play's run, or by hand. Both go through the same refusals and the same inserts."""

from datetime import timedelta
from typing import Any

from models.errors import InvalidInput, Refused
from models.tables.workspace import EntrantRow, PlayRunRow
from models.wording import in_utc
from platforms.sandbox.behaviour.assignment import FIRST_BY_HAND, assigned
from platforms.sandbox.behaviour.matching import people_matching
from platforms.sandbox.behaviour.propagation import acting_audience_exclusions
from platforms.sandbox.behaviour.refusals import decide
from platforms.sandbox.clock import moment
from platforms.sandbox.lookup import behaviour_of, named, sequence_by_id, sequence_by_name
from platforms.sandbox.store import Work

DAY = 86_400


def run_play(work: Work, name: str) -> int:
    """Run a play over its audience; give the run's number. Refuses within the cool-down (R15, R16)."""
    play = named(work, "play", "play", name)
    if play["audience_id"] is None:
        raise InvalidInput("play", f"'{name}' has no audience", "Duplicate it onto one")
    _refuse_within_cooldown(work, play)
    sequence = sequence_by_id(work, play["sequence_id"])
    if sequence["deleted"]:
        raise Refused("sequence_deleted", f"'{sequence['name']}' was deleted", "Duplicate the play onto another one")
    run_id = work.add_one(PlayRunRow, play_id=play["id"], ran_at=work.now)
    decide(
        work,
        run_id,
        sequence,
        _entrants(work, play),
        mailboxes_in_turn(work, play["id"]),
        {"play": play["id"], "audience": play["audience_id"]},
        moves=True,
        once=not play["allow_reruns"],
    )
    if not play["allow_reruns"]:
        work.run("UPDATE play_log SET logged = FALSE WHERE run_id = :run AND reason LIKE 'excluded:%'", run=run_id)
    enroll_accepted(work, run_id, sequence, play_id=play["id"], enroller_id=None)
    return run_id


def _refuse_within_cooldown(work: Work, play: dict[str, Any]) -> None:
    last = work.value("SELECT MAX(ran_at) FROM play_run WHERE play_id = :play", play=play["id"])
    if last is None:
        return
    free_at = moment(last) + timedelta(days=play["rerun_cooldown_days"])
    if free_at > moment(work.now):
        raise Refused(
            "play_cooldown",
            f"'{play['name']}' ran at {in_utc(moment(last))} and may run again at {in_utc(free_at)}",
            "Wait, or duplicate the play and run the copy (R17)",
        )


def _entrants(work: Work, play: dict[str, Any]) -> str:
    """A query of who enters: members that the audience lets in; of a run-once play, who is in no log of it."""
    sql = members_let_in(work, play["audience_id"])
    if not play["allow_reruns"]:
        sql += (
            " AND NOT EXISTS (SELECT 1 FROM play_log l JOIN play_run r ON r.id = l.run_id"
            " WHERE r.play_id = :play AND r.id <> :run AND l.person_id = a.person_id)"
        )
    return sql


def members_let_in(work: Work, audience_id: int) -> str:
    """A query of person_id and position: the members of `:audience` whom its own toggles let in (R33)."""
    name = work.value("SELECT name FROM audience WHERE id = :id", id=audience_id)
    sql = "SELECT a.person_id, a.position FROM audience_member a WHERE a.audience_id = :audience"
    if kept_out := acting_audience_exclusions(work, name):
        sql += f" AND a.person_id NOT IN ({people_matching(work, kept_out)})"
    return sql


def mailboxes_in_turn(work: Work, play_id: int) -> str:
    """A play's mailboxes by turns, paused ones passed over: an SQL expression over an entrant's position (C23)."""
    mailboxes = [
        row["id"]
        for row in work.rows(
            "SELECT m.id FROM play_mailbox pm JOIN mailbox m ON m.id = pm.mailbox_id WHERE pm.play_id = :play"
            " AND NOT m.paused ORDER BY pm.position",
            play=play_id,
        )
    ]
    if len(mailboxes) <= 1:
        return str(mailboxes[0]) if mailboxes else "NULL"
    cases = " ".join(f"WHEN {turn} THEN {mailbox}" for turn, mailbox in enumerate(mailboxes))
    return f"CASE t.position % {len(mailboxes)} {cases} END"


def enroll_by_hand(work: Work, sequence_name: str, entrants: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Enroll people (rows of person_id, mailbox_id) into one sequence as the acting user (R41).

    Rows may also have `first_mailbox_id`, where another mailbox was named before the one that sends.

    Gives a row each: `person_id`, `reason` (None: enrolled) and `resume_after`.
    """
    sequence = sequence_by_name(work, sequence_name)
    run_id = work.add_one(PlayRunRow, play_id=None, ran_at=work.now)
    work.run("DELETE FROM entrant")
    each = ((one["person_id"], one["mailbox_id"], one.get("first_mailbox_id")) for one in entrants)
    work.add_many(EntrantRow, ("person_id", "mailbox_id", "first_mailbox_id"), each)
    mailbox = "(SELECT b.id FROM mailbox b WHERE b.id = t.mailbox_id AND NOT b.paused)"
    only = entrants[0]["person_id"] if len(entrants) == 1 else None
    decide(work, run_id, sequence, "SELECT person_id, mailbox_id FROM entrant", mailbox, {}, by_hand=True, only=only)
    enroll_accepted(work, run_id, sequence, play_id=None, enroller_id=work.user_id)
    verdicts = work.rows("SELECT person_id, reason, resume_after FROM play_log WHERE run_id = :run", run=run_id)
    if behaviour_of(work).Q7 == "flags":
        verdicts = _flagged(work, run_id, sequence, verdicts)
    work.run("DELETE FROM entrant")
    forget_run(work, run_id)
    return verdicts


def _flagged(work: Work, run_id: int, sequence: dict[str, Any], verdicts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Make an enrollment that never runs of each who is excluded or opted out, whose reason is then that alone (Q7)."""
    for reason, like in (("excluded", "excluded:%"), ("opted_out", "opted_out")):
        work.run(
            "INSERT INTO enrollment (person_id, sequence_id, mailbox_id, enroller_id, version, state, steps_done,"
            " started_at, ended_at, end_reason)"
            " SELECT l.person_id, :sequence, t.mailbox_id, :enroller, :version, 'canceled', 0, :now, :now, :reason"
            " FROM play_log l JOIN entrant t ON t.person_id = l.person_id WHERE l.run_id = :run AND l.reason LIKE :like"
            " ORDER BY l.person_id",
            run=run_id,
            sequence=sequence["id"],
            enroller=work.user_id,
            version=sequence["version"],
            reason=reason,
            like=like,
        )
    return [row | {"reason": "excluded"} if (row["reason"] or "").startswith("excluded:") else row for row in verdicts]


def forget_run(work: Work, run_id: int) -> None:
    """Take back a run's own rows; its enrollments stay."""
    work.run("DELETE FROM play_log WHERE run_id = :run", run=run_id)
    work.run("DELETE FROM play_run WHERE id = :run", run=run_id)


def enroll_accepted(
    work: Work, run_id: int, sequence: dict[str, Any], *, play_id: int | None, enroller_id: int | None
) -> None:
    """Make the enrollments of those whom a run accepted, each at its next step (R9), and schedule that step.

    Whoever was accepted while running elsewhere leaves that sequence.
    """
    accepted = "person_id IN (SELECT l.person_id FROM play_log l WHERE l.run_id = :run AND l.reason IS NULL)"
    end_enrollments(work, accepted, "unenrolled", run=run_id)
    mode, assignee = assigned(work, sequence["id"], play_id, enroller_id, FIRST_BY_HAND)
    last = work.value("SELECT COALESCE(MAX(id), 0) FROM enrollment")
    work.run(
        "INSERT INTO enrollment (person_id, sequence_id, mailbox_id, play_id, enroller_id, version, state, steps_done,"
        " assign_mode, assign_user_id, started_at, next_step_at)"
        " SELECT l.person_id, :sequence, l.mailbox_id, :play, :enroller, :version, 'queued', l.resume_after,"
        f" :mode, {assignee}, :now, :now + CASE WHEN l.resume_after > 0 THEN t.wait_days * 86400 ELSE 0 END"
        " FROM play_log l JOIN sequence_step t ON t.sequence_id = :sequence AND t.version = :version"
        " AND t.number = l.resume_after + 1 WHERE l.run_id = :run AND l.reason IS NULL ORDER BY l.person_id",
        run=run_id,
        sequence=sequence["id"],
        play=play_id,
        enroller=enroller_id,
        version=sequence["version"],
        mode=mode,
    )
    work.run(
        "INSERT INTO enrollment_step (enrollment_id, number, type, status, at, derived)"
        " SELECT e.id, t.number, t.type, 'SCHEDULED', e.next_step_at, FALSE FROM enrollment e"
        " JOIN sequence_step t ON t.sequence_id = e.sequence_id AND t.version = e.version"
        " AND t.number = e.steps_done + 1 WHERE e.id > :last ORDER BY e.id",
        last=last,
    )
    hand_tasks_on(work, sequence["id"], last)


def hand_tasks_on(work: Work, sequence_id: int, last: int) -> None:
    """The tasks that people in a sequence have from before go on with their enrollments after number `last`.

    A reply to answer is no step's task: it goes with no enrollment.
    """
    work.run(
        "UPDATE rep_task SET enrollment_id = (SELECT e.id FROM enrollment e WHERE e.id > :last"
        " AND e.person_id = rep_task.person_id) WHERE sequence_id = :sequence AND type <> 'REPLY_TO_EMAIL'"
        " AND person_id IN (SELECT e.person_id FROM enrollment e WHERE e.id > :last)",
        sequence=sequence_id,
        last=last,
    )


def end_enrollments(work: Work, which: str, reason: str, *, state: str = "canceled", **values: object) -> int:
    """End the running enrollments that a condition on `enrollment` names, as canceled or otherwise; give how many."""
    work.run(
        "UPDATE enrollment_step SET status = 'CANCELED', derived = FALSE WHERE status IN ('SCHEDULED', 'PENDING')"
        f" AND enrollment_id IN (SELECT id FROM enrollment WHERE state IN ('queued', 'active') AND {which})",
        **values,
    )
    done = work.run(
        "UPDATE enrollment SET state = :state, ended_at = :now, end_reason = :reason, next_step_at = NULL"
        f" WHERE state IN ('queued', 'active') AND {which}",
        state=state,
        reason=reason,
        **values,
    )
    return done.rowcount
