"""Twins by name: copies of live workspaces, on which procedures are rehearsed."""

PREFIX = "twin of "


def twin_of(workspace: str) -> str:
    """The name that a rehearsal on the twin of a workspace has everywhere."""
    return f"{PREFIX}{workspace}"


def original_of(name: str) -> str | None:
    """The workspace of which this is the twin; None where it is no twin."""
    return name.removeprefix(PREFIX) if name.startswith(PREFIX) else None


def is_twin(name: str) -> bool:
    """Whether a workspace is a twin: a rehearsal goes the way that the live run goes where nobody says which."""
    return original_of(name) is not None
