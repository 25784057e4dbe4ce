"""A document as one page that needs nothing but itself, in the style of the reports."""

from pathlib import Path

from models.document import Document
from models.written_file import write_text
from reports.html_report import PAGES


def write_page(document: Document, path: Path) -> Path:
    """Write the page to `path`, whole or not at all, and answer `path`. Raises OSError where the disk refuses."""
    return write_text(PAGES.get_template("document.html").render(document=document), path)
