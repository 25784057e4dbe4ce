"""In which condition Prefect is: told from one look, and asked of a real server."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli.keeping import prefect_api
from cli.keeping.condition import kept, prefect
from models.rules.watching import Seen
from models.settings import Settings

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SOON = NOW + timedelta(minutes=5)
BOTH = {"nightly-remediation": SOON, "restore-settings": SOON}


def states(seen: Seen) -> dict[str, str]:
    return {one.check: one.state for one in kept(seen, NOW)}


def test_a_worker_and_both_schedules_are_fine() -> None:
    assert {"prefect.worker": "ok", "prefect.schedules": "ok"} == states(Seen(next=BOTH, polled=NOW))


@pytest.mark.parametrize("polled", [None, NOW - timedelta(minutes=3)])
def test_without_a_worker_what_is_handed_over_waits_for_ever(polled: datetime | None) -> None:
    assert "trouble" == states(Seen(next=BOTH, polled=polled))["prefect.worker"]


def test_a_server_that_nobody_deployed_to_needs_no_worker_for_a_run_of_the_shell() -> None:
    assert {"note"} == set(states(Seen()).values())
    assert "trouble" == states(Seen(polled=NOW - timedelta(days=1)))["prefect.worker"]


def test_a_schedule_of_which_nothing_is_to_come_is_trouble_and_one_that_is_off_a_note() -> None:
    [found] = [one for one in kept(Seen(next={**BOTH, "restore-settings": None}, polled=NOW), NOW) if one.state != "ok"]
    assert ("trouble", "prefect.schedules") == (found.state, found.check)
    [found] = [one for one in kept(Seen(next={"restore-settings": SOON}, polled=NOW), NOW) if one.state != "ok"]
    assert ("note", True) == (found.state, "nightly-remediation" in found.message)


@pytest.mark.slow
def test_a_real_server_is_asked_without_a_word_of_ours_to_it(
    prefect_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pydantic import SecretStr

    from tasks.workspaces import UnifyWorkspace

    monkeypatch.setenv("PREFECT_API_URL", prefect_server)
    monkeypatch.setenv("HANDOFF_HOME", str(tmp_path / "home"))
    found = {one.check: one for one in prefect(Settings().only_looking(), datetime.now(UTC))}
    assert ("ok", True) == (found["prefect.server"].state, prefect_server in found["prefect.server"].message)
    assert "prefect.worker" in found
    UnifyWorkspace(base_url="https://emea.test", api_key=SecretStr("a-key")).save("doctors", overwrite=True)
    try:
        assert "doctors" in prefect_api.kept_workspaces(prefect_server)
        kept = prefect_api.kept_workspace(prefect_server, "doctors")
    finally:
        UnifyWorkspace.delete("doctors")  # other tests' names are told too
    assert {"base_url": "https://emea.test", "api_key": "a-key"} == kept
    assert {} == prefect_api.kept_workspace(prefect_server, "nobody")
    assert prefect_api.WORKSPACE_BLOCK == UnifyWorkspace.get_block_type_slug()
    assert not (tmp_path / "home").exists()
