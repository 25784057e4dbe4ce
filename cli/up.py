"""`handoff up`: Prefect server, worker, deployments and report pages, kept running until Ctrl-C. Loads no Prefect."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:  # a command loads what it needs
    from cli.keeping.ending import Ending
    from cli.keeping.house import House
    from models.settings import Settings
    from models.up_file import Up, UpFile

Port = Annotated[int, typer.Option("--port", min=1, max=65535, help="Of the Prefect server.")]
ReportsPort = Annotated[int, typer.Option("--reports-port", min=1, max=65535, help="Of the report pages.")]


def up(port: Port = 4200, reports_port: ReportsPort = 4201) -> None:
    """Keep a Prefect server, a worker, the deployments and the report pages running, until Ctrl-C.

    With PREFECT_API_URL set, that server is used and none is started.
    """
    from cli.keeping.ending import Ended, Ending
    from cli.keeping.house import end_left_behind
    from cli.own_packages import folders_of_runs, in_the_way, refusal
    from models.errors import InvalidInput
    from models.settings import Settings
    from models.surroundings import refuse_wrong_network
    from models.up_file import UpFile

    settings = Settings()
    if (other := in_the_way(folders_of_runs())) is not None:
        raise InvalidInput("handoff up", refusal(other))
    refuse_wrong_network()
    settings.make_home()
    ending = Ending()
    file = UpFile(settings.home_folder)
    try:
        end_left_behind(file, _tell)
        house = _house(settings, file, ending, port, reports_port)
        ending.listen()
        try:
            _show(house.open(), settings)
            house.keep()
        except Ended:
            pass
        finally:
            house.close()
    finally:
        file.remove()
    _tell("all ended")


def _house(settings: "Settings", file: "UpFile", ending: "Ending", port: int, reports_port: int) -> "House":
    from functools import partial

    from cli.keeping import front
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
    reports = ReportServer(
        settings.operations_folder, reports_port, settings.reports_url, partial(front.look, settings)
    )
    return House(settings, file, ending, _tell, server_elsewhere=elsewhere, port=port, reports=reports)


def _show(up: "Up", settings: "Settings") -> None:
    sys.stdout.write(f"Prefect  {up.ui_url}\nReports  {up.reports_url}\n")
    sys.stdout.flush()
    _tell(f"ready; the sandbox's clock is {up.clock}, logs are in {settings.home_folder / 'logs'}; Ctrl-C ends all")


def _tell(message: str) -> None:
    """A line of its own, however long: service managers keep logs by line."""
    from models.wording import one_line

    sys.stderr.write(one_line(message) + "\n")
    sys.stderr.flush()
