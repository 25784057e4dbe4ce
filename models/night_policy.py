"""What a night may do without a person: the fields of the policy, and their defaults."""

from typing import Annotated, Literal, get_args

from pydantic import Field, field_validator

from models.records import Record
from models.waves import wave_sizes
from models.wording import counted

VARIABLE = "handoff_nightly_policy"  # in Prefect, where people read and set it
Job = Literal["ownership-change", "retry-lapsed"]
"""What a night starts: for a mailbox whose owner changed, and for contacts whose waiting period is over."""
JOBS: tuple[Job, ...] = get_args(Job)
Names = tuple[Annotated[str, Field(min_length=1)], ...]


class NightPolicy(Record):
    """Whom a night puts back unattended. `sequences` and `mailboxes`: none named means every one, an empty list none.

    `unattended` are the jobs that may go live; the others are only planned. `at_most` is contacts of a mailbox. `waves`
    and `wave_wait` (minutes) are those of each job.
    """

    sequences: Names | None = None
    mailboxes: Names | None = None
    at_most: int = Field(default=500, ge=0, le=1_000_000, strict=True)
    retry_lapsed: bool = Field(default=True, strict=True)
    unattended: tuple[Job, ...] = JOBS
    waves: str | None = None
    wave_wait: int | None = Field(default=None, ge=0, le=7 * 24 * 60, strict=True)

    @field_validator("waves")
    @classmethod
    def _make_sense(cls, waves: str | None) -> str | None:
        wave_sizes("waves", waves)
        return waves

    def __str__(self) -> str:
        names = "; ".join(
            f"{what} " + (", ".join(f"'{name}'" for name in named) if named else "none" if named == () else "all")
            for what, named in (("sequences", self.sequences), ("mailboxes", self.mailboxes))
        )
        live = ", ".join(self.unattended) or "nothing"
        retry = "" if self.retry_lapsed else "; nobody is retried"
        waves = f"; in waves of {self.waves}" if self.waves else ""
        return f"{names}; at most {counted(self.at_most, 'contact')} of a mailbox; may go live: {live}{retry}{waves}"

    def allows_mailbox(self, mailbox: str) -> bool:
        """Whether its contacts may go back unattended."""
        return self.mailboxes is None or mailbox in self.mailboxes

    def allows(self, mailbox: str, sequence: str) -> bool:
        """Whether contacts of the mailbox may go back into the sequence unattended."""
        return self.allows_mailbox(mailbox) and (self.sequences is None or sequence in self.sequences)

    def why_planned(self, job: Job, contacts: int) -> str:
        """Why a job is only planned; "" where it may go live."""
        if job not in self.unattended:
            return f"the policy does not let {job} go live, so a person decides"
        if contacts > self.at_most:
            return f"more than at_most ({self.at_most}), so a person decides"
        return ""
