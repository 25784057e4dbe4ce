"""A sequence's steps in a file of their own, as a workspace file has them: a list, or a mapping with key `steps`."""

from pathlib import Path

from pydantic import ValidationError

from models.documents import problems_of, read_document, refusal
from models.errors import InvalidInput
from models.records import Record, SequenceStep, Steps

REMEDY = "Write `steps: [{type: AUTOMATIC_EMAIL, wait_days: 0}, …]`, as in a workspace file; nothing was changed"


class _Document(Record):
    steps: Steps


def read_steps(path: Path) -> tuple[SequenceStep, ...]:
    """The steps in a YAML file. Raises InvalidInput that names the file, the key and the remedy."""
    document = read_document(path)
    if isinstance(document, list):
        document = {"steps": document}
    if not isinstance(document, dict):
        held = "is empty" if document is None else f"holds a {type(document).__name__}"
        raise InvalidInput(str(path), f"a list of steps is wanted, and the file {held}", REMEDY)
    try:
        return _Document.model_validate(document).steps
    except ValidationError as error:
        raise refusal(path, problems_of(error), REMEDY) from error
