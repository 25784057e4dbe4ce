"""Nights in a row on a real server and worker: what they start runs by itself, and they tell what became of it."""

from collections import Counter
from uuid import UUID

import pytest

from models.changes import ChangeMailboxOwner, Enroll
from tests.end_to_end.conftest import ENDED, Site
from tests.workspaces import ANAS_MAILBOX, BO, OUTBOUND, PIA, PLAY, QUIN, RAJ, running, workspace

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def night(site: Site) -> tuple[str, str]:
    """A live night by its deployment; gives its final state's name and its report in Prefect."""
    run = site.run("nightly-remediation", dry_run=False)
    return site.ended(run), report_of(site, run)


def report_of(site: Site, run: UUID) -> str:
    asked = {"artifacts": {"flow_run_id": {"any_": [str(run)]}, "type": {"any_": ["markdown"]}}}
    [found] = site.api.post("artifacts/filter", asked)
    return str(found["data"]).replace("\\", "")


def started(site: Site) -> list[UUID]:
    """The runs of `ownership-change` in this test's pool."""
    asked = {"flows": {"name": {"any_": ["ownership-change"]}}, "work_pools": {"name": {"any_": [site.pool]}}}
    return [UUID(run["id"]) for run in site.api.post("flow_runs/filter", asked)]


def test_a_change_is_remediated_by_one_run_of_its_own_and_each_night_tells_how_it_fares(site: Site) -> None:
    site.start_worker()
    recorded = [running(PIA, play=PLAY), running(QUIN, play=PLAY)]
    site.sandbox.load(workspace(people=[PIA, QUIN, RAJ], enrollments=recorded))
    before = site.sandbox.dump()["enrollments"]
    name, first = night(site)
    assert ("Completed", before, []) == (name, site.sandbox.dump()["enrollments"], started(site))
    assert "this night takes the record and changes nothing" in first

    site.sandbox.apply(Enroll(person=RAJ, sequence=OUTBOUND, mailbox=(ANAS_MAILBOX,)))  # nobody recorded that
    site.sandbox.apply(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))
    as_set = site.sandbox.state()["rulesets"]
    _, second = night(site)
    [run] = started(site)
    link = f"{site.server.api_url.removesuffix('/api')}/runs/flow-run/{run}"
    assert f"started, [{link}]({link})" in second

    assert "Suspended" == site.wait_for(run, "Suspended", *ENDED).name  # it asks for Raj, who is only a candidate
    name, third = night(site)
    assert ("NeedsAttention", [run]) == (name, started(site))
    assert "last night: ownership-change" in third and "waiting for an approval since" in third
    assert "answer its form in Prefect" in third.partition("## Contacts")[0]

    assert as_set == site.sandbox.state()["rulesets"], "it asks before it changes anything"
    site.api.answer_form(run, {"go_on": True, "approved_by": "Olga Ops"})
    assert "AwaitingPropagation" == site.wait_for(run, "AwaitingPropagation", *ENDED).name
    assert "Completed" == site.ended(run)
    assert as_set == site.sandbox.state()["rulesets"]
    begun = Counter(entry["person"] for entry in site.sandbox.dump()["enrollments"])
    assert {PIA: 2, QUIN: 2, RAJ: 2} == begun  # the one that was cancelled, and one more
    name, fourth = night(site)
    assert ("Completed", [run]) == (name, started(site))
    assert f"completed (enrolled 3), operation {site.operation_of(run).id}, [{link}]" in fourth
