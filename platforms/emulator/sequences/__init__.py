"""The vendor's Sequences API."""

from fastapi import APIRouter

from platforms.emulator.sequences import definitions, enrollments, query_jobs
from platforms.emulator.world import World


def routes(world: World) -> APIRouter:
    """Its operations. Jobs come first: `query-jobs` is no id of an enrollment."""
    router = APIRouter()
    for part in (query_jobs, enrollments, definitions):
        router.include_router(part.routes(world))
    return router
