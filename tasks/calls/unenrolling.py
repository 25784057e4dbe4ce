"""Unenrolling in chunks: written down before, ended, looked at again, written down after."""

import pandas as pd
from prefect import task
from prefect.cache_policies import NO_CACHE

from journal import changes, outcomes
from tasks.narration import tell
from tasks.operation import Operation

CHUNK = 20_000


def unenroll_contacts(operation: Operation) -> None:
    """End the enrollments of everybody who is to be unenrolled, and write each outcome down."""
    while unenroll_next(operation.id):
        pass


@task(task_run_name="unenroll a chunk", cache_policy=NO_CACHE)
def unenroll_next(operation_id: str) -> int:
    """Unenroll the next contacts; 0 when nobody is left. Repeated after a crash: who does not run any more is done."""
    operation = Operation.at_hand(operation_id)
    contacts = next(outcomes.chunks(operation.journal, operation.id, CHUNK, forecast="unenrolled", outcome=None), None)
    if contacts is None:
        return 0
    key, told = f"unenroll:{contacts['email'].iloc[0]}", f"unenroll {len(contacts)} contacts"
    changes.intend(operation.journal, operation.id, key, "unenroll", told, operation.now())
    operation.platform.unenroll(contacts[["email", "sequence"]])
    still = pd.concat([
        operation.platform.places(group["email"].tolist(), str(sequence)) for sequence, group in
        contacts.groupby("sequence")
    ])["email"]  # fmt: skip
    runs = contacts["email"].isin(still)
    outcomes.settle(operation.journal, operation.id, contacts[["email", "detail"]].assign(
        outcome=runs.map({True: "failed", False: "unenrolled"}), reasons="",
    ))  # fmt: skip
    changes.applied(operation.journal, operation.id, key, {"contacts": len(contacts)}, operation.now())
    tell(told)
    return len(contacts)
