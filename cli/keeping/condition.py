"""In which condition Prefect is that carries runs by itself: server, worker and schedules. Asked over HTTP alone."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from importlib.metadata import version

import httpx

from cli.keeping import prefect_api
from cli.keeping.commands import POOL
from cli.keeping.settled import NIGHT, SWEEP
from cli.prefect_settings import answers, refuse_unless_let_in, server_named, server_of
from models.errors import KeyRefused
from models.finding import Finding, failed, fine, note, trouble
from models.rules.watching import Seen, wrong
from models.settings import Settings
from models.up_file import up_in
from models.watch_file import Watched, watch_in
from models.wording import in_utc

REMEDIES: Mapping[Watched, str] = {
    "server": "See HANDOFF_HOME/logs/server.log, and start `handoff up` again",
    "worker": "Keep `handoff up` running: a run that is handed to the server waits until a worker looks",
    "schedules": "See on the deployment's page in Prefect whether its schedule was paused, or start `handoff up` again",
    "sweep": "Run `handoff restore`, and see that `handoff up` runs",
}


def prefect(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Server, worker and schedules; `now` is our time (UTC). No server at all stops no run of the shell."""
    api_url = server_of(settings.home_folder)
    if api_url is None:
        yield note(
            "prefect.server",
            "no Prefect server runs here: `handoff run` in the shell starts one for itself; forms, schedules and "
            "--detach need one",
            "Start `handoff up`",
        )
        return
    api_url = api_url.rstrip("/")
    if not answers(api_url):
        remedy = "Start it, or unset PREFECT_API_URL" if server_named() else "Start `handoff up` again"
        yield trouble("prefect.server", f"no Prefect server answers at {api_url}", remedy)
        return
    try:
        refuse_unless_let_in(api_url)
    except KeyRefused as error:
        yield failed("prefect.server", error)
        return
    yield _version(api_url, prefect_api.server_version(api_url))
    yield from kept(_seen(api_url), now)
    for one in watch_in(settings.home_folder).troubles if up_in(settings.home_folder) else ():
        if one.what == "server":
            yield trouble("prefect.server", f"{one.message}, since {in_utc(one.since)}", REMEDIES[one.what])


def _version(api_url: str, there: str) -> Finding:
    here = version("prefect")
    if there == here:
        return fine("prefect.server", f"Prefect's server answers at {api_url}, version {there}")
    message = f"Prefect's server at {api_url} has version {there}, and this machine {here}"
    return note("prefect.server", message, "Install the same version on both")


def _seen(api_url: str) -> Seen:
    return Seen(next=prefect_api.next_runs(api_url, [NIGHT, SWEEP]), polled=_polled(api_url))


def _polled(api_url: str) -> datetime | None:
    try:
        return prefect_api.last_polled(api_url, POOL)
    except httpx.HTTPStatusError as error:
        if error.response.status_code == httpx.codes.NOT_FOUND:  # the first worker makes the pool
            return None
        raise


def kept(seen: Seen, now: datetime) -> Iterator[Finding]:
    """What one look at worker and schedules comes to."""
    found = wrong(seen, now)
    unused = not seen.next and seen.polled is None  # a server that nobody deployed to: runs of the shell do without
    for what, message in found.items():
        yield (note if unused else trouble)(f"prefect.{what}", message, REMEDIES[what])
    if "worker" not in found and seen.polled is not None:
        yield fine("prefect.worker", f"a worker looked for work at {in_utc(seen.polled)}")
    due = [f"the next {name} is due at {in_utc(at)}" for name, at in sorted(seen.next.items()) if at is not None]
    if due:
        yield fine("prefect.schedules", "; ".join(due))
    if missing := sorted({NIGHT, SWEEP} - seen.next.keys()):
        message = f"no schedule is active of {' and '.join(missing)}: it is not deployed, paused, or `off`"
        yield note("prefect.schedules", message, "Start `handoff up`, or look at the deployment's page in Prefect")
