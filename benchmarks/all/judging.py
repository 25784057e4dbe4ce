"""Each figure of a record, held against its goal."""

from collections.abc import Iterator
from typing import NamedTuple

from benchmarks.all.goals import Figure
from benchmarks.all.measurements import ALL, Measurement
from benchmarks.all.record import Record


class Verdict(NamedTuple):
    """A figure and what it is; `value` is None where it was not measured."""

    measurement: Measurement
    figure: Figure
    value: float | None

    @property
    def name(self) -> str:
        return f"{self.measurement.name}: {self.figure.name}"

    @property
    def is_reached(self) -> bool | None:
        """None where there is no goal, or no value."""
        if self.figure.goal is None or self.value is None:
            return None
        return self.figure.goal.is_reached(self.value)

    @property
    def ratio(self) -> float | None:
        """How many times worse than its goal it is."""
        return None if self.figure.goal is None or self.value is None else self.figure.goal.ratio(self.value)


def verdicts(record: Record) -> Iterator[Verdict]:
    """All figures in the order in which they are declared."""
    for measurement in ALL:
        found = record.found(measurement)
        for figure in measurement.figures:
            yield Verdict(measurement, figure, figure.value(found))
