"""docs/interface.md has what is in the code, and nothing else: commands, options, keys, exit codes, words, files."""

import ast
import inspect
import json
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
from pydantic import BaseModel

from cli import detached, doctor, running
from cli.procedures import names
from journal import loans, operations, waits
from journal import overview as overviews
from journal.database import Journal
from journal.exporting import Added, export
from journal.reading import FILES, OUTCOME_COLUMNS
from models.errors import HandoffError
from models.explanation import Explanation
from models.failures import FAILED, UNREACHABLE, WRONG
from models.finding import Finding
from models.outcomes import CAN_HAVE, EVERY
from models.report import LoanState, Report, ReportedWait, Status
from models.rules.diagnosis import NO_STEP_LEFT, SHOWN_ENDS, UNDER_WAY
from models.setting_keys import SettingKey, SettingKind
from models.settings import Settings
from models.story import HAPPENINGS, Event, StartedFrom
from models.tables.journal import OperationRow
from models.up_file import Up
from models.watch_file import Deployed, Trouble, Watch, note
from platforms.sandbox.behaviour.refusals import REFUSALS
from platforms.sandbox.sandbox import Sandbox
from tasks.answering import FORMS
from tasks.restore_settings.restoring import sweep
from tasks.twin.pulling import Pulled
from tests.architecture.source_files import PACKAGES, python_files
from tests.conftest import Sandboxes
from tests.docs.interface_page import PAGE, PAGES, REASON_CODES, WARNINGS, every_command, spelled, with_tables
from tests.journal.journals import operation
from tests.workspaces import NOW, PIA, PLAY, SUE, ended, person, play, workspace

TEXT = PAGE.read_text("utf-8")
CODE = re.compile(r"[a-z]+(?:_[a-z]+)*")


def first_column(name: str, text: str = TEXT, column: int = 0) -> list[str]:
    """What stands between backticks in a column of the table that a comment names."""
    _, found, after = text.partition(f"<!-- table {name} -->\n")
    assert found, f"docs/interface.md has no table {name}"
    rows = after.partition("\n\n")[0].splitlines()[2:]
    return [word for row in rows for word in re.findall(r"`([^`]+)`", row.split("|")[column + 1])]


# Which keys a document has: `loans[].setting` is the key of each item of a list.


def keys_of_model(model: type[BaseModel], path: str = "") -> Iterator[str]:
    hints = get_type_hints(model, include_extras=True)
    for name, field in model.model_fields.items():
        here = f"{path}{field.alias or name}"
        yield here
        for inner in models_in(hints[name]):
            yield from keys_of_model(inner, f"{here}[]." if get_origin(hints[name]) is tuple else f"{here}.")


def models_in(hint: Any) -> Iterator[type[BaseModel]]:
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        yield hint
    for inner in get_args(hint):
        yield from models_in(inner)


def keys_of(document: Any, path: str = "", *, as_one: Iterable[str] = ()) -> Iterator[str]:
    """The keys of a document that is there; those named in `as_one` hold what has keys of its own choosing."""
    for name, value in document.items():
        here = f"{path}{name}"
        yield here
        if here in as_one:
            continue
        if isinstance(value, dict):
            yield from keys_of(value, f"{here}.", as_one=as_one)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            yield from dict.fromkeys(key for one in value for key in keys_of(one, f"{here}[].", as_one=as_one))


def keys_written(function: Callable[..., Any]) -> Iterator[str]:
    """The keys of the dictionary that a function prints or returns, as they are written in it."""
    body = ast.parse(textwrap.dedent(inspect.getsource(function)))
    given = {
        target.id: node.value
        for node in ast.walk(body)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(body):
        value: ast.expr | None = None
        if isinstance(node, ast.Return):
            value = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print_json":
            value = node.args[0]
        value = given.get(value.id) if isinstance(value, ast.Name) else value
        if isinstance(value, ast.Dict):
            yield from _keys_in(value, "")


def _keys_in(written: ast.Dict, path: str) -> Iterator[str]:
    for key, value in zip(written.keys, written.values, strict=True):
        assert isinstance(key, ast.Constant)
        yield f"{path}{key.value}"
        if isinstance(value, ast.ListComp) and isinstance(value.elt, ast.Dict):
            yield from _keys_in(value.elt, f"{path}{key.value}[].")


# The words of the code


def exit_codes() -> set[str]:
    def below(error: type[HandoffError]) -> Iterator[int]:
        yield error.exit_code
        for one in error.__subclasses__():
            yield from below(one)

    return {str(code) for code in (0, WRONG, UNREACHABLE, FAILED, *below(HandoffError))}


def setting_keys() -> set[str]:
    parts = {"ruleset": "FIELD", "exclusion": "exclude_from_sequences"}
    return {str(SettingKey(kind, "NAME", parts.get(kind, "NAME"))) for kind in get_args(SettingKind)}


def written_codes() -> Iterator[tuple[str, str]]:
    """Every code that stands literally in a `Refused("…")`, or as the reason of a row (`reason="…"`)."""
    for path in python_files(*PACKAGES):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            if isinstance(node.func, ast.Name) and node.func.id == "Refused" and node.args:
                yield from (("refusal", code) for code in _code(node.args[0]))
            if isinstance(node.func, ast.Attribute) and node.func.attr == "assign":
                reasons = (one.value for one in node.keywords if one.arg == "reason")
                yield from (("row", code) for reason in reasons for code in _code(reason))


def _code(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
        yield node.value


WRITTEN = {(kind, code) for kind, code in written_codes() if code not in REASON_CODES}
WAITS = (ReportedWait.model_fields[name].annotation for name in ("ended", "proved_by"))
WORDS: dict[str, Iterable[str]] = {
    "exit_codes": exit_codes(),
    "mode": get_args(Report.model_fields["mode"].annotation),
    "status": get_args(Status),
    "outcome": EVERY,
    "wait": [word for hint in WAITS for one in get_args(hint) if get_origin(one) is Literal for word in get_args(one)],
    "loan_state": get_args(LoanState),
    "warning": [*WARNINGS, *SHOWN_ENDS, NO_STEP_LEFT, UNDER_WAY],
    "refusal": {code for kind, code in WRITTEN if kind == "refusal"},
    "row": {code for kind, code in WRITTEN if kind == "row"},
    "setting_key": setting_keys(),
    "file": FILES,
    "report": keys_of_model(Report),
    "explain_document": keys_of_model(Explanation),
    "restore_document": keys_written(sweep),
    "cancel_document": keys_written(running.cancel),
    "answer_document": keys_written(detached.answer),
    "detach_document": keys_written(detached.detach),
    "resume_document": keys_written(detached.go_on),
    "doctor_document": [
        *keys_written(doctor.doctor),
        *(f"findings[].{one.name}" for one in fields(Finding)),
    ],
    "answer_fields": [name for form in FORMS.values() for name in form.model_fields],
    "pull_document": [field.name for field in fields(Pulled)],
    "export_document": [field.name for field in fields(Added)],
    "event_document": [field.name for field in fields(Event)],
    "happening": HAPPENINGS,
    "started_from": get_args(StartedFrom),
}


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_the_generated_tables_are_those_of_the_code(page: Path) -> None:
    assert with_tables(page) == page.read_text("utf-8"), "python -m tests.docs.interface_page"


@pytest.mark.parametrize("name", WORDS)
def test_a_table_has_what_the_code_has(name: str) -> None:
    assert sorted(set(WORDS[name])) == sorted(first_column(name)), name


def test_no_table_is_left_unchecked() -> None:
    documents = {"status_document", "history_document", "state_document", "run_play_document", "line_document"}
    elsewhere = documents | {"column"}
    assert sorted({*WORDS, *elsewhere}) == sorted(re.findall(r"<!-- table (\w+) -->", TEXT))


def test_every_command_has_its_options_on_the_page() -> None:
    for path, command in every_command():
        assert f"`{path}" in TEXT
        assert [] == [
            option.name
            for option in command.params
            if option.opts[0].startswith("-") and not option.hidden and f"`{spelled(option)}`" not in TEXT
        ]


def test_an_option_says_what_it_does() -> None:
    assert [] == [
        (path, one.name)
        for path, command in every_command()
        for one in command.params
        if one.opts[0].startswith("-") and not one.help
    ]


def test_the_keys_of_status_and_history(sandboxes: Sandboxes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home with an operation that waits, a loan, a folder that the journal does not know, and a trouble."""
    settings, journal = Settings(home=tmp_path), Journal(f"sqlite:///{tmp_path}/journal.db")
    row = OperationRow(
        id="20261102-090000-0001",
        procedure="ownership-change",
        workspace="sandbox",
        subject="x",
        mode="live",
        next=[],
        folder="",
        started_at=NOW,
        recorded_at=NOW,
    )
    operations.begin(journal, row)
    waits.begin(journal, row.id, "settings", NOW, NOW, NOW + timedelta(hours=1))
    loans.take(journal, row.id, "sandbox", "ruleset:Default:block_reenrollment", 1, 0, NOW, NOW)
    (settings.operations_folder / "20261102-090000-0002").mkdir(parents=True)
    since = datetime.now(UTC)
    note(
        tmp_path,
        deployed=Deployed(workspace="sandbox", sweep=None, night=None, timezone="UTC", since=since),
        seen_at=since,
        next={"restore-settings": since},
        troubles=(Trouble(what="worker", message="is gone", since=since),),
    )
    monkeypatch.setattr(overviews, "up_in", lambda home: Up(pid=1, clock="x600"))
    found = overviews.overview(journal, settings, lambda workspace: NOW)
    assert sorted(keys_of(found, as_one=["watch.next"])) == sorted(first_column("status_document"))
    assert sorted(overviews.summary(row)) == sorted(first_column("history_document"))
    assert set(Watch.model_fields) - {"deployed", "notified_loans"} <= set(found["watch"])


def test_the_keys_of_a_line_of_the_export(tmp_path: Path) -> None:
    journal = Journal(f"sqlite:///{tmp_path}/journal.db")
    operations.begin(journal, operation())
    operations.update(journal, "first", status="completed", ended_at=NOW)
    export(journal, "--export", tmp_path / "operations.jsonl")
    first = json.loads((tmp_path / "operations.jsonl").read_text("utf-8").splitlines()[0])
    assert sorted({*first}) == sorted([*first_column("event_document"), *first_column("line_document")])
    assert ["operation_id", "seq"] == list(first)[:2]


def a_sandbox(sandboxes: Sandboxes) -> Sandbox:
    history = ended(PIA, days=1, steps_done=1)
    return sandboxes(
        workspace(people=[PIA, person(SUE, opted_out=True)], enrollments=history, plays=play(PLAY, allow_reruns=True))
    )


def test_the_keys_of_a_sandboxs_state(sandboxes: Sandboxes) -> None:
    from models.changes import SetSetting

    sandbox = a_sandbox(sandboxes)
    sandbox.apply(SetSetting(setting="ruleset:Default:allow_same_sequence_reenrollment", value=True))
    as_one = ["rulesets", "exclusions", "counts.enrollments"]
    assert sorted(keys_of(sandbox.state(), as_one=as_one)) == sorted(first_column("state_document"))


def test_the_keys_of_a_plays_run(sandboxes: Sandboxes) -> None:
    from models.changes import RunPlay

    found = a_sandbox(sandboxes).apply(RunPlay(play=PLAY))
    assert sorted(keys_of(found, as_one=["not_enrolled"])) == sorted(first_column("run_play_document"))


def test_the_files_of_an_operation_and_their_columns() -> None:
    named = {name for name in first_column("file", column=1) if name != "report.json"}
    assert set(FILES.values()) == named
    rows = dict(re.findall(r"^\| (\w+\.csv) \| (.*) \|$", TEXT, re.MULTILINE))
    columns = {file: re.findall(r"`(\w+)`", told) for file, told in rows.items()}
    assert OUTCOME_COLUMNS == columns["outcomes.csv"]
    written = {path: path.read_text("utf-8") for path in python_files("tasks", "inputs")}
    for file in ("rejects.csv", "audience.csv"):
        spelled_out = ", ".join(f'"{name}"' for name in columns[file])
        assert any(spelled_out in source for source in written.values()), file


def test_every_procedure_says_which_outcomes_its_contacts_can_have() -> None:
    assert sorted({*names()} - {"restore-settings"}) == sorted(CAN_HAVE)


def test_the_order_of_a_plays_log_is_that_of_the_sandbox() -> None:
    told = re.search(r"the first in this order:\n(.*)\.$", TEXT, re.MULTILINE)
    assert told is not None
    order = re.findall(r"`([a-z_]+)(?::NAME)?`", told[1])
    assert [re.findall(r"[a-z_]+", refusal.reason)[0] for refusal in REFUSALS] == order


def test_what_is_missing_is_noticed() -> None:
    without = TEXT.replace("| `overdue` |", "| `late` |")
    assert set(WORDS["loan_state"]) != set(first_column("loan_state", without))
