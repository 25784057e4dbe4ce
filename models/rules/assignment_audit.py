"""Why a task went to that person: the help article's four diagnostic steps (R90 to R93), task by task.

1. the manual assignment setting (R90); 2. who owns the mailboxes, and pools (R91); 3. whether settings changed after
the enrollment began, which keeps what was set before (R92); 4. who enrolled (R93). What none of them explains was
reassigned by hand (R71). Who owned a mailbox or a record at an earlier time the platform does not tell: where that
leaves two explanations, both are given.
"""

from typing import Any, NamedTuple

import pandas as pd

from models.rules.assignment import assignees, mode_of

RULE_OF = {
    "ASSIGN_TO_USER": "R90",
    "ASSIGN_TO_MAILBOX_OWNER": "R91",
    "ASSIGN_TO_SENDER": "R91",
    "ASSIGN_TO_ENROLLER": "R93",
    "ASSIGN_TO_RECORD_OWNER": "R88",
}
BY_HAND = "reassigned by hand"
HAND_OVER = "if that is not meant, reassign the task; later tasks of this enrollment go where they went before"
NEW_ONLY = "settings act on new enrollments only: reassign the tasks of this one"
TO_SENDER = "a pool sends by turns: ASSIGN_TO_SENDER gives each task to whoever sends"
BY_ROLE = "choose assignees by role: a mailbox's owner at enrollment keeps the tasks when it changes hands (R95)"


class Explanation(NamedTuple):
    """What put a task where it is, the rule that says so, and what to do about it ("": nothing)."""

    put_there_by: str
    rule: str
    remedy: str = ""


def audit(routes: pd.DataFrame) -> pd.DataFrame:
    """One row a task, in the order of `routes`.

    `routes` are those of `Platform.task_routes`; a column `owner_then` may tell who owned `first_mailbox` when the
    enrollment began, as far as somebody wrote it down. Columns `task, email, type, status, sequence, assignee,
    expected` (who would get it under the settings of now; None: nobody, or the task is linked to no enrollment),
    `put_there_by` (the setting or fact that explains the assignee), `rule`, `surprising` (bool: not the expected
    assignee, or nobody) and `remedy` (a sentence; "" where there is nothing to do).
    """
    linked = routes["enrolled_at"].notna()
    owner = routes["record_owner"].astype(object).where(routes["record_owner"].notna(), routes["company_owner"])
    facts = routes.assign(expected=assignees(routes).where(linked, None), mode=mode_of(routes), owner=owner)
    if "owner_then" not in facts:
        facts["owner_then"] = None
    plain = facts.astype(object).where(facts.notna(), None)
    explanations = [_explained(task) for task in plain.itertuples(index=False)]
    columns = ["task", "email", "type", "status", "sequence", "assignee", "expected"]
    out = plain[columns].astype({"task": routes["task"].dtype})
    for at, name in enumerate(Explanation._fields):
        out[name] = pd.Series([one[at] for one in explanations], index=out.index, dtype=object)
    surprising = plain["assignee"].isna() | (linked & (plain["assignee"] != plain["expected"]))
    return out.assign(surprising=surprising.astype(bool))


def _explained(task: Any) -> Explanation:
    if task.enrolled_at is None:
        return _unlinked(task)
    if task.assignee != task.expected:
        return _settings_changed(task) or _of_earlier_enrollment(task)
    return _as_set(task) if task.assignee else _nobody(task)


def _unlinked(task: Any) -> Explanation:
    if task.assignee is None:
        return Explanation("linked to no enrollment that shows, and given to nobody", "R71", "assign it by hand")
    return Explanation("linked to no enrollment that shows: whoever made or reassigned it", "R71")


def _as_set(task: Any) -> Explanation:
    """The settings of now explain it (R90, R91, R93)."""
    if _on_first_owner(task) and task.first_mailbox_owner != task.mailbox_owner:
        explanation = f"{_setting(task)}: the owner of {task.first_mailbox}, whoever sends (R85)"
        return Explanation(explanation, "R91", TO_SENDER)
    if task.mode == "ASSIGN_TO_ENROLLER" and task.play:
        return Explanation(f"{_setting(task)}: a play enrolled, hence the mailbox's owner", "R93", _no_mailbox(task))
    by_mailbox = task.mode in ("ASSIGN_TO_MAILBOX_OWNER", "ASSIGN_TO_SENDER")
    return Explanation(_setting(task), RULE_OF[task.mode], _no_mailbox(task) if by_mailbox else "")


def _no_mailbox(task: Any) -> str:
    """What stands against the record's owner sending, and getting the tasks with it (R91)."""
    if task.owner is None or task.owner_has_mailbox:
        return ""
    return f"{task.owner} owns the record and has no mailbox: give them one and let the sequence send from it"


def _nobody(task: Any) -> Explanation:
    if task.mode == "ASSIGN_TO_RECORD_OWNER":
        remedy = f"give {task.email} or its company an owner, and assign this task by hand"
        return Explanation(f"{_setting(task)}: nobody owns the record", "R88", remedy)
    mailbox = task.first_mailbox if _on_first_owner(task) else task.mailbox
    remedy = f"give {mailbox} an owner, and assign this task by hand"
    return Explanation(f"{_setting(task)}: nobody owns {mailbox}", "R91", remedy)


def _settings_changed(task: Any) -> Explanation | None:
    """A setting that decides was changed after the enrollment began, which keeps what was set before (R92)."""
    if task.own_set_at and task.own_set_at > task.enrolled_at:
        what = "the sequence's own setting"
    elif task.own_mode is None and task.ruleset_set_at and task.ruleset_set_at > task.enrolled_at:
        what = _of_ruleset(task)
    else:
        return None
    roles = {
        task.owner: "owns the record",
        task.mailbox_owner: "owns the mailbox that sends",
        task.first_mailbox_owner: "owns the first mailbox",
        task.enroller: "enrolled by hand",
    }
    role = f"; {task.assignee} {roles[task.assignee]}" if task.assignee and task.assignee in roles else ""
    return Explanation(f"{what} changed after enrollment{role}", "R92", NEW_ONLY)


def _of_earlier_enrollment(task: Any) -> Explanation:
    """The setting stayed, the assignee is another: a fact was another then, or somebody reassigned the task."""
    if _on_first_owner(task) and task.owner_then in (None, task.assignee):
        doubt = f", or {BY_HAND}" if task.owner_then is None else f": {task.first_mailbox} changed hands"
        return Explanation(f"mailbox owner at enrollment{doubt}", "R91", BY_ROLE)
    if task.mode == "ASSIGN_TO_SENDER":
        return Explanation(f"the sender when the task was made, or {BY_HAND}", "R91", HAND_OVER)
    if task.mode == "ASSIGN_TO_RECORD_OWNER":
        return Explanation(f"the record's owner when the task was made, or {BY_HAND}", "R88", HAND_OVER)
    return Explanation(BY_HAND, "R71", HAND_OVER)


def _on_first_owner(task: Any) -> bool:
    """Whether the setting gives tasks to the owner of the first mailbox (R84, R93)."""
    nobody_enrolled = task.play is not None or task.enroller is None
    return task.mode == "ASSIGN_TO_MAILBOX_OWNER" or (task.mode == "ASSIGN_TO_ENROLLER" and nobody_enrolled)


def _setting(task: Any) -> str:
    """The setting that decides now, in words."""
    return f"the sequence's own setting {task.own_mode}" if task.own_mode else f"{_of_ruleset(task)} {task.mode}"


def _of_ruleset(task: Any) -> str:
    return f"the setting of the ruleset '{task.ruleset}'"
