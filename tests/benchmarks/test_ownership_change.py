"""The benchmark of `ownership-change` measures the flow that there is."""

import flows.ownership_change
from benchmarks.ownership_change import STEPS


def test_each_step_that_is_timed_is_one_that_the_flow_calls() -> None:
    assert set() == set(STEPS) - set(flows.ownership_change.ownership_change.fn.__code__.co_names)
