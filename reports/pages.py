"""Reports and CSVs of operations as pages for the browser: an index, and the files of each. Nothing else is served."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from models.operation_id import is_operation_id
from models.report import Report
from reports.html_report import PAGES, SCRIPT_SOURCE
from reports.phrases import moment

AT_MOST = 200  # operations in the index
NAMES_OF_THIS_MACHINE = ["127.0.0.1", "localhost"]
_KINDS = {
    ".html": "text/html",
    ".csv": "text/csv",
    ".json": "application/json",
    ".md": "text/markdown",
}
_FILE = re.compile(r"[A-Za-z0-9_][\w.-]*", re.ASCII).fullmatch
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    f"script-src {SCRIPT_SOURCE}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}


class Row(NamedTuple):
    """An operation in the index."""

    id: str
    begun: str
    procedure: str
    workspace: str
    mode: str
    status: str
    page: str | None
    files: list[str]


def pages(operations: Path, names: Sequence[str] = ()) -> Starlette:
    """Serves `operations/OPERATION_ID/FILE` at `/OPERATION_ID/FILE`, read-only.

    A request must be addressed to this machine, or to one of `names`: another site's name that was pointed at it
    (DNS rebinding) gets 400. Links that lead out of the folder of the operation are not followed.
    """

    def index(_request: Request) -> Response:
        found = sorted(filter(is_operation_id, _names(operations)), reverse=True)
        rows = [_row(operations / name) for name in found[:AT_MOST]]
        page = PAGES.get_template("index.html").render(rows=rows, total=len(found))
        return HTMLResponse(page, headers=_HEADERS)

    def file(request: Request) -> Response:
        operation, name = request.path_params["operation"], request.path_params["name"] or "report.html"
        path = operations / operation / name
        if not is_operation_id(operation) or not _served(path):
            raise HTTPException(404, "There is no such report")
        return FileResponse(path, media_type=_KINDS[path.suffix], headers=_HEADERS)

    only_here = Middleware(TrustedHostMiddleware, allowed_hosts=[*NAMES_OF_THIS_MACHINE, *names], www_redirect=False)
    routes = [Route("/", index), Route("/{operation}/{name:path}", file)]
    return Starlette(routes=routes, middleware=[only_here])


def _served(path: Path) -> bool:
    """Whether it is a file of an operation, where it says it is."""
    plain = (
        _FILE(path.name)
        and path.suffix in _KINDS
        and path.resolve() == path.parent.parent.resolve().joinpath(path.parent.name, path.name)
    )
    return bool(plain) and path.is_file()


def _names(folder: Path) -> list[str]:
    try:
        return [path.name for path in folder.iterdir()]
    except FileNotFoundError:  # nothing was run yet
        return []


def _row(folder: Path) -> Row:
    files = sorted(name for name in _names(folder) if _served(folder / name))
    page = "report.html" if "report.html" in files else None
    others = [name for name in files if name != page]
    try:
        report = Report.model_validate_json((folder / "report.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, ValidationError):  # it runs still, or was cut short
        return Row(folder.name, "", "no report yet", "", "", "", page, others)
    return Row(
        folder.name,
        moment(report.started_at),
        report.procedure,
        report.workspace,
        report.mode.replace("_", " "),
        report.status.replace("_", " "),
        page,
        others,
    )
