"""The front page of the report pages: read afresh from the journal, and quick however much there is in it."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from cli.keeping import front
from journal import loans, operations, questions, sweeps, waits
from journal.database import Journal
from journal.front_page import ON_A_PAGE
from models.setting_keys import SettingKey
from models.settings import Settings
from models.wording import in_utc
from reports.pages import pages
from reports.report_json import write_json
from tests.journal.journals import operation
from tests.reports.reported import a_report
from tests.workspaces import NOW

BLOCK = SettingKey.ruleset("Default", "block_reenrollment")
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("HANDOFF_HOME", str(tmp_path / "home"))
    settings = Settings()
    settings.operations_folder.mkdir(parents=True)
    return settings


@pytest.fixture
def journal(settings: Settings) -> Journal:
    return Journal(settings.journal_url)


@pytest.fixture
def browser(settings: Settings) -> Iterator[TestClient]:
    app = pages(settings.operations_folder, look=partial(front.look, settings))
    with TestClient(app, base_url="http://127.0.0.1:4201") as client:
        yield client


def an_id(number: int) -> str:
    return f"20261102-{number // 3600:02}{number // 60 % 60:02}{number % 60:02}-0000"


def test_a_home_in_which_nothing_was_run_needs_nobody(browser: TestClient) -> None:
    page = browser.get("/")
    assert 200 == page.status_code
    for sentence in ("Nothing needs a person", "No operation is under way", "Nothing is on loan", "There was no night"):
        assert sentence in page.text


def test_it_shows_what_waits_what_is_on_loan_and_what_needs_a_person(
    browser: TestClient, journal: Journal, settings: Settings
) -> None:
    wait, ask, left, again = map(an_id, range(4))
    operations.begin(journal, operation(wait))
    waits.begin(journal, wait, "re-enrollment settings", NOW, NOW + timedelta(minutes=45), NOW + timedelta(hours=2))
    deadline = datetime.now(UTC) - timedelta(hours=1)
    loans.take(journal, wait, "unify", BLOCK, "75 DAY", "0 DAY", NOW, deadline)
    operations.begin(journal, operation(ask, subject=HOSTILE))
    questions.ask(journal, ask, "go on", "1a2b", f"enroll 40 contacts {HOSTILE}", NOW, NOW + timedelta(days=1))
    for one in (left, again):
        operations.begin(journal, operation(one, subject="bo@send.test"))
        operations.update(
            journal, one, status="needs_attention", ended_at=NOW, next=[f"5 rows were refused in {one[-6:]}"]
        )
    write_json(a_report(operation_id=again), settings.operations_folder / again / "report.json")
    (settings.operations_folder / again / "report.html").write_text("<p>")
    sweeps.ended(journal, "unify")
    page = browser.get("/").text
    assert "3 things need a person" in page
    assert "A setting is not given back" in page
    assert "re-enrollment settings" in page
    about = "How long contacts wait before they may be enrolled again, in the ruleset &#39;Default&#39;"
    assert f"It was to go back by {in_utc(deadline)}: {about} on unify." in page
    assert f"{about}<small><code>{BLOCK}</code>".replace("&#39;", "'") in page.replace("&#39;", "'")
    assert 'data-label="Was">75 days</td><td data-label="Set to">0 days</td>' in page
    assert f"<code>handoff answer {ask}</code>" in page
    assert f'<code>handoff show {again}</code> or <a href="{again}/report.html">its report</a>' in page
    assert f"handoff show {left}" not in page  # it was run again since
    assert "431 of 500 contacts are back in their sequences" in page
    assert "The last sweep of unify ended" in page
    assert "<script" not in page
    assert HOSTILE.replace("<", "&lt;").replace(">", "&gt;") in page


def test_it_is_made_afresh_at_each_request(browser: TestClient, journal: Journal) -> None:
    assert "No operation is under way" in browser.get("/").text
    operations.begin(journal, operation(an_id(1)))
    assert "No operation is under way" not in browser.get("/").text


def test_the_last_night_is_shown_with_its_report(browser: TestClient, journal: Journal, settings: Settings) -> None:
    for at in (1, 2):
        operations.begin(journal, operation(an_id(at), procedure="nightly-remediation", subject="sandbox"))
        operations.update(journal, an_id(at), status="completed", ended_at=NOW)
    folder = settings.operations_folder / an_id(2)
    folder.mkdir()
    (folder / "report.html").write_text("<p>")
    page = browser.get("/").text
    assert f'<a href="{an_id(2)}/report.html">Its report</a>' in page.partition("The last night began")[2]


@pytest.mark.parametrize("page", ["1", "2", "99", "0", "-1", "x", "\uff11", "9" * 30])
def test_any_number_of_a_page_shows_a_page(browser: TestClient, journal: Journal, page: str) -> None:
    for at in range(ON_A_PAGE + 1):
        operations.begin(journal, operation(an_id(at), mode="dry_run", ended_at=NOW, status="planned"))
    answer = browser.get("/", params={"page": page})
    on_the_second = page in ("2", "99")
    assert 200 == answer.status_code
    assert (on_the_second, not on_the_second) == (an_id(0) in answer.text, an_id(ON_A_PAGE) in answer.text)


def test_ten_thousand_operations_are_shown_within_a_second(browser: TestClient, journal: Journal) -> None:
    plan = {"purpose": "x" * 5_000}
    with journal.session() as session:
        session.add_all(
            operation(
                an_id(at), ended_at=NOW, status=("completed", "failed")[at % 2], plan=plan, subject=f"m{at % 300}"
            )
            for at in range(10_000)
        )
    browser.get("/")
    begun = time.perf_counter()
    page = browser.get("/", params={"page": "100"}).text
    took = time.perf_counter() - begun
    assert "page 100 of 200" in page
    assert took < 1, took


def test_a_journal_that_cannot_be_read_leads_to_the_files(tmp_path: Path) -> None:
    def locked(_: int) -> dict[str, object]:
        raise OperationalError("SELECT 1", {}, Exception("database is locked"))

    client = TestClient(pages(tmp_path, look=locked), base_url="http://localhost")
    answer = client.get("/")
    assert (503, True) == (answer.status_code, 'href="files"' in answer.text)
    assert "database is locked" in answer.text
    assert "There is none yet" in client.get("/files").text


def test_it_is_read_only_and_loads_nothing(browser: TestClient) -> None:
    assert {405} == {browser.request(method, "/").status_code for method in ("POST", "PUT", "DELETE")}
    page = browser.get("/")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "http" not in page.text.replace("http-equiv", "")
