"""The front page of the report pages: what needs a person, what runs, what is on loan, and what there was."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from models.unknown_operation import UnknownOperation, warning_of
from models.wording import text_in_utc
from reports.digest import STATUS
from reports.html_report import PAGES
from reports.phrases import clean
from reports.setting_words import about, printed

short = partial(text_in_utc, otherwise="–")
"""A time of the document for people; a dash where there is none."""
AT_MOST = 30  # of what needs a person; the others are counted


class Filed(NamedTuple):
    """What the folder of an operation has: its report in a sentence, the page, and the other files."""

    headline: str
    page: str | None
    files: list[str]


class Need(NamedTuple):
    """Something that waits for a person: what it is, how to go about it, and an address with its form or its report."""

    what: str
    why: str
    command: str
    address: str = ""
    label: str = ""


def front_html(found: dict[str, Any], filed: Callable[[str], Filed]) -> str:
    """The page. `found` is the document of `journal.front_page`; `filed` looks into the folder of an operation."""
    needs = list(_needs(found, filed))
    return PAGES.get_template("front.html").render(
        found=found,
        needs=needs[:AT_MOST],
        more=max(len(needs) - AT_MOST, 0),
        loans=[row | _in_words(row) for row in found["loans"]],
        running=[{**row, "run": _run_page(found, row)} for row in found["operations"]],
        rows=[(row, filed(row["operation_id"])) for row in found["past"]],
        night=found["night"] and (found["night"], filed(found["night"]["operation_id"])),
        short=short,
    )


def unreadable_html(problem: str) -> str:
    """The page where the journal cannot be read."""
    return PAGES.get_template("front.html").render(found=None, problem=clean(problem))


def _name(row: dict[str, Any]) -> str:
    return clean(f"{row['procedure']} {row['subject']}".strip())


def _in_words(loan: dict[str, Any]) -> dict[str, str]:
    """The loan's setting and values as people read them everywhere else."""
    return {
        "about": about(loan["setting"]),
        "setting": clean(loan["setting"]),
        "was": printed(loan["was"]),
        "set_to": printed(loan["set_to"]),
    }


def _run_page(found: dict[str, Any], row: dict[str, Any]) -> str:
    """The page of an operation's run in Prefect, where its form is; empty where no address is known."""
    url, run = found["ui_url"], row.get("flow_run_id")
    return f"{url}/runs/flow-run/{quote(run)}" if url and run else ""


def _needs(found: dict[str, Any], filed: Callable[[str], Filed]) -> Iterator[Need]:
    """What a person has to do, the most urgent first."""
    for loan in found["loans"]:
        if loan["state"] == "overdue":
            setting = f"{about(loan['setting'])} on {clean(loan['workspace'])}"
            why = f"It was to go back by {short(loan['deadline'])}: {setting}."
            yield Need("A setting is not given back", why, "handoff restore")
    for sweep in found["sweep"]:
        if sweep["late"]:
            why = f"The last sweep of {clean(sweep['workspace'])} ended at {short(sweep['last_ended_at'])}."
            yield Need("A sweep is late", why, "handoff restore")
    for trouble in found["watch"]["troubles"]:
        yield Need("Something does not run as it should", clean(trouble["message"]), "handoff status")
    for row in found["operations"]:
        if (row["waits_for"] or "").startswith("an answer"):
            why = f"It waits until {short(row['until'])} for {clean(row['waits_for'])}"
            form = _run_page(found, row)
            yield Need(_name(row), why, f"handoff answer {row['operation_id']}", form, "its form in Prefect")
        elif row["silent_since"]:
            why = f"It gives no sign of life since {short(row['silent_since'])}."
            yield Need(_name(row), why, f"handoff resume {row['operation_id']}")
    for at, row in enumerate(found["left"]):
        first = clean(row["next"][0]) if row["next"] else f"It {STATUS[row['status']][0]}."
        page = filed(row["operation_id"]).page if at < AT_MOST else None
        address = f"{row['operation_id']}/{page}" if page else ""
        yield Need(_name(row), first, f"handoff show {row['operation_id']}", address, "its report")
    unknown = [UnknownOperation(**one) for one in found["unknown_operations"]]
    if lines := warning_of(unknown, Path(found["home"]) / "operations"):
        yield Need("The journal does not know all operations", clean(" ".join(lines)), "handoff status")
