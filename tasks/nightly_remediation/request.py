"""What a night is asked to do: each parameter stands over the field of the same name in the policy."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from models.night_policy import VARIABLE, Job, NightPolicy
from platforms.port import Platform
from tasks import checking
from tasks import request_fields as shared
from tasks.request import Request, once

_ELSE = " Left out: as the policy says (the variable handoff_nightly_policy), else"

AS_IT_SAYS: Literal["as the policy says"] = "as the policy says"
"""What a form shows in place of a toggle, which would be off where the policy says yes."""


def _or_the_policy(value: Any) -> Any:
    """What was left out, and the words that a shell gives for yes and no."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return AS_IT_SAYS
    return {"true": True, "false": False}.get(value.strip().lower(), value) if isinstance(value, str) else value


class NightlyRemediationRequest(Request):
    """Compare each mailbox's owner with the last look, remediate each change as a run of its own, and report."""

    procedure = "nightly-remediation"
    needs_server = True
    without_subject = "every mailbox"

    sequences: Annotated[list[str] | None, shared.SEQUENCE] = Field(
        None,
        title="Only these sequences",
        examples=["Outbound"],
        description=f"Only contacts of these sequences go back unattended.{_ELSE} of every one.",
    )
    mailboxes: Annotated[list[str] | None, shared.MAILBOX] = Field(
        None,
        title="Only these mailboxes",
        examples=["ana@send.acme.test"],
        description=f"Only contacts of these mailboxes go back unattended.{_ELSE} of every one.",
    )
    at_most: int | None = Field(
        None,
        title="At most (contacts of a mailbox)",
        ge=0,
        le=1_000_000,
        description=f"How many contacts of a mailbox may go back unattended; with more it is only planned.{_ELSE} 500.",
    )
    unattended: list[Job] | None = Field(
        None, title="May go live", description=f"Which jobs may go live; the others are only planned.{_ELSE} both."
    )
    retry_lapsed: Annotated[Literal["as the policy says", True, False], BeforeValidator(_or_the_policy)] = Field(
        AS_IT_SAYS,
        title="Retry whom time has freed",
        description=f"Also put back whom only a waiting period kept out that is over by now.{_ELSE} true.",
    )

    waves: shared.Waves = None
    wave_wait: shared.WaveWait = None

    @once
    def check(self, platform: Platform) -> "Night":
        """The policy: the variable's, or its defaults, and over it whatever a parameter gives.

        Raises InvalidInput that names variable, field and remedy; changes nothing.
        """
        from tasks.nightly_remediation.policy import read_policy  # noqa: PLC0415  # loads Prefect, which takes its time

        given = {name: getattr(self, name) for name in NightPolicy.model_fields}
        stated = {name: value for name, value in given.items() if value not in (None, [], AS_IT_SAYS)}
        policy = NightPolicy.model_validate(read_policy().model_dump() | stated)
        spelled = {
            name: check(platform, name if name in stated else f"{VARIABLE}.{name}", list(names))
            for name, names, check in (
                ("mailboxes", policy.mailboxes, checking.mailboxes),
                ("sequences", policy.sequences, checking.sequences),
            )
            if names
        }
        return self.checked_as(Night, policy=policy.model_copy(update=spelled))


class Night(NightlyRemediationRequest):
    """The request, and the policy that it makes, names as the workspace spells them."""

    policy: NightPolicy

    @property
    def subject(self) -> str:
        """What only one live operation at a time may be about."""
        return "the night"
