"""Planning a calibration: which experiments can be tried with this person, and what they cost."""

import pandas as pd

from models.calibration_plan import CalibrationPlan, Planned, emails
from models.changes import SetSetting
from models.names import NONE
from models.wording import counted, first_of
from platforms.port import Platform
from tasks.calibrate.experiments import EXPERIMENTS, Experiment
from tasks.calibrate.request import CHUNK, Calibrate, CalibrateRequest
from tasks.operation import Operation
from tasks.planning import Forecasts, plan_once
from tasks.retrying import READS
from tasks.step import task

AN_EMAIL = ("AUTOMATIC_EMAIL", "MANUAL_EMAIL")
ACTIONS = (
    "set_setting",
    "pause_sequence",
    "add_exclusion",
    "upload_audience",
    "make_play",
    "publish_play",
    "run_play",
    "reassign_queued",
    "enroll",
    "unenroll",
)


@task(task_run_name="plan the calibration", **READS)
def plan_calibration(operation_id: str, request: CalibrateRequest) -> CalibrationPlan:
    """The plan, with the test person's forecast in the journal. Repeated: the plan that was made, nothing new."""
    operation = Operation.at_hand(operation_id)
    return plan_once(operation, CalibrationPlan, lambda: _plan(operation, request.check(operation.platform)))


def _plan(operation: Operation, request: Calibrate) -> CalibrationPlan:
    platform = operation.platform
    sequences = platform.sequences().set_index("sequence")
    both = (request.sequence, request.other_sequence)
    owners = platform.mailboxes().set_index("mailbox")["owner"]
    found = owners.get(request.mailbox)
    owner = None if found is None or pd.isna(found) else str(found)
    sends = str(platform.steps(request.sequence)["type"].iloc[0]) in AN_EMAIL
    tried = tuple(_planned(one, request, platform, owner, sends=sends) for one in EXPERIMENTS)
    forecasts = Forecasts(operation)
    forecasts.add(_ends_as_before(request))
    able = [one for one in tried if not one.why_not]
    rulesets = tuple(dict.fromkeys(str(sequences["ruleset"][one]) for one in both))
    return CalibrationPlan(
        purpose=f"try {counted(len(able), 'experiment')} with {request.person}",
        contacts=len(able),
        found=f"{counted(len(able), 'experiment')} can be tried; {emails(sum(one.emails for one in able))} is sent",
        steps=tuple(map(str, tried)),
        actions=(*ACTIONS, *(["change_mailbox_owner"] if request.new_owner else [])),
        warnings=_warnings(platform, request, rulesets, sequences),
        contacts_digest=forecasts.digest,
        person=request.person,
        sequence=request.sequence,
        other_sequence=request.other_sequence,
        rulesets=rulesets,
        mailbox=request.mailbox,
        owner=owner,
        other_mailbox=request.other_mailbox,
        new_owner=request.new_owner,
        pauses_other=not bool(sequences["paused"][request.other_sequence]),
        experiments=tried,
    )


def _planned(one: Experiment, request: Calibrate, platform: Platform, owner: str | None, *, sends: bool) -> Planned:
    return Planned(
        name=one.name,
        does=one.does,
        questions=one.questions,
        emails=one.emails if sends else 0,
        why_not=_why_not(one.name, platform, request, owner),
    )


def _ends_as_before(request: Calibrate) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "email": [request.person],
            "sequence": [request.sequence],
            "mailbox": [request.mailbox],
            "play": [None],
            "forecast": ["unchanged"],
            "forecast_reasons": [NONE],
            "step": [None],
            "detail": ["the test person, who runs nowhere afterwards"],
        }
    )


def _why_not(name: str, platform: Platform, request: Calibrate, owner: str | None) -> str:
    """Why an experiment cannot be tried, as far as that is known beforehand; "": it can."""
    if name == "backlog reassigned" and request.other_mailbox is None:
        return "it takes a second mailbox: name one with --other-mailbox"
    if name != "mailbox handed over":
        return ""
    if request.new_owner is None:
        return "it takes a user who gets the mailbox for a moment: name one with --new-owner"
    if owner == request.new_owner or (owner is None and "idle_mailboxes" not in platform.hidden):
        return "the mailbox has no owner, or that user owns it already"
    others = {email for part in platform.running(CHUNK, mailbox=request.mailbox) for email in part["email"]}
    if others - {request.person}:
        return f"others run from {request.mailbox}, and would fall out: {first_of(sorted(others))}"
    return ""


def _warnings(
    platform: Platform, request: Calibrate, rulesets: tuple[str, ...], sequences: pd.DataFrame
) -> tuple[str, ...]:
    shared = sequences.index[sequences["ruleset"].isin(rulesets)].difference([request.sequence, request.other_sequence])
    team = {str(name).rpartition("@")[2] for name in [*platform.users()["user"], *platform.mailboxes()["mailbox"]]}
    found = []
    if not platform.supports(SetSetting):
        found.append(
            "no API makes the exclusion and the play, sets settings, reassigns the backlog or runs a play: an admin is"
            " asked for each as a step by hand, while it goes on"
        )
    if len(shared):
        found.append(
            f"{first_of([str(one) for one in shared])} have the same ruleset: while its settings are on loan they let"
            " people in again too; a ruleset of its own for both sequences keeps them apart"
        )
    if request.person.rpartition("@")[2] not in team:
        found.append(f"{request.person} has no address of the team's own: make sure that it is somebody of yours")
    return tuple(found)
