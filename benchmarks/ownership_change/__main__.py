"""What `ownership-change` costs for many contacts, in CPU seconds, against plain Python that writes the same rows.

    python -m benchmarks.ownership_change [--times N] [--json FILE] [SIZE …]          default: 3 times, 10000 100000

Of each size a workspace is made once (`workspace.py`): five sequences, four plays, two mailboxes, exclusions, opt-outs,
contacts who never completed a step, everybody in random order. On copies of it each of these runs in a process of its
own, so many times; the figures are medians:

- the flow: a live run on the sandbox, SQLite, in simulated time, journal and files included, Prefect's server too;
- rival A: `executemany` in one transaction of a database, and `csv.writer`, for what the flow wrote (`rivals.py`);
- rival B: the same rows by `INSERT … SELECT`, which bring no row to a client, and no files: the limit.

CPU seconds are those of user and system, of all processes. Beside the ratios: microseconds and rows a contact, the
peak memory of the flow's process, the exponent of growth (less an empty run: one of 100 contacts), and what one task
run of Prefect for each contact costs (2,000 of them, which do nothing, by `.map()`).
"""

import argparse
import itertools
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import findings
from benchmarks.homes import simulated

EMPTY, MAPPED = 100, 2_000
PARTS = ("fill", "flow", "rival_a", "rival_b", "mapped")


def main(sizes: list[int], times: int, file: Path | None) -> None:
    """Measure each size and print a table."""
    empty = _measured(EMPTY, times)["flow"]
    mapped = median(_in_a_process("mapped", MAPPED)["seconds"] for _ in range(times)) / MAPPED
    print(f"an empty run: {empty:.1f} s; one task run of Prefect for each contact: {mapped * 1e6:,.0f} µs")
    columns = ("contacts", "flow s", "µs each", "rival A s", "µs each", "ratio", "rows", "rival B s", "ratio", "MiB")
    print(" ".join(f"{name:>9}" for name in columns))
    found: list[dict[str, Any]] = []
    kept: dict[str, Any] = {"an empty run": empty, "a task run": mapped}
    for size in sizes:
        row = _measured(size, times)
        found.append(row)
        kept[str(size)] = row | _derived(row, mapped)
        _print(row, mapped)
    for small, large in itertools.pairwise(found):
        growth = math.log((large["flow"] - empty) / (small["flow"] - empty))
        exponent = growth / math.log(large["contacts"] / small["contacts"])
        kept["exponent"] = exponent  # of the last two sizes
        print(f"growth exponent {small['contacts']} to {large['contacts']}: {exponent:.2f}")
    findings.write(kept, file)


def _derived(row: dict[str, Any], mapped: float) -> dict[str, float]:
    """What is compared: microseconds and rows a contact, times either rival, and times it were task runs."""
    each = row["flow"] / row["contacts"]
    return {
        "µs a contact": each * 1e6,
        "rows a contact": row["rows"] / row["contacts"],
        "times rival A": row["flow"] / row["rival_a"],
        "times rival B": row["flow"] / row["rival_b"],
        "a task run, times": mapped / each,
    }


def _print(row: dict[str, Any], mapped: float) -> None:
    size, flow, plain, limit = (row[name] for name in ("contacts", "flow", "rival_a", "rival_b"))
    figures = (
        *(f"{size}", f"{flow:.1f}", f"{flow / size * 1e6:.1f}", f"{plain:.2f}", f"{plain / size * 1e6:.1f}"),
        *(f"{flow / plain:.1f}", f"{row['rows'] / size:.2f}", f"{limit:.2f}", f"{flow / limit:.1f}"),
        f"{row['peak']:.0f}",
    )
    print(" ".join(f"{figure:>9}" for figure in figures))
    print(f"{'':>9} steps: " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in row["parts"].items()))
    print(f"{'':>9} became: " + ", ".join(f"{name} {number}" for name, number in row["counts"].items() if number))
    print(f"{'':>9} one task run for each contact costs {mapped / (flow / size):.0f} times as much", flush=True)


def _measured(size: int, times: int) -> dict[str, Any]:
    """The medians of one size: CPU seconds by part, and what the flow's run in the middle tells of itself."""
    with tempfile.TemporaryDirectory(prefix="handoff-bench-") as folder:
        before, runs, rivals = Path(folder) / "before", [], []
        _in_a_process("fill", size, before)
        for _ in range(times):
            done, scratch = Path(folder) / "done", Path(folder) / "scratch"
            shutil.copytree(before, done)
            runs.append(_in_a_process("flow", size, done))
            for rival in ("rival_a", "rival_b"):
                shutil.copytree(before, scratch)
                rivals.append((rival, _in_a_process(rival, size, scratch, done)["seconds"]))
                shutil.rmtree(scratch)
            shutil.rmtree(done)
    middle: dict[str, Any] = sorted(runs, key=lambda run: float(run["flow"]))[len(runs) // 2]
    return middle | {
        name: median(seconds for rival, seconds in rivals if rival == name) for name in ("rival_a", "rival_b")
    }


def _in_a_process(part: str, size: int, *homes: Path) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="handoff-bench-") as elsewhere:
        home = str(homes[0] if homes else elsewhere)
        command = [sys.executable, "-m", "benchmarks.ownership_change", "--part", part, str(size), *map(str, homes[1:])]
        done = subprocess.run(command, env=simulated(Path(home)), stdout=subprocess.PIPE, text=True, check=True)
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found


def _part(name: str, size: int, homes: list[Path]) -> dict[str, Any]:
    """One part, in this process. The home is that of the environment."""
    from benchmarks.ownership_change import prefect_runs, rivals, workspace

    home = Path(os.environ["HANDOFF_HOME"])
    match name:
        case "fill":
            workspace.fill(size)
            return {}
        case "flow":
            return prefect_runs.measure(size)
        case "mapped":
            return {"seconds": prefect_runs.measure_mapped(size)}
        case _:
            return {"seconds": getattr(rivals, name)(home, homes[0])}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ownership_change")
    parser.add_argument("sizes", nargs="*", default=["10000", "100000"])
    parser.add_argument("--times", type=int, default=3)
    findings.add_option(parser)
    parser.add_argument("--part", choices=PARTS, help="one part in this process; the benchmark calls itself so")
    chosen = parser.parse_args()
    if chosen.part:
        print(json.dumps(_part(chosen.part, int(chosen.sizes[0]), list(map(Path, chosen.sizes[1:])))))
    else:
        main(list(map(int, chosen.sizes)), chosen.times, chosen.json)
