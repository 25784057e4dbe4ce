"""YAML documents that people write: read strictly, and refused by the path of the key with what is wrong there."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from models.errors import InvalidInput
from models.records import Record


class Problem(Record):
    """A mistake in a document: the path of the key, and what is wrong with it."""

    path: str
    message: str


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
        except (ValueError, LookupError, AttributeError) as error:  # a 13th month, say: the line would be missing
            problem = f"'{node.value}' cannot be read ({error})"
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark) from error


def read_document(path: Path) -> Any:
    """What a YAML file holds, None where it is empty. Raises InvalidInput that names the file and the line."""
    try:
        return parse_document(path.read_text("utf-8-sig"), str(path))
    except OSError as error:
        raise InvalidInput(str(path), f"the file cannot be read ({error.strerror})", "Check its name") from error
    except UnicodeDecodeError as error:
        raise InvalidInput(str(path), f"this is no YAML: {_one_line(error)}", "Mend the line named") from error


def parse_document(text: str, field: str) -> Any:
    """What YAML text holds, None where it is empty. Raises InvalidInput that names the field and the line."""
    try:
        return yaml.load(text, Loader=_Loader)
    except (yaml.YAMLError, RecursionError) as error:
        raise InvalidInput(field, f"this is no YAML: {_one_line(error)}", "Mend the line named") from error


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def problems_of(error: ValidationError) -> list[Problem]:
    """What pydantic found; each path is as a person would write it: `enrollments[3].mailbox`."""
    return [_problem(detail) for detail in error.errors()]


def _problem(detail: Any) -> Problem:
    path = ""
    for part in detail["loc"]:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    message = {"extra_forbidden": "this key is not known", "missing": "this key is missing"}.get(detail["type"])
    if message is None:
        given = detail.get("input")
        message = detail["msg"] + (f", not {given!r}" if isinstance(given, (str, int, float)) else "")
    return Problem(path=path, message=message)


def refusal(name: str, found: list[Problem], undone: str) -> InvalidInput:
    """The refusal of a document for what was found in it; `undone` says what did not happen: "Nothing was loaded"."""
    first, more = found[0], found[1:]
    others = "; ".join(f"{problem.path}: {problem.message}" for problem in more[:4])
    remedy = undone + (f". Also: {others}" if others else "")
    remedy += f"; and {len(more) - 4} more" if len(more) > 4 else ""
    return InvalidInput(f"{name}: {first.path}", first.message, remedy)
