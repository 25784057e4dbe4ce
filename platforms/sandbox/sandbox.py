"""The sandbox: a workspace in SQL that behaves like the platform, behind the port."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pandas as pd

from models.changes import Change
from models.errors import InvalidInput
from models.records import PendingSetting
from models.setting_keys import SettingKey
from platforms.sandbox.behaviour.actions import ACTIONS, act, refuse_unless_allowed
from platforms.sandbox.behaviour.advancing import catch_up
from platforms.sandbox.behaviour.direct import enroll_directly
from platforms.sandbox.behaviour.propagation import set_value
from platforms.sandbox.clock import moment, seconds
from platforms.sandbox.lookup import sequence_by_name
from platforms.sandbox.reading import enrollments as reading
from platforms.sandbox.reading import exclusions as reading_exclusions
from platforms.sandbox.reading.history import history
from platforms.sandbox.rep_tasks import TasksOfWorkspace
from platforms.sandbox.sequences import SequencesOfWorkspace
from platforms.sandbox.store import from_json
from platforms.sandbox.workspace_file.dump import read_pending


class Sandbox(SequencesOfWorkspace, TasksOfWorkspace):
    """A workspace of the sandbox, behind the port: `platforms.port.Platform`, whose docstrings are the contract."""

    # Platform: the clock and the user

    @property
    def acting_user(self) -> str:
        with self.work() as work:
            return str(work.value("SELECT email FROM user_account WHERE id = :id", id=work.user_id) or "nobody")

    @property
    def hidden(self) -> frozenset[str]:
        return frozenset()

    def now(self) -> datetime:
        with self.work() as work:
            return moment(work.now)

    def clock_rate(self) -> float:
        return self.clock.rate

    def advance(self, to: datetime) -> None:
        if self.clock.rate:
            raise InvalidInput("clock", f"this clock runs by itself ({self.clock.name})", "Wait instead")
        with self.work() as work:
            if seconds(to) > work.now:
                catch_up(work, seconds(to))
                self.clock.write(work, work.now, {"clock": None})

    def supports(self, change: type[Change]) -> bool:
        return change in ACTIONS

    def refuse_unless_allowed(self, change: type[Change]) -> None:
        with self.work() as work:
            refuse_unless_allowed(work, change)

    # Platform: observing

    def users(self) -> pd.DataFrame:
        return self._frame("SELECT email, name, role FROM user_account ORDER BY id", ["user", "name", "role"])

    def mailboxes(self) -> pd.DataFrame:
        return self._frame(
            "SELECT m.email, u.email, m.paused, m.daily_limit FROM mailbox m"
            " LEFT JOIN user_account u ON u.id = m.owner_id ORDER BY m.id",
            ["mailbox", "owner", "paused", "daily_limit"],
        ).astype({"paused": bool})

    def rulesets(self) -> pd.DataFrame:
        with self.work() as work:
            return reading.rulesets(work)

    def plays(self) -> pd.DataFrame:
        found = self._frame(
            "SELECT y.name, a.name, s.name, y.published, y.allow_reruns,"
            " (SELECT MAX(r.ran_at) FROM play_run r WHERE r.play_id = y.id), y.rerun_cooldown_days FROM play y"
            " JOIN sequence s ON s.id = y.sequence_id LEFT JOIN audience a ON a.id = y.audience_id ORDER BY y.id",
            ["play", "audience", "sequence", "published", "allow_reruns", "last_run_at", "cooldown_days"],
        ).astype({"published": bool, "allow_reruns": bool})
        with self.work() as work:
            return found.assign(mailboxes=found["play"].map(reading.play_mailboxes(work)))

    def pending(self) -> tuple[PendingSetting, ...]:
        with self.work() as work:
            return read_pending(work)

    def setting(self, key: SettingKey) -> Any:
        with self.work() as work:
            return set_value(work, key)

    def audience_size(self, name: str) -> int | None:
        with self.work() as work:
            found: int | None = work.value(
                "SELECT (SELECT COUNT(*) FROM audience_member m WHERE m.audience_id = a.id) FROM audience a"
                " WHERE a.name = :name", name=name,
            )  # fmt: skip
            return found

    def ends(self, mailbox: str) -> pd.DataFrame:
        with self.work() as work:
            return reading.ends(work, mailbox)

    def cancelled(self, mailbox: str, chunk: int) -> Iterator[pd.DataFrame]:
        after: int | None = 0
        while after is not None:
            with self.work() as work:
                found, after = reading.cancelled(work, mailbox, after, chunk)
            if len(found):
                yield found

    def last_enrollments(self, emails: list[str], sequence: str | None) -> pd.DataFrame:
        with self.work() as work:
            return reading.last_enrollments(work, emails, sequence)

    def history(self, contacts: pd.DataFrame) -> pd.DataFrame:
        with self.work() as work:
            return history(work, contacts)

    def facts(self, contacts: pd.DataFrame) -> pd.DataFrame:
        with self.work() as work:
            parts = [
                reading.facts_for(work, sequence_by_name(work, str(name)), group["email"].tolist())
                for name, group in contacts.groupby("sequence", sort=False)
            ]
        found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=reading.FACTS)
        asked = contacts[["email", "sequence"]].astype(object)  # a frame of nobody has no type of its own to merge on
        out = asked.merge(found, on=["email", "sequence"], how="left")
        times = {name: pd.to_datetime(out[name], utc=True) for name in reading.INSTANTS}
        return out.assign(known=out["known"].eq(True), **times)

    def places(self, emails: list[str], sequence: str) -> pd.DataFrame:
        with self.work() as work:
            return reading.places(work, emails, sequence)

    def exclusion_toggles(self) -> pd.DataFrame:
        with self.work() as work:
            return reading.exclusion_toggles(work)

    def exclusions(self) -> pd.DataFrame:
        with self.work() as work:
            return reading_exclusions.exclusions(work)

    def matches(self, exclusion: str, emails: list[str] | None = None) -> pd.DataFrame:
        with self.work() as work:
            return reading_exclusions.matches(work, exclusion, emails)

    def people(self, emails: list[str]) -> pd.DataFrame:
        with self.work() as work:
            return reading_exclusions.people(work, emails)

    def settles(self, conflict: str) -> str | None:
        with self.work() as work:
            found: str | None = from_json(work.value("SELECT behaviour FROM workspace")).get(conflict)
            return found

    def audience(self, name: str) -> list[str]:
        with self.work() as work:
            return reading.audience(work, name)

    def entrants(self, play: str) -> pd.DataFrame:
        with self.work() as work:
            return reading.entrants(work, play)

    def play_log(self, play: str) -> pd.DataFrame:
        return self._frame(
            "SELECT p.email, l.reason FROM play_log l JOIN person p ON p.id = l.person_id WHERE l.logged AND l.run_id ="
            " (SELECT MAX(r.id) FROM play_run r JOIN play y ON y.id = r.play_id WHERE y.name = :play)"
            " ORDER BY l.person_id", ["email", "reason"], play=play,
        )  # fmt: skip

    def play_metrics(self, play: str) -> dict[str, int] | None:
        with self.work() as work:
            return reading.play_metrics(work, play)

    # Platform: acting

    def apply(self, change: Change) -> dict[str, Any]:
        with self.work() as work:
            return act(work, change)

    def enroll(self, contacts: pd.DataFrame) -> pd.DataFrame:
        with self.work() as work:
            return enroll_directly(work, contacts)

    def _frame(self, sql: str, columns: list[str], **values: object) -> pd.DataFrame:
        with self.work() as work:
            return reading.frame(work, sql, columns, **values)
