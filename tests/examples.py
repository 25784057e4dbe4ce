"""How many random workspaces a property is tried on: few in an ordinary run, all with `THOROUGH=1`."""

import os

from hypothesis import HealthCheck, settings

THOROUGH = os.environ.get("THOROUGH", "0") not in ("", "0")


def often(examples: int, *, thorough: int) -> settings:
    """The same examples at every run, as many as this; `thorough` is for `THOROUGH=1 make test`.

    What a test counts over them has to be reached by the smaller number.
    """
    return settings(
        max_examples=thorough if THOROUGH else examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
