"""The vendor's rate, kept across all workers by a global concurrency limit of Prefect's with slot decay.

A limit is a bucket of slots that become free again at a steady rate (https://docs.prefect.io, *Global concurrency
limits*). Each process takes requests out of it in blocks, so that it costs the server few requests. It is made where
there is none yet, and taken as it is where somebody has set another on Prefect's page: the vendor's rate may be needed
elsewhere too.
"""

import atexit
import threading
import time
from contextlib import suppress
from functools import lru_cache

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound, PrefectHTTPStatusError
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from models.errors import InvalidInput, Unreachable
from models.settings import Settings
from platforms.opening import Share
from platforms.unify.allowance import Bucket
from platforms.unify.limits import FIVE_MINUTES, REQUESTS
from tasks.chunk_runs.lease import refuse_if_lost
from tasks.suspending import is_deployed

AWAY = (httpx.TransportError, PrefectHTTPStatusError)
SERVER_AWAY = 300.0  # seconds that Prefect's server may be away, as when it is restarted, before a run fails
A_MOMENT = 0.01


def share_of_rate(workspace: str) -> Share | None:
    """What this process has of a workspace's rate; None where it knows of no other worker (HANDOFF_WORKERS)."""
    workers = Settings().workers
    return _share(workspace, workers) if workers > 1 and is_deployed() else None


@lru_cache(maxsize=8)  # what opens a workspace again finds the same wire
def _share(workspace: str, workers: int) -> Share:
    rate = SharedRate(workspace, Bucket(REQUESTS, FIVE_MINUTES))
    atexit.register(rate.close)
    return Share(rate.grant, workers)


class SharedRate:
    """The limits of one workspace, one for each service of the vendor's."""

    def __init__(self, workspace: str, bucket: Bucket) -> None:
        self._workspace, self._bucket = workspace, bucket
        self._client: SyncPrefectClient | None = None
        self._opening = threading.Lock()

    def close(self) -> None:
        """Let go of the connection to Prefect's server."""
        if self._client is not None:
            self._client.__exit__(None, None, None)
            self._client = None

    def grant(self, service: str, requests: int) -> None:
        """Wait until so many requests may be sent. Raises Refused where this process may send none any more, and
        Unreachable where Prefect's server is away for minutes."""
        name = f"handoff-{self._workspace}-{service}"
        tries = Retrying(
            retry=retry_if_exception_type(AWAY), stop=stop_after_delay(SERVER_AWAY), wait=wait_fixed(2), reraise=True
        )
        while requests > 0:
            refuse_if_lost()
            try:
                taken, wait = tries(self._take, name, requests)
            except AWAY as error:
                why = f"Prefect's server, which keeps the rate of all workers in '{name}', does not give it ({error})"
                raise Unreachable(why) from error
            requests -= taken
            time.sleep(wait)

    def _take(self, name: str, requests: int) -> tuple[int, float]:
        """How many were taken, and for how many seconds to wait before the next look.

        Looks first, and takes what is free: `prefect.concurrency.sync.rate_limit` asks without a look, and Prefect
        answers a no by counting from that moment on anew (3.9.1, measured: decision 0060).
        """
        client = self._opened()
        try:
            limit = client.read_global_concurrency_limit_by_name(name)
        except ObjectNotFound:
            self._make(client, name)
            return 0, A_MOMENT
        if limit.slot_decay_per_second <= 0:
            raise InvalidInput(name, "is a limit without slot decay: that is no rate", "Delete it: it is made anew")
        slots = min(requests, limit.limit)  # where somebody made it smaller than a block
        over = limit.active_slots + slots - limit.limit
        if over > 0:
            return 0, over / limit.slot_decay_per_second + A_MOMENT
        try:
            client.increment_concurrency_slots([name], slots, "rate_limit")
        except PrefectHTTPStatusError as error:
            if error.response.status_code != httpx.codes.LOCKED:
                raise
            return 0, slots / limit.slot_decay_per_second  # another process was first
        return slots, 0.0

    def _make(self, client: SyncPrefectClient, name: str) -> None:
        made = GlobalConcurrencyLimitCreate(
            name=name, limit=self._bucket.size, slot_decay_per_second=self._bucket.a_second
        )
        with suppress(ObjectAlreadyExists):  # another process was first
            client.create_global_concurrency_limit(made)

    def _opened(self) -> SyncPrefectClient:
        with self._opening:  # kept: to open one takes longer than to ask
            if self._client is None:
                self._client = get_client(sync_client=True).__enter__()
            return self._client
