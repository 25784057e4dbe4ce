"""How Prefect's form shows the parameters of a procedure."""

import inspect
from types import NoneType
from typing import Annotated, Any, get_args

from pydantic import Field
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from tasks.requests import as_typed


def form_of(signature: inspect.Signature) -> inspect.Signature:
    """The parameters as the form is to show them: by title, with help text and example, each as one plain field.

    Prefect titles a parameter by its name unless the extra of its schema has a title, shows no examples, and
    shows `str | None` as a switch between two types, of which None is on.
    """
    return signature.replace(parameters=[_field(parameter) for parameter in signature.parameters.values()])


def _field(parameter: inspect.Parameter) -> inspect.Parameter:
    shown = parameter.annotation.__metadata__[0]
    annotation, default = parameter.annotation, parameter.default
    if default is None:
        # Without a default in its schema a field that nobody touches is not sent, and text and lists may be null.
        [plain] = (kind for kind in get_args(annotation.__origin__) if kind is not NoneType)
        said = annotation.__metadata__
        annotation, default = Annotated[(plain, *said, Field(default_factory=lambda: None))], PydanticUndefined
    elif default is inspect.Parameter.empty:
        default = PydanticUndefined
    extra = {"title": shown.title, **_extra(shown)}
    field = Field(default=default, description=help_text(shown), json_schema_extra=extra)
    return parameter.replace(annotation=annotation, default=field)


def help_text(shown: FieldInfo) -> str:
    """A parameter's help, its example behind it."""
    if not shown.examples or "format" in _extra(shown):  # a picker shows by itself how to fill it in
        return f"{shown.description}"
    return f"{shown.description} Example: {as_typed(shown.examples[0])}"


def _extra(shown: FieldInfo) -> dict[str, Any]:
    return shown.json_schema_extra if isinstance(shown.json_schema_extra, dict) else {}
