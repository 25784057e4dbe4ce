"""A report, as `--json` prints it and `report.json` keeps it (docs/interface.md, *A report*)."""

from typing import Any, Literal

from pydantic import AwareDatetime, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

from models.records import Record
from models.story import StartedFrom

Status = Literal["planned", "completed", "needs_attention", "failed", "cancelled", "running", "waiting"]


LoanState = Literal["open", "returned", "superseded", "unknown", "overdue"]


class ReportedWait(Record):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, serialize_by_alias=True)
    waits_for: str = Field(alias="for")
    since: AwareDatetime = Field(alias="from")
    until: AwareDatetime
    ended: Literal["done", "refused", "timed_out"] | None
    proved_by: Literal["probe", "clock"] | None


class ReportedLoan(Record):
    """`was` and `set_to` as settings are printed: `75 DAY`, `never`, `true`."""

    setting: str
    was: str
    set_to: str
    state: LoanState


class Difference(Record):
    """A contact whose outcome was not the forecast."""

    email: str
    forecast: str
    outcome: str
    reasons: str = ""


class ReportedAnswer(Record):
    """What somebody answered, when (the workspace's time), and the hash of the plan that was shown."""

    question: str
    answer: str
    by: str
    at: AwareDatetime
    plan: str


class RehearsedContact(Record):
    """A contact whose outcome was not the one rehearsed; "" where one of the two did not consider it."""

    email: str
    rehearsed: str
    outcome: str
    reasons: str = ""


class ReportedOwner(Record):
    """Who owned a mailbox at the last look while the operation ran, and who before; null where no look shows it."""

    mailbox: str
    owner: str | None
    before: str | None = None


class ReportedEvent(Record):
    """Something that happened, in the workspace's time; `until` is null for what has no length or goes on.

    `what` is `fell_out`, `approved`, `declined`, `borrowed`, `waited`, `probed`, `given_back`, or the kind of a change
    that was made, such as `enroll`; `about` says which one, where there is more to say.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, serialize_by_alias=True)
    what: str
    since: AwareDatetime = Field(alias="from")
    until: AwareDatetime | None = None
    about: str = ""


class ReportedFact(Record):
    """What is known of one question of a calibration (`models/open_questions.py`) once it has ended.

    `how` is `seen`, by this operation or an earlier one, or `assumed`. `words` are those of the platform's answer,
    `before` the answer that was seen earlier, where it was another, and `why` why this operation did not find it out.
    """

    question: str
    asks: str
    answer: str
    says: str
    how: Literal["seen", "assumed"]
    words: str = ""
    seen_at: AwareDatetime | None = None
    operation_id: str | None = None
    before: str | None = None
    why: str = ""


class Rehearsal(Record):
    """What the last rehearsal of the same procedure and parameters came to, beside what then happened.

    `counts` has for each outcome how many were `rehearsed` and how many came of it (`outcome`); `contacts` are those
    that differ, up to a thousand, `differing` how many there are.
    """

    operation_id: str
    ended_at: AwareDatetime
    counts: dict[str, dict[str, int]]
    differing: int
    contacts: tuple[RehearsedContact, ...]


class Report(Record):
    """What an operation did. `counts.considered` is the sum of the other counts."""

    operation_id: str
    procedure: str
    workspace: str
    mode: Literal["dry_run", "live"]
    status: Status
    started_at: AwareDatetime
    ended_at: AwareDatetime | None
    parameters: dict[str, Any]
    counts: dict[str, int]
    reasons: dict[str, int]
    waits: tuple[ReportedWait, ...]
    loans: tuple[ReportedLoan, ...]
    differences: tuple[Difference, ...]
    next: tuple[str, ...]
    files: dict[str, str]
    plan: tuple[str, ...] = ()
    """The changes, one line each: what a dry run would do, or what a live run did."""
    found: str = ""
    """How the contacts were found, with the evidence, in a sentence."""
    answers: tuple[ReportedAnswer, ...] = ()
    verdicts: dict[str, int] = Field(default_factory=dict)
    """Where the platform hides what decides: how many forecasts were `known`, how many of those came `true`, how many
    were `unknown`. Only the known ones count as differences. Empty where everything is known."""
    acting_user: str = ""
    """The user of the workspace with whose rights it acted; empty where the workspace names none."""
    started_by: str | None = None
    """Who started it: a person at a shell, what Prefect names, or the operation of a night; null where nobody tells."""
    started_from: StartedFrom | None = None
    """From where; null where an earlier release began it."""
    recorded_at: AwareDatetime | None = None
    """When it began, in real time: a workspace's clock may go faster, or stand still."""
    recorded_end_at: AwareDatetime | None = None
    """When it ended, in real time; null while it goes on, and where an earlier release ended it."""
    owners: tuple[ReportedOwner, ...] = ()
    """The owners of the mailboxes that it is about, as far as looks at them show."""
    timeline: tuple[ReportedEvent, ...] = ()
    """What happened, in order of its beginning."""
    rehearsal: Rehearsal | None = None
    """Of a live run that was rehearsed on a twin before; the key is there only then."""
    facts: tuple[ReportedFact, ...] = ()
    """Of a calibration: what is known of each question. The key is there only then."""
    contacts_removed_at: AwareDatetime | None = None
    """When its contacts and files were removed, having been kept long enough: the counts stay. The key is there only
    then."""

    @model_serializer(mode="wrap")
    def _without_what_it_has_not(self, serialized: SerializerFunctionWrapHandler) -> dict[str, Any]:
        out: dict[str, Any] = serialized(self)
        if self.rehearsal is None:
            out.pop("rehearsal", None)
        if not self.facts:
            out.pop("facts", None)
        if self.contacts_removed_at is None:
            out.pop("contacts_removed_at", None)
        return out
