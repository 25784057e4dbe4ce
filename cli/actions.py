"""`handoff sandbox do ACTION key=value …` as typed changes (docs/sandbox.md lists the actions)."""

import atexit
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from models.changes import (
    AddExclusion,
    Bounce,
    Change,
    ChangeMailboxOwner,
    DeleteAudience,
    DeletePlay,
    DeleteSequence,
    DuplicatePlay,
    DuplicateSequence,
    EditSequence,
    Enroll,
    FinishTask,
    MakePlay,
    OptOut,
    OutOfOffice,
    PauseEnrollment,
    PauseMailbox,
    PauseSequence,
    PublishPlay,
    ReassignQueued,
    ReassignTask,
    Reply,
    ResumeEnrollment,
    RunPlay,
    SetSetting,
    SetTaskAssignment,
    Unenroll,
    UploadAudience,
)
from models.errors import InvalidInput
from models.nearest import known
from models.parameters import refuse_what_is_no_text
from models.records import Interval, TaskAssignment
from models.setting_keys import SettingKey

Values = dict[str, Any]
MUCH = 200  # signs of a wrong value that a message shows
RULESET_FIELDS = ("allow_same_sequence_reenrollment", "block_reenrollment", "task_assignment")


def changes(action: str, words: list[str]) -> list[Change]:
    """The changes that an action stands for. Raises InvalidInput that names the action or the value."""
    name = known("ACTION", action, list(ACTIONS), "action")
    values = _values(words, SEVERAL.get(name), usage(name))
    try:
        return ACTIONS[name](values)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or name
        message = {"missing": "is missing", "extra_forbidden": f"is no value of {name}"}.get(
            first["type"], first["msg"]
        )
        raise InvalidInput(field, message, usage(name)) from error
    except KeyError as error:
        raise InvalidInput(str(error.args[0]), "is missing", usage(name)) from error


def usage(action: str) -> str:
    """An action as it is typed, with its values."""
    return f"handoff sandbox do {action} {USAGE[action]}"


def _values(words: list[str], several: str | None, usage: str) -> Values:
    """The values by their keys. Only the key `several` may be repeated: its value is a list then."""
    found: Values = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not key:
            raise InvalidInput("KEY=VALUE", f"'{word}' is no key=value", "Write for example mailbox=ana@send.acme.test")
        refuse_what_is_no_text(key, word)
        if key in found and key != several:
            raise InvalidInput(key, "is given more than once", usage)
        if key in found:
            found[key] = [*(found[key] if isinstance(found[key], list) else [found[key]]), value]
        else:
            found[key] = value
    return found


def _json(field: str, text: str, example: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:  # what is nested thousands deep is no value of anything
        raise InvalidInput(field, f"'{text[:MUCH]}' is no JSON", example) from error


def _plain(change: type[Change]) -> Callable[[Values], list[Change]]:
    return lambda values: [change.model_validate(values)]


def _several(change: type[Change], field: str) -> Callable[[Values], list[Change]]:
    """A change one of whose values is a list, written by repeating it, as JSON, or alone."""

    def made(values: Values) -> list[Change]:
        given = values.get(field)
        if isinstance(given, str):
            values[field] = _json(field, given, "Repeat the key for a list") if given.startswith("[") else [given]
        return [change.model_validate(values)]

    return made


def _set_ruleset(values: Values) -> list[Change]:
    ruleset = values.pop("ruleset")
    for field in values:
        known(field, field, RULESET_FIELDS, "setting of a ruleset")
    if not values:
        raise KeyError("allow_same_sequence_reenrollment or block_reenrollment")
    return [_setting(SettingKey.ruleset(ruleset, field), value) for field, value in values.items()]


def _setting(key: SettingKey, text: str) -> Change:
    return SetSetting(setting=key, value=_value(key, text))


def _value(key: SettingKey, text: str) -> Any:
    if key.part == "block_reenrollment" and not text.startswith("{"):
        try:
            return Interval.parse(text)
        except ValueError as error:
            raise InvalidInput(key.part, str(error), "Nothing was changed") from error
    plain = text.lower() if text.lower() in ("true", "false", "null") else text
    found = _json(key.part, plain, "Write true, false or JSON")
    if key.part == "task_assignment":
        return TaskAssignment.model_validate(found)
    if key.part != "block_reenrollment" and not isinstance(found, bool):
        raise InvalidInput(key.part, f"'{text}' is no value for it", "Write true or false")
    return found


def _toggle(kind: Any, owner: str, switch: str) -> Callable[[Values], list[Change]]:
    def made(values: Values) -> list[Change]:
        part = switch if kind == "exclusion" else values["exclusion"]
        extra = set(values) - {owner, "exclusion", switch}
        if extra:
            raise InvalidInput(sorted(extra)[0], "is no value of this action", usage(f"set_{kind}"))
        return [_setting(SettingKey(kind, values[owner], part), values[switch])]

    return made


def _upload(values: Values) -> list[Change]:
    """A user's CSV, in whatever form it came, as the file of addresses that the platform reads."""
    from inputs.contacts_csv import read_contacts
    from reports.csv_out import write_csv

    found = read_contacts(Path(values["csv"]), "csv")
    if len(found.rejects):
        first = found.rejects.iloc[0]
        raise InvalidInput("csv", f"row {first['row']}: {first['reason']} ({first['email']})", "Nothing was uploaded")
    folder = Path(tempfile.mkdtemp(prefix="handoff-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # addresses are not left where nobody looks
    clean = write_csv(found.contacts[["email"]], folder / "audience.csv")
    return [UploadAudience(name=values["name"], csv=str(clean))]


def _edit_sequence(values: Values) -> list[Change]:
    from inputs.steps_file import read_steps

    steps = read_steps(Path(values.pop("steps_file")))
    return [EditSequence.model_validate({"steps": steps, **values})]


def _add_exclusion(values: Values) -> list[Change]:
    example = 'Write for example match=\'{"company_domain": ["bigcorp.test"]}\''
    values["match"] = _json("match", values["match"], example)
    if not isinstance(values["match"], dict):
        raise InvalidInput("match", f"'{json.dumps(values['match'])}' is no mapping", example)
    return [AddExclusion.model_validate(values)]


SEVERAL = {
    "duplicate_play": "mailboxes",
    "make_play": "mailboxes",
    "enroll": "mailbox",
    "reassign_queued": "to_mailboxes",
}
"""The value of an action that may be a list."""
ACTIONS: dict[str, Callable[[Values], list[Change]]] = {
    "change_mailbox_owner": _plain(ChangeMailboxOwner),
    "set_ruleset": _set_ruleset,
    "set_exclusion": _toggle("exclusion", "exclusion", "exclude_from_sequences"),
    "set_ruleset_exclusion": _toggle("ruleset_exclusion", "ruleset", "on"),
    "set_audience_exclusion": _toggle("audience_exclusion", "audience", "on"),
    "upload_audience": _upload,
    "duplicate_play": _several(DuplicatePlay, SEVERAL["duplicate_play"]),
    "make_play": _several(MakePlay, SEVERAL["make_play"]),
    "run_play": _plain(RunPlay),
    "enroll": _several(Enroll, SEVERAL["enroll"]),
    "unenroll": _plain(Unenroll),
    "reassign_task": _plain(ReassignTask),
    "reassign_queued": _several(ReassignQueued, SEVERAL["reassign_queued"]),
    "set_task_assignment": _plain(SetTaskAssignment),
    "duplicate_sequence": _plain(DuplicateSequence),
    "edit_sequence": _edit_sequence,
    "delete_play": _plain(DeletePlay),
    "delete_audience": _plain(DeleteAudience),
    "delete_sequence": _plain(DeleteSequence),
    "opt_out": _plain(OptOut),
    "reply": _plain(Reply),
    "bounce": _plain(Bounce),
    "out_of_office": _plain(OutOfOffice),
    "pause_enrollment": _plain(PauseEnrollment),
    "resume_enrollment": _plain(ResumeEnrollment),
    "finish_task": _plain(FinishTask),
    "pause_mailbox": _plain(PauseMailbox),
    "pause_sequence": _plain(PauseSequence),
    "publish_play": _plain(PublishPlay),
    "add_exclusion": _add_exclusion,
}
USAGE = {
    "change_mailbox_owner": "mailbox=EMAIL owner=EMAIL",
    "set_ruleset": 'ruleset=NAME block_reenrollment="0 DAY" allow_same_sequence_reenrollment=true',
    "set_exclusion": "exclusion=NAME exclude_from_sequences=false",
    "set_ruleset_exclusion": "ruleset=NAME exclusion=NAME on=false",
    "set_audience_exclusion": "audience=NAME exclusion=NAME on=false",
    "upload_audience": "name=NAME csv=FILE",
    "duplicate_play": "play=NAME name=NAME audience=NAME",
    "make_play": "name=NAME audience=NAME sequence=NAME mailboxes=EMAIL",
    "run_play": "play=NAME",
    "enroll": "person=EMAIL sequence=NAME mailbox=EMAIL",
    "unenroll": "person=EMAIL sequence=NAME",
    "reassign_task": "task=NUMBER assignee=EMAIL",
    "reassign_queued": "sequence=NAME from_mailbox=EMAIL to_mailboxes=EMAIL",
    "set_task_assignment": "sequence=NAME mode=ASSIGN_TO_USER user=EMAIL",
    "duplicate_sequence": "sequence=NAME name=NAME",
    "edit_sequence": "sequence=NAME steps_file=FILE.yaml upgrade=true",
    "delete_play": "play=NAME",
    "delete_audience": "audience=NAME",
    "delete_sequence": "sequence=NAME",
    "opt_out": "person=EMAIL",
    "reply": "person=EMAIL",
    "bounce": "person=EMAIL",
    "out_of_office": "person=EMAIL until=2026-11-16T09:00:00Z",
    "pause_enrollment": "person=EMAIL sequence=NAME",
    "resume_enrollment": "person=EMAIL sequence=NAME",
    "finish_task": "task=NUMBER",
    "pause_mailbox": "mailbox=EMAIL paused=true",
    "pause_sequence": "sequence=NAME paused=true",
    "publish_play": "play=NAME published=true",
    "add_exclusion": """name=NAME match='{"person_email": ["EMAIL"]}' exclude_from_sequences=true""",
}
