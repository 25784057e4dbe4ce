"""The procedures: a file in `flows/` each, of the same name. And their parameters, read from what a shell can give."""

import json
import pkgutil
from importlib import import_module
from pathlib import Path
from typing import Any

from models.errors import InvalidInput
from models.nearest import known, no_such_name

WAITS = ("reenrollment_wait_min", "reenrollment_wait_max", "exclusion_wait_min", "exclusion_wait_max", "probe")
OURS = {"workspace": "--workspace", "dry_run": "--live", "operation": "handoff resume"}


def names() -> list[str]:
    """Every procedure's name, without loading one."""
    import flows

    found = (module.name for module in pkgutil.iter_modules(flows.__path__))
    return sorted(name.replace("_", "-") for name in found if name not in ("procedure", "form"))


def exact(procedure: str) -> str:
    """A procedure's name as it is spelled. Raises InvalidInput with the nearest names."""
    return known("PROCEDURE", procedure, names(), "procedure")


def load(procedure: str) -> Any:
    """The flow of a procedure. Raises InvalidInput with the nearest names.

    Says so where running it starts a Prefect server.
    """
    from cli.prefect_settings import announce

    announce()
    name = exact(procedure).replace("-", "_")
    return getattr(import_module(f"flows.{name}"), name)


def read_parameters(flow: Any, settings: list[str], params: Path | None) -> dict[str, Any]:
    """Parameters from `--params FILE.json` and `--set key=value`, checked against the flow's own types."""
    given = {**_from_file(params), **pairs(settings)}
    wanted = flow.request.parameters()
    checked = {}
    for name, value in given.items():
        if name in WAITS and name not in wanted:
            continue  # docs/interface.md lets every procedure be given these; this one waits for no such thing
        if name not in wanted:
            raise no_such_name(f"--set {name}", name, [key for key in wanted if key not in OURS], "parameter")
        if name in OURS:
            raise InvalidInput(f"--set {name}", "is not set this way", f"Use {OURS[name]}")
        checked[name] = _absolute(name, wanted[name].fit(*_readings(value), field=f"--set {name}"))
    required = set(flow.parameters.required or ()) - set(checked)
    if required:
        raise InvalidInput(f"--set {sorted(required)[0]}", "is missing", f"Say --set {sorted(required)[0]}=…")
    return checked


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
