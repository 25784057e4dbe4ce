"""`handoff run PROCEDURE` says what the procedure takes, and a shell completes it."""

from typing import Any

import pytest

from cli.procedures import OURS, names, request_of
from tasks.requests import option_of

COMPLETE = {"_HANDOFF_COMPLETE": "complete_bash"}


@pytest.mark.parametrize("procedure", names())
def test_the_help_of_a_procedure_has_an_option_for_each_parameter(
    handoff: Any, monkeypatch: pytest.MonkeyPatch, procedure: str
) -> None:
    shown = handoff("run", procedure, "-h").out
    request = request_of(procedure)
    wanted = [name for name in request.model_fields if name not in OURS]
    assert [] == [name for name in wanted if option_of(name) not in shown]
    assert " ".join((request.__doc__ or "").split()[:4]) in shown
    needed = [name for name, field in request.model_fields.items() if field.is_required()]
    assert len(needed) == shown.count("Needed. ")


def test_the_help_tells_type_default_and_example(handoff: Any) -> None:
    shown = " ".join(handoff("run", "ownership-change", "--help").out.split())
    for part in ("--mailbox MAILBOX", "Example: ana@send.acme.test", "Default: 30.", "--no-probe", "play|direct"):
        assert part in shown


def test_the_procedures_are_listed_a_line_each(handoff: Any) -> None:
    listed = handoff("procedures", "--json").document
    assert names() == [one["procedure"] for one in listed]
    assert [request_of(one["procedure"]).__doc__ for one in listed] == [one["does"] for one in listed]
    assert all(name in handoff("procedures").out for name in names())


def test_the_version_is_that_of_the_package(handoff: Any) -> None:
    from importlib.metadata import version

    assert f"handoff {version('handoff')}\n" == handoff("--version").out


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("handoff proc", ["procedures"]),
        ("handoff run sequence", ["sequence-move"]),
        ("handoff run ownership-change --mailbox an", ["ana@send.acme.test"]),
        ("handoff run ownership-change --via ", ["play", "direct"]),
        ("handoff run ownership-change --waiting", ["--waiting-days"]),
        ("handoff run sequence-move --from-sequence Out", ["Outbound"]),
    ],
)
def test_a_shell_completes_procedures_parameters_and_names_of_the_sandbox(
    loaded: Any, monkeypatch: pytest.MonkeyPatch, typed: str, expected: list[str]
) -> None:
    words = typed.split(" ")
    for name, value in (COMPLETE | {"COMP_WORDS": typed, "COMP_CWORD": str(len(words) - 1)}).items():
        monkeypatch.setenv(name, value)
    assert expected == loaded().out.split()


def test_what_a_key_press_asks_makes_no_sandbox(handoff: Any, home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = "handoff run ownership-change --mailbox a"
    for name, value in (COMPLETE | {"COMP_WORDS": typed, "COMP_CWORD": "4"}).items():
        monkeypatch.setenv(name, value)
    assert "" == handoff().out.strip()
    assert not (home / "sandbox.db").exists()
