"""The workspace file: YAML in and out. Any mistake is refused with the path of the key."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from models.documents import parse_document, problems_of, read_document, refusal
from models.errors import InvalidInput
from models.workspace import Workspace, problems
from models.written_file import named_file
from platforms.sandbox.workspace_file.entry_lines import NotPlain, in_iso, read, written


class _Dumper(yaml.CSafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _instant(dumper: yaml.CSafeDumper, value: datetime) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:timestamp", in_iso(value))


_Dumper.add_representer(datetime, _instant)
_SECTION = re.compile(r"([a-z]+):(?: (.+))?")
_QUOTED_TIME = re.compile(r"! '(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)'")


def read_workspace(path: Path) -> tuple[Workspace, dict[str, Any]]:
    """The workspace in a file, and the file's raw mapping. Raises InvalidInput that names file, key and remedy."""
    try:
        return _validated(_read_by_lines(path.read_text("utf-8-sig")), path)
    except (OSError, UnicodeDecodeError, NotPlain, InvalidInput):  # YAML proper decides, and says what is wrong
        return _validated(read_document(path), path)


def _validated(raw: Any, path: Path) -> tuple[Workspace, dict[str, Any]]:
    if raw is None:
        raw = {}
    if not isinstance(raw, dict):
        problem = f"a workspace is a mapping, this is a {type(raw).__name__}"
        raise InvalidInput(str(path), problem, "Begin with a section, such as users: [{email: ana@acme.test}]")
    try:
        workspace = Workspace.model_validate(raw)
    except ValidationError as error:
        raise refusal(path.name, problems_of(error), "Nothing was loaded") from error
    if found := problems(workspace):
        raise refusal(path.name, found, "Nothing was loaded")
    return workspace, raw


def _read_by_lines(text: str) -> dict[str, Any]:
    """The document in a file as `write_workspace` writes it. Raises NotPlain, or InvalidInput, for any other."""
    document: dict[str, Any] = {}
    section = None
    for line in text.removesuffix("\n").split("\n"):
        if section is not None and line.startswith("  - {"):
            document[section] = entries = document[section] or []
            entries.append(_entry(line))
            continue
        found = _SECTION.fullmatch(line)
        if found is None or found[1] in document:
            raise NotPlain
        section = None
        if found[2] is None:
            section = found[1]
            document[section] = None
        else:
            document |= parse_document(line, found[1])
    return document


def _entry(line: str) -> Any:
    try:
        return read(line[4:])
    except NotPlain:
        parsed = parse_document(line, "")
        if not isinstance(parsed, list) or len(parsed) != 1:
            raise
        return parsed[0]


def write_workspace(
    document: dict[str, Any] | Iterable[tuple[str, Any]], path: Path, field: str = "workspace file"
) -> None:
    """Write a document, or its sections one after another, as a workspace file: a section a block, an entry a line.

    `field` is where the path came from. Raises InvalidInput where it cannot be written: what was there is untouched.
    """
    sections = document.items() if isinstance(document, dict) else document
    with named_file(field, path) as file:
        empty = True
        for name, value in sections:
            empty = False
            file.writelines(_section(name, value))
        if empty:
            file.write("{}\n")


def _section(name: str, value: Any) -> Iterator[str]:
    if not isinstance(value, list | Iterator):
        yield f"{name}: {_flow(value)}\n"
        return
    entries = iter(value)
    first = next(entries, None)
    if first is None:
        yield f"{name}: []\n"
        return
    yield f"{name}:\n"
    for entry in chain([first], entries):
        yield f"  - {_flow(entry)}\n"


def _flow(value: Any) -> str:
    try:
        return written(value)
    except NotPlain:
        pass
    text: str = yaml.dump(
        value, Dumper=_Dumper, default_flow_style=True, sort_keys=False, allow_unicode=True, width=10**9
    )
    # libyaml quotes whatever has a colon between brackets, times too, where YAML itself does not need it.
    return _QUOTED_TIME.sub(r"\1", text.removesuffix("\n").removesuffix("\n..."))
