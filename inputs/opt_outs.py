"""Cells of a CSV that say somebody has not opted out; where the workspace knows better, that asks to lift it."""

from collections.abc import Sequence

HEADERS = {
    "emailoptout", "optout", "optedout", "emailoptedout", "hasoptedoutofemail", "donotemail", "donotcontact",
    "unsubscribe", "unsubscribed", "emailunsubscribed",
}  # fmt: skip
NO = {"false", "no", "n", "0", "f"}


def opt_out_columns(header: Sequence[str]) -> list[int]:
    """Which columns of a header are about opting out; case, spaces and signs do not count."""
    return [at for at, name in enumerate(header) if "".join(filter(str.isalnum, name.casefold())) in HEADERS]


def says_not_opted_out(cells: Sequence[str], columns: Sequence[int]) -> bool:
    """Whether a record says in one of these columns that its contact may be written to."""
    return any(at < len(cells) and cells[at].strip().casefold() in NO for at in columns)
