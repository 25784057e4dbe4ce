"""`prefect.yaml` has a deployment for every flow, and each can be made without a question."""

from importlib import import_module
from typing import Any

import pytest
import yaml

from cli.keeping.commands import POOL
from cli.keeping.settled import NIGHT, SWEEP, settled
from cli.procedures import names
from tasks.chunk_runs.starting import ENROLL_CHUNK
from tests.architecture.source_files import ROOT

FILE: dict[str, Any] = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))
DEPLOYMENTS: list[dict[str, Any]] = FILE["deployments"]
TAGS = {"mailbox", "exclusion", "sequence", "enrollment", "loans", "tasks"}
SCHEDULES = {NIGHT: ("night", "02:00"), SWEEP: ("sweep", "every five minutes")}
each = pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda one: one["name"])


def test_every_flow_has_one_deployment_and_every_deployment_a_flow() -> None:
    assert sorted([*names(), ENROLL_CHUNK]) == sorted(deployment["name"] for deployment in DEPLOYMENTS)


@each
def test_a_deployment_its_flow_and_its_module_carry_one_name(deployment: dict[str, Any]) -> None:
    name = deployment["name"].replace("-", "_")
    assert f"flows.{name}:{name}" == deployment["entrypoint"]
    assert deployment["name"] == getattr(import_module(f"flows.{name}"), name).name


@each
def test_a_deployment_runs_on_the_pool_in_the_home_and_clock_that_were_settled(deployment: dict[str, Any]) -> None:
    assert POOL == deployment["work_pool"]["name"]
    carried = deployment["work_pool"]["job_variables"]["env"]
    assert {"HANDOFF_HOME", "HANDOFF_SANDBOX_CLOCK", "HANDOFF_REPORTS_URL"} == set(carried)
    assert set(carried.values()) <= {f"{{{{ settled.{key} }}}}" for key in settled()}


@each
def test_a_deployment_says_what_it_does_and_what_it_is_about(deployment: dict[str, Any]) -> None:
    assert len(deployment["description"]) > 60
    assert "handoff" == deployment["tags"][0]
    assert set(deployment["tags"][1:]) <= TAGS
    assert deployment["tags"][1:]


@each
def test_a_schedule_is_live_told_in_words_and_made_up_for_never(deployment: dict[str, Any]) -> None:
    key, words = SCHEDULES.get(deployment["name"], (None, None))
    schedules = deployment.get("schedules", [])
    assert (key is not None) == len(schedules)
    for schedule in schedules:
        settled_as = {field: f"{{{{ scheduled.{key}_{field} }}}}" for field in ("cron", "active")}
        assert settled_as == {field: schedule[field] for field in settled_as}
        everywhere = {"every_workspace": True} if deployment["name"] == SWEEP else {}
        assert {"dry_run": False, "workspace": "{{ settled.workspace }}"} | everywhere == schedule["parameters"]
        assert schedule["slug"]  # or the next deployment would replace it, paused or not
        assert words in deployment["description"]
        assert {"limit": 1, "collision_strategy": "CANCEL_NEW"} == deployment["concurrency_limit"]


def test_the_night_is_that_of_the_organisation() -> None:
    [nightly] = [one for one in DEPLOYMENTS if one["name"] == NIGHT]
    assert "{{ settled.timezone }}" == nightly["schedules"][0]["timezone"]


def test_a_terminal_is_not_asked_where_the_code_is() -> None:
    assert [{"prefect.deployments.steps.set_working_directory": {"directory": "{{ settled.folder }}"}}] == FILE["pull"]
