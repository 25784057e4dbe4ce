"""Deciding at the terminal: on exclusion matches, one by one (R39), and what came of steps done by hand."""

import sys
from typing import TYPE_CHECKING, Any

import pandas as pd
import typer
from rich.table import Table
from rich.text import Text

from cli.output import confirm, console, say
from models.wording import one_line

if TYPE_CHECKING:  # a command loads what it needs
    from models.manual_steps import ManualStep
    from tasks.by_hand import StepDone

CHOICES = "y: approve · n: not · a: approve all that are left · q: approve none that are left"


def decide_at_terminal(matches: pd.DataFrame, question: str) -> pd.DataFrame:
    """Ask about each match (as matches.csv); give `email, decision, why`. Refuses where there is no terminal."""
    if not sys.stdin.isatty():
        from tasks.exclusion_rerun.deciding import nobody_to_ask

        return nobody_to_ask(matches, question)
    say(question)
    say(CHOICES)
    answers: list[tuple[str, bool, str]] = []
    for number, match in enumerate(matches.to_dict("records"), 1):
        _show(match, number, len(matches))
        word = typer.prompt("Approve?", default="n", err=True).strip().lower()[:1]
        if word in ("a", "q"):
            answers += [(email, word == "a", "") for email in matches["email"][number - 1 :]]
            break
        why = typer.prompt("Why?", default="", show_default=False, err=True) if word == "y" else ""
        answers.append((match["email"], word == "y", why))
    return pd.DataFrame(answers, columns=["email", "decision", "why"])


def _show(match: dict[Any, Any], number: int, of: int) -> None:
    table = Table.grid(padding=(0, 2, 0, 0))
    for title, column in (
        ("matched by", "matched_by"),
        ("since", "since"),
        ("for", "speaks_for"),
        ("against", "speaks_against"),
        ("in the way", "stands_in_the_way"),
    ):
        if match[column]:
            table.add_row(Text(f"  {title}", style="dim"), Text(one_line(match[column])))
    console(stderr=True).print(Text(f"{number} of {of}: {one_line(match['email'])}", style="bold"))
    console(stderr=True).print(table)


def do_at_terminal(step: "ManualStep", problem: str) -> "StepDone":
    """Show a step that a person has to do in the platform, and ask what came of it; gives a `StepDone`."""
    import getpass

    from tasks.by_hand import CANNOT, StepDone

    if problem:
        say(f"the last answer could not be taken: {problem}")
    say(f"By hand, please: {step.title}", *(f"  {line}" for line in step.lines()))
    done = confirm("Done? (n: it cannot be done, and the run ends)", default=True)
    was = ""
    while done and step.asks_was and was not in ("on", "off"):
        was = typer.prompt("What did the toggle show before (on or off)?", err=True).strip().lower()
    remark = typer.prompt("Remark", default="", show_default=False, err=True) if problem or not done else ""
    by = getpass.getuser()
    said = {"outcome": "done" if done else CANNOT, "it_was": was, "remark": remark, "done_by": by}
    return StepDone.model_validate(said)
