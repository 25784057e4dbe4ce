"""A workspace record into the sandbox's tables. What was there before is replaced."""

import time
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlmodel import SQLModel

from models.records import Record, Ruleset
from models.tables.workspace import (
    AudienceExclusionRow,
    ExclusionMatchRow,
    ExclusionRow,
    MailboxRow,
    PendingSettingRow,
    PlayLogRow,
    PlayMailboxRow,
    PlayRow,
    PlayRunRow,
    RulesetExclusionRow,
    RulesetRow,
    SequenceRow,
    SequenceStepRow,
    UserRow,
    WorkspaceRow,
)
from models.workspace import NAMED_BY, START, Workspace
from platforms.sandbox.behaviour.adding import match_rows
from platforms.sandbox.behaviour.life import expect_answers_of_late
from platforms.sandbox.clock import seconds
from platforms.sandbox.store import Work, make_tables_anew
from platforms.sandbox.workspace_file.load_enrollments import load_enrollments
from platforms.sandbox.workspace_file.load_people import load_audiences, load_people
from platforms.sandbox.workspace_file.load_tasks import load_tasks
from platforms.sandbox.workspace_file.loading import Ids, Many, NamedKeys
from platforms.sandbox.workspace_file.shapes import Shapes, shape_of

IMPLIED_RULESET = Ruleset(name="Default", default=True)  # what a workspace without rulesets goes by
MANY = ("people", "audiences")  # of the sections that name something, those of `Many`


def load(work: Work, workspace: Workspace, raw: dict[str, Any] | None = None, many: Many | None = None) -> None:
    """Replace the workspace. `raw` is the file's mapping: what it spells out, a dump spells out too. `many` has people,
    audiences, enrollments and tasks, where the workspace itself has none."""
    make_tables_anew(work.connection)
    now = workspace.now or START
    if not workspace.rulesets:
        workspace = workspace.model_copy(update={"rulesets": (IMPLIED_RULESET,)})
    work.now = seconds(now)
    work.add_one(
        WorkspaceRow,
        id=1,
        now=work.now,
        anchored_at=time.time(),
        seed=workspace.seed,
        draws=workspace.draws,
        behaviour=workspace.behaviour.model_dump(),
        life=workspace.life.model_dump(),
        said=_said(raw or {}),
    )
    many = many or workspace
    ids = {
        section: NamedKeys(getattr(noun, key) for noun in getattr(workspace, section))
        for section, key in NAMED_BY.items()
        if section not in MANY
    }
    ids |= {"people": NamedKeys(()), "audiences": NamedKeys(audience.name for audience in many.audiences)}
    _load_team(work, workspace, ids)
    _load_settings(work, workspace, ids)
    _load_sequences(work, workspace, ids)
    load_people(work, workspace, many, ids)
    load_audiences(work, many, ids)
    _load_toggles(work, AudienceExclusionRow, "audience_id", many.audiences, ids["audiences"], ids)
    _load_plays(work, workspace, ids)
    load_enrollments(work, workspace, many, ids, now)
    load_tasks(work, many, ids)
    expect_answers_of_late(work)
    work.take_statistics()


def _said(raw: dict[str, Any]) -> dict[str, Any]:
    sections = {name: Shapes.of(value).kept() for name, value in raw.items() if isinstance(value, list)}
    whole = {name: shape_of(value) for name, value in raw.items() if not isinstance(value, list)}
    return {"order": [str(name) for name in raw], "sections": sections, "whole": whole}


def _load_team(work: Work, workspace: Workspace, ids: Ids) -> None:
    work.add(
        UserRow, [{"email": user.email, "name": user.name, "role": user.role} | work.stamps for user in workspace.users]
    )
    work.add(
        MailboxRow,
        [
            {
                "email": mailbox.email,
                "owner_id": ids["users"][mailbox.owner],
                "paused": mailbox.paused,
                "daily_limit": mailbox.daily_limit,
            }
            for mailbox in workspace.mailboxes
        ],
    )


def _load_settings(work: Work, workspace: Workspace, ids: Ids) -> None:
    work.add(
        RulesetRow,
        [
            {
                "name": ruleset.name,
                "is_default": ruleset.default,
                "allow_same_sequence_reenrollment": ruleset.allow_same_sequence_reenrollment,
                "block_reenrollment": _json(ruleset.block_reenrollment),
                "task_assignment": _json(ruleset.task_assignment),
                "task_assignment_set_at": _seconds(ruleset.task_assignment_set_at),
            }
            for ruleset in workspace.rulesets
        ],
    )
    _load_exclusions(work, workspace, ids)
    _load_toggles(work, RulesetExclusionRow, "ruleset_id", workspace.rulesets, ids["rulesets"], ids)
    work.add(
        PendingSettingRow,
        [
            {
                "setting": pending.setting,
                "was": pending.was,
                "value": pending.value,
                "takes_effect_at": seconds(pending.takes_effect_at),
            }
            for pending in workspace.pending
        ],
    )


def _load_exclusions(work: Work, workspace: Workspace, ids: Ids) -> None:
    work.add(
        ExclusionRow,
        [
            {
                "name": exclusion.name,
                "exclude_from_sequences": exclusion.exclude_from_sequences,
                "last_activity_within_days": exclusion.match.last_activity_within_days,
            }
            for exclusion in workspace.exclusions
        ],
    )
    work.add(
        ExclusionMatchRow,
        [
            row
            for exclusion in workspace.exclusions
            for row in match_rows(ids["exclusions"][exclusion.name] or 0, exclusion.match)
        ],
    )


def _load_toggles(
    work: Work, table: type[SQLModel], column: str, nouns: Iterable[Any], owners: NamedKeys, ids: Ids
) -> None:
    """A ruleset's or an audience's own toggle for each exclusion."""
    work.add(
        table,
        [
            {column: owners[noun.name], "exclusion_id": ids["exclusions"][name], "enabled": enabled}
            for noun in nouns
            for name, enabled in noun.exclusions.items()
        ],
    )


def _load_sequences(work: Work, workspace: Workspace, ids: Ids) -> None:
    work.add(
        SequenceRow,
        [
            {
                "name": sequence.name,
                "ruleset_id": ids["rulesets"][sequence.ruleset],
                "paused": sequence.paused,
                "version": sequence.version,
                "task_assignment": _json(sequence.task_assignment),
                "task_assignment_set_at": _seconds(sequence.task_assignment_set_at),
                "send_days": list(sequence.send_days),
                "deleted": sequence.deleted,
            }
            for sequence in workspace.sequences
        ],
    )
    work.add(
        SequenceStepRow,
        [
            {
                "sequence_id": ids["sequences"][sequence.name],
                "version": version,
                "number": number,
                "type": step.type,
                "wait_days": step.wait_days,
            }
            for sequence in workspace.sequences
            for version, steps in (
                *((v.version, v.steps) for v in sequence.versions),
                (sequence.version, sequence.steps),
            )
            for number, step in enumerate(steps, 1)
        ],
    )


def _load_plays(work: Work, workspace: Workspace, ids: Ids) -> None:
    work.add(
        PlayRow,
        [
            {
                "name": play.name,
                "audience_id": ids["audiences"][play.audience],
                "sequence_id": ids["sequences"][play.sequence],
                "published": play.published,
                "allow_reruns": play.allow_reruns,
                "rerun_cooldown_days": play.rerun_cooldown_days,
                "deleted": play.deleted,
            }
            for play in workspace.plays
        ],
    )
    work.add(
        PlayMailboxRow,
        [
            {"play_id": ids["plays"][play.name], "position": position, "mailbox_id": ids["mailboxes"][mailbox]}
            for play in workspace.plays
            for position, mailbox in enumerate(play.mailboxes)
        ],
    )
    for play in workspace.plays:
        for run in play.runs:
            run_id = work.add_one(PlayRunRow, play_id=ids["plays"][play.name], ran_at=seconds(run.at))
            work.add(
                PlayLogRow,
                [
                    {
                        "run_id": run_id,
                        "person_id": ids["people"][entry.person],
                        "reason": entry.reason,
                        "logged": entry.logged,
                    }
                    for entry in run.log
                ],
            )


def _seconds(at: datetime | None) -> int | None:
    return None if at is None else seconds(at)


def _json(record: Record | None) -> dict[str, Any] | None:
    return record.model_dump(mode="json") if record is not None else None
