"""Flows of a process that tests have to themselves, without what a flow sends beside its work.

A flow tells the server of each task run, which is a good part of its time, and waits up to a second for its heartbeat.
"""

from prefect import flow_engine
from prefect.events import utilities


def send_no_heartbeats_and_task_runs() -> None:
    """For this process and all that it forks."""
    # Not by its setting: a fork reads its settings from its environment anew, where this one takes only numbers. Of the
    # type checker: a property is put in place of a property, which it takes for assigning to a method.
    flow_engine.BaseFlowRunEngine.heartbeat_seconds = property(lambda engine: None)  # type: ignore[method-assign]
    utilities.should_emit_events = lambda: False
