"""The vendor's rate, kept across all workers by a global concurrency limit of Prefect's with slot decay.

A limit is a bucket of slots that become free again at a steady rate (https://docs.prefect.io, *Global concurrency
limits*). Each process takes requests out of it in blocks, so that it costs the server few requests. It is made where
there is none yet, and taken as it is where somebody has set another on Prefect's page: the vendor's rate may be needed
elsewhere too.
"""

from contextlib import suppress
from functools import lru_cache

import httpx
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate
from prefect.concurrency.asyncio import ConcurrencySlotAcquisitionError
from prefect.concurrency.sync import rate_limit
from prefect.exceptions import ObjectAlreadyExists
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from models.errors import Unreachable
from models.settings import Settings
from platforms.opening import Share
from platforms.unify.allowance import Bucket
from platforms.unify.limits import FIVE_MINUTES, REQUESTS
from tasks.chunk_runs.lease import refuse_if_lost
from tasks.suspending import is_deployed

AWAY = (httpx.HTTPError, ConcurrencySlotAcquisitionError)
SERVER_AWAY = 300.0  # seconds that Prefect's server may be away, as when it is restarted, before a run fails


def share_of_rate(workspace: str) -> Share | None:
    """What this process has of a workspace's rate; None where it knows of no other worker (HANDOFF_WORKERS)."""
    workers = Settings().workers
    return _share(workspace, workers) if workers > 1 and is_deployed() else None


@lru_cache(maxsize=8)  # what opens a workspace again finds the same wire
def _share(workspace: str, workers: int) -> Share:
    return Share(SharedRate(workspace, Bucket(REQUESTS, FIVE_MINUTES)).grant, workers)


class SharedRate:
    """The limits of one workspace, one for each service of the vendor's."""

    def __init__(self, workspace: str, bucket: Bucket) -> None:
        self._workspace, self._bucket = workspace, bucket
        self._sizes: dict[str, int] = {}

    def grant(self, service: str, requests: int) -> None:
        """Wait until so many requests may be sent. Raises Refused where this process may send none any more, and
        Unreachable where Prefect's server is away for minutes."""
        name = f"handoff-{self._workspace}-{service}"
        tries = Retrying(
            retry=retry_if_exception_type(AWAY), stop=stop_after_delay(SERVER_AWAY), wait=wait_fixed(2), reraise=True
        )
        while requests > 0:
            try:
                requests -= tries(self._taken, name, requests)
            except AWAY as error:
                why = f"Prefect's server, which keeps the rate of all workers in '{name}', does not give it ({error})"
                raise Unreachable(why) from error

    def _taken(self, name: str, requests: int) -> int:
        """How many were taken: as many as were wanted, or as the limit holds where somebody made it smaller."""
        refuse_if_lost()
        size = self._sizes.pop(name, None) or self._size_of(name)
        taken = min(requests, size)
        rate_limit(name, occupy=taken, strict=True)  # else a limit that is not there would give any number
        refuse_if_lost()  # it may have waited
        self._sizes[name] = size  # not where it raised: somebody may have changed the limit, or deleted it
        return taken

    def _size_of(self, name: str) -> int:
        """How many slots a limit holds; made where there is none."""
        made = GlobalConcurrencyLimitCreate(
            name=name, limit=self._bucket.size, slot_decay_per_second=self._bucket.a_second
        )
        with get_client(sync_client=True) as client:
            with suppress(ObjectAlreadyExists):
                client.create_global_concurrency_limit(made)
            return client.read_global_concurrency_limit_by_name(name).limit
