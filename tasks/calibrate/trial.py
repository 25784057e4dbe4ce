"""A trial: what an experiment can do with the test person, each step once, and what it writes down of what it saw.

A run may be killed or handed back anywhere: it starts from the top, and each step finds in the journal what it did.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from journal import loans
from models.calibration_plan import CalibrationPlan
from models.changes import Change
from models.ended_waits import Done, WaitEnd
from models.parameters import Range
from models.plan import SettingLoan
from models.reasons import REENROLLMENT
from models.rules.reenrollment import suffices
from models.setting_keys import SettingKey
from models.tables.journal import LoanRow
from tasks.borrowing import borrow, give_back
from tasks.by_hand import have_tried
from tasks.calibrate import steps
from tasks.calibrate.request import CalibrateRequest
from tasks.calibrate.steps import Answer, Place, Standing
from tasks.operation import Operation
from tasks.waiting import PROBE_EVERY, await_effect

MINUTE = timedelta(minutes=1)
AT_ONCE = {"value": 0, "unit": "DAY"}
OUT_FOR = timedelta(hours=24)
"""How long a setting may be on loan here, while people do steps by hand and agree to the next experiment."""


@dataclass(frozen=True)
class Times:
    """How long settings may take to act: at least, and at most."""

    reenrollment: Range
    exclusion: Range

    @classmethod
    def of(cls, request: CalibrateRequest) -> "Times":
        """As somebody asked for it."""
        return cls(request.reenrollment_wait, request.exclusion_wait)


class Trial:
    """One experiment under way."""

    def __init__(self, operation: Operation, plan: CalibrationPlan, times: Times, name: str) -> None:
        self.operation, self.plan, self.times, self.name = operation, plan, times, name
        self.exclusion = SettingKey.exclusion(steps.own_name(operation.id))

    def once(self, step: str, find: Callable[[], str]) -> str:
        """What was found, or done, the first time that this step was come by: a run that starts from the top must not
        look again at what has gone on since."""
        return steps.note_once(self.operation, self._key(step), find)

    # What is so

    def did(self, sequence: str) -> Standing:
        """What the test person did in a sequence, and anywhere."""
        return steps.look_back(self.operation.id, self.plan, sequence)

    def place(self) -> Place | None:
        """Where the test person runs."""
        return steps.look(self.operation.id, self.plan)

    def runs_in(self, sequence: str) -> bool:
        """Whether the test person runs in a sequence."""
        there = self.place()
        return there is not None and there.sequence == sequence

    def is_so(self, step: str, look: Callable[[], object]) -> bool:
        """Whether something was so when this step was come by first."""
        return bool(self.once(step, lambda: "yes" if look() else ""))

    # What is written down

    def saw(self, question: str, answer: str, words: str = "") -> None:
        """Write down what was seen, as a fact of the workspace; that it stays open, where it was seen under settings
        that somebody else changed meanwhile."""

        def note() -> str:
            if why := steps.disturbed_by(self.operation):
                self.could_not(why, question)
                return ""
            return steps.note_fact(self.operation.id, question, answer, words)

        self.once(f"seen {question}", note)

    def saw_minutes(self, question: str, since: datetime) -> None:
        """Write down how many minutes something has taken by now."""
        passed = self.once(f"minutes of {question}", lambda: str(ceil((self.operation.now() - since) / MINUTE)))
        self.saw(question, passed, f"looked for every {PROBE_EVERY // MINUTE} minutes")

    def could_not(self, why: str, *questions: str) -> None:
        """Write down why questions stay open."""
        changed = steps.disturbed_by(self.operation)
        steps.note_open(self.operation.id, self.name, f"{why}; {changed}" if changed not in why else why, questions)

    # What is done

    def enroll(self, step: str, sequence: str, *, paused: bool = False) -> Answer:
        """Try to enroll the test person; the platform's answer."""
        return steps.try_to_enroll(self.operation.id, self._key(step), self.plan, sequence, paused)

    def leave(self, step: str) -> None:
        """Take the test person out of whichever of the two sequences they run in."""
        self.once(f"{step}: out", lambda: steps.take_out(self.operation.id, self.plan))

    def make(self, step: str, change: Change) -> str:
        """Make a change, or have a person make it; "", or the words of the platform that refused it."""
        if not self.operation.platform.supports(type(change)):
            have_tried(self.operation, self._key(step), change)
            return ""
        return self.once(f"{step}: made", lambda: steps.make(self.operation.id, self._key(step), change))

    def make_for_all(self, what: str, change: Change) -> str:
        """Make what every experiment of the operation shares, once; as `make`."""
        return steps.make_or_have_made(self.operation, f"make the {what}", change)

    def enter(self, step: str, sequence: str) -> bool:
        """Have the test person run in a sequence, re-enrollment settings opened where it takes that; give whether they
        do. In the first sequence they are paused while its first email is still to come."""
        if self.is_so(f"{step}: there already", lambda: self.runs_in(sequence)):
            return True
        self.leave(step)
        paused = self.is_so(f"{step}: paused", lambda: sequence == self.plan.sequence and self._begins_with_an_email())
        return self.let_in(step, sequence, paused=paused).reason is None

    def let_in(self, step: str, sequence: str, *, paused: bool) -> Answer:
        """Enroll the test person, with re-enrollment settings opened where the answer asks for it; the last answer."""
        answer = self.enroll(step, sequence, paused=paused)
        if answer.reason not in REENROLLMENT:
            return answer
        since = self.open_reenrollment(step, sequence)
        return self.enroll_once_it_acts(step, sequence, since or self.operation.now(), paused=paused)

    def enroll_once_it_acts(self, step: str, sequence: str, since: datetime, *, paused: bool) -> Answer:
        """Enroll the test person as soon as the settings that are out `since` then act; the last answer."""
        again = f"{step}, settings open"

        def probe() -> WaitEnd | None:
            answer = self.enroll(f"{again}, {self.operation.now():%d %H:%M:%S}", sequence, paused=paused)
            return None if answer.reason in REENROLLMENT else Done("probe")

        self.wait(f"{step}, once it acts", since, self.times.reenrollment, probe)
        return self.enroll(again, sequence, paused=paused)

    def _begins_with_an_email(self) -> bool:
        begins_anew = steps.seen_answer(self.operation, "Q6") == "first_step"
        return begins_anew or not self.did(self.plan.sequence).steps_done

    # Settings

    def ruleset_of(self, sequence: str) -> str:
        """The ruleset of a sequence."""
        return str(self.operation.platform.sequences().set_index("sequence")["ruleset"][sequence])

    def as_it_was(self, setting: SettingKey) -> Any:
        """What a setting was before the operation borrowed it, as JSON."""
        held = {loan.setting: loan.was for loan in self._held()}
        return held[setting] if setting in held else self.operation.platform.setting(setting)

    def refuses(self, sequence: str) -> bool:
        """Whether a sequence's ruleset, as it was, refuses somebody who was in there a moment ago."""
        same, block = (
            self.as_it_was(SettingKey.ruleset(self.ruleset_of(sequence), field))
            for field in ("allow_same_sequence_reenrollment", "block_reenrollment")
        )
        return not same or block is None or bool(block["value"])

    def has_opened(self) -> bool:
        """Whether the operation has re-enrollment settings out on loan."""
        return any(loan.setting.kind == "ruleset" for loan in self._held())

    def open_reenrollment(self, step: str, *sequences: str) -> datetime | None:
        """Borrow both re-enrollment settings of these sequences' rulesets, at once; since when they are out, None where
        each was so before."""
        return self.borrow(
            f"{step}: opened",
            [
                (SettingKey.ruleset(ruleset, field), value)
                for ruleset in dict.fromkeys(map(self.ruleset_of, sequences))
                for field, value in (("allow_same_sequence_reenrollment", True), ("block_reenrollment", AT_ONCE))
            ],
        )

    def borrow(self, step: str, settings: Iterable[tuple[SettingKey, Any]]) -> datetime | None:
        """Borrow settings that are not so already; since when they are out, None where each was so before."""
        wanted = tuple(settings)

        def take() -> str:
            was = {setting: self.as_it_was(setting) for setting, _ in wanted}
            out = [
                borrow(self.operation, SettingLoan(setting=key, was=was[key], set_to=value, contacts=1), OUT_FOR)
                for key, value in wanted
                if not suffices(was[key], value)
            ]
            return max(out).isoformat() if out else ""

        since = self.once(step, take)
        return datetime.fromisoformat(since) if since else None

    def close_reenrollment(self, step: str) -> None:
        """Give the re-enrollment settings back, and wait until they act as before."""
        if not self.is_so(f"{step}: was open", self.has_opened):
            return
        self.once(f"{step}: closed", lambda: self._give_back([one.setting for one in self._held() if _of_ruleset(one)]))
        self.wait(f"re-enrollment to be as it was, {step}", self.operation.now(), self.times.reenrollment, None)

    def exclude(self) -> datetime:
        """Have the exclusion of the test person alone turned on; since when it is."""
        loan = SettingLoan(setting=self.exclusion, was=False, set_to=True, contacts=1)
        return datetime.fromisoformat(self.once("excluded", lambda: borrow(self.operation, loan, OUT_FOR).isoformat()))

    def excluding(self) -> bool:
        """Whether the operation has the exclusion turned on."""
        return any(loan.setting == self.exclusion for loan in self._held())

    def exclude_no_more(self) -> datetime:
        """Turn it off again; since when it is."""
        self.once("excluded no more", lambda: self._give_back([self.exclusion]))
        return datetime.fromisoformat(self.once("off since", lambda: self.operation.now().isoformat()))

    def _held(self) -> list[LoanRow]:
        return loans.held_by(self.operation.journal, self.operation.id)

    def _give_back(self, settings: list[SettingKey]) -> str:
        give_back(self.operation, tuple(settings))
        return "done"

    # Waits

    def wait(
        self, what: str, since: datetime, times: Range, probe: Callable[[], WaitEnd | None] | None, **every: timedelta
    ) -> WaitEnd:
        """Wait as `await_effect`, under a name of the experiment's."""
        return await_effect(self.operation, f"{self.name}: {what}", since, times, probe, **every)

    def wait_for(self, what: str, since: datetime, times: Range, so: Callable[[], bool], **every: timedelta) -> bool:
        """Wait until something is so; give whether it came to be."""
        found = self.wait(what, since, times, lambda: Done("probe") if so() else None, **every)
        return isinstance(found, Done)

    def _key(self, step: str) -> str:
        return f"{self.name}, attempt {self.operation.row.attempt}: {step}"


def _of_ruleset(loan: LoanRow) -> bool:
    return loan.setting.kind == "ruleset"
