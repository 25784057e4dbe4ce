"""Whether a borrowed setting may be given back: only while the value is still ours."""

from typing import Any, Literal

Return = Literal["give_back", "already_back", "superseded"]


def how_to_return(was: Any, set_to: Any, current: Any) -> Return:
    """What to do with a loan, given the value that is set now.

    Somebody who chose another value meanwhile keeps it (`superseded`); a change that never landed needs nothing.
    """
    if current == was:
        return "already_back"
    return "give_back" if current == set_to else "superseded"
