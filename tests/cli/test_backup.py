"""`handoff backup`, what puts it back, and a journal that is older than its operations."""

import json
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from journal import loans, operations
from journal.database import Journal, _engine
from models.report import Report, ReportedLoan
from models.settings import Settings
from models.tables.journal import OperationRow
from models.written_file import write_text
from tests.cli.conftest import Handoff, Said
from tests.full_disk import full_disk
from tests.workspaces import NOW

HANDOFF = Path(sys.executable).with_name("handoff")
SETTING = "ruleset:Default:block_reenrollment"
FIRST, SECOND = "20261102-094500-0cd8", "20261102-094600-11ff"
SECRETS = {"UNIFY_API_KEY": "sk-very-secret", "HANDOFF_SANDBOX_API_KEY": "emulators-secret"}


def operate(name: str, home: Path) -> OperationRow:
    """An operation that holds a loan, with its outcomes."""
    journal = Journal(Settings().journal_url)
    row = operations.begin(
        journal,
        OperationRow(
            id=name,
            procedure="ownership-change",
            workspace="sandbox",
            subject=name,
            mode="live",
            next=[],
            folder=str(home / "operations" / name),
            started_at=NOW,
            recorded_at=NOW,
        ),
    )
    loans.take(journal, name, "sandbox", SETTING, 75, 0, NOW, NOW + timedelta(days=900))
    write_text("email\n", home / "operations" / name / "outcomes.csv")
    return row


def put_back(said: Said) -> None:
    """Do what `handoff restore FILE` said, word for word."""
    commands = said.err.partition("while nothing runs: ")[2].removesuffix(" (docs/backups.md)\n")
    *steps, last = commands.split("; ")
    assert "handoff status" == last
    for step in steps:
        subprocess.run(step, shell=True, check=True)
    _engine.cache_clear()  # this process had the database before open


def test_a_backup_put_back_is_the_home_as_it_was(loaded: Handoff, home: Path, tmp_path: Path) -> None:
    operate(FIRST, home)
    before = loaded("status", "--json").document, loaded("sandbox", "state", "--json").document
    said = loaded("backup", "kept.zip")
    assert (0, "") == (said.code, said.out), said.err
    assert f"journal.db and sandbox.db of {home} are in kept.zip" in said.err
    loaded("sandbox", "do", "opt_out", "person=pia@x.test")
    operations.update(Journal(Settings().journal_url), FIRST, status="failed")
    put_back(loaded("restore", "kept.zip"))
    assert before == (loaded("status", "--json").document, loaded("sandbox", "state", "--json").document)
    assert [0o600, 0o600] == [stat.S_IMODE((home / f"{name}.db").stat().st_mode) for name in ("journal", "sandbox")]


def test_copying_the_journal_alone_would_lose_what_its_backup_has(loaded: Handoff, home: Path, tmp_path: Path) -> None:
    operate(FIRST, home)
    shutil.copy(home / "journal.db", tmp_path / "copied.db")
    loaded("backup", "kept.zip")
    with zipfile.ZipFile("kept.zip") as kept:
        kept.extract("journal.db", tmp_path)
    out = [loans.open_loans(Journal(f"sqlite:///{tmp_path / name}")) for name in ("copied.db", "journal.db")]
    assert [0, 1] == [len(found) for found in out]


def test_only_its_owner_reads_a_backup_and_no_secret_is_in_it(
    loaded: Handoff, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    operate(FIRST, home)
    Path("kept.zip").touch(0o644)
    assert 0 == loaded("backup", "kept.zip").code
    assert 0o600 == stat.S_IMODE(Path("kept.zip").stat().st_mode)
    with zipfile.ZipFile("kept.zip") as kept:
        whole = b"".join(kept.read(name) for name in kept.namelist())
        assert {"made_at", "home", "release"} == set(json.loads(kept.read("backup.json")))
    assert [] == [value for value in SECRETS.values() if value.encode() in whole]
    assert [] == list(home.glob(".handoff-*"))


def test_a_sandbox_on_which_nothing_was_run_has_a_backup_and_an_empty_folder_none(
    loaded: Handoff, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 0 == loaded("backup", "kept.zip").code
    monkeypatch.setenv("HANDOFF_HOME", "nowhere")
    said = loaded("backup", "none.zip")
    assert (2, True) == (said.code, "HANDOFF_HOME: there is neither" in said.err), said.err
    assert not Path("none.zip").exists()
    assert not Path("nowhere").exists()


def test_databases_elsewhere_are_backed_up_under_their_names(
    loaded: Handoff, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    operate(FIRST, home)
    _engine.cache_clear()
    for name, variable in (("journal", "DATABASE"), ("sandbox", "SANDBOX")):
        for file in home.glob(f"{name}.db*"):
            file.rename(tmp_path / file.name.replace(name, f"our-{name}"))
        monkeypatch.setenv(f"HANDOFF_{variable}_URL", f"sqlite:///{tmp_path / f'our-{name}.db'}")
    monkeypatch.setenv("HANDOFF_HOME", str(tmp_path / "new"))
    assert 0 == loaded("backup", "kept.zip").code
    with zipfile.ZipFile("kept.zip") as kept:
        assert {"backup.json", "journal.db", "sandbox.db"} == set(kept.namelist())


def test_a_backup_does_not_replace_a_database(loaded: Handoff, home: Path) -> None:
    loaded("backup", "kept.zip")
    for words in (("backup",), ("sandbox", "dump"), ("explain", "pia@x.test", "--sequence", "Outbound", "--csv-out")):
        said = loaded(*words, str(home / "journal.db"))
        assert (2, True) == (said.code, "journal.db is a database, and would be lost" in said.err), said.err
    assert 0 == loaded("status").code


def test_a_full_disk_leaves_the_backup_before(handoff: Handoff, tmp_path: Path) -> None:
    handoff("sandbox", "reset", "--contacts", "2000")
    handoff("status")
    with full_disk(tmp_path / "disk") as disk:
        file = disk.folder / "kept.zip"
        file.write_text("precious\n")
        said = disk.run(HANDOFF, "backup", file, env=dict(os.environ))
        assert (2, "precious\n") == (said.returncode, file.read_text()), said.stderr
        assert "cannot be" in said.stderr
        assert [file] == list(disk.folder.iterdir())


@pytest.mark.parametrize(
    ("variable", "expected"),
    [
        (
            "HANDOFF_DATABASE_URL",
            [
                "pg_dump --format=custom --file=journal.dump postgresql://me@host:5433/handoff",
                "handoff sandbox dump sandbox.yaml",
            ],
        ),
        (
            "HANDOFF_SANDBOX_URL",
            [
                "HANDOFF_SANDBOX_URL= handoff backup kept.zip",
                "pg_dump --format=custom --file=sandbox.dump postgresql://me@host:5433/handoff",
            ],
        ),
    ],
)
def test_on_postgresql_it_says_what_to_run_without_the_password(
    loaded: Handoff, monkeypatch: pytest.MonkeyPatch, variable: str, expected: list[str]
) -> None:
    monkeypatch.setenv(variable, "postgresql+psycopg://me:secret@host:5433/handoff?sslpassword=hidden")
    said = loaded("backup", "kept.zip")
    assert (2, True) == (said.code, said.err.startswith(f"handoff: {variable}: is on PostgreSQL"))
    assert expected == said.err.strip().partition("in this order: ")[2].split("; ")
    assert not Path("kept.zip").exists()
    assert [] == [word for word in ("secret", "hidden") if word in said.err]


def test_an_operations_files_are_found_after_the_home_was_moved_or_copied(
    loaded: Handoff, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    operate(FIRST, home)
    assert {"outcomes": str(home / "operations" / FIRST / "outcomes.csv")} == files(loaded)
    for how in (shutil.copytree, shutil.move):
        there = tmp_path / how.__name__
        how(home, there)
        monkeypatch.setenv("HANDOFF_HOME", str(there))
        assert {"outcomes": str(there / "operations" / FIRST / "outcomes.csv")} == files(loaded)


def files(handoff: Handoff) -> dict[str, str]:
    found: dict[str, str] = handoff("show", FIRST, "--json").document["files"]
    return found


def test_a_journal_that_is_older_than_its_operations_says_so_and_what_is_on_loan(loaded: Handoff, home: Path) -> None:
    operate(FIRST, home)
    assert [] == loaded("status", "--json").document["unknown_operations"]
    write_text(report().model_dump_json(), home / "operations" / SECOND / "report.json")
    (home / "operations" / "20261102-094700-22ff").mkdir()
    (home / "operations" / "of-somebody-else").mkdir()
    unknown = [
        {"operation_id": "20261102-094700-22ff", "on_loan": None},
        {"operation_id": SECOND, "on_loan": [SETTING]},
    ]
    assert unknown == loaded("status", "--json").document["unknown_operations"]
    told = loaded("status").out
    assert f"the journal is older than {home / 'operations'}: it does not know 2 operations" in told
    assert "20261102-094700-22ff: it has no report, what it borrowed is not known" in told
    assert f"{SECOND}: on loan by its report: {SETTING}" in told
    assert "nobody gives back" in told


def report() -> Report:
    loan = ReportedLoan(setting=SETTING, was="75 DAY", set_to="0 DAY", state="open")
    return Report(
        operation_id=SECOND,
        procedure="ownership-change",
        workspace="sandbox",
        mode="live",
        status="running",
        started_at=NOW,
        ended_at=None,
        parameters={},
        counts={"considered": 0},
        reasons={},
        waits=(),
        loans=(loan,),
        differences=(),
        next=(),
        files={},
    )


def test_restore_takes_no_file(loaded: Handoff) -> None:
    said = loaded("restore", "kept.zip")
    assert (2, "") == (said.code, said.out)
    assert "FILE: `handoff restore` gives back loans, and takes no file such as kept.zip" in said.err
    assert "zipfile -e kept.zip" in said.err


def test_a_backup_loads_only_what_it_needs(loaded: Handoff) -> None:
    loaded("status")
    command = (
        "import sys, atexit; from cli.main import main; atexit.register(lambda: print(*sys.modules))\n"
        "sys.argv[1:] = ['backup', 'kept.zip']; main()"
    )
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stderr
    assert set() == {"prefect", "pandas", "sqlalchemy", "alembic"} & set(done.stdout.split())
