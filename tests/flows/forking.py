"""A process that has loaded Prefect and forks itself for each run: `python -m tests.flows.forking`.

To load Prefect takes longer than most runs. Each line on standard input is a run to be made, as JSON: the module
whose `main` it is, its words, folder and environment, and the files for what it prints and for its exit code, which is
negative where a signal killed it. Runs go on beside each other.
"""

import gc
import json
import os
import signal
import sys
from importlib import import_module
from pathlib import Path
from typing import Any


def load_all() -> None:
    """Load what a run loads."""
    import cli.main
    from cli.procedures import load, names
    from tests.quick_flows import send_no_heartbeats_and_task_runs

    assert cli.main
    send_no_heartbeats_and_task_runs()
    for name in names():
        load(name)
    gc.collect()
    gc.freeze()  # what is loaded stays: no run has to look through it for garbage, nor at its end


def watch(asked: dict[str, Any]) -> None:
    """Fork the run, and write down how it ended; only the run itself returns from here."""
    if child := os.fork():
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        written = Path(f"{asked['ended']}.part")
        written.write_text(str(code))
        written.replace(asked["ended"])
        os._exit(0)


def become(asked: dict[str, Any]) -> None:
    """Be the run from here on: its folder, its environment and its output."""
    from prefect.context import refresh_global_settings_context

    from cli.prefect_settings import prepare

    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    for number, name in ((0, os.devnull), (1, asked["out"]), (2, asked["err"])):
        opened = os.open(name, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(opened, number)
        os.close(opened)
    prepare()
    refresh_global_settings_context()
    sys.argv = [asked["module"], *asked["words"]]
    import_module(asked["module"]).main()


def main() -> None:
    load_all()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever watches a run ends unseen
    for line in sys.stdin:
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            asked = json.loads(line)
            watch(asked)
            become(asked)
            return


if __name__ == "__main__":
    main()
