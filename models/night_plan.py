"""The plan of `nightly-remediation`."""

from models.plan import Plan
from models.records import Record
from models.wording import counted


class NightJob(Record):
    """An ownership change to start: for a mailbox whose owner changed, or for contacts whose reason has lapsed.

    `live` is false where it is only planned, and `why` says why; `contacts` are addresses, empty: found by it;
    `sequences` limits the contacts that it finds, empty: everybody.
    """

    key: str
    mailbox: str
    told: str
    contacts: tuple[str, ...] = ()
    sequences: tuple[str, ...] = ()
    live: bool = True
    why: str = ""

    def __str__(self) -> str:
        planned = "" if self.live else f"; only planned: {self.why}"
        names = ", ".join(f"'{name}'" for name in self.sequences)
        only = f"; only {names}" if names else ""
        return f"ownership-change for {self.mailbox}: {self.told}{only}{planned}"


class LeftOver(Record):
    """Contacts of a sequence that are left to a person.

    `emails`: who they are; empty: whoever fell out of it, or with `departed` those whom the journal has as named by
    this night, each with the evidence. `how`: what a person has to do, where it is not to run the procedure.
    """

    mailbox: str
    sequence: str
    contacts: int
    why: str
    emails: tuple[str, ...] = ()
    departed: bool = False
    how: str = ""

    def __str__(self) -> str:
        number = counted(self.contacts, "contact")
        return f"{number} of '{self.sequence}' from {self.mailbox} left to a person: {self.why}"

    @property
    def remedy(self) -> str:
        """What a person has to do."""
        if self.how:
            return self.how
        how = "with these contacts" if self.emails else f"with sequences ['{self.sequence}']"
        return f"run ownership-change for {self.mailbox} {how} yourself"


class EarlierRun(Record):
    """A run that an earlier night started, or one under way that somebody began: what became of it, whether it has
    ended, and what a person must do."""

    mailbox: str
    told: str
    ended: bool
    remedy: str = ""


class NightPlan(Plan):
    """As of every plan, and what to start, what the policy leaves to a person, and what became of earlier runs."""

    policy: str = ""
    jobs: tuple[NightJob, ...] = ()
    left: tuple[LeftOver, ...] = ()
    earlier: tuple[EarlierRun, ...] = ()
    waves: str | None = None
    wave_wait: int | None = None
    """As the policy has them: each job goes so."""

    def lines(self) -> tuple[str, ...]:
        """What is started, what is left, and how what the night before had started ended."""
        return self.lines_with(())

    def lines_with(self, started: tuple[str, ...]) -> tuple[str, ...]:
        """The same; `started` says for each job, in their order, what became of it tonight."""
        jobs = started or tuple(map(str, self.jobs))
        return (f"policy: {self.policy}", *jobs, *map(str, self.left), *(run.told for run in self.earlier))
