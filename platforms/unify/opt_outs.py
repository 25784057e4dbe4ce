"""Fields that keep people from being written to are only ever set, never lifted."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from models.errors import InvalidInput
from platforms.unify.wire import Request

OPT_OUTS = frozenset({"email_opt_out", "do_not_email", "do_not_call", "do_not_contact"})
"""Of a person the first three, of a company the last (Data API)."""


def refuse_to_lift(request: Request) -> None:
    """Raise InvalidInput for a write that gives an opt-out any value but true, at whatever depth of its body, or that
    changes the definition of such a field. Reads pass."""
    if request.reads:
        return
    named = next((field for field in OPT_OUTS if field in request.path.casefold()), None)
    if field := named or next(_lifted(request.json), None):
        raise InvalidInput(
            field, "lifts an opt-out, which Handoff never does", "Whoever may decide that does it in Unify's interface"
        )


def _lifted(value: Any) -> Iterator[str]:
    """The opt-outs in a body that are not set to true: as keys, or named in a value beside their own."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if (field := _opt_out(key)) and inner is not True:
                yield field
            yield from _lifted(inner)
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
        for inner in value:
            yield from _lifted(inner)
    elif field := _opt_out(value):
        yield field


def _opt_out(name: Any) -> str | None:
    plain = name.strip().casefold() if isinstance(name, str) else None
    return plain if plain in OPT_OUTS else None
