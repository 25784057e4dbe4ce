"""The procedures: a file in `flows/` each, of the same name. And their parameters, read from what a shell can give."""

import ast
import json
import pkgutil
import shlex
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.errors import InvalidInput
from models.nearest import known, no_such_name

if TYPE_CHECKING:  # a command loads what it needs
    from platforms.port import Platform
    from tasks.request import Request

WAITS = ("reenrollment_wait_min", "reenrollment_wait_max", "exclusion_wait_min", "exclusion_wait_max", "probe")
NO_PROCEDURES = ("procedure", "form", "enroll_chunk")
"""Files of `flows/` that are none: the last is a flow that only other runs start."""
OURS = {"workspace": "--workspace", "dry_run": "--live", "operation": "handoff resume"}


def names() -> list[str]:
    """Every procedure's name, without loading one."""
    import flows

    found = (module.name for module in pkgutil.iter_modules(flows.__path__))
    return sorted(name.replace("_", "-") for name in found if name not in NO_PROCEDURES)


def exact(procedure: str) -> str:
    """A procedure's name as it is spelled. Raises InvalidInput with the nearest names."""
    return known("PROCEDURE", procedure, names(), "procedure")


def load(procedure: str) -> Any:
    """The flow of a procedure. Raises InvalidInput with the nearest names."""
    name = exact(procedure).replace("-", "_")
    return getattr(import_module(f"flows.{name}"), name)


def request_of(procedure: str) -> type["Request"]:
    """What a procedure can be asked, without loading Prefect. Raises InvalidInput with the nearest names."""
    from tasks import requests

    return requests.request_of(exact(procedure))


def lines() -> dict[str, str]:
    """What each procedure does, in a line: read from the files, since loading all requests takes its time."""
    import tasks
    from tasks.requests import class_of

    [folder] = tasks.__path__
    found = {}
    for name in names():
        module = ast.parse((Path(folder) / name.replace("-", "_") / "request.py").read_text(encoding="utf-8"))
        [request] = (one for one in module.body if isinstance(one, ast.ClassDef) and one.name == class_of(name))
        found[name] = ast.get_docstring(request) or ""
    return found


def read_parameters(
    request: type["Request"], settings: list[str], params: Path | None, options: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Parameters from `--params FILE.json`, `--set key=value` and options of their own, checked against their types."""
    from tasks.requests import as_typed, option_of

    wanted = request.parameters()
    in_file = {name: (f"--params {name}", value) for name, value in _from_file(params).items()}
    set_one_by_one = {name: (f"--set {name}", value) for name, value in pairs(settings).items()}
    by_option = {name: (option_of(name), value) for name, value in (options or {}).items() if value is not None}
    checked = {}
    for name, (field, value) in (in_file | set_one_by_one | by_option).items():
        if name in WAITS and name not in wanted:
            continue  # docs/interface.md lets every procedure be given these; this one waits for no such thing
        if name not in wanted:
            raise no_such_name(field, name, [key for key in wanted if key not in OURS], "parameter")
        if name in OURS:
            raise InvalidInput(field, "is not set this way", f"Use {OURS[name]}")
        checked[name] = _absolute(name, wanted[name].fit(*_readings(value), field=field))
    for name, field_info in request.model_fields.items():
        if field_info.is_required() and name not in checked:
            example = shlex.quote(as_typed((field_info.examples or ["…"])[0]))
            raise InvalidInput(option_of(name), "is missing", f"Say for example {option_of(name)} {example}")
    return checked


def check(request: type["Request"], parameters: dict[str, Any]) -> "Platform":
    """Hold a request against its workspace, before Prefect is loaded, and give that. Raises InvalidInput as the
    procedure would."""
    from cli.workspaces import open_workspace

    platform = open_workspace(parameters["workspace"])
    with platform.one_look():
        request.read(parameters).check(platform)
    return platform


def _absolute(name: str, value: Any) -> Any:
    """A file by its full path: whoever resumes the operation may stand elsewhere."""
    if not isinstance(value, str):
        return value
    is_file = name.endswith(("_csv", "_file")) or (value.endswith(".csv") and "\n" not in value)
    return str(Path(value).absolute()) if is_file else value


def _from_file(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        found = json.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise InvalidInput("--params", f"{path} cannot be read ({error.strerror})", "Check its name") from error
    except UnicodeDecodeError as error:
        raise InvalidInput("--params", f"{path} is no text in UTF-8", "Save it again in that encoding") from error
    except (ValueError, RecursionError) as error:
        problem = "nested too deep" if isinstance(error, RecursionError) else error
        raise InvalidInput("--params", f"{path} is no JSON ({problem})", 'Write {"key": value, …}') from error
    if not isinstance(found, dict):
        raise InvalidInput("--params", f"{path} holds no object", 'Write {"key": value, …}')
    return found


def pairs(settings: list[str]) -> dict[str, Any]:
    """What `--set key=value …` gives, as text; a repeated key is a list. Raises InvalidInput otherwise."""
    found: dict[str, Any] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or not name:
            raise InvalidInput("--set", f"'{setting}' is no key=value", "Write for example --set mailbox=ana@x.test")
        if name in found:  # a repeated key is a list
            found[name] = [*(found[name] if isinstance(found[name], list) else [found[name]]), value]
        else:
            found[name] = value
    return found


def _readings(value: Any) -> list[Any]:
    if not isinstance(value, str):
        return [value]
    if value == "null":
        return [None]
    try:
        parsed = [json.loads(value)]
    except (ValueError, RecursionError):  # what is nested thousands deep is no value of anything
        parsed = []
    return [value, *parsed, [value]]
