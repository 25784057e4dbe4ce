"""The plan of `calibrate`: which experiments are tried with the test person, and which cannot be, and why."""

from models.plan import Plan
from models.records import Record


class Planned(Record):
    """An experiment as the plan has it: its name, what it does in a sentence, the codes of the questions that it
    answers, and how many emails it sends at most. `why_not` is why it cannot be tried ("": it can)."""

    name: str
    does: str
    questions: tuple[str, ...]
    emails: int
    why_not: str = ""

    def __str__(self) -> str:
        asked = ", ".join(self.questions)
        if self.why_not:
            return f"not tried: {self.name} ({asked}): {self.why_not}"
        return f"{self.name} ({asked}; {emails(self.emails)}): {self.does}"


class CalibrationPlan(Plan):
    """What is tried, with which test person and where. `owner` has the mailbox now; `rulesets` are those of the two
    sequences."""

    person: str
    sequence: str
    other_sequence: str
    rulesets: tuple[str, ...]
    mailbox: str
    owner: str | None
    other_mailbox: str | None
    new_owner: str | None
    pauses_other: bool
    """Whether the other sequence has to be paused for it, and is resumed afterwards."""
    experiments: tuple[Planned, ...]

    @property
    def emails(self) -> int:
        """How many emails it sends at most."""
        return sum(one.emails for one in self.experiments if not one.why_not)


def emails(number: int) -> str:
    """How many emails, in words."""
    return {0: "no email", 1: "one email at most"}.get(number, f"{number} emails at most")
