"""A document to keep: sections of paragraphs, lists, tables, steps and commands, in the order in which they are read.

It holds words and figures, no layout: `reports/` writes it as Markdown and as a page.
"""

from typing import Literal

from models.records import Record


class Paragraph(Record):
    kind: Literal["paragraph"] = "paragraph"
    text: str


class Bullets(Record):
    kind: Literal["bullets"] = "bullets"
    items: tuple[str, ...]


class Grid(Record):
    """A table. Whole numbers stand right-aligned; nothing is shown of one without rows."""

    kind: Literal["grid"] = "grid"
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | int, ...], ...]


class Commands(Record):
    """Commands to run, one a line, to be copied as they are."""

    kind: Literal["commands"] = "commands"
    lines: tuple[str, ...]


class Step(Record):
    """One of a numbered list: what to do, what there is to say of it, and the commands that do it."""

    title: str
    said: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()


class Steps(Record):
    kind: Literal["steps"] = "steps"
    steps: tuple[Step, ...]


Block = Paragraph | Bullets | Grid | Commands | Steps


class Section(Record):
    title: str
    blocks: tuple[Block, ...]


class Document(Record):
    """`under` stands under the title: when and where this was so."""

    title: str
    under: str
    sections: tuple[Section, ...]
