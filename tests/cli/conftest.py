"""The command line, called in this process, in a home of its own."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli.main import main
from platforms.sandbox.workspace_file.yaml_file import write_workspace


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)


Handoff = Callable[..., Said]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("DATABASE_URL", "SANDBOX_URL", "SANDBOX_CLOCK", "USER", "WORKSPACE"):
        monkeypatch.delenv(f"HANDOFF_{name}", raising=False)
    monkeypatch.setenv("HANDOFF_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path / "home"


@pytest.fixture
def handoff(home: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Handoff:
    """`handoff("sandbox", "state", "--json")`"""

    def call(*words: str) -> Said:
        capfd.readouterr()
        monkeypatch.setattr(sys, "argv", ["handoff", *words])
        with pytest.raises(SystemExit) as left:
            main()
        found = capfd.readouterr()
        return Said(int(left.value.code or 0), found.out, found.err)

    return call


PEOPLE = ("pia", "quin", "raj", "sue")


def small_team() -> dict[str, Any]:
    """A workspace document: Ana's mailbox with two contacts running, and one who opted out."""
    return {
        "users": [{"email": "ana@acme.test", "role": "admin"}, {"email": "bo@acme.test", "role": "rep"}],
        "mailboxes": [{"email": f"{name}@send.acme.test", "owner": f"{name}@acme.test"} for name in ("ana", "bo")],
        "rulesets": [{"name": "Default", "default": True}],
        "exclusions": [{"name": "Customers", "match": {"person_email": ["raj@x.test"]}}],
        "sequences": [{"name": "Outbound", "steps": [{}, {"wait_days": 2}, {"wait_days": 3}]}],
        "people": [{"email": f"{name}@x.test", "email_opt_out": name == "sue"} for name in PEOPLE],
        "audiences": [{"name": "Everybody", "people": [f"{name}@x.test" for name in PEOPLE]}],
        "plays": [
            {
                "name": "Play",
                "audience": "Everybody",
                "sequence": "Outbound",
                "mailboxes": ["ana@send.acme.test"],
                "published": True,
                "allow_reruns": True,
            },
        ],
        "enrollments": [
            {
                "person": "pia@x.test",
                "sequence": "Outbound",
                "mailbox": "ana@send.acme.test",
                "play": "Play",
                "state": "active",
                "steps_done": 1,
            },
            {"person": "quin@x.test", "sequence": "Outbound", "mailbox": "ana@send.acme.test", "state": "queued"},
        ],
    }


@pytest.fixture
def loaded(handoff: Handoff, tmp_path: Path) -> Handoff:
    """The command line with the small team in its sandbox."""
    write_workspace(small_team(), tmp_path / "team.yaml")
    assert 0 == handoff("sandbox", "load", "team.yaml").code
    return handoff
