"""The benchmark of `ownership-change` measures the flow that there is."""

from inspect import unwrap

import flows.ownership_change
from benchmarks.ownership_change import STEPS


def test_each_step_that_is_timed_is_one_that_the_flow_calls() -> None:
    flow, carried_out = unwrap(flows.ownership_change.ownership_change.fn), flows.ownership_change.put_back
    assert set() == set(STEPS) - {*flow.__code__.co_names, *carried_out.__code__.co_names}
