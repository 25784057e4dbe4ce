"""Documents to keep: as Markdown and as a page in an operation's folder, and as an artifact in Prefect."""

from prefect.artifacts import create_markdown_artifact
from prefect.runtime import flow_run

from models.document import Document
from models.written_file import write_text
from reports.document_html import write_page
from reports.document_markdown import as_markdown
from tasks.narration import tell
from tasks.operation import Operation


def keep_document(operation: Operation, document: Document) -> None:
    """Write `document.md` and `document.html`, and the first as an artifact. Repeated: the same."""
    text = as_markdown(document)
    write_text(text, operation.folder / "document.md")
    write_page(document, operation.folder / "document.html")
    if flow_run.id:  # none where the shell ends an operation whose run is gone
        key = f"{operation.row.procedure}-document"
        create_markdown_artifact(text, key=key, description=f"operation {operation.id}")
    tell(f"the document is {operation.folder / 'document.html'}")
