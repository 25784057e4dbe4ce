"""`handoff up` tells of a loan past its deadline once, at the second look."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli.keeping.overdue_loans import OverdueLoans
from journal import loans, operations
from journal.database import Journal
from models.setting_keys import SettingKey
from models.settings import Settings
from models.watch_file import watch_in
from tests.journal.journals import operation
from tests.workspaces import NOW

BLOCK = SettingKey.ruleset("Default", "block_reenrollment")
HOUR = timedelta(hours=1)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("HANDOFF_HOME", str(tmp_path / "home"))
    settings = Settings()
    settings.make_home()
    return settings


@pytest.fixture
def journal(settings: Settings) -> Journal:
    journal = Journal(settings.journal_url)
    operations.begin(journal, operation())
    return journal


def borrow(journal: Journal, workspace: str, deadline: datetime) -> int:
    """A loan of a live workspace, whose time is ours; gives its id."""
    return loans.take(journal, "first", workspace, BLOCK, "75 DAY", "0 DAY", NOW, deadline).id or 0


def test_a_loan_past_its_deadline_is_told_at_the_second_look_and_once(settings: Settings, journal: Journal) -> None:
    deadline = datetime.now(UTC) - HOUR
    overdue = borrow(journal, "unify", deadline)
    borrow(journal, "emea", deadline + 2 * HOUR)
    looking = OverdueLoans(settings)
    assert [] == looking.look()
    [told] = looking.look()
    assert ("unify", str(BLOCK)) == (told["workspace"], told["setting"])
    about = "how long contacts wait before they may be enrolled again, in the ruleset 'Default'"
    assert told["message"].startswith(f"on loan past its deadline, {deadline:%Y-%m-%d %H:%M} UTC, on unify: {about};")
    assert "it was 75 days" in told["message"]
    assert ([], (overdue,)) == (looking.look(), watch_in(settings.home_folder).notified_loans)


def test_another_start_tells_no_second_time(settings: Settings, journal: Journal) -> None:
    borrow(journal, "unify", datetime.now(UTC) - HOUR)
    for number in (1, 0):
        looking = OverdueLoans(settings)
        assert [0, number] == [len(looking.look()), len(looking.look())]


def test_what_is_given_back_between_two_looks_is_not_told(settings: Settings, journal: Journal) -> None:
    loan = borrow(journal, "unify", datetime.now(UTC) - HOUR)
    looking = OverdueLoans(settings)
    looking.look()
    loans.amend(journal, loan, state="returned", closed_at=NOW)
    assert ([], ()) == (looking.look(), watch_in(settings.home_folder).notified_loans)


def test_a_journal_that_is_away_is_nothing_to_tell_of(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDOFF_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    assert [] == OverdueLoans(Settings()).look()
