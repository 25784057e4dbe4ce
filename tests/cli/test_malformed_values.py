"""Values that nobody would write on purpose: each is taken, or refused as wrong input; none ends in a defect."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.actions import ACTIONS, USAGE, changes
from cli.procedures import names, read_parameters, request_of
from models.errors import HandoffError, InvalidInput
from models.run_name import run_name
from platforms.sandbox.sandbox import Sandbox
from platforms.sandbox.workspace_file.yaml_file import read_workspace
from tests.cli.conftest import small_team
from tests.examples import often

DEEP = "[" * 3000 + "]" * 3000
MEAN = st.sampled_from(
    [
        "",
        " ",
        "\t",
        "null",
        "NaN",
        "-0",
        "1e999",
        "²",
        "٣",
        "4²",
        "² DAY",
        "99999999999999999999",
        "9" * 5000,
        "-1",
        "true",
        "True",
        "[]",
        "{}",
        "[null]",
        '{"a": 1}',
        '["a", 1]',
        "[[]]",
        DEEP,
        '{"a":' * 3000 + "1" + "}" * 3000,
        "2.5",
        "x" * 100_000,
        "\0",
        "a\0b",
        "\udcff",
        "\u202e",
        "0000-00-00",
        "9999-12-31T23:59:59+00:00",
        "0001-01-01T00:00:00Z",
        "2026-11-02T25:00",
        '"',
        "'",
        "a=b",
        "=",
        "%s",
        "{}",
        "../..",
        "/",
        "/dev/null",
        "~",
        "ana@",
        "@",
        "a@b@c",
        "pia@x.test,",
        "1 DAY DAY",
        '{"value": 1e400, "unit": "DAY"}',
        '{"value": -1, "unit": "DAY"}',
        '{"value": 1, "unit": "EON"}',
        '{"manual": []}',
        '{"company_domain": "x"}',
        '{"company_domain": [1]}',
        '{"last_activity_within_days": 99999999999999999999}',
    ]
)
VALUES = st.one_of(MEAN, st.text(max_size=20), st.integers().map(str), st.floats().map(str))
JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
OBJECTS = st.dictionaries(st.sampled_from(["mailbox", "waiting_days", "send_from", "contacts_csv"]), JSON)
SLOWLY = often(60, thorough=1000)


@pytest.mark.parametrize("procedure", names())
@SLOWLY
@given(data=st.data())
def test_a_parameter_of_a_procedure_fits_or_is_refused(procedure: str, data: Any) -> None:
    request = request_of(procedure)
    names_of = st.one_of(st.sampled_from(sorted(request.parameters())), VALUES)
    pairs = data.draw(st.lists(st.tuples(names_of, VALUES), max_size=4))
    try:
        read_parameters(request, [f"{name}={value}" for name, value in pairs], None)
    except InvalidInput as refused:
        assert refused.field.startswith("--")
    for name, value in data.draw(st.dictionaries(names_of, JSON, max_size=3)).items():
        try:
            request.fitting({name: value})
        except InvalidInput as refused:
            assert name == refused.field
            assert len(str(refused)) < 2000
        assert procedure in run_name(procedure, {name: value})


@SLOWLY
@given(content=st.binary(max_size=50) | (JSON | OBJECTS).map(json.dumps).map(str.encode))
def test_a_file_of_parameters_is_taken_or_refused(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.getbasetemp() / "params.json"
    file.write_bytes(content)
    try:
        read_parameters(request_of("ownership-change"), ["mailbox=ana@send.acme.test"], file)
    except InvalidInput as refused:
        assert "codec" not in str(refused)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from platforms.sandbox.workspace_file.yaml_file import write_workspace

    folder = tmp_path_factory.mktemp("malformed")
    write_workspace(small_team(), folder / "team.yaml")
    made = Sandbox(f"sqlite:///{folder / 'sandbox.db'}")
    made.load(*read_workspace(folder / "team.yaml"))
    yield made
    made.close()


RIGHT = {
    "mailbox": "ana@send.acme.test",
    "person": "pia@x.test",
    "sequence": "Outbound",
    "ruleset": "Default",
    "play": "Play",
    "exclusion": "Customers",
    "audience": "Everybody",
    "owner": "bo@acme.test",
    "name": "New",
    "on": "true",
    "exclude_from_sequences": "true",
    "to_mailboxes": "bo@send.acme.test",
    "from_mailbox": "ana@send.acme.test",
}


@pytest.mark.parametrize("action", sorted(ACTIONS))
@SLOWLY
@given(data=st.data())
def test_a_value_of_an_action_is_taken_or_refused(sandbox: Sandbox, action: str, data: Any) -> None:
    keys = [word.partition("=")[0] for word in USAGE[action].split() if "=" in word]
    chosen = {key: RIGHT.get(key) or data.draw(VALUES) for key in keys}
    for key in data.draw(st.lists(st.sampled_from(keys), min_size=1, max_size=2)):
        chosen[key] = data.draw(VALUES)
    words = [f"{key}={value}" for key, value in chosen.items()]
    words += [f"{key}={data.draw(VALUES)}" for key in data.draw(st.lists(st.sampled_from(keys), max_size=1))]
    try:
        for change in changes(action, words):
            sandbox.apply(change)
    except HandoffError as refused:
        assert 2 == refused.exit_code
        assert "base 10" not in str(refused)


@pytest.mark.parametrize(
    "written", ["Mailbox=ana@send.acme.test", "mailbox = ana@send.acme.test", " mailbox=ana@x.test"]
)
def test_a_name_that_differs_by_case_or_blanks_is_refused_and_the_right_one_told(written: str) -> None:
    with pytest.raises(InvalidInput, match=r"there is no parameter .* Did you mean 'mailbox'"):
        read_parameters(request_of("ownership-change"), [written], None)


def test_the_values_of_a_made_up_file_are_told_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no text in UTF-8"):
        (tmp_path / "params.json").write_bytes(b'{"mailbox": "\xff"}')
        read_parameters(request_of("ownership-change"), [], tmp_path / "params.json")
