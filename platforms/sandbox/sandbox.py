"""The sandbox: a workspace in SQL that behaves like the platform, behind the port."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

import pandas as pd

from models.changes import Change
from models.errors import InvalidInput
from models.records import PendingSetting
from models.setting_keys import SettingKey
from platforms.sandbox.behaviour import direct
from platforms.sandbox.behaviour.actions import ACTIONS, act, refuse_unless_allowed
from platforms.sandbox.behaviour.advancing import catch_up
from platforms.sandbox.behaviour.propagation import set_value
from platforms.sandbox.behaviour.reassigning import reassign_tasks
from platforms.sandbox.clock import moment, seconds
from platforms.sandbox.keeping import KeptWorkspace
from platforms.sandbox.lookup import behaviour_of
from platforms.sandbox.reading import enrollments, exclusions, fallen_out, people, plays, tasks, team
from platforms.sandbox.reading.history import history, history_of_audience
from platforms.sandbox.reading.tasks import task_routes
from platforms.sandbox.store import Work
from platforms.sandbox.workspace_file.dump import read_pending


class Sandbox(KeptWorkspace):
    """A workspace of the sandbox, behind the port: `platforms.port.Platform`, whose docstrings are the contract."""

    enrolls_one_by_one = False
    at_once = 20_000  # a statement each

    # Platform: the clock

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

    # Platform: changes, one at a time

    @property
    def acting_user(self) -> str:
        with self.work() as work:
            return str(work.value("SELECT email FROM user_account WHERE id = :id", id=work.user_id) or "nobody")

    def supports(self, change: type[Change]) -> bool:
        return change in ACTIONS

    def refuse_unless_allowed(self, change: type[Change]) -> None:
        with self.work() as work:
            refuse_unless_allowed(work, change)

    def apply(self, change: Change, *, briefly: bool = False) -> dict[str, Any]:
        with self.work() as work:
            return act(work, change, briefly=briefly)

    # Platform: what is known of it

    @property
    def hidden(self) -> frozenset[str]:
        return frozenset()

    def behaves(self, question: str) -> str | None:
        with self.work() as work:
            return getattr(behaviour_of(work), question, None)

    # Platform: the team and its settings

    def users(self) -> pd.DataFrame:
        with self.work() as work:
            return team.users(work)

    def mailboxes(self) -> pd.DataFrame:
        with self.work() as work:
            return team.mailboxes(work)

    def sequences(self) -> pd.DataFrame:
        with self.work() as work:
            return team.sequences(work)

    def steps(self, sequence: str) -> pd.DataFrame:
        with self.work() as work:
            return team.steps(work, sequence)

    def rulesets(self) -> pd.DataFrame:
        with self.work() as work:
            return team.rulesets(work)

    def pending(self) -> tuple[PendingSetting, ...]:
        with self.work() as work:
            return read_pending(work)

    def setting(self, key: SettingKey) -> Any:
        with self.work() as work:
            return set_value(work, key)

    def exclusions(self) -> pd.DataFrame:
        with self.work() as work:
            return exclusions.exclusions(work)

    def exclusion_toggles(self) -> pd.DataFrame:
        with self.work() as work:
            return exclusions.exclusion_toggles(work)

    def matches(self, exclusion: str, emails: list[str] | None = None) -> pd.DataFrame:
        with self.work() as work:
            return exclusions.matches(work, exclusion, emails)

    # Platform: plays and audiences

    def plays(self) -> pd.DataFrame:
        with self.work() as work:
            return plays.plays(work)

    def audience(self, name: str) -> list[str]:
        with self.work() as work:
            return plays.audience(work, name)

    def audience_size(self, name: str) -> int | None:
        with self.work() as work:
            return plays.audience_size(work, name)

    def entrants(self, play: str) -> pd.DataFrame:
        with self.work() as work:
            return plays.entrants(work, play)

    def play_log(self, play: str) -> pd.DataFrame:
        with self.work() as work:
            return plays.play_log(work, play)

    def play_metrics(self, play: str) -> dict[str, int] | None:
        with self.work() as work:
            return plays.play_metrics(work, play)

    # Platform: people

    def people(self, emails: list[str]) -> pd.DataFrame:
        with self.work() as work:
            return people.people(work, emails)

    def facts(self, contacts: pd.DataFrame) -> pd.DataFrame:
        with self.work() as work:
            return people.facts(work, contacts)

    def history(self, contacts: pd.DataFrame) -> pd.DataFrame:
        with self.work() as work:
            return history(work, contacts)

    def history_of_audience(self, audience: str, since: datetime) -> pd.DataFrame:
        with self.work() as work:
            return history_of_audience(work, audience, since)

    # Platform: enrollments

    def ends(self, mailbox: str) -> pd.DataFrame:
        with self.work() as work:
            return fallen_out.ends(work, mailbox)

    def cancelled(self, mailbox: str, chunk: int, *, facts: bool = False) -> Iterator[pd.DataFrame]:
        return self._in_chunks(lambda work, after: fallen_out.cancelled(work, mailbox, after, chunk, facts=facts))

    def last_enrollments(self, emails: list[str], sequence: str | None) -> pd.DataFrame:
        with self.work() as work:
            return enrollments.last_enrollments(work, emails, sequence)

    def running(
        self,
        chunk: int,
        sequence: str | None = None,
        mailbox: str | None = None,
        emails: Sequence[str] | None = None,
    ) -> Iterator[pd.DataFrame]:
        return self._in_chunks(lambda work, after: enrollments.running(work, after, chunk, sequence, mailbox, emails))

    def awaiting_approval(self, sequences: list[str]) -> list[str]:
        return []  # the sandbox sends without asking anybody

    def places(self, emails: list[str], sequence: str) -> pd.DataFrame:
        with self.work() as work:
            return enrollments.places(work, emails, sequence)

    def read_back(self, play: str | None, sequence: str, emails: list[str]) -> pd.DataFrame:
        with self.work() as work:
            return enrollments.read_back(work, play, sequence, emails)

    def enroll(self, contacts: pd.DataFrame) -> pd.DataFrame:
        with self.work() as work:
            return direct.enroll_directly(work, contacts)

    def unenroll(self, contacts: pd.DataFrame) -> pd.DataFrame:
        with self.work() as work:
            return direct.unenroll_directly(work, contacts)

    def pause(self, contacts: pd.DataFrame) -> pd.DataFrame:
        with self.work() as work:
            return direct.pause_directly(work, contacts)

    # Platform: tasks

    def tasks(
        self,
        types: Sequence[str] | None = None,
        statuses: Sequence[str] | None = None,
        assignee: str | None = None,
        sequence: str | None = None,
        numbers: Sequence[int | str] | None = None,
    ) -> pd.DataFrame:
        with self.work() as work:
            return tasks.tasks(work, types, statuses, assignee, sequence, numbers)

    def reassign_tasks(self, tasks: pd.DataFrame, assignee: str) -> pd.DataFrame:
        with self.work() as work:
            return reassign_tasks(work, tasks["task"].astype("int64").tolist(), assignee)

    def assignment(self) -> pd.DataFrame:
        with self.work() as work:
            return tasks.assignment(work)

    def task_routes(self, tasks: Sequence[int | str] | None = None, sequence: str | None = None) -> pd.DataFrame:
        with self.work() as work:
            return task_routes(work, tasks, sequence)

    def _in_chunks(self, read: Callable[[Work, int], tuple[pd.DataFrame, int | None]]) -> Iterator[pd.DataFrame]:
        """What `read` gives, from the row after a number on: a transaction for each chunk."""
        after: int | None = 0
        while after is not None:
            with self.work() as work:
                found, after = read(work, after)
            if len(found):
                yield found
