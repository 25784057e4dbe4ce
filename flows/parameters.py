"""The parameters of the flows, as the form shows them: flat, annotated, each with a title and a help text.

Flat arguments keep `prefect deployment run -p mailbox=…` working: one model would nest them under one key.
"""

from typing import Annotated, Literal

from prefect.runtime import flow_run
from pydantic import Field

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
        description="When the owner changed, about (with a zone, else UTC). Left out: told from the"
        " enrollments that were cancelled together.",
        examples=["2026-11-02T09:00:00Z"],
    ),
]
OptionalSequence = Annotated[
    str | None,
    Field(
        title="Sequence",
        description="Only contacts of this sequence; or, where you name the contacts, the sequence they go into.",
    ),
]
ContactsCsv = Annotated[
    str | None,
    Field(
        title="Contacts file", description="A CSV of the contacts, instead of finding them: a path the worker can read."
    ),
]
PastedContacts = Annotated[
    str | None,
    Field(
        title="Contacts",
        description="The same pasted: CSV text, or addresses.",
        json_schema_extra={"format": "textarea"},
    ),
]
SendFrom = Annotated[
    list[str] | None, Field(title="Send from", description="The mailboxes to send from. Left out: the same one.")
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
        title="Via", description="play: a duplicated play (the sandbox's default). direct: enroll each without a play."
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
ReenrollmentWaitMin = Annotated[
    int,
    Field(
        title="First probe after (minutes)",
        ge=0,
        le=24 * 60,
        description="Re-enrollment settings take 30 to 60 minutes to act.",
    ),
]
ReenrollmentWaitMax = Annotated[
    int,
    Field(
        title="Give up after (minutes)",
        ge=0,
        le=7 * 24 * 60,
        description="Not proved by then: everything is given back.",
    ),
]
Probe = Annotated[
    bool, Field(title="Probe", description="Prove by one contact that the settings act. Off: trust the clock.")
]
WorkspaceName = Annotated[str, Field(title="Workspace", description="Which workspace is meant.", min_length=1)]
DryRun = Annotated[bool, Field(title="Dry run", description="On: only tell what would be done. Nothing is changed.")]
Resume = Annotated[str | None, Field(
    title="Operation to go on with", description="The id of an operation that was cut short. Usually empty.")]  # fmt: skip


def run_name() -> str:
    """A run's name: procedure, subject, mode and workspace."""
    given = flow_run.parameters or {}
    mode = "dry run" if given.get("dry_run", True) else "live"
    subject = given.get("mailbox") or given.get("sequence") or ""
    return f"{(flow_run.flow_name or '').strip()} {subject} {mode} on {given.get('workspace', 'sandbox')}"
