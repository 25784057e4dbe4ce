"""The vendor's Data API: objects and attributes are read; records are read, written and queried."""

from fastapi import APIRouter

from platforms.emulator.data.asking import AskingRecords
from platforms.emulator.data.object_routes import object_routes
from platforms.emulator.data.record_routes import OBJECT, record_routes
from platforms.emulator.jobs import job_routes
from platforms.emulator.world import World


def routes(world: World) -> APIRouter:
    """Its operations."""
    router = APIRouter()
    router.include_router(object_routes())
    router.include_router(record_routes(world))
    router.include_router(job_routes(world, f"{OBJECT}/query-jobs", AskingRecords()))
    return router
