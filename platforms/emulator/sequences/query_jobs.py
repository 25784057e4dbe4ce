"""Query jobs over enrollments and over their steps."""

from collections.abc import Iterator
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
    def rows(self, work: Work, query: EnrollmentQuery) -> Iterator[dict[str, Any]]:
        """See `jobs.Asking`."""
        values: dict[str, Any] = {}
        where = query.filter.sql(rows.updated_of(work), values)
        return map(bulk_enrollment, rows.each_enrollment(work, where, **values))


class Steps(Checking[StepQuery]):
    def rows(self, work: Work, query: StepQuery) -> Iterator[dict[str, Any]]:
        """See `jobs.Asking`."""
        values: dict[str, Any] = {}
        where = query.filter.sql(rows.updated_of(work), values)
        return map(bulk_step, rows.steps(work, where, values))


def routes(world: World) -> APIRouter:
    """The operations on both kinds of jobs."""
    router = APIRouter()
    router.include_router(job_routes(world, "/sequences/v1/enrollments/query-jobs", Enrollments(EnrollmentQuery)))
    router.include_router(job_routes(world, "/sequences/v1/enrollment-steps/query-jobs", Steps(StepQuery)))
    return router
