"""What a night may do unattended: a variable in Prefect that people read and set."""

import json
from typing import Any

from prefect.variables import Variable
from pydantic import ValidationError

from models.errors import InvalidInput
from models.nearest import known
from models.night_policy import VARIABLE, NightPolicy

EXAMPLE = 'Mend the variable in Prefect; it is JSON such as {"sequences": ["Outbound"], "at_most": 200}'


def read_policy() -> NightPolicy:
    """The policy that the variable holds; the defaults where there is no such variable."""
    value: Any = Variable.get(VARIABLE)
    if value is None:
        return NightPolicy()
    if isinstance(value, str):  # a shell or a form may have kept the JSON as text
        try:
            value = json.loads(value)
        except ValueError as error:
            raise InvalidInput(VARIABLE, f"its value is no JSON ({error})", EXAMPLE) from error
    if not isinstance(value, dict):
        raise InvalidInput(VARIABLE, f"its value is {json.dumps(value)}, not an object with fields", EXAMPLE)
    for name in value:
        known(VARIABLE, name, list(NightPolicy.model_fields), "field")
    try:
        return NightPolicy.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, (VARIABLE, *first["loc"])))
        raise InvalidInput(field, f"{json.dumps(first['input'])} does not fit: {first['msg']}", EXAMPLE) from error
