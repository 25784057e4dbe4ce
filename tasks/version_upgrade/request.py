"""What a version-upgrade is asked to do, checked against the workspace before anything is begun."""

from pathlib import Path

from pydantic import Field

from inputs.steps_file import parse_steps, read_steps
from models.errors import InvalidInput
from models.records import SequenceStep
from platforms.port import Platform
from tasks import checking
from tasks import request_fields as shared
from tasks.request import Request, once


class VersionUpgradeRequest(Request):
    """Give a live sequence new steps, upgrade active and queued enrollments, and prove that nobody fell out."""

    procedure = "version-upgrade"

    sequence: shared.SequenceName
    steps: str | None = Field(
        None,
        title="Steps",
        description="The new steps: paste them as YAML, a line a step, as in a workspace file.",
        examples=["- {type: AUTOMATIC_EMAIL, wait_days: 0}"],
    )
    steps_file: str | None = Field(
        None,
        title="Steps file",
        description="The same as a file: the path of a YAML file that the worker can read. Give one of the two.",
        examples=["/srv/handoff/steps.yaml"],
    )

    @once
    def check(self, platform: Platform) -> "VersionUpgrade":
        """The request, checked. Raises InvalidInput that names the field, the file and the key; changes nothing."""
        if self.steps_file and self.steps:
            raise InvalidInput("steps", "steps_file is given as well", "Give one of the two")
        if not self.steps_file and not self.steps:
            raise InvalidInput("steps", "is missing", "Paste the new steps, or name their file (steps_file)")
        given = read_steps(Path(self.steps_file)) if self.steps_file else parse_steps(self.steps or "", "steps")
        return self.checked_as(
            VersionUpgrade, sequence=checking.sequence(platform, "sequence", self.sequence), new_steps=given
        )


class VersionUpgrade(VersionUpgradeRequest):
    """The request with names as the workspace spells them, and the steps that were read."""

    new_steps: tuple[SequenceStep, ...]

    @property
    def subject(self) -> str:
        """What only one live operation at a time may be about."""
        return self.sequence
