"""Every mistake in a workspace file is refused with the path of the key, and the sandbox is left as it was."""

from collections.abc import Callable
from pathlib import Path

import pytest

from models.errors import InvalidInput
from platforms.sandbox.workspace_file.yaml_file import read_workspace
from tests.conftest import Sandboxes
from tests.workspaces import PIA, running, workspace

GOOD = """
now: 2026-11-02T09:00:00Z
users: [{email: ana@acme.test, role: admin}]
mailboxes: [{email: m@send.test, owner: ana@acme.test}]
rulesets: [{name: Default, default: true}, {name: Other}]
exclusions: [{name: Customers, match: {person_email: [p1@x.test]}}]
sequences: [{name: S, ruleset: Default, steps: [{wait_days: 0}, {wait_days: 1}]}]
people: [{email: p1@x.test}, {email: p2@x.test}]
audiences: [{name: A, people: [p1@x.test]}]
plays:
  - {name: P, audience: A, sequence: S, mailboxes: [m@send.test],
     runs: [{at: 2026-11-01T09:00:00Z, log: [{person: p1@x.test}]}]}
enrollments: [{person: p1@x.test, sequence: S, mailbox: m@send.test, play: P, state: active}]
tasks: [{person: p1@x.test, type: PHONE_CALL, assignee: ana@acme.test, sequence: S, mailbox: m@send.test}]
"""

RUNNING = "{person: p1@x.test, sequence: S, mailbox: m@send.test, state: active}"
LATER = "takes_effect_at: 2026-11-02T10:00:00Z"
SAME = f"{{setting: 'ruleset:Default:allow_same_sequence_reenrollment', was: true, value: false, {LATER}}}"
TO_USER = "automatic: ASSIGN_TO_USER"
KEEPS = "task_assignment: {mode: "

# What stands in the good file, what is put in its place, and the refusal: its path, then what is wrong.
MISTAKES = [
    # unknown keys
    ("users:", "user:", "user: this key is not known"),
    ("role: admin", "rôle: admin", "users[0].rôle: this key is not known"),
    ("{wait_days: 1}", "{wait: 1}", "sequences[0].steps[1].wait: this key is not known"),
    ("match: {person_email:", "match: {email:", "exclusions[0].match.email: this key is not known"),
    # missing names
    ("{email: p2@x.test}", "{first_name: Pia}", "people[1].email: this key is missing"),
    ("state: active}", "state: active}, {person: p2@x.test}", "enrollments[1].sequence: this key is missing"),
    # wrong types and values
    ("people: [{email: p1@x.test}, {email: p2@x.test}]", "people: 5", "people: Input should be a valid tuple, not 5"),
    ("people: [{email: p1@x.test}, {email: p2@x.test}]", "people: {a: 1}", "people: Input should be a valid tuple"),
    ("{email: p2@x.test}", "p2@x.test", "people[1]: Input should be a valid dictionary"),
    ("{email: p2@x.test}", "{email: nobody}", "people[1].email: String should match pattern"),
    ("{email: p2@x.test}", "{email: 5}", "people[1].email: Input should be a valid string, not 5"),
    ("name: Customers,", "name: '',", "exclusions[0].name: String should have at least 1 character"),
    ("role: admin", "role: boss", "users[0].role: Input should be 'admin' or 'rep', not 'boss'"),
    ("default: true", "default: perhaps", "rulesets[0].default: Input should be a valid boolean"),
    (
        "{name: Other}",
        "{name: Other, block_reenrollment: 75}",
        "rulesets[1].block_reenrollment: Input should be a valid",
    ),
    (
        "{name: Other}",
        "{name: Other, block_reenrollment: {value: 75, unit: DAYS}}",
        "rulesets[1].block_reenrollment.unit: Input should be 'MINUTE'",
    ),
    (
        "{name: Other}",
        "{name: Other, task_assignment: {automatic: ASSIGN_TO_USER}}",
        "rulesets[1].task_assignment: Value error, ASSIGN_TO_USER needs the key 'user'",
    ),
    ("ruleset: Default, ", "task_assignment: {mode: ASSIGN_TO_USER}, ", "sequences[0].task_assignment: Value error"),
    ("wait_days: 1", "type: FAX", "sequences[0].steps[1].type: Input should be 'AUTOMATIC_EMAIL'"),
    ("steps: [{wait_days: 0}, {wait_days: 1}]", "steps: []", "sequences[0].steps: Tuple should have at least 1 item"),
    (
        "wait_days: 0}, ",
        "wait_days: 0}], send_days: [FUNDAY], x: [",
        "sequences[0].send_days[0]: Input should be 'MON'",
    ),
    ("state: active", "state: done", "enrollments[0].state: Input should be 'queued'"),
    ("now: ", "behaviour: {C6: maybe}\nnow: ", "behaviour.C6: Input should be 'keeps_id' or 'cancels'"),
    ("now: ", "life: {replies: 2}\nnow: ", "life.replies"),
    ("now: ", "life: {replies: many}\nnow: ", "life.replies"),
    ("now: ", "life: {replies: true}\nnow: ", "life.replies"),
    ("now: ", "life: {replies: .nan}\nnow: ", "life.replies"),
    ("now: ", "life: {bounces: -0.1}\nnow: ", "life.bounces"),
    ("now: ", "life: {answers: 0.1}\nnow: ", "life.answers: this key is not known"),
    (
        "now: ",
        "life: {replies: 0.5, bounces: 0.5, opt_outs: 0.1}\nnow: ",
        "life: Value error, these are shares of the same emails, and together 1.1 of them",
    ),
    (
        "state: active}",
        "state: active, paused: true, paused_until: 2026-11-02T09:00:00Z}",
        "enrollments[0].paused_until: it resumed by itself at 2026-11-02 09:00 UTC",
    ),
    (
        "state: active}",
        "state: active, paused_until: 2026-11-05T09:00:00Z}",
        "enrollments[0].paused_until: an enrollment that is not paused",
    ),
    (
        "state: active}",
        "state: active, paused: true, paused_until: soon}",
        "enrollments[0].paused_until: Input should be a valid datetime",
    ),
    ("now: ", "5: 6\nnow: ", "[5]: Keys should be strings"),
    # numbers
    (
        "owner: ana@acme.test}",
        "daily_limit: -1}",
        "mailboxes[0].daily_limit: Input should be greater than or equal to 0",
    ),
    ("owner: ana@acme.test}", "daily_limit: many}", "mailboxes[0].daily_limit: Input should be a valid integer"),
    ("wait_days: 1", "wait_days: -1", "sequences[0].steps[1].wait_days: Input should be greater than or equal to 0"),
    (
        "name: P, ",
        "name: P, rerun_cooldown_days: 0, ",
        "plays[0].rerun_cooldown_days: Input should be greater than or equal to 1",
    ),
    ("state: active", "steps_done: -1", "enrollments[0].steps_done: Input should be greater than or equal to 0"),
    ("now: ", "draws: -1\nnow: ", "draws: Input should be greater than or equal to 0"),
    ("now: ", "seed: 99999999999999999999\nnow: ", "seed: Input should be less than 9223372036854775808"),
    (
        "{name: Other}",
        "{name: Other, block_reenrollment: {value: -5}}",
        "rulesets[1].block_reenrollment.value: Input should",
    ),
    # times
    ("2026-11-02T09:00:00Z", "2026-11-02T09:00:00", "now: Input should have timezone info"),
    ("2026-11-02T09:00:00Z", "2026-11-02", "now: Input should have timezone info"),
    ("2026-11-02T09:00:00Z", "tomorrow", "now: Input should be a valid datetime"),
    ("2026-11-02T09:00:00Z", "0001-01-01T00:00:00Z", "now: Value error, a time is between the years 1970 and 2200"),
    ("state: active", "state: active, started_at: 2026-11-01T09:00:00", "enrollments[0].started_at: Input should have"),
    (
        "state: active",
        "state: active, ended_at: 2026-11-01T09:00:00Z",
        "enrollments[0].ended_at: an enrollment that is active",
    ),
    (
        "state: active",
        "state: canceled, started_at: 2026-11-01T09:00:00Z, ended_at: 2026-10-01T09:00:00Z",
        "enrollments[0].ended_at: it ends before it starts",
    ),
    # names that are not there
    ("owner: ana@acme.test", "owner: ann@acme.test", "mailboxes[0].owner: 'ann@acme.test' is not among the users"),
    ("{email: p2@x.test}", "{email: p2@x.test, owner: ann@acme.test}", "people[1].owner: 'ann@acme.test' is not among"),
    (
        "people: [{",
        "companies: [{domain: x.test, owner: a@b.c}]\npeople: [{",
        "companies[0].owner: 'a@b.c' is not among",
    ),
    ("ruleset: Default", "ruleset: Standard", "sequences[0].ruleset: 'Standard' is not among the rulesets"),
    (
        "ruleset: Default, ",
        "task_assignment: {mode: ASSIGN_TO_USER, user: a@b.c}, ",
        "sequences[0].task_assignment.user: 'a@b.c'",
    ),
    (
        "{name: Other}",
        f"{{name: Other, task_assignment: {{{TO_USER}, user: a@b.c}}}}",
        "rulesets[1].task_assignment.user: 'a@b.c'",
    ),
    (
        "{name: Other}",
        "{name: Other, exclusions: {Rivals: true}}",
        "rulesets[1].exclusions.Rivals: 'Rivals' is not among",
    ),
    ("name: A, ", "name: A, exclusions: {Rivals: true}, ", "audiences[0].exclusions.Rivals: 'Rivals' is not among"),
    (
        "people: [p1@x.test]",
        "people: [p1@x.test, p9@x.test]",
        "audiences[0].people[1]: 'p9@x.test' is not among the people",
    ),
    ("audience: A", "audience: B", "plays[0].audience: 'B' is not among the audiences"),
    ("audience: A, sequence: S", "sequence: T", "plays[0].sequence: 'T' is not among the sequences"),
    (
        "mailboxes: [m@send.test]",
        "mailboxes: [n@send.test]",
        "plays[0].mailboxes[0]: 'n@send.test' is not among the mailboxes",
    ),
    ("log: [{person: p1", "log: [{person: p9", "plays[0].runs[0].log[0].person: 'p9@x.test' is not among the people"),
    (
        "[{person: p1@x.test, sequence: S, mailbox: m",
        "[{person: p9@x.test, sequence: S, mailbox: m",
        "enrollments[0].person: 'p9@x.test'",
    ),
    ("play: P, state", "play: Q, state", "enrollments[0].play: 'Q' is not among the plays"),
    ("play: P, state", "enrolled_by: a@b.c, state", "enrollments[0].enrolled_by: 'a@b.c' is not among the users"),
    ("assignee: ana", "assignee: ann", "tasks[0].assignee: 'ann@acme.test' is not among the users"),
    (
        "state: active",
        f"state: active, {KEEPS}ASSIGN_TO_ENROLLER, user: a@b.c}}",
        "enrollments[0].task_assignment.user: 'a@b.c' is not among the users",
    ),
    (
        "state: active",
        f"state: canceled, {KEEPS}ASSIGN_TO_SENDER, user: null}}",
        "enrollments[0].task_assignment: an enrollment that is canceled gets no tasks any more",
    ),
    (
        "state: active",
        f"state: active, {KEEPS}ASSIGN_TO_ENROLLER}}",
        "enrollments[0].task_assignment.user: this key is missing",
    ),
    (
        "state: active",
        f"state: active, {KEEPS}ASSIGN_TO_USER, user: null}}",
        "enrollments[0].task_assignment: Value error, ASSIGN_TO_USER needs a user",
    ),
    (
        "state: active",
        f"state: active, {KEEPS}ASSIGN_TO_SENDER, user: ana@acme.test}}",
        "enrollments[0].task_assignment: Value error, ASSIGN_TO_SENDER is told when a task is made: its user is null",
    ),
    # twice, and contradictions
    ("{email: p2@x.test}", "{email: P1@X.test}", "people[1].email: 'p1@x.test' is there twice"),
    ("{name: Other}", "{name: Default}", "rulesets[1].name: 'Default' is there twice"),
    ("{name: Other}", "{name: Other, default: true}", "rulesets: more than one ruleset is the default"),
    ("people: [p1@x.test]", "people: [p1@x.test, p1@x.test]", "audiences[0].people: somebody is there twice"),
    (
        "log: [{person: p1@x.test}",
        "log: [{person: p1@x.test}, {person: p1@x.test}",
        "plays[0].runs[0].log: somebody is there twice",
    ),
    ("wait_days: 1}]", "wait_days: 1}], send_days: [MON, MON]", "sequences[0].send_days: name each day once"),
    ("wait_days: 1}]", "wait_days: 1}], send_days: []", "sequences[0].send_days: name each day once, and one at least"),
    (
        "play: P, state: active}",
        f"play: P, state: active}}, {RUNNING}",
        "enrollments[1].person: p1@x.test is in another running",
    ),
    ("state: active", "state: canceled, steps_done: 3", "enrollments[0].steps_done: 'S' has 2 steps only"),
    ("state: active", "state: active, steps_done: 2", "enrollments[0].steps_done: every step of 'S' is done"),
    ("{wait_days: 0}, {wait_days: 1}", "{}", "enrollments[0].steps_done: every step of 'S' is done"),
    (
        "state: active",
        "steps: [{number: 1, status: FINISHED, at: 2026-11-01T09:00:00Z}, {number: 1, status: SCHEDULED, "
        "at: 2026-11-03T09:00:00Z}]",
        "enrollments[0].steps: a step is there twice",
    ),
    # versions of a sequence's steps
    (
        "wait_days: 1}]",
        "wait_days: 1}], version: 2, versions: [{version: 2, steps: [{}]}]",
        "sequences[0].versions[0].version: version 2 is not before the present one, 2",
    ),
    (
        "wait_days: 1}]",
        "wait_days: 1}], version: 3, versions: [{version: 1, steps: [{}]}, {version: 1, steps: [{}]}]",
        "sequences[0].versions[1].version: version 1 is there twice",
    ),
    (
        "wait_days: 1}]",
        "wait_days: 1}], version: 3, versions: [{version: 1, steps: []}]",
        "sequences[0].versions[0].steps: Tuple should have at least 1 item",
    ),
    (
        "wait_days: 1}]",
        "wait_days: 1}], versions: [{steps: [{}]}]",
        "sequences[0].versions[0].version: this key is missing",
    ),
    ("state: active", "version: 2, state: active", "enrollments[0].version: 'S' is at version 1 only"),
    # settings on their way
    (
        "now: ",
        f"pending: [{{setting: colour, was: true, value: false, {LATER}}}]\nnow: ",
        "pending[0].setting: 'colour' names no",
    ),
    (
        "now: ",
        f"pending: [{SAME.replace('Default', 'Nope')}]\nnow: ",
        "pending[0].setting: 'Nope' is not among the rulesets",
    ),
    (
        "now: ",
        f"pending: [{SAME.replace('allow_same_sequence_reenrollment', 'exclusion:Nope')}]\nnow: ",
        "pending[0].setting: 'Nope' is not among the exclusions",
    ),
    (
        "now: ",
        f"pending: [{SAME.replace('allow_same_sequence_reenrollment', 'colour')}]\nnow: ",
        "pending[0].setting: no change of",
    ),
    (
        "now: ",
        f"pending: [{SAME}, {SAME}]\nnow: ",
        "pending[1].setting: 'ruleset:Default:allow_same_sequence_reenrollment' is",
    ),
    (
        "now: ",
        f"pending: [{SAME.replace('was: true', 'was: null')}]\nnow: ",
        "pending[0].was: 'ruleset:Default:allow_same",
    ),
    (
        "now: ",
        f"pending: [{SAME.replace('was: true', 'was: 5')}]\nnow: ",
        "pending[0].was: Value error, a setting is true",
    ),
]

NO_YAML: list[tuple[str | bytes, str]] = [
    ("now: [", "this is no YAML: .* line 2"),
    ("a: b: c", "this is no YAML: .* line 1"),
    ("people: []\npeople: []\n", "this is no YAML: the key 'people' is there twice.* line 2"),
    ("people: [{email: a@b.c, email: d@e.f}]", "this is no YAML: the key 'email' is there twice"),
    ("? [a, b]\n: 1\n", "this is no YAML: a key is no plain word.* line 1"),
    ("seed: 7\nnow: 2026-13-45T09:00:00Z", r"this is no YAML: '2026-13-45T09:00:00Z' cannot be read \(month .* line 2"),
    ("now: !!timestamp noon", "this is no YAML: 'noon' cannot be read"),
    ("seed: !!python/object/apply:os.getcwd []", "this is no YAML: could not determine a constructor"),
    (b"\xff\xfe\x00\x00", "this is no YAML"),
    (b"PK\x03\x04\x00\x01", "this is no YAML"),
    ("- a\n- b\n", "a workspace is a mapping, this is a list"),
    ("hello", "a workspace is a mapping, this is a str"),
]


def refusal(path: Path) -> str:
    with pytest.raises(InvalidInput) as refused:
        read_workspace(path)
    assert 2 == refused.value.exit_code
    return str(refused.value)


@pytest.mark.parametrize(("good", "bad", "message"), MISTAKES, ids=[message[:60] for _, _, message in MISTAKES])
def test_a_mistake_is_refused_with_the_path_of_the_key(tmp_path: Path, good: str, bad: str, message: str) -> None:
    assert good in GOOD
    path = tmp_path / "team.yaml"
    path.write_text(GOOD.replace(good, bad, 1), "utf-8")
    told = refusal(path)
    assert f"team.yaml: {message}" == told[: len(f"team.yaml: {message}")]
    assert "Nothing was loaded" in told


@pytest.mark.parametrize(("content", "message"), NO_YAML)
def test_what_is_no_workspace_at_all_is_refused_with_its_line(
    tmp_path: Path, content: str | bytes, message: str
) -> None:
    path = tmp_path / "team.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InvalidInput, match=message):
        read_workspace(path)


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: None], ids=["a directory", "a missing file"])
def test_what_cannot_be_read_is_refused_by_its_name(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "team.yaml")
    assert f"{tmp_path / 'team.yaml'}: the file cannot be read (" in refusal(tmp_path / "team.yaml")


@pytest.mark.parametrize(
    ("own", "message"),
    [
        ("version: 1", "enrollments[0].version: the steps of version 1 of 'S' are not among its 'versions'"),
        ("version: 2, steps_done: 1", "enrollments[0].steps_done: every step of 'S' is done"),
        ("version: 2, state: canceled, steps_done: 2", "enrollments[0].steps_done: 'S' has 1 step only"),
    ],
)
def test_who_runs_needs_the_steps_of_its_version_and_a_place_within_them(
    tmp_path: Path, own: str, message: str
) -> None:
    """The sequence S is at version 3; of the earlier ones the second is known, a single step."""
    path = tmp_path / "team.yaml"
    known = GOOD.replace("wait_days: 1}]", "wait_days: 1}], version: 3, versions: [{version: 2, steps: [{}]}]")
    path.write_text(known.replace("state: active", own + ("" if "state" in own else ", state: active")), "utf-8")
    assert f"team.yaml: {message}" == refusal(path)[: len(f"team.yaml: {message}")]


def test_several_mistakes_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "team.yaml"
    path.write_text("".join(f"key{number}: 1\n" for number in range(9)))
    told = refusal(path)
    assert told.startswith(
        "team.yaml: key0: this key is not known. Nothing was loaded. Also: key1: this key is not known"
    )
    assert told.endswith("and 4 more")


def test_the_good_file_is_good(sandboxes: Sandboxes, tmp_path: Path) -> None:
    path = tmp_path / "team.yaml"
    path.write_text(GOOD)
    sandboxes().load(*read_workspace(path))


def test_a_load_that_fails_halfway_leaves_the_sandbox_as_it_was(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(enrollments=[running(PIA)]))
    before = sandbox.dump()
    broken = workspace().model_copy(update={"enrollments": (running("nobody@x.test"),)})
    with pytest.raises(KeyError):
        sandbox.load(broken)
    assert before == sandbox.dump()
