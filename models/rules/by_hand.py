"""How a person makes each kind of change in the platform (the help article's steps, with every known menu path)."""

from collections.abc import Callable
from typing import Any

from models import menus
from models.changes import (
    AddExclusion,
    Change,
    ChangeMailboxOwner,
    DeleteAudience,
    DeletePlay,
    DeleteSequence,
    DuplicatePlay,
    DuplicateSequence,
    EditSequence,
    MakePlay,
    PauseSequence,
    PublishPlay,
    ReassignQueued,
    RunPlay,
    SetSetting,
    SetTaskAssignment,
    UploadAudience,
    plain,
)
from models.manual_steps import ManualStep, as_toggle, cannot_be_read
from models.records import AssignmentMode, Interval
from models.setting_keys import SettingKey
from models.step_words import step_kind
from models.wording import counted

ADMIN = "an admin (R47)"
REENROLLMENT_ACTS = "it acts after 30 to 60 minutes (R42); the run waits and probes"
EXCLUSION_ACTS = "it acts after 15 to 45 minutes (R51); the run waits and probes"
MODES: dict[AssignmentMode, str] = {
    "ASSIGN_TO_MAILBOX_OWNER": "the mailbox owner (R84)",
    "ASSIGN_TO_ENROLLER": "the manual enroller (R87)",
    "ASSIGN_TO_USER": "a named user",
    "ASSIGN_TO_SENDER": "Assign to Sender (R86)",
    "ASSIGN_TO_RECORD_OWNER": "the record owner (R88)",
}


def step_for(change: Change, hidden: frozenset[str] = frozenset()) -> ManualStep:
    """The instructions for a change on a platform that hides these topics (`Platform.hidden`).

    Raises KeyError for a kind of change that nobody has to make by hand.
    """
    return _TELLING[type(change)](change, hidden)


def _set_setting(change: SetSetting, hidden: frozenset[str]) -> ManualStep:
    key, value = change.setting, plain(change.value)
    shown = "" if cannot_be_read(key, hidden) else "the setting"
    if key.kind == "ruleset":
        return ManualStep(
            title=f"set {_field(key)} of the ruleset '{key.owner}'",
            where=menus.RULESETS,
            do=(f"open the ruleset '{key.owner}'", *_ruleset(key, value), "save"),
            requires=ADMIN,
            afterwards=REENROLLMENT_ACTS,
            read_back=shown,
        )
    where, opened, label = _toggle(key)
    state = as_toggle(bool(value))
    return ManualStep(
        title=f"turn {state} {label} in {opened}",
        where=where,
        do=(
            f"open {opened}",
            f"note what {label} shows, then turn it {state}",
            "if it was turned for this run already, note what it showed before that",
            "save",
        ),
        requires=ADMIN,
        afterwards=EXCLUSION_ACTS,
        read_back=shown,
        asks_was=not shown,
    )


def _toggle(key: SettingKey) -> tuple[tuple[str, ...], str, str]:
    """Where an exclusion's toggle is, what has to be opened for it, and what it is called there (C3)."""
    if key.kind == "exclusion":
        return menus.EXCLUSIONS, f"the exclusion '{key.owner}'", '"Exclude from Sequences"'
    if key.kind == "ruleset_exclusion":
        return menus.RULESETS, f"the ruleset '{key.owner}'", f"the exclusion '{key.part}'"
    return menus.AUDIENCES, f"the audience '{key.owner}'", f"the exclusion '{key.part}' (at the bottom)"


def _field(key: SettingKey) -> str:
    return {
        "allow_same_sequence_reenrollment": 're-enrollment into the same sequence ("Same Sequence")',
        "block_reenrollment": 'the waiting period ("Allow re-enrollment into Sequences")',
        "task_assignment": "the task assignment",
    }[key.part]


def _ruleset(key: SettingKey, value: Any) -> tuple[str, ...]:
    if key.part == "allow_same_sequence_reenrollment":
        return (f'turn "Same Sequence" re-enrollment {as_toggle(bool(value))} (R12)',)
    if key.part == "task_assignment":
        return (f"choose {', '.join(f'{name} {part}' for name, part in value.items() if part)}",)
    labels = '"Allow re-enrollment into Sequences", in newer menus "Allow enrollment into multiple Sequences"'  # C8
    if value is None:
        return (f"turn off {labels}: nobody may be enrolled again (R13)",)
    wait = Interval.model_validate(value)
    at_once = ": at once, not never (R14)" if not wait.value else ""
    return (f"turn on {labels}", f"set the waiting period to {counted(wait.value, wait.unit.lower())}{at_once}")


def _upload(change: UploadAudience, hidden: frozenset[str]) -> ManualStep:
    return ManualStep(
        title=f"upload the audience '{change.name}'",
        where=menus.AUDIENCES,
        do=(
            f"upload the file {change.csv} (column email)",
            f"call it exactly '{change.name}'",
            "leave the exclusion toggles at its bottom as the original audience has them",
        ),
        afterwards="the upload takes 5 to 10 minutes",
        read_back="" if "audiences" in hidden else "that the audience is there",
    )


def _duplicate_play(change: DuplicatePlay, hidden: frozenset[str]) -> ManualStep:
    into = (f"in its sequence node choose the sequence '{change.sequence}'",) if change.sequence else ()
    senders = (f"and the mailboxes {', '.join(change.mailboxes)}",) if change.mailboxes else ()
    return ManualStep(
        title=f"duplicate the play '{change.play}' as '{change.name}'",
        where=menus.PLAYS,
        do=(
            f"open the menu of the play '{change.play}' > Duplicate",
            f"call the copy exactly '{change.name}'",
            f"set its trigger to the audience '{change.audience}' (R5)",
            *into,
            *senders,
            "do not publish it yet",
        ),
        read_back="" if "plays" in hidden else "that the copy is there",
    )


def _run_play(change: RunPlay, hidden: frozenset[str]) -> ManualStep:
    return ManualStep(
        title=f"run the play '{change.play}'",
        where=menus.PLAYS,
        do=(
            f"open the play '{change.play}'",
            "publish it, and run it on its audience",
            "wait until Metrics shows that everybody has been through (R25)",
        ),
        read_back="that somebody of its audience is in the sequence now; each contact after that",
    )


def _duplicate_sequence(change: DuplicateSequence, hidden: frozenset[str]) -> ManualStep:
    return ManualStep(
        title=f"duplicate the sequence '{change.sequence}' as '{change.name}'",
        where=menus.SEQUENCES,
        do=(
            f"open the menu of the sequence '{change.sequence}' > Duplicate",
            f"call the copy exactly '{change.name}'",
            "leave its ruleset and its steps as they are, and publish it",
        ),
        read_back="that a sequence of this name is there",
    )


def _delete_play(change: DeletePlay, hidden: frozenset[str]) -> ManualStep:
    return _delete("play", change.play, menus.PLAYS, shown="plays" not in hidden)


def _delete_audience(change: DeleteAudience, hidden: frozenset[str]) -> ManualStep:
    return _delete("audience", change.audience, menus.AUDIENCES, shown="audiences" not in hidden)


def _delete_sequence(change: DeleteSequence, hidden: frozenset[str]) -> ManualStep:
    return _delete("sequence", change.sequence, menus.SEQUENCES, shown=True)


def _delete(noun: str, name: str, where: tuple[str, ...], *, shown: bool) -> ManualStep:
    """The sources describe no menu for it: it is said by its name alone."""
    return ManualStep(
        title=f"delete the {noun} '{name}'",
        where=where,
        do=(f"open the menu of the {noun} '{name}' > Delete", "leave it where it has no such entry, and say so"),
        read_back=f"that no {noun} has this name" if shown else "",
    )


def _edit_sequence(change: EditSequence, hidden: frozenset[str]) -> ManualStep:
    steps = tuple(
        f"step {number}: {step_kind(step)}, {counted(step.wait_days, 'day')} after the one before"
        for number, step in enumerate(change.steps, 1)
    )
    upgrade = ("choose to upgrade all active and queued enrollments to the new version (R52)",)
    return ManualStep(
        title=f"edit the sequence '{change.sequence}'" + (" and upgrade what runs in it" if change.upgrade else ""),
        where=menus.SEQUENCES,
        do=(f"open the sequence '{change.sequence}' > Edit", *steps, *(upgrade if change.upgrade else ()), "publish"),
        read_back="the steps of the sequence; the version of each enrollment after that",
    )


def _reassign_queued(change: ReassignQueued, hidden: frozenset[str]) -> ManualStep:
    return ManualStep(
        title=f"reassign what is queued of '{change.sequence}' from {change.from_mailbox}",
        where=menus.BACKLOG,
        do=(
            "under Reassign Sequence Enrollments choose Reassign Enrollments of the sequence (R73)",
            f"take {change.from_mailbox} out and choose {', '.join(change.to_mailboxes)}",
            "save",
        ),
        read_back="the mailbox of each enrollment",
    )


def _set_assignment(change: SetTaskAssignment, hidden: frozenset[str]) -> ManualStep:
    if change.mode is None:
        chosen = ("turn it off: it follows its ruleset again",)
    else:
        chosen = (f"choose {MODES[change.mode]}" + (f": {change.user}" if change.user else ""),)
    return ManualStep(
        title=f"set who gets the tasks of '{change.sequence}'",
        where=menus.SEQUENCES,
        do=(
            f"open the sequence '{change.sequence}' > Edit > Advanced Settings > Manually assign tasks (R83)",
            "note what it shows: it may have to be set so again",
            *chosen,
            "save",
        ),
        afterwards="it holds for new enrollments (R92)",
        read_back="" if "sequence_task_assignment" in hidden else "the setting",
    )


def _add_exclusion(change: AddExclusion, hidden: frozenset[str]) -> ManualStep:
    people = ", ".join(change.match.person_email)
    return ManualStep(
        title=f"make the exclusion '{change.name}'",
        where=menus.EXCLUSIONS,
        do=(
            f"make a new exclusion and call it exactly '{change.name}'",
            f"let it match the address {people} and nobody else",
            f'turn {as_toggle(change.exclude_from_sequences)} "Exclude from Sequences", and save',
        ),
        requires=ADMIN,
    )


def _make_play(change: MakePlay, hidden: frozenset[str]) -> ManualStep:
    return ManualStep(
        title=f"make the play '{change.name}'",
        where=menus.PLAYS,
        do=(
            f"make a new play and call it exactly '{change.name}'",
            f"set its trigger to the audience '{change.audience}'; it may run again on the same people",
            f"in its sequence node choose the sequence '{change.sequence}' and {', '.join(change.mailboxes)}",
            "do not publish it yet",
        ),
        requires=ADMIN,
    )


def _publish_play(change: PublishPlay, hidden: frozenset[str]) -> ManualStep:
    done = "publish" if change.published else "take back"
    return ManualStep(
        title=f"{done} the play '{change.play}'",
        where=menus.PLAYS,
        do=(f"open the play '{change.play}'", "publish it" if change.published else "make it a draft again"),
        requires=ADMIN,
    )


def _pause_sequence(change: PauseSequence, hidden: frozenset[str]) -> ManualStep:
    done = "pause" if change.paused else "resume"
    return ManualStep(
        title=f"{done} the sequence '{change.sequence}'",
        where=menus.SEQUENCES,
        do=(f"open the sequence '{change.sequence}'", f"{done} it"),
        read_back="whether it is paused",
    )


def _change_owner(change: ChangeMailboxOwner, hidden: frozenset[str]) -> ManualStep:
    return ManualStep(
        title=f"give the mailbox {change.mailbox} to {change.owner}",
        where=menus.MAILBOXES,
        do=(f"open the mailbox {change.mailbox}", f"choose {change.owner} as its assigned user", "save"),
        requires="an admin who may manage email integrations (R47)",
        afterwards="whoever still runs from it falls out at once (R1)",
        read_back="the owner of the mailbox, where the platform shows it",
    )


_TELLING: dict[type[Change], Callable[[Any, frozenset[str]], ManualStep]] = {
    SetSetting: _set_setting,
    UploadAudience: _upload,
    DuplicatePlay: _duplicate_play,
    RunPlay: _run_play,
    DuplicateSequence: _duplicate_sequence,
    DeletePlay: _delete_play,
    DeleteAudience: _delete_audience,
    DeleteSequence: _delete_sequence,
    EditSequence: _edit_sequence,
    ReassignQueued: _reassign_queued,
    SetTaskAssignment: _set_assignment,
    AddExclusion: _add_exclusion,
    MakePlay: _make_play,
    PublishPlay: _publish_play,
    PauseSequence: _pause_sequence,
    ChangeMailboxOwner: _change_owner,
}
