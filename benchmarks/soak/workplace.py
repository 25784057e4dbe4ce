"""Where the month takes place: a home with its sandbox, its journal and the diary, and who is there."""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.soak.diary import Diary
from models.changes import Change, ChangeMailboxOwner, SetSetting, plain
from models.errors import HandoffError
from models.setting_keys import SettingKey
from platforms.sandbox.sandbox import Sandbox


@dataclass
class Workplace:
    """The home of a month. `clock` is the sandbox's: simulated in form (a), running in form (b)."""

    home: Path
    clock: str = "simulated"

    def __post_init__(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        self.diary = Diary(self.home / "diary.db")
        self._opened: dict[str | None, Sandbox] = {}

    @property
    def sandbox_file(self) -> Path:
        return self.home / "sandbox.db"

    @property
    def journal_file(self) -> Path:
        return self.home / "journal.db"

    def sandbox(self, user: str | None = None) -> Sandbox:
        """The workspace as a user sees it; the tool's own user where none is named."""
        if user not in self._opened:
            self._opened[user] = Sandbox(f"sqlite:///{self.sandbox_file}", user=user, clock=self.clock)
        return self._opened[user]

    def let_go(self) -> None:
        """Let go of the sandbox's database: a process that forks must hold no SQLite connection."""
        for sandbox in self._opened.values():
            sandbox.close()

    def now(self) -> datetime:
        """The workspace's time."""
        return self.sandbox().now()

    def pass_time(self, until: datetime) -> None:
        """Move the simulated clock on."""
        self.sandbox().advance(until)

    def rows(self, sql: str, **values: object) -> list[dict[str, Any]]:
        """Rows of the workspace's tables."""
        with self.sandbox().work() as work:
            return work.rows(sql, **values)

    def owed(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the journal's tables; none before the first run has made them."""
        if not self.journal_file.exists():
            return []
        connection = sqlite3.connect(self.journal_file, timeout=60)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def begin(self) -> None:
        """Write down how everything is set before anybody touches it."""
        self.diary.begin_with(self.settings())

    def settings(self) -> dict[str, Any]:
        """Every setting as it is set, by its key, as JSON holds it."""
        found: dict[str, Any] = {}
        for row in self.rows("SELECT name, allow_same_sequence_reenrollment AS allow, block_reenrollment FROM ruleset"):
            block = row["block_reenrollment"]
            found[f"ruleset:{_quoted(row['name'])}:allow_same_sequence_reenrollment"] = bool(row["allow"])
            found[f"ruleset:{_quoted(row['name'])}:block_reenrollment"] = json.loads(block) if block else None
        for row in self.rows("SELECT name, exclude_from_sequences AS it_is FROM exclusion"):
            found[f"exclusion:{_quoted(row['name'])}:exclude_from_sequences"] = bool(row["it_is"])
        for owner in ("ruleset", "audience"):
            for row in self.rows(
                f"SELECT o.name, x.name AS exclusion, t.enabled FROM {owner}_exclusion t"
                f" JOIN {owner} o ON o.id = t.{owner}_id JOIN exclusion x ON x.id = t.exclusion_id"
            ):
                key = f"{owner}:{_quoted(row['name'])}:exclusion:{_quoted(row['exclusion'])}"
                found[key] = bool(row["enabled"])
        return found

    def do(self, kind: str, change: Change, user: str) -> bool:
        """Make a change as a person, and write it into the diary; give whether the workspace took it."""
        sandbox, refused = self.sandbox(user), None
        before = _before(sandbox, change)
        try:
            sandbox.apply(change)
        except HandoffError as error:
            refused = str(error)
        self.diary.note("did", kind=kind, who=user, before=before, refused=refused, **_entry(sandbox, change))
        return refused is None


def _before(sandbox: Sandbox, change: Change) -> str | None:
    """What a change replaces, where it replaces something."""
    if isinstance(change, SetSetting):
        return json.dumps(plain(sandbox.setting(change.setting)))
    if isinstance(change, ChangeMailboxOwner):
        found = sandbox.mailboxes().set_index("mailbox")["owner"].get(change.mailbox)
        return str(found) if found else None
    return None


def _entry(sandbox: Sandbox, change: Change) -> dict[str, Any]:
    with sandbox.work() as work:
        now, last = work.now, work.value("SELECT COALESCE(MAX(id), 0) FROM enrollment")
    own = {name: getattr(change, name, None) for name in ("person", "sequence", "play", "setting")}
    mailbox = getattr(change, "mailbox", None)
    value = change.value if isinstance(change, SetSetting) else change.model_dump(mode="json")
    return own | {
        "at": now,
        "last_enrollment": last,
        "value": json.dumps(plain(value)),
        "mailbox": mailbox if isinstance(mailbox, str) else None,
    }


def _quoted(name: str) -> str:
    """A name as setting keys spell it."""
    return SettingKey.exclusion(name).split(":")[1]
