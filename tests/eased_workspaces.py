"""Hypothesis: random workspaces in which little else keeps people out, so that many runs and moves come about."""

from typing import Any

from hypothesis import strategies as st

from models.records import Play
from models.workspace import Workspace, problems
from tests.random_choices import MAILBOXES
from tests.workspaces_strategy import workspaces


@st.composite
def eased_workspaces(draw: st.DrawFn) -> Workspace:
    """Workspaces without exclusions, opt-outs and paused mailboxes, with everybody in every audience; a play for each
    sequence, which never ran and takes everybody."""
    made = draw(workspaces())
    everybody = tuple(person.email for person in made.people)
    eased: dict[str, Any] = {
        "exclusions": (),
        "rulesets": _with(made.rulesets, exclusions={}),
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


def _play(made: Workspace, sequence: str) -> Play:
    audience = made.audiences[0].name
    return Play(name=f"Into {sequence}", audience=audience, sequence=sequence, mailboxes=MAILBOXES, allow_reruns=True)
