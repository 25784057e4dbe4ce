"""`handoff sandbox …`: what people do in the platform, from the shell."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

OWNER_CHANGE = ("change_mailbox_owner", "mailbox=ana@send.acme.test", "owner=bo@acme.test")
ACTIONS = (
    OWNER_CHANGE,
    ("set_ruleset", "ruleset=Default", "block_reenrollment=0 DAY", "allow_same_sequence_reenrollment=true"),
    ("set_ruleset", "ruleset=Default", "block_reenrollment=never"),
    ("set_ruleset", "ruleset=Default", 'task_assignment={"manual": "ASSIGN_TO_USER", "user": "bo@acme.test"}'),
    ("set_exclusion", "exclusion=Customers", "exclude_from_sequences=false"),
    ("set_ruleset_exclusion", "ruleset=Default", "exclusion=Customers", "on=true"),
    ("set_audience_exclusion", "audience=Everybody", "exclusion=Customers", "on=true"),
    ("upload_audience", "name=New", "csv=people.csv"),
    ("duplicate_play", "play=Play", "name=Copy", "audience=Everybody"),
    ("make_play", "name=Own", "audience=Everybody", "sequence=Outbound", "mailboxes=ana@send.acme.test"),
    ("run_play", "play=Play"),
    ("enroll", "person=raj@x.test", "sequence=Outbound", "mailbox=ana@send.acme.test"),
    ("unenroll", "person=pia@x.test", "sequence=Outbound"),
    ("reassign_queued", "sequence=Outbound", "from_mailbox=ana@send.acme.test", "to_mailboxes=bo@send.acme.test"),
    ("set_task_assignment", "sequence=Outbound", "mode=ASSIGN_TO_USER", "user=bo@acme.test"),
    ("duplicate_sequence", "sequence=Outbound", "name=Copy"),
    ("edit_sequence", "sequence=Outbound", "steps_file=steps.yaml", "upgrade=true"),
    ("opt_out", "person=pia@x.test"),
    ("reply", "person=pia@x.test"),
    ("bounce", "person=pia@x.test"),
    ("out_of_office", "person=pia@x.test", "until=2026-12-01T09:00:00Z"),
    ("pause_enrollment", "person=pia@x.test", "sequence=Outbound"),
    ("resume_enrollment", "person=pia@x.test", "sequence=Outbound"),
    ("finish_task", "task=1"),
    ("pause_mailbox", "mailbox=ana@send.acme.test", "paused=true"),
    ("pause_sequence", "sequence=Outbound", "paused=true"),
    ("publish_play", "play=Play", "published=false"),
    ("add_exclusion", "name=Rivals", 'match={"company_domain": ["rival.test"]}', "exclude_from_sequences=false"),
)
REFUSED_OF_RAJ = ("enroll", "person=raj@x.test")  # an exclusion bars him


@pytest.mark.parametrize("words", ACTIONS, ids=lambda words: words[0])
def test_every_action_answers_one_json_document(loaded, words: tuple[str, ...]) -> None:
    Path("people.csv").write_text("E-Mail;Name\npia@x.test;Pia\n")
    Path("steps.yaml").write_text("steps: [{}, {type: PHONE_CALL, wait_days: 1}]\n")
    if words[0] == "finish_task":
        loaded("sandbox", "do", "reply", "person=quin@x.test")  # which somebody has to answer
    said = loaded("sandbox", "do", *words, "--json")
    if words[:2] == REFUSED_OF_RAJ:
        assert (2, 2) == (said.code, said.document["error"]["exit_code"])
        assert "excluded:Customers" in said.err
    else:
        assert 0 == said.code, said.err
        assert isinstance(said.document, dict)


def test_run_play_answers_as_the_interface_says(loaded) -> None:
    loaded("sandbox", "do", "opt_out", "person=quin@x.test")
    said = loaded("sandbox", "do", "run_play", "play=Play", "--json").document
    assert {"entered": 4, "enrolled": 0, "not_enrolled": 4} == said["metrics"]
    assert {"already_enrolled": 1, "excluded:Customers": 1, "opted_out": 2} == said["not_enrolled"]
    assert {"email": "pia@x.test", "result": "not_enrolled", "reason": "already_enrolled"} == said["log"][0]
    again = loaded("sandbox", "do", "run_play", "play=Play", "--json")
    assert (2, "Wait, or duplicate the play and run the copy (R17)") == (again.code, again.document["error"]["remedy"])
    assert "play_cooldown" in again.err


@pytest.mark.rule("R52")
def test_edit_sequence_takes_the_steps_of_a_file_and_upgrades_when_asked_to(loaded) -> None:
    Path("steps.yaml").write_text("- {}\n- {type: PHONE_CALL, wait_days: 1}\n")
    words = ("sandbox", "do", "edit_sequence", "sequence=Outbound", "steps_file=steps.yaml")
    answer = loaded(*words, "--as", "bo@acme.test", "--json").document
    assert {"sequence": "Outbound", "version": 2, "upgraded": 0, "completed": 0} == answer
    assert 2 == loaded(*words, "upgrade=true", "--json").document["upgraded"]
    loaded("sandbox", "dump", "out.yaml")
    [outbound] = yaml.safe_load(Path("out.yaml").read_text())["sequences"]
    assert (2, [1]) == (outbound["version"], [earlier["version"] for earlier in outbound["versions"]])


BAD = (
    ("edit_sequence", "sequence=Outbound", "steps_file"),
    ("edit_sequence", "sequence=Outbound steps_file=nowhere.yaml", "nowhere.yaml: the file cannot be read"),
    ("edit_sequence", "sequence=Outbound steps_file=team.yaml", "team.yaml: steps: this key is missing"),
    ("change_mailbox_owners", "", "ACTION"),
    ("change_mailbox_owner", "mailbox=ana@send.acme.test", "owner"),
    ("change_mailbox_owner", "mailbox=ann@send.acme.test owner=bo@acme.test", "ana@send.acme.test"),
    ("change_mailbox_owner", "mailbox", "KEY=VALUE"),
    ("run_play", "play=Ply", "Play"),
    ("set_ruleset", "ruleset=Default block=0", "block_reenrollment"),
    ("set_ruleset", "ruleset=Default block_reenrollment=soon", "75 DAY"),
    ("set_exclusion", "exclusion=Customers exclude_from_sequences=perhaps", "exclude_from_sequences"),
    ("upload_audience", "name=New csv=nowhere.csv", "nowhere.csv"),
    ("set_task_assignment", "sequence=Outbound mode=ASSIGN_TO_USER", "ASSIGN_TO_USER needs a user"),
    ("set_task_assignment", "sequence=Outbound mode=ASSIGN_TO_USER user=be@acme.test", "bo@acme.test"),
    ("set_task_assignment", "sequence=Outbound mode=ASSIGN_TO_ANYBODY", "ASSIGN_TO_ENROLLER"),
    ("set_ruleset", 'ruleset=Default task_assignment={"manual":"ASSIGN_TO_USER"}', "ASSIGN_TO_USER needs the key"),
    ("opt_out", "person=pia@x.test why=because", "why"),
    ("reply", "person=pio@x.test", "pia@x.test"),
    ("bounce", "person=raj@x.test", "raj@x.test is not running in any sequence"),
    ("out_of_office", "person=pia@x.test", "until: is missing"),
    ("out_of_office", "person=pia@x.test until=tomorrow", "until: Input should be a valid datetime"),
    ("out_of_office", "person=pia@x.test until=2026-12-01", "until: Input should have timezone info"),
    ("out_of_office", "person=pia@x.test until=2020-01-01T00:00:00Z", "already"),
    ("pause_enrollment", "person=pia@x.test", "sequence"),
    ("resume_enrollment", "person=pia@x.test sequence=Outbund", "Outbound"),
    ("finish_task", "task=one", "task"),
    ("finish_task", "task=99", "there is no task number 99"),
    ("pause_mailbox", "mailbox=ana@send.acme.test paused=perhaps", "paused: Input should be a valid boolean"),
    ("pause_sequence", "sequence=Outbound", "paused"),
    ("publish_play", "play=Ply published=true", "Play"),
    ("add_exclusion", "name=Rivals match=rival.test", "match: 'rival.test' is no JSON"),
    ("add_exclusion", 'name=Rivals match=["rival.test"]', "'[\"rival.test\"]' is no mapping"),
    ("add_exclusion", 'name=Rivals match={"domain":["rival.test"]}', "match.domain"),
    ("add_exclusion", 'name=Customers match={"person_email":["a@x.test"]}', "there is already an exclusion"),
    ("add_exclusion", "name=Rivals", "match"),
)


@pytest.mark.parametrize(("action", "words", "named"), BAD, ids=lambda value: str(value)[:40])
def test_a_bad_action_or_value_is_named_and_changes_nothing(loaded, action: str, words: str, named: str) -> None:
    before = loaded("sandbox", "state", "--json").out
    said = loaded("sandbox", "do", action, *words.split(" ")) if words else loaded("sandbox", "do", action)
    assert (2, True) == (said.code, named in said.err), said.err
    assert before == loaded("sandbox", "state", "--json").out


@pytest.mark.rule("R47", "R48")
def test_a_rep_may_not_do_what_admins_do(loaded) -> None:
    said = loaded("sandbox", "do", *OWNER_CHANGE, "--as", "bo@acme.test")
    assert 2 == said.code
    assert "needs_admin" in said.err
    assert "Ask an admin" in said.err


def test_the_state_is_as_the_interface_says(loaded) -> None:
    state = loaded("sandbox", "state", "--json").document
    assert ["now", "users", "mailboxes", "rulesets", "exclusions", "pending", "counts"] == list(state)
    assert {"queued": 1, "active": 1, "finished": 0, "canceled": 0} == state["counts"]["enrollments"]
    assert {
        "email": "ana@send.acme.test",
        "owner": "ana@acme.test",
        "paused": False,
        "active_enrollments": 1,
        "queued_enrollments": 1,
    } == state["mailboxes"][0]


def test_a_changed_setting_is_pending_until_it_acts(loaded) -> None:
    loaded("sandbox", "do", "set_exclusion", "exclusion=Customers", "exclude_from_sequences=false")
    [pending] = loaded("sandbox", "state", "--json").document["pending"]
    assert ("exclusion:Customers:exclude_from_sequences", False) == (pending["setting"], pending["value"])
    loaded("sandbox", "advance", "45m")
    assert [] == loaded("sandbox", "state", "--json").document["pending"]


@pytest.mark.parametrize("duration", ["45", "m", "-3h", "3y", ""])
def test_what_is_no_duration_is_refused(loaded, duration: str) -> None:
    assert 2 == loaded("sandbox", "advance", "--", duration).code


def test_what_was_loaded_is_dumped(loaded) -> None:
    assert 0 == loaded("sandbox", "dump", "out.yaml").code
    assert yaml.safe_load(Path("team.yaml").read_text()) == yaml.safe_load(Path("out.yaml").read_text())


def test_a_mistake_in_a_workspace_file_leaves_the_sandbox_as_it_was(loaded) -> None:
    before = loaded("sandbox", "state", "--json").out
    text = Path("team.yaml").read_text().replace("sequence: Outbound,", "sequence: Outbund,", 1)
    Path("bad.yaml").write_text(text)
    said = loaded("sandbox", "load", "bad.yaml")
    assert (2, True) == (said.code, "plays[0].sequence" in said.err), said.err
    assert before == loaded("sandbox", "state", "--json").out


def test_the_same_seed_makes_the_same_workspace(handoff) -> None:
    for name, seed in (("a", "7"), ("b", "7"), ("c", "8")):
        assert 0 == handoff("sandbox", "reset", "--contacts", "60", "--seed", seed).code
        handoff("sandbox", "dump", f"{name}.yaml")
    one, two, other = (Path(f"{name}.yaml").read_text() for name in "abc")
    assert one == two
    assert one != other


def test_an_empty_sandbox_says_how_to_fill_it(handoff) -> None:
    said = handoff("sandbox", "state")
    assert (2, True) == (said.code, "handoff sandbox reset" in said.err)


def test_a_lively_team_is_made_up_when_asked_for(handoff) -> None:
    assert 0 == handoff("sandbox", "reset", "--contacts", "50", "--lively", "--yes").code
    handoff("sandbox", "dump", "out.yaml")
    life = yaml.safe_load(Path("out.yaml").read_text())["life"]
    assert ["replies", "bounces", "opt_outs", "out_of_office"] == list(life)
    assert all(0 < share < 0.1 for share in life.values())
    assert 0 == handoff("sandbox", "reset", "--contacts", "50", "--yes").code
    handoff("sandbox", "dump", "out.yaml")
    assert "life" not in yaml.safe_load(Path("out.yaml").read_text())


def test_an_uploaded_list_leaves_no_copy_of_its_addresses(loaded, tmp_path: Path) -> None:
    loaded("sandbox", "state")
    (tmp_path / "scratch").mkdir()
    Path("people.csv").write_text("Email\npia@x.test\n")
    command = [sys.executable, "-c", "from cli.main import main; main()"]
    done = subprocess.run(
        [*command, "sandbox", "do", "upload_audience", "name=New", "csv=people.csv"],
        capture_output=True,
        text=True,
        env=os.environ | {"TMPDIR": str(tmp_path / "scratch")},
        check=False,
    )
    assert 0 == done.returncode, done.stderr
    assert [] == list((tmp_path / "scratch").iterdir())
