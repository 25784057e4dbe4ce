"""The times of a cron line, as Prefect's server computes them: without Prefect, and without a clock.

A wall time that does not exist, where clocks go forward, comes as much later as they are moved; one that comes twice,
where they go back, counts the first time. So a night has one run each calendar day, whatever the clocks do.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from models.errors import InvalidInput

OFF = "off"
EXAMPLE = "Write five fields such as '0 2 * * *' (minute, hour, day, month, day of the week), or off"
FIELDS = re.compile(r"[0-9A-Za-z*,/-]+")
TURNED = timedelta(hours=2)  # more than any zone turns its clocks by


@dataclass(frozen=True)
class Schedule:
    """A cron line of five fields and the time zone that it is meant in."""

    cron: str
    zone: str = "UTC"

    @classmethod
    def read(cls, setting: str, text: str, zone: str = "UTC") -> "Schedule | None":
        """The schedule that a setting holds; None for `off`. Raises InvalidInput naming the setting."""
        cron = " ".join(text.split())
        if cron.casefold() == OFF:
            return None
        fields = cron.split(" ")
        if len(fields) != 5 or not all(map(FIELDS.fullmatch, fields)):
            raise InvalidInput(setting, f"'{text}' is no cron line of five fields", EXAMPLE)
        if "*" not in (fields[2], fields[4]):
            # Some programs take both, others either: nobody should have to know which.
            raise InvalidInput(setting, f"'{text}' names days of the month and of the week", "Name one of them")
        schedule = cls(cron, zone)
        try:
            schedule.due_after(datetime(2000, 1, 1, tzinfo=UTC))
        except StopIteration as error:
            raise InvalidInput(setting, f"'{text}' never comes", EXAMPLE) from error
        except (CronSimError, AssertionError) as error:
            raise InvalidInput(setting, f"'{text}' is no cron line ({error})", EXAMPLE) from error
        return schedule

    def due_after(self, instant: datetime) -> datetime:
        """The first due time after an instant (UTC). Raises StopIteration where there is none within fifty years."""
        walls = CronSim(self.cron, self._wall(instant) - TURNED)
        wall, due = next((wall, due) for wall, due in self._with_instants(walls) if due > instant)
        # Where the clocks go forward, a time that does not exist comes after some that follow it on the dial.
        following = takewhile(lambda one: one < wall + TURNED, walls)
        return min([due, *(later for _, later in self._with_instants(following) if later > instant)])

    def due_before(self, instant: datetime) -> datetime:
        """The last due time at or before an instant (UTC). Raises StopIteration as `due_after` does."""
        walls = CronSim(self.cron, self._wall(instant) + TURNED, reverse=True)
        wall, due = next((wall, due) for wall, due in self._with_instants(walls) if due <= instant)
        preceding = takewhile(lambda one: one > wall - TURNED, walls)
        return max([due, *(earlier for _, earlier in self._with_instants(preceding) if earlier <= instant)])

    def _wall(self, instant: datetime) -> datetime:
        return instant.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)

    def _with_instants(self, walls: Iterator[datetime]) -> Iterator[tuple[datetime, datetime]]:
        zone = ZoneInfo(self.zone)
        return ((wall, wall.replace(tzinfo=zone, fold=0).astimezone(UTC)) for wall in walls)
