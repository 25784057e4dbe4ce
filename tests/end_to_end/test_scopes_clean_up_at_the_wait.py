"""Why no wait stands in a scope (docs/decisions/0009): flows that do so are run by a real server and worker.

Should a later Prefect clean up at the end of such a run instead, this fails, and the decision can be taken anew.
"""

import pytest

from models.setting_keys import SettingKey
from tests.end_to_end.conftest import Site
from tests.examples import THOROUGH
from tests.processes import wait_until
from tests.workspaces import PIA, excluding, workspace

# Propagation takes 3 s at least, so that what was changed just now does not act yet, and 12 s at most.
CLOCK = "x300"
SCOPES = ("by-finally", "by-with", "by-transaction")
TWO_STEPS = "in-two-steps"


@pytest.mark.slow
@pytest.mark.skipif(not THOROUGH, reason="about Prefect, not about Handoff: THOROUGH=1, or when its version changes")
@pytest.mark.timeout(300)
def test_a_scope_cleans_up_at_the_wait_and_its_run_ends_green_having_enrolled_while_the_exclusion_acts(
    site: Site,
) -> None:
    names = (*SCOPES, TWO_STEPS)
    site.deploy({name: f"tests.end_to_end.scoped_loans:{name.replace('-', '_')}" for name in names})
    site.start_worker()
    site.sandbox.load(workspace(exclusions=[excluding(PIA, name=name) for name in names]))
    runs = {name: site.run(name) for name in names}
    for run in runs.values():
        site.wait_for(run, "Suspended", "Failed", "Crashed")
    cleaned_up = ["turned off", "turned on again"]
    assert dict.fromkeys(SCOPES, cleaned_up) | {TWO_STEPS: ["turned off"]} == done(site, names)

    wait_until(lambda: not site.sandbox.state()["pending"], 60, "what was changed does not act yet")
    for run in runs.values():
        site.api.post(f"flow_runs/{run}/resume", {})
    assert dict.fromkeys(names, "Completed") == {name: site.ended(run) for name, run in runs.items()}
    cleaned_up_twice = [*cleaned_up, "enrolled while it acts", "turned on again"]
    assert {
        "by-finally": cleaned_up_twice,
        "by-with": cleaned_up_twice,
        # What a transaction rolls back is done again, and this time nothing waits for it, and nothing gives it back.
        "by-transaction": [*cleaned_up, "turned off", "enrolled while it acts"],
        TWO_STEPS: ["turned off", "enrolled while it does not act", "turned on again"],
    } == done(site, names)
    left_off = [name for name in names if not is_on(site, name)]
    assert ["by-transaction"] == left_off


def done(site: Site, names: tuple[str, ...]) -> dict[str, list[str]]:
    """What each run did, in order."""
    return {name: (site.home / name).read_text(encoding="utf-8").splitlines() for name in names}


def is_on(site: Site, exclusion: str) -> bool:
    """Whether an exclusion's global toggle is set."""
    return bool(site.sandbox.setting(SettingKey.parse(f"exclusion:{exclusion}:exclude_from_sequences")))
