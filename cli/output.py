"""How commands speak: on standard output JSON alone, or the answer for people; everything else on standard error."""

import json
import sys
from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from models.wording import lines_of, one_line

WorkspaceName = Annotated[str | None, typer.Option("--workspace", help="Which workspace; default HANDOFF_WORKSPACE.")]
JsonFlag = Annotated[bool, typer.Option("--json", help="One JSON document on standard output, nothing else.")]


def print_json(document: Any) -> None:
    """The one document on standard output."""
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False, default=str) + "\n")


def print_json_list(documents: Iterable[Any]) -> None:
    """The one document on standard output, a list that is written as it is made."""
    sys.stdout.write("[")
    for at, document in enumerate(documents):
        written = json.dumps(document, indent=2, ensure_ascii=False, default=str)
        sys.stdout.write(("," if at else "") + "\n" + written)
    sys.stdout.write("\n]\n")


class _Terminal(Console):
    """A console that shows what is in a text and obeys none of it, whatever names there are."""

    def print(self, *objects: Any, **how: Any) -> None:
        # A plain text is written out before rich takes some of its signs away.
        super().print(*(lines_of(one) if isinstance(one, str) else one for one in objects), **how)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        for part in super().render(renderable, options):
            yield part if part.control else Segment(lines_of(part.text), part.style)


def console(*, stderr: bool = False) -> Console:
    """A terminal for people."""
    # A setting's key has colons: of an audience named A rich would make a picture.
    return _Terminal(stderr=stderr, highlight=False, soft_wrap=False, emoji=False)


def say(*lines: str) -> None:
    """Lines on standard error, where they disturb no JSON. No name in them begins another."""
    console(stderr=True).print("\n".join(map(one_line, lines)), markup=False)


def show_sections(sections: Iterable[tuple[str, Iterable[str]]]) -> None:
    """What somebody has to know before answering: titles, each with lines; those without any are left out."""
    for title, lines in sections:
        if shown := [f"  {line}" for line in lines]:
            say("", f"{title}:", *shown)
    say("")


def confirm(question: str, *, default: bool = False) -> bool:
    """Ask yes or no on standard error."""
    return typer.confirm(lines_of(question), default=default, err=True)
