"""The lock names every dependency, in a version that pyproject.toml allows, and holds nothing else."""

import re
import tomllib
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.source_files import ROOT

LINE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*==[A-Za-z0-9.!+_-]+")
PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
PROJECT = tomllib.loads(PYPROJECT)["project"]
EXTRAS = PROJECT["optional-dependencies"]
DEPENDENCIES = [*PROJECT["dependencies"], *EXTRAS["dev"], *EXTRAS["docs"]]
# The oldest machine that must do: what it needs, newer ones can leave.
OLDEST = {"python_version": "3.11", "python_full_version": "3.11.0", "sys_platform": "linux", "extra": ""}
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()


def locked() -> dict[str, str]:
    return {canonicalize_name(name): version for name, _, version in (line.partition("==") for line in LOCK)}


def test_the_lock_holds_names_and_versions_only() -> None:
    assert [] == [line for line in LOCK if not LINE.fullmatch(line)]


def test_the_lock_holds_each_name_once() -> None:
    assert len(LOCK) == len(locked())


def test_every_dependency_is_locked_in_a_version_that_is_allowed() -> None:
    versions = {line: locked().get(canonicalize_name(Requirement(line).name)) for line in DEPENDENCIES}
    assert [] == [
        f"{line}, but the lock has {version}: make lock"
        for line, version in versions.items()
        if version is None or not Requirement(line).specifier.contains(version, prereleases=True)
    ]


def test_what_dependencies_need_is_locked_too() -> None:
    names = {*locked(), "pip", "setuptools"}
    installed = [found for found in metadata.distributions() if canonicalize_name(found.name) in names]
    needed = [(found.name, Requirement(line)) for found in installed for line in found.requires or []]
    assert [] == [
        f"{name} needs {requirement}: make lock"
        for name, requirement in needed
        if requirement.marker is None or requirement.marker.evaluate(OLDEST)
        if canonicalize_name(requirement.name) not in names
    ]


def test_every_dependency_says_why_it_is_there() -> None:
    commented = {line.split(" # ")[0].strip() for line in PYPROJECT.splitlines() if " # " in line}
    assert [] == [line for line in DEPENDENCIES if f'"{line}",' not in commented]
