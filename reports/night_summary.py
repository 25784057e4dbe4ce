"""What a night did and what it left, short enough for a message: the report has all of it."""

from collections.abc import Iterable, Mapping, Sequence

from models.wording import counted, one_line

MOST = 10  # lines of each part


def night_title(left: Sequence[str]) -> str:
    """`nothing is left to a person`, `2 things are left to a person`."""
    if not left:
        return "nothing is left to a person"
    return f"{counted(len(left), 'thing is', 'things are')} left to a person"


def night_message(found: str, counts: Mapping[str, int], done: Sequence[str], left: Sequence[str], where: str) -> str:
    """Lines: what was found, the counts, what was done, and what is left to a person; `where` is the whole report.

    What is among `done` and is left to a person too, stands there once.
    """
    figures = ", ".join(f"{name} {number:,}" for name, number in counts.items() if number)
    others = [line for line in done if not any(one.startswith(line) for one in left)]
    parts = [*filter(None, [found]), *([f"counts: {figures}"] if figures else []), *_part("what it did", others)]
    return "\n".join([*parts, *_part("left to a person", left), f"report: {where}"])


def _part(title: str, lines: Sequence[str]) -> Iterable[str]:
    if not lines:
        return
    yield f"{title}:"
    yield from (f"- {one_line(line)}" for line in lines[:MOST])
    if len(lines) > MOST:
        yield f"- and {len(lines) - MOST:,} more"
