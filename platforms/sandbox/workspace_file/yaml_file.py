"""The workspace file: YAML in and out. Any mistake is refused with the path of the key."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from models.documents import problems_of, read_document, refusal
from models.errors import InvalidInput
from models.workspace import Workspace, problems
from models.written_file import named_file


class _Dumper(yaml.CSafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _instant(dumper: yaml.CSafeDumper, value: datetime) -> yaml.Node:
    iso = value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return dumper.represent_scalar("tag:yaml.org,2002:timestamp", iso)


_Dumper.add_representer(datetime, _instant)
_QUOTED_TIME = re.compile(r"! '(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)'")


def read_workspace(path: Path) -> tuple[Workspace, dict[str, Any]]:
    """The workspace in a file, and the file's raw mapping. Raises InvalidInput that names file, key and remedy."""
    raw = read_document(path)
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


def write_workspace(document: dict[str, Any], path: Path, field: str = "workspace file") -> None:
    """Write a document as a workspace file: a section a block, an entry a line.

    `field` is where the path came from. Raises InvalidInput where it cannot be written: what was there is untouched.
    """
    lines: list[str] = []
    for section, value in document.items():
        if isinstance(value, list) and value:
            lines.append(f"{section}:")
            lines.extend(f"  - {_flow(entry)}" for entry in value)
        else:
            lines.append(f"{section}: {_flow(value)}")
    with named_file(field, path) as file:
        file.write("\n".join(lines or ["{}"]) + "\n")


def _flow(value: Any) -> str:
    text: str = yaml.dump(
        value, Dumper=_Dumper, default_flow_style=True, sort_keys=False, allow_unicode=True, width=10**9
    )
    # libyaml quotes whatever has a colon between brackets, times too, where YAML itself does not need it.
    return _QUOTED_TIME.sub(r"\1", text.removesuffix("\n").removesuffix("\n..."))
