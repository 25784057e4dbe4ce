"""The emulator speaks the vendor's contract: schemathesis, with each of the vendor's documents, finds nothing.

What it is asked is drawn the same way each time. Which documented answers never appeared is written in
docs/emulator.md, and held against it: an answer that nobody has seen may be wrong.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from schemathesis import GenerationMode
from starlette.types import ASGIApp

from models.records import Sequence
from models.workspace import Workspace
from platforms.emulator.app import make_app
from platforms.emulator.limits import Limits, unlimited
from platforms.emulator.weather import Weather
from platforms.sandbox.made_up_team.team import made_up_team
from platforms.sandbox.sandbox import Sandbox
from tests.conftest import Sandboxes
from tests.platforms.emulator.real_outreach import about_closed, about_others
from tests.platforms.emulator.real_values import real_values
from tests.platforms.emulator.referee import APIS, Referee, Seen, by_operation, documented, operations
from tests.platforms.serving import served

KEY = "the-key-of-these-tests"
POSITIVE, NEGATIVE = 10, 3  # how often each operation is asked well, and badly
WALKS, STEPS = 8, 6
PAGE = Path(__file__).resolve().parents[3] / "docs" / "emulator.md"


@dataclass(frozen=True)
class Weathers:
    """The same workspace under different circumstances: fair, nothing allowed, and each fault that is an answer."""

    sandbox: Sandbox

    def app(self, weather: Weather | None = None, limits: Limits | None = None) -> ASGIApp:
        return make_app(self.sandbox, SecretStr(KEY), weather or Weather(), limits or unlimited())

    def circumstances(self) -> Iterator[tuple[ASGIApp, str, int]]:
        """What answers 401, 429, 500 and 503: an application, the key to ask it with, and the answer."""
        yield self.app(), "another key", 401
        yield self.app(limits=replace(unlimited(), requests=0)), KEY, 429
        yield self.app(Weather(fault_rate=1, faults=("error",))), KEY, 500
        yield self.app(Weather(fault_rate=1, faults=("unavailable",))), KEY, 503


@pytest.mark.slow
@pytest.mark.parametrize("api", APIS)
def test_schemathesis_finds_nothing(api: str, sandboxes: Sandboxes, capsys: pytest.CaptureFixture[str]) -> None:
    offered = operations(api)
    expected = set[tuple[str, int]]().union(*(documented(one) for one in offered))
    team = a_team_with_a_spare_sequence()
    seen = asked_all(api, sandboxes(team), sandboxes(user=a_rep_without_tasks(team)))
    labels = {label for label, _ in seen}
    with capsys.disabled():
        sys.stdout.write(f"\n{api}: {len(labels)} operations checked of the {len(offered)} that the emulator has ")
    assert {one.label for one in offered} == labels
    never = expected - seen
    assert never_appeared(api) == list(by_operation(never)), "\n".join(by_operation(never))


def a_team_with_a_spare_sequence() -> Workspace:
    """Of sixty people; one that nobody ever used may be deleted."""
    team = made_up_team(60, 3)
    return team.model_copy(update={"sequences": (*team.sequences, Sequence(name="Nobody's"))})


def a_rep_without_tasks(team: Workspace) -> str:
    """Somebody to whom the API says of no task what it is."""
    busy = {task.assignee for task in team.tasks}
    return next(user.email for user in team.users if user.role == "rep" and user.email not in busy)


def asked_all(api: str, sandbox: Sandbox, as_rep: Sandbox) -> Seen:
    """Ask every operation, well and badly, step after step, and under each circumstance; give what appeared."""
    weathers, offered = Weathers(sandbox), {one.label: one for one in operations(api)}
    with served(weathers.app()) as address:
        with httpx.Client(base_url=address, headers={"X-Api-Key": KEY}, timeout=60) as client:
            real = real_values(api, client, lambda: sandbox.advance(sandbox.now() + timedelta(hours=25)))
        referee = Referee(address, KEY, real)
        for operation in sorted(offered.values(), key=lambda one: one.path.endswith("/{job_id}")):
            referee.ask_of_each_job(operation)
        for operation in offered.values():
            referee.ask_with_sense(operation)
        for label, asked in about_closed(real) if api == "tasks" else ():
            referee.ask_for(offered[label], asked)
        referee.walk(api, WALKS, STEPS)
        for operation in sorted(offered.values(), key=lambda one: one.method == "delete"):
            referee.ask(operation, POSITIVE, GenerationMode.POSITIVE)
            referee.ask(operation, NEGATIVE, GenerationMode.NEGATIVE)
        seen = referee.seen
        if api == "tasks":
            with served(make_app(as_rep, SecretStr(KEY), limits=unlimited())) as elsewhere:
                rep = Referee(elsewhere, KEY, real)
                for label, asked in about_others(real):
                    rep.ask_for(offered[label], asked)
            seen |= rep.seen
    for app, key, status in weathers.circumstances():
        with served(app) as address:
            other = Referee(address, key, {})
            for operation in offered.values():
                if (operation.label, status) in documented(operation):
                    other.ask_once(operation, key)
            seen |= other.seen
    return seen


def never_appeared(api: str) -> list[str]:
    """What the documentation says of the pairs that never appeared, for one API."""
    text = PAGE.read_text().partition(f"### {api}\n")[2].partition("\n### ")[0].partition("\n## ")[0]
    return [line.removeprefix("- ").strip("`") for line in text.splitlines() if line.startswith("- ")]
