"""Each reason code has a workspace in which one contact has it alone and one has it with two others.

The rules tell both; the sandbox answers as they expect; and what a setting lifts, `explain`'s fix lifts.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from models.changes import RunPlay
from models.errors import InvalidInput, Refused
from models.explanation import Explanation
from models.reasons import EXCLUDED, REASONS, Reason, reason_of
from models.records import Audience
from models.rules.eligibility import HOLDS
from platforms.sandbox.sandbox import Sandbox
from platforms.sandbox.workspace_file.yaml_file import read_workspace
from tasks.enrollment_diagnosis.enquiry import DiagnosisRequest, Enquiry
from tests.architecture.source_files import ROOT
from tests.conftest import Sandboxes
from tests.models.rules.facts import explain_contacts
from tests.models.rules.lifting import lift
from tests.workspaces import NURTURE, PIA, ended, play, workspace

FILES = Path(__file__).parent / "reason_codes"
ALONE, THREE = "alone@x.test", "three@x.test"
MAILBOX, OUTBOUND, PLAY = "ana@send.acme.test", "Outbound", "Play"
BESIDE = ("replied", "bounced", "no_step_left")
ENTERING = ("play_cooldown", "not_in_audience", "play_runs_once")

# What does not stand against an enrollment: the procedure, and the tests with the workspaces in which it comes about.
ELSEWHERE = {
    "past_step_one": ("queued-backlog", "tests/flows/test_queued_backlog.py"),
    "email_sent": ("undo", "tests/flows/test_undo.py"),
    "wave_not_begun": ("ownership-change", "tests/flows/test_waves.py"),
    "not_queued": ("queued-backlog", "tests/flows/test_queued_backlog.py"),
    "task_closed": ("task-reassignment", "tests/flows/test_task_reassignment.py"),
    "duplicate_row": ("ownership-change", "tests/flows/test_ownership_change_named.py"),
    "invalid_email": ("ownership-change", "tests/flows/test_ownership_change_named.py"),
    "needs_admin": ("ownership-change", "tests/flows/test_ownership_change_refusals.py"),
    "superseded": ("restore-settings", "tests/flows/test_restore_settings.py"),
    "not_approved": ("exclusion-rerun", "tests/flows/test_exclusion_rerun.py"),
    "timed_out": ("ownership-change", "tests/flows/test_ownership_change_settings.py"),
    "moved_on": ("ownership-change", "tests/flows/test_ownership_change_since.py"),
}
NOT_MODELLED = {
    "missing_variable": "the sandbox's emails have no variables: nothing there is ever blocked for want of one"
}


@dataclass(frozen=True)
class Case:
    """A file; whether it is asked through the play or by hand; the two other reasons of the second contact; the setting
    that lifts it, and how many others that lets in."""

    code: str
    others: set[str]
    through: bool = False
    setting: str | None = None
    also_lets_in: int = 0
    file: str = ""

    def open(self, sandboxes: Sandboxes) -> Sandbox:
        workspace, _ = read_workspace(FILES / f"{self.file or self.code}.yaml")
        return sandboxes(workspace)

    def explained(self, sandbox: Sandbox, email: str) -> Explanation:
        return explained(sandbox, email, play=PLAY if self.through else None)


OPT_OUTS = {"opted_out", "do_not_email"}
BARS = {"already_sequenced", "recently_enrolled"}
SAME = "ruleset:Default:allow_same_sequence_reenrollment"
BLOCK = "ruleset:Default:block_reenrollment"
CASES = (
    Case("opted_out", {"do_not_email", "already_sequenced"}),
    Case("do_not_email", BARS),
    Case("already_enrolled", BARS),
    Case(
        "already_enrolled",
        {"do_not_email", "already_sequenced"},
        through=True,
        also_lets_in=1,
        setting="ruleset:Strict:block_reenrollment",
        file="already_enrolled_elsewhere",
    ),
    Case("already_sequenced", OPT_OUTS, setting=SAME, also_lets_in=1),
    Case("recently_enrolled", {"opted_out", "already_sequenced"}, setting=BLOCK, also_lets_in=1),
    Case("never_again", {"opted_out", "already_sequenced"}, setting=BLOCK, also_lets_in=1),
    Case(
        "excluded:Customers",
        BARS,
        setting="exclusion:Customers:exclude_from_sequences",
        also_lets_in=2,
        file="excluded",
    ),
    Case(
        "excluded:Customers",
        BARS,
        setting="ruleset:Default:exclusion:Customers",
        also_lets_in=2,
        file="excluded_by_ruleset",
    ),
    Case("mailbox_unavailable", OPT_OUTS),
    Case("play_cooldown", OPT_OUTS, through=True),
    Case("play_runs_once", OPT_OUTS, through=True),
    Case("not_in_audience", BARS, through=True, setting="audience:Everybody:exclusion:Customers", also_lets_in=1),
)
by_file = pytest.mark.parametrize("case", CASES, ids=lambda case: case.file or case.code)


def explained(sandbox: Sandbox, email: str, *, play: str | None = None, sequence: str | None = OUTBOUND) -> Explanation:
    enquiry = Enquiry(sandbox)
    contacts = pd.DataFrame({"email": [email], "sequence": [sequence]}, dtype=object)
    diagnosis = enquiry.diagnose(DiagnosisRequest(contacts, play))
    (found,) = enquiry.explanations(diagnosis, enquiry.others_than(diagnosis))
    return found


def codes(found: Explanation) -> list[str]:
    return list(dict.fromkeys(blocker.code for blocker in found.blockers))


def answer(sandbox: Sandbox, email: str, *, through: bool) -> str | None:
    """What the sandbox says of a contact: the reason, None for enrolled, `no entry` for who did not enter the play."""
    if not through:
        contacts = pd.DataFrame({"email": [email], "sequence": [OUTBOUND], "mailbox": [MAILBOX]})
        found: str | None = sandbox.enroll(contacts)["reason"].item()
        return found
    try:
        sandbox.apply(RunPlay(play=PLAY))
    except Refused as refused:
        return refused.code
    log = sandbox.play_log(PLAY).set_index("email")["reason"].to_dict()
    return log.get(email, "no entry")


def in_the_log(reasons: list[str]) -> str:
    """What a run answers, of all the reasons against a contact."""
    if "play_cooldown" in reasons:
        return "play_cooldown"
    return "no entry" if set(reasons) & set(ENTERING) else reasons[0]


@pytest.mark.rule("R12", "R13", "R15", "R20", "R26", "R28", "R29", "R30", "R33", "R55", "R59", "R60")
@by_file
def test_one_contact_has_it_alone_and_the_platform_refuses_for_it(case: Case, sandboxes: Sandboxes) -> None:
    sandbox = case.open(sandboxes)
    assert [case.code] == codes(case.explained(sandbox, ALONE))
    assert in_the_log([case.code]) == answer(sandbox, ALONE, through=case.through)


@pytest.mark.rule("R12", "R13", "R15", "R20", "R26", "R28", "R29", "R30", "R33", "R55", "R59", "R60")
@by_file
def test_one_contact_has_it_with_two_others_and_the_platform_tells_the_first(case: Case, sandboxes: Sandboxes) -> None:
    sandbox = case.open(sandboxes)
    found = codes(case.explained(sandbox, THREE))
    assert (3, {case.code, *case.others}) == (len(found), set(found))
    assert in_the_log(found) == answer(sandbox, THREE, through=case.through)


@pytest.mark.rule("R7", "R8", "R22", "R34", "R35", "R44", "R46", "R68")
@by_file
def test_the_fix_that_is_named_lets_the_contact_in_and_as_many_others_as_it_says(
    case: Case, sandboxes: Sandboxes
) -> None:
    sandbox = case.open(sandboxes)
    found = case.explained(sandbox, ALONE)
    (blocker,) = found.blockers
    assert (None if case.setting is None else (case.setting,)) == found.smallest_fix
    if case.setting is None:
        assert blocker.fix is None
        return
    assert blocker.fix is not None
    assert (case.setting, case.also_lets_in) == (blocker.fix.setting, blocker.fix.also_lets_in)
    assert case.also_lets_in > 0
    before = len(sandbox.workspace_record().enrollments)
    lift(sandbox, found.smallest_fix or ())
    sandbox.advance(sandbox.now() + timedelta(hours=1))
    by_themselves = enrolled_since(sandbox, before)
    if case.setting.startswith("ruleset:") and ":exclusion:" not in case.setting:
        assert set() == by_themselves
        sandbox.apply(RunPlay(play=PLAY))
    else:
        assert ALONE in by_themselves
    assert 1 == len(sandbox.places([ALONE], OUTBOUND))
    assert case.also_lets_in == len(enrolled_since(sandbox, before) - {ALONE})


def enrolled_since(sandbox: Sandbox, before: int) -> set[str]:
    """Whose enrollments came after so many."""
    return {enrollment.person for enrollment in sandbox.workspace_record().enrollments[before:]}


# Whom the workspace does not know, and what is a warning only


@pytest.mark.rule("R3")
def test_somebody_unknown(sandboxes: Sandboxes) -> None:
    workspace, _ = read_workspace(FILES / "unknown_contact.yaml")
    sandbox = sandboxes(workspace)
    assert ["unknown_contact"] == codes(explained(sandbox, ALONE))
    assert "unknown_contact" == answer(sandbox, ALONE, through=False)
    together = codes(explained(sandbox, THREE, play=PLAY))
    assert ["play_cooldown", "not_in_audience", "unknown_contact"] == together


@pytest.mark.rule("R5")
def test_a_sequence_that_is_not_known(sandboxes: Sandboxes) -> None:
    workspace, _ = read_workspace(FILES / "unknown_sequence.yaml")
    sandbox = sandboxes(workspace)
    assert ["unknown_sequence"] == codes(explained(sandbox, ALONE, sequence=None))
    assert {"unknown_sequence", *OPT_OUTS} == set(codes(explained(sandbox, THREE, sequence=None)))
    contacts = pd.DataFrame({"email": [ALONE], "sequence": ["None of these"], "mailbox": [MAILBOX]})
    with pytest.raises(InvalidInput, match="there is no sequence"):
        sandbox.enroll(contacts)


@pytest.mark.parametrize("code", BESIDE)
def test_how_the_last_enrollment_ended_is_a_warning_and_bars_nobody(code: str, sandboxes: Sandboxes) -> None:
    workspace, _ = read_workspace(FILES / f"{code}.yaml")
    sandbox = sandboxes(workspace)
    alone, three = explained(sandbox, ALONE, sequence="Outbound"), explained(sandbox, THREE, sequence="Outbound")
    assert (True, (code,)) == (alone.eligible, alone.warnings)
    others = ["opted_out", "already_sequenced"] if code != "no_step_left" else ["opted_out", "do_not_email"]
    assert ((code,), others) == (three.warnings, codes(three))
    assert answer(sandbox, ALONE, through=False) is None


@pytest.mark.rule("R12")
def test_a_published_play_without_members_lets_nobody_in(sandboxes: Sandboxes) -> None:
    empty = Audience(name="Nobody yet")
    other = play("Other", sequence=NURTURE, audience=empty.name, published=True)
    made = workspace(audiences=empty, plays=other, enrollments=ended(PIA, days=100))
    (found,) = explain_contacts(sandboxes(made), [PIA], OUTBOUND)
    assert [0] == [blocker.fix.also_lets_in for blocker in found.blockers if blocker.fix]


# Nothing of the vocabulary is left out


def test_every_reason_code_has_its_workspace_or_belongs_to_another_procedure() -> None:
    here = {case.code.partition(":")[0] for case in CASES} | {"unknown_contact", "unknown_sequence", *BESIDE}
    assert sorted(REASONS) == sorted([*here, *ELSEWHERE, *NOT_MODELLED, "sequence_paused"])


def test_every_file_is_loaded_by_a_test() -> None:
    named = {case.file or case.code for case in CASES} | {"unknown_contact", "unknown_sequence", *BESIDE}
    assert sorted(named) == sorted(path.stem for path in FILES.glob("*.yaml"))


@pytest.mark.parametrize("code", ELSEWHERE)
def test_a_code_of_another_procedure_is_tested_there_once_the_procedure_is_there(code: str) -> None:
    procedure, file = ELSEWHERE[code]
    if (ROOT / "flows" / f"{procedure.replace('-', '_')}.py").exists():
        assert code in (ROOT / file).read_text("utf-8")


# What is said about each


# The list in docs/interface.md, and the one warning.
LISTED = """
opted_out do_not_email already_enrolled already_sequenced recently_enrolled never_again play_cooldown
play_runs_once mailbox_unavailable not_in_audience past_step_one
email_sent wave_not_begun not_queued
missing_variable replied bounced
task_closed unknown_sequence unknown_contact duplicate_row invalid_email needs_admin superseded not_approved
timed_out moved_on no_step_left sequence_paused
"""


def test_every_reason_code_has_an_explanation_and_there_are_no_others() -> None:
    assert sorted([*LISTED.split(), EXCLUDED]) == sorted(REASONS)


def test_every_reason_that_the_rules_give_has_an_explanation() -> None:
    assert set() == set(HOLDS) - set(REASONS)


@pytest.mark.parametrize("reason", [*REASONS.values(), reason_of("excluded:Customers"), reason_of("new_code")])
def test_an_explanation_is_a_sentence_with_what_lifts_it(reason: Reason) -> None:
    assert re.fullmatch(r"[A-Z][^\n]{10,120}\.", reason.why)
    assert re.fullmatch(r"[A-Z][^\n]{10,120}\.", reason.lift)
    assert 0 < len(reason.label) <= 45


def test_an_exclusion_is_explained_by_its_name() -> None:
    assert "the exclusion 'Open: deals'" in reason_of("excluded:Open: deals").why


def test_a_code_that_is_not_known_is_shown_as_it_is() -> None:
    assert "'moon_phase'" in reason_of("moon_phase").why
