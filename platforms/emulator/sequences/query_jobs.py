"""Query jobs over enrollments and over their steps."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from platforms.emulator.checking import Checking
from platforms.emulator.jobs import job_routes
from platforms.emulator.sequences import rows
from platforms.emulator.sequences.documents import bulk_enrollment, bulk_step
from platforms.emulator.sequences.filters import EnrollmentFilter, StepFilter
from platforms.emulator.world import World
from platforms.sandbox.store import Work


class EnrollmentQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")
    filter: EnrollmentFilter = EnrollmentFilter()


class StepQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")
    filter: StepFilter = StepFilter()


class Enrollments(Checking[EnrollmentQuery]):
    def rows(self, work: Work, query: EnrollmentQuery) -> list[dict[str, Any]]:
        """See `jobs.Asking`."""
        values: dict[str, Any] = {}
        where = query.filter.sql(rows.updated_of(work), values)
        return [bulk_enrollment(row) for row in rows.enrollments(work, where, **values)]


class Steps(Checking[StepQuery]):
    def rows(self, work: Work, query: StepQuery) -> list[dict[str, Any]]:
        """See `jobs.Asking`."""
        values: dict[str, Any] = {}
        where = query.filter.sql(rows.updated_of(work), values)
        return [bulk_step(row) for row in rows.steps(work, where, values)]


def routes(world: World) -> APIRouter:
    """The operations on both kinds of jobs."""
    router = APIRouter()
    router.include_router(job_routes(world, "/sequences/v1/enrollments/query-jobs", Enrollments(EnrollmentQuery)))
    router.include_router(job_routes(world, "/sequences/v1/enrollment-steps/query-jobs", Steps(StepQuery)))
    return router
