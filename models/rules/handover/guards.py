"""Which exclusions guard a company's customers, competitors and open deals from being written to (R65)."""

import re
from collections.abc import Mapping
from typing import Any

GUARDS = re.compile("customer|client|competitor|opportunit", re.IGNORECASE)
"""How such an exclusion is named."""


def is_guard(exclusion: Mapping[Any, Any]) -> bool:
    """Whether an exclusion (row of `Platform.exclusions`) guards customers, competitors or open opportunities."""
    return "company_status" in exclusion["kinds"].split("\n") or bool(GUARDS.search(exclusion["exclusion"]))
