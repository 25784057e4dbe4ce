"""Commands that only look: explain, status, history, show. None of them loads Prefect."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.found import find, open_journal, print_report_of
from cli.output import JsonFlag, WorkspaceName, console, print_json, print_json_list, say

if TYPE_CHECKING:  # a command loads what it needs
    from pandas import DataFrame

    from journal.database import Journal
    from platforms.port import Platform
    from tasks.known_behaviour import Seen

SHOWN = 10  # statements of a file about its contacts


def _now_in(workspace: str) -> datetime | None:
    """The workspace's time; None where it cannot be asked."""
    from cli.workspaces import open_workspace
    from models.errors import HandoffError

    try:
        return open_workspace(workspace).glance_at_clock()
    except HandoffError:
        return None


def explain(
    email: Annotated[str | None, typer.Argument(help="One contact.")] = None,
    sequence: Annotated[str | None, typer.Option("--sequence", help="Into which sequence.")] = None,
    play: Annotated[
        str | None, typer.Option("--play", help="Through which play; without contacts, its audience.")
    ] = None,
    audience: Annotated[str | None, typer.Option("--audience", help="Everybody in an audience.")] = None,
    csv: Annotated[Path | None, typer.Option("--csv", help="Everybody in a file.")] = None,
    csv_out: Annotated[
        Path | None, typer.Option("--csv-out", metavar="FILE", help="Write the answers as a CSV.")
    ] = None,
    workspace: WorkspaceName = None,
    as_json: JsonFlag = False,
) -> None:
    """Why a contact may not be enrolled: every reason, its proof, what would lift it, and whom else that lets in."""
    from cli.workspaces import open_workspace
    from models.settings import Settings
    from tasks.enrollment_diagnosis.enquiry import Enquiry, check_diagnosis

    _refuse_unwritable(csv_out)
    platform = open_workspace(workspace or Settings().workspace)
    asked = check_diagnosis(platform, _whom(platform, email, audience, csv, play), sequence, play)
    enquiry = Enquiry(platform, _seen(platform))
    diagnosis = enquiry.diagnose(asked)
    if csv_out is not None:
        _write_csv(diagnosis.frame(), csv_out)
    others = enquiry.others_than(diagnosis)
    if as_json:
        documents = (one.model_dump(mode="json") for one in enquiry.explanations(diagnosis, others))
        print_json(next(documents)) if email else print_json_list(documents)
        return
    from reports.diagnosis import AT_MOST, print_explanations, print_summary

    if len(diagnosis.facts) <= AT_MOST and csv_out is None:
        found = list(enquiry.explanations(diagnosis, others))
        together = None if others is None else lambda one: others.count(one.smallest_fix or (), [one.email])
        print_explanations(found, console(), together, diagnosis.pending)
    if email is None:
        print_summary(diagnosis, others, console())


def _seen(platform: "Platform") -> "Seen":
    """What calibrations saw of a workspace that does not tell how it behaves."""
    from tasks.known_behaviour import NOTHING_SEEN, seen_in

    return NOTHING_SEEN if platform.behaves("Q2") else seen_in(open_journal(), platform)


def _whom(
    platform: "Platform", email: str | None, audience: str | None, csv: Path | None, play: str | None
) -> list[str] | None:
    """The addresses asked about; None is everybody in the play's audience."""
    from models.errors import InvalidInput

    given = sum(one is not None for one in (email, audience, csv))
    if given > 1 or (given == 0 and play is None):
        raise InvalidInput(
            "EMAIL", "name whom: one of EMAIL, --audience, --csv or --play", "See `handoff explain --help`"
        )
    if audience is not None:
        people: list[str] = platform.audience(audience)
        return people
    if csv is not None:
        from inputs.contacts_csv import read_contacts
        from models.wording import counted

        file = read_contacts(csv, "--csv")
        say(f"{csv}: {file.understood}; {counted(len(file.rejects), 'row')} refused")
        stated = [f"{email}: {one}" for email, found in file.statements.items() for one in found]
        for line in [*stated[:SHOWN], *([f"… {len(stated) - SHOWN} more"] if len(stated) > SHOWN else [])]:
            say(line)
        return list(file.contacts["email"])
    return None if email is None else [email]


def _refuse_unwritable(csv_out: Path | None) -> None:
    """Before so many are asked about."""
    from models.written_file import refuse_unwritable

    if csv_out is not None:
        refuse_unwritable("--csv-out", csv_out)


def _write_csv(frame: "DataFrame", path: Path) -> None:
    from models.wording import counted
    from reports.csv_out import write_named_csv
    from reports.diagnosis import as_written

    write_named_csv(as_written(frame), path, "--csv-out")
    say(f"{counted(len(frame), 'contact')} written to {path}")


def status(as_json: JsonFlag = False) -> None:
    """Operations in flight, what each waits for and until when, loans out, and whether anybody looks after them.

    Ends with 1 where a loan is past its deadline or a sweep is late, and only there.
    """
    from journal.overview import needs_somebody, overview
    from models.settings import Settings

    found = overview(open_journal(), Settings(), _now_in)
    if as_json:
        print_json(found)
    else:
        from reports.listing import print_status

        print_status(found, console())
    if needs_somebody(found):
        raise typer.Exit(1)


def history(
    export: Annotated[
        Path | None,
        typer.Option("--export", metavar="FILE.jsonl", help="Add every event of them to a file, those not in it yet."),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Past operations, newest first."""
    from journal import operations
    from journal.overview import summary

    journal = open_journal()
    if export is not None:
        _export(journal, export, as_json=as_json)
        return
    found = [summary(row) for row in operations.past(journal)]
    if as_json:
        print_json(found)
        return
    from reports.listing import print_history

    print_history(found, console())


def _export(journal: "Journal", path: Path, *, as_json: bool) -> None:
    from journal import exporting
    from models.wording import counted

    added = exporting.export(journal, "--export", path)
    if added.mended:
        say(f"the last line of {path} had been cut short: it is written anew")
    if as_json:
        print_json(asdict(added))
    else:
        say(f"{counted(added.events, 'event')} of {counted(added.operations, 'operation')} added to {path}")


def show(operation_id: Annotated[str, typer.Argument()], as_json: JsonFlag = False) -> None:
    """What an operation did, or has done so far: what came of it, who started it, and what happened, in order."""
    from journal.reading import files_of, report_of
    from journal.story import events_of

    row, journal = find(operation_id), open_journal()
    report = report_of(journal, row, files_of(row), _now_in(row.workspace))
    events = events_of(journal, row)
    if as_json:
        print_json(report.model_dump(mode="json") | {"events": [event.document() for event in events]})
        return
    print_report_of(report, events)
