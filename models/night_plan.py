"""The plan of `nightly-remediation`."""

from models.plan import Plan
from models.records import Record


class NightJob(Record):
    """An ownership change to start: for a mailbox whose owner changed, or for contacts whose reason has lapsed.

    `live` is false where it is only planned, and `why` says why; `contacts` are addresses, empty: found by it.
    """

    key: str
    mailbox: str
    told: str
    contacts: tuple[str, ...] = ()
    live: bool = True
    why: str = ""

    def __str__(self) -> str:
        planned = "" if self.live else f"; only planned: {self.why}"
        return f"ownership-change for {self.mailbox}: {self.told}{planned}"


class NightPlan(Plan):
    """As of every plan, and what to start."""

    jobs: tuple[NightJob, ...] = ()
    last_night: tuple[str, ...] = ()

    def lines(self) -> tuple[str, ...]:
        """What is started, and how what the night before had started ended."""
        return (*super().lines(), *(f"last night: {told}" for told in self.last_night))
