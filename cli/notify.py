"""`handoff notify`: which people Prefect sends which messages. Only keeping a credential loads Prefect."""

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from cli.notifying.channels import CREDENTIALS, NAME, TYPES, Channel, block_for, save
from cli.output import console, say
from models.errors import InvalidInput
from models.wording import capitalized

if TYPE_CHECKING:  # a command loads what it needs
    from pydantic import SecretStr

    from cli.notifying.trying import Tried

SET_UP = "`handoff notify --to slack` (or teams, email, webhook) sets it up"
ENDED = {
    "sent": "sent",
    "failed": "could not be sent",
    "unknown": "not known to be sent",
    "off": "switched off on Prefect's page",
    "missing": f"has no automation; {SET_UP}",
}


To = Annotated[
    Channel | None, typer.Option("--to", metavar="CHANNEL", help="Tell people by slack, teams, email or webhook.")
]
From = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="VARIABLE",
        help="The environment variable with the webhook's address, for email SendGrid's API key."
        " Without: it is asked for.",
    ),
]
Sender = Annotated[str | None, typer.Option("--sender", metavar="ADDRESS", help="Who the email is from.")]
Recipients = Annotated[
    list[str] | None, typer.Option("--recipient", metavar="ADDRESS", help="Who gets the email; repeat it for more.")
]
Block = Annotated[
    str | None,
    typer.Option("--block", metavar="TYPE/NAME", help="Tell people by a block that is there: pager-duty-webhook/ours."),
]
Remove = Annotated[bool, typer.Option("--remove", help="Tell nobody any more; with --to or --block: not by that one.")]
Test = Annotated[bool, typer.Option("--test", help="Send a message of each kind. Ends with 1 where one was not sent.")]


def notify(
    to: To = None,
    variable: From = None,
    sender: Sender = None,
    recipient: Recipients = None,
    block: Block = None,
    remove: Remove = False,
    test: Test = False,
) -> None:
    """Have Prefect tell people: a run needs a person, a night's summary, a loan overdue, a sweep late.

    Without options: say who is told.
    """
    _refuse_what_does_not_go_together(to, variable, sender, recipient, remove=remove, test=test)
    api_url = _server()
    if remove:
        _remove(api_url, to, block)
    elif to is not None or block is not None:
        _set_up(api_url, to, variable, sender, recipient or [], block)
    if not test:
        _show(api_url)
    elif not _try(api_url):
        raise typer.Exit(1)


def _refuse_what_does_not_go_together(
    to: Channel | None,
    variable: str | None,
    sender: str | None,
    recipient: list[str] | None,
    *,
    remove: bool,
    test: bool,
) -> None:
    if remove and test:
        raise InvalidInput("--test", "cannot go with --remove", "Say one of them")
    if variable is not None and (to is None or remove):
        raise InvalidInput("--from", "goes with --to alone", "Say --to slack, teams, email or webhook")
    if (sender or recipient) and (to is not Channel.email or remove):
        raise InvalidInput("--sender" if sender else "--recipient", "is for email", "Say --to email")
    if to is Channel.email and not remove and not (sender and recipient):
        raise InvalidInput(
            "--recipient" if sender else "--sender", "is missing: an email needs both", "Add --sender and --recipient"
        )


def _server() -> str:
    """The API URL of the server in use."""
    from cli.prefect_settings import prepare_to_run, running_server
    from models.errors import Unreachable

    found = running_server()
    if found is None:
        raise Unreachable(
            "no Prefect server runs here, and it is Prefect that tells people: keep `handoff up` running, or name a "
            "server in PREFECT_API_URL"
        )
    prepare_to_run()  # before Prefect is loaded: else it starts a server of its own
    return found.rstrip("/")


def _set_up(
    api_url: str, to: Channel | None, variable: str | None, sender: str | None, recipients: list[str], block: str | None
) -> None:
    from cli.notifying.automations import blocks_in_use, make

    added = [_named(api_url, block)] if block is not None else []
    if to is not None:
        added.append(save(block_for(to, _credential(to, variable), sender, recipients)))
    make(api_url, list(dict.fromkeys([*blocks_in_use(api_url), *added])))


def _credential(channel: Channel, variable: str | None) -> "SecretStr":
    """From the environment or the terminal: on the command line it would be in the shell's history."""
    import os

    from pydantic import SecretStr

    if variable is not None:
        given = os.environ.get(variable, "").strip()
        if not given:
            raise InvalidInput("--from", f"{variable} is not set in the environment", "Export it, or leave out --from")
        return SecretStr(given)
    if not sys.stdin.isatty():
        raise InvalidInput(
            "--from", "is missing, and nobody can be asked here", f"Name a variable that holds {CREDENTIALS[channel]}"
        )
    prompt = f"{capitalized(CREDENTIALS[channel])}; it is not shown"
    return SecretStr(typer.prompt(prompt, hide_input=True, err=True).strip())


def _named(api_url: str, block: str) -> str:
    """The id of a block. Raises InvalidInput where there is none of that name."""
    from cli.notifying.automations import block_named
    from models.errors import NoSuchName

    kind, _, name = block.partition("/")
    found = block_named(api_url, kind, name) if name else None
    if found is None:
        raise NoSuchName(
            "--block", f"Prefect's server has no block {block}", "Make it on its page Blocks, and write TYPE/NAME"
        )
    return found


def _remove(api_url: str, to: Channel | None, block: str | None) -> None:
    """Take away a channel, with its credential; or all of them. A block that somebody else made stays on the server."""
    from cli.notifying.automations import block_named, blocks_in_use, delete_block, make

    used = blocks_in_use(api_url)
    channels = [to] if to is not None else [] if block is not None else list(Channel)
    own = [found for one in channels if (found := block_named(api_url, TYPES[one], NAME)) is not None]
    gone = {*own, *([_named(api_url, block)] if block is not None else [])}
    make(api_url, [one for one in used if one not in gone] if to or block else [])
    for one in own:
        delete_block(api_url, one)


def _show(api_url: str) -> None:
    from cli.notifying.automations import automations, blocks_in_use
    from models.notices import NOTICES

    blocks = blocks_in_use(api_url)
    if not blocks:
        say(f"nobody is told of anything: {SET_UP}")
        return
    enabled = {one.name: one.enabled for one in automations(api_url)}
    _print(f"told by {', '.join(blocks.values())}:")
    for notice in NOTICES:
        state = "" if enabled.get(notice.name) else f"  ({ENDED['off' if notice.name in enabled else 'missing']})"
        _print(f"  {notice.name:<26}{notice.tells_of}{state}")
    say("`handoff notify --test` sends a message of each kind")


def _try(api_url: str) -> bool:
    """Whether a message of each kind was sent that is not switched off."""
    from cli.notifying.automations import blocks_in_use
    from cli.notifying.trying import try_each
    from models.settings import Settings

    blocks = blocks_in_use(api_url)
    if not blocks:
        raise InvalidInput("--test", "nobody is told of anything yet", f"First, {SET_UP}")
    say("sending a message of each kind; Prefect takes some seconds to say what became of them")
    tried = try_each(api_url, Settings().home_folder)
    for line in _lines(tried, blocks):
        _print(line)
    return all(one.ended in ("sent", "off") for one in tried)


def _lines(tried: "Iterable[Tried]", blocks: dict[str, str]) -> Iterable[str]:
    for one in tried:
        by = f" by {blocks.get(one.block, 'a block that is gone')}" if one.block else ""
        yield f"{one.notice.name:<26}{ENDED[one.ended]}{by}" + (f": {one.why}" if one.why else "")


def _print(line: str) -> None:
    console().print(line, markup=False, soft_wrap=True)
