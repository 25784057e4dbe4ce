"""Planning an undo: what is left of an operation's doing, and in which order it is taken back."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pandas as pd

from journal.outcomes import Outcomes
from models.changes import EditSequence, SetTaskAssignment
from models.enrollment_plan import Group
from models.names import NONE
from models.names_in_frames import one_each
from models.outcomes import DONE
from models.rules.reenrollment import needs
from models.rules.undoing import SENT, UNDO, tasks_left
from models.task_keys import task_key
from models.undo_plan import Copy, Return, UndoPlan
from models.wording import counted, first_of
from tasks.operation import Operation
from tasks.planning import Forecasts, plan_once
from tasks.retrying import READS
from tasks.settings_in_force import lasting_settings
from tasks.step import task
from tasks.undo.contacts import judged, left_of_contacts
from tasks.undo.made import assignments_by, copies_by, edits_by, handed_over_by, placed_by, undone_row
from tasks.undo.request import Undo, UndoRequest
from tasks.undo.settings import assignment_is_as_set, steps_are_as_set

COLUMNS = ["email", "item", "sequence", "mailbox", "play", "forecast", "forecast_reasons", "step", "detail"]
GOES_BACK_TO = "goes back to "  # and the user: by that the tasks of each are found


@task(task_run_name="look what can be taken back", **READS)
def plan_undo(operation_id: str, request: UndoRequest) -> UndoPlan:
    """The plan, with a forecast for each contact in the journal. Repeated: the plan that was made, nothing new."""
    operation = Operation.at_hand(operation_id)
    return plan_once(operation, UndoPlan, lambda: _Planning(operation, request.check(operation.platform)).plan())


class _Planning:
    def __init__(self, operation: Operation, request: Undo) -> None:
        self.operation, self.row = operation, undone_row(operation, request.undone)
        self.forecasts = Forecasts(operation)
        self.warnings: list[str] = []

    def plan(self) -> UndoPlan:
        contacts, needed = self._contacts()
        tasks = self._tasks()
        assignments, edit = tuple(self._assignments()), self._edit()
        ends, returns = _ends(contacts), _returns(contacts)
        groups = tuple(_group(one) for one in returns if one.source is None)
        copies = tuple(self._copies(set(contacts.loc[contacts["forecast"].isin(DONE), "email"])))
        steps = (
            *(f"unenroll {counted(number, 'contact')} from '{sequence}'" for sequence, number in ends),
            *map(str, returns),
            *(f"hand {counted(number, 'task')} back to {user}" for user, number in tasks.items()),
            *(str(one) for one in (*assignments, *filter(None, [edit]), *(copy.change for copy in copies))),
        )
        return UndoPlan(
            undone=self.row.id,
            procedure_undone=self.row.procedure,
            purpose=f"take back what {self.row.procedure} {self.row.id} did",
            contacts=self.forecasts.changed,
            found=f"{self.row.procedure} {self.row.subject}, {self._found(contacts)}",
            steps=steps,
            actions=_actions(ends, returns, tasks, assignments, edit, copies),
            groups=groups,
            ends=ends,
            returns=returns,
            tasks=tuple(tasks.items()),
            assignments=assignments,
            edit=edit,
            copies=copies,
            loans=tuple(needs(needed, lasting_settings(self.operation).as_set, 0)),
            must_act=tuple(sorted(needed)),
            warnings=tuple(self.warnings),
            contacts_digest=self.forecasts.digest,
        )

    def _found(self, contacts: pd.DataFrame) -> str:
        done = len(contacts) + len(handed_over_by(self.operation.journal, self.row))
        noun = "task" if contacts.empty and done else "contact"
        back = f"{self.forecasts.changed:,} of {counted(done, noun)} can be taken back"
        return back if done else "no contact was changed"

    def _contacts(self) -> tuple[pd.DataFrame, dict[Any, int]]:
        placed = placed_by(self.operation.journal, self.row)
        if placed.empty:
            return pd.DataFrame(columns=[*COLUMNS, "source"]), {}
        left = left_of_contacts(self.operation, self.row, placed)
        rows, needed = judged(self.operation, left)
        back = left["state"].eq(UNDO) & left["paused"]
        self.forecasts.add(rows.assign(item="")[COLUMNS], before=pd.DataFrame({"paused": back.where(back, None)}))
        if sent := int(left["state"].eq(SENT).sum()):
            who = counted(sent, "contact stays", "contacts stay")
            self.warnings.append(f"{who} as they are: an email was sent since, or a step begun")
        if self.row.procedure == "sequence-move" and rows["forecast"].eq("enrolled").any():
            self.warnings.append("who came through a play goes back by hand, one by one: no play is named any more")
        return rows, needed

    def _tasks(self) -> Counter[str]:
        handed = handed_over_by(self.operation.journal, self.row)
        if handed.empty:
            return Counter()
        platform = self.operation.platform
        there = platform.tasks(numbers=[task_key(item) for item in handed["item"]])
        left = tasks_left(handed, there, str((self.row.plan or {}).get("to_user")))
        undo, nobody = left["state"].eq(UNDO), handed["assignee"].isna()
        rows = handed[["email", "item"]].assign(
            sequence=None,
            mailbox=None,
            play=None,
            step=None,
            forecast="blocked",
            forecast_reasons=one_each(left["state"].where(~undo)),
            detail=left["detail"],
        )
        rows.loc[undo & ~nobody, ["forecast", "forecast_reasons"]] = ["reassigned", NONE]
        rows.loc[undo & ~nobody, "detail"] = GOES_BACK_TO + handed.loc[undo & ~nobody, "assignee"].astype(str)
        rows.loc[undo & nobody, ["forecast", "forecast_reasons"]] = ["manual", NONE]
        rows.loc[undo & nobody, "detail"] = "was nobody's, or nobody knows whose: no task can be given to nobody"
        self.forecasts.add(rows[COLUMNS])
        return Counter(handed.loc[undo & ~nobody, "assignee"].astype(str).sort_values())

    def _assignments(self) -> Iterator[SetTaskAssignment]:
        for made, before in assignments_by(self.operation.journal, self.row):
            if before is not None and assignment_is_as_set(self.operation, before, where_hidden=False):
                continue  # it is as it was
            if not assignment_is_as_set(self.operation, made, where_hidden=True):
                self.warnings.append(f"who gets the tasks of '{made.sequence}' was changed since: left so")
            elif before is None:
                self.warnings.append(f"nobody knows who got the tasks of '{made.sequence}' before: set it by hand")
            else:
                yield before

    def _edit(self) -> EditSequence | None:
        for made, back in edits_by(self.operation.journal, self.row):
            if made.sequence not in set(self.operation.platform.sequences()["sequence"]):
                continue
            if back is not None and steps_are_as_set(self.operation, back):
                continue  # they are as they were
            if not steps_are_as_set(self.operation, made):
                self.warnings.append(f"the steps of '{made.sequence}' were changed since: left so")
            elif back is None:
                self.warnings.append(f"nobody knows the steps that '{made.sequence}' had before: edit it by hand")
            else:
                over = "who had nothing left to do in the new version has ended, and stays so"
                self.warnings += [over] if self.operation_ended_some() else []
                return back
        return None

    def operation_ended_some(self) -> bool:
        """Whether the upgrade ended enrollments, since the new version had no step left for them."""
        return bool(Outcomes(self.operation.journal, self.row.id).counts("outcome").get("unenrolled"))

    def _copies(self, leaving: set[str]) -> Iterator[Copy]:
        platform = self.operation.platform
        there = {"sequence": set(platform.sequences()["sequence"])}
        if "plays" not in platform.hidden:
            there["play"] = set(platform.plays()["play"])
        for copy, is_known in copies_by(self.operation.journal, self.row):
            if copy.kind == "sequence" and copy.name in there["sequence"] and (stay := self._who_stays(copy, leaving)):
                self.warnings.append(f"the sequence '{copy.name}' stays: {first_of(stay)} run in it")
            elif copy.kind == "audience" and "audiences" not in platform.hidden:
                if platform.audience_size(copy.name) is not None:
                    yield copy
            elif copy.name in there[copy.kind] if copy.kind in there else is_known:
                yield copy

    def _who_stays(self, copy: Copy, leaving: set[str]) -> list[str]:
        running = [email for part in self.operation.platform.running(1_000, copy.name) for email in part["email"]]
        return [email for email in running if email not in leaving]


def _ends(contacts: pd.DataFrame) -> tuple[tuple[str, int], ...]:
    counts = contacts.loc[contacts["forecast"].eq("unenrolled"), "sequence"].value_counts().sort_index()
    return tuple((str(sequence), int(number)) for sequence, number in counts.items())


def _returns(contacts: pd.DataFrame) -> tuple[Return, ...]:
    back = contacts[contacts["forecast"].eq("enrolled")]
    pairs = back[["source", "sequence"]].astype(object).where(back[["source", "sequence"]].notna(), "")
    return tuple(
        Return(source=source or None, target=target, contacts=number)
        for (source, target), number in sorted(Counter(pairs.itertuples(index=False, name=None)).items())
    )


def _group(one: Return) -> Group:
    return Group(target=one.target, play=None, contacts=one.contacts, name="")


def _actions(
    ends: Any, returns: Any, tasks: Any, assignments: Any, edit: Any, copies: tuple[Copy, ...]
) -> tuple[str, ...]:
    """The names of the changes that it takes: who may not make one of them may not begin."""
    wanted = {
        "unenroll": bool(ends) or any(one.source for one in returns),
        "enroll": bool(returns),
        "reassign_task": bool(tasks),
        "set_task_assignment": bool(assignments),
        "edit_sequence": edit is not None,
    }
    deleted = dict.fromkeys(copy.change.action for copy in copies)
    return (*(name for name, needed in wanted.items() if needed), *deleted)
