"""What a person is asked at the terminal about steps that the platform's API cannot do."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer

from cli.deciding import do_at_terminal
from cli.detached import _problems, _what_came_of_it
from journal import operations, questions
from journal.database import Journal
from models.changes import SetSetting
from models.rules.by_hand import step_for
from models.settings import Settings
from tasks.by_hand import BY_HAND
from tests.journal.journals import operation

TOGGLE = SetSetting(setting="exclusion:Customers:exclude_from_sequences", value=False)
UNSEEN, SEEN = step_for(TOGGLE, frozenset({"exclusions"})), step_for(TOGGLE)


class Answers:
    """Answers questions of yes or no, and those for words, in order; `asked` are the questions."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: Any) -> None:
        self._left, self.asked = list(answers), list[str]()
        for name in ("confirm", "prompt"):
            monkeypatch.setattr(typer, name, self._answer)

    def _answer(self, question: str, **how: Any) -> Any:
        self.asked.append(question)
        return self._left.pop(0)


def test_the_instructions_are_shown_and_a_yes_is_done(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Answers(monkeypatch, True)
    answer = do_at_terminal(SEEN, "")
    assert ("done", "", "") == (answer.outcome, answer.it_was, answer.remark)
    assert answer.done_by
    shown = " ".join(capsys.readouterr().err.split())
    assert "Settings > Features > Exclusions, or Settings > Organization > Exclusions" in shown
    assert "it takes an admin (R47)" in shown


def test_a_toggle_that_cannot_be_read_is_asked_for_until_it_is_on_or_off(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = Answers(monkeypatch, True, "dunno", "ON")
    assert "on" == do_at_terminal(UNSEEN, "").it_was
    assert 3 == len(answers.asked)


def test_a_no_ends_it_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    Answers(monkeypatch, False, "no such button")
    answer = do_at_terminal(UNSEEN, "")
    assert ("cannot be done", "no such button") == (answer.outcome, answer.remark)


def test_why_the_last_answer_could_not_be_taken_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Answers(monkeypatch, True, "all were refused")
    assert "all were refused" == do_at_terminal(SEEN, "none of 3 contacts is in the sequence yet").remark
    assert "none of 3 contacts" in capsys.readouterr().err


def test_a_run_of_workers_is_answered_with_the_fields_of_its_form(monkeypatch: pytest.MonkeyPatch) -> None:
    Answers(monkeypatch, True, " Off ", "")
    assert {"outcome": "done", "it_was": "off", "remark": ""} == _what_came_of_it("please turn it off")


def test_who_answers_again_from_the_shell_is_told_why_the_last_answer_could_not_be_taken(home: Path) -> None:
    journal, now = Journal(Settings().journal_url), datetime.now(UTC)
    operations.begin(journal, operation("theirs"))
    for number, problem in enumerate(("75 days still", "")):
        key = f"a-step-by-hand-abc-0-{number}"
        asked = questions.ask(journal, "theirs", BY_HAND, key, "please set it", now, now + timedelta(hours=1), ())
        assert ["75 days still"][:number] == _problems("theirs", asked)
        if problem:
            questions.close(journal, "theirs", "refused", problem)
