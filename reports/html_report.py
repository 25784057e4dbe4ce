"""`report.html`: one page that needs nothing but itself."""

import base64
import hashlib
import os
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import jinja2
from markupsafe import Markup

from models.written_file import write_text
from reports.charts import COLOURS, Row, draw
from reports.digest import Digest
from reports.outcome_groups import COLUMNS
from reports.phrases import clean, counted

_FILES = {
    "planned": "every contact with what was forecast before somebody agreed",
    "outcomes": "every contact with its outcome",
    "audience": "the contacts to be enrolled",
    "rejects": "the rows that were refused, and why",
    "worklist": "what is left to do by hand, and how",
    "contacts": "every contact with all that is known of it",
    "tasks": "every task with all that is known of it",
    "document": "the document to keep, as Markdown",
    "page": "the same document as a page",
}
TEMPLATES = Path(__file__).parent / "templates"
SCRIPT = (TEMPLATES / "search.js").read_text(encoding="utf-8")
SCRIPT_SOURCE = f"'sha256-{base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()}'"
"""The one script that a page may run, for its Content-Security-Policy."""
LARGEST_KEPT = 5_000_000  # bytes of the CSV that the page carries inside it; mail servers refuse much more
REASONS_DRAWN = 12
PAGES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
PAGES.filters.update(counted=counted, number="{:,}".format, clean=clean)


def write_page(summary: Digest, path: Path) -> Path:
    """Write the page to `path`, whole or not at all, and answer `path`; links are relative to it.

    Raises OSError where the disk refuses.
    """
    links = _links(summary, path.parent)
    page = PAGES.get_template("report.html").render(
        summary=summary,
        columns=COLUMNS,
        links=links,
        outcomes_link=links.get("outcomes", ("", "", ""))[0],
        kept=_kept(summary),
        funnel=_funnel(summary),
        reasons_drawn=_reasons_drawn(summary),
        script=Markup(SCRIPT),  # our own file, nothing of it is data
        script_source=SCRIPT_SOURCE,
    )
    return write_text(page, path)


class KeptFile(NamedTuple):
    """A file that the page carries inside it: its name, its size for people, and the address that holds it."""

    name: str
    size: str
    address: str


def _kept(summary: Digest) -> KeptFile | None:
    """The CSV of outcomes, where there is one and it is not too large."""
    path = Path(dict(summary.files).get("outcomes", ""))
    try:
        content = path.read_bytes() if path.is_file() and path.stat().st_size <= LARGEST_KEPT else None
    except OSError:
        return None
    if content is None:
        return None
    address = f"data:text/csv;charset=utf-8;base64,{base64.b64encode(content).decode()}"
    return KeptFile(path.name, f"{max(len(content) // 1000, 1):,} KB", address)


def _funnel(summary: Digest) -> Markup | None:
    """All contacts, and how many of them came to each end."""
    ends = [Row(one.label, one.number, COLOURS.get(one.name, "neutral")) for one in summary.figures if one.number]
    return draw([Row("looked at", summary.considered, "neutral"), *ends]) if ends else None


def _reasons_drawn(summary: Digest) -> Markup | None:
    """The most frequent reasons; one alone needs no drawing."""
    drawn = [Row(group.label, group.contacts, "attention") for group in summary.reasons[:REASONS_DRAWN]]
    return draw(drawn) if len(drawn) > 1 else None


def _links(summary: Digest, folder: Path) -> dict[str, tuple[str, str, str]]:
    """For each file beside the page: its address from there, its name, and what is in it."""
    return {
        name: (
            quote(os.fsencode(os.path.relpath(file, folder))),
            Path(file).name,
            _FILES.get(name, name.replace("_", " ")),
        )
        for name, file in summary.files
        if name != "report"
    }
