"""`make soak`: play months, judge each day, say what was found; a month that fails is kept, and shrunk where asked.

python -m benchmarks.soak                               one month, seed 1
python -m benchmarks.soak --seeds 20                    seeds 1 to 20
python -m benchmarks.soak --replay FILE.json            a month that was kept
python -m benchmarks.soak --replay FILE.json --shrink   the shortest that fails the same way
python -m benchmarks.soak --living --days 10            form (b), with a real `handoff up`
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.soak.events import DAY, Event, draw_month, read_events, write_events
from benchmarks.soak.shrinking import shrink
from tests.processes import PrefectServer

IN_MEMORY = Path("/dev/shm")  # what is killed is a process, never the machine: nothing has to reach a disk


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak")
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--seeds", type=int, default=1, help="how many seeds, one after another")
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--contacts", type=int, default=2000)
    parser.add_argument("--pace", type=float, default=1.0, help="how often each thing happens, times this")
    parser.add_argument("--living", action="store_true", help="form (b): a real `handoff up`, which is killed too")
    parser.add_argument("--replay", type=Path, help="a month that was kept as a file")
    parser.add_argument("--shrink", type=int, nargs="?", const=60, metavar="TRIALS", help="shrink a month that fails")
    parser.add_argument("--keep", type=Path, help="where homes and failing months are kept; else they go")
    return parser.parse_args()


def main() -> int:
    """Play what was asked for; give 1 where a clause was broken."""
    given = arguments()
    with tempfile.TemporaryDirectory(prefix="handoff-soak-", dir=IN_MEMORY if IN_MEMORY.is_dir() else None) as folder:
        given.keep = (given.keep or Path(folder)).absolute()
        server = None
        if not given.living and not os.environ.get("PREFECT_API_URL"):
            server = PrefectServer(Path(folder) / "prefect").start()
            os.environ["PREFECT_API_URL"] = server.api_url
        try:
            return 1 if sum(_play(given, *month) for month in _months(given)) else 0
        finally:
            if server:
                server.stop()


def _months(given: argparse.Namespace) -> list[tuple[int, int, int, list[Event]]]:
    """Seed, days, contacts and events of each month."""
    if given.replay:
        events, about = read_events(given.replay)
        return [(about["seed"], about["days"], about["contacts"], events)]
    return [
        (seed, given.days, given.contacts, draw_month(seed, given.days, given.pace))
        for seed in range(given.seed, given.seed + given.seeds)
    ]


def _play(given: argparse.Namespace, seed: int, days: int, contacts: int, events: list[Event]) -> int:
    from benchmarks.soak.living import LivingMonth
    from benchmarks.soak.month import Month, load_prefect, made_up_home

    home, began = given.keep / f"seed-{seed}", time.monotonic()
    if not given.living:
        load_prefect(home)
    made_up_home(home, contacts, seed)
    figures = (LivingMonth if given.living else Month)(home, events, days).play()
    print(f"seed {seed}, {contacts} contacts, {days} days: {figures.as_text()}, {time.monotonic() - began:.0f} s")
    for one in figures.violations:
        print(f"  {one}")
    if figures.violations:
        kept = write_events(events, given.keep / f"seed-{seed}.json", seed=seed, days=days, contacts=contacts)
        print(f"  again: python -m benchmarks.soak --replay {kept}")
        if given.shrink and not given.living:
            _shrink(given, seed, contacts, events, figures.violations[0])
    sys.stdout.flush()
    return len(figures.violations)


def _shrink(given: argparse.Namespace, seed: int, contacts: int, events: list[Event], violation: object) -> None:
    """Keep the shortest month that breaks the same clause."""
    from benchmarks.soak.month import Month, made_up_home
    from benchmarks.soak.oracle import Violation

    assert isinstance(violation, Violation)
    days = violation.day + 1
    trial = given.keep / f"seed-{seed}-trial"

    def fails(fewer: list[Event]) -> bool:
        made_up_home(trial, contacts, seed, anew=True)
        found = Month(trial, fewer, days, until=violation.clause).play().violations
        print(f"  {len(fewer)} events: {'fails' if found else 'holds'}")
        sys.stdout.flush()
        return any(one.clause == violation.clause for one in found)

    left = shrink([event for event in events if event.at < days * DAY], fails, given.shrink)
    kept = write_events(left, given.keep / f"seed-{seed}-short.json", seed=seed, days=days, contacts=contacts)
    print(f"  shrunk to {len(left)} events: python -m benchmarks.soak --replay {kept}")
    for event in left:
        print(f"    day {event.at // DAY}, {event.at % DAY // 60:02}:{event.at % 60:02} {event.kind}")


if __name__ == "__main__":
    sys.exit(main())
