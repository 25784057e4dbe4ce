"""A process that is kept running: started again when it ends, each time a little later."""

import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from models.privacy import make_folder

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0  # seconds before it is started again
WELL = 60.0  # seconds: whoever ran this long is started again at once
LARGEST_LOG = 10_000_000  # bytes; then a new one is begun, and one old one kept


class Child:
    """A command in a session of its own, so that Ctrl-C at the terminal does not reach it. Its words go to a log."""

    def __init__(
        self, name: str, command: Sequence[str], env: Mapping[str, str], log: Path, say: Callable[[str], None]
    ) -> None:
        self.name, self.log = name, log
        self._command, self._env, self._say = command, env, say
        self._process: subprocess.Popen[bytes] | None = None
        self._started = self._due = 0.0
        self._pause = FIRST_PAUSE
        self._words_before = 0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        make_folder(self.log.parent)
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as output:
            self._words_before = output.tell()
            self._process = subprocess.Popen(
                self._command,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self._started, self._due = time.monotonic(), 0.0

    def exit_code(self) -> int | None:
        """None while it runs; negative where a signal ended it."""
        return self._process.poll() if self._process else None

    def words(self) -> str:
        """What it has said since it was started."""
        with self.log.open("rb") as log:
            log.seek(self._words_before)
            return log.read().decode(errors="replace")

    def last_words(self) -> str:
        lines = [line for line in self.words().splitlines() if line.strip()]
        return lines[-1].strip() if lines else "it said nothing"

    def look_after(self) -> bool:
        """Start it again if it has ended and its pause is over. True where it was started."""
        if self.exit_code() is None:
            return False
        now = time.monotonic()
        if not self._due:
            self._pause = FIRST_PAUSE if now - self._started > WELL else self._pause
            self._due = now + self._pause
            self._say(f"the {self.name} ended ({self.ending()}); it is started again in {self._pause:.0f} s")
            self._pause = min(2 * self._pause, LONGEST_PAUSE)
        if now < self._due:
            return False
        self.start()
        self._say(f"the {self.name} was started again (process {self.pid})")
        return True

    def ending(self) -> str:
        """How it ended, in words; a process that is still running has none."""
        code = self.exit_code()
        if code is not None and code < 0:
            return signal.Signals(-code).name
        return f"exit code {code}, see {self.log}"
