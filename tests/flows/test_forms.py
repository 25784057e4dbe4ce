"""What Prefect's form shows of each procedure's parameters, and what becomes of what is filled in there."""

import inspect
from typing import Any, Literal, get_args, get_origin
from uuid import UUID

import pytest
from prefect.utilities.callables import parameter_schema
from prefect.utilities.schema_tools.validation import validate
from pydantic import TypeAdapter

from cli import procedures
from journal import operations
from models.errors import InvalidInput
from models.run_name import run_name, shown
from models.workspace import Workspace
from tasks.nightly_remediation.request import NightlyRemediationRequest
from tasks.request import blank_is_none
from tests.flows.house import House
from tests.workspaces import ANA, ANAS_MAILBOX, BO, BOS_MAILBOX, NURTURE, OUTBOUND, PLAY, excluding, workspace

PROCEDURES = procedures.names()
MINIMAL: dict[str, dict[str, Any]] = {
    "calibrate": {"person": "pia@x.test", "sequence": OUTBOUND, "other_sequence": NURTURE, "mailbox": ANAS_MAILBOX},
    "call-outcomes": {"policy": {"Voicemail": "keep"}, "outcomes": "email,disposition\npia@x.test,Voicemail"},
    "enroll-contacts": {"emails": ["pia@x.test"], "sequence": OUTBOUND},
    "enrollment-diagnosis": {"sequence": OUTBOUND},
    "exclusion-rerun": {"exclusion": "Customers", "play": PLAY},
    "handover-plan": {"mailbox": ANAS_MAILBOX, "new_owner": BO},
    "nightly-remediation": {},
    "ownership-change": {"mailbox": ANAS_MAILBOX},
    "queued-backlog": {"from_mailbox": ANAS_MAILBOX, "to_mailboxes": [BOS_MAILBOX]},
    "restore-settings": {},
    "sequence-move": {"from_sequence": OUTBOUND, "to_sequence": NURTURE},
    "task-assignment-audit": {},
    "task-reassignment": {"from_user": ANA, "to_user": BO},
    "undo": {"undone": "20261102-091500-3f2a"},
    "version-upgrade": {"sequence": OUTBOUND, "steps": "- {}"},
}
MISSPELT = [
    ("call-outcomes", {"sequence": "Outbond"}, OUTBOUND),
    ("enroll-contacts", {"sequence": "Outbond"}, OUTBOUND),
    ("enroll-contacts", {"mailboxes": ["ana@send.acme.tst"]}, ANAS_MAILBOX),
    ("enrollment-diagnosis", {"sequence": "Outbond"}, OUTBOUND),
    ("enrollment-diagnosis", {"play": "Plai"}, PLAY),
    ("enrollment-diagnosis", {"audience": "Everbody"}, "Everybody"),
    ("exclusion-rerun", {"exclusion": "Custmers"}, "Customers"),
    ("exclusion-rerun", {"play": "Plai"}, PLAY),
    ("exclusion-rerun", {"sequence": "Outbond"}, OUTBOUND),
    ("exclusion-rerun", {"send_from": ["ana@send.acme.tst"]}, ANAS_MAILBOX),
    ("handover-plan", {"mailbox": "ana@send.acme.tst"}, ANAS_MAILBOX),
    ("handover-plan", {"new_owner": "bo@acme.tst"}, BO),
    ("handover-plan", {"mailbox": None, "user": "ana@acme.tst"}, ANA),
    ("nightly-remediation", {"mailboxes": ["ana@send.acme.tst"]}, ANAS_MAILBOX),
    ("ownership-change", {"mailbox": "ana@send.acme.tst"}, ANAS_MAILBOX),
    ("ownership-change", {"sequence": "Outbond"}, OUTBOUND),
    ("ownership-change", {"send_from": ["bo@send.acme.tst"]}, BOS_MAILBOX),
    ("queued-backlog", {"from_mailbox": "ana@send.acme.tst"}, ANAS_MAILBOX),
    ("queued-backlog", {"to_mailboxes": ["bo@send.acme.tst"]}, BOS_MAILBOX),
    ("queued-backlog", {"sequence": "Outbond"}, OUTBOUND),
    ("sequence-move", {"from_sequence": "Outbond"}, OUTBOUND),
    ("sequence-move", {"to_sequence": "Nuture"}, NURTURE),
    ("sequence-move", {"send_from": ["ana@send.acme.tst"]}, ANAS_MAILBOX),
    ("task-assignment-audit", {"sequence": "Outbond"}, OUTBOUND),
    ("task-assignment-audit", {"assign_mode": "ASSIGN_TO_USER", "assign_user": "bo@acme.tst"}, BO),
    ("task-assignment-audit", {"assign_mode": "ASSIGN_TO_SENDER", "critical_sequences": ["Outbond"]}, OUTBOUND),
    ("task-assignment-audit", {"roles": "sequence,role,user\nOutbond,AE,bo@acme.test"}, OUTBOUND),
    ("task-assignment-audit", {"roles": "sequence,role,user\nOutbound,AE,bo@acme.tst"}, BO),
    ("task-reassignment", {"from_user": "ana@acme.tst"}, ANA),
    ("task-reassignment", {"to_user": "bo@acme.tst"}, BO),
    ("task-reassignment", {"sequence": "Outbond"}, OUTBOUND),
    ("version-upgrade", {"sequence": "Outbond"}, OUTBOUND),
]


def form(procedure: str) -> dict[str, Any]:
    """The schema as `prefect deploy` asks for it."""
    return parameter_schema(procedures.load(procedure)).model_dump_for_openapi()


def fields(procedure: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = form(procedure)["properties"]
    return found


def annotations(procedure: str) -> dict[str, Any]:
    parameters = inspect.signature(procedures.load(procedure).fn).parameters
    return {name: parameter.annotation for name, parameter in parameters.items()}


def kinds(annotation: Any) -> list[Any]:
    """What a parameter takes, without None: `[str]` of `str | None`."""
    [plain, *_] = get_args(annotation)
    return [kind for kind in (get_args(plain) if type(None) in get_args(plain) else (plain,)) if kind is not type(None)]


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_every_parameter_has_a_title_of_its_own_and_a_help_text(procedure: str) -> None:
    shown = fields(procedure)
    titles = [field["title"] for field in shown.values()]
    assert len(titles) == len({title.casefold() for title in titles})
    assert [] == [name for name, field in shown.items() if field["title"] == name or "_" in field["title"]]
    assert [] == [name for name, field in shown.items() if len(field["description"]) < 20]


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_every_parameter_is_one_plain_field(procedure: str) -> None:
    plain = {"string", "integer", "boolean", "array", "object"}
    shown = {name: field for name, field in fields(procedure).items() if "enum" not in field}  # the others are choices
    assert {} == {name: field for name, field in shown.items() if field.get("type") not in plain}
    assert {} == {name: field for name, field in fields(procedure).items() if "anyOf" in field}


def test_where_a_policy_decides_the_form_says_so_in_place_of_a_toggle_that_would_be_off() -> None:
    field = fields("nightly-remediation")["retry_lapsed"]
    assert ("as the policy says", ["as the policy says", True, False]) == (field["default"], field["enum"])
    for given in (True, False, "as the policy says"):
        assert [] == list(validate({"retry_lapsed": given}, form("nightly-remediation")))
    assert ["as the policy says"] == [
        NightlyRemediationRequest.fitting({"retry_lapsed": given})["retry_lapsed"] for given in (None,)
    ]


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_what_has_to_be_filled_in_comes_first_and_the_operation_last(procedure: str) -> None:
    shown = sorted(fields(procedure), key=lambda name: fields(procedure)[name]["position"])
    required = form(procedure).get("required", [])
    assert list(annotations(procedure)) == shown
    assert set(required) == set(shown[: len(required)])
    assert ["workspace", "dry_run", "operation"] == shown[-3:]


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_a_dry_run_is_the_default(procedure: str) -> None:
    assert fields(procedure)["dry_run"]["default"] is True


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_fixed_sets_are_choices_and_numbers_have_bounds(procedure: str) -> None:
    for name, annotation in annotations(procedure).items():
        [kind] = kinds(annotation)
        field = fields(procedure)[name]
        if get_origin(kind) is Literal:
            assert list(get_args(kind)) == field["enum"]
        elif get_origin(kind) is list and get_origin(get_args(kind)[0]) is Literal:
            assert set(field["items"]["enum"]) <= set(get_args(get_args(kind)[0]))
        elif kind is int:
            assert field["minimum"] <= field.get("default", field["minimum"]) <= field["maximum"]


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_a_file_has_a_twin_that_takes_pasted_text_and_stands_before_it(procedure: str) -> None:
    names = list(fields(procedure))
    for name in names:
        twin = name.removesuffix("_csv").removesuffix("_file")
        if twin != name:
            assert names.index(twin) == names.index(name) - 1
            assert "paste" in fields(procedure)[twin]["description"]
            assert "path" in fields(procedure)[name]["description"]


def test_files_with_twins_are_all_of_the_interface() -> None:
    files = {name for procedure in PROCEDURES for name in fields(procedure) if name.endswith(("_csv", "_file"))}
    assert {"contacts_csv", "outcomes_csv", "roles_csv", "steps_file", "tasks_csv"} == files


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_a_form_is_taken_untouched_but_for_what_it_needs_and_so_are_nulls(procedure: str) -> None:
    optional = {name for name, field in fields(procedure).items() if "default" not in field and "enum" not in field}
    nulls = dict.fromkeys(optional - set(MINIMAL[procedure]) - set(form(procedure).get("required", [])))
    defaults = {name: field["default"] for name, field in fields(procedure).items() if "default" in field}
    for filled in (MINIMAL[procedure], defaults | MINIMAL[procedure], nulls | MINIMAL[procedure]):
        assert [] == [error.message for error in validate(filled, form(procedure))]
        procedures.load(procedure).validate_parameters(filled)


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_what_was_typed_and_deleted_again_counts_as_left_out(procedure: str) -> None:
    for name, parameter in inspect.signature(procedures.load(procedure).fn).parameters.items():
        if parameter.default is None:
            for blank in ("", " \n", [], [""]):
                assert TypeAdapter(parameter.annotation).validate_python(blank) is None, name


def test_blank_items_of_a_list_are_dropped() -> None:
    assert ["a", "b"] == blank_is_none(["a", "", "b", " "])


@pytest.mark.parametrize(("procedure", "misspelt", "nearest"), MISSPELT)
def test_a_misspelt_name_is_answered_with_the_nearest(
    house: House, procedure: str, misspelt: dict[str, Any], nearest: str
) -> None:
    house.load(team())
    parameters = {**MINIMAL[procedure], **misspelt}
    with pytest.raises(InvalidInput) as refused:
        procedures.load(procedure).fn(**{name: value for name, value in parameters.items() if value is not None})
    assert f"'{nearest}'" in refused.value.remedy
    assert "Did you mean" in refused.value.remedy


def team() -> Workspace:
    return workspace(exclusions=(excluding(),))


def test_new_steps_may_be_pasted_and_not_be_given_twice(house: House) -> None:
    house.load(team())
    flow = procedures.load("version-upgrade")
    assert "planned" == house.carry_out("version-upgrade", dry_run=True, **MINIMAL["version-upgrade"]).status
    for wrong, message in [
        ({"steps": "- {}", "steps_file": "steps.yaml"}, "steps: steps_file is given as well"),
        ({}, "steps: is missing"),
        ({"steps": "- {type: FAX}"}, r"steps: steps\[0\].type: Input should be 'AUTOMATIC_EMAIL'"),
        ({"steps": "hello"}, "steps: a list of steps is wanted, and the text holds a str"),
        ({"steps": "- ]"}, "steps: this is no YAML: .*line 1"),
    ]:
        with pytest.raises(InvalidInput, match=message):
            flow.fn(sequence=OUTBOUND, **wrong)


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_a_runs_name_says_what_it_is_about(procedure: str) -> None:
    name = run_name(procedure, MINIMAL[procedure], **procedures.load(procedure).flow_run_name.keywords)
    subject = name.removeprefix(procedure).removesuffix("dry run on sandbox")
    assert 3 <= len(subject.strip())


def test_a_run_is_named_so_in_prefect(house: House) -> None:
    from prefect.client.orchestration import get_client

    house.load(team())
    procedures.load("ownership-change")(**MINIMAL["ownership-change"])
    [row] = operations.past(house.journal)
    with get_client(sync_client=True) as client:
        name = client.read_flow_run(UUID(row.flow_run_id)).name
    assert f"ownership-change {ANAS_MAILBOX} dry run on sandbox" == name


def test_a_runs_name_stays_short() -> None:
    assert "a, b and 2 more" == shown("mailboxes", ["a", "b", "c", "d"])
    assert "dispositions.csv" == shown("outcomes_csv", "/srv/handoff/dispositions.csv")
    assert "for bo@acme.test" == shown("to_user", BO)
    assert "x live on other" == run_name("x", {"dry_run": False, "workspace": "other"})
