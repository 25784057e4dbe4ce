"""Planning a version-upgrade: what changes in the sequence, and for whom."""

import pandas as pd

from models.names import NONE
from models.records import SequenceStep
from models.rules.upgrading import steps_of, upgrades, version_after
from models.step_words import step_in_words, steps_in_words
from models.upgrade_plan import UpgradePlan
from models.wording import counted
from tasks.operation import Operation
from tasks.planning import Forecasts, plan_once
from tasks.retrying import READS
from tasks.step import task
from tasks.version_upgrade.request import VersionUpgrade, VersionUpgradeRequest

CHUNK = 50_000
RUNNING = ["email", "mailbox", "play", "state", "steps_done", "version"]


@task(task_run_name="plan the upgrade", **READS)
def plan_upgrade(operation_id: str, request: VersionUpgradeRequest) -> UpgradePlan:
    """The plan, with a forecast for each enrollment in the journal. Repeated: the plan that was made, nothing new."""
    operation = Operation.at_hand(operation_id)
    return plan_once(operation, UpgradePlan, lambda: _plan(operation, request.check(operation.platform)))


def running_in(operation: Operation, sequence: str) -> pd.DataFrame:
    """What runs in a sequence, in the order in which it began; columns RUNNING."""
    parts = [part[RUNNING] for part in operation.platform.running(CHUNK, sequence=sequence)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=RUNNING)


def _plan(operation: Operation, request: VersionUpgrade) -> UpgradePlan:
    platform = operation.platform
    present = int(platform.sequences().set_index("sequence")["version"][request.sequence])
    old = steps_of(platform.steps(request.sequence))
    running = running_in(operation, request.sequence)
    judged = upgrades(running, {present: old}, present, request.new_steps)
    forecasts = Forecasts(operation)
    forecasts.add(
        judged.assign(
            sequence=request.sequence,
            mailbox=running["mailbox"],
            play=running["play"],
            forecast_reasons=NONE,
        )
    )
    through = int(judged["forecast"].eq("unenrolled").sum())
    runs = counted(len(running), "enrollment runs", "enrollments run")
    done = counted(through, "enrollment has", "enrollments have")
    version = version_after({present: old}, present, request.new_steps)
    return UpgradePlan(
        purpose=f"edit '{request.sequence}' and upgrade {forecasts.changed} enrollments to version {version}",
        contacts=forecasts.changed,
        found=f"{runs} in '{request.sequence}', version {present}",
        steps=tuple(changes_of(old, request.new_steps)),
        actions=("edit_sequence",),
        sequence=request.sequence,
        new_steps=request.new_steps,
        version=version,
        contacts_digest=forecasts.digest,
        warnings=(f"{done} nothing left to do in version {version}: the end is reached",) if through else (),
    )


def changes_of(old: tuple[SequenceStep, ...], new: tuple[SequenceStep, ...]) -> list[str]:
    """What the sequence becomes, and what changes in it, a line a step."""
    if old == new:
        return ["the steps stay as they are; enrollments on older versions are upgraded"]
    lines = [f"the steps become: {steps_in_words(new)}"]
    for number in range(1, max(len(old), len(new)) + 1):
        before = old[number - 1] if number <= len(old) else None
        after = new[number - 1] if number <= len(new) else None
        if before is None and after is not None:
            lines.append(f"step {number} is new: {step_in_words(after)}")
        elif after is None and before is not None:
            lines.append(f"step {number} goes: {step_in_words(before)}")
        elif before is not None and after is not None and before != after:
            lines.append(f"step {number}: {step_in_words(before)} becomes {step_in_words(after)}")
    return lines
