"""What a procedure did is told as a story: from who started it to how it ended, and nothing secret in it."""

import getpass
import json
import socket
from pathlib import Path
from typing import Any

from journal import operations
from journal.exporting import export
from journal.story import events_of
from models.changes import ChangeMailboxOwner
from models.report import Report
from models.story import HAPPENINGS
from tests.flows.house import House
from tests.flows.on_unify import UnifyHouse, Working, unify, working
from tests.platforms.in_process import KEY
from tests.workspaces import (
    ANA,
    ANAS_MAILBOX,
    BO,
    OUTBOUND,
    PIA,
    PLAY,
    QUIN,
    excluding,
    play,
    ruleset,
    running,
    workspace,
)

__all__ = ["unify", "working"]  # fixtures
HERE = f"{getpass.getuser()}@{socket.gethostname()}"
SETTINGS = {"ruleset:Default:allow_same_sequence_reenrollment", "ruleset:Default:block_reenrollment"}


def story(house: House, report: Report, *, contacts: bool = False) -> list[dict[str, Any]]:
    row = operations.get(house.journal, report.operation_id)
    assert row is not None
    return [event.document() for event in events_of(house.journal, row, contacts=contacts)]


def fallen_out(house: House) -> None:
    house.load_and_change_owner(
        workspace(people=[PIA, QUIN], enrollments=[running(PIA, play=PLAY), running(QUIN, play=PLAY)])
    )


def test_a_live_run_tells_who_planned_agreed_borrowed_changed_and_gave_back(house: House) -> None:
    fallen_out(house)
    report = house.run()
    told = story(house, report, contacts=True)
    by_kind = {event["what"]: event for event in told}
    assert ("begun", HERE, "shell", ANA) == (
        told[0]["what"],
        told[0]["who"],
        told[0]["after"]["from"],
        told[0]["after"]["acting_user"],
    )
    assert (HERE, "shell") == (report.started_by, report.started_from)
    approved = by_kind["approved"]
    assert (getpass.getuser(), by_kind["planned"]["after"]["plan"]) == (approved["who"], approved["after"]["plan"])
    [asked] = house.listener.shown
    assert asked.as_kept() == approved["after"]["shown"]
    assert PIA in json.dumps(approved["after"]["shown"])
    borrowed = {name for event in told if event["what"] == "borrowed" for name in event["before"]}
    returned = [(event["before"], event["after"]) for event in told if event["what"] == "given_back"]
    assert SETTINGS == borrowed
    assert sorted(map(str, returned)) == sorted(
        str((event["after"], event["before"])) for event in told if event["what"] == "borrowed"
    )
    assert {"enrolled": 2} == by_kind["read_back"]["after"]["outcomes"]
    assert {PIA, QUIN} == {event["about"] for event in told if event["what"] == "contact"}
    changes = [event for event in told if event["what"] not in HAPPENINGS]
    assert {("made", ANA)} == {(event["state"], event["who"]) for event in changes}
    assert {"set_setting", "upload_audience", "duplicate_play"} <= {event["what"] for event in changes}
    assert ("ended", "completed") == (told[-1]["what"], told[-1]["state"])
    times = [event["at"] for event in told]
    assert sorted(times) == times


def test_a_dry_run_was_shown_and_changed_nothing(house: House) -> None:
    fallen_out(house)
    told = story(house, house.plan(), contacts=True)
    assert ["begun", "planned", "ended"] == [event["what"] for event in told]
    assert (HERE, {"enrolled": 2}) == (told[0]["who"], told[1]["after"]["forecast"])


def test_who_said_no_is_told_with_what_they_saw(house: House) -> None:
    fallen_out(house)
    report = house.run(yes=False)
    [declined] = [event for event in story(house, report) if event["what"] == "declined"]
    assert (getpass.getuser(), house.listener.questions) == (declined["who"], [declined["after"]["shown"]["question"]])


def test_matches_that_a_file_approves_were_shown_to_nobody(house: House) -> None:
    house.load(
        workspace(
            people=[PIA, QUIN],
            exclusions=[excluding(PIA)],
            rulesets=[ruleset(exclusions={"Customers": True})],
            plays=[play(published=False)],
        )
    )
    report = house.carry_out("exclusion-rerun", exclusion="Customers", play=PLAY, approve="all", hold_until="enrolled")
    [approved] = [event for event in story(house, report) if event["what"] == "approved"]
    assert ([PIA], None) == (approved["after"]["approved"], approved["after"]["shown"])


def test_what_a_night_starts_names_the_night(house: House) -> None:
    house.load(workspace(people=[PIA], enrollments=[running(PIA, play=PLAY)]))
    house.carry_out("nightly-remediation")  # it takes the record
    house.do(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))
    night = house.carry_out("nightly-remediation")
    rows = operations.past(house.journal)
    [child] = [row for row in rows if row.procedure == "ownership-change"]
    assert (night.operation_id, "night", None) == (child.started_by, child.started_from, child.deployment)
    assert {(HERE, "shell")} == {
        (row.started_by, row.started_from) for row in rows if row.procedure == "nightly-remediation"
    }


def test_steps_by_hand_name_who_did_them_and_no_key_is_in_any_of_it(
    unify: UnifyHouse, working: Working, tmp_path: Path
) -> None:
    working()
    fallen_out(unify)
    report = unify.run(via="direct", contacts=PIA, sequence=OUTBOUND)
    told = story(unify, report)
    by_hand = [event for event in told if event["about"].startswith("by hand")]
    assert by_hand
    assert {"Olga"} == {event["who"] for event in by_hand}
    export(unify.journal, "--export", tmp_path / "it.jsonl")
    text = (tmp_path / "it.jsonl").read_text("utf-8")
    assert report.operation_id in text
    assert KEY.get_secret_value() not in text
