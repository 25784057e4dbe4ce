"""What commands of the shell cost, as ratios to `prefect --help`, which loads Prefect and does nothing.

    python -m benchmarks.commands [--json FILE] [CONTACTS]          default 5000

In a home whose sandbox has so many contacts that fell out of a sequence when their mailbox changed its owner:
`handoff --help`, commands that only read, a mistake (a mailbox that is not there), and a dry run of `ownership-change`,
each in a process of its own. Figures: CPU seconds (user and system), the least of five times, in turn.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import findings
from benchmarks.homes import simulated
from benchmarks.procedures.filling import MAILBOX, fill

TIMES = 5
SCRIPTS = Path(sys.executable).parent
DRY = ["handoff", "run", "ownership-change", "--mailbox"]
COMMANDS = {
    "prefect --help": ["prefect", "--help"],
    "handoff --help": ["handoff", "--help"],
    "handoff status": ["handoff", "status"],
    "handoff history": ["handoff", "history"],
    "handoff explain": ["handoff", "explain", "p1@x1.test", "--sequence", "Outbound"],
    "a mistake": [*DRY, "nobody@send.acme.test"],
    "a dry run": [*DRY, MAILBOX],
}
MISTAKES = {"a mistake"}


def main(contacts: int, file: Path | None) -> None:
    """Measure each command and print a table."""
    with tempfile.TemporaryDirectory(prefix="handoff-bench-") as name:
        environment = simulated(Path(name))
        ours = [sys.executable, "-m", "benchmarks.commands", "--fill", str(contacts)]
        subprocess.run(ours, env=environment, check=True)
        times = [{name: _cpu(name, environment) for name in COMMANDS} for _ in range(TIMES)]
    seconds = {name: min(one[name] for one in times) for name in COMMANDS}
    found = {
        name: {"cpu": cpu, "times prefect --help": cpu / seconds["prefect --help"]} for name, cpu in seconds.items()
    }
    print(f"{'':<18} {'CPU s':>6} {'times':>6}")
    for name, row in found.items():
        print(f"{name:<18} {row['cpu']:>6.2f} {row['times prefect --help']:>6.2f}")
    findings.write(found, file)


def _cpu(name: str, environment: dict[str, str]) -> float:
    """CPU seconds of a command. Raises SystemExit where it does not end as it should."""
    script, *arguments = COMMANDS[name]
    process = subprocess.Popen(
        [str(SCRIPTS / script), *arguments], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if (process.returncode != 0) != (name in MISTAKES):
        raise SystemExit(f"{' '.join(COMMANDS[name])} ended with {process.returncode}")
    return used.ru_utime + used.ru_stime


def _fill(contacts: int) -> None:
    from benchmarks.procedures.cases import OWNERSHIP_CHANGE
    from models.settings import Settings

    fill(Settings().make_home(), OWNERSHIP_CHANGE, contacts)


if __name__ == "__main__":
    reading = argparse.ArgumentParser(prog="python -m benchmarks.commands")
    reading.add_argument("contacts", nargs="?", type=int, default=5_000)
    reading.add_argument("--fill", action="store_true", help=argparse.SUPPRESS)
    findings.add_option(reading)
    given = reading.parse_args()
    if given.fill:
        _fill(given.contacts)
    else:
        main(given.contacts, given.json)
