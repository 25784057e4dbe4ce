"""Writes the tables of docs/files.md from `inputs/status_columns.py`: `python -m tests.docs.files_page`."""

import re
from pathlib import Path

from inputs.status_columns import HEADERS, STATUSES

PAGE = Path(__file__).parents[2] / "docs" / "files.md"
KINDS = {"flag": "a flag", "status": "a status", "addresses": "a list of addresses"}
BETWEEN = re.compile(r"(<!-- tables -->\n).*?(<!-- /tables -->)", re.DOTALL)


def tables() -> str:
    """Both tables as Markdown: headers by tool, values of a status by what they say."""
    rows = [
        f"| {tool} | {'by its value' if kind == 'status' else f'`{code}`'} | {KINDS[kind]} "
        f"| {', '.join(f'`{header}`' for header in headers)} |"
        for tool, code, kind, headers in HEADERS
    ]
    values = [f"| `{code}` | {', '.join(found)} |" for code, found in STATUSES.items()]
    return "\n".join(
        [
            "| tool | says | column is | headers |",
            "|---|---|---|---|",
            *rows,
            "",
            "| says | values of a status |",
            "|---|---|",
            *values,
            "",
        ]
    )


def page() -> str:
    """The page with its tables as they should be."""
    return BETWEEN.sub(lambda found: found[1] + tables() + found[2], PAGE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
