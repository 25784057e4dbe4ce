"""Hypothesis: random workspaces in which little else keeps people out, so that many runs and moves come about."""

from typing import Any

from hypothesis import strategies as st

from models.records import Interval, Play, Ruleset
from models.workspace import Workspace, problems
from tests.random_choices import MAILBOXES, Draws
from tests.workspaces_strategy import workspaces


@st.composite
def eased_workspaces(draw: st.DrawFn, *, busy: bool = False) -> Workspace:
    """Workspaces without exclusions, opt-outs and paused mailboxes, with everybody in every audience; a play for each
    sequence, which never ran and takes everybody; some rulesets bar no re-enrollment. With `busy` most people run."""
    made = draw(workspaces(busy=busy))
    of = Draws(draw(st.integers(0, 2**32), label="opened"))
    everybody = tuple(person.email for person in made.people)
    eased: dict[str, Any] = {
        "exclusions": (),
        "rulesets": tuple(_opened(of, ruleset) for ruleset in _with(made.rulesets, exclusions={})),
        "audiences": _with(made.audiences, exclusions={}, people=everybody),
        "people": _with(made.people, email_opt_out=False, do_not_email=False),
        "mailboxes": _with(made.mailboxes, paused=False),
        "plays": tuple(_play(made, sequence.name) for sequence in made.sequences),
        "enrollments": _with(made.enrollments, play=None),
    }
    eased_workspace = made.model_copy(update=eased)
    assert [] == problems(eased_workspace)
    return eased_workspace


def _with(records: tuple[Any, ...], **values: Any) -> tuple[Any, ...]:
    return tuple(record.model_copy(update=values) for record in records)


def _opened(of: Draws, ruleset: Ruleset) -> Ruleset:
    opened = {"allow_same_sequence_reenrollment": True, "block_reenrollment": Interval(value=0)}
    return ruleset.model_copy(update=opened) if of.often(0.3) else ruleset


def _play(made: Workspace, sequence: str) -> Play:
    audience = made.audiences[0].name
    return Play(name=f"Into {sequence}", audience=audience, sequence=sequence, mailboxes=MAILBOXES, allow_reruns=True)
