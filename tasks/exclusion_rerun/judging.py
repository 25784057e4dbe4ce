"""Looking at whom an exclusion matches: what stands for and against each, and who could be enrolled were it off."""

import hashlib
from dataclasses import dataclass

import pandas as pd

from models.names import NONE, names
from models.names_in_frames import each_once, known_names
from models.rules.eligibility import reasons, with_procedures_own
from models.rules.exclusion_matches import named_by_people, weigh
from models.rules.sending import Senders
from models.rules.stated import as_stated
from models.wording import counted
from reports.csv_out import readable, write_csv
from tasks.exclusion_rerun.request import ExclusionRerun
from tasks.known_behaviour import from_the_first_step, seen_in, with_every_end
from tasks.operation import Operation
from tasks.paused_contacts import was_paused
from tasks.planning import by_turns
from tasks.settings_in_force import lasting_settings

MATCHES_CSV = ["email", "decision", "why", "matched_by", "since", "speaks_for", "speaks_against", "stands_in_the_way"]
NOT_MATCHED = "the exclusion does not match this contact"
BACK = "runs in the sequence already"
PAUSED = (
    "was paused when they left the sequence: paused they would never finish it, and the exclusion stay off; enroll them"
    " by hand when they may be written to again"
)


@dataclass(frozen=True)
class Judged:
    """`contacts` as `journal.outcomes` takes them, one row a contact; `matches` as matches.csv has them; who is
    unknown; and how they were found, in a sentence."""

    contacts: pd.DataFrame
    matches: pd.DataFrame
    unknown: list[str]
    how: str


def judge_matches(operation: Operation, request: ExclusionRerun) -> Judged:
    """Judge each contact of the play's audience, or of the user's, whom the exclusion matches."""
    platform = operation.platform
    emails, how = _whom(operation, request)
    hidden = "exclusions" in platform.hidden
    emails += _declined_by_name(operation, request, emails)
    matches = named_by_people(emails) if hidden else platform.matches(request.exclusion, emails)
    whom = emails if request.named is not None else list(dict.fromkeys(matches["email"]))
    facts, seen = (
        platform.facts(pd.DataFrame({"email": whom, "sequence": request.target})),
        seen_in(operation.journal, platform),
    )
    facts = with_every_end(platform, facts, seen)
    facts = facts if request.play else from_the_first_step(platform, facts, seen)
    facts = as_stated(facts, request.named.stated if request.named else {})
    known = facts[facts["known"]].reset_index(drop=True)
    if hidden:  # who named them says so; the probe shows it
        known = known.assign(excluded_by=names(request.exclusion))
        matches = matches[matches["email"].isin(known["email"])]
    told = weigh(matches, platform.people(list(dict.fromkeys(matches["email"]))), known, operation.now())
    contacts = _forecast(operation, request, known, told)
    stands = contacts.set_index("email")["forecast_reasons"].map(str)
    table = told.assign(decision="", why="", stands_in_the_way=told["email"].map(stands).fillna(""))[MATCHES_CSV]
    return Judged(contacts, table, facts.loc[~facts["known"], "email"].tolist(), how)


def write_matches(operation: Operation, matches: pd.DataFrame) -> str:
    """`matches.csv`: one row a match, to be filled in (decision, why) and given back as `approve`."""
    return str(write_csv(readable(matches), operation.folder / "matches.csv"))


def digest_of(matches: pd.DataFrame) -> str:
    """A hash over each match and what speaks for and against it: what somebody decides by."""
    columns = matches[["email", "matched_by", "speaks_against", "stands_in_the_way"]].fillna("")
    lines = sorted(map("|".join, columns.itertuples(index=False, name=None)))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def read_matches(operation: Operation) -> pd.DataFrame:
    """What `write_matches` wrote."""
    return pd.read_csv(operation.folder / "matches.csv", dtype=str, keep_default_na=False)


def _whom(operation: Operation, request: ExclusionRerun) -> tuple[list[str], str]:
    if request.named is not None:
        emails = request.named.contacts["email"].tolist()
        return emails, f"{counted(len(emails), 'contact')} {request.named.named_by_user}"
    audience = str(operation.platform.plays().set_index("play")["audience"][str(request.play)])
    people = operation.platform.audience(audience)
    return (
        people,
        f"the {counted(len(people), 'person', 'people')} of '{audience}', the audience of the play '{request.play}'",
    )


def _declined_by_name(operation: Operation, request: ExclusionRerun, judged: list[str]) -> list[str]:
    """Whom the answers decline although nobody asked about them: other plays could let them in, so they are judged too.

    Only whom the exclusion matches, where the platform tells; else everybody whom the workspace knows.
    """
    if not isinstance(request.answers, pd.DataFrame):
        return []
    platform = operation.platform
    answers = request.answers
    named = answers.loc[~answers["decision"] & ~answers["email"].isin(set(judged)), "email"].tolist()
    if "exclusions" in platform.hidden:
        return platform.people(named)["email"].tolist()
    return list(dict.fromkeys(platform.matches(request.exclusion, named)["email"])) if named else []


def _forecast(operation: Operation, request: ExclusionRerun, facts: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    """What would become of each contact with this one exclusion lifted."""
    platform = operation.platform
    senders = list(Senders.of(platform.mailboxes(), request.senders).able)
    lifted = facts.assign(
        excluded_by=each_once(known_names(facts["excluded_by"]), lambda found: found.without(request.exclusion)),
        mailbox_ok=bool(senders),
    )
    # What another run gave back a moment ago still acts, and will not any more when the exclusion is off.
    settings, now = lasting_settings(operation).acting, operation.now()
    against = with_procedures_own(reasons(lifted, settings, now), facts)
    at_present = reasons(facts.assign(mailbox_ok=True), settings, now)
    matched = facts["email"].map(told.set_index("email")["matched_by"])
    out = pd.DataFrame(
        {
            "email": facts["email"],
            "sequence": request.target,
            "play": request.play,
            "mailbox": by_turns(senders, facts.index),
            "forecast": "enrolled",
            "forecast_reasons": at_present,
            "step": facts["resumes_after"].fillna(0).astype("int64") + 1,
            "detail": matched.fillna(""),
        }
    )
    blocked = against.ne(NONE)
    out.loc[blocked, "forecast"] = "blocked"
    out.loc[blocked, "forecast_reasons"] = against[blocked]
    for idle, words in ((matched.isna(), NOT_MATCHED), (facts["running_in"].eq(request.target).fillna(False), BACK)):
        out.loc[idle, ["forecast", "forecast_reasons", "detail"]] = ["unchanged", NONE, words]
    halted = out["forecast"].eq("enrolled") & was_paused(operation, out, request.target, now)
    out.loc[halted, ["forecast", "forecast_reasons", "detail"]] = ["manual", NONE, PAUSED]
    return out
