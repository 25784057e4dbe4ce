"""What a calibrate is asked to do, checked against the workspace before anything is begun."""

from typing import Annotated

import pandas as pd
from pydantic import Field

from models.errors import InvalidInput
from models.nearest import known
from models.parameters import Range, check_range
from models.wording import first_of
from platforms.port import Platform
from tasks import checking
from tasks import request_fields as shared
from tasks.request import Request, once

CHUNK = 1_000
MADE_FOR_IT = "Make a sequence for this alone, and name that"


class CalibrateRequest(Request):
    """Find out, with a test person, what the sources leave open of a workspace: each experiment is agreed to."""

    procedure = "calibrate"

    person: str = Field(
        title="Test person",
        min_length=1,
        description="The address of somebody of your own team who was never in another sequence. They get the emails.",
        examples=["pia@x.test"],
    )
    sequence: shared.SequenceName
    other_sequence: Annotated[str, shared.SEQUENCE] = Field(
        title="Other sequence",
        min_length=1,
        description="A second sequence made for this. It is paused meanwhile, so that it sends nothing.",
        examples=["Test B"],
    )
    mailbox: Annotated[str, shared.MAILBOX] = Field(
        title="Mailbox",
        min_length=1,
        description="The mailbox that the test person is written to from.",
        examples=["ana@send.acme.test"],
    )
    other_mailbox: Annotated[str | None, shared.MAILBOX] = Field(
        None,
        title="Other mailbox",
        description="Where the backlog is reassigned to. Left out: another mailbox that the workspace shows.",
        examples=["bo@send.acme.test"],
    )
    new_owner: Annotated[str | None, shared.USER] = Field(
        None,
        title="New owner for a moment",
        description="A user who gets the mailbox and hands it back. Left out: a change of owner is not tried.",
        examples=["bo@acme.test"],
    )
    reenrollment_wait_min: shared.ReenrollmentWaitMin = 30
    reenrollment_wait_max: shared.ReenrollmentWaitMax = 90
    exclusion_wait_min: shared.ExclusionWaitMin = 15
    exclusion_wait_max: shared.ExclusionWaitMax = 60

    @property
    def reenrollment_wait(self) -> Range:
        """How long changed re-enrollment settings may take. Raises InvalidInput."""
        return check_range("reenrollment_wait", self.reenrollment_wait_min, self.reenrollment_wait_max)

    @property
    def exclusion_wait(self) -> Range:
        """How long a changed exclusion may take. Raises InvalidInput."""
        return check_range("exclusion_wait", self.exclusion_wait_min, self.exclusion_wait_max)

    @once
    def check(self, platform: Platform) -> "Calibrate":
        """The request, checked. Raises InvalidInput that names the field and the remedy; changes nothing."""
        _ = self.reenrollment_wait, self.exclusion_wait
        sequence = checking.sequence(platform, "sequence", self.sequence)
        other = checking.sequence(platform, "other_sequence", self.other_sequence)
        if sequence == other:
            raise InvalidInput("other_sequence", "is the same sequence", "Name a second one made for this")
        _refuse_steps(platform, sequence)
        person = _person(platform, self.person)
        for field, name in (("sequence", sequence), ("other_sequence", other)):
            _refuse_in_use(platform, field, name, person)
        _refuse_history(platform, person, (sequence, other))
        [mailbox] = checking.mailboxes(platform, "mailbox", [self.mailbox])
        return self.checked_as(
            Calibrate,
            person=person,
            sequence=sequence,
            other_sequence=other,
            mailbox=mailbox,
            other_mailbox=_other_mailbox(platform, self.other_mailbox, mailbox),
            new_owner=_user(platform, self.new_owner) if self.new_owner else None,
        )


class Calibrate(CalibrateRequest):
    """The request with names as the workspace spells them."""

    @property
    def subject(self) -> str:
        """What only one live operation at a time may be about."""
        return self.person


def _person(platform: Platform, email: str) -> str:
    found = platform.people([email.strip().lower()])
    if found.empty:
        raise InvalidInput("person", f"nobody in the workspace has the address '{email}'", "Add the person there first")
    row = found.iloc[0]
    if row["email_opt_out"] or row["do_not_email"]:
        raise InvalidInput("person", "has opted out, or is not to be emailed", "Take somebody else of your team")
    return str(row["email"])


def _refuse_steps(platform: Platform, sequence: str) -> None:
    """Between the first step and the second there has to be time for everything else."""
    steps = platform.steps(sequence)
    if len(steps) < 2 or int(steps["wait_days"].iloc[1]) < 2:
        raise InvalidInput(
            "sequence", f"'{sequence}' has no second step that waits 2 days or more", "Give it one: it is not reached"
        )


def _refuse_in_use(platform: Platform, field: str, sequence: str, person: str) -> None:
    others = [
        email for part in platform.running(CHUNK, sequence=sequence) for email in part["email"] if email != person
    ]
    if others:
        raise InvalidInput(field, f"others run in '{sequence}': {first_of(others)}", MADE_FOR_IT)
    if "plays" in platform.hidden:
        return
    plays = platform.plays()
    feeding = plays.loc[plays["published"] & plays["sequence"].eq(sequence), "play"].tolist()
    if feeding:
        raise InvalidInput(field, f"published plays enroll into '{sequence}': {first_of(feeding)}", MADE_FOR_IT)


def _refuse_history(platform: Platform, person: str, sequences: tuple[str, str]) -> None:
    history = platform.history(ever(person))
    elsewhere = sorted(set(history["sequence"]) - set(sequences))
    if elsewhere:
        raise InvalidInput(
            "person",
            f"has been in other sequences: {first_of(elsewhere)}",
            "Take somebody of your team who was in none",
        )
    if history["ended_at"].isna().any():
        raise InvalidInput("person", "runs in one of the two sequences now", "Unenroll them first")


def _user(platform: Platform, email: str) -> str:
    return known("new_owner", email, list(platform.users()["user"]), "user")


def ever(person: str) -> pd.DataFrame:
    """Everything that happened to somebody, as `Platform.history` is asked."""
    return pd.DataFrame({"email": [person], "since": pd.Series([pd.NaT], dtype="datetime64[ns, UTC]")})


def _other_mailbox(platform: Platform, named: str | None, mailbox: str) -> str | None:
    if named:
        [other] = checking.mailboxes(platform, "other_mailbox", [named])
        if other == mailbox:
            raise InvalidInput("other_mailbox", "is the same mailbox", "Name another, or leave it out")
        return other
    found = platform.mailboxes()
    able = found.loc[found["mailbox"].ne(mailbox) & ~found["paused"].eq(True) & found["owner"].notna(), "mailbox"]
    return str(able.iloc[0]) if len(able) else None
