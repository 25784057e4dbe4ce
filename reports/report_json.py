"""`report.json`, and what `--json` prints: docs/interface.md, *A report*; `plan`, `found` and `answers` come last."""

import json
from datetime import UTC
from pathlib import Path

from models.report import Report
from models.written_file import write_text


def as_json(report: Report) -> str:
    """The report as one JSON document: keys in the order of docs/interface.md, times in UTC with `Z`."""
    in_utc = report.model_copy(
        update={
            "started_at": report.started_at.astimezone(UTC),
            "ended_at": report.ended_at.astimezone(UTC) if report.ended_at else None,
            "waits": tuple(
                wait.model_copy(update={"since": wait.since.astimezone(UTC), "until": wait.until.astimezone(UTC)})
                for wait in report.waits
            ),
        }
    )
    return json.dumps(in_utc.model_dump(mode="json"), indent=2, ensure_ascii=False) + "\n"


def write_json(report: Report, path: Path) -> Path:
    """Write the report to `path`, whole or not at all, and answer `path`. Raises OSError where the disk refuses."""
    return write_text(as_json(report), path)
