"""Reports and CSVs of operations as pages for the browser: a front page, an index, and the files of each operation.
Nothing else is served."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from models.errors import HandoffError
from models.operation_id import is_operation_id
from models.report import Report
from reports.front import Filed, front_html, unreadable_html
from reports.headline import headline
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
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII).fullmatch
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


def pages(
    operations: Path, names: Sequence[str] = (), look: Callable[[int], dict[str, Any]] | None = None
) -> Starlette:
    """Serves `operations/OPERATION_ID/FILE` at `/OPERATION_ID/FILE`, read-only.

    The front page shows what `look` gives for the number of a page of operations, asked at each request; the index of
    the files is at `/files` then, and is the front page where there is no `look`.

    A request must be addressed to this machine, or to one of `names`: another site's name that was pointed at it
    (DNS rebinding) gets 400. Links that lead out of the folder of the operation are not followed.
    """

    def index(_request: Request) -> Response:
        found = sorted(filter(is_operation_id, _names(operations)), reverse=True)
        rows = [_row(operations / name) for name in found[:AT_MOST]]
        page = PAGES.get_template("index.html").render(rows=rows, total=len(found))
        return HTMLResponse(page, headers=_HEADERS)

    def front(request: Request) -> Response:
        number = request.query_params.get("page", "1")
        try:
            found = look(int(number) if _NUMBER(number) else 1) if look else {}
        except (HandoffError, SQLAlchemyError, OSError) as error:  # locked, or being put back
            return HTMLResponse(unreadable_html(str(error).partition("\n")[0]), 503, headers=_HEADERS)
        return HTMLResponse(front_html(found, lambda name: _filed(operations / name)), headers=_HEADERS)

    def file(request: Request) -> Response:
        operation, name = request.path_params["operation"], request.path_params["name"] or "report.html"
        path = operations / operation / name
        if not is_operation_id(operation) or not _served(path):
            raise HTTPException(404, "There is no such report")
        return FileResponse(path, media_type=_KINDS[path.suffix], headers=_HEADERS)

    only_here = Middleware(TrustedHostMiddleware, allowed_hosts=[*NAMES_OF_THIS_MACHINE, *names], www_redirect=False)
    routes = [Route("/", front if look else index), Route("/files", index), Route("/{operation}/{name:path}", file)]
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


def _files(folder: Path) -> tuple[str | None, list[str]]:
    """The page of an operation, where it has one, and its other files."""
    files = sorted(name for name in _names(folder) if _served(folder / name))
    page = "report.html" if "report.html" in files else None
    return page, [name for name in files if name != page]


def _report(folder: Path) -> Report | None:
    """The report of an operation; None where it runs still, or was cut short."""
    try:
        return Report.model_validate_json((folder / "report.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, ValidationError):
        return None


def _filed(folder: Path) -> Filed:
    report = _report(folder)
    return Filed(headline(report) if report is not None else "", *_files(folder))


def _row(folder: Path) -> Row:
    (page, others), report = _files(folder), _report(folder)
    if report is None:
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
