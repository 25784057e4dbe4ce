"""What a run leaves in Prefect: its report, a table of who was not done, and how far long work has come."""

from typing import Any
from uuid import UUID

import pytest
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId
from prefect.client.schemas.objects import Artifact
from prefect.runtime import flow_run

from journal import operations
from tasks.artifacts import LONG, ProgressArtifact
from tests.flows.house import House
from tests.workspaces import ANAS_MAILBOX, OUTBOUND, PIA, PLAY, QUIN, person, running, workspace

SECRETS = {
    "HANDOFF_SANDBOX_API_KEY": "s3cret-key",
    "HANDOFF_REPORTS_URL": "https://olga:s3cret-word@reports.test",
    "PREFECT_API_AUTH_STRING": "s3cret-auth",
}


def artifacts(run: str) -> dict[str, Artifact]:
    """A run's artifacts, by kind."""
    wanted = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run]))  # type: ignore[list-item]  # text does
    with get_client(sync_client=True) as client:
        return {str(found.type): found for found in client.read_artifacts(artifact_filter=wanted)}


def test_a_run_leaves_its_report_and_who_was_not_done_without_any_secret(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    people = [person(PIA), person(QUIN, opted_out=True)]
    house.load_and_change_owner(workspace(people=people, enrollments=[running(PIA, play=PLAY), running(QUIN)]))
    report = house.run()
    row = operations.get(house.journal, report.operation_id)
    assert row is not None
    left = artifacts(str(row.flow_run_id))
    told, table = str(left["markdown"].data), left["table"]
    assert f"(https://reports.test/{report.operation_id}/report.html)" in told
    assert f"| {QUIN} | blocked | opted\\_out |" in told
    assert f'"contact": "{QUIN}"' in str(table.data) and PIA not in str(table.data)
    assert ("ownership-change-report", "ownership-change-not-done") == (left["markdown"].key, table.key)
    assert "1 of 1 contact not done" in str(table.description)
    assert "s3cret" not in str(left)


def test_a_run_that_needs_a_person_stands_out_among_green_ones(house: House) -> None:
    house.load_and_change_owner(workspace(people=[PIA], enrollments=[running(PIA)]))
    report = house.run(contacts=f"{PIA}\nno-address", sequence=OUTBOUND)
    row = operations.get(house.journal, report.operation_id)
    assert row is not None and "needs_attention" == report.status
    with get_client(sync_client=True) as client:
        run = client.read_flow_run(UUID(str(row.flow_run_id)))
    assert ("NeedsAttention", True) == (run.state and run.state.name, "needs a person" in run.tags)
    assert f"ownership-change {ANAS_MAILBOX} live on sandbox: needs a person" == run.name


def test_long_work_shows_how_far_it_has_come_however_often_it_says_so(prefect_server: str) -> None:
    @flow
    def work() -> tuple[str, float]:
        shown = ProgressArtifact.begin("judging contacts", 20 * LONG)
        for done in range(0, 15 * LONG, 2):  # an update each would take an hour
            shown.show(done)
        half = artifacts(str(flow_run.id))["progress"].data
        shown.end()
        return str(flow_run.id), float(str(half))

    run, seen = work()
    left = artifacts(run)["progress"]
    assert (70.0, 100.0, "judging contacts") == (seen, float(str(left.data)), left.description)


@pytest.mark.parametrize("total", [None, LONG - 1])
def test_short_work_and_work_of_unknown_length_shows_nothing(prefect_server: str, total: Any) -> None:
    @flow
    def work() -> str:
        shown = ProgressArtifact.begin("judging contacts", total)
        shown.show(1)
        shown.end()
        return str(flow_run.id)

    assert {} == artifacts(work())
