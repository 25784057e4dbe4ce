"""The procedures: a file in `flows/` each, of the same name. And their parameters, read from what a shell can give."""

import json
import pkgutil
from importlib import import_module
from pathlib import Path
from typing import Any

from models.errors import InvalidInput
from models.nearest import known

WAITS = ("reenrollment_wait_min", "reenrollment_wait_max", "exclusion_wait_min", "exclusion_wait_max", "probe")
OURS = {"workspace": "--workspace", "dry_run": "--live", "operation": "handoff resume"}


def names() -> list[str]:
    """Every procedure's name, without loading one."""
    import flows

    found = (module.name for module in pkgutil.iter_modules(flows.__path__))
    return sorted(name.replace("_", "-") for name in found if not name.endswith(("parameters", "procedure")))


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
    wanted = _annotations(flow)
    checked = {}
    for name, value in given.items():
        if name in WAITS and name not in wanted:
            continue  # interface.md lets every procedure be given these; this one waits for no such thing
        if name not in wanted:
            known(f"--set {name}", name, [key for key in wanted if key not in OURS], "parameter")
        if name in OURS:
            raise InvalidInput(f"--set {name}", "is not set this way", f"Use {OURS[name]}")
        checked[name] = _absolute(name, _fitting(name, value, wanted[name]))
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


def _annotations(flow: Any) -> dict[str, Any]:
    import inspect

    return {name: parameter.annotation for name, parameter in inspect.signature(flow.fn).parameters.items()}


def _from_file(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        found = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise InvalidInput("--params", f"{path} cannot be read ({error.strerror})", "Check its name") from error
    except ValueError as error:
        raise InvalidInput("--params", f"{path} is no JSON ({error})", 'Write {"key": value, …}') from error
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


def _fitting(name: str, value: Any, annotation: Any) -> Any:
    """The value as its parameter takes it: as written, else as JSON, else as a list of one."""
    from pydantic import TypeAdapter, ValidationError

    adapter = TypeAdapter(annotation)
    problem = ""
    for candidate in _readings(value):
        try:
            return adapter.validate_python(candidate)
        except ValidationError as error:
            problem = problem or error.errors()[0]["msg"]
    raise InvalidInput(
        f"--set {name}",
        f"{value!r} does not fit: {problem}",
        f"It takes: {annotation_of(annotation)}",
    )


def annotation_of(annotation: Any) -> str:
    """What a parameter takes, in words for a message."""
    described = getattr(annotation, "__metadata__", ())
    return str(described[0].description) if described else "see interface.md"


def _readings(value: Any) -> list[Any]:
    if not isinstance(value, str):
        return [value]
    if value == "null":
        return [None]
    try:
        parsed = [json.loads(value)]
    except ValueError:
        parsed = []
    return [value, *parsed, [value]]
