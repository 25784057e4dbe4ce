"""`handoff explain` for people."""

from rich.console import Console

from models.explanation import Blocker, Explanation
from models.setting_keys import shown

AT_MOST = 20  # contacts told in full; more are for --json or --csv-out


def print_explanations(found: list[Explanation], console: Console) -> None:
    """Each contact's reasons, what would lift them, and whom else that lets in; for many, the counts."""
    for explanation in found[:AT_MOST]:
        _print_one(explanation, console)
    if len(found) > AT_MOST:
        eligible = sum(explanation.eligible is True for explanation in found)
        console.print(f"… and {len(found) - AT_MOST} more; of all {len(found)}, {eligible} may be enrolled.")
        console.print("--csv-out FILE or --json tells each.")


def _print_one(explanation: Explanation, console: Console) -> None:
    def say(line: str, style: str | None = None) -> None:
        console.print(line, markup=False, style=style)

    if explanation.eligible:
        say(f"{explanation.email} may be enrolled in '{explanation.sequence}', at step {explanation.resumes_at_step}.")
    else:
        say(f"{explanation.email} may not be enrolled in '{explanation.sequence}':", "bold")
    for blocker in explanation.blockers:
        say(f"  {blocker.code} ({blocker.rule}): {blocker.detail}")
        for line in _ways_out(blocker):
            say(f"      {line}")
    for warning in explanation.warnings:
        say(f"  {warning}: enrollments queue until the sequence goes on")
    if explanation.smallest_fix is None:
        say("  No setting lets this contact in.")
    elif explanation.smallest_fix:
        say("  The smallest fix: " + " and ".join(explanation.smallest_fix))


def _ways_out(blocker: Blocker) -> list[str]:
    lines = []
    if blocker.lapses_at is not None:
        lines.append(f"lapses by itself at {blocker.lapses_at:%Y-%m-%d %H:%M}Z")
    if blocker.fix is not None:
        others = blocker.fix.also_lets_in
        also = "" if others is None else f"; lets in {others} other contacts through published plays"
        lines.append(f"{blocker.fix.requires} may set {blocker.fix.setting} to {shown(blocker.fix.value)}{also}")
    return lines
