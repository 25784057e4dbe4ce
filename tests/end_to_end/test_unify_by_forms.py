"""A deployed run on Unify: it shows forms for what the API cannot do, and ends with everybody back, all given back."""

from collections.abc import Iterator
from getpass import getuser
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr

from journal import loans
from models.changes import ChangeMailboxOwner, SetSetting
from models.records import Interval
from platforms.emulator.app import make_app
from platforms.emulator.limits import unlimited
from tests.end_to_end.conftest import Site
from tests.end_to_end.test_answers_and_sweeps import asked, handoff
from tests.platforms.serving import served
from tests.processes import wait_until
from tests.workspaces import ANAS_MAILBOX, BO, OUTBOUND, PIA, QUIN, RAJ, ruleset, running, workspace

CLOCK = "x600"
KEY = "a-key-for-the-workspace-unify"
BLOCK = "ruleset:Default:block_reenrollment"
TEAM = (PIA, QUIN, RAJ)
pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.fixture
def unify(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The site's sandbox behind the vendor's API, and a worker that knows it as the workspace `unify`."""
    site.sandbox.load(
        workspace(people=TEAM, enrollments=[running(email) for email in TEAM], rulesets=[ruleset(allow_same=True)])
    )
    with served(make_app(site.sandbox, SecretStr(KEY), limits=unlimited())) as address:
        site.env |= {"UNIFY_API_KEY": KEY, "UNIFY_BASE_URL": address}
        for name, value in site.env.items():
            monkeypatch.setenv(name, value)
        site.start_worker()
        yield site


@pytest.mark.rule("R7", "R8", "R47")
def test_forms_are_answered_in_the_browser_and_from_the_shell(unify: Site) -> None:
    unify.sandbox.apply(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))
    run = unify.run(mailbox=ANAS_MAILBOX, workspace="unify", dry_run=False)
    assert "enroll 3 contacts again" in asked(unify, run, 1)  # candidates: nobody had looked before the change
    unify.api.answer_form(run, {"go_on": True, "approved_by": "Olga Ops"})

    told = form(unify, run, "set the waiting period")
    for words in ("Settings > Organization > Sequences > Rulesets", "0 days: at once, not never", "an admin"):
        assert words in told
    unify.api.answer_form(run, {"outcome": "done", "done_by": "Olga Ops"})  # who forgot to save
    assert "75 days still" in form(unify, run, "could not be taken")
    unify.sandbox.apply(SetSetting(setting=BLOCK, value=Interval(value=0)))
    operation = unify.operation_of(run).id
    handoff(unify, "answer", operation, "--set", "outcome=done")

    form(unify, run, "set the waiting period to 75 days")
    assert 3 == len(unify.sandbox.places(list(TEAM), OUTBOUND))
    unify.sandbox.apply(SetSetting(setting=BLOCK, value=Interval(value=75)))
    handoff(unify, "answer", operation, "--set", "outcome=done", "--set", "done_by=Olga Ops")
    assert "Completed" == unify.ended(run)

    report = handoff(unify, "show", operation)
    assert ("unify", 3, ["returned"]) == (
        report["workspace"],
        report["counts"]["enrolled"],
        [loan["state"] for loan in report["loans"]],
    )
    assert [] == loans.open_loans(unify.journal)
    assert [] == [event for event in report["events"] if event["state"] in ("new", "intended")]
    asked_for = [event for event in report["events"] if event["what"] == "asked"]
    assert ["answered", "refused", "answered", "answered"] == [one["state"] for one in asked_for], asked_for
    assert ["Olga Ops", "Olga Ops", getuser(), "Olga Ops"] == [one["after"]["by"] for one in asked_for]
    assert_the_key_is_nowhere(unify)


def form(site: Site, run: UUID, words: str) -> str:
    """The form that a run shows, once it holds these words."""
    shown: list[Any] = [""]

    def holds() -> bool:
        shown[0] = asked(site, run, 2).replace("\\", "")  # names are text, no Markdown
        return words in shown[0]

    wait_until(holds, 120, lambda: f"no form says '{words}': {shown[0]}", pause=1)
    return str(shown[0])


def assert_the_key_is_nowhere(site: Site) -> None:
    """Not in the home (journal, reports), and not in what the server and the worker wrote."""
    folders = (site.home, site.server.home)
    holding = [path for folder in folders for path in folder.rglob("*") if path.is_file() and holds_key(path)]
    assert [] == holding


def holds_key(path: Any) -> bool:
    found: bool = KEY.encode() in path.read_bytes()
    return found
