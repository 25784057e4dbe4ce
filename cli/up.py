"""`handoff up`: Prefect server, worker, deployments and report pages, kept running until Ctrl-C. Loads no Prefect."""

import os
from typing import Annotated, Any

import typer

from cli.output import console, say

Port = Annotated[int, typer.Option("--port", min=1, max=65535, help="Of the Prefect server.")]
ReportsPort = Annotated[int, typer.Option("--reports-port", min=1, max=65535, help="Of the report pages.")]


def up(port: Port = 4200, reports_port: ReportsPort = 4201) -> None:
    """Keep a Prefect server, a worker, the deployments and the report pages running, until Ctrl-C.

    With PREFECT_API_URL set, that server is used and none is started.
    """
    from cli.keeping.ending import Ended, Ending
    from cli.keeping.house import end_left_behind
    from models.settings import Settings
    from models.up_file import UpFile

    settings = Settings()
    settings.home_folder.mkdir(parents=True, exist_ok=True)
    ending = Ending()
    ending.listen()
    file = UpFile(settings.home_folder)
    try:
        end_left_behind(file, say)
        house = _house(settings, file, ending, port, reports_port)
        try:
            _show(house.open(), settings)
            house.keep()
        except Ended:
            pass
        finally:
            say("ending")
            house.close()
    finally:
        file.remove()
    say("all ended")


def _house(settings: Any, file: Any, ending: Any, port: int, reports_port: int) -> Any:
    from cli.keeping.house import House
    from cli.keeping.report_server import ReportServer, listening
    from cli.prefect_settings import answers, server_named
    from models.errors import Unreachable

    elsewhere = server_named()
    if elsewhere is None:
        listening("--port", port).close()
    elif not answers(elsewhere):
        raise Unreachable(
            f"PREFECT_API_URL: no Prefect server answers at {elsewhere}. Start it, or unset PREFECT_API_URL: "
            "`handoff up` then starts one of its own"
        )
    reports = ReportServer(settings.operations_folder, reports_port)
    return House(settings, file, ending, say, server_elsewhere=elsewhere, port=port, reports=reports)


def _show(up: Any, settings: Any) -> None:
    out = console()
    out.print(f"Prefect   {up.ui_url}", markup=False, soft_wrap=True)
    out.print(f"Reports   {up.reports_url}", markup=False, soft_wrap=True)
    out.file.flush()
    say(
        f"ready; the sandbox's clock is {up.clock}, logs are in {os.path.relpath(settings.home_folder / 'logs')}; "
        "Ctrl-C ends all"
    )
