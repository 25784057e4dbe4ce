"""How commands speak: on standard output JSON alone, or what people asked for; everything else on standard error."""

import json
import sys
from collections.abc import Iterable
from typing import Annotated, Any

import typer
from rich.console import Console

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


def console(*, stderr: bool = False) -> Console:
    """A terminal for people."""
    # A setting's key has colons: of an audience named A rich would make a picture.
    return Console(stderr=stderr, highlight=False, soft_wrap=False, emoji=False)


def say(message: str) -> None:
    """One line on standard error, where it disturbs no JSON."""
    console(stderr=True).print(message, markup=False)
