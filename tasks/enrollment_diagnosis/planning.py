"""What an enrollment-diagnosis was asked, and its answer: every contact's reasons, and what frees the most."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from prefect import task

from inputs.contacts_csv import ContactsFile
from models.errors import Hidden, InvalidInput
from models.names import NONE, each_once
from models.nearest import known
from models.plan import Plan
from models.rules.diagnosis import Diagnosis
from models.rules.letting_in import Others
from models.wording import counted
from platforms.port import Platform
from reports.csv_out import write_csv
from reports.diagnosis import as_written
from tasks import checking
from tasks.eligibility import AskedDiagnosis, Enquiry, check_diagnosis
from tasks.operation import Operation
from tasks.planning import Forecasts, plan_once, write_rejects
from tasks.retrying import READS

FIXES = 10  # sets of settings that the report shows; the best first
CHUNK = 50_000


@dataclass(frozen=True)
class AskedOfMany:
    """The parameters of `enrollment-diagnosis`: whom it is about, and what was refused of a file."""

    diagnosis: AskedDiagnosis
    about: str
    file: ContactsFile | None
    source: Path | None

    @property
    def subject(self) -> str:
        """What only one live operation at a time may be about."""
        return self.about


def check_diagnosis_of(
    platform: Platform, sequence: str | None, audience: str | None, contacts_csv: str | None, contacts: str | None,
    play: str | None,
) -> AskedOfMany:  # fmt: skip
    """The parameters, checked. Raises InvalidInput that names the field and the remedy; changes nothing."""
    file = checking.contacts(platform, contacts_csv, contacts)
    if sum(given is not None for given in (audience, file)) > 1:
        raise InvalidInput("audience", "contacts are given as well", "Give one of the two")
    emails = file.contacts["email"].tolist() if file else None
    if audience is not None:
        if "audiences" in platform.hidden:
            raise InvalidInput("audience", str(Hidden("audiences")), "Name the contacts instead")
        names = list(platform.plays()["audience"].dropna().unique())
        size = platform.audience_size(audience)
        audience = audience if size is not None else known("audience", audience, names, "audience")
        emails = platform.audience(audience)
    asked = check_diagnosis(platform, emails, sequence, play)
    about = asked.play or (str(asked.contacts["sequence"].iloc[0]) if len(asked.contacts) else str(sequence))
    return AskedOfMany(asked, about, file, Path(contacts_csv) if contacts_csv else None)


@task(task_run_name="find every reason", **READS)
def plan_diagnosis(operation_id: str, ask: Callable[[], AskedOfMany]) -> Plan:
    """The answer as a plan that changes nothing, with a row for each contact in the journal, and `contacts.csv`.

    Repeated: the answer that was given.
    """
    operation = Operation.at_hand(operation_id)
    return plan_once(operation, Plan, lambda: _plan(operation, ask()))


def _plan(operation: Operation, asked: AskedOfMany) -> Plan:
    enquiry = Enquiry(operation.platform)
    diagnosis = enquiry.diagnose(asked.diagnosis)
    frame = diagnosis.frame()
    write_csv(as_written(frame), operation.folder / "contacts.csv")
    forecasts = Forecasts(operation, asked.file)
    for start in range(0, len(frame), CHUNK):
        forecasts.add(_rows(frame.iloc[start : start + CHUNK]))
    eligible, unknown = int(frame["eligible"].eq(True).sum()), int(frame["unknown"].ne(NONE).sum())
    open_question = f", of {unknown} nobody can know: {Hidden('exclusions')}" if unknown else ""
    named = f"; {asked.file.named_by_user}" if asked.file else ""
    return Plan(
        purpose="say why contacts are not enrolled", contacts=0,
        found=f"{eligible} of {len(frame)} contacts may be enrolled{open_question}{named}",
        steps=(*_reasons(diagnosis), *_fixes(diagnosis, enquiry.others_than(diagnosis))),
        contacts_digest=forecasts.digest, rejected=write_rejects(operation, asked.file, asked.source, []),
    )  # fmt: skip


def _rows(frame: pd.DataFrame) -> pd.DataFrame:
    """A chunk as the journal takes it: whoever may be enrolled needs nothing."""
    known = frame["unknown"].eq(NONE)
    may = known.map({True: "may be enrolled", False: "nothing known stands against it; exclusions are not shown"})
    told = may + each_once(frame["warnings"], lambda codes: f"; mind: {', '.join(codes.each)}" if codes else "")
    barred = frame["reasons"].ne(NONE)
    lapse = frame["lapses_at"].dt.strftime("; lapses by itself at %Y-%m-%d %H:%MZ").fillna("")
    fix = each_once(
        frame["smallest_fix"], lambda found: f"; lift {' and '.join(found.each)}" if found else "; nothing lifts it"
    )
    return frame[["email", "sequence"]].assign(
        forecast=barred.map({False: "unchanged", True: "blocked"}), forecast_reasons=frame["reasons"],
        step=frame["resumes_at_step"], detail=told.where(~barred, (fix + lapse).str.removeprefix("; ")),
    )  # fmt: skip


def _reasons(diagnosis: Diagnosis) -> list[str]:
    return [
        f"{one.code}: {counted(one.contacts, 'contact')}, {one.alone} of them with no other reason"
        for one in diagnosis.reason_counts()
    ]


def _fixes(diagnosis: Diagnosis, others: Others | None) -> list[str]:
    """The sets of settings that free the most for the least, best first."""
    return [
        f"lift {' and '.join(one.settings)}: frees {one.frees} of these, {one.lets_in_told}"
        for one in diagnosis.candidates(others)[:FIXES]
    ]
