"""The vendor's HTTP API over a sandbox (docs/emulator.md): `handoff sandbox serve`, and the tests' counterpart."""

import secrets
from email.utils import format_datetime

from fastapi import FastAPI
from pydantic import SecretStr
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from platforms.emulator import data, sequences, tasks
from platforms.emulator.absent import absent_routes
from platforms.emulator.jobs_kept import KeptJobs
from platforms.emulator.limits import Limits
from platforms.emulator.problems import Problem, speak_the_vendors_way, unauthorized
from platforms.emulator.weather import FAIR, Weather, WeatherBetween
from platforms.emulator.world import World
from platforms.sandbox.sandbox import Sandbox

CLOCK_RATE = "X-Sandbox-Clock-Rate"


def make_app(sandbox: Sandbox, key: SecretStr, weather: Weather = FAIR, limits: Limits | None = None) -> ASGIApp:
    """The application: the API of one workspace, for who has the key, acting as the sandbox's user.

    Raises ValueError for an empty key, which whoever sends none would have.
    """
    if not key:
        raise ValueError("the emulator needs a key")
    world = World(sandbox, key, limits or Limits(), KeptJobs())
    app = FastAPI(title="Handoff's emulator of the Unify API", openapi_url=None, docs_url=None, redoc_url=None)
    speak_the_vendors_way(app)
    for routes in (sequences.routes, tasks.routes, data.routes):
        app.include_router(routes(world))
    app.include_router(absent_routes())
    return WeatherBetween(Door(app, world), weather)


class Door:
    """Lets in who has the key, counts them, and has each answer say what time it is on the sandbox."""

    def __init__(self, app: ASGIApp, world: World) -> None:
        self._app, self._world = app, world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self._world.forget_now()
        refusal = self._refusal(scope)
        app = self._app if refusal is None else refusal.response()
        await app(scope, receive, self._dated(send))

    def _refusal(self, scope: Scope) -> Problem | None:
        given = next((value for name, value in scope["headers"] if name == b"x-api-key"), b"")
        if not secrets.compare_digest(given, self._world.key.get_secret_value().encode()):
            return unauthorized()
        try:
            self._world.limits.request(scope["path"].lstrip("/").partition("/")[0])
        except Problem as problem:
            return problem
        return None

    def _dated(self, send: Send) -> Send:
        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                values = {"date": format_datetime(self._world.last_now(), usegmt=True), CLOCK_RATE: self._rate()}
                more = [(name.lower().encode(), value.encode()) for name, value in values.items()]
                message = {**message, "headers": [*message["headers"], *more]}
            await send(message)

        return dated

    def _rate(self) -> str:
        return f"{self._world.sandbox.clock_rate():g}"
