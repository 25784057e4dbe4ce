"""Bars as a drawing inside a page: SVG without a script, in the page's own colours, each number in its label.

docs/decisions/0034 says why `leather` draws them.
"""

from collections.abc import Sequence
from typing import NamedTuple
from xml.etree import ElementTree

import leather  # type: ignore[import-untyped]  # it has no types
from leather import theme
from markupsafe import Markup

WIDTH, ROW = 400, 30  # of a drawing's own units; the page scales them
UNDER = 26  # what the axis below takes, which is left out: each number stands in its label
LONGEST_LABEL = 24
COLOURS = {
    **dict.fromkeys(("enrolled", "unenrolled", "reassigned", "upgraded"), "good"),
    "blocked": "attention",
    "failed": "bad",
    "manual": "manual",
}
"""The colour of an outcome, by the names of templates/report.css; the others are neutral."""

theme.background_color = "none"
theme.margin = 0.01
theme.tick_color = theme.zero_color = "none"
theme.label_color = "currentColor"
theme.tick_font_family = "inherit"
theme.tick_font_size = 15
theme.tick_font_char_width = 7.6  # of a sans-serif: the default is that of a monospaced font


class Row(NamedTuple):
    """What is counted, how often, and in which of the page's colours."""

    label: str
    number: int
    colour: str


def draw(rows: Sequence[Row]) -> Markup:
    """The rows as bars below each other, the number in each label. Names are data, and are escaped."""
    labels = [f"{_shortened(row.label)}: {row.number:,}" for row in rows]
    places = [str(at) for at in range(len(rows))]  # labels may be alike
    chart = leather.Chart()
    chart.add_x_scale(0, max(*(row.number for row in rows), 1))
    chart.add_x_axis(ticks=[0], tick_formatter=lambda *_: "")
    chart.add_y_axis(tick_formatter=lambda place, *_: labels[int(place)])
    chart.add_bars(
        [(row.number, place) for row, place in zip(rows, places, strict=True)],
        fill_color=lambda shown: f"var(--{rows[int(shown.y)].colour})",
    )
    height = ROW * len(rows) + 4
    drawing = ElementTree.Element(
        "svg",
        {
            "viewBox": f"0 0 {WIDTH} {height}",
            "class": "chart",
            "role": "img",
            "aria-label": "; ".join(f"{row.label}: {row.number:,}" for row in rows),
        },
    )
    drawing.append(chart.to_svg_group(WIDTH, height + UNDER))
    return Markup(ElementTree.tostring(drawing, encoding="unicode"))  # ElementTree has escaped it


def _shortened(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1].rstrip()}…"
