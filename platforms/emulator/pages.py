"""Cursor pages: a cursor names the last row that was given, so that rows that come in between shift nothing."""

import base64
import binascii
from typing import Annotated, TypeVar

from fastapi import Query

from platforms.emulator.problems import bad_request

Cursor = Annotated[str | None, Query()]
Limit = Annotated[int, Query(ge=1, le=100)]
USUAL = 50
T = TypeVar("T")


def after(cursor: str | None) -> int:
    """The key after which a page begins. Raises Problem (400) for a cursor that was not given out."""
    if cursor is None:
        return 0
    try:
        kind, _, key = base64.urlsafe_b64decode(cursor.encode()).decode().partition(":")
        if kind == "after" and key.isascii() and key.isdecimal() and int(key) < 1 << 62:
            return int(key)
    except (binascii.Error, ValueError):
        pass
    raise bad_request("The cursor is not valid", ("cursor",), "invalid_cursor")


def cursor_after(key: int) -> str:
    """The cursor of the page after the row of that key."""
    return base64.urlsafe_b64encode(f"after:{key}".encode()).decode()


def paged(rows: list[T], keys: list[int], limit: int) -> tuple[list[T], str | None]:
    """Of up to `limit` + 1 rows the page, and the cursor of the next one; None where these are the last."""
    if len(rows) <= limit:
        return rows, None
    return rows[:limit], cursor_after(keys[limit - 1])
