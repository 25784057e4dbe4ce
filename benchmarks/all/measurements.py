"""What is measured, by which command, and what it is to reach.

A goal stands beside the figure that it is about. Figures without one are shown, and judged by nobody.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.all.goals import LARGEST, Figure, Goal

MOST_MEMORY = Goal(1.5 * 1024)
GROWTH = Goal(1.1)
AS_ON_THE_FIRST_DAY = Goal(1.1)
RATE = Goal(0.95, at_least=True)
NEVER_OVER = Goal(1.0)


@dataclass(frozen=True)
class Measurement:
    """`command` is a module of benchmarks/ and its arguments, `quick` the arguments of a try (None: not tried), and
    `minutes` about how long it takes by the clock, on two cores."""

    name: str
    command: tuple[str, ...]
    quick: tuple[str, ...] | None
    minutes: int
    figures: tuple[Figure, ...]

    def arguments(self, *, quick: bool) -> tuple[str, ...]:
        """Module and arguments."""
        return (self.command[0], *(self.quick or ())) if quick else self.command


def _ownership_change() -> Measurement:
    return Measurement(
        "ownership-change of 1,000,000",
        ("ownership_change", "--times", "3", "100000", "1000000"),
        ("--times", "1", "1000", "3000"),
        25,
        (
            Figure("times rival A", (LARGEST, "times rival A"), "times", Goal(3)),
            Figure("times rival B", (LARGEST, "times rival B"), "times"),
            Figure("a contact", (LARGEST, "µs a contact"), "µs"),
            Figure("CPU seconds", (LARGEST, "flow"), "s"),
            Figure("peak memory", (LARGEST, "peak"), "MiB", MOST_MEMORY),
            Figure("exponent, 100,000 to 1,000,000", ("exponent",), "", GROWTH),
            Figure("a Prefect task run a contact", (LARGEST, "a task run, times"), "times", Goal(200, at_least=True)),
        ),
    )


def _diagnosis() -> Measurement:
    return Measurement(
        "diagnosis of 1,000,000",
        ("diagnosis", "1000000"),
        ("1000",),
        4,
        (
            Figure("times read_sql", (LARGEST, "times read_sql"), "times", Goal(4)),
            Figure("CPU seconds", (LARGEST, "diagnosis"), "s"),
            Figure("peak memory", (LARGEST, "peak"), "MiB", MOST_MEMORY),
        ),
    )


PROCEDURES = {
    "exclusion-rerun": Goal(300),
    "queued-backlog": Goal(200),
    "sequence-move, by play": Goal(200),
    "sequence-move, directly": Goal(200),
    "version-upgrade": Goal(200),
    "task-reassignment": Goal(200),
    "call-outcomes": Goal(200),
    "handover-plan": Goal(200),
    "undo of ownership-change": None,
    "undo of sequence-move": None,
}
"""The cases of benchmarks/procedures, and the most microseconds that a contact may cost."""
SIZES = ("10000", "100000")


def _procedures() -> Iterator[Measurement]:
    for name, most in PROCEDURES.items():
        yield Measurement(
            name,
            ("procedures", "--alone", "--times", "3", name, "--sizes", *SIZES),
            ("--alone", name, "--sizes", "500", "1000"),
            2,
            (
                Figure("a contact of 10,000 to 100,000", (name, "µs a contact"), "µs", most),
                Figure("exponent, 10,000 to 100,000", (name, "exponent"), "", GROWTH if most else None),
                Figure("CPU seconds", (name, LARGEST, "cpu"), "s"),
                Figure("peak memory", (name, LARGEST, "peak"), "MiB"),
            ),
        )


def _workspaces() -> Iterator[Measurement]:
    each = ("reset", "dump", "load")
    yield Measurement(
        "workspace of 100,000",
        ("workspaces", *SIZES),
        ("500", "1000"),
        4,
        (
            *(
                Figure(f"`{one}`, a contact of 10,000 to 100,000", (one, "µs a contact"), "µs", Goal(100))
                for one in each
            ),
            *(Figure(f"`{one}`, peak memory", (LARGEST, one, "peak"), "MiB") for one in each),
        ),
    )
    yield Measurement(
        "workspace of 1,000,000",
        ("workspaces", "--only-reset", "1000000"),
        ("--only-reset", "2000"),
        4,
        (
            Figure("`reset`, peak memory", (LARGEST, "reset", "peak"), "MiB", MOST_MEMORY),
            Figure("`reset`, CPU seconds", (LARGEST, "reset", "cpu"), "s"),
        ),
    )
    yield Measurement(
        "twin of 200,000",
        ("workspaces", "--twin", "20000", "200000"),
        ("--twin", "200", "400"),
        8,
        (
            Figure("query jobs", (LARGEST, "pull", "query jobs"), "count", Goal(100)),
            Figure("peak memory, against 20,000", ("pull", "times the memory"), "times", Goal(1.25)),
            Figure("peak memory", (LARGEST, "pull", "peak"), "MiB"),
            Figure("requests", (LARGEST, "pull", "requests"), "count"),
            Figure("seconds by the clock", (LARGEST, "pull", "seconds"), "s"),
        ),
    )


def _a_year() -> Measurement:
    commands = {
        "`status`": "status",
        "`history`": "history",
        "`show`, of the newest": "show, of the newest",
        "a sweep": "a sweep that finds nothing",
        "a night": "a night, nothing changed",
    }
    return Measurement(
        "a year of nights",
        ("a_year",),
        ("--nights", "5", "--contacts", "200"),
        12,
        tuple(
            Figure(f"{name}, against the first day", (path, "ratio"), "times", AS_ON_THE_FIRST_DAY)
            for name, path in commands.items()
        ),
    )


def _rate() -> Iterator[Measurement]:
    yield Measurement(
        "rate of several processes",
        ("several_workers", "rate"),
        None,
        12,
        tuple(
            Figure(f"{name}: {processes}", (processes, path), "share", goal)
            for processes in ("1", "2")
            for name, path, goal in (
                ("of the rate, processes", "rate", RATE),
                ("most in 5 minutes, processes", "of the allowed", NEVER_OVER),
            )
        ),
    )
    yield Measurement(
        "3,000 enrolled by several workers",
        ("several_workers", "enroll", "3000"),
        None,
        6,
        tuple(
            Figure(f"{name}, workers: {workers}", (workers, path), unit, goal)
            for workers in ("1", "2")
            for name, path, unit, goal in (
                ("requests an enrollment", "requests each", "", Goal(1.1)),
                ("enrolled a second", "a second", "count", None),
            )
        ),
    )
    yield Measurement(
        "the wire to Unify at 50 ms",
        ("unify_throughput",),
        ("600",),
        2,
        (
            *(
                Figure(f"{name}, {kind}", (kind, path), "share", goal)
                for kind in ("bare", "emulator")
                for name, path, goal in (
                    ("of the rate", "rate", RATE),
                    ("most in 3 seconds", "of the allowed", NEVER_OVER),
                )
            ),
            Figure("against one at a time", ("bare", "times one by one"), "times", Goal(15, at_least=True)),
        ),
    )


def _in_bad_weather_and_at_rest() -> Iterator[Measurement]:
    yield Measurement(
        "one request in five goes wrong",
        ("unify_faults", "20"),
        ("2",),
        6,
        (
            Figure("runs that ended otherwise", ("ended otherwise",), "count", Goal(0)),
            Figure("contacts enrolled twice", ("enrolled twice",), "count", Goal(0)),
            Figure("requests that went wrong", ("faults",), "count"),
        ),
    )
    yield Measurement(
        "1,000 runs that wait",
        ("waiting_runs", "1000"),
        ("6",),
        12,
        (
            Figure("processes below the worker", ("with them", "processes below the worker"), "count", Goal(0)),
            Figure("server", ("with them", "memory of the server, MiB"), "MiB"),
            Figure("worker", ("with them", "memory of the worker, MiB"), "MiB"),
            Figure("`handoff status --json`", ("with them", "`handoff status --json`, s"), "s"),
            Figure("a due run runs again after at most", ("with them", "late, s"), "s"),
        ),
    )
    ours = "handoff up, SQLite"
    yield Measurement(
        "200 forms while runs are at work",
        ("forms_under_load", "200"),
        ("5",),
        12,
        (
            Figure("taken at the first press, SQLite", (ours, "taken"), "share", Goal(1, at_least=True)),
            Figure(
                "taken at the first press, PostgreSQL",
                ("handoff up, PostgreSQL", "taken"),
                "share",
                Goal(1, at_least=True),
            ),
            Figure("median, SQLite", (ours, "median"), "s"),
        ),
    )


def _commands() -> Measurement:
    most = {
        "handoff --help": 0.25,
        "handoff status": 1,
        "handoff history": 1,
        "handoff explain": 1,
        "a mistake": 2,
        "a dry run": 2.5,
    }
    return Measurement(
        "commands, 5,000 contacts",
        ("commands", "5000"),
        ("50",),
        1,
        tuple(
            Figure(
                f"{f'`{name}`' if name.startswith('handoff') else name}, against `prefect --help`",
                (name, "times prefect --help"),
                "times",
                Goal(bound),
            )
            for name, bound in most.items()
        ),
    )


ALL = (
    _ownership_change(),
    _diagnosis(),
    *_procedures(),
    *_workspaces(),
    _a_year(),
    *_rate(),
    *_in_bad_weather_and_at_rest(),
    _commands(),
)
