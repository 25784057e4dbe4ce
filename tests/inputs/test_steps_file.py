"""The steps of a sequence in a file of their own."""

from pathlib import Path

import pytest

from inputs.steps_file import read_steps
from models.errors import InvalidInput
from models.records import SequenceStep

STEPS = (SequenceStep(), SequenceStep(type="PHONE_CALL", wait_days=2))


def steps_in(folder: Path, content: str | bytes) -> tuple[SequenceStep, ...]:
    path = folder / "steps.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_steps(path)


@pytest.mark.rule("R52")
@pytest.mark.parametrize(
    "content",
    [
        "steps: [{type: AUTOMATIC_EMAIL, wait_days: 0}, {type: PHONE_CALL, wait_days: 2}]",
        "[{}, {type: PHONE_CALL, wait_days: 2}]",
        "- {type: AUTOMATIC_EMAIL}\n- type: PHONE_CALL\n  wait_days: 2\n",
        "\ufeff- {}\n- {wait_days: 2, type: PHONE_CALL}   # a call\n",
        '{"steps": [{}, {"type": "PHONE_CALL", "wait_days": 2}]}',
    ],
)
def test_a_list_of_steps_is_read_alone_or_under_its_key(tmp_path: Path, content: str) -> None:
    assert STEPS == steps_in(tmp_path, content)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("steps: [{type: FAX}]", "steps.yaml: steps[0].type: Input should be 'AUTOMATIC_EMAIL'"),
        ("[{}, {wait_days: -1}]", "steps.yaml: steps[1].wait_days: Input should be greater than or equal to 0"),
        ("[{}, {wait: 1}]", "steps.yaml: steps[1].wait: this key is not known"),
        ("[]", "steps.yaml: steps: Tuple should have at least 1 item"),
        ("steps: 5", "steps.yaml: steps: Input should be a valid tuple, not 5"),
        ("[email, call]", "steps.yaml: steps[0]: Input should be a valid dictionary"),
        ("{name: Outbound, steps: [{}]}", "steps.yaml: name: this key is not known"),
        ("{}", "steps.yaml: steps: this key is missing"),
        (str([{}] * 101), "steps.yaml: steps: Tuple should have at most 100 items"),
        ("", "a list of steps is wanted, and the file is empty"),
        ("hello", "a list of steps is wanted, and the file holds a str"),
        ("steps: [{}]\nsteps: [{}]", "this is no YAML: the key 'steps' is there twice"),
        (b"PK\x03\x04\x00\x01", "this is no YAML"),
    ],
)
def test_a_mistake_is_refused_by_file_and_key_with_the_remedy(
    tmp_path: Path, content: str | bytes, message: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        steps_in(tmp_path, content)
    told = str(refused.value)
    assert message in told
    assert "steps.yaml" in told
    assert refused.value.remedy
    assert 2 == refused.value.exit_code


def test_a_file_that_is_not_there_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"missing.yaml: the file cannot be read .* Check its name"):
        read_steps(tmp_path / "missing.yaml")
