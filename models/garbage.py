"""How often Python looks for garbage: by default so often that a fifth of a process's start goes into it."""

import gc

SELDOM = (50_000, 20, 100)  # by default 700, 10, 10


def look_seldom_for_garbage() -> None:
    """From now on; where somebody has it looked for more seldom already, that stays.

    Libraries and their models are made once and stay. What a run leaves behind is freed at once nearly always: only
    what refers to itself waits.
    """
    if gc.isenabled() and 0 < gc.get_threshold()[0] < SELDOM[0]:
        gc.set_threshold(*SELDOM)
