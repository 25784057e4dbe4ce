"""Whether what a procedure was given fits its parameters, told by their names and in their own words."""

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from models.errors import InvalidInput
from models.parameters import refuse_what_is_no_text

MUCH = 200  # signs of a wrong value that a message shows


def fitting(function: Callable[..., Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The values as the parameters take them. Raises InvalidInput naming the first that does not fit."""
    parameters = parameters_of(function)
    return {name: parameters[name].fit(value) if name in parameters else value for name, value in given.items()}


@cache
def parameters_of(function: Callable[..., Any]) -> dict[str, "Parameter"]:
    """The parameters of a procedure's function, by name."""
    found = inspect.signature(function).parameters
    return {name: Parameter(name, parameter.annotation) for name, parameter in found.items()}


class Parameter:
    """A parameter of a procedure: its name, what it takes, and what it takes in words."""

    def __init__(self, name: str, annotation: Any) -> None:
        self.name = name
        self._adapter: TypeAdapter[Any] = TypeAdapter(annotation)
        described = getattr(annotation, "__metadata__", ())
        self.takes = str(described[0].description) if described else "see interface.md"

    def fit(self, *readings: Any, field: str = "") -> Any:
        """The first of these readings of a value that fits, as the parameter takes it. Raises InvalidInput."""
        refuse_what_is_no_text(field or self.name, readings[0])
        problem = ""
        for reading in readings:
            try:
                return self._adapter.validate_python(reading)
            except ValidationError as error:
                problem = problem or error.errors(include_input=False, include_url=False)[0]["msg"]
        shown = repr(readings[0])
        shown = shown if len(shown) <= MUCH else f"{shown[:MUCH]}…"
        raise InvalidInput(field or self.name, f"{shown} does not fit: {problem}", f"It takes: {self.takes}")
