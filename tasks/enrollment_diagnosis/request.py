"""What an enrollment-diagnosis is asked, checked against the workspace before anything is begun."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from inputs.contacts_csv import ContactsFile
from models.errors import InvalidInput
from platforms.port import Platform
from tasks import checking
from tasks import request_fields as shared
from tasks.enrollment_diagnosis.enquiry import DiagnosisRequest, check_diagnosis
from tasks.request import Request, once


class EnrollmentDiagnosisRequest(Request):
    """Say of each contact every reason why it is not enrolled, and which settings free the most for the least."""

    procedure = "enrollment-diagnosis"
    without_subject = "named contacts"

    sequence: Annotated[str | None, shared.SEQUENCE] = Field(
        None,
        title="Sequence",
        description="The sequence that is meant for them. Left out: the play's.",
        examples=["Outbound Q4"],
    )
    play: Annotated[str | None, shared.PLAY] = Field(
        None,
        title="Play",
        description="Through which play; without contacts, everybody in its audience is looked at.",
        examples=["Q4 play"],
    )
    audience: Annotated[str | None, shared.AUDIENCE] = Field(
        None,
        title="Audience",
        description="Everybody in an audience, instead of naming the contacts.",
        examples=["Q4 list"],
    )
    contacts: shared.PastedContacts = None
    contacts_csv: shared.ContactsCsv = None

    @once
    def check(self, platform: Platform) -> "EnrollmentDiagnosis":
        """The request, checked. Raises InvalidInput that names the field and the remedy; changes nothing."""
        named = checking.contacts(platform, self.contacts_csv, self.contacts)
        if self.audience is not None and named is not None:
            raise InvalidInput("audience", "contacts are given as well", "Give one of the two")
        emails = named.contacts["email"].tolist() if named else None
        if self.audience is not None:
            emails = platform.audience(checking.audience(platform, "audience", self.audience))
        checked = check_diagnosis(platform, emails, self.sequence, self.play)
        about = checked.play or (
            str(checked.contacts["sequence"].iloc[0]) if len(checked.contacts) else str(self.sequence)
        )
        return self.checked_as(EnrollmentDiagnosis, diagnosis=checked, subject=about, named=named)


class EnrollmentDiagnosis(EnrollmentDiagnosisRequest):
    """The request, and: whom it is about, and what was read of a file. `subject` is what only one live operation at a
    time may be about."""

    diagnosis: DiagnosisRequest
    subject: str
    named: ContactsFile | None

    @property
    def source(self) -> Path | None:
        """The file that names the contacts."""
        return Path(self.contacts_csv) if self.contacts_csv else None
