"""What becomes of everybody who runs in a sequence when it is edited and upgraded (R52, R53).

Nobody is lost from sight: each is carried over at the same place, or has nothing left to do in the new version, or is
in it already. In a report those three are `upgraded`, `unenrolled` and `unchanged`. The second has no word of its own
there, and `unchanged` would hide that somebody does not run any more: read back by person and sequence (C20) they are
gone from it, and the detail says that they are through.
"""

from collections.abc import Mapping

import pandas as pd

from models.records import SequenceStep
from models.step_words import step_in_words
from models.wording import counted

Steps = tuple[SequenceStep, ...]


def steps_of(frame: pd.DataFrame) -> Steps:
    """The steps in a frame of `Platform.steps`."""
    rows = frame.sort_values("number")[["type", "wait_days"]].itertuples(index=False, name=None)
    return tuple(SequenceStep(type=kind, wait_days=int(days)) for kind, days in rows)


def version_after(known: Mapping[int, Steps], present: int, new: Steps) -> int:
    """The number of the version that an edit leads to: equal steps make no new one."""
    return present if known.get(present) == new else present + 1


def upgrades(running: pd.DataFrame, known: Mapping[int, Steps], present: int, new: Steps) -> pd.DataFrame:
    """A forecast for each running enrollment of a sequence (columns `email, steps_done, version`), in this order.

    `known` are the steps of its versions as far as they can be read, `present` is the number of the present one.
    Columns `email`, `forecast` (see above), `step` (the next one; 0 where nothing is left to do) and `detail`, a phrase
    on the next step before and after. When the next step is due never changes.
    """
    target = version_after(known, present, new)
    places = running[["version", "steps_done"]].drop_duplicates()
    rows = [
        (version, done, *_becomes(int(version), int(done), known.get(int(version)), target, new))
        for version, done in places.itertuples(index=False)
    ]
    table = pd.DataFrame(rows, columns=["version", "steps_done", "forecast", "step", "detail"])
    table = table.astype({"version": running["version"].dtype, "steps_done": running["steps_done"].dtype})
    found = running[["email", "version", "steps_done"]].merge(table, on=["version", "steps_done"], how="left")
    return found.set_index(running.index)[["email", "forecast", "step", "detail"]].astype({"step": "int64"})


def _becomes(version: int, done: int, old: Steps | None, target: int, new: Steps) -> tuple[str, int, str]:
    """Forecast, next step and detail of whoever is at one place of one version."""
    number = done + 1
    if version == target:
        return "unchanged", number, f"is in version {target} already"
    before = old[done] if old and done < len(old) else None
    was = f"step {number} of version {version}" if before is None else f"step {number} was {step_in_words(before)},"
    if done >= len(new):
        steps = counted(len(new), "step")
        return "unenrolled", 0, f"{was} is gone: version {target} has {steps}, all of them done"
    if before == new[done]:
        return "upgraded", number, f"step {number} stays {step_in_words(before)}"
    return "upgraded", number, f"{was} becomes {step_in_words(new[done])}"
