"""Looking at who runs from mailboxes that are to change hands, and judging what would become of each contact."""

from collections import Counter
from collections.abc import Iterator

import pandas as pd

from models.handover import Saving
from models.names import NONE
from models.rules.handover.assigning import Takeover, takers
from models.rules.handover.falling_out import NOBODY, as_if_fallen_out, judge_return, tally
from models.rules.handover.guards import is_guard
from models.rules.handover.queued import Offered, due_within_a_day, offered
from models.rules.reenrollment import count_needs
from models.setting_keys import SettingKey, joined
from platforms.port import Platform
from reports.csv_out import append_csv, readable, write_csv
from reports.handover.steps import move_queued
from tasks import shown
from tasks.handover_plan.request import HandoverToPlan
from tasks.known_behaviour import seen_in, with_every_end
from tasks.narration import progress
from tasks.operation import Operation
from tasks.planning import Forecasts
from tasks.settings_in_force import lasting_settings

CHUNK = 50_000
QUEUED = ["email", "sequence", "mailbox"]
WORKLIST = [*QUEUED, "step", "what_to_do"]
CONTACTS = [
    "email",
    "sequence",
    "mailbox",
    "play",
    "state",
    "next_step",
    "next_step_at",
    "outcome",
    "can_go_back",
    "resumes_at_step",
    "reasons",
    "borrows",
    "record_owner",
    "tasks_go_to",
]
SAVE = "queued: move it to another mailbox first, or it falls out"
DETAILS = {
    "manual": SAVE,
    "unchanged": "would fall out; can be put back afterwards",
    "blocked": "would fall out, and may not be put back",
    "reassigned": "queued: is moved to another mailbox first",
    "enrolled": "falls out, and is put back",
}
PLAN_ONLY, CARRIED_OUT = ("manual", "unchanged"), ("reassigned", "enrolled")
"""What is forecast of who can be moved first and of who can be put back: where it is only planned, and where it is
done."""


class Steps(dict[str, pd.DataFrame]):
    """The steps of each sequence, looked up when they are needed."""

    def __init__(self, platform: Platform) -> None:
        super().__init__()
        self._platform = platform

    def __missing__(self, sequence: str) -> pd.DataFrame:
        self[sequence] = self._platform.steps(sequence)
        return self[sequence]


class Judging:
    """Judges chunk by chunk and keeps sums: a million contacts fit as well as ten."""

    def __init__(self, operation: Operation, request: HandoverToPlan) -> None:
        self.operation, self.request, self.platform = operation, request, operation.platform
        self.now = operation.now()
        self.settings = lasting_settings(operation)
        self.sequences = self.platform.sequences().set_index("sequence")
        self.mailboxes = shown.mailboxes(self.platform)
        self.exclusions = shown.exclusions(self.platform)
        self.plays, self.assignment = shown.plays(self.platform), self.platform.assignment()
        self.takeover = Takeover(request.mailboxes, request.new_owner, self.platform.acting_user)
        self.steps = Steps(self.platform)
        self.offered = self._offered()
        self.needed: Counter[SettingKey] = Counter()
        self.matching: Counter[str] = Counter()
        self.forecasts = Forecasts(operation)
        self._tallies: list[pd.DataFrame] = []
        self._queued: list[pd.DataFrame] = []

    @property
    def tallied(self) -> pd.DataFrame:
        """The tally of everybody (`models.rules.handover.falling_out.tally`)."""
        return tally(pd.concat(self._tallies, ignore_index=True)) if self._tallies else NOBODY

    def judge(self) -> None:
        """Judge everybody who runs: forecasts into the journal, contacts.csv into the folder."""
        for name in ("contacts.csv", "worklist.csv"):
            (self.operation.folder / name).unlink(missing_ok=True)
        with progress("judging contacts") as step:
            for running in self._running():
                judged = self._judged(running)
                self._tallies.append(tally(judged))
                self.needed.update(count_needs(judged, judged))
                self._count_matches(judged["email"].tolist())
                self._write_down(judged)
                step(len(judged))
        if not self._tallies:
            write_csv(pd.DataFrame(columns=CONTACTS), self.operation.folder / "contacts.csv")

    def _running(self) -> Iterator[pd.DataFrame]:
        for mailbox in self.request.mailboxes:
            yield from self.platform.running(CHUNK, mailbox=mailbox)

    def _offered(self) -> Offered:
        """The mailboxes for what is queued: the new owner's first, then the present owner's others."""
        owners = list(dict.fromkeys(filter(None, [self.request.new_owner, self.request.present_owner])))
        theirs = self.mailboxes.loc[self.mailboxes["owner"].isin(owners), "mailbox"]
        due = {
            str(mailbox): sum(
                due_within_a_day(running, self.steps, self.now)
                for running in self.platform.running(CHUNK, mailbox=mailbox)
            )
            for mailbox in theirs
            if mailbox not in self.request.mailboxes
        }
        return offered(self.mailboxes, self.request.mailboxes, owners, due)

    def _judged(self, running: pd.DataFrame) -> pd.DataFrame:
        facts = self.platform.facts(running[["email", "sequence"]].reset_index(drop=True))
        lengths = {str(name): int(number) for name, number in self.sequences["steps"].items()}
        facts = with_every_end(self.platform, facts, seen_in(self.operation.journal, self.platform))
        facts = as_if_fallen_out(facts, running, lengths, self.now)
        paused = self.mailboxes.set_index("mailbox")["paused"]
        can_send = not paused[running["mailbox"].iloc[0]]  # a chunk is of one mailbox
        judged = judge_return(running, facts, self.settings.acting, self.now, can_send=can_send)
        people = self.platform.people(running["email"].tolist())
        owner = people["owner"].where(people["owner"].notna(), people["company_owner"])
        who = takers(running, self.assignment, self.mailboxes, self.plays, people, self.takeover)
        return judged.assign(record_owner=owner.to_numpy(), today=who["today"], after=who["after"])

    def _count_matches(self, emails: list[str]) -> None:
        for row in self.exclusions.to_dict("records"):
            if is_guard(row) or pd.notna(row["last_activity_within_days"]):
                self.matching[row["exclusion"]] += self.platform.matches(row["exclusion"], emails)["email"].nunique()

    def _write_down(self, judged: pd.DataFrame) -> None:
        movable = judged["state"].eq("queued") & bool(self.offered.to)
        moved, back = CARRIED_OUT if self.request.carry_out else PLAN_ONLY
        outcome = judged["back"].map({True: back, False: "blocked"}).mask(movable, moved)
        judged = judged.assign(outcome=outcome, next_step=judged["steps_done"] + 1)
        self.forecasts.add(
            judged[["email", "sequence", "mailbox", "play"]].assign(
                forecast=outcome,
                forecast_reasons=judged["reasons"].where(outcome.eq("blocked"), NONE),
                step=judged["next_step"],
                detail=outcome.map(DETAILS),
            )
        )
        append_csv(readable(_for_people(judged)[CONTACTS]), self.operation.folder / "contacts.csv")
        self._queued.append(judged.loc[movable, [*QUEUED, "next_step"]].rename(columns={"next_step": "step"}))

    def write_worklist(self, saving: Saving) -> None:
        """`worklist.csv`: the contacts that can be moved, each with the command that moves its sequence's queue.
        Nothing where the run moves them."""
        if self.request.carry_out:
            return
        workspace = self.operation.row.workspace
        how = {(group.sequence, group.mailbox): f"{SAVE}: {move_queued(workspace, group)}" for group in saving.groups}
        for queued in filter(len, self._queued):
            keys = zip(queued["sequence"], queued["mailbox"], strict=True)
            append_csv(
                readable(queued.assign(what_to_do=[how[key] for key in keys])[WORKLIST]),
                self.operation.folder / "worklist.csv",
            )


def _for_people(judged: pd.DataFrame) -> pd.DataFrame:
    """As contacts.csv has them: which settings would be borrowed for each, and whether each could go back."""
    same, block = (
        judged["ruleset"].map(lambda name, part=part: joined([SettingKey.ruleset(name, part)]))
        for part in ("allow_same_sequence_reenrollment", "block_reenrollment")
    )
    borrows = same.where(judged["needs_same"], "") + ";" + block.where(judged["needs_block"], "")
    return judged.assign(
        can_go_back=judged["back"].map({True: "yes", False: "no"}),
        borrows=borrows.str.strip(";"),
        resumes_at_step=judged["step"],
        play=judged["play"].fillna(""),
        record_owner=judged["record_owner"].fillna(""),
        tasks_go_to=judged["after"].where(judged["after"].notna(), ""),
    )
