"""The one place that knows every platform."""

from models.errors import InvalidInput
from models.settings import Settings
from platforms.port import Platform
from platforms.sandbox.sandbox import Sandbox


def open_sandbox(settings: Settings) -> Sandbox:
    """The user's sandbox."""
    return Sandbox(settings.sandbox_database, user=settings.user, clock=settings.sandbox_clock)


def open_platform(workspace: str, settings: Settings | None = None) -> Platform:
    """The workspace of that name. Raises InvalidInput where none is configured."""
    settings = settings or Settings()
    if workspace == "sandbox":
        return open_sandbox(settings)
    raise InvalidInput("workspace", f"there is no workspace '{workspace}'", "This release knows 'sandbox'")
