"""What the report pages serve to a browser, and what they do not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from reports.pages import pages
from reports.report_json import write_json
from tests.reports.reported import a_report

OLDER, NEWER, RUNNING = "20261102-090000-0aa1", "20261103-090000-0bb2", "20261104-090000-0cc3"


@pytest.fixture
def operations(tmp_path: Path) -> Path:
    """A home with two operations that ended, one that runs, and what nobody may see."""
    folder = tmp_path / "home" / "operations"
    for name in (OLDER, NEWER, RUNNING):
        (folder / name).mkdir(parents=True)
        (folder / name / "audience.csv").write_text("email\npia@x.test\n")
    for name in (OLDER, NEWER):
        write_json(a_report(operation_id=name), folder / name / "report.json")
        (folder / name / "report.html").write_text(f"<p>{name}")
    (folder / NEWER / ".outcomes.csv.tmp").write_text("half")
    (folder / NEWER / "journal.db").write_text("secret")
    (folder / "notes").mkdir()
    (folder / "notes" / "report.html").write_text("secret")
    (tmp_path / "home" / "journal.db").write_text("secret")
    (tmp_path / "home" / "up.json").write_text("secret")
    (folder / NEWER / "linked.csv").symlink_to(tmp_path / "home" / "journal.db")
    return folder


@pytest.fixture
def browser(operations: Path) -> Iterator[TestClient]:
    with TestClient(pages(operations), base_url="http://127.0.0.1:4201") as client:
        yield client


def test_the_index_has_the_operations_newest_first_with_their_files(browser: TestClient) -> None:
    page = browser.get("/").text
    assert page.index(RUNNING) < page.index(NEWER) < page.index(OLDER)
    assert f'href="{NEWER}/report.html"' in page
    assert f'href="{NEWER}/audience.csv"' in page
    assert "no report yet" in page
    assert not [name for name in ("notes", "journal.db", "linked.csv", ".tmp") if name in page]


def test_a_home_in_which_nothing_was_run_has_an_index(tmp_path: Path) -> None:
    page = TestClient(pages(tmp_path / "operations"), base_url="http://localhost").get("/")
    assert (200, True) == (page.status_code, "There is none yet" in page.text)


def test_a_report_and_a_csv_are_served_as_what_they_are(browser: TestClient) -> None:
    report = browser.get(f"/{NEWER}/report.html")
    assert (f"<p>{NEWER}", "text/html") == (report.text, report.headers["content-type"].partition(";")[0])
    assert "default-src 'none'" in report.headers["content-security-policy"]
    assert report.text == browser.get(f"/{NEWER}/").text
    csv = browser.get(f"/{NEWER}/audience.csv")
    assert ("text/csv", "nosniff") == (
        csv.headers["content-type"].partition(";")[0],
        csv.headers["x-content-type-options"],
    )


@pytest.mark.parametrize(
    "path",
    [
        f"/{NEWER}/journal.db",
        f"/{NEWER}/linked.csv",
        f"/{NEWER}/.outcomes.csv.tmp",
        f"/{NEWER}/none.csv",
        "/notes/report.html",
        "/journal.db",
        "/../journal.db",
        "/%2e%2e/journal.db",
        f"/{NEWER}/..%2f..%2fup.json",
        f"/{NEWER}/%2e%2e/%2e%2e/up.json",
        "//etc/passwd",
        "/%00/report.html",
        f"/{NEWER}/%2fetc%2fhosts.html",
        f"/{NEWER}/report.html%00.csv",
        f"/{NEWER}",
        "/up.json",
    ],
)
def test_nothing_else_is_served(browser: TestClient, path: str) -> None:
    answer = browser.get(path, follow_redirects=True)
    assert "secret" not in answer.text
    assert (answer.status_code in (400, 404)) or answer.text == f"<p>{NEWER}", answer.text


def test_nothing_can_be_written(browser: TestClient) -> None:
    assert {405} == {
        browser.request(method, f"/{NEWER}/report.html").status_code for method in ("PUT", "POST", "DELETE")
    }


@pytest.mark.parametrize("name", ["evil.test", "127.0.0.1.evil.test:4201", "192.168.0.1"])
def test_a_request_that_is_meant_for_another_name_is_refused(browser: TestClient, name: str) -> None:
    assert 400 == browser.get("/", headers={"Host": name}).status_code


def test_a_proxy_may_show_them_under_its_own_name(operations: Path) -> None:
    client = TestClient(pages(operations, ["reports.acme.test"]), base_url="https://reports.acme.test")
    assert 200 == client.get("/").status_code
