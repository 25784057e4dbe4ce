"""What contacts do."""

from typing import ClassVar

from models.changes.change import Change
from models.records import Email, Instant
from models.wording import in_utc


class OptOut(Change):
    action: ClassVar[str] = "opt_out"
    person: Email


class Reply(Change):
    """A contact answers: the enrollment that runs ends as replied."""

    action: ClassVar[str] = "reply"
    person: Email


class Bounce(Change):
    """An email comes back: the enrollment that runs ends as bounced."""

    action: ClassVar[str] = "bounce"
    person: Email


class OutOfOffice(Change):
    """An automatic reply says that a contact is away: the enrollment that runs pauses, and resumes by itself."""

    action: ClassVar[str] = "out_of_office"
    person: Email
    until: Instant

    def __str__(self) -> str:
        return f"{self.person} is out of office until {in_utc(self.until)}"
