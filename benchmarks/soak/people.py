"""Whoever works in the workspace, each in their own name: never as the user in whose name Handoff acts."""

from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import Any

from benchmarks.soak.doings import ADMINS, KINDS
from benchmarks.soak.events import Event
from benchmarks.soak.workplace import Workplace
from models.changes import ACTIONS


class People:
    """The team: reps, and an admin who is not the first."""

    def __init__(self, place: Workplace) -> None:
        self.place = place
        users = place.rows("SELECT email, role FROM user_account ORDER BY id")
        self.admin = [row["email"] for row in users if row["role"] == "admin"][1]
        self.reps = [row["email"] for row in users if row["role"] == "rep"]

    def act(self, event: Event) -> int:
        """Do what an event is; give how much of it the workspace took. What it refuses is in the diary too."""
        random, done, took = Random(event.draw), 0, None
        doing = KINDS[event.kind](self, random)
        with suppress(StopIteration):
            while True:
                action, values = next(doing) if took is None else doing.send(took)
                user = self.admin if action in ADMINS else random.choice(self.reps)
                took = self.place.do(event.kind, ACTIONS[action].model_validate(values), user)
                done += took
        return done

    def rows(self, sql: str, **values: object) -> list[dict[str, Any]]:
        """Rows of the workspace."""
        return self.place.rows(sql, **values)

    def one_of(self, random: Random, sql: str, **values: object) -> dict[str, Any] | None:
        """One of the rows, or None where there are none."""
        found = self.rows(sql, **values)
        return random.choice(found) if found else None

    def days_ago(self, days: float) -> int:
        """An instant, as the workspace's tables keep them."""
        return int((self.place.now() - timedelta(days=days)).timestamp())
