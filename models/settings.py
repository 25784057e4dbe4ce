"""Settings from the environment or `.env` (docs/settings.md). Secrets are `SecretStr`, and shown nowhere."""

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import quote
from zoneinfo import ZoneInfo

from pydantic import Field, PrivateAttr, SecretStr, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from models.environment import FromEnvironment
from models.errors import InvalidInput
from models.privacy import close_home, make_folder
from models.schedule import Schedule
from models.up_file import up_in

if TYPE_CHECKING:
    from sqlalchemy import URL

UNIFY = "https://api.unifygtm.com"  # docs/platform.md, What the API can do and cannot do


class UnifySettings(FromEnvironment):
    """The live workspace that is named `unify`: UNIFY_API_KEY and UNIFY_BASE_URL. Set to nothing is not set."""

    model_config = SettingsConfigDict(env_prefix="UNIFY_", env_ignore_empty=True)

    api_key: SecretStr | None = None
    base_url: str = UNIFY


def could_be_a_key(key: str) -> bool:
    """Whether a client can send it in a header."""
    return bool(key.strip()) and key.isascii() and key.isprintable()


class Settings(FromEnvironment):
    """Where things are, which workspace is meant, and who acts."""

    model_config = SettingsConfigDict(env_prefix="HANDOFF_", frozen=False)

    workspace: str = "sandbox"
    home: Path = Path(".handoff")
    database_url: SecretStr | None = None
    sandbox_url: SecretStr | None = None
    sandbox_clock: str = "simulated"
    sandbox_api_key: SecretStr | None = None
    user: str | None = None
    reports_url: str | None = None
    server_database_url: SecretStr | None = None
    workers: int = Field(default=1, ge=1, le=64)
    workers_from: int = Field(default=20_000, ge=1)
    approval_hours: float = Field(default=7 * 24, gt=0, le=90 * 24)
    timezone: str = "UTC"
    night_cron: str = "0 2 * * *"
    sweep_cron: str = "*/5 * * * *"
    max_csv_mb: float = Field(default=500, gt=0)
    keep_days: int | None = Field(default=None, ge=1, le=36_500)
    _only_looks: bool = PrivateAttr(default=False)

    @field_validator("home")
    @classmethod
    def _somewhere(cls, value: Path) -> Path:
        if value == Path():  # set to nothing: everything would be kept in whatever folder a command is called in
            raise InvalidInput("HANDOFF_HOME", "names no folder", "Name one, or unset it: .handoff")
        try:
            return value.expanduser()
        except RuntimeError:  # of a user who is not there
            raise InvalidInput("HANDOFF_HOME", f"there is no such home as in {value}", "Name a folder") from None

    @field_validator("timezone")
    @classmethod
    def _a_zone(cls, value: str) -> str:
        try:
            return ZoneInfo(value).key
        except (KeyError, ValueError, OSError) as error:  # ZoneInfoNotFoundError is a KeyError
            raise InvalidInput(
                "HANDOFF_TIMEZONE", f"'{value}' is no time zone", "Write one such as UTC or Europe/London"
            ) from error

    @field_validator("keep_days", mode="before")
    @classmethod
    def _for_ever(cls, value: object) -> object:
        return None if value in ("", "never") else value

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

    def only_looking(self) -> Self:
        """The same settings, for who changes nothing: a home that is open to others stays so."""
        self._only_looks = True
        return self

    @cached_property
    def home_folder(self) -> Path:
        """The home, made absolute: journal, sandbox, reports. Raises InvalidInput for what is no folder; one
        that is open to others is closed."""
        try:
            folder = self.home.absolute()
            str(folder).encode()
            if not folder.exists() or folder.is_dir():
                if not self._only_looks:
                    close_home(folder)
                return folder
        except (OSError, UnicodeEncodeError):  # too long; no text
            folder = self.home
        raise InvalidInput("HANDOFF_HOME", f"{str(folder)!r} is no folder", "Name a folder, or one that can be made")

    def make_home(self) -> Path:
        """The home, made where it is not there yet. Raises InvalidInput where it cannot be written."""
        folder = self.home_folder
        try:
            make_folder(folder)
            writable = os.access(folder, os.W_OK | os.X_OK)
        except OSError:
            writable = False
        if not writable:
            raise InvalidInput("HANDOFF_HOME", f"{folder} cannot be written", "Name a folder that you may write to")
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
    def journal_url(self) -> "URL":
        """The journal's database; SQLite in the home by default. Raises InvalidInput for what is no address of one."""
        if self.database_url and (given := self.database_url.get_secret_value()):
            from models.databases import read_address  # loads SQLAlchemy

            return read_address(given, "HANDOFF_DATABASE_URL")
        from models.databases import sqlite_file

        return sqlite_file(self.home_folder / "journal.db")

    @property
    def sandbox_database(self) -> "URL":
        """The sandbox's own database, likewise: the debt in the journal outlives it."""
        if self.sandbox_url and (given := self.sandbox_url.get_secret_value()):
            from models.databases import read_address

            return read_address(given, "HANDOFF_SANDBOX_URL")
        from models.databases import sqlite_file

        return sqlite_file(self.home_folder / "sandbox.db")

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
