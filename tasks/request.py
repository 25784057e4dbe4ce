"""What a procedure is asked to do: its parameters, declared once.

A subclass in the procedure's own room has a field for each parameter: its type, title, help text, bounds and example.
Prefect's form, the shell's options, the flow's signature and the run's name come from it, and `check` holds what was
given against the workspace. Fields are flat, so that `prefect deployment run -p mailbox=…` works.
"""

from collections.abc import Callable, Mapping
from functools import cache, wraps
from inspect import Parameter as SignatureParameter
from inspect import Signature
from typing import Annotated, Any, ClassVar, Protocol, Self, TypeVar, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from models.errors import InvalidInput
from models.parameters import refuse_what_is_no_text
from platforms.port import Platform

MUCH = 200  # signs of a wrong value that a message shows
C = TypeVar("C")
R = TypeVar("R", bound="Request")


def blank_is_none(value: Any) -> Any:
    """Text without a letter is nothing, and so is a list of nothing; blank items of a list go."""
    if isinstance(value, list):
        return [item for item in value if blank_is_none(item) is not None] or None
    return None if isinstance(value, str) and not value.strip() else value


MAY_BE_BLANK = BeforeValidator(blank_is_none)
"""For parameters that may be left out: what was typed and deleted again counts as left out."""


class Request(BaseModel):
    """The parameters that every procedure has, which come last; those of a procedure are a subclass's."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)
    procedure: ClassVar[str]
    without_subject: ClassVar[str] = ""
    """What a run is about where no parameter says so."""
    needs_server: ClassVar[bool] = False
    """Whether a dry run, too, begins runs of Prefect's or looks after them."""
    _checked: Any = PrivateAttr(default=None)

    workspace: str = Field("sandbox", title="Workspace", description="Which workspace is meant.", min_length=1)
    dry_run: bool = Field(
        True, title="Dry run", description="On: only tell what would be done, and change nothing. Off: do it."
    )
    operation: str | None = Field(
        None, title="Operation to go on with", description="The id of one that was cut short. Usually left empty."
    )

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Self:
        """The request that these values make. Raises InvalidInput naming the first parameter that does not fit."""
        return cls(**cls.fitting(given))

    @classmethod
    def fitting(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """The values as the parameters take them. Raises InvalidInput naming the first that does not fit."""
        wanted = cls.parameters()
        return {name: wanted[name].fit(value) if name in wanted else value for name, value in given.items()}

    @classmethod
    @cache
    def parameters(cls) -> dict[str, "Parameter"]:
        """The parameters by name, a procedure's own first."""
        return {name: Parameter(name, found.annotation) for name, found in cls.signature().parameters.items()}

    @classmethod
    @cache
    def signature(cls) -> Signature:
        """The parameters as those of a function, a procedure's own first."""
        shared = list(Request.model_fields)
        names = [*(name for name in cls.model_fields if name not in shared), *shared]
        return Signature(
            [
                SignatureParameter(
                    name,
                    SignatureParameter.POSITIONAL_OR_KEYWORD,
                    annotation=_annotation(field),
                    default=SignatureParameter.empty if field.is_required() else field.default,
                )
                for name, field in ((name, cls.model_fields[name]) for name in names)
            ]
        )

    def given(self) -> dict[str, Any]:
        """The parameters' values by name, also those that were left out."""
        return {name: getattr(self, name) for name in self.parameters()}

    def check(self, platform: Platform) -> "Subject":
        """The request, checked against the workspace. Raises InvalidInput that names the field and the remedy; changes
        nothing."""
        raise NotImplementedError  # each procedure has its own

    def checked_as(self, kind: type[R], **found: Any) -> R:
        """This request as `kind`: names as the workspace spells them, and what else was found there."""
        return cast(R, kind.model_construct(**(dict(self) | found)))


def _annotation(field: FieldInfo) -> Any:
    """A field's type with everything that is said about it, as a parameter of a function has it."""
    shown = Field(
        title=field.title,
        description=field.description,
        examples=field.examples,
        json_schema_extra=field.json_schema_extra,
    )
    may_be_blank = () if field.is_required() or field.default is not None else (MAY_BE_BLANK,)
    return Annotated[(field.annotation, shown, *field.metadata, *may_be_blank)]


class Subject(Protocol):
    """A request that was checked: it knows what it is about."""

    @property
    def subject(self) -> str:
        """What only one live operation at a time may be about."""


def once(check: Callable[[R, Platform], C]) -> Callable[[R, Platform], C]:
    """A check that is made once for a request, however many ask for it: it reads files and the workspace."""

    @wraps(check)
    def checked(request: R, platform: Platform) -> C:
        if request._checked is None:
            request._checked = check(request, platform)
        found: C = request._checked
        return found

    return checked


class Parameter:
    """A parameter of a procedure: its name, what it takes, and what it takes in words."""

    def __init__(self, name: str, annotation: Any) -> None:
        self.name = name
        self._adapter: TypeAdapter[Any] = TypeAdapter(annotation)
        self.takes = str(annotation.__metadata__[0].description)

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
