"""Flows that borrow by scope, as Handoff does not, and one that borrows in two steps, as it does.

`test_scopes_clean_up_at_the_wait.py` runs them. Each turns an exclusion of the sandbox off, waits, and acts. A file in
the home, named as the exclusion, has a line for each thing that was done.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from prefect import flow, task
from prefect.cache_policies import INPUTS, RUN_ID
from prefect.flow_runs import suspend_flow_run
from prefect.transactions import Transaction, transaction

from models.changes import SetSetting
from models.settings import Settings
from platforms.opening import open_sandbox


def turn(exclusion: str, word: str) -> None:
    """Turn an exclusion `off`, or `on again`, and write that down."""
    note(exclusion, f"turned {word}")
    setting = f"exclusion:{exclusion}:exclude_from_sequences"
    open_sandbox(Settings()).apply(SetSetting(setting=setting, value=word != "off"))


def note(exclusion: str, line: str) -> None:
    with (Settings().home_folder / exclusion).open("a", encoding="utf-8") as lines:
        lines.write(f"{line}\n")


@task(persist_result=True, cache_policy=INPUTS + RUN_ID)
def borrow(exclusion: str) -> bool:
    """Turn the exclusion off. A kept result is loaded when the run starts again: what was done is not done again."""
    turn(exclusion, "off")
    return True


@borrow.on_rollback
def give_back_on_rollback(of: Transaction) -> None:
    turn("by-transaction", "on again")


@task(persist_result=True)
def enroll(exclusion: str) -> None:
    """Where contacts would be enrolled: write down whether the exclusion acts."""
    toggles = open_sandbox(Settings()).exclusion_toggles().set_index("exclusion")
    note(exclusion, f"enrolled while it {'acts' if toggles.at[exclusion, 'everywhere'] else 'does not act'}")


@contextmanager
def lent(exclusion: str) -> Iterator[None]:
    borrow(exclusion)
    try:
        yield
    finally:
        turn(exclusion, "on again")


@flow
def by_finally() -> None:
    borrow("by-finally")
    try:
        suspend_flow_run(timeout=600)
        enroll("by-finally")
    finally:
        turn("by-finally", "on again")


@flow
def by_with() -> None:
    with lent("by-with"):
        suspend_flow_run(timeout=600)
        enroll("by-with")


@flow
def by_transaction() -> None:
    with transaction():
        borrow("by-transaction")
        suspend_flow_run(timeout=600)
        enroll("by-transaction")


@flow
def in_two_steps() -> None:
    borrow("in-two-steps")
    suspend_flow_run(timeout=600)
    enroll("in-two-steps")
    turn("in-two-steps", "on again")
