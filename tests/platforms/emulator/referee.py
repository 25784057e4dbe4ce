"""The vendor's documents as a referee: schemathesis asks the emulator all that they allow, and more, and judges."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS

from platforms.emulator.absent import ABSENT
from tests.platforms.emulator.contract import published
from tests.platforms.emulator.real_outreach import Asked, requests
from tests.platforms.emulator.real_records import bodies, places

APIS = ("sequences", "tasks", "data")
JUDGED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
Seen = set[tuple[str, int]]


def operations(api: str) -> list[Any]:
    """The operations of a document that the emulator has."""
    return [result.ok() for result in _offered(api).get_all_operations()]


def _offered(api: str) -> Any:
    absent = {f"{method} {path}" for method, path in ABSENT}
    schema = schemathesis.openapi.from_dict(deepcopy(published(api)))  # which is shared: nobody may change it
    return schema.include(lambda one: one.operation.label not in absent)


def documented(operation: Any) -> Seen:
    """Each status that the document gives an operation."""
    return {(operation.label, int(status)) for status in operation.definition.raw["responses"]}


class Referee:
    """Asks at an address and judges what comes back; `seen` is each pair of operation and status that appeared.

    `real` are values that exist, by what they are called in paths, queries and bodies of the API.
    """

    def __init__(self, address: str, key: str, real: dict[str, list[str]]) -> None:
        self._address, self._key, self._real = address, key, real
        self.seen: Seen = set()

    def ask(self, operation: Any, examples: int, mode: GenerationMode) -> None:
        """Ask an operation so many times; raises where an answer is not as documented."""

        @settings(
            max_examples=examples,
            database=None,
            derandomize=True,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(operation.as_strategy(generation_mode=mode), st.data())
        def asked(case: Any, data: Any) -> None:
            if mode is GenerationMode.POSITIVE:
                self._make_real(case, data.draw)
            self.judge(case, self._key)

        asked()

    def ask_of_each_job(self, operation: Any) -> None:
        """Ask once of each job there is: none of it is left to chance."""
        place = operation.path.replace("{object_name}", "person")
        objects = {"object_name": "person"} if "{object_name}" in operation.path else {}
        for value in self._of(place, "job_id", objects) if "{job_id}" in place else ():
            for query in ({}, {"page_size": 5_000}) if place.endswith("/results") else ({},):
                self.ask_for(operation, Asked({**objects, "job_id": value}, query))

    def ask_for(self, operation: Any, asked: Asked) -> None:
        """Ask for exactly this."""
        sent = {} if asked.body is None else {"body": asked.body, "media_type": "application/json"}
        case = operation.Case(path_parameters=asked.path, query=asked.query, headers={}, **sent)
        self.judge(case, self._key)

    def ask_with_sense(self, operation: Any) -> None:
        """Ask with whole addresses and bodies that mean something, where chance would never find any."""
        for place in places(operation.path, self._real):
            made = bodies(operation.path, place["object_name"], self._real) if operation.body else []
            for body in made or [None]:
                self.ask_for(operation, Asked(place, {}, body))
        for asked in requests(operation.label, self._real):
            self.ask_for(operation, asked)

    def ask_once(self, operation: Any, key: str) -> None:
        """Ask once, with this key."""

        @settings(
            max_examples=1,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(operation.as_strategy())
        def asked(case: Any) -> None:
            self.judge(case, key, JUDGED[1:])  # a server error is what is asked for here

        asked()

    def judge(self, case: Any, key: str, judged: tuple[str, ...] = JUDGED) -> Any:
        """Send a case, hold its answer against the document, and keep which status it was."""
        response = case.call(base_url=self._address, headers={"X-Api-Key": key})
        case.validate_response(response, checks=CHECKS.get_by_names(list(judged)))
        self.seen.add((case.operation.label, response.status_code))
        return response

    def walk(self, api: str, walks: int, steps: int) -> None:
        """Ask one operation with what another one answered, as schemathesis links them: so many walks of some steps."""
        referee, schema = self, _offered(api)
        schema.config.update(base_url=self._address)

        class Walk(schema.as_state_machine()):  # type: ignore[misc]  # made by schemathesis
            def get_call_kwargs(self, case: Any) -> dict[str, Any]:
                return {"headers": {"X-Api-Key": referee._key}}

            def validate_response(self, response: Any, case: Any, **others: Any) -> None:
                case.validate_response(response, checks=CHECKS.get_by_names(list(JUDGED)))
                referee.seen.add((case.operation.label, response.status_code))

        Walk.run(
            settings=settings(
                max_examples=walks,
                stateful_step_count=steps,
                database=None,
                derandomize=True,
                deadline=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
        )

    def _make_real(self, case: Any, draw: Callable[[Any], Any]) -> None:
        """Put values that exist in the place of made-up ones, mostly: else nothing would ever be found."""
        path = case.operation.path
        for part in (case.path_parameters, case.query):
            for name in list(part or {}):  # the object comes before what is asked of it
                choices = self._of(path, name, case.path_parameters or {})
                if choices and draw(st.integers(0, 3)):
                    part[name] = draw(st.sampled_from(choices))
        if isinstance(case.body, dict) and draw(st.integers(0, 3)):
            _replace(case.body, self._real, draw)

    def _of(self, path: str, name: str, there: dict[str, Any]) -> list[str]:
        """`id` is of what the path is about, a record is of its object, a job of the address it was made under."""
        made_under = path.partition("/{job_id}")[0].replace("{object_name}", str(there.get("object_name")))
        special = {"id": path.split("/")[3], "job_id": f"job:{made_under}"}.get(name, name)
        return self._real.get(f"{name} of {there.get('object_name')}", self._real.get(special, []))


def _replace(body: dict[str, Any], real: dict[str, list[str]], draw: Callable[[Any], Any]) -> None:
    for name, value in body.items():
        choices = real.get(name)
        if choices and isinstance(value, str):
            body[name] = draw(st.sampled_from(choices))
        elif choices and isinstance(value, list):
            body[name] = [draw(st.sampled_from(choices))]
        elif isinstance(value, dict):
            inner = real | {"id": real.get(f"{name}_id", real.get("id", []))}
            _replace(value, inner, draw)


def by_operation(pairs: Seen) -> Iterator[str]:
    """Pairs, one line an operation: `GET /tasks/v1/tasks: 403, 500`."""
    found: dict[str, list[int]] = defaultdict(list)
    for label, status in sorted(pairs):
        found[label].append(status)
    for label, statuses in found.items():
        yield f"{label}: {', '.join(map(str, statuses))}"
