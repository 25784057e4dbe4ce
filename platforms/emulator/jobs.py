"""Query jobs: made, looked at until they are finished, read in pages; six operations, the same for every query."""

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from platforms.emulator.jobs_kept import LOOKS, Job, Status
from platforms.emulator.pages import USUAL, Cursor, Limit, after, paged
from platforms.emulator.problems import Problem, bad_request, conflict, not_found
from platforms.emulator.world import World
from platforms.sandbox.store import Work

NDJSON = "application/x-ndjson"
A_LOOK = 1.0  # seconds that a look waits for the answer
ANSWERING = ThreadPoolExecutor(max_workers=1, thread_name_prefix="query-job")
MOST_JSON, MOST_NDJSON = 2_000, 10_000  # rows of a page (docs/emulator.md, Limits)
Page = Annotated[int, Query(ge=1, le=2**31)]
PageSize = Annotated[int, Query(ge=1, le=MOST_NDJSON)]


class Asking(Protocol):
    """What a kind of query job asks."""

    def check(self, params: Mapping[str, str], body: Any) -> Any:
        """The request, checked: `params` are those of the address, `body` is JSON. Raises Problem."""

    def rows(self, work: Work, query: Any) -> Iterator[dict[str, Any]]:
        """The rows that a checked request selects, as the API writes them, in a fixed order."""


def job_routes(world: World, path: str, asking: Asking) -> APIRouter:
    """The six operations of one kind of query job; `path` ends with `/query-jobs` and may hold parameters."""
    router, jobs = APIRouter(), _JobsAt(world, path)
    _made_and_listed(router, jobs, asking)
    _followed(router, jobs, asking)
    return router


@dataclass(frozen=True)
class _JobsAt:
    """The jobs that were made under an address."""

    world: World
    path: str

    @property
    def service(self) -> str:
        return self.path.split("/")[1]

    def about(self, request: Request) -> str:
        """The address, with the parameters that a request gives it."""
        return self.path.format(**{name: value for name, value in request.path_params.items() if name != "job_id"})

    def find(self, request: Request, job_id: str) -> Job:
        """Raises Problem (404) where there is none of that id."""
        job = self.world.jobs.find(self.about(request), job_id)
        if job is None:
            raise not_found("There is no such job")
        return job


def _made_and_listed(router: APIRouter, jobs: _JobsAt, asking: Asking) -> None:
    world = jobs.world

    @router.post(jobs.path, status_code=201)
    async def create(request: Request) -> dict[str, Any]:
        query = asking.check(request.path_params, await json_body(request))
        world.limits.job_made()
        job = world.jobs.make(jobs.about(request), query, world.now())
        return {"job_id": job.job_id, "status": "IN_PROGRESS", "expires_at": _iso(job.expires_at)}

    @router.get(jobs.path)
    async def list_jobs(
        request: Request, cursor: Cursor = None, limit: Limit = USUAL, status: Status | None = None
    ) -> dict[str, Any]:
        now = world.now()
        made = world.jobs.of(jobs.about(request), after(cursor))
        found = [job for job in made if status in (None, job.status(now))]
        page, next_cursor = paged(found[: limit + 1], [job.number for job in found], limit)
        return {"jobs": [_job_json(job, world) for job in page], "next_cursor": next_cursor}


def _followed(router: APIRouter, jobs: _JobsAt, asking: Asking) -> None:
    world, path = jobs.world, jobs.path + "/{job_id}"

    @router.get(path)
    async def get(request: Request, job_id: str) -> dict[str, Any]:
        world.limits.job_looked_at(jobs.service)
        job = jobs.find(request, job_id)
        _go_on(job, world, asking)
        if job.answering is not None:
            await run_in_threadpool(wait, [job.answering], A_LOOK)
        return _job_json(job, world)

    @router.post(path + "/cancel")
    async def cancel(request: Request, job_id: str) -> dict[str, Any]:
        job = jobs.find(request, job_id)
        if job.status(world.now()) != "IN_PROGRESS":
            raise conflict("The job has ended", "job_not_cancelable")
        job.canceled_at = world.now()
        return {"job_id": job.job_id, "status": "CANCELED"}

    @router.get(path + "/results")
    async def results(request: Request, job_id: str, page: Page = 1, page_size: PageSize = 1_000) -> Response:
        world.limits.page_read(jobs.service)
        return _page(jobs.find(request, job_id), world, page, page_size, NDJSON in request.headers.get("accept", ""))


async def json_body(request: Request) -> Any:
    """The body of a request as JSON. Raises Problem (400) where it is none, or nested deeper than can be read."""
    try:
        return json.loads(await request.body() or b"null")
    except (ValueError, RecursionError) as error:
        raise bad_request("The body is not JSON", ("body",), "json_invalid") from error


def _go_on(job: Job, world: World, asking: Asking) -> None:
    """A job that was looked at often enough is answered: its rows are those of this moment. Where they are many, they
    are ready at a later look, and the emulator answers others meanwhile."""
    job.looks += 1
    if job.status(world.now()) == "IN_PROGRESS" and job.looks >= LOOKS and job.answering is None:
        job.answering = ANSWERING.submit(_answer, world, asking, job.query)


def _answer(world: World, asking: Asking, query: Any) -> list[str]:
    with world.sandbox.snapshot() as work:
        return [json.dumps(row) for row in asking.rows(work, query)]


def _job_json(job: Job, world: World) -> dict[str, Any]:
    return {
        "job_id": job.job_id,
        "status": job.status(world.now()),
        "total_rows": None if job.rows is None else len(job.rows),
        "error_code": job.failed,
        "created_at": _iso(job.created_at),
        "expires_at": _iso(job.expires_at),
        "canceled_at": None if job.canceled_at is None else _iso(job.canceled_at),
    }


def _page(job: Job, world: World, page: int, size: int, lines: bool) -> Response:
    match job.status(world.now()):
        case "IN_PROGRESS":
            raise conflict("The results are not ready", "results_not_ready")
        case "FAILED":
            raise conflict("The job failed", "results_failed")
        case "CANCELED":
            raise conflict("The job was canceled", "results_canceled")
        case "EXPIRED":
            raise Problem(410, {"status": "results_expired", "message": "The results have expired"})
    if not lines and size > MOST_JSON:
        message = f"A page of JSON has at most {MOST_JSON} rows; one of {NDJSON} {MOST_NDJSON}"
        raise Problem(413, {"status": "results_page_too_large", "message": message})
    rows = job.rows or []
    part = rows[(page - 1) * size : page * size]
    if lines:
        headers = {"x-total": str(len(rows)), "x-page": str(page), "x-page-size": str(size)}
        return Response("".join(f"{row}\n" for row in part), media_type=NDJSON, headers=headers)
    body = f'{{"total": {len(rows)}, "page": {page}, "page_size": {size}, "data": [{", ".join(part)}]}}'
    return Response(body, media_type="application/json")


def _iso(at: Any) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.000Z"
