"""Facts of contacts for tests of the rules: a row each, of somebody against whom nothing stands."""

from datetime import timedelta
from typing import Any

import pandas as pd

from models.explanation import Explanation
from models.names import NONE, Names
from models.records import PendingSetting
from models.rules.diagnosis import Diagnosis
from models.rules.eligibility import contact_reasons
from models.rules.entering import PlayFacts, entry_reasons
from models.rules.found_reasons import FoundReasons
from models.rules.in_force import InForce
from models.rules.sending import Senders
from platforms.port import Platform
from tasks.enrollment_diagnosis.enquiry import Enquiry, check_diagnosis
from tests.workspaces import NOW, OUTBOUND, days_ago

RULESET = "Default"


def fact(email: str = "pia@x.test", *, ended: float | None = None, **own: Any) -> dict[str, Any]:
    """A contact who was never enrolled; or whose enrollment here ended so many days ago, a step done."""
    row: dict[str, Any] = {
        "email": email,
        "sequence": OUTBOUND,
        "ruleset": RULESET,
        "known": True,
        "opted_out": False,
        "do_not_email": False,
        "running_in": None,
        "running_since": pd.NaT,
        "running_ruleset": None,
        "completed_a_step": ended is not None,
        "been_here": ended is not None,
        "last_ended": pd.NaT if ended is None else pd.Timestamp(days_ago(ended)),
        "resumes_after": 0,
        "no_step_left": False,
        "last_started_here": pd.NaT,
        "sequence_paused": False,
        "excluded_by": NONE,
        "last_end": "",
    }
    return row | own


def facts(*rows: dict[str, Any]) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows))
    for name in ("running_since", "last_ended", "last_started_here"):
        frame[name] = pd.to_datetime(frame[name], utc=True)
    return frame


def settings(*, allow_same: bool = False, days: int | None = 75, **others: tuple[bool, int | None]) -> pd.DataFrame:
    """What acts in the ruleset Default, and in others by name as (allow_same, days); None is never."""
    own = {RULESET: (allow_same, days)} | others
    frame = pd.DataFrame(
        {
            "allow_same": [allow for allow, _ in own.values()],
            "block": pd.to_timedelta(
                [None if number is None else timedelta(days=number) for _, number in own.values()]
            ),
        },
        index=pd.Index(list(own), name="ruleset"),
    )
    return frame


def first_reason(against: Names) -> str | None:
    """What a play's log would show of these reasons, or None: enrolled."""
    return against.each[0] if against else None


def explain_contacts(platform: Platform, emails: list[str], sequence: str) -> list[Explanation]:
    """An explanation for each contact, in order."""
    enquiry = Enquiry(platform)
    diagnosis = enquiry.diagnose(check_diagnosis(platform, emails, sequence, None))
    return list(enquiry.explanations(diagnosis, enquiry.others_than(diagnosis)))


def toggles(*rows: tuple[str, str, bool, bool]) -> pd.DataFrame:
    """Exclusion, ruleset, everywhere, here."""
    frame = pd.DataFrame(list(rows), columns=["exclusion", "ruleset", "everywhere", "here"])
    return frame.astype({"everywhere": bool, "here": bool})


def diagnosis(
    *rows: dict[str, Any],
    acting: pd.DataFrame | None = None,
    on: pd.DataFrame | None = None,
    pending: tuple[PendingSetting, ...] = (),
    mailboxes: tuple[str, ...] = ("ana@send.acme.test",),
    through: PlayFacts | None = None,
) -> Diagnosis:
    """The diagnosis of contacts with these facts, given what acts and which changes are under way."""
    now = InForce.acting(settings() if acting is None else acting, toggles() if on is None else on, pending)
    senders = Senders(mailboxes, ()) if mailboxes else Senders((), ("ana@send.acme.test",))
    found = facts(*rows)

    def reasons(in_force: InForce) -> FoundReasons:
        entering = entry_reasons(through, in_force.audiences, NOW).found if through else []
        return FoundReasons(len(found), [*entering, *contact_reasons(found, in_force, senders, NOW).found])

    return Diagnosis(found, reasons(now), reasons(now.after(pending)), {change.key: change for change in pending})


__all__ = ["NOW", "RULESET", "diagnosis", "explain_contacts", "fact", "facts", "first_reason", "settings", "toggles"]
