"""`handoff explain` for people: each of a few contacts; of many how many may be enrolled, why not, and the best fix."""

from collections.abc import Callable

import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from models.explanation import ExplainedReason, Explanation
from models.names_in_frames import each_once
from models.reasons import REASONS, reason_of
from models.rules.diagnosis import Diagnosis
from models.rules.letting_in import Others
from models.setting_keys import joined, shown
from models.wording import one_line
from reports.csv_out import readable
from reports.phrases import clean

AT_MOST = 20  # contacts shown in full; of more there is a summary, and --json or --csv-out for each
FIXES = 6  # sets of settings that are shown


def as_written(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of `Diagnosis.frame` as a CSV has them: setting keys joined, names in them encoded but once."""
    keys = {name: each_once(frame[name], lambda found: joined(found.each)) for name in ("smallest_fix", "warnings")}
    return readable(frame.assign(**keys))


def print_summary(diagnosis: Diagnosis, others: Others | None, console: Console) -> None:
    """How many may be enrolled, each reason, and which settings free the most for the least."""
    contacts, free = len(diagnosis.facts), int((~diagnosis.shown.anybody()).sum())
    console.print()
    console.print(Text(f"Of {contacts:,} contacts {0 if diagnosis.unknown else free:,} may be enrolled.", style="bold"))
    if diagnosis.unknown and free:
        console.print(f"Of {free:,} nobody can know: this platform does not tell of exclusions.")
    counts, candidates = diagnosis.reason_counts(), diagnosis.candidates(others)
    reasons = _table("Reasons", "contacts", "alone", "reason", "what it means")
    for reason in counts:
        code = clean(reason.code)
        reasons.add_row(f"{reason.contacts:,}", f"{reason.alone:,}", Text(code), Text(reason_of(code).why))
    if counts:
        console.print(reasons)
    fixes = _table("What would free them, the most for the least first", "frees", "lets in others", "settings to lift")
    for fix in candidates[:FIXES]:
        fixes.add_row(f"{fix.frees:,}", _number(fix.lets_in), Text("\n".join(map(one_line, fix.settings))))
    if candidates:
        console.print(fixes)
        best = candidates[0]
        console.print(
            Text(
                f"The best: lift {one_line(' and '.join(best.settings))}. It frees {best.frees:,} of these contacts,"
                f" and published plays let in {_number(best.lets_in)} others."
            )
        )
    elif counts:
        console.print("No setting frees any of them.")


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


def print_explanations(
    found: list[Explanation], console: Console, together: Callable[[Explanation], int] | None = None
) -> None:
    """Each contact's reasons, what would lift them, and how many others that lets in.

    `together` counts how many others a contact's whole smallest fix lets in: more than the sum of its settings.
    """
    for explanation in found:
        _print_one(explanation, console)
        if together and len(explanation.smallest_fix or ()) > 1:
            console.print(f"  Together they let in {together(explanation)} other contacts.", markup=False)


def _print_one(explanation: Explanation, console: Console) -> None:
    def say(line: str, style: str | None = None) -> None:
        console.print(one_line(line), markup=False, style=style)

    if explanation.eligible is None:
        opening = f"{explanation.email} may be enrolled in '{explanation.sequence}' as far as is known"
        say(f"{opening}; but this platform does not tell of {' and '.join(explanation.unknown)}.")
    elif explanation.eligible:
        say(f"{explanation.email} may be enrolled in '{explanation.sequence}', at step {explanation.resumes_at_step}.")
    else:
        say(f"{explanation.email} may not be enrolled in '{explanation.sequence}':", "bold")
    for reason in explanation.blockers:
        say(f"  {reason.code} ({reason.rule}): {reason.detail}")
        for line in _ways_out(reason):
            say(f"      {line}")
    for warning in explanation.warnings:
        say(f"  {warning}: {_warning(warning)}")
    if explanation.eligible is None:
        return
    if not explanation.eligible and explanation.smallest_fix == ():
        say("  Nothing more has to be set: what was changed already lets this contact in when it acts.")
    elif explanation.smallest_fix is None:
        say("  No setting lets this contact in.")
    elif explanation.smallest_fix:
        say("  The smallest fix: " + " and ".join(explanation.smallest_fix))


def _warning(warning: str) -> str:
    code, _, setting = warning.partition(":")
    if code == "change_under_way":
        return f"{setting} was changed, and will keep this contact out when the change acts"
    return REASONS[code].why


def _ways_out(reason: ExplainedReason) -> list[str]:
    lines = []
    if reason.lapses_at is not None:
        lines.append(f"lapses by itself at {reason.lapses_at:%Y-%m-%d %H:%M}Z")
    if reason.fix is not None:
        others = reason.fix.also_lets_in
        also = "" if others is None else f"; lets in {others} other contacts through published plays"
        lines.append(f"{reason.fix.requires} may set {reason.fix.setting} to {shown(reason.fix.value)}{also}")
    return lines
