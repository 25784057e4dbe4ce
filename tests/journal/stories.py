"""Operations with something of everything in their stories."""

from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from journal import decisions, loans, operations, waits
from journal.changes import Changes
from journal.database import Journal
from journal.outcomes import Outcomes
from models.names import Names
from models.setting_keys import SettingKey
from models.tables.journal import OperationRow
from tests.journal.journals import operation
from tests.workspaces import ANA, ANAS_MAILBOX, NOW, PIA, QUIN

BLOCK = SettingKey.ruleset("Default", "block_reenrollment")
WEEKS, AT_ONCE = {"value": 75, "unit": "DAY"}, {"value": 0, "unit": "DAY"}
SHOWN = {"question": "Put 2 contacts back?", "sections": [["Who is meant", [PIA, QUIN]]]}


def after(minutes: float) -> datetime:
    """So many minutes after NOW."""
    return NOW + timedelta(minutes=minutes)


def begun(journal: Journal, name: str = "first", **own: Any) -> OperationRow:
    """An operation that somebody began at a shell, with a plan."""
    told: dict[str, Any] = {
        "started_by": "olga@laptop",
        "started_from": "shell",
        "acting_user": ANA,
        "parameters": {"mailbox": ANAS_MAILBOX},
        "subject": name,
        "plan_hash": "1a2b",
        "planned_at": NOW,
        "told": {"lines": ["run the copy into 'A'"], "found": "By the record.", "rejected": 0},
    }
    return operations.begin(journal, operation(name, **(told | own)))


def change(journal: Journal, name: str, key: str, *, at: float = 0, made: float | None = None, **own: Any) -> None:
    """A change that was written down at a minute, and known to be made at another."""
    clock = [after(at)]
    changes = Changes(journal, name, lambda: clock[0])
    changes.intend(key, own.get("action", "enroll"), own.get("told", f"enroll {key}"), own.get("document"))
    if made is not None:
        clock[0] = after(made)
        changes.applied(key, own.get("result", {}))


def end(journal: Journal, name: str = "first", *, at: float = 60, status: str = "completed") -> OperationRow:
    """End an operation, its plan's contacts enrolled and blocked."""
    return operations.update(journal, name, status=status, ended_at=after(at))


def with_contacts(journal: Journal, name: str = "first") -> None:
    """Two contacts: one ran at step 2 before and is enrolled, one is blocked."""
    found = Outcomes(journal, name)
    contacts = pd.DataFrame({"email": [PIA, QUIN], "sequence": "Outbound", "forecast": ["enrolled", "blocked"]})
    before = pd.DataFrame({"sequence": ["Outbound", None], "mailbox": [ANAS_MAILBOX, None]})
    found.forecast(contacts, before.astype(object).where(before.notna(), None))
    reasons = [Names(), Names("opted_out", "excluded:A; B")]
    found.record(pd.DataFrame({"email": [PIA, QUIN], "outcome": ["enrolled", "blocked"], "reasons": reasons}))


def everything(journal: Journal, name: str = "first") -> OperationRow:
    """An operation with one of everything, ended."""
    begun(journal, name)
    decisions.record(journal, name, "go on", "1a2b", "yes", "olga", after(1), SHOWN)
    lent = loans.take(journal, name, "sandbox", BLOCK, WEEKS, AT_ONCE, after(2), after(99))
    change(journal, name, "borrow", at=2, made=2, action="set_setting")
    waits.begin(journal, name, "the settings", after(2), after(32), after(92))
    waits.end(journal, name, "the settings", "done", "probe", after(32))
    change(journal, name, "pia", at=33, made=34, document={"person": PIA})
    change(journal, name, "quin", at=33)
    with_contacts(journal, name)
    loans.release(journal, lent.id or 0, name, after(40))
    loans.close(journal, lent.id or 0, lambda loan: "returned", after(41))
    return end(journal, name)
