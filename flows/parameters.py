"""The parameters of the flows, as the form shows them: flat, annotated, each with a title and a help text.

Flat arguments keep `prefect deployment run -p mailbox=…` working: one model would nest them under one key.
"""

from typing import Annotated

from pydantic import Field

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
SequenceName = Annotated[
    str, Field(title="Sequence", description="The sequence's name, as the workspace spells it.", min_length=1)
]
ContactsCsv = Annotated[
    str | None,
    Field(title="Contacts file", description="A CSV of the contacts: a path that the worker can read."),
]
PastedContacts = Annotated[
    str | None,
    Field(
        title="Contacts",
        description="The same pasted: CSV text, or addresses.",
        json_schema_extra={"format": "textarea"},
    ),
]
ExclusionWaitMin = Annotated[
    int,
    Field(
        title="First probe after (minutes)",
        ge=0,
        le=24 * 60,
        description="A changed exclusion takes 15 to 45 minutes to act.",
    ),
]
ExclusionWaitMax = Annotated[
    int,
    Field(
        title="Give up after (minutes)",
        ge=0,
        le=7 * 24 * 60,
        description="Not proved by then that the exclusion is off: everything is given back.",
    ),
]
WorkspaceName = Annotated[str, Field(title="Workspace", description="Which workspace is meant.", min_length=1)]
DryRun = Annotated[bool, Field(title="Dry run", description="On: only tell what would be done. Nothing is changed.")]
Resume = Annotated[
    str | None, Field(title="Operation to go on with", description="The id of one that was cut short. Usually empty.")
]
