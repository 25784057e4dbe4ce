"""What an operations person does and sees in Prefect's pages: a form, an approval, a wait, a report."""

import re
import time

import pytest
from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as PageTimeout

from models.records import Company, Sequence, SequenceStep
from models.workspace import Workspace
from tests.browser.conftest import Album
from tests.end_to_end.conftest import Site
from tests.workspaces import OUTBOUND, PIA, PLAY, QUIN, RAJ, SUE, excluding, person, play, ruleset, workspace

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

BIG = "bigcorp.test"
TOGGLE = "whether the exclusion 'Customers' keeps contacts out of all sequences"
EVERY_DAY = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
A_WHILE = 240  # seconds: a run's process starts in some, on a busy machine in very many


def kept_out() -> Workspace:
    """Pia, Quin and Raj work for a customer and are kept out of a sequence of one email; Sue is not."""
    return workspace(
        people=[*(person(email, company_domain=BIG) for email in (PIA, QUIN, RAJ)), person(SUE)],
        companies=(Company(domain=BIG, status="customer"),),
        exclusions=(excluding(company_domain=(BIG,)),),
        rulesets=(ruleset(exclusions={"Customers": True}),),
        plays=(play(published=False),),
        sequences=(Sequence(name=OUTBOUND, steps=(SequenceStep(),), send_days=EVERY_DAY),),
    )


@pytest.mark.rule("R34", "R35", "R36", "R37", "R38", "R39")
def test_whom_a_person_approves_on_the_form_is_enrolled_and_the_exclusion_comes_back(
    site: Site, page: Page, album: Album
) -> None:
    site.sandbox.load(kept_out())
    settings = settings_of(site)
    page.goto(f"{site.server.url}/v2/deployments")
    start_from_the_form(page, album)
    approve_on_the_form(page, album)
    see_it_through(page, album)
    read_the_report(page, album)
    assert {PIA, QUIN} == {entry["person"] for entry in site.sandbox.dump()["enrollments"]}
    assert settings == settings_of(site)


def settings_of(site: Site) -> tuple[object, object]:
    state = site.sandbox.state()
    return state["rulesets"], state["exclusions"]


def field(page: Page, title: str) -> Locator:
    """What is labelled with a title; the page writes `(Optional)` behind those that may be left out."""
    return page.get_by_label(re.compile(rf"^{re.escape(title)}( \(Optional\))?$"))


def start_from_the_form(page: Page, album: Album) -> None:
    """Fill in the form by its titles, start it live, and go to the run.

    The first look is put off for ten hours of the workspace, ten seconds of ours: long enough to see the run wait.
    """
    page.get_by_role("link", name="exclusion-rerun", exact=True).first.click()
    page.get_by_role("button", name=re.compile("^Run")).click()
    page.get_by_role("menuitem", name="Custom run").click()
    page.wait_for_load_state("networkidle")  # what is typed into a form that still loads is lost
    filled = {
        "Exclusion": "Customers",
        "Play": PLAY,
        "Exclusion: look after (minutes)": "600",
        "Exclusion: give up after (minutes)": "2880",
    }
    for title, value in filled.items():
        field(page, title).fill(value)
    field(page, "Dry run").click()
    expect(field(page, "Dry run")).not_to_be_checked()
    for title, value in filled.items():
        expect(field(page, title)).to_have_value(value)
    album.keep("form")
    submit(page, album)


def submit(page: Page, album: Album) -> None:
    """Press the button until there is a run, as a person would: on SQLite the server may say that it is busy."""
    run = page.get_by_role("button", name="View run").or_(page.get_by_role("link", name="View run")).first
    for _ in range(A_WHILE // 20):
        page.get_by_role("button", name="Submit").click()
        try:
            run.wait_for(state="visible", timeout=20_000)
        except PageTimeout:
            continue
        album.keep("submitted")
        return run.click()
    pytest.fail(f"no run is made: {page.inner_text('body')}")


def see_state(page: Page, name: str) -> None:
    """Look at a run's page until it shows a state; it asks for news only while the run works, so it is loaded again."""
    deadline = time.monotonic() + A_WHILE
    while not page.get_by_text(name, exact=True).first.is_visible():
        assert time.monotonic() < deadline, f"the run's page does not come to show {name}: {page.inner_text('main')}"
        page.wait_for_timeout(1_000)
        page.reload()
        expect(page.get_by_role("button", name="Open menu").first).to_be_visible()


def approve_on_the_form(page: Page, album: Album) -> None:
    """Read what is asked, approve two of three, and say who did."""
    see_state(page, "Suspended")
    expect(page.get_by_text("exclusion-rerun Customers live on sandbox").first).to_be_visible()
    page.get_by_role("button", name="Open menu").first.click()
    page.get_by_role("menuitem", name="Resume").click()
    form = page.get_by_role("dialog")
    for told in ("sandbox", "3 contacts", f"{PIA} · {OUTBOUND}", TOGGLE):
        expect(form).to_contain_text(told)
    album.keep("approval")
    form.get_by_role("button", name=re.compile("^Select ")).click()
    page.get_by_role("option", name="some", exact=True).click()
    whom, by = form.get_by_role("textbox").all()
    whom.fill(f"{PIA}\n{QUIN}")
    by.fill("Olga Ops")
    album.keep("approval-filled-in")
    send(page, form)


def send(page: Page, form: Locator) -> None:
    """Press the button until the form is gone, as a person would, and say what the page shows where it stays.

    Prefect's page lets a press go by where it still checks what was typed, or where the server is late with an answer;
    and a page that is loaded again meanwhile forgets what it was sending.
    """
    for _ in range(A_WHILE // 20):
        form.get_by_role("button", name="Resume").click()
        try:
            return form.wait_for(state="hidden", timeout=20_000)
        except PageTimeout:
            continue
    pytest.fail(f"the form stays: {page.inner_text('body')}")


def see_it_through(page: Page, album: Album) -> None:
    """Watch the run wait and end."""
    see_state(page, "AwaitingPropagation")
    album.keep("waiting")
    see_state(page, "Completed")


def read_the_report(page: Page, album: Album) -> None:
    """The run's artifact says how many were enrolled, who was not and why, and that what was borrowed is back."""
    page.get_by_role("tab", name="Artifacts").click()
    page.get_by_role("link", name=re.compile("exclusion-rerun-report")).first.click()
    page.locator("a[href*='/artifacts/artifact/']").first.click()
    expect(page.get_by_role("heading", name="2 of 3 contacts are enrolled")).to_be_visible()
    expect(page.get_by_role("row", name="not_approved").first).to_contain_text("1")
    expect(page.get_by_role("row", name=re.compile(TOGGLE, re.I))).to_contain_text("given back")
    album.keep("report")
