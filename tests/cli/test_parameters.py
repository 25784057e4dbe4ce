"""Parameters as a shell gives them: a value, JSON, a repeated key, a file."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli.procedures import load, names, read_parameters
from models.errors import InvalidInput

MAILBOX = "mailbox=ana@send.acme.test"


@pytest.fixture(scope="module")
def flow() -> Any:
    return load("ownership-change")


def test_every_procedure_is_known_by_its_file() -> None:
    assert "ownership-change" in names()
    assert not {name for name in names() if "parameters" in name}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["restart=true"], {"restart": True}),
        (["restart=no"], {"restart": False}),
        (["waiting_days=5"], {"waiting_days": 5}),
        (["via=direct"], {"via": "direct"}),
        (["sequence=null"], {"sequence": None}),
        (["sequence=2024"], {"sequence": "2024"}),
        (["sequence=a=b"], {"sequence": "a=b"}),
        (["send_from=a@x.test"], {"send_from": ["a@x.test"]}),
        (["send_from=a@x.test", "send_from=b@x.test"], {"send_from": ["a@x.test", "b@x.test"]}),
        (['send_from=["a@x.test", "b@x.test"]'], {"send_from": ["a@x.test", "b@x.test"]}),
        (["contacts=pia@x.test, quin@x.test"], {"contacts": "pia@x.test, quin@x.test"}),
    ],
)
def test_a_parameter_is_read_as_its_type_takes_it(flow: Any, words: list[str], expected: dict[str, Any]) -> None:
    assert {"mailbox": "ana@send.acme.test"} | expected == read_parameters(flow, [MAILBOX, *words], None)


def test_what_the_file_says_is_overruled_by_set(flow: Any, tmp_path: Path) -> None:
    params = tmp_path / "params.json"
    params.write_text(json.dumps({"mailbox": "bo@send.acme.test", "waiting_days": 3, "send_from": ["a@x.test"]}))
    expected = {"mailbox": "ana@send.acme.test", "waiting_days": 3, "send_from": ["a@x.test"]}
    assert expected == read_parameters(flow, [MAILBOX], params)


def test_a_contacts_file_is_named_in_full_since_a_resumed_run_may_stand_elsewhere(
    flow: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = read_parameters(flow, [MAILBOX, "contacts_csv=list.csv"], None)
    assert str(tmp_path / "list.csv") == found["contacts_csv"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "--set mailbox: is missing. Say --set mailbox="),
        ([MAILBOX, "waitng_days=5"], "there is no parameter 'waitng_days'. Did you mean 'waiting_days'"),
        ([MAILBOX, "waiting_days=2.5"], "--set waiting_days: '2.5' does not fit"),
        ([MAILBOX, "waiting_days=366"], "--set waiting_days: '366' does not fit"),
        ([MAILBOX, "mailbox=b@x.test"], "--set mailbox: .* does not fit"),
        ([MAILBOX, "reenrollment_wait_min=-1"], "--set reenrollment_wait_min"),
        ([MAILBOX, "probe=perhaps"], "--set probe: 'perhaps' does not fit"),
        ([MAILBOX, "=5"], "--set: '=5' is no key=value"),
        ([MAILBOX, "dry_run=false"], "--set dry_run: is not set this way. Use --live"),
        ([MAILBOX, "workspace=unify"], "--set workspace: is not set this way. Use --workspace"),
        ([MAILBOX, "operation=x"], "--set operation: is not set this way. Use handoff resume"),
        (["mailbox="], "--set mailbox: '' does not fit"),
    ],
)
def test_a_wrong_parameter_is_refused_by_name_with_the_remedy(flow: Any, words: list[str], message: str) -> None:
    with pytest.raises(InvalidInput, match=message) as refusal:
        read_parameters(flow, words, None)
    assert 2 == refusal.value.exit_code


@pytest.mark.parametrize(
    ("text", "message"), [("{", "is no JSON"), ("[]", "holds no object"), ('{"waiting_days": "x"}', "fit")]
)
def test_a_wrong_file_of_parameters_is_refused(flow: Any, tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "params.json"
    path.write_text(text)
    with pytest.raises(InvalidInput, match=message):
        read_parameters(flow, [MAILBOX], path)


def test_the_waits_that_every_procedure_may_be_given_are_passed_over_where_it_does_not_wait() -> None:
    given = ["emails=pia@x.test", "sequence=Outbound", "exclusion_wait_min=15", "probe=false"]
    assert {"emails", "sequence"} == set(read_parameters(load("enroll-contacts"), given, None))
