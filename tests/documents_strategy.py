"""Hypothesis: workspaces as people write them into a file."""

from typing import Any

from hypothesis import strategies as st

from models.records import Record
from tests.random_choices import Draws
from tests.workspaces_strategy import workspaces


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Workspaces as people write them into a file: keys in any order, defaults left out or spelled out."""
    made = draw(workspaces(pending=True, lively=True))
    return _said(Draws(draw(st.integers(0, 2**32), label="spelling")), made)


def _said(of: Draws, record: Record) -> dict[str, Any]:
    fields = type(record).model_fields
    return {
        name: _plain(of, getattr(record, name))
        for name in of.shuffled(list(fields))
        if fields[name].is_required()
        or of.often(0.3)
        or getattr(record, name) != fields[name].get_default(call_default_factory=True)
    }


def _plain(of: Draws, value: Any) -> Any:
    if isinstance(value, Record):
        return _said(of, value)
    return [_plain(of, item) for item in value] if isinstance(value, tuple) else value
