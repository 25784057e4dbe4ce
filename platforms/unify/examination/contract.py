"""Whether real answers are as the vendor documents them: what is missing, renamed or new is reported, not guessed.

`documented.json` has the fields of each kind of document as the contract of 2026-08-13 names them. Pure.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from models.errors import Unreadable
from models.finding import Finding, fine, note, trouble
from models.wording import counted, first_of
from platforms.unify import enrollment_documents, record_documents, sequence_documents
from platforms.unify.enrollment_documents import ENROLLMENTS, EnrollmentRow, ListedEnrollment, StepRow
from platforms.unify.fields_read import paths_read
from platforms.unify.record_documents import OBJECTS, TASKS, TaskShown, UserShown
from platforms.unify.sequence_documents import SEQUENCES, SequenceShown, StepShown
from platforms.unify.wire import Json

DOCUMENTED = Path(__file__).with_name("documented.json")
CHECK = "workspace.contract"
WAIT = (
    "Begin no live run here: what is missing would be guessed. Look for a newer release of Handoff, or send its "
    "maintainers this line"
)
TELL = "Nothing of Handoff reads it. A newer release may"


@dataclass(frozen=True)
class Kind:
    """A kind of document: by which operation it comes, in whose contract it is, and what Handoff reads of it."""

    operation: str
    api: str
    reads: type
    read: Callable[[Json], object]


KINDS: Mapping[str, Kind] = {
    "Sequence": Kind(f"GET {SEQUENCES}", "sequences", SequenceShown, sequence_documents.sequence),
    "SequenceStep": Kind(f"GET {SEQUENCES}/{{id}}/steps", "sequences", StepShown, sequence_documents.step),
    "Enrollment": Kind(f"GET {ENROLLMENTS}", "sequences", ListedEnrollment, enrollment_documents.listed),
    "SequenceEnrollment": Kind("enrollment query job", "sequences", EnrollmentRow, enrollment_documents.row),
    "SequenceEnrollmentStep": Kind("enrollment step query job", "sequences", StepRow, enrollment_documents.step_row),
    "Task": Kind(f"GET {TASKS}", "tasks", TaskShown, lambda document: record_documents.task(document, f"GET {TASKS}")),
    "BulkApiObjectRecordResult": Kind(
        "user query job", "data", UserShown, lambda document: record_documents.user(document, f"{OBJECTS}/user")
    ),
}
"""By the name that the contract gives them."""


@dataclass
class Node:
    """A field: whether it is always there, and what it holds."""

    always: bool
    inner: "dict[str, Node]"


@cache
def _documented() -> dict[str, dict[str, Node]]:
    kinds: dict[str, dict[str, bool]] = json.loads(DOCUMENTED.read_text(encoding="utf-8"))
    return {name: _tree(paths) for name, paths in kinds.items()}


def _tree(paths: Mapping[str, bool]) -> dict[str, Node]:
    tree: dict[str, Node] = {}
    for path, always in sorted(paths.items()):  # a field comes before what is in it
        *above, name = path.split(".")
        place = tree
        for step in above:
            place = place[step].inner
        place[name] = Node(always, {})
    return tree


def agreement(samples: Mapping[str, Sequence[Json]]) -> Iterator[Finding]:
    """What there is to say of documents of each kind, by the names of KINDS; one line for all that agree."""
    as_documented = Counter[str]()
    for name, documents in samples.items():
        found = list(differences(name, documents))
        yield from found
        if documents and not found:
            as_documented[KINDS[name].operation] = len(documents)
    if as_documented:
        shown = [f"{operation} ({number})" for operation, number in as_documented.items()]
        yield fine(CHECK, f"answers are as documented: {first_of(shown, most=len(shown))}")
    if empty := [KINDS[name].operation for name, documents in samples.items() if not documents]:
        yield note(CHECK, f"nothing came that could be compared with the contract: {', '.join(empty)}")


def differences(name: str, documents: Sequence[Json]) -> Iterator[Finding]:
    """Where documents of a kind differ from the contract."""
    kind, missing, new = KINDS[name], Counter[str](), Counter[str]()
    for document in documents:
        _compare(document, _documented()[name], "", missing, new)
    read = paths_read(kind.reads)
    stops = False
    for path, number in missing.items():
        needed = any(one == path or one.startswith(f"{path}.") for one in read)
        stops = stops or needed
        renamed = [one for one in new if one.rpartition(".")[0] == path.rpartition(".")[0]]
        yield _missing(kind.operation, path, _share(number, len(documents)), renamed, needed)
    beside = {path.rpartition(".")[0] for path in missing}
    if unknown := [path for path in new if path.rpartition(".")[0] not in beside]:
        yield note(CHECK, f"{kind.operation}: new, and not in the contract: {', '.join(sorted(unknown))}", TELL)
    if not stops and (problem := _unreadable(kind, documents)) is not None:
        yield trouble(CHECK, f"{problem}, which its contract does not have", WAIT)


def _missing(operation: str, path: str, share: str, renamed: list[str], needed: bool) -> Finding:
    perhaps = f"; {', '.join(sorted(renamed))} is new there: perhaps it was renamed" if renamed else ""
    message = f"{operation}: {path} is missing {share}{perhaps}"
    if not needed:
        return note(CHECK, message, TELL)
    return trouble(CHECK, f"{message}. Handoff reads it", WAIT)


def _share(number: int, all_of_them: int) -> str:
    return f"in {'all' if number >= all_of_them else f'{number:,}'} of {counted(all_of_them, 'answer')}"


def _compare(document: Json, fields: Mapping[str, Node], place: str, missing: Counter[str], new: Counter[str]) -> None:
    missing.update(f"{place}{name}" for name, node in fields.items() if node.always and name not in document)
    for name, value in document.items():
        if (node := fields.get(name)) is None:
            new[f"{place}{name}"] += 1
        elif node.inner:
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, dict):
                    _compare(one, node.inner, f"{place}{name}.", missing, new)


def _unreadable(kind: Kind, documents: Sequence[Json]) -> str | None:
    """Why Handoff cannot read one of them: a field of another type, or a word that is not documented."""
    for document in documents:
        try:
            kind.read(document)
        except Unreadable as error:
            return str(error)
    return None


def lacking(of: str, there: Sequence[Any], needed: Sequence[str]) -> Iterator[Finding]:
    """Which attributes that Handoff selects an object has not: the platform would refuse the question, or a person who
    opted out would not show."""
    names = {one.get("api_name") for one in there if isinstance(one, dict)}
    if without := [name for name in needed if name not in names]:
        yield trouble(
            CHECK,
            f"the object {of} has no attribute {', '.join(without)}, by which Handoff reads it",
            f"See in Unify's settings whether it was removed or renamed ({OBJECTS}/{of}/attributes)",
        )
