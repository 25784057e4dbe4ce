"""The shell blocks of pages: each is run by a test, or says in a comment before it why not."""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.architecture.source_files import ROOT

RUN = "<!-- tests/docs runs this block -->"
NOT_RUN = re.compile(r"<!-- not run: (?P<why>.+) -->")
BLOCK = re.compile(r"(?:^(?P<mark><!--[^\n]*-->)\n+)?^```sh\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL)
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "procedures").glob("*.md")])


@dataclass(frozen=True)
class ShellBlock:
    """A block ```sh of a page, with the comment right before it, `""` where there is none."""

    page: Path
    text: str
    mark: str

    @property
    def runs(self) -> bool:
        return self.mark == RUN

    @property
    def why_not(self) -> str | None:
        found = NOT_RUN.fullmatch(self.mark)
        return found["why"] if found else None


def blocks_of(page: Path) -> list[ShellBlock]:
    text = page.read_text(encoding="utf-8")
    return [ShellBlock(page, found["text"], found["mark"] or "") for found in BLOCK.finditer(text)]


def commands_in(text: str) -> list[str]:
    """The commands of a block, one a line: comments left out, continued lines joined."""
    lines = text.replace("\\\n", " ").splitlines()
    return [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
