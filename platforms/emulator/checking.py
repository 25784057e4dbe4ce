"""Bodies of requests, checked by a model; a mistake is answered in the vendor's envelope."""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from platforms.emulator.problems import bad_request

M = TypeVar("M", bound=BaseModel)


def checked(model: type[M], body: Any) -> M:
    """A request's body, checked. Raises Problem (400) that leads to the field."""
    try:
        return model.model_validate({} if body is None else body)
    except ValidationError as error:
        first = error.errors()[0]
        path = [part if isinstance(part, int) else str(part) for part in first["loc"]]
        raise bad_request(first["msg"], path or ("body",), first["type"]) from error


class Checking(Generic[M]):
    """Checks a request by a model."""

    def __init__(self, model: type[M]) -> None:
        self._model = model

    def check(self, params: Mapping[str, str], body: Any) -> M:
        """See `jobs.Asking`."""
        return checked(self._model, body)
