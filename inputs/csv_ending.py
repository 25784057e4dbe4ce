"""What stands under the last contact of a file and is none: the footer of a report."""

import re
from collections.abc import Sequence

_WORDS = re.compile(
    r"(grand )?total|count\b|records?\b|copyright|\(c\)|©|confidential|generated|exported|report\b|filter|as of\b",
    re.IGNORECASE,
)


class Ending:
    """Records without an address since the last contact; `places` are those of a footer, as `add` was given them.

    One is, where a blank record parts it from the contacts, and it has one filled cell; or where it begins as footers
    do, and has two at most. Whatever stands in the column of addresses and could be meant as one is no footer.
    """

    def __init__(self, column: int) -> None:
        self._column = column
        self._parted = False
        self.places = set[int]()

    def begin_anew(self) -> None:
        """A contact came: what stood before it was no ending."""
        self._parted = False
        self.places = set()

    def add(self, cells: Sequence[str], place: int) -> None:
        """Take a record without an address in; `place` is whatever the caller knows it by."""
        filled = [cell.strip() for cell in cells if cell.strip()]
        if not filled:
            self._parted = True
        elif self._is_footer(filled, cells[self._column].strip() if self._column < len(cells) else ""):
            self.places.add(place)

    def _is_footer(self, filled: Sequence[str], address: str) -> bool:
        if "@" in address or (address and " " not in address):
            return False
        return (self._parted and len(filled) == 1) or (len(filled) <= 2 and bool(_WORDS.match(filled[0])))
