"""Handoff's packages have plain names: where another comes before one of them, the command says which file it is."""

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from cli.keeping.commands import deploy
from cli.own_packages import NAMES, in_the_way
from tests.cli.conftest import Handoff

COMMAND = [sys.executable, "-c", "from cli.main import main; main()"]


def test_in_a_checkout_nothing_is_in_the_way() -> None:
    assert in_the_way() is None


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", ["{}.py", "{}/__init__.py"])
def test_a_module_or_package_of_that_name_is_named(tmp_path: Path, name: str, form: str) -> None:
    other = tmp_path / form.format(name)
    other.parent.mkdir(exist_ok=True)
    other.touch()
    assert other == in_the_way([str(tmp_path), *sys.path])
    assert in_the_way([*sys.path, str(tmp_path)]) is None


@pytest.mark.parametrize("name", NAMES)
def test_a_folder_that_only_has_such_a_name_is_in_nobodys_way(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    assert in_the_way([str(tmp_path), *sys.path]) is None


def test_a_command_ends_with_2_and_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "models.py").touch()
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(Path(__file__).parents[2])])}
    done = subprocess.run([*COMMAND, "status"], env=env, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (2, "") == (done.returncode, done.stdout), done.stderr
    assert f"handoff: {tmp_path / 'models.py'} is in the way" in done.stderr


def test_up_looks_in_the_folder_that_its_runs_start_in(handoff: Handoff, tmp_path: Path, home: Path) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows/__init__.py").touch()
    said = handoff("up")
    assert (2, True) == (said.code, str(tmp_path / "flows/__init__.py") in said.err), said.err
    assert not (home / "up.json").exists()


def test_the_deployments_are_made_from_the_file_of_the_checkout() -> None:
    assert str(Path(__file__).parents[2] / "prefect.yaml") in deploy()


@pytest.mark.slow
def test_the_deployments_travel_with_the_wheel(tmp_path: Path) -> None:
    root, apart = Path(__file__).parents[2], tmp_path / "apart"
    build = [sys.executable, "-m", "pip", "-qq", "wheel", "--no-deps", "-w", str(tmp_path), str(root)]
    subprocess.run(build, check=True, capture_output=True)
    [wheel] = tmp_path.glob("handoff-*.whl")
    with ZipFile(wheel) as file:
        file.extractall(apart)
    imports = "from cli import own_packages as own; from cli.keeping import commands"
    words = f"{imports}; print(own.in_the_way(), *commands.deploy())"
    done = subprocess.run(
        [sys.executable, "-c", words],
        env=os.environ | {"PYTHONPATH": str(apart)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "None" == done.stdout.split()[0]
    assert str(apart / "cli/keeping/prefect.yaml") == done.stdout.split()[-1]
    assert (root / "prefect.yaml").read_bytes() == (apart / "cli/keeping/prefect.yaml").read_bytes()
