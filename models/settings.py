"""Settings from the environment or `.env` (interface.md). Secrets are `SecretStr`, and shown nowhere."""

from functools import cached_property
from pathlib import Path
from typing import Self
from urllib.parse import quote

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from models.errors import InvalidInput
from models.privacy import close_home
from models.schedule import Schedule
from models.up_file import up_in

UNIFY = "https://api.unifygtm.com"  # (12e)


class UnifySettings(BaseSettings):
    """The live workspace that is named `unify`: UNIFY_API_KEY and UNIFY_BASE_URL. Set to nothing is not set."""

    model_config = SettingsConfigDict(env_prefix="UNIFY_", env_file=".env", extra="ignore", env_ignore_empty=True)

    api_key: SecretStr | None = None
    base_url: str = UNIFY


def could_be_a_key(key: str) -> bool:
    """Whether a client can send it in a header."""
    return bool(key.strip()) and key.isascii() and key.isprintable()


class Settings(BaseSettings):
    """Where things are, which workspace is meant, and who acts."""

    model_config = SettingsConfigDict(env_prefix="HANDOFF_", env_file=".env", extra="ignore", frozen=False)

    workspace: str = "sandbox"
    home: Path = Path(".handoff")
    database_url: SecretStr | None = None
    sandbox_url: SecretStr | None = None
    sandbox_clock: str = "simulated"
    sandbox_api_key: SecretStr | None = None
    user: str | None = None
    reports_url: str | None = None
    server_database_url: SecretStr | None = None
    approval_hours: float = Field(default=7 * 24, gt=0, le=90 * 24)
    timezone: str = "UTC"
    night_cron: str = "0 2 * * *"
    sweep_cron: str = "*/5 * * * *"
    max_csv_mb: float = Field(default=500, gt=0)

    @field_validator("reports_url")
    @classmethod
    def _nowhere(cls, value: str | None) -> str | None:
        return value or None  # a deployment carries it empty where reports are not served

    @field_validator("sandbox_api_key")
    @classmethod
    def _no_key(cls, value: SecretStr | None) -> SecretStr | None:
        if not value or not (key := value.get_secret_value()):
            return None  # set to nothing is not set: whoever sends no key would have the right one
        if not could_be_a_key(key):
            # No ValueError: pydantic would tell the key with it.
            raise InvalidInput("HANDOFF_SANDBOX_API_KEY", "no client could send this key", "Take signs of ASCII")
        return value

    @model_validator(mode="after")
    def _as_in_the_house(self) -> Self:
        """Where `handoff up` runs in this home, what is not set is as there: another clock would stop its clock."""
        unset = {"sandbox_clock", "reports_url"} - self.model_fields_set
        if unset and (up := up_in(self.home)) is not None:
            if "sandbox_clock" in unset:
                self.sandbox_clock = up.clock
            if "reports_url" in unset:
                self.reports_url = up.reports_url
        return self

    @cached_property
    def home_folder(self) -> Path:
        """The home, made absolute: journal, sandbox, reports. One that is there and open to others is closed."""
        folder = self.home.expanduser().absolute()
        if folder.exists() and not folder.is_dir():
            raise InvalidInput("HANDOFF_HOME", f"{folder} is no folder", "Name a folder, or one that can be made")
        close_home(folder)
        return folder

    @property
    def night_schedule(self) -> Schedule | None:
        """When the night comes, in the organisation's time zone; None: never. Raises InvalidInput for no cron line."""
        return Schedule.read("HANDOFF_NIGHT_CRON", self.night_cron, self.timezone)

    @property
    def sweep_schedule(self) -> Schedule | None:
        """When a sweep comes; None: never. Raises InvalidInput for no cron line.

        In UTC: where clocks go back, an hour comes twice, and a cron line in that zone would leave the second out.
        """
        return Schedule.read("HANDOFF_SWEEP_CRON", self.sweep_cron)

    @property
    def journal_url(self) -> str:
        """The journal's database; SQLite in the home by default."""
        if self.database_url:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.home_folder / 'journal.db'}"

    @property
    def sandbox_database(self) -> str:
        """The sandbox's own database: the debt in the journal outlives it."""
        if self.sandbox_url:
            return self.sandbox_url.get_secret_value()
        return f"sqlite:///{self.home_folder / 'sandbox.db'}"

    def twin_file(self, workspace: str) -> Path:
        """Where the twin of a live workspace is kept, as it was pulled."""
        return self.home_folder / f"twin-{quote(workspace, safe='')}.db"

    def rehearsal_file(self, workspace: str) -> Path:
        """Where a rehearsal works: on a copy of the twin."""
        return self.home_folder / f"rehearsal-{quote(workspace, safe='')}.db"

    @property
    def operations_folder(self) -> Path:
        """Where each operation has a folder for its reports and CSVs."""
        return self.home_folder / "operations"
