"""Waves: a few contacts are enrolled first, then some more, then the rest, with a look in between."""

from models.errors import InvalidInput

REST = "rest"
EXAMPLE = "Write for example 1,10,rest"


def wave_sizes(field: str, text: str | None) -> tuple[int, ...]:
    """The sizes of the waves before the last one, which takes the rest; none where nothing is said.

    Raises InvalidInput that names the field.
    """
    if text is None:
        return ()
    *sizes, last = (part.strip().casefold() for part in text.split(","))
    if last != REST:
        raise InvalidInput(field, f"'{text}' does not end with {REST}", EXAMPLE)
    wrong = [part for part in sizes if not part.isdecimal() or not int(part)]
    if wrong:
        raise InvalidInput(field, f"'{wrong[0]}' is no number of contacts", EXAMPLE)
    return tuple(map(int, sizes))


def filled(sizes: tuple[int, ...], contacts: int) -> tuple[int, ...]:
    """How many contacts each wave has; one that would be empty is none. Empty where all fit into one."""
    waves, left = [], contacts
    for size in sizes:
        waves.append(min(size, left))
        left -= waves[-1]
    found = tuple(number for number in (*waves, left) if number)
    return found if len(found) > 1 else ()
