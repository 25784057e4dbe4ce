"""What a benchmark found, as a JSON document beside the table that it prints: `python -m benchmarks.all` reads it."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def add_option(reading: argparse.ArgumentParser) -> None:
    """Let a benchmark be given the file by `--json FILE`."""
    reading.add_argument("--json", type=Path, metavar="FILE", help="write what was found into this file too")


def write(found: Mapping[str, Any], file: Path | None) -> None:
    """Write what was found, where a file was given."""
    if file is not None:
        file.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
