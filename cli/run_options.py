"""`handoff run PROCEDURE` has an option for each parameter of that procedure, made from the procedure's request."""

import inspect
import os
import shlex
import sys
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin

import typer

from cli import procedures
from cli.completing import names_in_the_workspace

if TYPE_CHECKING:  # a command loads what it needs
    from pydantic.fields import FieldInfo

PANEL = "Parameters"
WITHOUT_LIVE = "Without --live: a dry run, which says what would be done and changes nothing."


def with_options(run: Callable[..., None], procedure: str | None) -> Callable[..., None]:
    """The command `run`, with the options of a procedure.

    They come as one mapping in `options`: as text, a list or a switch, None where an option is not there.
    """
    own = inspect.signature(run, eval_str=True)
    fixed = [parameter for name, parameter in own.parameters.items() if name != "options"]
    made = _options_of(procedure) if procedure else []

    @wraps(run)
    def command(**given: Any) -> None:
        run(**{one.name: given.pop(one.name) for one in fixed}, options=given)

    parameters = [*fixed, *made]
    command.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]  # inspect looks for it
    if procedure:
        command.__doc__ = f"{procedures.request_of(procedure).__doc__}\n\n{WITHOUT_LIVE}"
    command.__annotations__ = {one.name: one.annotation for one in parameters}
    return command


def words_of_the_command_line() -> list[str]:
    """What was typed behind `handoff`, also where a shell asks how it could go on."""
    typed = os.environ.get("_TYPER_COMPLETE_ARGS") or os.environ.get("COMP_WORDS")
    if typed is None:
        return sys.argv[1:]
    try:
        return shlex.split(typed)[1:]
    except ValueError:  # a quotation mark that is not closed yet
        return typed.split()[1:]


def named_on_the_command_line() -> str | None:
    """The procedure that `handoff run` is asked for, as it is spelled; None where it names none that there is."""
    words = words_of_the_command_line()
    known = {name.casefold(): name for name in procedures.names()}
    return (
        next(filter(None, (known.get(word.casefold()) for word in words[1:])), None) if words[:1] == ["run"] else None
    )


def _options_of(procedure: str) -> list[inspect.Parameter]:
    fields = procedures.request_of(procedure).model_fields
    return [_option(name, field) for name, field in fields.items() if name not in procedures.OURS]


def _option(name: str, field: "FieldInfo") -> inspect.Parameter:
    from tasks.requests import option_of

    plain = _without_none(field.annotation)
    switch = plain is bool
    option = option_of(name)
    shown = typer.Option(
        f"{option}/--no-{option[2:]}" if switch else option,
        help=_help(field),
        metavar=None if switch else _metavar(plain, field),
        show_default=False,
        rich_help_panel=PANEL,
        autocompletion=None if switch else _completion(plain, field),
    )
    annotation: Any = bool | None if switch else list[str] | None if get_origin(plain) is list else str | None
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[annotation, shown]
    )


def _without_none(annotation: Any) -> Any:
    kinds = [kind for kind in get_args(annotation) if kind is not type(None)]
    return kinds[0] if type(None) in get_args(annotation) else annotation


def _help(field: "FieldInfo") -> str:
    from tasks.requests import as_typed

    example = f" Example: {as_typed(field.examples[0])}" if field.examples else ""
    return f"{'Needed. ' if field.is_required() else ''}{field.description}{_default(field)}{example}"


def _metavar(plain: Any, field: "FieldInfo") -> str:
    if choices := _choices(plain):
        return "|".join(choices)
    kind = _kind_of_name(field)
    if kind is not None:
        return kind.upper()
    if get_origin(plain) is dict:
        return "JSON"
    return "NUMBER" if plain is int else "TEXT"


def _choices(plain: Any) -> list[str]:
    inner = get_args(plain)[0] if get_origin(plain) is list else plain
    return [str(one) for one in get_args(inner)] if get_origin(inner) is Literal else []


def _default(field: "FieldInfo") -> str:
    value = field.default
    if field.is_required() or value is None:
        return ""
    return f" Default: { ({True: 'on', False: 'off'}[value] if isinstance(value, bool) else value) }."


def _kind_of_name(field: "FieldInfo") -> str | None:
    return next((kind for one in field.metadata if (kind := getattr(one, "kind", None))), None)


def _completion(plain: Any, field: "FieldInfo") -> Callable[[str], list[str]]:
    choices, kind = _choices(plain), _kind_of_name(field)

    def complete(incomplete: str) -> list[str]:
        found = choices if kind is None else names_in_the_workspace(kind)
        return [one for one in found if one.startswith(incomplete)]

    return complete


def complete_procedure(incomplete: str) -> list[tuple[str, str]]:
    """The procedures that begin so, with what each does."""
    return [(name, line) for name, line in procedures.lines().items() if name.startswith(incomplete)]
