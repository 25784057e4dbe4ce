"""What the vendor's JSON is read into: a dataclass says what a document has and where, and pydantic reads it.

What a document has besides is left alone. A field that is missing or of another type raises Unreadable, which names
the operation and the field.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import cache, partial
from operator import itemgetter
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetPydanticSchema,
    PlainValidator,
    Strict,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)
from pydantic_core import CoreSchema, ErrorDetails, PydanticCustomError, PydanticKnownError, PydanticUndefined
from pydantic_core import core_schema as schemas
from typing_extensions import TypeAliasType

from models.errors import Unreadable

T = TypeVar("T")
WRONG = "wrong"  # the type of our own errors; their message is what the sentence says of the field
KINDS = {dict: "an object", list: "a list", str: "a text", bool: "true or false", int: "a number", float: "a number"}
WANTED = {
    "string_type": "a text",
    "literal_error": "a text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "instant": "an instant",
    "dict_type": "an object",
    "dataclass_type": "an object",
    "list_type": "a list",
}


def _instant(found: Any) -> datetime:
    if not isinstance(found, str):
        raise PydanticKnownError("string_type")
    try:
        at = datetime.fromisoformat(found)
    except ValueError:
        raise PydanticCustomError("instant", "no instant") from None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _whole(found: Any) -> Any:
    return int(found) if isinstance(found, float) and found.is_integer() else found


# Aliases that pydantic keeps whole: the checks of a type come before what its path adds, in each release of pydantic.
Address = TypeAliasType("Address", Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True)])
Flag = TypeAliasType("Flag", Annotated[bool, Strict()])
Whole = TypeAliasType("Whole", Annotated[int, Strict(), BeforeValidator(_whole)])  # 2.0 is one: JSON has but numbers
Instant = TypeAliasType("Instant", Annotated[datetime, PlainValidator(_instant)])  # in UTC


def path(steps: str) -> Any:
    """Where a field stands in the document: `mailbox.user?.email`. What has a `?` may be null or left out; the field is
    None then. A field whose None is checked is named as in the document: the error says its name."""
    first, *below = steps.split(".")
    default = None if first.endswith("?") else PydanticUndefined
    alias = first.removesuffix("?")
    field = Field(default=default, validate_default=True, validation_alias=alias, title=steps)  # see `fields_read.py`
    field.metadata.append(GetPydanticSchema(partial(_inside, first, below)))
    return field


def or_else(value: Any) -> AfterValidator:
    """What a field is where it would be None."""
    return AfterValidator(lambda found: value if found is None else found)


def _inside(first: str, below: list[str], kind: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
    schema = handler(kind)
    if schema["type"] == "nullable":  # the path says which of the objects, or the value itself, may be null
        schema = schema["schema"]
    for step in reversed(below):
        name = step.removesuffix("?")
        field = schemas.typed_dict_field(_may_be_null(step, schema), required=name == step)
        outer = schemas.typed_dict_schema({name: field})
        schema = schemas.no_info_after_validator_function(itemgetter(name), outer)
    return _may_be_null(first, schema)


def _may_be_null(step: str, schema: CoreSchema) -> CoreSchema:
    if not step.endswith("?"):
        return schema
    return schemas.with_default_schema(schemas.nullable_schema(schema), default=None)


_reader: Callable[[Any], TypeAdapter[Any]] = cache(TypeAdapter)  # made once it is needed: commands start sooner


def read(kind: type[T], document: Any, operation: str, place: str = "") -> T:
    """A document that an operation of the contract answered with; `place` is where in the answer it stands."""
    try:
        found: T = _reader(kind).validate_python(document)
        return found
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
    # Not in the except: what pydantic says shows the value, which may be anybody's data.
    raise Unreadable(f"{operation}: {_path([place, *first['loc']])} {_problem(first)}")


def _path(steps: Iterable[str | int]) -> str:
    joined = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps if step != "")
    return joined.removeprefix(".") or "the answer"


def _problem(error: ErrorDetails) -> str:
    kind, found = error["type"], error["input"]
    if kind == "missing":
        return "is missing"
    if kind == WRONG:
        return error["msg"]
    if kind == "literal_error" and isinstance(found, str):
        return "is none of the documented ones"
    said = "null" if found is None else KINDS.get(type(found), type(found).__name__)
    return f"is {said}, not {WANTED.get(kind, 'what is documented')}"
