"""Asked about a few people, the sandbox looks those up: what a chunk costs is no matter of how many there are."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import event

from platforms.sandbox.sandbox import Sandbox
from tests.workspaces import ANAS_MAILBOX, NURTURE, OUTBOUND, PIA, QUIN, RAJ, ended, excluding, running, workspace

PEOPLE = [PIA, QUIN]
GROWING = {"person", "p", "enrollment", "e", "enrollment_step"}
CONTACTS = pd.DataFrame({"email": PEOPLE, "sequence": OUTBOUND, "mailbox": ANAS_MAILBOX})
ASKED: dict[str, Callable[[Sandbox], object]] = {
    "people": lambda sandbox: sandbox.people(PEOPLE),
    "facts": lambda sandbox: sandbox.facts(CONTACTS),
    "history": lambda sandbox: sandbox.history(CONTACTS[["email"]].assign(since=pd.Timestamp("2026-01-01", tz="UTC"))),
    "places": lambda sandbox: sandbox.places(PEOPLE, OUTBOUND),
    "last enrollments": lambda sandbox: sandbox.last_enrollments(PEOPLE, OUTBOUND),
    "running": lambda sandbox: list(sandbox.running(9, OUTBOUND, ANAS_MAILBOX, PEOPLE)),
    "unenroll": lambda sandbox: sandbox.unenroll(CONTACTS),
    "enroll": lambda sandbox: sandbox.enroll(CONTACTS.assign(sequence=NURTURE)),
    "pause": lambda sandbox: sandbox.pause(CONTACTS),
}


@pytest.mark.parametrize("asked", ASKED)
def test_of_a_few_people_nobody_else_is_read(asked: str, tmp_path: Path) -> None:
    sandbox = Sandbox(f"sqlite:///{tmp_path / 'sandbox.db'}")
    made = workspace(people=[*PEOPLE, RAJ], enrollments=[running(PIA), ended(QUIN)], exclusions=[excluding(RAJ)])
    sandbox.load(made)
    carried_out: list[tuple[str, object]] = []
    event.listen(
        sandbox._engine, "before_cursor_execute", lambda *of: carried_out.append((of[2], of[3][0] if of[5] else of[3]))
    )
    ASKED[asked](sandbox)
    with sqlite3.connect(tmp_path / "sandbox.db") as plans:
        read_through = {
            (line.split()[1], statement)
            for statement, values in carried_out
            if statement.lstrip().startswith(("SELECT", "INSERT", "UPDATE", "DELETE"))
            for *_, line in plans.execute(f"EXPLAIN QUERY PLAN {statement}", values)
            if line.startswith("SCAN") and line.split()[1] in GROWING
        }
    assert set() == read_through
