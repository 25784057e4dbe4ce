"""What loading a workspace takes beside it: the sections that may be long, and the keys that names get."""

from collections.abc import Iterable
from typing import Protocol

from models.records import Audience, Enrollment, Person, RepTask


class Many(Protocol):
    """The sections of a workspace that grow with its contacts. Each is gone through more than once, and need not be in
    memory: a `Workspace` holds them as tuples, others may make them as they are read."""

    @property
    def people(self) -> Iterable[Person]: ...

    @property
    def audiences(self) -> Iterable[Audience]: ...

    @property
    def enrollments(self) -> Iterable[Enrollment]: ...

    @property
    def tasks(self) -> Iterable[RepTask]: ...


class NamedKeys(dict[str | None, int | None]):
    """Keys by name, from 1 in the order of the section; None has none."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__({name: index for index, name in enumerate(names, 1)})
        self[None] = None


Ids = dict[str, NamedKeys]
"""The keys of what each section names."""
