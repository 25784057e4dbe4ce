"""Parameters as a shell gives them: a value, JSON, a repeated key, a file."""

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from cli.procedures import names, read_parameters, request_of
from models.errors import InvalidInput
from tasks.requests import command_of

MAILBOX = "mailbox=ana@send.acme.test"


@pytest.fixture(scope="module")
def request_class() -> Any:
    return request_of("ownership-change")


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
def test_a_parameter_is_read_as_its_type_takes_it(
    request_class: Any, words: list[str], expected: dict[str, Any]
) -> None:
    assert {"mailbox": "ana@send.acme.test"} | expected == read_parameters(request_class, [MAILBOX, *words], None)


def test_what_the_file_says_is_overruled_by_set(request_class: Any, tmp_path: Path) -> None:
    params = tmp_path / "params.json"
    params.write_text(json.dumps({"mailbox": "bo@send.acme.test", "waiting_days": 3, "send_from": ["a@x.test"]}))
    expected = {"mailbox": "ana@send.acme.test", "waiting_days": 3, "send_from": ["a@x.test"]}
    assert expected == read_parameters(request_class, [MAILBOX], params)


def test_a_contacts_file_is_named_in_full_since_a_resumed_run_may_stand_elsewhere(
    request_class: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = read_parameters(request_class, [MAILBOX, "contacts_csv=list.csv"], None)
    assert str(tmp_path / "list.csv") == found["contacts_csv"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "--mailbox: is missing. Say for example --mailbox ana@send.acme.test"),
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
def test_a_wrong_parameter_is_refused_by_name_with_the_remedy(
    request_class: Any, words: list[str], message: str
) -> None:
    with pytest.raises(InvalidInput, match=message) as refusal:
        read_parameters(request_class, words, None)
    assert 2 == refusal.value.exit_code


@pytest.mark.parametrize(
    ("text", "message"), [("{", "is no JSON"), ("[]", "holds no object"), ('{"waiting_days": "x"}', "fit")]
)
def test_a_wrong_file_of_parameters_is_refused(request_class: Any, tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "params.json"
    path.write_text(text)
    with pytest.raises(InvalidInput, match=message):
        read_parameters(request_class, [MAILBOX], path)


def test_the_waits_that_every_procedure_may_be_given_are_passed_over_where_it_does_not_wait() -> None:
    given = ["emails=pia@x.test", "sequence=Outbound", "exclusion_wait_min=15", "probe=false"]
    assert {"emails", "sequence"} == set(read_parameters(request_of("enroll-contacts"), given, None))


def test_options_of_a_parameters_own_name_go_before_set_and_the_file(request_class: Any) -> None:
    options = {"mailbox": "bo@send.acme.test", "send_from": ["a@x.test", "b@x.test"], "probe": False, "via": None}
    expected = {"mailbox": "bo@send.acme.test", "send_from": ["a@x.test", "b@x.test"], "probe": False}
    assert expected == read_parameters(request_class, [MAILBOX], None, options)


def test_an_option_that_does_not_fit_is_refused_by_its_name(request_class: Any) -> None:
    with pytest.raises(InvalidInput, match="--waiting-days: 'x' does not fit"):
        read_parameters(request_class, [MAILBOX], None, {"waiting_days": "x"})


def test_the_command_that_carries_a_plan_out_is_one_line_that_reads_as_it_was_meant(request_class: Any) -> None:
    given = {"mailbox": "ana@send.acme.test", "sequence": "Outbound Q4", "send_from": ["a@x.test", "b@x.test"]}
    given |= {"probe": False, "waiting_days": 5, "reenrollment_wait_min": 30, "workspace": "unify", "dry_run": True}
    words = shlex.split(command_of("ownership-change", given, "unify"))
    expected = "handoff run ownership-change --mailbox ana@send.acme.test --sequence"
    assert [*expected.split(), "Outbound Q4"] == words[:7]
    assert ["--send-from", "a@x.test", "--send-from", "b@x.test", "--no-probe", "--waiting-days", "5"] == words[7:14]
    assert ["--workspace", "unify", "--live"] == words[14:]
