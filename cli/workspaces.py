"""A workspace for commands that look: Prefect is loaded only where it keeps the key."""

from cli.narrating import show_reading
from platforms.opening import Access, open_platform
from platforms.port import Platform


def open_workspace(workspace: str) -> Platform:
    """The workspace of that name. Raises InvalidInput where there is none."""
    if workspace != "sandbox":
        show_reading()
    return open_platform(workspace, kept=_kept_by_prefect)


def _kept_by_prefect(workspace: str) -> Access:
    from cli import prefect_settings

    prefect_settings.prepare_to_run()
    from tasks.workspaces import kept_by_prefect

    return kept_by_prefect(workspace)
