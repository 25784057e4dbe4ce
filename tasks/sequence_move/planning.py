"""Deciding how contacts get from one sequence into another: by the settings where the platform allows it (C10)."""

from collections.abc import Callable
from datetime import timedelta

import pandas as pd
from prefect import task

from models.enrollment_plan import EnrollmentPlan, Group, copy_name
from models.move_plan import MovePlan
from models.rules.moving import by_settings, settings_to_lift, unenrolling_first
from models.rules.reenrollment import needs
from models.rules.sending import Senders
from models.rules.since import with_what_happened
from models.wording import counted
from tasks.exclusion_rerun.declined import facts_for_enrolling
from tasks.left_out import left_out
from tasks.operation import Operation
from tasks.ownership_change.observing import settings_of
from tasks.ownership_change.since import what_happened
from tasks.planning import Forecasts, by_turns, plan_once, write_rejects
from tasks.retrying import READS
from tasks.sequence_move.request import AskedMove

CHUNK = 50_000
FIRST = "unenrolled from the source first, then enrolled"
NOWHERE = "runs nowhere; enrolled"
LEFT_OUT = "an earlier run took it out, and it is in no sequence since; enrolled"
BY_PLAY = "moved by a play's run"


@task(task_run_name="plan the move", **READS)
def plan_move(operation_id: str, ask: Callable[[], AskedMove]) -> MovePlan:
    """The plan, with a forecast for each contact in the journal. Repeated: the plan that was made, nothing new."""
    operation = Operation.at_hand(operation_id)
    return plan_once(operation, MovePlan, lambda: _plan(operation, ask()))


def _plan(operation: Operation, asked: AskedMove) -> MovePlan:
    contacts = _whom(operation, asked)
    facts = facts_for_enrolling(operation, contacts[["email"]].assign(sequence=asked.target), asked.contacts)
    unknown = facts.loc[~facts["known"], "email"].tolist()
    known = facts["known"].to_numpy()
    contacts, facts = contacts[known].reset_index(drop=True), facts[known].reset_index(drop=True)
    told = _judged(operation, asked, contacts, facts)
    counts = settings_to_lift(facts, told)
    forecasts = Forecasts(operation, asked.contacts)
    forecasts.add(told[["email", "sequence", "mailbox", "play", "forecast", "forecast_reasons", "step", "detail"]])
    groups = _groups(operation, asked, told[told["forecast"] == "enrolled"])
    again = int(told["detail"].eq(LEFT_OUT).sum())
    taken_out = f", of whom {again} left out by an earlier run" if again else ""
    named = f"; {asked.contacts.named_by_user}" if asked.contacts else ""
    stuck = int((told["forecast"].eq("enrolled") & told["leaves"] & ~told["way_back"]).sum())
    return MovePlan(
        purpose=f"move {counted(forecasts.changed, 'contact')} from '{asked.source}' to '{asked.target}'",
        contacts=forecasts.changed, found=f"{counted(len(told), 'contact')} looked at{taken_out}{named}",
        source=asked.source, target=asked.target,
        steps=tuple(_said(group, asked) for group in groups), groups=groups, send_from=asked.send_from,
        actions=("unenroll", *EnrollmentPlan.actions_for(groups)), must_act=tuple(sorted(counts)),
        loans=tuple(needs(counts, settings_of(operation).as_set, asked.waiting_days)),
        warnings=(f"{stuck} of them could not go back should '{asked.target}' refuse them",) if stuck else (),
        contacts_digest=forecasts.digest,
        rejected=write_rejects(operation, asked.contacts, asked.contacts_csv, unknown),
    )  # fmt: skip


def _whom(operation: Operation, asked: AskedMove) -> pd.DataFrame:
    """Whom to move: everybody who runs in the source and whom an earlier run left out, or whom the user named.

    Columns `email, mailbox, play, paused, left_out`, and `fell_at`: when whom the user named and who does not run in
    the source was last out of it (UTC; NaT for the others).
    """
    columns = ["email", "mailbox", "play", "paused"]
    parts = [part[columns] for part in operation.platform.running(CHUNK, sequence=asked.source)]
    running = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    earlier = left_out(operation, asked.source)
    if asked.contacts is None:
        everybody = pd.concat([running, earlier[["email", "mailbox"]].assign(play=None)], ignore_index=True)
        never = pd.Series(pd.NaT, index=everybody.index, dtype="datetime64[ns, UTC]")
        return everybody.assign(left_out=everybody["email"].isin(earlier["email"]), fell_at=never)
    named = asked.contacts.contacts[["email"]].merge(running, on="email", how="left")
    last = operation.platform.last_enrollments(named["email"].tolist(), asked.source).set_index("email")
    return named.assign(
        mailbox=named["mailbox"].fillna(named["email"].map(last["mailbox"])),
        left_out=named["email"].isin(earlier["email"]),
        fell_at=pd.to_datetime(named["email"].map(last["ended_at"]), utc=True),
    )


def _judged(operation: Operation, asked: AskedMove, contacts: pd.DataFrame, facts: pd.DataFrame) -> pd.DataFrame:
    """The forecasts, each by the way that its contact can go: by a play's run who came through a play, and where the
    platform moves people so; else unenrolled first."""
    platform, now, waiting = operation.platform, operation.now(), timedelta(days=asked.waiting_days)
    settings = settings_of(operation).acting
    mailboxes = platform.mailboxes()
    senders = list(Senders.of(mailboxes, asked.send_from).able)
    mailbox = by_turns(senders, contacts.index) if asked.send_from else contacts["mailbox"]
    can_send = mailbox.notna() & ~mailbox.isin(mailboxes.loc[mailboxes["paused"].eq(True), "mailbox"])
    back = platform.facts(contacts[["email"]].assign(sequence=asked.source))
    # Whoever is paused goes on paused, and a play enrolls nobody so.
    paused = contacts["paused"].eq(True)
    through_play = contacts["play"].notna() & ~paused & (platform.settles("C10") == "settings")
    parts = []
    for way, able in ((True, True), (True, False), (False, True), (False, False)):
        rows = through_play.eq(way) & can_send.eq(able)
        boxes = ["any"] if able else []
        if rows.any() and way:
            parts.append(by_settings(facts[rows], settings, asked.source, waiting, now, boxes).assign(detail=BY_PLAY))
        elif rows.any():
            judged = unenrolling_first(facts[rows], back[rows], settings, asked.source, waiting, now, boxes)
            parts.append(judged.assign(detail=judged["leaves"].map({True: FIRST, False: NOWHERE})))
    told = pd.concat(parts).sort_index() if parts else _nobody()
    told = with_what_happened(told, what_happened(operation, contacts.assign(sequence=asked.source)), named=True)
    told["detail"] = told["detail"].mask(contacts["left_out"] & told["detail"].eq(NOWHERE), LEFT_OUT)
    play = contacts["play"].where(through_play, None).astype(object)
    return told.assign(
        email=contacts["email"], sequence=asked.target, mailbox=mailbox, play=play.where(play.notna(), None)
    )


def _nobody() -> pd.DataFrame:
    flags = ["needs_leave", "needs_same", "needs_block", "leaves", "way_back", "back_same", "back_block"]
    frame = pd.DataFrame(columns=["forecast", "forecast_reasons", "step", "detail", *flags])
    return frame.astype(dict.fromkeys(flags, bool))


def _groups(operation: Operation, asked: AskedMove, enrolled: pd.DataFrame) -> tuple[Group, ...]:
    """One group for each play whose contacts its copy moves, and one for those who are unenrolled first."""
    counts = enrolled["play"].fillna("").value_counts().sort_index()
    return tuple(
        Group(
            target=asked.target,
            play=str(play) or None,
            contacts=int(number),
            name=copy_name(str(play), operation.id, at),
        )
        for at, (play, number) in enumerate(counts.items(), 1)
    )


def _said(group: Group, asked: AskedMove) -> str:
    if group.play is not None:
        return str(group)
    return f"unenroll {group.contacts} contacts from '{asked.source}' and enroll them into '{asked.target}', one by one"
