"""Forms on a run's page in Prefect: a question and its answer; until that comes, no process is held."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from prefect.flow_runs import suspend_flow_run
from prefect.input import RunInput

from journal import operations, questions
from models.settings import Settings
from models.tables.journal import QuestionRow
from reports.markdown import plain
from reports.phrases import moment
from tasks import carrying, heartbeat
from tasks.narration import tell
from tasks.operation import Operation

F = TypeVar("F", bound=RunInput)


@dataclass(frozen=True)
class Question:
    """A question on a form: `about` is the kind of question, `bound_to` what its answer holds for, `words` the
    question in a sentence, `sections` what somebody has to know before (titles, each with lines), `otherwise` what
    happens if nobody answers, `more` is Markdown for the end."""

    about: str
    bound_to: str
    words: str
    sections: questions.Sections
    otherwise: str
    more: str = ""

    def as_kept(self) -> dict[str, Any]:
        """What was shown, as the journal keeps it beside the answer."""
        return {"question": self.words, "sections": [[title, list(lines)] for title, lines in self.sections if lines]}

    def as_markdown(self, expires_at: datetime, problems: list[str]) -> str:
        """The question as the form shows it. Names are text."""
        again = [f"**The last answer could not be taken:** {plain(problem)}" for problem in problems]
        sections = [
            f"**{title}**\n\n" + "\n".join(f"- {plain(line)}" for line in lines)
            for title, lines in self.sections
            if lines
        ]
        by = f"Answer by {moment(expires_at)}; {self.otherwise}."
        return "\n\n".join([*again, f"**{plain(self.words)}**", *sections, by]) + self.more


def ask_with_form(operation: Operation, asking: Question, form: type[F], problem_of: Callable[[F], str | None]) -> F:
    """The answer on a form of the run's page in Prefect; until it comes, no process is held.

    `problem_of` says why an answer cannot be taken: then the form comes again. The form waits
    `HANDOFF_APPROVAL_HOURS`; afterwards Prefect ends the run without any hook, and the next sweep its operation. Of an
    operation that is part of another the whole asks: people answer that.
    """
    journal, within = operation.journal, timedelta(hours=Settings().approval_hours)
    asks, part = operation.chain[-1], f"-{operation.id}" if len(operation.chain) > 1 else ""
    # A retried run may not ask under a key that was answered, nor one part under another's.
    shown = f"{asking.about.replace(' ', '-')}-{asking.bound_to}{part}-{operation.row.attempt}-"
    while True:
        problems = questions.problems(journal, asks, shown)
        key, now = f"{shown}{len(problems)}", datetime.now(UTC)
        row = questions.ask(
            journal,
            asks,
            asking.about,
            key,
            asking.words,
            now,
            now + within,
            asking.sections,
            operation.platform.glance_at_clock(),
        )
        _put_down(operation, row)
        text = asking.as_markdown(row.expires_at, problems[-1:])
        answer = suspend_flow_run(
            wait_for_input=form.with_initial_data(description=text), timeout=int(within.total_seconds()), key=key
        )
        _take_up(operation)
        problem = problem_of(answer)
        questions.close(journal, asks, "refused" if problem else "answered", problem or "")
        for one in operation.chain:
            operations.update(journal, one, status="running")
        if problem is None:
            return answer
        tell(f"the answer could not be taken ({problem}): it is asked for again")


def _put_down(operation: Operation, row: QuestionRow) -> None:
    """Have nobody carry an operation, nor what it is part of, while its form is open."""
    for one in operation.chain:
        if row.state == "open":
            operations.update(operation.journal, one, status="waiting")
            heartbeat.promise(operation.journal, one, row.expires_at)
        carrying.put_down(operation.journal, one)


def _take_up(operation: Operation) -> None:
    """Carry them again; the whole first: who carries that carries its parts."""
    for one in reversed(operation.chain):
        carrying.take_up(operation.journal, operations.get(operation.journal, one) or operation.row)
