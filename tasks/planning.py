"""What every procedure's planning has in common: a plan is made once, its contacts are forecast in the journal."""

import hashlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from inputs.contacts_csv import ContactsFile, reject
from models.outcomes import DONE
from models.plan import Plan
from models.rules.by_hand import step_for
from models.wording import first_of
from platforms.port import Platform
from reports.csv_out import write_csv
from tasks.known_behaviour import rests_on
from tasks.narration import tell
from tasks.operation import Operation

P = TypeVar("P", bound=Plan)


def plan_once(operation: Operation, kind: type[P], make: Callable[[], P]) -> P:
    """The operation's plan: the one that was made, or a new one, written down with its hash and what it tells."""
    if operation.row.plan:
        return kind.model_validate(operation.row.plan)
    operation.outcomes.clear()  # a plan that was cut short is made anew
    with operation.platform.one_look():
        plan = with_approvals(operation.platform, with_steps_by_hand(operation.platform, make()))
        plan = plan.model_copy(update={"rests_on": rests_on(operation)})
    operation.update(
        plan=plan.model_dump(mode="json"),
        plan_hash=plan.fingerprint(),
        planned_at=operation.platform.glance_at_clock(),
        told=plan.for_report(),
    )
    return plan


def with_steps_by_hand(platform: Platform, plan: P) -> P:
    """The plan, with what a person has to do where the platform cannot make its changes itself."""
    steps = [step_for(change, platform.hidden) for change in plan.to_make() if not platform.supports(type(change))]
    return plan.model_copy(update={"by_hand": tuple(steps)})


APPROVAL = (
    "in {} enrollments wait for somebody's approval: whoever is enrolled there may be sent nothing until somebody "
    "approves the drafts in the platform"
)


def with_approvals(platform: Platform, plan: P) -> P:
    """The plan, with a warning where it enrolls into sequences in which nothing is sent before an approval."""
    wanted = plan.enrolls_into()
    waiting = platform.awaiting_approval(list(wanted)) if wanted else []
    if not waiting:
        return plan
    named = first_of([f"'{name}'" for name in waiting])
    return plan.model_copy(update={"warnings": (*plan.warnings, APPROVAL.format(named))})


class Forecasts:
    """Writes contacts and their forecasts down chunk by chunk, and keeps only sums: a million fit as well as ten."""

    def __init__(self, operation: Operation, file: ContactsFile | None = None) -> None:
        """`file` is the user's: what it says of a contact goes into that contact's detail."""
        self._operation = operation
        self._stated = {email: "; ".join(map(str, found)) for email, found in (file.statements if file else {}).items()}
        self._digest = hashlib.sha256()
        self.counts: Counter[str] = Counter()
        self.by_mailbox: Counter[tuple[str, str]] = Counter()
        """How many contacts of each mailbox have each forecast."""

    def add(self, contacts: pd.DataFrame, before: pd.DataFrame | None = None) -> None:
        """Write a chunk down: columns `email, forecast` and any others of `Outcomes.forecast`. `before`, in the order
        of the chunk, is where each runs now (`sequence, mailbox, step`), or whose its task is (`assignee`).

        Whom exclusions may keep out although nothing else does is unknown where the platform hides exclusions.
        """
        if "exclusions" in self._operation.platform.hidden:
            hoped = contacts["forecast"].eq("enrolled")
            contacts = contacts.assign(unknown=hoped.map({True: "exclusions", False: ""}))
        if self._stated:
            stated = contacts["email"].map(self._stated)
            detail = contacts["detail"].fillna("").str.cat(stated, sep="; ").str.removeprefix("; ")
            contacts = contacts.assign(detail=detail.where(stated.notna(), contacts["detail"]))
        self._operation.outcomes.forecast(contacts, before)
        self.counts.update(_texts(contacts["forecast"]))
        if "mailbox" in contacts:
            self.by_mailbox.update(zip(_texts(contacts["mailbox"]), _texts(contacts["forecast"]), strict=True))
        for name in ("email", "item", "sequence", "mailbox", "forecast"):
            if name in contacts:
                self._digest.update("\n".join([text or "" for text in _texts(contacts[name])]).encode())

    @property
    def changed(self) -> int:
        """How many contacts the plan changes."""
        return sum(self.counts[name] for name in DONE)

    @property
    def digest(self) -> str:
        """A hash over every contact and what is forecast of it."""
        return self._digest.hexdigest()


def _texts(column: "pd.Series[Any]") -> list[Any]:
    """A column's values, None for what is missing: pandas' own type for texts takes its time over each."""
    values: list[Any] = column.astype(object).where(column.notna(), None).tolist()
    return values


def by_turns(mailboxes: list[str], contacts: "pd.Index[Any]") -> "pd.Series[Any]":
    """A mailbox for each contact, by turns; None where there is none to send from."""
    turns = np.array(mailboxes, dtype=object) if mailboxes else np.array([None], dtype=object)
    return pd.Series(np.resize(turns, len(contacts)), index=contacts, dtype=object)


def write_rejects(operation: Operation, file: ContactsFile | None, source: Path | None, unknown: list[str]) -> int:
    """Write what was refused of a user's file, with row and reason, into the operation's folder and beside the input.

    `unknown` are addresses that the workspace does not know. Gives how many rows were refused.
    """
    if file is None:
        return 0
    rejects = reject(file, unknown, "unknown_contact").rejects
    if len(rejects):
        write_csv(rejects, operation.folder / "rejects.csv")
        write_beside(rejects, source)
    return len(rejects)


def write_beside(rejects: pd.DataFrame, source: Path | None) -> None:
    """Write what was refused of a user's file (columns `row, email, reason, line`) beside it."""
    if source is None:
        return
    try:
        write_csv(rejects, source.with_name(f"{source.stem}.rejects.csv"))
    except OSError:  # a folder that only this run may not write to; the operation's own copy is there
        tell(f"{source.parent} cannot be written to: the refused rows are not beside {source.name}")
