"""Query jobs over tasks."""

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from models.records import RepTaskStatus, RepTaskType, TaskPriority
from platforms.emulator.checking import Checking
from platforms.emulator.filters import Among, Between, Filter, One, among, among_keys, named
from platforms.emulator.jobs import job_routes
from platforms.emulator.tasks import rows
from platforms.emulator.tasks.documents import bulk_task
from platforms.emulator.world import World
from platforms.sandbox.store import Work


class TaskFilter(Filter):
    """What tasks can be narrowed by."""

    updated_at: Between | None = None
    created_at: Between | None = None
    due_at: Between | None = None
    ended_at: Between | None = None
    id: Among[str] | None = None
    status: Among[RepTaskStatus] | None = None
    type: Among[RepTaskType] | None = None
    priority: Among[TaskPriority] | None = None
    assigned_user: One | None = None
    person: One | None = None
    company: One | None = None

    def sql(self, updated: str) -> str:
        """The condition; `updated` is the SQL of when a task last changed."""
        ranges = {
            updated: self.updated_at,
            "t.created_at": self.created_at,
            "t.due_at": self.due_at,
            "t.ended_at": self.ended_at,
        }
        found = [bound for column, between in ranges.items() if between for bound in between.sql(column)]
        found += among_keys("task", "t.id", self.id)
        for column, wanted in (("status", self.status), ("type", self.type), ("priority", self.priority)):
            found += among(f"t.{column}", wanted)
        found += named("user", "t.assignee_id", self.assigned_user)
        found += named("person", "t.person_id", self.person) + named("company", "p.company_id", self.company)
        return " AND ".join(found) or "1 = 1"


class TaskQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")
    filter: TaskFilter = TaskFilter()


class Tasks(Checking[TaskQuery]):
    def rows(self, work: Work, query: TaskQuery) -> Iterator[dict[str, Any]]:
        """See `jobs.Asking`."""
        where = f"{rows.visible(work)} AND {query.filter.sql(rows.updated_of(work))}"
        return map(bulk_task, rows.tasks(work, where))


def routes(world: World) -> APIRouter:
    """The operations on these jobs."""
    return job_routes(world, "/tasks/v1/tasks/query-jobs", Tasks(TaskQuery))
