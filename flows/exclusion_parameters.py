"""The parameters of `exclusion-rerun`."""

from typing import Annotated, Literal

from pydantic import Field

from flows.form_parameters import MAY_BE_BLANK

ExclusionName = Annotated[
    str,
    Field(
        title="Exclusion",
        description="The exclusion that keeps the contacts out.",
        min_length=1,
        examples=["Customers"],
    ),
]
PlayName = Annotated[
    str | None,
    Field(
        title="Play",
        description="The play to run again: its audience's matches are judged, its sequence is meant. Or name the"
        " contacts and a sequence.",
        examples=["Q4 play"],
    ),
    MAY_BE_BLANK,
]
OptionalSequence = Annotated[
    str | None,
    Field(
        title="Sequence",
        description="Where you name the contacts: the sequence they go into. Left out: the play's own.",
        examples=["Outbound Q4"],
    ),
    MAY_BE_BLANK,
]
SendFrom = Annotated[
    list[str] | None,
    Field(
        title="Send from",
        description="The mailboxes to send from, by turns. Left out: the play's, or your own.",
        examples=["ana@send.acme.test"],
    ),
    MAY_BE_BLANK,
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
        title="Keep it off at most (days)",
        ge=1,
        le=365,
        description="How long the exclusion may stay off. A batch that needs longer is refused.",
    ),
]
Approve = Annotated[
    str | None,
    Field(
        title="Approve",
        description="Left out: you are asked about the matches, with the facts. Else all, none, or the answers: a CSV"
        " (pasted, or a path) with email, decision, why.",
        examples=["none"],
    ),
    MAY_BE_BLANK,
]
ShieldOthers = Annotated[
    bool,
    Field(
        title="Keep everybody else out",
        description="On: published plays keep out whom the exclusion matches and nobody approved, by their audiences'"
        " own toggles. Off: only those you declined.",
    ),
]
