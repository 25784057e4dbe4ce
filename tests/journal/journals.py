"""A journal in a folder of its own, and rows for it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from models.tables.journal import OperationRow
from tests.workspaces import ANAS_MAILBOX, NOW

ON_BOTH = pytest.mark.parametrize("url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)], indirect=True)


def operation(name: str = "first", **own: Any) -> OperationRow:
    """A live ownership-change of Ana's mailbox, unless told otherwise."""
    defaults: dict[str, Any] = {
        "procedure": "ownership-change",
        "workspace": "sandbox",
        "subject": ANAS_MAILBOX,
        "mode": "live",
        "folder": "/none",
        "started_at": NOW,
        "recorded_at": datetime.now(UTC),
    }
    return OperationRow(id=name, **(defaults | own))
