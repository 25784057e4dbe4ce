"""What a version-upgrade was asked to do, and the plan: what changes in the sequence, and for whom."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from prefect import task

from inputs.steps_file import parse_steps, read_steps
from models.errors import InvalidInput
from models.names import NONE
from models.records import SequenceStep
from models.rules.upgrading import steps_of, upgrades, version_after
from models.upgrade_plan import UpgradePlan
from platforms.port import Platform
from tasks import checking
from tasks.operation import Operation
from tasks.planning import Forecasts, plan_once
from tasks.retrying import READS

CHUNK = 50_000
RUNNING = ["email", "mailbox", "play", "state", "steps_done", "version"]


@dataclass(frozen=True)
class AskedUpgrade:
    """The parameters of `version-upgrade`, names as the workspace spells them."""

    sequence: str
    steps: tuple[SequenceStep, ...]

    @property
    def subject(self) -> str:
        """What only one live operation at a time may be about."""
        return self.sequence


def check_upgrade(
    platform: Platform, sequence: str, steps_file: str | None, steps: str | None = None
) -> AskedUpgrade:  # fmt: skip
    """The parameters, checked. Raises InvalidInput that names the field, the file and the key; changes nothing."""
    if steps_file and steps:
        raise InvalidInput("steps", "steps_file is given as well", "Give one of the two")
    if not steps_file and not steps:
        raise InvalidInput("steps", "is missing", "Paste the new steps, or name their file (steps_file)")
    given = read_steps(Path(steps_file)) if steps_file else parse_steps(steps or "", "steps")
    return AskedUpgrade(checking.sequence(platform, "sequence", sequence), given)


@task(task_run_name="plan the upgrade", **READS)
def plan_upgrade(operation_id: str, ask: Callable[[], AskedUpgrade]) -> UpgradePlan:
    """The plan, with a forecast for each enrollment in the journal. Repeated: the plan that was made, nothing new."""
    operation = Operation.at_hand(operation_id)
    return plan_once(operation, UpgradePlan, lambda: _plan(operation, ask()))


def running_in(operation: Operation, sequence: str) -> pd.DataFrame:
    """What runs in a sequence, in the order in which it began; columns RUNNING."""
    parts = [part[RUNNING] for part in operation.platform.running(CHUNK, sequence=sequence)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=RUNNING)


def _plan(operation: Operation, asked: AskedUpgrade) -> UpgradePlan:
    platform = operation.platform
    present = int(platform.sequences().set_index("sequence")["version"][asked.sequence])
    old = steps_of(platform.steps(asked.sequence))
    running = running_in(operation, asked.sequence)
    told = upgrades(running, {present: old}, present, asked.steps)
    forecasts = Forecasts(operation)
    forecasts.add(told.assign(
        sequence=asked.sequence, mailbox=running["mailbox"], play=running["play"], forecast_reasons=NONE,
    ))  # fmt: skip
    through = int(told["forecast"].eq("unenrolled").sum())
    version = version_after({present: old}, present, asked.steps)
    return UpgradePlan(
        purpose=f"edit '{asked.sequence}' and upgrade {forecasts.changed} enrollments to version {version}",
        contacts=forecasts.changed, found=f"{len(running)} enrollments run in '{asked.sequence}', version {present}",
        steps=tuple(changes_of(old, asked.steps)), actions=("edit_sequence",), sequence=asked.sequence,
        new_steps=asked.steps, version=version, contacts_digest=forecasts.digest,
        warnings=(f"{through} enrollments have nothing left to do in version {version}: they end",) if through else (),
    )  # fmt: skip


def changes_of(old: tuple[SequenceStep, ...], new: tuple[SequenceStep, ...]) -> list[str]:
    """What changes in the sequence, a line a step."""
    lines = []
    for number in range(1, max(len(old), len(new)) + 1):
        before = old[number - 1] if number <= len(old) else None
        after = new[number - 1] if number <= len(new) else None
        if before is None and after is not None:
            lines.append(f"step {number} is new: {after}")
        elif after is None:
            lines.append(f"step {number} goes: {before}")
        elif before != after:
            lines.append(f"step {number}: {before} becomes {after}")
    return lines or ["the steps stay as they are; enrollments on older versions are upgraded"]
