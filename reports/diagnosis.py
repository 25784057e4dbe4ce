"""A diagnosis of many contacts for people: how many may be enrolled, what keeps the others out, and the best fix."""

from dataclasses import dataclass

import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from models.names import each_once
from models.rules.diagnosis import Diagnosis, ReasonCount
from models.rules.letting_in import Others
from models.rules.smallest_fix import Candidate
from models.setting_keys import joined
from models.wording import one_line
from reports.csv_out import readable
from reports.explanations import meaning_of
from reports.phrases import clean

FIXES = 6  # sets of settings that are shown


@dataclass(frozen=True)
class DiagnosisSummary:
    """How many contacts there are and may be enrolled, each reason, and the sets of settings to lift, best first."""

    contacts: int
    eligible: int
    unknown: int
    reasons: tuple[ReasonCount, ...]
    fixes: tuple[Candidate, ...]


def summarise(diagnosis: Diagnosis, others: Others | None) -> DiagnosisSummary:
    """The summary of a diagnosis."""
    free = len(diagnosis.facts) - int(diagnosis.told.anybody().sum())
    unknown = free if diagnosis.unknown else 0
    return DiagnosisSummary(
        len(diagnosis.facts), free - unknown, unknown, tuple(diagnosis.reason_counts()),
        tuple(diagnosis.candidates(others)),
    )  # fmt: skip


def as_written(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of `Diagnosis.frame` as a CSV has them: setting keys joined, names in them encoded but once."""
    keys = {name: each_once(frame[name], lambda found: joined(found.each)) for name in ("smallest_fix", "warnings")}
    return readable(frame.assign(**keys))


def print_summary(summary: DiagnosisSummary, console: Console) -> None:
    """Counts, reasons, and which settings free the most for the least."""
    console.print()
    console.print(Text(f"Of {summary.contacts:,} contacts {summary.eligible:,} may be enrolled.", style="bold"))
    if summary.unknown:
        console.print(f"Of {summary.unknown:,} nobody can know: this platform does not tell of exclusions.")
    reasons = _table("Reasons", "contacts", "alone", "reason", "what it means")
    for reason in summary.reasons:
        reasons.add_row(
            f"{reason.contacts:,}",
            f"{reason.alone:,}",
            Text(clean(reason.code)),
            Text(meaning_of(clean(reason.code)).why),
        )
    if summary.reasons:
        console.print(reasons)
    fixes = _table("What would free them, the most for the least first", "frees", "lets in others", "settings to lift")
    for fix in summary.fixes[:FIXES]:
        fixes.add_row(f"{fix.frees:,}", _number(fix.lets_in), Text("\n".join(map(one_line, fix.settings))))
    if summary.fixes:
        console.print(fixes)
        best = summary.fixes[0]
        console.print(Text(
            f"The best: lift {one_line(' and '.join(best.settings))}. It frees {best.frees:,} of these contacts, and"
            f" published plays let in {_number(best.lets_in)} others."
        ))  # fmt: skip
    elif summary.reasons:
        console.print("No setting frees any of them.")


def _told(code: str) -> tuple[str, str]:
    shown = clean(code)
    return shown, meaning_of(shown).why


def _number(lets_in: int | None) -> str:
    return "?" if lets_in is None else f"{lets_in:,}"


def _table(title: str, *columns: str) -> Table:
    table = Table(
        box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, title=title, title_justify="left", title_style="bold"
    )
    for column in columns:
        number = column in ("contacts", "alone", "frees", "lets in others")
        table.add_column(column, overflow="fold", justify="right" if number else "left")
    return table
