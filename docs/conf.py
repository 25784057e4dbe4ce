"""How Sphinx builds these pages: `make docs`. They are read on a code host too, so their Markdown stays plain."""

import tomllib
from pathlib import Path

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

_PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))["project"]

project = "Handoff"
version = release = _PROJECT["version"]
extensions = ["myst_parser"]
exclude_patterns = ["examples"]
html_theme = "furo"
html_title = f"Handoff {version}"
html_copy_source = False
html_static_path: list[str] = []
myst_heading_anchors = 4  # as a code host makes them


def setup(app: Sphinx) -> None:
    app.add_lexer("cron", TextLexer)  # Pygments has none; a code host shows plain text as well
