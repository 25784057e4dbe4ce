"""`handoff procedures`: what there is to run."""

from cli.output import JsonFlag, console, print_json


def procedures(as_json: JsonFlag = False) -> None:
    """The procedures, a line each; `handoff run PROCEDURE --help` shows the parameters of one."""
    from rich.table import Table

    from cli.procedures import lines

    found = lines()
    if as_json:
        print_json([{"procedure": name, "does": line} for name, line in found.items()])
        return
    table = Table.grid(padding=(0, 2, 0, 0))
    for name, line in found.items():
        table.add_row(name, line)
    console().print(table)
