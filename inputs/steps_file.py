"""A sequence's steps in a file of their own, or pasted, as a workspace file has them: a list, or under `steps`."""

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from models.documents import parse_document, problems_of, read_document, refusal
from models.errors import InvalidInput
from models.records import Record, SequenceStep, Steps

REMEDY = "Write `steps: [{type: AUTOMATIC_EMAIL, wait_days: 0}, …]`, as in a workspace file; nothing was changed"


class _Document(Record):
    steps: Steps


def read_steps(path: Path) -> tuple[SequenceStep, ...]:
    """The steps in a YAML file. Raises InvalidInput that names the file, the key and the remedy."""
    return _steps(read_document(path), str(path), path.name, "the file")


def parse_steps(text: str, field: str) -> tuple[SequenceStep, ...]:
    """The steps in pasted YAML. Raises InvalidInput that names the field, the key and the remedy."""
    return _steps(parse_document(text, field), field, field, "the text")


def _steps(document: Any, field: str, name: str, noun: str) -> tuple[SequenceStep, ...]:
    if isinstance(document, list):
        document = {"steps": document}
    if not isinstance(document, dict):
        held = "is empty" if document is None else f"holds a {type(document).__name__}"
        raise InvalidInput(field, f"a list of steps is wanted, and {noun} {held}", REMEDY)
    try:
        return _Document.model_validate(document).steps
    except ValidationError as error:
        raise refusal(name, problems_of(error), REMEDY) from error
