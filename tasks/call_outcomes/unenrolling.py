"""Unenrolling in chunks: written down before, ended, looked at again, written down after."""

import pandas as pd
from prefect.cache_policies import NO_CACHE

from models.names import NONE
from models.wording import counted
from tasks.made_before import came_of, others_is
from tasks.narration import tell
from tasks.operation import Operation
from tasks.step import task

CHUNK = 20_000
ENDING = "unenroll:"


def unenroll_contacts(operation: Operation) -> None:
    """End the enrollments of everybody who is to be unenrolled, and write each outcome down."""
    while unenroll_next(operation.id):
        pass


@task(task_run_name="unenroll a chunk", cache_policy=NO_CACHE)
def unenroll_next(operation_id: str) -> int:
    """Unenroll the next contacts; 0 when nobody is left. Repeated after a crash: who does not run any more is done, and
    who was enrolled anew by somebody since is left there."""
    operation = Operation.at_hand(operation_id)
    note_unenrolled(operation)
    contacts = next(operation.outcomes.chunks(CHUNK, forecast="unenrolled", outcome=None), None)
    if contacts is None:
        return 0
    key, description = f"{ENDING}{contacts['email'].iloc[0]}", f"unenroll {counted(len(contacts), 'contact')}"
    operation.changes.intend(key, "unenroll", description)
    operation.platform.unenroll(contacts[["email", "sequence"]])
    still = pd.concat(
        [
            operation.platform.places(group["email"].tolist(), str(sequence))
            for sequence, group in contacts.groupby("sequence")
        ]
    )["email"]
    runs = contacts["email"].isin(still)
    operation.outcomes.record(
        contacts[["email", "detail"]].assign(
            outcome=runs.map({True: "failed", False: "unenrolled"}),
            reasons=NONE,
        )
    )
    operation.changes.applied(key, {"contacts": len(contacts)})
    tell(description)
    return len(contacts)


def note_unenrolled(operation: Operation) -> None:
    """Write down whose enrollment a run that died had ended, as the platform's history tells it."""
    begun = operation.changes.open_under(ENDING)
    if begun is None:
        return
    waiting = operation.outcomes.everything(forecast="unenrolled", outcome=None)
    for sequence, group in waiting.groupby("sequence"):
        came = came_of(operation, group, begun.intended_at, sequence=str(sequence), leaves=str(sequence), mailboxes=())
        anew = came["came"].isin(["ours", "others"])
        ended = came["came"].isin(["out", "left"])
        operation.outcomes.record(
            group.loc[ended, ["email", "detail"]].assign(
                outcome="unenrolled",
                reasons=NONE,
            )
        )
        operation.outcomes.record(
            group.loc[anew, ["email"]].assign(
                outcome="unchanged",
                reasons=NONE,
                detail=[others_is(one) for _, one in came[anew].iterrows()],
            )
        )
    operation.changes.applied(begun.key, {})
