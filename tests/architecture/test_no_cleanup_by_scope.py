"""No wait and no approval inside `with` or `try`, in flows and tasks."""

from textwrap import dedent, indent

import pytest

from tests.architecture.scope_check import PREFIXES, WAITS, waits_inside_scopes
from tests.architecture.source_files import name_of, python_files

# "file: function" of a primitive in tasks/ that may wait in a scope, with the reason why that is harmless.
EXEMPT: dict[str, str] = {}


def test_no_flow_and_no_task_waits_or_asks_inside_a_scope() -> None:
    sources = {name_of(path): path.read_text(encoding="utf-8") for path in python_files("flows", "tasks")}
    findings = waits_inside_scopes(sources)
    exempt = {f"{found.file}: {found.function}" for found in findings} & set(EXEMPT)
    assert [] == [str(found) for found in findings if f"{found.file}: {found.function}" not in exempt]
    assert set(EXEMPT) == exempt, "an exemption that nothing needs any more"
    assert all(key.startswith("tasks/") for key in EXEMPT), "only primitives in tasks/ may be exempt"


def lines(body: str, **others: str) -> list[str]:
    flow = "def flow():\n" + indent(dedent(body), "    ")
    return [str(found) for found in waits_inside_scopes({"flows/example.py": flow, **others})]


SCOPES = {
    "with": "with borrowed():\n    CALL",
    "the head of a with": "with open_loan(), CALL:\n    work()",
    "async with": "async with borrowed():\n    CALL",
    "the body of try": "try:\n    CALL\nfinally:\n    give_back()",
    "except": "try:\n    work()\nexcept Exception:\n    CALL",
    "else": "try:\n    work()\nexcept ValueError:\n    pass\nelse:\n    CALL",
    "finally": "try:\n    work()\nfinally:\n    CALL",
    "except*": "try:\n    CALL\nexcept* ValueError:\n    pass",
    "a loop inside with": "with borrowed():\n    for chunk in chunks:\n        if chunk:\n            CALL",
    "a function defined inside with": "with borrowed():\n    def inner():\n        CALL",
    "a lambda inside with": "with borrowed():\n    later = lambda: CALL",
}


@pytest.mark.parametrize("scope", SCOPES.values(), ids=SCOPES.keys())
def test_a_wait_is_found_in_every_kind_of_scope(scope: str) -> None:
    assert 1 == len(lines(scope.replace("CALL", "await_effect(loan)")))


@pytest.mark.parametrize("name", sorted(WAITS) + [f"{prefix}anything" for prefix in PREFIXES])
def test_every_wait_and_every_approval_is_found_by_its_name(name: str) -> None:
    assert 1 == len(lines(f"with borrowed():\n    {name}(plan)"))


CALLS = {
    "through its module": "waits.await_effect(loan)",
    "awaited": "await suspend_flow_run()",
    "as a task": "await_effect.submit(loan)",
    "mapped": "await_effect.map(loans)",
    "with options": "await_effect.with_options(retries=2)(loan)",
    "with options, as a task": "await_effect.with_options(retries=2).submit(loan)",
    "raised": "raise Pause(state=scheduled)",
    "as an argument": "note(ask_for_approval(plan))",
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_a_wait_is_found_however_it_is_called(call: str) -> None:
    assert 1 == len(lines(f"with borrowed():\n    {call}"))


def test_the_message_names_file_line_function_and_call() -> None:
    (message,) = lines("borrow()\nwith borrowed():\n    await_effect(loan)")
    assert message.startswith("flows/example.py:4: flow calls await_effect, which waits, inside `with`.")


def test_a_wait_under_another_name_is_found() -> None:
    assert 1 == len(lines("from tasks.wait import await_effect as hold\nwith borrowed():\n    hold(loan)"))


def test_a_function_that_waits_further_down_is_found_across_modules() -> None:
    tasks = {
        "tasks/wait.py": "def settle():\n    await_effect()",
        "tasks/lend.py": "from tasks import wait\ndef lend():\n    wait.settle()",
    }
    flow = "from tasks.lend import lend\nwith transaction():\n    lend()"
    assert ["flow calls lend"] == [message.split(": ")[1].split(",")[0] for message in lines(flow, **tasks)]


FINE = {
    "plain steps": "borrow()\nawait_effect(loan)\ngive_back()",
    "after a scope": "with session():\n    read()\nawait_effect(loan)",
    "around a scope": "if needed:\n    confirm(plan)\nwith session():\n    write()",
    "a value called like an approval": "try:\n    rows = approve.strip()\nexcept ValueError:\n    pass",
    "a function of the same name elsewhere": "from reports.csv import settle\nwith session():\n    settle()",
}


@pytest.mark.parametrize("body", FINE.values(), ids=FINE.keys())
def test_plain_steps_are_left_alone(body: str) -> None:
    assert [] == lines(body, **{"tasks/wait.py": "def settle():\n    await_effect()"})
