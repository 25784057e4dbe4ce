"""Nights in a row on a real server and worker: what they start runs by itself, and they tell what became of it."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from journal import operations
from journal.database import Journal
from models.changes import ChangeMailboxOwner, Enroll
from tests.end_to_end.conftest import Site
from tests.processes import wait_until
from tests.workspaces import ANAS_MAILBOX, BO, OUTBOUND, PIA, PLAY, QUIN, RAJ, running, workspace

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
FINAL = ("Completed", "NeedsAttention", "Failed", "Crashed")


def night(site: Site) -> tuple[str, str]:
    """A live night by its deployment; gives its final state's name and its report in Prefect."""
    deployment = "nightly-remediation/nightly-remediation"
    run = site.server.run_deployment_cli(deployment, {"dry_run": False})
    return site.wait_for(run, *FINAL).name, report_of(site, run)


def report_of(site: Site, run: UUID) -> str:
    asked: dict[str, Any] = {"artifacts": {"flow_run_id": {"any_": [str(run)]}, "type": {"any_": ["markdown"]}}}
    found = httpx.post(f"{site.server.api_url}/artifacts/filter", json=asked, timeout=30).raise_for_status().json()
    assert 1 == len(found), found
    return str(found[0]["data"]).replace("\\", "")


def started(site: Site) -> list[UUID]:
    """The runs of `ownership-change` that Prefect knows."""
    asked = {"flows": {"name": {"any_": ["ownership-change"]}}}
    found = httpx.post(f"{site.server.api_url}/flow_runs/filter", json=asked, timeout=30).raise_for_status().json()
    return [UUID(run["id"]) for run in found]


def answer(site: Site, run: UUID) -> None:
    """What the button of the form in Prefect's UI sends; pressed again while the server's database is busy."""
    form = {"run_input": {"go_on": True, "approved_by": "Olga Ops"}}
    url = f"{site.server.api_url}/flow_runs/{run}/resume"

    def accepted() -> bool:
        said = httpx.post(url, json=form, timeout=30)
        return said.is_success and said.json()["status"] == "ACCEPT"

    wait_until(accepted, 30, "the form was not accepted")


def test_a_change_is_remediated_by_one_run_of_its_own_and_each_night_tells_how_it_fares(lasting_site: Site) -> None:
    site = lasting_site
    recorded = [running(PIA, play=PLAY), running(QUIN, play=PLAY)]
    site.sandbox.load(workspace(people=[PIA, QUIN, RAJ], enrollments=recorded))
    before = site.sandbox.dump()["enrollments"]
    name, first = night(site)
    assert ("Completed", before, []) == (name, site.sandbox.dump()["enrollments"], started(site))
    assert "this night takes the record and changes nothing" in first

    site.sandbox.apply(Enroll(person=RAJ, sequence=OUTBOUND, mailbox=(ANAS_MAILBOX,)))  # nobody recorded that
    site.sandbox.apply(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))
    _, second = night(site)
    [run] = started(site)
    link = f"{site.server.api_url.removesuffix('/api')}/runs/flow-run/{run}"
    assert f"started, [{link}]({link})" in second

    assert "Suspended" == site.wait_for(run, "Suspended", *FINAL).name  # it asks for Raj, who is only a candidate
    name, third = night(site)
    assert ("NeedsAttention", [run]) == (name, started(site))
    assert "last night: ownership-change" in third and "waiting for an approval since" in third
    assert "answer its form in Prefect" in third.partition("## Contacts")[0]

    answer(site, run)
    assert "AwaitingPropagation" == site.wait_for(run, "AwaitingPropagation", *FINAL).name
    assert "Completed" == site.wait_for(run, *FINAL).name
    name, fourth = night(site)
    [operation] = [row for row in operations.past(Journal(site.settings.journal_url)) if row.flow_run_id == str(run)]
    assert ("Completed", [run]) == (name, started(site))
    assert f"completed (enrolled 3), operation {operation.id}, [{link}]" in fourth
