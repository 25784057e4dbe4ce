"""Query jobs over enrollments and over their steps."""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, ValidationError

from platforms.emulator.jobs import job_routes
from platforms.emulator.problems import bad_request
from platforms.emulator.sequences import rows
from platforms.emulator.sequences.documents import bulk_enrollment, bulk_step
from platforms.emulator.sequences.filters import EnrollmentFilter, StepFilter
from platforms.emulator.world import World
from platforms.sandbox.store import Work

M = TypeVar("M", bound=BaseModel)


class AskedEnrollments(BaseModel):
    model_config = ConfigDict(extra="forbid")
    filter: EnrollmentFilter = EnrollmentFilter()


class AskedSteps(BaseModel):
    model_config = ConfigDict(extra="forbid")
    filter: StepFilter = StepFilter()


def checked(model: type[M], body: Any) -> M:
    """A request's body, checked. Raises Problem (400) that leads to the field."""
    try:
        return model.model_validate({} if body is None else body)
    except ValidationError as error:
        first = error.errors()[0]
        path = [part if isinstance(part, int) else str(part) for part in first["loc"]]
        raise bad_request(first["msg"], path or ("body",), first["type"]) from error


class Checking(Generic[M]):
    """Checks a request by a model."""

    def __init__(self, model: type[M]) -> None:
        self._model = model

    def check(self, params: Mapping[str, str], body: Any) -> M:
        """See `jobs.Asking`."""
        return checked(self._model, body)


class Enrollments(Checking[AskedEnrollments]):
    def rows(self, work: Work, asked: AskedEnrollments) -> list[dict[str, Any]]:
        """See `jobs.Asking`."""
        values: dict[str, Any] = {}
        where = asked.filter.sql(rows.updated_of(work), values)
        return [bulk_enrollment(row) for row in rows.enrollments(work, where, **values)]


class Steps(Checking[AskedSteps]):
    def rows(self, work: Work, asked: AskedSteps) -> list[dict[str, Any]]:
        """See `jobs.Asking`."""
        values: dict[str, Any] = {}
        where = asked.filter.sql(rows.STEP_UPDATED, values)
        return [bulk_step(row) for row in rows.steps(work, where, values)]


def routes(world: World) -> APIRouter:
    """The operations on both kinds of jobs."""
    router = APIRouter()
    router.include_router(job_routes(world, "/sequences/v1/enrollments/query-jobs", Enrollments(AskedEnrollments)))
    router.include_router(job_routes(world, "/sequences/v1/enrollment-steps/query-jobs", Steps(AskedSteps)))
    return router
