"""`report.html`: one page that needs nothing but itself."""

import os
from pathlib import Path
from urllib.parse import quote

import jinja2

from models.written_file import write_text
from reports.digest import Digest
from reports.outcome_groups import COLUMNS
from reports.phrases import clean, counted

_FILES = {
    "outcomes": "every contact with its outcome",
    "audience": "the contacts to be enrolled",
    "rejects": "the rows that were refused, and why",
    "worklist": "what is left to do by hand, and how",
    "contacts": "every contact with all that is known of it",
    "tasks": "every task with all that is known of it",
    "document": "the document to keep, as Markdown",
    "page": "the same document as a page",
}
PAGES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
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
        summary=summary, columns=COLUMNS, links=links, outcomes_link=links.get("outcomes", ("", "", ""))[0]
    )
    return write_text(page, path)


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
