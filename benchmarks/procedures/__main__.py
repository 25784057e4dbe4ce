"""Measure the cases that are named, or all, and print a line for each."""

import argparse
import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import findings
from benchmarks.homes import simulated
from benchmarks.procedures.cases import CASES
from benchmarks.procedures.measuring import carry_out, prepare

EMPTY = 1  # contacts in the run that is subtracted


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.procedures", description=__doc__)
    parser.add_argument("cases", nargs="*", default=[], metavar="CASE", help=", ".join(CASES))
    parser.add_argument("--sizes", nargs="+", type=int, default=[10_000, 100_000])
    parser.add_argument("--times", type=int, default=1, help="how often each size is measured; the median counts")
    parser.add_argument("--alone", action="store_true", help="without a server of Prefect")
    parser.add_argument("--profile", type=Path, help="a file for cProfile's figures of the last run")
    findings.add_option(parser)
    parser.add_argument("--step", nargs=3, metavar=("STEP", "CASE", "SIZE"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        step, name, size = given.step
        case, number = CASES[name], int(size)
        done = prepare(case, number) if step == "prepare" else carry_out(case, number, given.alone, given.profile)
        print(json.dumps(done))
        return
    print(f"{'':<28}" + "".join(f"{f'{size:,} s':>12}{'MiB':>6}" for size in given.sizes) + "   µs a contact  exponent")
    options = ["--alone"] if given.alone else []
    options += ["--profile", str(given.profile.absolute())] if given.profile else []
    found = {name: _case(name, given.sizes, given.times, options) for name in given.cases or CASES}
    findings.write(found, given.json)


def _case(name: str, sizes: list[int], times: int, options: list[str]) -> dict[str, Any]:
    """Measure a case and print its line: by size the CPU seconds and the peak MiB; µs a contact, and the exponent."""
    runs = [[_in_processes(name, size, options) for size in (EMPTY, *sizes)] for _ in range(times)]
    empty, *found = [
        {figure: median(run[figure] for run in of_a_size) for figure in ("cpu", "peak")}
        for of_a_size in zip(*runs, strict=True)
    ]
    line = "".join(f"{one['cpu'] - empty['cpu']:>12.2f}{one['peak']:>6.0f}" for one in found)
    kept: dict[str, Any] = {
        str(size): {"cpu": one["cpu"] - empty["cpu"], "peak": one["peak"]}
        for size, one in zip(sizes, found, strict=True)
    }
    if len(found) > 1:
        small, large = (max(one["cpu"] - empty["cpu"], 0.01) for one in (found[0], found[-1]))
        slope = (large - small) / (sizes[-1] - sizes[0]) * 1e6
        exponent = math.log(large / small) / math.log(sizes[-1] / sizes[0])
        line += f"{slope:>15.0f}{exponent:>10.2f}"
        kept |= {"µs a contact": slope, "exponent": exponent}
    print(f"{name:<28}{line}", flush=True)
    return kept


def _in_processes(name: str, size: int, options: list[str]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="handoff-bench-") as home:
        for step in ("prepare", "run"):
            command = [sys.executable, "-m", "benchmarks.procedures", *options, "--step", step, name, str(size)]
            done = subprocess.run(command, env=simulated(Path(home)), stdout=subprocess.PIPE, text=True, check=True)
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found


if __name__ == "__main__":
    main()
