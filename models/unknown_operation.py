"""Operations that left a folder and that the journal does not know: it is older than they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SHOWN = 10  # operations named in words; the others are counted


@dataclass(frozen=True)
class UnknownOperation:
    """`on_loan` are the settings that its report shows as not given back; None where no report says."""

    operation_id: str
    on_loan: list[str] | None


def warning_of(unknown: Sequence[UnknownOperation], folder: Path) -> list[str]:
    """Lines for people: which they are, and what that means for what they borrowed. None where all are known."""
    if not unknown:
        return []
    what = "an operation whose folder is" if len(unknown) == 1 else f"{len(unknown)} operations whose folders are"
    lines = [f"the journal is older than {folder}: it does not know {what} there, as after a backup was put back"]
    lines += [f"  {one.operation_id}: {_meaning(one)}" for one in unknown[:SHOWN]]
    if len(unknown) > SHOWN:
        lines.append(f"  and {len(unknown) - SHOWN} others")
    owing = "what they have on loan, nobody gives back: look, set it back by hand, then move their folders elsewhere"
    owing_nothing = (
        "nothing of theirs has to be given back; once their folders are moved elsewhere, this is said no more"
    )
    lines.append(owing if any(one.on_loan != [] for one in unknown) else owing_nothing)
    return lines


def _meaning(one: UnknownOperation) -> str:
    if one.on_loan is None:
        return "it has no report, what it borrowed is not known"
    return f"on loan by its report: {', '.join(one.on_loan)}" if one.on_loan else "nothing is on loan by its report"
