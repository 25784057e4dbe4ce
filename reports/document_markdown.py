"""A document as Markdown: to keep in a wiki, and as an artifact in Prefect. Names are text: none of them is markup."""

import re
from collections.abc import Iterator

from models.document import Block, Bullets, Commands, Document, Grid, Paragraph, Step, Steps
from reports.phrases import clean

# What would be markup wherever it stands, and what only at the beginning. Fewer signs than for an artifact that nobody
# reads as it stands: this is kept as a file, and names full of backslashes cannot be read.
_ANYWHERE = re.compile(r"([\\`*\[\]|~$]|(?<![^\W_])_|_(?![^\W_]))")
_FIRST = re.compile(r"^(\d{1,9}(?=[.)])|(?=[-+#>=]))")


def as_markdown(document: Document) -> str:
    """Title, sections and their blocks, in order; tables without rows are left out."""
    parts = [f"# {text(document.title)}", text(document.under)]
    for section in document.sections:
        parts += [f"## {text(section.title)}", *(_block(block) for block in section.blocks)]
    return "\n\n".join(filter(None, parts)) + "\n"


def text(words: str) -> str:
    """Words on one line that Markdown shows as they stand."""
    shown = _ANYWHERE.sub(r"\\\1", clean(words).strip().replace("&", "&amp;").replace("<", "&lt;"))
    return _FIRST.sub(r"\1\\", shown)


def _block(block: Block) -> str:
    match block:
        case Paragraph():
            return text(block.text)
        case Bullets():
            return "\n".join(f"- {text(item)}" for item in block.items)
        case Grid():
            return _grid(block)
        case Commands():
            return _fenced(block.lines)
        case Steps():
            return "\n\n".join(part for number, step in enumerate(block.steps, 1) for part in _step(number, step))


def _grid(grid: Grid) -> str:
    if not grid.rows:
        return ""
    marks = ("---:" if isinstance(cell, int) else "---" for cell in grid.rows[0])
    rows = ((f"{cell:,}" if isinstance(cell, int) else text(cell) for cell in row) for row in grid.rows)
    lines = [map(text, grid.columns), marks, *rows]
    return "\n".join([f"**{text(grid.caption)}**", "", *(f"| {' | '.join(line)} |" for line in lines)])


def _step(number: int, step: Step) -> Iterator[str]:
    yield f"### {number}. {text(step.title)}"
    if step.said:
        yield "\n".join(f"- {text(line)}" for line in step.said)
    if step.commands:
        yield _fenced(step.commands)


def _fenced(commands: tuple[str, ...]) -> str:
    """Commands as they are, in a fence longer than any run of backticks in them."""
    lines = [clean(command) for command in commands]
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join([f"{fence}sh", *lines, fence])
