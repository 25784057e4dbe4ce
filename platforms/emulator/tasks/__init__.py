"""The vendor's Tasks API. A rep sees their own tasks and no others (D5)."""

from fastapi import APIRouter

from platforms.emulator.tasks import operations, query_jobs
from platforms.emulator.world import World


def routes(world: World) -> APIRouter:
    """Its operations. Jobs come first: `query-jobs` is no id of a task."""
    router = APIRouter()
    for part in (query_jobs, operations):
        router.include_router(part.routes(world))
    return router
