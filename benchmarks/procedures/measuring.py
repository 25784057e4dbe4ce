"""Filling a workspace for a case, and carrying the case's procedure out, each in a process of its own."""

import cProfile
import json
import resource
import time
from pathlib import Path
from typing import Any

import psutil

from benchmarks.procedures.cases import Case
from benchmarks.procedures.filling import fill

PREPARED = "prepared.json"


def prepare(case: Case, size: int) -> dict[str, Any]:
    """Fill the home's sandbox for a case, and carry out what comes before it."""
    from models.settings import Settings

    home = Settings().make_home()
    fill(home, case, size)
    parameters = {**case.parameters(home, size)}
    if case.undoes is not None:
        done = _run(case.undoes.procedure, alone=True, **case.undoes.parameters(home, size))
        _check(case.undoes, done, size)
        parameters["undone"] = done["operation_id"]
    (home / PREPARED).write_text(json.dumps(parameters))
    return parameters


def carry_out(case: Case, size: int, alone: bool, profile: Path | None) -> dict[str, Any]:
    """CPU seconds and peak MiB of the case's procedure, live; `alone` without a server of Prefect.

    Raises SystemExit where not everybody was dealt with.
    """
    from models.settings import Settings

    parameters = json.loads((Settings().home_folder / PREPARED).read_text())
    _get_ready(case, alone)
    watch = cProfile.Profile(time.process_time)
    before = cpu_seconds()
    if profile is not None:
        watch.enable()
    report = _run(case.procedure, alone=alone, **parameters)
    found = {"cpu": cpu_seconds() - before, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
    if profile is not None:
        watch.dump_stats(str(profile))
    _check(case, report, size)
    return found


def cpu_seconds() -> float:
    """CPU seconds of this process and of those that it started, user and system."""
    me = psutil.Process()
    times = [process.cpu_times() for process in (me, *me.children(recursive=True))]
    return sum(one.user + one.system + one.children_user + one.children_system for one in times)


def _check(case: Case, report: dict[str, Any], size: int) -> None:
    done = report["counts"].get(case.outcome, 0)
    if done != size or report["status"] != case.status:
        raise SystemExit(f"not everybody is {case.outcome}: {report['counts']}, {report['status']}, {report['next']}")


def _get_ready(case: Case, alone: bool) -> None:
    """Load what the procedure is made of, and have Prefect's server up: neither is what the procedure costs."""
    from cli import prefect_settings

    prefect_settings.prepare()
    from cli.procedures import load

    load(case.procedure)
    if not alone:
        from prefect import flow

        flow(lambda: None, name="nothing")()


def _run(procedure: str, *, alone: bool = False, **parameters: Any) -> dict[str, Any]:
    """Carry a procedure out, live; `alone` without a server of Prefect, its steps as plain functions."""
    from cli import prefect_settings

    prefect_settings.prepare()
    from cli.procedures import load
    from tasks.approving import always_yes, ask_with

    ask_with(always_yes)
    flow, given = load(procedure), {"dry_run": False, **parameters}
    report: dict[str, Any] = flow.plan_without_server(given).model_dump(mode="json") if alone else flow(**given)
    return report
