"""After a command that was interrupted or failed: what is on loan, and how to go on."""

from typing import Any

from cli.output import say


def interrupted() -> int:
    """After Ctrl-C: say what is borrowed and how to go on."""
    out, live = _what_is_left()
    say("")
    say("interrupted; these are on loan:" if out else "interrupted; nothing is on loan")
    _say_how_to_go_on(out, live)
    return 1


def say_what_it_left(error: Exception) -> None:
    """After a run that broke off: what is on loan, unless its input was wrong and it had borrowed nothing."""
    from journal.lent import lent
    from models.failures import WRONG, failure_of
    from models.settings import Settings

    if failure_of(error).exit_code == WRONG and not lent(Settings().journal_url):
        return
    out, live = _what_is_left()
    if out:
        say("it broke off; these are on loan, and `handoff restore` gives back what is due:")
    elif live:
        say("it broke off; nothing is on loan")
    _say_how_to_go_on(out, live)


def _what_is_left() -> tuple[list[Any], list[str]]:
    """What is borrowed, each with its setting, values and deadline, and the operations that can be gone on with.

    Where the journal does not answer: what this command itself has borrowed.
    """
    from sqlalchemy.exc import DBAPIError

    from journal import loans, operations
    from journal.database import Journal
    from journal.lent import lent
    from models.operation_end import can_go_on
    from models.settings import Settings

    url = Settings().journal_url
    try:
        journal = Journal(url)
        cut_short = [row for row in operations.past(journal, limit=1) if can_go_on(row)]
        live = [row.id for row in [*operations.in_flight(journal), *cut_short] if row.mode == "live"]
        return list(loans.open_loans(journal)), live
    except DBAPIError:
        known = lent(url)
        return list(known), list(dict.fromkeys(one.operation_id for one in known))


def _say_how_to_go_on(out: list[Any], live: list[str]) -> None:
    from journal.lent import as_line

    for loan in out:
        say(f"  {as_line(loan)}")
    for operation_id in live:
        say(f"  go on with `handoff resume {operation_id}`, or leave it with `handoff cancel {operation_id}`")
