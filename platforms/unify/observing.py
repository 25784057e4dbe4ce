"""What the port observes of the team and its settings, on Unify: users, mailboxes, sequences, rulesets."""

from typing import Any

import pandas as pd

from models.errors import Hidden, InvalidInput
from models.nearest import known
from models.setting_keys import RULESET_SETTINGS, SettingKey
from platforms.port.settings import RULESET_COLUMNS
from platforms.port.tasks import ASSIGNMENT_COLUMNS
from platforms.port.team import MAILBOX_COLUMNS, SEQUENCE_COLUMNS, STEP_COLUMNS, USER_COLUMNS
from platforms.unify import enrollment_documents as documents
from platforms.unify.directory import Directory, answers, ruleset_of, sequence_named
from platforms.unify.enrollment_documents import ENROLLMENTS
from platforms.unify.enrollments import Enrollments
from platforms.unify.frames import framed
from platforms.unify.sequence_documents import RulesetShown, SequenceShown
from platforms.unify.wire import Request, Wire

TO_USER = "ASSIGN_TO_USER"


def users(directory: Directory) -> pd.DataFrame:
    """See the port; nobody's role shows. Requests: one query job."""
    rows = [(user.email, user.name, None) for user in directory.users()]
    return pd.DataFrame(rows, columns=USER_COLUMNS, dtype=object)


def mailboxes(wire: Wire, enrollments: Enrollments) -> pd.DataFrame:
    """Mailboxes that any enrollment leaves from, by address: the API lists none by themselves (docs/platform.md).

    The owner is told by rows of query jobs alone, a pause by the list alone. Requests: one query job, and one for each
    mailbox. `daily_limit` is NA.
    """
    owners: dict[str, tuple[str, str | None]] = {}
    for one in enrollments.query():
        if one.mailbox is not None:
            owners[one.mailbox] = (one.mailbox_id, one.owner)
    found = sorted(owners)
    asked = [Request("GET", ENROLLMENTS, params={"mailbox_id": owners[email][0], "limit": 1}) for email in found]
    paused = [documents.shows_pause(answer.body) for answer in answers(wire, asked)]
    rows = [(email, owners[email][1], at, pd.NA) for email, at in zip(found, paused, strict=True)]
    out = pd.DataFrame(rows, columns=MAILBOX_COLUMNS, dtype=object)
    return out.astype({"paused": bool, "daily_limit": "Int64"})


def sequences(directory: Directory) -> pd.DataFrame:
    """See the port. Requests: one for each hundred sequences, and one for each sequence's steps."""
    found = directory.sequences()
    present = directory.present(one.id for one in found)
    rows = [
        (
            one.name,
            ruleset.name if (ruleset := ruleset_of(found, one)) else None,
            one.paused,
            present[one.id].length,
            present[one.id].version,
            one.send_days,
        )
        for one in found
    ]
    out = pd.DataFrame(rows, columns=SEQUENCE_COLUMNS, dtype=object)
    return out.astype({"paused": bool, "steps": "int64", "version": "Int64"})


def steps(directory: Directory, sequence: str) -> pd.DataFrame:
    """See the port. Requests: one for each hundred sequences, and one."""
    found = directory.steps(sequence_named(directory.sequences(), sequence).id)
    rows = [(number, one.type, one.wait_days) for number, one in enumerate(found, 1)]
    return pd.DataFrame(rows, columns=STEP_COLUMNS).astype({"number": "int64", "wait_days": "int64"})


def rulesets_shown(found: list[SequenceShown]) -> dict[str, RulesetShown]:
    """The rulesets that these sequences show, by name; one that no sequence has does not show.

    Raises InvalidInput where two have one name: which of them was meant would be a guess.
    """
    shown: dict[str, RulesetShown] = {}
    for ruleset in (one.ruleset for one in found if one.ruleset):
        other = shown.setdefault(ruleset.name, ruleset)
        if other.id != ruleset.id:
            problem = f"there are two rulesets named '{ruleset.name}': {other.id} and {ruleset.id}"
            raise InvalidInput("ruleset", problem, "Rename one of them")
    return shown


def rulesets(directory: Directory) -> pd.DataFrame:
    """The rulesets that any sequence has (see the port). Requests: one for each hundred sequences."""
    shown = rulesets_shown(directory.sequences()).values()
    rows = [(one.name, one.allow_same, one.block) for one in shown]
    return pd.DataFrame(rows, columns=RULESET_COLUMNS, dtype=object).astype({"allow_same": bool})


def setting(directory: Directory, key: SettingKey) -> Any:
    """A ruleset's fields (see the port). Requests: one for each hundred sequences. Raises Hidden for exclusions."""
    if key.kind != "ruleset":
        raise Hidden("exclusions")
    shown = rulesets_shown(directory.sequences())
    ruleset = shown[known("setting", key.owner, list(shown), "ruleset that a sequence has")]
    match key.part:
        case "allow_same_sequence_reenrollment":
            return ruleset.allow_same
        case "block_reenrollment":
            return ruleset.block.model_dump(mode="json") if ruleset.block else None
        case "task_assignment":
            emails = directory.user_emails([ruleset.automatic_user_id, ruleset.manual_user_id])
            user = _user(ruleset, emails)
            return {"automatic": ruleset.automatic, "manual": ruleset.manual, "user": user}
        case _:
            raise InvalidInput(str(key), f"a ruleset has no setting '{key.part}'", RULESET_SETTINGS)


def _user(ruleset: RulesetShown, emails: dict[str | None, str | None]) -> str | None:
    """The user whom a ruleset names where one of its modes takes a user. Of two, that of enrollments by plays."""
    if ruleset.automatic == TO_USER:
        return emails.get(ruleset.automatic_user_id)
    return emails.get(ruleset.manual_user_id) if ruleset.manual == TO_USER else None


def assignment(directory: Directory) -> pd.DataFrame:
    """See the port: what the rulesets say. A sequence's own setting, and when anything was set, is hidden: None, NaT.

    Requests: one for each hundred sequences, and one query job where a ruleset names a user.
    """
    found = directory.sequences()
    shown = {one.id: ruleset_of(found, one) for one in found}
    emails = directory.user_emails(
        user_id for one in shown.values() if one for user_id in (one.automatic_user_id, one.manual_user_id)
    )
    rows = [
        (one.name, ruleset.name, None, None, ruleset.automatic, ruleset.manual, _user(ruleset, emails), None, None)
        if (ruleset := shown[one.id])
        else (one.name, *[None] * 8)
        for one in found
    ]
    return framed(rows, ASSIGNMENT_COLUMNS)
