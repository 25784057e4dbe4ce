"""`handoff doctor`: what works here and what does not, each with the remedy. Loads no Prefect, and changes nothing."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from cli.output import JsonFlag, WorkspaceName, console, print_json

if TYPE_CHECKING:  # a command loads what it needs
    from models.finding import Finding
    from models.settings import Settings
    from platforms.opening import Access


def doctor(workspace: WorkspaceName = None, as_json: JsonFlag = False) -> None:
    """What works here and what does not, each with its remedy: this machine, this home, Prefect, and the workspace.

    Changes nothing. Ends with 1 where something would stop a run, and only there.
    """
    from models.finding import would_stop
    from models.settings import Settings

    settings = Settings().only_looking()
    name = workspace or settings.workspace
    found = list(_findings(settings, name))
    stops = would_stop(found)
    if as_json:
        print_json({"workspace": name, "findings": [asdict(one) for one in found], "would_stop": stops})
    else:
        from reports.findings import print_findings

        print_findings(found, name, console())
    if stops:
        raise typer.Exit(1)


def _findings(settings: "Settings", workspace: str) -> "Iterator[Finding]":
    from cli.keeping.condition import prefect
    from models.finding import looked
    from models.twins import original_of
    from tasks.doctor.home import home, use
    from tasks.doctor.machine import machine

    now = datetime.now(UTC)
    yield from looked("machine", machine)
    yield from looked("home", lambda: home(settings, now))
    yield from looked("prefect.server", lambda: prefect(settings, now))
    yield from _workspace(settings, workspace)
    if workspace != "sandbox" and original_of(workspace) is None:
        yield from looked("workspace.use", lambda: use(settings.home_folder, workspace, now))


def _workspace(settings: "Settings", workspace: str) -> "Iterator[Finding]":
    """What is to be said of the workspace. Raises NoSuchName where there is none of that name."""
    from cli.narrating import show_reading
    from models.errors import NoSuchName
    from models.finding import failed, looked
    from platforms.opening import open_examination

    if workspace != "sandbox":
        show_reading()
    try:
        examination = open_examination(workspace, settings, lambda name: _kept_by_prefect(settings, name))
    except NoSuchName:
        raise
    except Exception as error:  # the key is missing or none, the sandbox's database is something else
        yield failed("workspace.key", error)
        return
    yield from looked("workspace.key", examination.findings)


def _kept_by_prefect(settings: "Settings", workspace: str) -> "Access":
    """The access that a block holds, asked of the server without Prefect: to load that would make its home."""
    from pydantic import SecretStr

    from cli.keeping import prefect_api
    from cli.prefect_settings import answers, server_of
    from models.errors import NoSuchName, Unreachable
    from platforms.opening import FROM_THE_ENVIRONMENT, Access

    api_url = (server_of(settings.home_folder) or "").rstrip("/")
    if not answers(api_url):
        raise Unreachable(
            f"the key of the workspace '{workspace}' is kept by Prefect, and no server answers. Start `handoff up`"
        )
    names = prefect_api.kept_workspaces(api_url)
    if workspace not in names:
        there = ", ".join([*FROM_THE_ENVIRONMENT, *names])
        remedy = f"There are: {there}. Add one as a Prefect block, Unify Workspace"
        raise NoSuchName("workspace", f"there is no workspace '{workspace}'", remedy)
    block = prefect_api.kept_workspace(api_url, workspace)
    return Access(str(block["base_url"]), SecretStr(str(block["api_key"])))
