"""Parameters that several procedures have, as their form shows them: each with a title and a help text."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field


@dataclass(frozen=True)
class NameOf:
    """Marks a parameter that names something in the workspace, so that a shell can complete it."""

    kind: str


MAILBOX, SEQUENCE, PLAY = NameOf("mailbox"), NameOf("sequence"), NameOf("play")
AUDIENCE, EXCLUSION, USER = NameOf("audience"), NameOf("exclusion"), NameOf("user")

ReenrollmentWaitMin = Annotated[
    int,
    Field(
        title="Re-enrollment settings: look after (minutes)",
        ge=0,
        le=24 * 60,
        description="When to look for the first time whether the changed settings act. They take 30 to 60 minutes.",
    ),
]
ReenrollmentWaitMax = Annotated[
    int,
    Field(
        title="Re-enrollment settings: give up after (minutes)",
        ge=0,
        le=7 * 24 * 60,
        description="If nothing proves by then that they act, everything is given back.",
    ),
]
Probe = Annotated[
    bool,
    Field(
        title="Prove it by one contact",
        description="On: one contact proves that the settings act before the rest follow. Off: trust the clock.",
    ),
]
SequenceName = Annotated[
    str,
    SEQUENCE,
    Field(
        title="Sequence",
        description="The sequence's name, as the workspace spells it.",
        min_length=1,
        examples=["Outbound Q4"],
    ),
]
PastedContacts = Annotated[
    str | None,
    Field(
        title="Contacts",
        description="Whom it is about: paste addresses, one a line, or a CSV with its header.",
        examples=["pia@x.test"],
    ),
]
ContactsCsv = Annotated[
    str | None,
    Field(
        title="Contacts file",
        description="The same as a file: the path of a CSV that the worker can read. Give one of the two.",
        examples=["/srv/handoff/contacts.csv"],
    ),
]
ExclusionWaitMin = Annotated[
    int,
    Field(
        title="Exclusion: look after (minutes)",
        ge=0,
        le=24 * 60,
        description="When to look for the first time whether the changed exclusion acts. It takes 15 to 45 minutes.",
    ),
]
ExclusionWaitMax = Annotated[
    int,
    Field(
        title="Exclusion: give up after (minutes)",
        ge=0,
        le=7 * 24 * 60,
        description="If nothing proves by then that the exclusion is off, everything is given back.",
    ),
]
Waves = Annotated[
    str | None,
    Field(
        title="Waves",
        description="How many contacts to enroll first, then, and so on: after each wave it is looked at what came of"
        " it. Left out: all at once.",
        examples=["1,10,rest"],
    ),
]
WaveWait = Annotated[
    int | None,
    Field(
        title="From one wave to the next (minutes)",
        ge=0,
        le=7 * 24 * 60,
        description="How long to wait before the next wave. Left out: a person says when it begins.",
        examples=[30],
    ),
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
