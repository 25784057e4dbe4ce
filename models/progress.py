"""Checks of a workspace file: the versions of a sequence, and how far enrollments have come in them."""

from collections.abc import Iterator

from models.documents import Problem
from models.records import RUNNING, Enrollment, Sequence
from models.wording import counted


def version_problems(path: str, sequence: Sequence) -> Iterator[Problem]:
    """What is wrong with a sequence's earlier versions: each has a number of its own, below the present one."""
    seen: set[int] = set()
    for at, earlier in enumerate(sequence.versions):
        where = f"{path}.versions[{at}].version"
        if earlier.version >= sequence.version:
            message = f"version {earlier.version} is not before the present one, {sequence.version}"
            yield Problem(path=where, message=message)
        if earlier.version in seen:
            yield Problem(path=where, message=f"version {earlier.version} is there twice")
        seen.add(earlier.version)


def progress_problems(path: str, enrollment: Enrollment, sequence: Sequence) -> Iterator[Problem]:
    """What is wrong with an enrollment's version and place. Who runs needs known steps; of one that has ended nobody
    does any more."""
    version, steps = enrollment.version, sequence.steps_of(enrollment.version)
    if version is not None and version > sequence.version:
        yield Problem(path=f"{path}.version", message=f"'{sequence.name}' is at version {sequence.version} only")
    elif steps is not None:
        yield from _place(path, enrollment, len(steps))
    elif enrollment.state in RUNNING:
        message = f"the steps of version {version} of '{sequence.name}' are not among its 'versions'"
        yield Problem(path=f"{path}.version", message=message)
    if len({step.number for step in enrollment.steps}) < len(enrollment.steps):
        yield Problem(path=f"{path}.steps", message="a step is there twice")


def _place(path: str, enrollment: Enrollment, length: int) -> Iterator[Problem]:
    done = enrollment.steps_done if enrollment.steps_done is not None else int(enrollment.state == "active")
    if done > length:
        yield Problem(path=f"{path}.steps_done", message=f"'{enrollment.sequence}' has {counted(length, 'step')} only")
    elif done == length and enrollment.state in RUNNING:
        message = f"every step of '{enrollment.sequence}' is done; such an enrollment is finished"
        yield Problem(path=f"{path}.steps_done", message=message)
