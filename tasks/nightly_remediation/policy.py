"""What a night may do unattended: a variable in Prefect that people read and set, and what a run was given instead."""

import json
from dataclasses import dataclass
from typing import Any

from prefect.variables import Variable
from pydantic import ValidationError

from models.errors import InvalidInput
from models.nearest import known
from models.night_policy import NightPolicy
from platforms.port import Platform
from tasks import checking

VARIABLE = "handoff_nightly_policy"
EXAMPLE = 'Mend the variable in Prefect; it is JSON such as {"sequences": ["Outbound"], "at_most": 200}'


@dataclass(frozen=True)
class AskedNight:
    """The policy of a night, names as the workspace spells them."""

    policy: NightPolicy

    @property
    def subject(self) -> str:
        """What only one live operation at a time may be about."""
        return "the night"


def check_night(platform: Platform, **given: Any) -> AskedNight:
    """The policy: the variable's, or its defaults, and over it whatever a parameter gives (None and []: nothing).

    Raises InvalidInput that names variable, field and remedy; changes nothing.
    """
    stated = {name: value for name, value in given.items() if value is not None and value != []}
    policy = NightPolicy.model_validate(read_policy().model_dump() | stated)
    spelled = {
        name: ask(platform, name if name in stated else f"{VARIABLE}.{name}", list(names))
        for name, names, ask in (
            ("mailboxes", policy.mailboxes, checking.mailboxes), ("sequences", policy.sequences, checking.sequences),
        ) if names
    }  # fmt: skip
    return AskedNight(policy.model_copy(update=spelled))


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
