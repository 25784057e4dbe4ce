"""The parameters of `exclusion-rerun`."""

from typing import Annotated, Literal

from pydantic import Field

ExclusionName = Annotated[
    str, Field(title="Exclusion", description="The exclusion that keeps the contacts out.", min_length=1)
]
PlayName = Annotated[
    str | None,
    Field(title="Play", description="The play to run again: its audience's matches are judged, its sequence is meant."),
]
OptionalSequence = Annotated[
    str | None,
    Field(title="Sequence", description="Where you name the contacts: the sequence they go into. Else the play's own."),
]
SendFrom = Annotated[
    list[str] | None,
    Field(title="Send from", description="The mailboxes to send from. Left out: the play's, or your own."),
]
HoldUntil = Annotated[
    Literal["sequence_completed", "enrolled"],
    Field(
        title="Keep it off until",
        description="sequence_completed: until everybody has finished (R37). enrolled: give back at once; the"
        " exclusion then removes whoever still runs.",
    ),
]
MaxHoldDays = Annotated[
    int,
    Field(
        title="At most (days)",
        ge=1,
        le=365,
        description="How long the exclusion may stay off. A batch that needs longer is refused.",
    ),
]
Approve = Annotated[
    str | None,
    Field(
        title="Approve",
        description="all, none, or the answers: a CSV (a path, or pasted) with email, decision, why. Left out: you are"
        " asked.",
        json_schema_extra={"format": "textarea"},
    ),
]
ShieldOthers = Annotated[
    bool,
    Field(
        title="Keep everybody else out",
        description="On: published plays keep out whom the exclusion matches and nobody approved, by their audiences'"
        " own toggles. Off: only those you declined.",
    ),
]
