"""The answer of an enrollment-diagnosis: every contact's reasons, and what frees the most."""

from collections.abc import Iterable

import pandas as pd

from models.errors import Hidden
from models.names import NONE
from models.names_in_frames import each_once
from models.plan import Plan
from models.reasons import reason_of
from models.rules.diagnosis import Diagnosis
from models.rules.in_force import lifting_in_words
from models.rules.letting_in import Others
from models.setting_keys import SettingKey
from models.wording import counted
from reports.csv_out import write_csv
from reports.diagnosis import as_written
from tasks.enrollment_diagnosis.enquiry import Enquiry
from tasks.enrollment_diagnosis.request import EnrollmentDiagnosis, EnrollmentDiagnosisRequest
from tasks.known_behaviour import seen_in
from tasks.operation import Operation
from tasks.planning import Forecasts, plan_once, write_rejects
from tasks.retrying import READS
from tasks.step import task

FIXES = 10  # sets of settings that the report shows; the best first
CHUNK = 50_000


@task(task_run_name="find every reason", **READS)
def plan_diagnosis(operation_id: str, request: EnrollmentDiagnosisRequest) -> Plan:
    """The answer as a plan that changes nothing, with a row for each contact in the journal, and `contacts.csv`.

    Repeated: the answer that was given.
    """
    operation = Operation.at_hand(operation_id)
    return plan_once(operation, Plan, lambda: _plan(operation, request.check(operation.platform)))


def _plan(operation: Operation, request: EnrollmentDiagnosis) -> Plan:
    enquiry = Enquiry(operation.platform, seen_in(operation.journal, operation.platform))
    diagnosis = enquiry.diagnose(request.diagnosis)
    frame = diagnosis.frame()
    write_csv(as_written(frame), operation.folder / "contacts.csv")
    forecasts = Forecasts(operation, request.named)
    for start in range(0, len(frame), CHUNK):
        forecasts.add(_rows(frame.iloc[start : start + CHUNK]))
    eligible, unknown = int(frame["eligible"].eq(True).sum()), int(frame["unknown"].ne(NONE).sum())
    open_question = f", of {unknown} nobody can know: {Hidden('exclusions')}" if unknown else ""
    named = f"; {request.named.named_by_user}" if request.named else ""
    return Plan(
        purpose="say why contacts are not enrolled",
        contacts=0,
        found=f"{eligible:,} of {counted(len(frame), 'contact')} may be enrolled{open_question}{named}",
        steps=(*_reasons(diagnosis), *_fixes(diagnosis, enquiry.others_than(diagnosis))),
        contacts_digest=forecasts.digest,
        rejected=write_rejects(operation, request.named, request.source, []),
    )


def _rows(frame: pd.DataFrame) -> pd.DataFrame:
    """A chunk as the journal takes it: whoever may be enrolled needs nothing."""
    known = frame["unknown"].eq(NONE)
    may = known.map({True: "may be enrolled", False: "nothing known stands against it; exclusions are not shown"})
    verdict = may + each_once(frame["warnings"], lambda codes: f"; mind: {', '.join(codes.each)}" if codes else "")
    blocked = frame["reasons"].ne(NONE)
    lapse = frame["lapses_at"].dt.strftime("; lapses by itself at %Y-%m-%d %H:%M UTC").fillna("")
    fix = each_once(
        frame["smallest_fix"], lambda found: f"; set {_lifted(found.each)}" if found else "; nothing lifts it"
    )
    return frame[["email", "sequence"]].assign(
        forecast=blocked.map({False: "unchanged", True: "blocked"}),
        forecast_reasons=frame["reasons"],
        step=frame["resumes_at_step"],
        detail=verdict.where(~blocked, (fix + lapse).str.removeprefix("; ")),
    )


def _lifted(settings: Iterable[str]) -> str:
    return "; and ".join(lifting_in_words(SettingKey.parse(setting)) for setting in settings)


def _reasons(diagnosis: Diagnosis) -> list[str]:
    return [
        f"{reason_of(one.code).label} ({one.code}): {counted(one.contacts, 'contact')},"
        f" {one.alone:,} of them with no other reason"
        for one in diagnosis.reason_counts()
    ]


def _fixes(diagnosis: Diagnosis, others: Others | None) -> list[str]:
    """The sets of settings that free the most for the least, best first."""
    return [
        f"set {_lifted(one.settings)}: this frees {one.frees:,} of these, lets in "
        + ("nobody knows whom else" if one.lets_in is None else counted(one.lets_in, "other"))
        for one in diagnosis.candidates(others)[:FIXES]
    ]
