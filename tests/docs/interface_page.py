"""Writes the generated tables of docs/interface.md and docs/workspace-file.md: `python -m tests.docs.interface_page`.

The other tables of docs/interface.md are written by hand; `test_interface_page.py` compares them with the code.
"""

import inspect
import json
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import typer
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from cli.main import commands
from cli.procedures import names
from models.outcomes import CAN_HAVE
from models.reasons import REASONS, reason_of
from models.records import Domain, Email, Instant, Interval, Name, Record, Steps
from models.workspace import Workspace

WARNINGS = ("sequence_paused",)
REASON_CODES = [code for code in REASONS if code not in WARNINGS]
DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "interface.md"
PAGES = (PAGE, DOCS / "workspace-file.md")
BETWEEN = re.compile(r"(<!-- generated (\w+) -->\n).*?(<!-- /generated -->)", re.DOTALL)
NAMED_TYPES = ((Email, "address"), (Name, "name"), (Domain, "domain"), (Instant, "time"))
PLAIN_TYPES = {
    bool: "true or false",
    int: "whole number",
    float: "number",
    str: "text",
    Any: "any value",
    Interval: "`{value, unit}`",
}


def table(*header: str, rows: Iterator[tuple[str, ...]]) -> str:
    """Rows as a Markdown table; a `|` in a cell is escaped."""
    body = ("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |\n" for row in [header, *rows])
    return next(body) + "|" + "---|" * len(header) + "\n" + "".join(body)


# Commands


def every_command() -> Iterator[tuple[str, Any]]:
    """Each command with its full name, in the order of `handoff --help`."""
    yield from _below("handoff", typer.main.get_command(commands()))


def _below(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    if not hasattr(command, "commands"):
        yield path, command
        return
    for name, inner in command.commands.items():
        yield from _below(f"{path} {name}", inner)


def usage(path: str, command: Any) -> str:
    """The command with its arguments, those that may be left out in brackets."""
    arguments = [one for one in command.params if one.param_type_name == "argument" and not one.hidden]
    words = (one.metavar or one.name.upper() for one in arguments)
    shown = (word if one.required else f"[{word}]" for one, word in zip(arguments, words, strict=True))
    return " ".join([path, *shown])


def commands_table() -> str:
    def rows() -> Iterator[tuple[str, ...]]:
        for path, command in every_command():
            yield f"`{usage(path, command)}`", "", one_line(command.help)
            for option in command.params:
                if option.param_type_name == "option" and not option.hidden:
                    yield "", f"`{spelled(option)}`", one_line(option.help) + _unless(option)

    return table("command", "option", "what it does", rows=rows())


def spelled(option: Any) -> str:
    """An option as it is typed."""
    plain = option.metavar or option.name.upper()
    return str(option.opts[0]) if option.is_flag else f"{option.opts[0]} {plain}"


def _unless(option: Any) -> str:
    default = option.default
    return "" if option.is_flag or default in (None, "") or callable(default) else f" Unless said: {default}."


def one_line(text: str | None) -> str:
    return " ".join((text or "").split())


# Procedures, outcomes, reason codes


@cache
def parameters_of(procedure: str) -> tuple[inspect.Parameter, ...]:
    name = procedure.replace("-", "_")
    flow = getattr(import_module(f"flows.{name}"), name)
    return tuple(inspect.signature(flow.fn).parameters.values())


def procedures_table() -> str:
    def rows() -> Iterator[tuple[str, ...]]:
        for procedure in names():
            found = parameters_of(procedure)
            shown = (f"**`{one.name}`**" if one.default is one.empty else f"`{one.name}`" for one in found)
            yield f"[`{procedure}`](procedures/{procedure}.md#parameters)", ", ".join(shown)

    return table("procedure", "parameters", rows=rows())


def outcomes_table() -> str:
    rows = ((f"`{procedure}`", ", ".join(f"`{one}`" for one in found)) for procedure, found in CAN_HAVE.items())
    return table("procedure", "outcomes", rows=rows)


def reasons_table() -> str:
    def rows() -> Iterator[tuple[str, ...]]:
        for code in REASON_CODES:
            shown = "excluded:NAME" if code == "excluded" else code
            yield f"`{shown}`", reason_of(shown).why, reason_of(shown).lift

    return table("code", "what it means", "what lifts it", rows=rows())


# The workspace file


def workspace_table() -> str:
    """Every key of a workspace file, by its path: `mailboxes[].owner`."""
    return table("key", "what it takes", "unless said", rows=_keys(Workspace, ""))


def _keys(record: type[Record], path: str) -> Iterator[tuple[str, ...]]:
    hints = get_type_hints(record, include_extras=True)
    for name, field in record.model_fields.items():
        inner, many = record_in(hints[name])
        below = f"{path}{name}{'[]' if many else ''}"
        yield f"`{path}{name}`", takes(hints[name]), default_of(field)
        if inner is not None:
            yield from _keys(inner, f"{below}.")


def record_in(hint: Any) -> tuple[type[Record] | None, bool]:
    """The record that a key holds, and whether it holds a list of them. An interval is no record but a value."""
    if hint == Steps:
        return record_in(get_args(hint)[0])
    if get_origin(hint) is Annotated:
        return record_in(get_args(hint)[0])
    if get_origin(hint) is tuple:
        return record_in(get_args(hint)[0])[0], True
    if get_origin(hint) in (Union, UnionType):
        return next((found for one in get_args(hint) if (found := record_in(one))[0]), (None, False))
    is_record = isinstance(hint, type) and issubclass(hint, Record) and hint is not Interval
    return (hint, False) if is_record else (None, False)


def takes(hint: Any) -> str:
    """What a key takes, in words."""
    inner = get_args(hint)
    match get_origin(hint):
        case origin if origin is Annotated:
            named = (word for kind, word in NAMED_TYPES if hint == kind)
            return next(named, "") or takes(inner[0])
        case origin if origin is Literal:
            return ", ".join(f"`{one}`" for one in inner)
        case origin if origin is tuple:
            return f"list: {takes(inner[0])}"
        case origin if origin is dict:
            return f"mapping: {takes(inner[0])} to {takes(inner[1])}"
        case origin if origin in (Union, UnionType):
            words = dict.fromkeys("null" if one is NoneType else takes(one) for one in inner)
            return " or ".join(word for word in words if word != "whole number" or "number" not in words)
        case _:
            return PLAIN_TYPES.get(hint, "mapping")


def default_of(field: Any) -> str:
    """What a key that is left out stands for."""
    default = field.get_default(call_default_factory=True)
    if default is PydanticUndefined:
        return "(required)"
    if default in ((), {}) or (isinstance(default, BaseModel) and not default.model_fields_set):
        return ""
    return f"`{json.dumps(default, default=lambda one: one.model_dump(mode='json'))}`"


MADE = {
    "commands": commands_table,
    "procedures": procedures_table,
    "outcomes": outcomes_table,
    "reasons": reasons_table,
    "workspace": workspace_table,
}


def with_tables(path: Path) -> str:
    """A page with its generated tables as they should be."""
    return BETWEEN.sub(lambda found: found[1] + MADE[found[2]]() + found[3], path.read_text("utf-8"))


if __name__ == "__main__":
    for path in PAGES:
        path.write_text(with_tables(path), "utf-8")
