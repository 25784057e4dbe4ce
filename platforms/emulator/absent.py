"""The operations of the vendor's documents that the emulator does not have: each answers 501."""

from fastapi import APIRouter, Request

from platforms.emulator.problems import absent

OBJECT, ATTRIBUTE = "/data/v1/objects/{object_name}", "/data/v1/objects/{object_name}/attributes/{attribute_name}"
ABSENT: tuple[tuple[str, str], ...] = (
    ("POST", "/data/v1/events/query-jobs"),
    ("GET", "/data/v1/events/query-jobs"),
    ("GET", "/data/v1/events/query-jobs/{job_id}"),
    ("POST", "/data/v1/events/query-jobs/{job_id}/cancel"),
    ("GET", "/data/v1/events/query-jobs/{job_id}/results"),
    ("POST", "/data/v1/objects"),
    ("PATCH", OBJECT),
    ("DELETE", OBJECT),
    ("POST", f"{OBJECT}/attributes"),
    ("PATCH", ATTRIBUTE),
    ("DELETE", ATTRIBUTE),
    ("POST", f"{ATTRIBUTE}/options"),
    ("PATCH", f"{ATTRIBUTE}/options/{{option_name}}"),
    ("DELETE", f"{ATTRIBUTE}/options/{{option_name}}"),
)


def absent_routes() -> APIRouter:
    """A route for each, so that nothing that is documented is not found."""
    router = APIRouter()
    for method, path in ABSENT:
        router.add_api_route(path, _absent(f"{method} {path}"), methods=[method])
    return router


def _absent(operation: str):  # type: ignore[no-untyped-def]  # FastAPI reads the inner signature
    async def answer(request: Request) -> None:
        raise absent(operation)

    return answer
