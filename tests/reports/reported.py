"""Reports and outcomes for the tests of what people read: one of everything, and what varies."""

from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pandas as pd

from models.names import Names
from models.report import Difference, Report, ReportedAnswer, ReportedEvent, ReportedLoan, ReportedWait
from reports.outcome_groups import COLUMNS

NINE = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
WAITING_PERIOD = "how long contacts wait before they may be enrolled again, in the ruleset 'Default'"
PLAN = (
    f"borrow a setting: {WAITING_PERIOD}: 75 days, set to 0 days (40 contacts need it)",
    "run the copy into 'A'",
)


def a_wait(**changed: Any) -> ReportedWait:
    told = {
        "for": "re-enrollment settings",
        "from": NINE,
        "until": NINE + timedelta(minutes=45),
        "ended": "done",
        "proved_by": "probe",
    }
    return ReportedWait.model_validate(told | changed)


def an_event(what: str, minutes: int, until: int | None = None, about: str = "") -> ReportedEvent:
    """Something that happened so many minutes after the operation began."""
    end = None if until is None else NINE + timedelta(minutes=until)
    return ReportedEvent.model_validate(
        {"what": what, "from": NINE + timedelta(minutes=minutes), "until": end, "about": about}
    )


def a_loan(**changed: Any) -> ReportedLoan:
    told = {"setting": "ruleset:Default:block_reenrollment", "was": "75 DAY", "set_to": "0 DAY", "state": "returned"}
    return ReportedLoan.model_validate(told | changed)


def a_report(**changed: Any) -> Report:
    """A live run with one of everything: 431 back, 64 blocked, 5 rows refused."""
    told: dict[str, Any] = {
        "operation_id": "op-7f3a",
        "procedure": "ownership-change",
        "workspace": "sandbox",
        "mode": "live",
        "status": "needs_attention",
        "started_at": NINE,
        "ended_at": NINE + timedelta(minutes=64),
        "parameters": {"mailbox": "ana@send.test", "restart": False, "changed_at": None},
        "counts": {
            "considered": 500,
            "enrolled": 431,
            "blocked": 64,
            "rejected": 5,
            "manual": 0,
            "failed": 0,
            "unchanged": 0,
        },
        "reasons": {"excluded:Customers": 12, "opted_out": 12, "recently_enrolled": 40},
        "waits": (a_wait(),),
        "loans": (a_loan(),),
        "answers": (ReportedAnswer(question="go on", answer="yes", by="Olga <Ops>", at=NINE, plan="1a2b"),),
        "differences": tuple(
            Difference(email=f"r{at}@x.test", forecast="enrolled", outcome="blocked", reasons="recently_enrolled")
            for at in range(7)
        ),
        "next": ("5 rows were refused: see rejects.csv",),
        "files": {
            "outcomes": "/home/op/outcomes.csv",
            "audience": "/home/op/audience.csv",
            "rejects": "/home/op/rejects.csv",
            "report": "/home/op/report.html",
        },
        "plan": PLAN,
        "found": "ana@send.test changed its owner about 2026-11-01.",
    }
    return Report.model_validate(told | changed)


def a_dry_run(**changed: Any) -> Report:
    return a_report(
        **{"mode": "dry_run", "status": "planned", "waits": (), "loans": (), "differences": (), "next": (), **changed}
    )


def an_empty_report(**changed: Any) -> Report:
    none = dict.fromkeys(a_report().counts, 0)
    empty: dict[str, Any] = {"counts": none, "reasons": {}, "plan": (), "found": "", "files": {}, "parameters": {}}
    return a_dry_run(**empty | changed)


def rows(
    number: int,
    outcome: str,
    reasons: str = "",
    sequence: str = "A",
    step: object = 2,
    detail: str = "",
    mailbox: str = "ana@send.test",
) -> pd.DataFrame:
    """Contacts alike, named after what they are; `reasons` are joined by `;`."""
    against = Names(*filter(None, reasons.split(";")))
    told = [
        (f"{outcome}{reasons[:9]}{sequence}{at}@x.test", outcome, against, sequence, mailbox, step, detail)
        for at in range(number)
    ]
    return pd.DataFrame(told, columns=list(COLUMNS))


def the_outcomes() -> pd.DataFrame:
    """Those of `a_report`: 300 in A at steps 2 and 3, 131 in B at step 5."""
    return pd.concat(
        [
            rows(200, "enrolled", step=2),
            rows(100, "enrolled", step=3, mailbox="bo@send.test"),
            rows(131, "enrolled", sequence="B", step=5),
            rows(40, "blocked", "recently_enrolled"),
            rows(12, "blocked", "opted_out"),
            rows(12, "blocked", "excluded:Customers"),
        ],
        ignore_index=True,
    )


class Page(HTMLParser):
    """What a browser would show of a page: its text, its tags with their attributes, and each table's rows."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.tables: dict[str, list[list[str]]] = {}
        self.headings: list[str] = []
        self.scripts: list[str] = []
        self._caption = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br", "link", "input"):
            self.open.append(tag)
        if tag == "caption":
            self._caption = ""
        if tag == "tr":
            self.tables.setdefault(self._caption, []).append([])
        if tag in ("td", "th"):
            self.tables[self._caption][-1].append("")
        if tag in ("h1", "h2"):
            self.headings.append("")

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.open.pop(), f"</{tag}> closes what is not open"

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            self.scripts.append(data)
        if self.open and self.open[-1] in ("style", "title", "script"):
            return
        self.words.append(data)
        if "caption" in self.open:
            self._caption = f"{self._caption}{data}"
        elif self.open and {"td", "th"} & set(self.open):
            self.tables[self._caption][-1][-1] += data
        if {"h1", "h2"} & set(self.open):
            self.headings[-1] += data

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def rows_of(self, caption: str) -> list[list[str]]:
        """The body of the table whose caption begins so."""
        found = [rows for name, rows in self.tables.items() if name.startswith(caption)]
        assert 1 == len(found), f"{len(found)} tables are called {caption}"
        return found[0][1:]
