"""A report as it is opened on a phone and on a wide screen, from a file that somebody was sent."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from reports.csv_out import write_csv
from reports.digest import digest
from reports.html_report import write_page
from tests.browser.conftest import Album
from tests.reports.reported import a_dry_run, a_report, an_empty_report, an_event, rows, the_outcomes

FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
ASK_FOR = "#find"


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A report with one of everything, and long names."""
    frame = the_outcomes()
    frame.loc[0, "email"] = f"{'a-very-long-name.' * 6}@customers.x.test"
    frame.loc[1, "sequence"] = "An-outbound-sequence-with-a-name-that-does-not-break-anywhere-at-all-2026"
    csv = write_csv(frame, tmp_path / "outcomes.csv")
    events = (
        an_event("fell_out", -900),
        an_event("borrowed", 2),
        an_event("waited", 2, 47, "re-enrollment settings"),
        an_event("probed", 47),
        an_event("enroll", 48, 58),
        an_event("given_back", 63),
    )
    summary = digest(a_report(timeline=events, files={"outcomes": str(csv)}), frame)
    return write_page(summary, tmp_path / "report.html")


@pytest.mark.parametrize("width", [390, 1100])
def test_nothing_of_a_report_is_cut_and_it_loads_nothing(page: Page, album: Album, report: Path, width: int) -> None:
    requests, messages = list[str](), list[str]()
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: messages.append(message.text))
    page.set_viewport_size({"width": width, "height": 1700})
    page.goto(report.as_uri())
    page.locator("summary").click()
    assert page.evaluate(FITS)
    assert ([report.as_uri()], []) == (requests, messages)
    page.evaluate("window.scrollTo(0, 0)")
    album.keep(f"report-{width}")
    drawn = page.locator("svg.chart").all()
    assert drawn
    for drawing in drawn:
        box = drawing.bounding_box()
        assert box is not None
        assert 0 <= box["x"] <= box["x"] + box["width"] <= width


@pytest.mark.parametrize("width", [390, 1100])
def test_a_report_of_little_fits_too(page: Page, album: Album, tmp_path: Path, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 1700})
    for name, summary in {
        "dry-run": digest(a_dry_run(), rows(3, "enrolled")),
        "empty": digest(an_empty_report()),
    }.items():
        page.goto(write_page(summary, tmp_path / f"{name}.html").as_uri())
        assert page.evaluate(FITS)
        album.keep(f"{name}-{width}")


def test_the_search_shows_the_contacts_that_have_every_word(page: Page, album: Album, report: Path) -> None:
    page.goto(report.as_uri())
    page.locator("summary").click()
    shown = page.locator("#each tbody tr:visible")
    assert 495 == shown.count()
    page.fill(ASK_FOR, "opted_out  BLOCKED")
    assert 12 == shown.count()
    assert "12 of 495 shown" == page.locator("#found").inner_text()
    album.keep("search")
    page.fill(ASK_FOR, "nobody has this")
    assert 0 == shown.count()
    page.fill(ASK_FOR, "")
    assert 495 == shown.count()


def test_without_scripts_the_table_is_whole_and_no_search_is_offered(page: Page, report: Path) -> None:
    assert page.context.browser is not None
    plain = page.context.browser.new_page(java_script_enabled=False)
    plain.goto(report.as_uri())
    plain.locator("summary").click()
    assert 495 == plain.locator("#each tbody tr:visible").count()
    assert not plain.locator(ASK_FOR).is_visible()


def test_the_csv_inside_the_page_is_the_file_byte_for_byte(page: Page, report: Path, tmp_path: Path) -> None:
    before = (tmp_path / "outcomes.csv").read_bytes()
    (tmp_path / "outcomes.csv").unlink()  # as for somebody who was mailed the page alone
    page.goto(report.as_uri())
    with page.expect_download() as waiting:
        page.locator("a.kept").click()
    assert "outcomes.csv" == waiting.value.suggested_filename
    assert before == waiting.value.path().read_bytes()
