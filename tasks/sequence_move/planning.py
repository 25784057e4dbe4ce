"""Deciding how contacts get from one sequence into another: by the settings where the platform allows it (C10)."""

from datetime import timedelta

import pandas as pd

from models.enrollment_plan import EnrollmentPlan, Group, copy_name
from models.move_plan import MovePlan
from models.rules.moving import by_settings, settings_to_lift, unenrolling_first
from models.rules.reenrollment import needs
from models.rules.sending import Senders
from models.rules.since import with_what_happened
from models.wording import counted
from tasks.exclusion_rerun.declined import facts_for_enrolling
from tasks.known_behaviour import from_the_first_step, known_of, seen_in, with_every_end
from tasks.left_out import left_out
from tasks.operation import Operation
from tasks.ownership_change.since import what_happened
from tasks.planning import Forecasts, by_turns, plan_once, write_rejects
from tasks.retrying import READS
from tasks.sequence_move.request import SequenceMove, SequenceMoveRequest
from tasks.settings_in_force import lasting_settings
from tasks.step import task
from tasks.waves import in_waves

CHUNK = 50_000
FIRST = "unenrolled from the source first, then enrolled"
NOWHERE = "runs nowhere; enrolled"
LEFT_OUT = "an earlier run took it out, and it is in no sequence since; enrolled"
BY_PLAY = "moved by a play's run"


@task(task_run_name="plan the move", **READS)
def plan_move(operation_id: str, request: SequenceMoveRequest) -> MovePlan:
    """The plan, with a forecast for each contact in the journal. Repeated: the plan that was made, nothing new."""
    operation = Operation.at_hand(operation_id)
    return plan_once(operation, MovePlan, lambda: _plan(operation, request.check(operation.platform)))


def _plan(operation: Operation, request: SequenceMove) -> MovePlan:
    contacts = _contacts(operation, request)
    facts = facts_for_enrolling(operation, contacts[["email"]].assign(sequence=request.to_sequence), request.named)
    unknown = facts.loc[~facts["known"], "email"].tolist()
    known = facts["known"].to_numpy()
    contacts, facts = contacts[known].reset_index(drop=True), facts[known].reset_index(drop=True)
    judged = _judged(operation, request, contacts, facts)
    counts = settings_to_lift(facts, judged)
    forecasts = Forecasts(operation, request.named)
    written = ["email", "sequence", "mailbox", "play", "forecast", "forecast_reasons", "step", "detail"]
    forecasts.add(judged[written], before=_now(contacts, facts, request.from_sequence))
    groups = _groups(operation, request, judged[judged["forecast"] == "enrolled"])
    again = int(judged["detail"].eq(LEFT_OUT).sum())
    taken_out = f", of whom {again} left out by an earlier run" if again else ""
    named = f"; {request.named.named_by_user}" if request.named else ""
    stuck = int((judged["forecast"].eq("enrolled") & judged["leaves"] & ~judged["way_back"]).sum())
    where = f"'{request.from_sequence}' to '{request.to_sequence}'"
    plan = MovePlan(
        purpose=f"move {counted(forecasts.changed, 'contact')} from {where}",
        contacts=forecasts.changed,
        found=f"{counted(len(judged), 'contact')} looked at{taken_out}{named}",
        source=request.from_sequence,
        target=request.to_sequence,
        steps=tuple(_said(group, request) for group in groups),
        groups=groups,
        send_from=request.senders,
        actions=("unenroll", *EnrollmentPlan.actions_for(groups)),
        must_act=tuple(sorted(counts)),
        loans=tuple(needs(counts, lasting_settings(operation).as_set, request.waiting_days)),
        warnings=(f"{stuck} of them could not go back should '{request.to_sequence}' refuse them",) if stuck else (),
        contacts_digest=forecasts.digest,
        rejected=write_rejects(operation, request.named, request.source, unknown),
    )
    return in_waves(operation, plan, request.waves, request.wave_wait, lambda group: _said(group, request))


def _now(contacts: pd.DataFrame, facts: pd.DataFrame, source: str) -> pd.DataFrame:
    """Where these contacts run, of those who run in the source."""
    there = facts["running_in"].eq(source).fillna(False)
    return pd.DataFrame({"sequence": source, "mailbox": contacts["mailbox"]}, index=contacts.index).where(there)


def _contacts(operation: Operation, request: SequenceMove) -> pd.DataFrame:
    """The contacts to move: those who run in the source or were left out by an earlier run, or those the user named.

    Columns `email, mailbox, play, paused, left_out`, and `fell_at`: when a named contact that does not run in the
    source was last out of it (UTC; NaT for the others).
    """
    columns = ["email", "mailbox", "play", "paused"]
    parts = [part[columns] for part in operation.platform.running(CHUNK, sequence=request.from_sequence)]
    running = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    earlier = left_out(operation, request.from_sequence)
    if request.named is None:
        everybody = pd.concat([running, earlier[["email", "mailbox"]].assign(play=None)], ignore_index=True)
        never = pd.Series(pd.NaT, index=everybody.index, dtype="datetime64[ns, UTC]")
        return everybody.assign(left_out=everybody["email"].isin(earlier["email"]), fell_at=never)
    named = request.named.contacts[["email"]].merge(running, on="email", how="left")
    last = operation.platform.last_enrollments(named["email"].tolist(), request.from_sequence).set_index("email")
    return named.assign(
        mailbox=named["mailbox"].fillna(named["email"].map(last["mailbox"])),
        left_out=named["email"].isin(earlier["email"]),
        fell_at=pd.to_datetime(named["email"].map(last["ended_at"]), utc=True),
    )


def _judged(operation: Operation, request: SequenceMove, contacts: pd.DataFrame, facts: pd.DataFrame) -> pd.DataFrame:
    """The forecasts, each by the way that its contact can go: by a play's run who came through a play, and where the
    platform moves people so; else unenrolled first."""
    platform, now, waiting = operation.platform, operation.now(), timedelta(days=request.waiting_days)
    settings = lasting_settings(operation).acting
    mailboxes = platform.mailboxes()
    senders = list(Senders.of(mailboxes, request.senders).able)
    mailbox = by_turns(senders, contacts.index) if request.senders else contacts["mailbox"]
    can_send = mailbox.notna() & ~mailbox.isin(mailboxes.loc[mailboxes["paused"].eq(True), "mailbox"])
    seen = seen_in(operation.journal, platform)
    back = platform.facts(contacts[["email"]].assign(sequence=request.from_sequence))
    back = with_every_end(platform, back, seen)
    # Whoever is paused goes on paused, and a play enrolls nobody so.
    paused = contacts["paused"].eq(True)
    through_play = contacts["play"].notna() & ~paused & (known_of(operation, "C10").answer == "settings")
    parts = []
    for way, able in ((True, True), (True, False), (False, True), (False, False)):
        rows = through_play.eq(way) & can_send.eq(able)
        boxes = ["any"] if able else []
        if rows.any() and way:
            moved = by_settings(facts[rows], settings, request.from_sequence, waiting, now, boxes)
            parts.append(moved.assign(detail=BY_PLAY))
        elif rows.any():
            by_hand = from_the_first_step(platform, facts[rows], seen)
            judged = unenrolling_first(by_hand, back[rows], settings, request.from_sequence, waiting, now, boxes)
            parts.append(judged.assign(detail=judged["leaves"].map({True: FIRST, False: NOWHERE})))
    judged = pd.concat(parts).sort_index() if parts else _nobody()
    since = what_happened(operation, contacts.assign(sequence=request.from_sequence))
    judged = with_what_happened(judged, since, named=True)
    judged["detail"] = judged["detail"].mask(contacts["left_out"] & judged["detail"].eq(NOWHERE), LEFT_OUT)
    play = contacts["play"].where(through_play, None).astype(object)
    return judged.assign(
        email=contacts["email"], sequence=request.to_sequence, mailbox=mailbox, play=play.where(play.notna(), None)
    )


def _nobody() -> pd.DataFrame:
    flags = ["needs_leave", "needs_same", "needs_block", "leaves", "way_back", "back_same", "back_block"]
    frame = pd.DataFrame(columns=["forecast", "forecast_reasons", "step", "detail", *flags])
    return frame.astype(dict.fromkeys(flags, bool))


def _groups(operation: Operation, request: SequenceMove, enrolled: pd.DataFrame) -> tuple[Group, ...]:
    """One group for each play whose contacts its copy moves, and one for those who are unenrolled first."""
    counts = enrolled["play"].fillna("").value_counts().sort_index()
    return tuple(
        Group(
            target=request.to_sequence,
            play=str(play) or None,
            contacts=int(number),
            name=copy_name(str(play), operation.id, at),
        )
        for at, (play, number) in enumerate(counts.items(), 1)
    )


def _said(group: Group, request: SequenceMove) -> str:
    if group.play is not None:
        return str(group)
    source, target = request.from_sequence, request.to_sequence
    return f"unenroll {counted(group.contacts, 'contact')} from '{source}' and enroll them into '{target}', one by one"
