"""What an operations person does and sees in Prefect's pages: a form, an approval, a wait, a report."""

import re
from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, expect

from models.records import Company, Sequence, SequenceStep
from models.workspace import Workspace
from tests.browser.conftest import Office
from tests.workspaces import OUTBOUND, PIA, PLAY, QUIN, RAJ, SUE, excluding, person, play, ruleset, workspace

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

BIG = "bigcorp.test"
EVERY_DAY = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
A_WHILE = 60_000  # milliseconds: a run's process starts in some seconds, on a busy machine in many


def kept_out() -> Workspace:
    """Pia, Quin and Raj work for a customer and are kept out of a sequence of one email; Sue is not."""
    return workspace(
        people=[*(person(email, company_domain=BIG) for email in (PIA, QUIN, RAJ)), person(SUE)],
        companies=(Company(domain=BIG, status="customer"),), exclusions=(excluding(company_domain=(BIG,)),),
        rulesets=(ruleset(exclusions={"Customers": True}),), plays=(play(published=False),),
        sequences=(Sequence(name=OUTBOUND, steps=(SequenceStep(),), send_days=EVERY_DAY),),
    )  # fmt: skip


@pytest.mark.rule("R34", "R35", "R36", "R37", "R38", "R39")
def test_whom_a_person_approves_on_the_form_is_enrolled_and_the_exclusion_comes_back(office: Office) -> None:
    office.sandbox.load(kept_out())
    settings = settings_of(office)
    run = start_from_the_form(office)
    approve_on_the_form(office, run)
    assert {PIA, QUIN} == see_it_through(office)
    read_the_report(office)
    assert settings == settings_of(office)


def start_from_the_form(office: Office) -> UUID:
    """Fill in the form by its titles and start it live; give the run. Half an hour would be over before it is seen."""
    page = office.page
    page.goto(f"{office.server.url}/v2/deployments")
    page.get_by_role("link", name="exclusion-rerun", exact=True).first.click()
    page.get_by_role("button", name=re.compile("^Run")).click()
    page.get_by_role("menuitem", name="Custom run").click()
    field(page, "Exclusion").fill("Customers")
    field(page, "Play").fill(PLAY)
    field(page, "Exclusion: look after (minutes)").fill("600")
    field(page, "Exclusion: give up after (minutes)").fill("2880")
    field(page, "Dry run").click()
    office.keep_picture("form")
    page.get_by_role("button", name="Submit").click()
    page.get_by_role("button", name="View run").or_(page.get_by_role("link", name="View run")).first.click()
    page.wait_for_url(re.compile("/flow-run/"))
    found = re.search(r"flow-run/([0-9a-f-]{36})", page.url)
    assert found
    return UUID(found[1])


def field(where: Page | Locator, title: str) -> Locator:
    """What is labelled with a title; the page writes `(Optional)` behind those that may be left out."""
    return where.get_by_label(re.compile(rf"^(Select )?{re.escape(title)}( \(Optional\))?$"))


def approve_on_the_form(office: Office, run: UUID) -> None:
    """Read what is asked, approve two of three, and say who did."""
    page = office.page
    expect(page.get_by_text("Suspended", exact=True).first).to_be_visible(timeout=A_WHILE)
    expect(page.get_by_text("exclusion-rerun Customers live on sandbox").first).to_be_visible()
    assert "PAUSED" == office.server.state(run).type
    page.get_by_role("button", name="Open menu").first.click()
    page.get_by_role("menuitem", name="Resume").click()
    form = page.get_by_role("dialog")
    expect(form).to_contain_text("sandbox")
    expect(form).to_contain_text("3 contacts")
    expect(form).to_contain_text("exclusion:Customers:exclude_from_sequences")
    office.keep_picture("approval")
    form.get_by_role("button", name=re.compile("^Select ")).click()
    page.get_by_role("option", name="some", exact=True).click()
    form.get_by_role("textbox").nth(0).fill(f"{PIA}\n{QUIN}")
    form.get_by_role("textbox").nth(1).fill("Olga Ops")
    office.keep_picture("approval-filled-in")
    form.get_by_role("button", name="Resume").click()


def see_it_through(office: Office) -> set[str]:
    """Watch the run wait and end; give who was enrolled."""
    page = office.page
    expect(page.get_by_text("AwaitingPropagation", exact=True).first).to_be_visible(timeout=A_WHILE)
    office.keep_picture("waiting")
    expect(page.get_by_text("Completed", exact=True).first).to_be_visible(timeout=2 * A_WHILE)
    return {entry["person"] for entry in office.sandbox.dump()["enrollments"]}


def read_the_report(office: Office) -> None:
    page = office.page
    page.get_by_role("tab", name="Artifacts").click()
    page.get_by_role("link", name=re.compile("exclusion-rerun-report")).first.click()
    page.locator("a[href*='/artifacts/artifact/']").first.click()
    expect(page.get_by_role("heading", name="2 of 3 contacts are enrolled")).to_be_visible()
    expect(page.get_by_role("row", name="not_approved")).to_contain_text("1")
    expect(page.get_by_role("row", name="exclusion:Customers:exclude_from_sequences")).to_contain_text("given back")
    office.keep_picture("report")


def settings_of(office: Office) -> tuple[object, object]:
    state = office.sandbox.state()
    return state["rulesets"], state["exclusions"]
