"""What was measured, kept in a JSON file: an entry for each measurement, by its name, with where and when it was."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from benchmarks.all.measurements import Measurement


class Machine(BaseModel):
    """Where it was measured: `memory` is in GiB, `versions` are those of Python and of libraries by name."""

    cpu: str
    cores: int
    memory: float
    system: str
    versions: dict[str, str]


class Entry(BaseModel):
    """One measurement as it was made: `command` is a module of benchmarks/ and its arguments, `seconds` are by the
    clock, `loads` are how many processes wanted a core when it began and when it ended (its own
    among them then), `found` is what the benchmark wrote."""

    command: tuple[str, ...]
    quick: bool
    date: str
    commit: str
    seconds: float
    loads: tuple[float, float]
    machine: Machine
    found: dict[str, Any]


class Record:
    """The entries of a file; each that is added is written at once, so that a run that ends can be gone on with."""

    def __init__(self, file: Path) -> None:
        self.file = file
        kept = json.loads(file.read_text("utf-8")) if file.exists() else {}
        self.entries: dict[str, Entry] = {name: Entry.model_validate(entry) for name, entry in kept.items()}

    def is_missing(self, measurement: Measurement, *, quick: bool) -> bool:
        """Whether it was never measured so, by the same command."""
        entry = self.entries.get(measurement.name)
        return entry is None or entry.command != measurement.arguments(quick=quick)

    def add(self, name: str, entry: Entry) -> None:
        """Keep an entry in place of an older one."""
        self.entries[name] = entry
        self.file.parent.mkdir(parents=True, exist_ok=True)
        kept = {name: entry.model_dump(mode="json") for name, entry in self.entries.items()}
        partial = self.file.with_suffix(".partial")
        partial.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", "utf-8")
        partial.replace(self.file)

    def found(self, measurement: Measurement) -> Mapping[str, Any]:
        """What a measurement found; nothing where it was not made."""
        entry = self.entries.get(measurement.name)
        return {} if entry is None else entry.found
