"""Writes of many, one request each: what was sent and not answered is read back before anything is sent again.

There are no idempotency keys (docs/platform.md). A write whose answer was lost may have landed, so its target is looked
at: done is done, and only what is not done is sent again.
"""

from collections.abc import Callable, Collection, Mapping

from platforms.unify.wire import Answer, Request, Wire

ROUNDS = 4
TIMED_OUT = "timed_out"
"""The reason code of a write that nobody can tell of: sent, not answered, and not found done each time it was."""


def carry_out(
    wire: Wire, requests: Mapping[str, Request], landed: Callable[[Collection[str]], Collection[str]]
) -> dict[str, Answer | None]:
    """Send each request; give its answer, by key. None is for one that went unanswered every time.

    `landed` reads which of some keys are as their requests wanted. Those answer as done, with no body. One may still
    have landed right after that look: what is then sent again is refused by the platform with a 404 or 409.
    """
    answered: dict[str, Answer | None] = dict.fromkeys(requests)
    left = list(requests)
    for _ in range(ROUNDS):
        if not left:
            break
        unsure = []
        for key, answer in zip(left, wire.send_each([requests[key] for key in left]), strict=True):
            if isinstance(answer, Answer):
                answered[key] = answer
            else:
                unsure.append(key)
        done = set(landed(unsure)) if unsure else set()
        answered |= dict.fromkeys(done, Answer(200))
        left = [key for key in unsure if key not in done]
    return answered
