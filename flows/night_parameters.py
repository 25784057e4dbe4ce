"""The parameters of the night: each stands over the field of the same name in the policy."""

from typing import Annotated

from pydantic import Field

from flows.form_parameters import MAY_BE_BLANK
from models.night_policy import Job

_ELSE = " Left out: as the policy says (the variable handoff_nightly_policy), else"

OnlySequences = Annotated[
    list[str] | None,
    Field(
        title="Only these sequences", examples=["Outbound"],
        description=f"Only contacts of these sequences go back unattended.{_ELSE} of every one.",
    ),
    MAY_BE_BLANK,
]  # fmt: skip
OnlyMailboxes = Annotated[
    list[str] | None,
    Field(
        title="Only these mailboxes", examples=["ana@send.acme.test"],
        description=f"Only contacts of these mailboxes go back unattended.{_ELSE} of every one.",
    ),
    MAY_BE_BLANK,
]  # fmt: skip
AtMost = Annotated[
    int | None,
    Field(
        title="At most (contacts of a mailbox)", ge=0, le=1_000_000,
        description=f"How many contacts of a mailbox may go back unattended; with more it is only planned.{_ELSE} 500.",
    ),
    MAY_BE_BLANK,
]  # fmt: skip
Unattended = Annotated[
    list[Job] | None,
    Field(title="May go live", description=f"Which jobs may go live; the others are only planned.{_ELSE} both."),
    MAY_BE_BLANK,
]
RetryLapsed = Annotated[
    bool | None,
    Field(
        title="Retry whom time has freed",
        description=f"Also put back whom only a waiting period kept out that is over by now.{_ELSE} yes.",
    ),
    MAY_BE_BLANK,
]
