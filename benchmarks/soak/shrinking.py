"""The shortest month that fails the same way: events are left out as long as the same clause is broken without them.

What comes after the violation goes first, then whole kinds of events, then halves, quarters and so on down to single
ones. Every trial is a month played anew, so there is a budget of them.
"""

from collections.abc import Callable

from benchmarks.soak.events import Event

Fails = Callable[[list[Event]], bool]


def shrink(events: list[Event], fails: Fails, trials: int) -> list[Event]:
    """The least events found within so many trials with which the month still fails; all of them fail already."""
    left, used = list(events), 0

    def without(gone: set[Event]) -> bool:
        nonlocal left, used
        fewer = [event for event in left if event not in gone]
        if not gone or len(fewer) == len(left) or used >= trials:
            return False
        used += 1
        if fails(fewer):
            left = fewer
            return True
        return False

    for kind in sorted({event.kind for event in left}):
        without({event for event in left if event.kind == kind})
    size = max(len(left) // 2, 1)
    while used < trials:
        at, shorter = 0, False
        while at < len(left):
            if without(set(left[at : at + size])):
                shorter = True  # what came after moved up to `at`
            else:
                at += size
        if size == 1 and not shorter:
            break
        size = max(size // 2, 1)
    return left
