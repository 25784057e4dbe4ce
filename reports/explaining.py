"""`handoff explain` for people."""

from collections.abc import Callable

from rich.console import Console

from models.explanation import Blocker, Explanation
from models.setting_keys import shown
from models.wording import one_line
from reports.explanations import MEANINGS

AT_MOST = 20  # contacts told in full; of more there is a summary, and --json or --csv-out for each


def print_explanations(
    found: list[Explanation], console: Console, together: Callable[[Explanation], int] | None = None
) -> None:
    """Each contact's reasons, what would lift them, and whom else that lets in.

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
        told = f"{explanation.email} may be enrolled in '{explanation.sequence}' as far as is known"
        say(f"{told}; but this platform does not tell of {' and '.join(explanation.unknown)}.")
    elif explanation.eligible:
        say(f"{explanation.email} may be enrolled in '{explanation.sequence}', at step {explanation.resumes_at_step}.")
    else:
        say(f"{explanation.email} may not be enrolled in '{explanation.sequence}':", "bold")
    for blocker in explanation.blockers:
        say(f"  {blocker.code} ({blocker.rule}): {blocker.detail}")
        for line in _ways_out(blocker):
            say(f"      {line}")
    for warning in explanation.warnings:
        say(f"  {warning}: {_meaning_of_warning(warning)}")
    if explanation.eligible is None:
        return
    if not explanation.eligible and explanation.smallest_fix == ():
        say("  Nothing more has to be set: what was changed already lets this contact in when it acts.")
    elif explanation.smallest_fix is None:
        say("  No setting lets this contact in.")
    elif explanation.smallest_fix:
        say("  The smallest fix: " + " and ".join(explanation.smallest_fix))


def _meaning_of_warning(warning: str) -> str:
    code, _, setting = warning.partition(":")
    if code == "change_under_way":
        return f"{setting} was changed, and will keep this contact out when the change acts"
    return MEANINGS[code].why


def _ways_out(blocker: Blocker) -> list[str]:
    lines = []
    if blocker.lapses_at is not None:
        lines.append(f"lapses by itself at {blocker.lapses_at:%Y-%m-%d %H:%M}Z")
    if blocker.fix is not None:
        others = blocker.fix.also_lets_in
        also = "" if others is None else f"; lets in {others} other contacts through published plays"
        lines.append(f"{blocker.fix.requires} may set {blocker.fix.setting} to {shown(blocker.fix.value)}{also}")
    return lines
