"""What a figure is to reach."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

FORMATS = {
    "times": "{:.2f} times",
    "MiB": "{:,.0f} MiB",
    "µs": "{:,.0f} µs",
    "s": "{:,.1f} s",
    "share": "{:.1%}",
    "count": "{:,.0f}",
    "": "{:.3f}",
}
"""How values of a unit are shown."""
LARGEST = "the largest size"
"""A step of a path: of what stands there by size, the largest, which is another one in a quick try."""


@dataclass(frozen=True)
class Goal:
    """A bound that a figure may not pass; below it with `at_least`, above it without."""

    bound: float
    at_least: bool = False

    def is_reached(self, value: float) -> bool:
        return value >= self.bound if self.at_least else value <= self.bound

    def ratio(self, value: float) -> float | None:
        """How many times worse than the goal: above 1 it is missed. None where the bound is nought."""
        over, under = (self.bound, value) if self.at_least else (value, self.bound)
        return over / under if over > 0 and under > 0 else None


@dataclass(frozen=True)
class Figure:
    """One number of those that a benchmark found: `path` leads to it, `unit` is a key of FORMATS."""

    name: str
    path: tuple[str, ...]
    unit: str
    goal: Goal | None = None

    def value(self, found: Mapping[str, Any]) -> float | None:
        """The number; None where the benchmark did not find it."""
        value: Any = reduce(_step, self.path, found)
        return float(value) if isinstance(value, int | float) else None

    def shown(self, value: float | None) -> str:
        return "not measured" if value is None else FORMATS[self.unit].format(value)

    def shown_goal(self) -> str:
        if self.goal is None:
            return ""
        return f"at {'least' if self.goal.at_least else 'most'} {self.shown(self.goal.bound)}"


def _step(found: Mapping[str, Any], key: str) -> Any:
    sizes = [int(name) for name in found if name.isdigit()] if key == LARGEST else []
    return found.get(str(max(sizes)) if sizes else key, {})
