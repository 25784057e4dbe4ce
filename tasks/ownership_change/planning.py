"""Deciding how contacts get back into their sequences: gathered in chunks, judged by the rules, written down."""

from collections import Counter
from datetime import timedelta

import pandas as pd

from models.changes import PauseEnrollment, RunPlay
from models.enrollment_plan import Group, ReenrollmentPlan, copy_name
from models.rules.forecast import forecast
from models.rules.reenrollment import count_needs, needs
from models.rules.sending import Senders
from models.rules.since import paused_as_before, with_what_happened
from models.setting_keys import SettingKey
from models.wording import counted
from tasks.known_behaviour import from_the_first_step, seen_in
from tasks.narration import progress
from tasks.operation import Operation
from tasks.owners import look_at_owners
from tasks.ownership_change.earlier_changes import still_out_of_earlier_changes
from tasks.ownership_change.observing import Found, facts_of, find_contacts
from tasks.ownership_change.request import OwnershipChange, OwnershipChangeRequest
from tasks.ownership_change.since import what_happened
from tasks.paused_contacts import GOES_BACK_PAUSED
from tasks.planning import Forecasts, by_turns, plan_once, write_rejects
from tasks.retrying import READS
from tasks.settings_in_force import lasting_settings
from tasks.step import task
from tasks.waves import in_waves

SHOWN = 10  # addresses that a notice names
DIRECTLY = (
    "enrolled directly, each counts as enrolled by hand: no play is named any more, and its tasks may go to somebody"
    " else (R87)",
    "via=play has a person duplicate and run the plays, which keeps both",
)


@task(task_run_name="plan the re-enrollment", **READS)
def plan_reenrollment(operation_id: str, request: OwnershipChangeRequest) -> ReenrollmentPlan:
    """The plan, with a forecast for each contact in the journal. Repeated: the plan that was made, nothing new."""
    operation = Operation.at_hand(operation_id)

    def make() -> ReenrollmentPlan:
        checked = request.check(operation.platform)
        plan = _Planner(operation, checked, find_contacts(operation, checked)).plan()
        look_at_owners(operation)
        return plan

    return plan_once(operation, ReenrollmentPlan, make)


class _Planner:
    """Judges chunk by chunk and keeps only sums: a million contacts fit as well as ten."""

    def __init__(self, operation: Operation, request: OwnershipChange, found: Found) -> None:
        self.operation, self.request, self.found = operation, request, found
        self.settings = lasting_settings(operation)
        self.senders = list(Senders.of(operation.platform.mailboxes(), request.senders).able)
        self.sequences = set(operation.platform.sequences()["sequence"])
        self.groups: Counter[tuple[str | None, str]] = Counter()
        self.needed: Counter[SettingKey] = Counter()
        self.certain: Counter[bool] = Counter()
        self.sources: dict[str, str] = {}
        self.unknown: list[str] = []
        self.moved_on: list[str] = []
        self.paused = 0
        self.forecasts = Forecasts(operation, request.named)

    def plan(self) -> ReenrollmentPlan:
        with progress("judging contacts", self.found.total or None) as step:
            for contacts in self.found.contacts:
                self.forecasts.add(self._judge(contacts))
                step(len(contacts))
        wanted = {target for _, target in self.groups} - self.sequences
        duplicates = tuple((self.sources[target], target) for target in sorted(wanted))
        groups = self._groups()
        plan = ReenrollmentPlan(
            purpose=f"enroll {counted(self.forecasts.changed, 'contact')} again",
            contacts=self.forecasts.changed,
            steps=tuple(map(str, groups)),
            actions=ReenrollmentPlan.actions_for(groups, duplicates),
            found=self.found.how,
            changed_at=self.found.changed_at,
            certain=self.certain[True],
            candidates=self.certain[False],
            groups=groups,
            loans=tuple(needs(dict(self.needed), self.settings.as_set, self.request.waiting_days)),
            duplicate_sequences=duplicates,
            must_act=tuple(sorted(self.needed)),
            send_from=tuple(self.senders),
            rejected=write_rejects(self.operation, self.request.named, self.request.source, self.unknown),
            warnings=self._trade_offs(),
            contacts_digest=self.forecasts.digest,
        )
        return in_waves(self.operation, plan, self.request.waves, self.request.wave_wait)

    def _trade_offs(self) -> tuple[str, ...]:
        """What it means to enroll directly where no API runs plays (docs/unify.md), to put back whoever has moved
        on, and to put back paused."""
        by_choice = self.request.by_play or self.operation.platform.supports(RunPlay)
        named = ", ".join(self.moved_on[:SHOWN]) + (", …" if len(self.moved_on) > SHOWN else "")
        paused = f"{counted(self.paused, 'contact')} were paused: they go back paused, enrolled directly, not by a play"
        moved = f"{counted(len(self.moved_on), 'contact')} named ran elsewhere since: {named}; put back all the same"
        return (
            *(() if by_choice or not self.forecasts.changed else DIRECTLY),
            *([moved] if self.moved_on else []),
            *([paused] if self.paused else []),
            *still_out_of_earlier_changes(self.operation, self.request),
        )

    def _target(self, sequence: str) -> str:
        """Where contacts of a sequence go: itself, or a duplicate to start over; one duplicate for one change."""
        suffix = f" (restart {(self.found.changed_at or self.operation.row.started_at).date()})"
        return sequence if not self.request.restart or sequence.endswith(suffix) else sequence + suffix

    def _judge(self, contacts: pd.DataFrame) -> pd.DataFrame:
        """A chunk's forecast, written as the journal's outcomes take it."""
        targets = {str(name): self._target(str(name)) for name in contacts["sequence"].dropna().unique()}
        self.sources.update({target: name for name, target in targets.items()})
        exist = {name: target for name, target in targets.items() if target in self.sequences}
        facts = facts_of(self.operation, contacts, exist, self.request.named)
        if not self.request.by_play:
            seen = seen_in(self.operation.journal, self.operation.platform)
            facts = from_the_first_step(self.operation.platform, facts, seen)
        if self.request.restart:
            facts = _as_if_new(facts, set(targets) - set(exist))
        waiting = timedelta(days=self.request.waiting_days)
        since, named = what_happened(self.operation, contacts), self.request.named is not None
        fell = contacts.assign(fell_at=contacts["fell_at"].mask((since["moved_on"] & named) | since["undone"]))
        judged = forecast(fell, facts, self.settings.acting, waiting, self.operation.now(), self.senders)
        judged = with_what_happened(judged, since, named=named)
        can_pause = self.operation.platform.supports(PauseEnrollment)
        judged = paused_as_before(judged, since, self.operation.now(), can_pause=can_pause)
        known = facts["known"].to_numpy()
        self.unknown += contacts.loc[~known, "email"].tolist()
        target = contacts["sequence"].replace(targets)
        outlook = contacts[["email"]].assign(
            sequence=target,
            # A play enrolls nobody paused: its first email could leave before somebody pauses them.
            play=contacts["play"].where(~judged["paused"], None) if self.request.by_play else None,
            mailbox=by_turns(self.senders, contacts.index),
            detail=_evidence(contacts, since, judged),
            certain=contacts["certain"],
        )
        outlook = outlook.join(judged)[known]
        self.paused += int(outlook["paused"].sum())
        self.moved_on += outlook.loc[since["moved_on"][known] & outlook["forecast"].eq("enrolled"), "email"].tolist()
        self._add(outlook, count_needs(facts, judged))
        return outlook[["email", "sequence", "mailbox", "play", "forecast", "forecast_reasons", "step", "detail"]]

    def _add(self, outlook: pd.DataFrame, needed: dict[SettingKey, int]) -> None:
        enrolled = outlook[outlook["forecast"] == "enrolled"]
        plays = enrolled["play"].astype(object).where(enrolled["play"].notna(), None)
        self.groups.update(zip(plays.to_numpy(), enrolled["sequence"].to_numpy(dtype=object), strict=True))
        self.needed.update(needed)
        self.certain.update(enrolled["certain"])

    def _groups(self) -> tuple[Group, ...]:
        ordered = sorted(self.groups.items(), key=lambda item: (item[0][1], item[0][0] or ""))
        return tuple(
            Group(
                target=target,
                play=play,
                contacts=number,
                name=copy_name(play, self.operation.id, at),
            )
            for at, ((play, target), number) in enumerate(ordered, 1)
        )


def _evidence(contacts: pd.DataFrame, since: pd.DataFrame, judged: pd.DataFrame) -> "pd.Series[str]":
    """How each was found, where they have been since, and whether they go back paused."""
    out = contacts["evidence"].astype(object).copy()
    for phrases, before in ((since["where"], "; since then "), (judged["pause"], "; ")):
        if (there := phrases.ne("")).any():
            out[there] += before + phrases[there]
    out[judged["paused"]] += f"; {GOES_BACK_PAUSED}"
    return out


def _as_if_new(facts: pd.DataFrame, sequences: set[str]) -> pd.DataFrame:
    """The facts as they will be in duplicates that are not made yet: nobody was ever in them (R10)."""
    new = facts["sequence"].isin(sequences)
    facts = facts.copy()
    facts.loc[new, "been_here"] = False
    facts.loc[new, "resumes_after"] = 0
    facts.loc[new, "no_step_left"] = False
    facts.loc[new, "last_started_here"] = pd.NaT
    return facts
