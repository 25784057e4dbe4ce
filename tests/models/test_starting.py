"""Who started a run of a deployment is told by its idempotency key, or by what Prefect says created it."""

from datetime import UTC, datetime

import pytest

from models.starting import missed_night_key, night_key, shell_key, start_of

NIGHT = "20261102-020000-1a2b"
DUE = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)


def started(
    key: str | None = None, creator: str | None = None, name: str | None = None, *, auto_scheduled: bool = False
) -> tuple[str | None, str]:
    found = start_of(key, creator, name, "ownership-change", auto_scheduled=auto_scheduled)
    assert "ownership-change" == found.deployment
    return found.by, found.started_from


def test_a_run_that_somebody_at_a_shell_handed_to_the_workers_is_theirs() -> None:
    assert ("olga, the second@laptop", "shell") == started(shell_key("olga, the second@laptop"))
    assert shell_key("olga") != shell_key("olga")


def test_a_run_that_a_night_started_names_the_nights_operation() -> None:
    assert (NIGHT, "night") == started(night_key(NIGHT, "ownership-change:ana@send.acme.test"))


def test_a_night_that_was_made_up_for_is_a_schedules() -> None:
    assert ("handoff up, for a night that was missed", "schedule") == started(missed_night_key("sandbox", DUE))


@pytest.mark.parametrize(
    ("creator", "name", "expected"),
    [
        ("SCHEDULE", "Cron", ("Cron", "schedule")),
        ("AUTOMATION", "on Mondays", ("on Mondays", "automation")),
        ("USER", "olga", ("olga", "deployment")),
        (None, None, (None, "deployment")),
    ],
)
def test_otherwise_it_is_what_prefect_says(creator: str | None, name: str | None, expected: tuple[str, str]) -> None:
    assert expected == started("a key of somebody else's", creator, name)


def test_a_run_that_a_schedule_made_is_a_schedules_also_where_prefect_names_no_creator() -> None:
    assert (None, "schedule") == started(auto_scheduled=True)
