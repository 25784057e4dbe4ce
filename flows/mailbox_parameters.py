"""The parameters of procedures about mailboxes and the contacts that run from them."""

from typing import Annotated, Literal

from pydantic import Field

from flows.form_parameters import MAY_BE_BLANK

MailboxName = Annotated[
    str,
    Field(
        title="Mailbox",
        description="The mailbox that changed its owner.",
        min_length=1,
        examples=["ana@send.acme.test"],
    ),
]
ChangedAt = Annotated[
    str | None,
    Field(
        title="Changed at",
        description="When the owner changed, about. Left out: told from the enrollments that were cancelled together.",
        examples=["2026-11-02T09:00:00Z"],
        json_schema_extra={"format": "date-time"},
    ),
    MAY_BE_BLANK,
]
OptionalSequence = Annotated[
    str | None,
    Field(
        title="Sequence",
        description="Only contacts of this sequence; or, where you name the contacts, the sequence they go into. Left"
        " out: each goes back to where they were.",
        examples=["Outbound Q4"],
    ),
    MAY_BE_BLANK,
]
OnlySequences = Annotated[
    list[str] | None,
    Field(
        title="Only these sequences",
        description="Only contacts of these sequences. Left out: everybody. Not together with named contacts.",
    ),
    MAY_BE_BLANK,
]
SendFrom = Annotated[
    list[str] | None,
    Field(
        title="Send from",
        description="The mailboxes to send from, by turns. Left out: the same one.",
        examples=["bo@send.acme.test"],
    ),
    MAY_BE_BLANK,
]
Restart = Annotated[
    bool,
    Field(
        title="Start over at step 1",
        description="Off: everybody resumes at their next step. On: the sequence is"
        " duplicated, and they start at step 1.",
    ),
]
Via = Annotated[
    Literal["play", "direct"] | None,
    Field(
        title="How to enroll",
        description="play: by a duplicated play (where nothing is chosen: the sandbox's way). direct: each contact by"
        " itself, without a play (where nothing is chosen: the way on Unify, whose API runs no plays).",
    ),
    MAY_BE_BLANK,
]
WaitingDays = Annotated[
    int,
    Field(
        title="Waiting days",
        ge=0,
        le=365,
        description="The waiting period between enrollments while the setting is borrowed. 0: at once.",
    ),
]
