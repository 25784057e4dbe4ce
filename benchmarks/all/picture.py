"""The figures as a drawing: how far each is from its goal, and what a contact costs of few and of many."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing
from matplotlib.ticker import FixedLocator, NullLocator

from benchmarks.all.judging import Verdict, verdicts
from benchmarks.all.measurements import PROCEDURES, SIZES
from benchmarks.all.record import Record

WIDTH, ROW, AROUND = 12.0, 0.215, 1.25  # inches
REACHED, MISSED, FEW = "#0072b2", "#d55e00", "#8fc1e3"  # told apart by those who see no red or green, too
SHAPES = {True: ("o", REACHED, "reached"), False: ("D", MISSED, "missed")}
MARKS = {0.03: "1/30", 0.1: "1/10", 1 / 3: "1/3", 1.0: "goal", 3.0: "3 times", 10.0: "10 times"}
STYLE: Any = {
    "font.family": ["DejaVu Sans", "sans-serif"],
    "font.size": 9.5,
    "svg.fonttype": "none",  # letters stay letters, which can be searched and copied
    "svg.hashsalt": "handoff",  # the same bytes for the same figures
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.axisbelow": True,
    "axes.titlesize": 12,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "ytick.major.size": 0,
    "legend.frameon": False,
}


def draw(record: Record) -> str:
    """Both charts, one below the other, as SVG. Raises SystemExit where nothing was measured that has a goal."""
    judged = sorted(
        (one for one in verdicts(record) if one.ratio is not None), key=lambda one: one.ratio or 0, reverse=True
    )
    costs = _costs(record)
    if not judged:
        raise SystemExit("nothing to draw: no figure that has a goal was measured")
    with mpl.rc_context(STYLE):
        heights = [ROW * len(rows) + AROUND for rows in (judged, costs) if rows]
        drawing = Drawing(figsize=(WIDTH, sum(heights)), layout="constrained")
        above, *below = drawing.subplots(len(heights), 1, squeeze=False, height_ratios=heights)[:, 0]
        _draw_goals(above, judged)
        for axes in below:
            _draw_costs(axes, costs)
        written = io.StringIO()
        drawing.savefig(written, format="svg", metadata={"Date": None})
    return "\n".join(line.rstrip() for line in written.getvalue().splitlines()) + "\n"


def _draw_goals(axes: Axes, judged: Sequence[Verdict]) -> None:
    """A mark for each figure, the worst on top, with a line from the goal to it, and its value beside it."""
    for is_reached, (shape, colour, label) in SHAPES.items():
        rows = [(one.ratio or 1.0, at) for at, one in enumerate(judged) if one.is_reached is is_reached]
        if rows:
            ratios, places = zip(*rows, strict=True)
            axes.hlines(places, 1, ratios, color=colour, linewidth=2)
            axes.scatter(ratios, places, marker=shape, color=colour, s=34, label=label, zorder=3)
    least, most = judged[-1].ratio or 1.0, judged[0].ratio or 1.0
    axes.set_xscale("log")
    axes.set_xlim(min(least / 1.3, 0.3), max(most * 1.3, 3.3))
    axes.xaxis.set_major_locator(FixedLocator(list(MARKS)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticks(list(MARKS), list(MARKS.values()))
    axes.set_xlim(min(least / 1.3, 0.3), max(most * 1.3, 3.3))
    axes.axvline(1, color="#222222", linewidth=1.2)
    _name_rows(axes, [_plain(one.name) for one in judged])
    for at, one in enumerate(judged):
        shown = f"{one.figure.shown(one.value)}, {one.figure.shown_goal()}"
        axes.annotate(shown, (1.01, at), xycoords=("axes fraction", "data"), va="center", annotation_clip=False)
    axes.set_title("How many times worse than its goal each figure is")
    axes.legend(loc="lower right")


def _plain(text: str) -> str:
    return text.replace("`", "")


def _name_rows(axes: Axes, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.grid(color="#e4e4e4")


def _costs(record: Record) -> dict[str, tuple[float, ...]]:
    """By procedure the microseconds a contact of the smaller and of the larger size, as far as both were measured."""
    cases: dict[str, Mapping[str, Mapping[str, float]]] = {
        name: entry.found[name]
        for name in PROCEDURES
        if (entry := record.entries.get(name)) and set(SIZES) <= set(entry.found[name])
    }
    return {name: tuple(case[size]["cpu"] / int(size) * 1e6 for size in SIZES) for name, case in cases.items()}


def _draw_costs(axes: Axes, costs: Mapping[str, tuple[float, ...]]) -> None:
    """Two marks for each procedure: where the darker one is to the right, many contacts cost more each than few do."""
    places = range(len(costs))
    few, many = zip(*costs.values(), strict=True)
    axes.hlines(places, few, many, color="#999999", linewidth=1.5)
    for values, shape, colour, size in zip((few, many), ("s", "o"), (FEW, REACHED), SIZES, strict=True):
        axes.scatter(values, places, marker=shape, color=colour, s=44, label=f"of {int(size):,} contacts", zorder=3)
    axes.set_xlim(0, max(*few, *many) * 1.12)
    _name_rows(axes, list(costs))
    axes.set_title("CPU microseconds a contact, of few contacts and of many")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
