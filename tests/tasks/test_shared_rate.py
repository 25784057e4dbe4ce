"""The vendor's rate is kept by a limit of Prefect's, which every process takes from."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from uuid import uuid4

import httpx

from platforms.unify.allowance import Bucket
from tasks.shared_rate import SharedRate

SMALL = Bucket(limit=60, seconds=2.0, block=10)


def limit(api: str, name: str) -> str:
    return f"{api}/v2/concurrency_limits/{name}"


def test_processes_together_are_granted_what_the_bucket_holds_and_no_more(prefect_server: str) -> None:
    workspace = f"w{uuid4().hex[:8]}"
    processes = [SharedRate(workspace, SMALL) for _ in range(3)]
    began = time.monotonic()
    with ThreadPoolExecutor(3) as pool:  # threads know the test's server by its context, processes by their environment
        turns = [pool.submit(copy_context().run, one.grant, "sequences", 10) for one in 2 * processes]
        for turn in turns:
            turn.result()
    seconds = time.monotonic() - began
    assert 60 <= SMALL.size + SMALL.a_second * seconds
    made = httpx.get(limit(prefect_server, f"handoff-{workspace}-sequences")).json()
    assert (SMALL.size, SMALL.a_second) == (made["limit"], made["slot_decay_per_second"])


def test_a_limit_that_somebody_made_smaller_is_kept_to(prefect_server: str) -> None:
    workspace = f"w{uuid4().hex[:8]}"
    name = f"handoff-{workspace}-tasks"
    body = {"name": name, "limit": 4, "slot_decay_per_second": 1000.0}
    httpx.post(f"{prefect_server}/v2/concurrency_limits/", json=body).raise_for_status()
    SharedRate(workspace, SMALL).grant("tasks", 10)
    assert 4 == httpx.get(limit(prefect_server, name)).json()["limit"]


def test_a_limit_that_somebody_deleted_is_made_again(prefect_server: str) -> None:
    workspace = f"w{uuid4().hex[:8]}"
    name = f"handoff-{workspace}-data"
    rate = SharedRate(workspace, SMALL)
    rate.grant("data", 1)
    httpx.delete(limit(prefect_server, name)).raise_for_status()
    rate.grant("data", 1)
    assert httpx.get(limit(prefect_server, name)).is_success
