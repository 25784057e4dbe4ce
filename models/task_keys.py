"""What a task is named by: its number on a sandbox, its UUID on Unify. Text has the same key wherever it comes from."""

import re

TASK_KEY = r"\d{1,18}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


def task_key(text: str) -> int | str:
    """The key that a text is: a number, or a UUID in lower case. Raises ValueError where it is neither."""
    found = re.fullmatch(TASK_KEY, text.strip())
    if found is None:
        raise ValueError(f"'{text}' names no task")
    return int(found[0]) if found[0].isdecimal() else found[0].lower()
