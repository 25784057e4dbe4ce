"""The workspace file: YAML in and out. Any mistake is refused with the path of the key."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from models.errors import InvalidInput
from models.workspace import Problem, Workspace, problems


class _Loader(yaml.CSafeLoader):
    """Safe, quick, and strict: a key that stands twice is a mistake, not a choice of the last one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key is no plain word", key.start_mark)
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key '{key.value}' is there twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep=deep)
        except (ValueError, LookupError, AttributeError) as error:  # a 13th month, say: the line would go untold
            told = f"'{node.value}' cannot be read ({error})"
            raise yaml.constructor.ConstructorError(None, None, told, node.start_mark) from error


class _Dumper(yaml.CSafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _instant(dumper: yaml.CSafeDumper, value: datetime) -> yaml.Node:
    told = value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return dumper.represent_scalar("tag:yaml.org,2002:timestamp", told)


_Dumper.add_representer(datetime, _instant)
_QUOTED_TIME = re.compile(r"! '(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)'")


def read_workspace(path: Path) -> tuple[Workspace, dict[str, Any]]:
    """The workspace in a file, and the file's raw mapping. Raises InvalidInput that names file, key and remedy."""
    try:
        raw = yaml.load(path.read_text("utf-8-sig"), Loader=_Loader)
    except OSError as error:
        raise InvalidInput(str(path), f"the file cannot be read ({error.strerror})", "Check its name") from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInput(str(path), f"this is no YAML: {_one_line(error)}", "Mend the line named") from error
    if raw is None:
        raw = {}
    if not isinstance(raw, dict):
        raise InvalidInput(str(path), f"a workspace is a mapping, this is a {type(raw).__name__}", "See interface.md")
    try:
        workspace = Workspace.model_validate(raw)
    except ValidationError as error:
        raise _refusal(path, [_problem(detail) for detail in error.errors()]) from error
    if found := problems(workspace):
        raise _refusal(path, found)
    return workspace, raw


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _problem(detail: Any) -> Problem:
    """One of pydantic's findings; the path is as a person would write it: `enrollments[3].mailbox`."""
    path = ""
    for part in detail["loc"]:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    message = {"extra_forbidden": "this key is not known", "missing": "this key is missing"}.get(detail["type"])
    if message is None:
        given = detail.get("input")
        message = detail["msg"] + (f", not {given!r}" if isinstance(given, (str, int, float)) else "")
    return Problem(path=path, message=message)


def _refusal(path: Path, found: list[Problem]) -> InvalidInput:
    first, more = found[0], found[1:]
    others = "; ".join(f"{problem.path}: {problem.message}" for problem in more[:4])
    remedy = "Nothing was loaded" + (f". Also: {others}" if others else "")
    remedy += f"; and {len(more) - 4} more" if len(more) > 4 else ""
    return InvalidInput(f"{path.name}: {first.path}", first.message, remedy)


def write_workspace(document: dict[str, Any], path: Path) -> None:
    """Write a document as a workspace file: a section a block, an entry a line."""
    lines: list[str] = []
    for section, value in document.items():
        if isinstance(value, list) and value:
            lines.append(f"{section}:")
            lines.extend(f"  - {_flow(entry)}" for entry in value)
        else:
            lines.append(f"{section}: {_flow(value)}")
    path.write_text("\n".join(lines or ["{}"]) + "\n", "utf-8")


def _flow(value: Any) -> str:
    text: str = yaml.dump(
        value, Dumper=_Dumper, default_flow_style=True, sort_keys=False, allow_unicode=True, width=10**9
    )
    # libyaml quotes whatever has a colon between brackets, times too, where YAML itself does not need it.
    return _QUOTED_TIME.sub(r"\1", text.removesuffix("\n").removesuffix("\n..."))
