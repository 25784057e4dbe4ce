"""Whether a procedure on Unify ends the same however the network fares.

    python -m benchmarks.unify_faults [--json FILE] [SEEDS]          default 20

`ownership-change` puts 60 contacts back through the vendor's API over a socket, once in fair weather and once for each
seed with one request in five going wrong: refused with 429 or 5xx, cut before or after it was carried out, answered
with half an answer or with none that is JSON. Printed for each: how many requests went wrong, the seconds, whether the
workspace is then the same by contact, and whether anybody was enrolled twice.
"""

import argparse
import os
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks import findings

FAULTS = 0.2
PEOPLE = 60
KEY = "key-of-the-benchmark"


def main(seeds: int, file: Path | None) -> None:
    """Run, compare, print. Raises SystemExit, after all seeds, where one ends otherwise."""
    kept = Counter({"seeds": seeds, "ended otherwise": 0, "enrolled twice": 0, "faults": 0})
    file = file and file.absolute()  # each run has a working directory of its own
    from prefect.settings import PREFECT_LOGGING_LEVEL, temporary_settings
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=180), temporary_settings({PREFECT_LOGGING_LEVEL: "CRITICAL"}):
        fair, _, seconds, _ = one_run(None)
        print(f"fair weather: {seconds:.1f} s, {len(fair)} contacts")
        print(f"{'seed':>5} {'faults':>7} {'requests':>9} {'seconds':>8} {'same end':>9} {'twice':>6}")
        for seed in range(1, seeds + 1):
            end, requests, seconds, twice = one_run(seed)
            wrong = requests.total() - requests["fair"]
            print(f"{seed:>5} {wrong:>7} {requests.total():>9} {seconds:>8.1f} {end == fair!s:>9} {twice:>6}")
            kept.update({"ended otherwise": end != fair, "enrolled twice": twice, "faults": wrong})
            if end != fair:
                print(f"seed {seed} ends otherwise: {set(end.items()) ^ set(fair.items())}")
    findings.write(kept, file)
    if kept["ended otherwise"] or kept["enrolled twice"]:
        raise SystemExit(1)


def one_run(seed: int | None) -> tuple[dict[str, Any], Counter[str], float, int]:
    """A run in a home of its own: each contact's enrollments, requests, seconds, and how many were enrolled twice."""
    with tempfile.TemporaryDirectory(prefix="handoff-bench-") as folder:
        os.environ |= {"HANDOFF_HOME": folder, "HANDOFF_SANDBOX_CLOCK": "simulated"}
        os.chdir(folder)
        return _carried_out(Path(folder), seed)


def _carried_out(home: Path, seed: int | None) -> tuple[dict[str, Any], Counter[str], float, int]:
    import pytest
    from pydantic import SecretStr

    from models.changes import ChangeMailboxOwner
    from platforms.emulator.app import make_app
    from platforms.emulator.limits import unlimited
    from platforms.emulator.weather import FAIR, Weather
    from platforms.unify.http_wire import HttpWire
    from platforms.unify.limits import Limits
    from platforms.unify.retrying import Patience
    from tests.flows.on_unify import MovedByHand, UnifyHouse
    from tests.person_at_work import Person, at_work
    from tests.platforms.in_process import UNLIMITED
    from tests.platforms.serving import served
    from tests.workspaces import ANAS_MAILBOX, BO, running, workspace

    house, emails = UnifyHouse(home), [f"p{at}@x.test" for at in range(PEOPLE)]
    house.load(workspace(people=emails, enrollments=[running(email) for email in emails]))
    house.plan(workspace="sandbox")
    house.do(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))
    sandbox, weather = house.sandbox, FAIR if seed is None else Weather(fault_rate=FAULTS, seed=seed)
    app = make_app(sandbox, SecretStr(KEY), weather, unlimited())
    with served(app) as address, pytest.MonkeyPatch.context() as patch:
        wire = HttpWire(
            address,
            SecretStr(KEY),
            limits=Limits(**UNLIMITED),
            patience=Patience(attempts=20, first_pause=0.01, longest_pause=0.2, first_look=0.01, longest_look=0.05),
        )
        moved = MovedByHand(wire, "unify")
        moved.sandbox = sandbox
        patch.setattr("tasks.operation.open_workspace", lambda name, settings: moved)
        at_hand = at_work(Person(sandbox), patch)
        next(at_hand)
        start = time.perf_counter()
        report = house.run()
        seconds = time.perf_counter() - start
        next(at_hand, None)
    if report.counts["enrolled"] != PEOPLE:
        raise SystemExit(f"seed {seed}: {report.counts}")
    end, twice = _ends(house)
    return end, app.met, seconds, twice  # type: ignore[attr-defined]  # the weather is outermost


def _ends(house: Any) -> tuple[dict[str, Any], int]:
    """Each contact's enrollments as they stand, and who has more than the one they fell out of and the new one."""
    found: dict[str, list[Any]] = {}
    for row in house.sandbox.workspace_record().enrollments:
        found.setdefault(row.person, []).append((row.sequence, row.mailbox, row.state, row.steps_done, row.end_reason))
    return {email: tuple(rows) for email, rows in found.items()}, sum(len(rows) > 2 for rows in found.values())


if __name__ == "__main__":
    reading = argparse.ArgumentParser(prog="python -m benchmarks.unify_faults")
    reading.add_argument("seeds", nargs="?", type=int, default=20)
    findings.add_option(reading)
    given = reading.parse_args()
    main(given.seeds, given.json)
