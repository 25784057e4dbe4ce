"""docs/glossary.md has each term once, and pages refer to nothing that is not in the repository."""

import re

import pytest

from tests.architecture.source_files import PACKAGES, ROOT
from tests.architecture.test_secrets_and_paths import kept_files

TEXT = (ROOT / "docs" / "glossary.md").read_text("utf-8")
ROWS = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]*) ?\|$", TEXT, re.MULTILINE)
TERMS = [term.strip() for terms, _, _ in ROWS if terms not in ("term", "---") for term in terms.split(", ")]
EXPECTED = (
    "loan",
    "hold",
    "wait",
    "probe",
    "sweep",
    "forecast",
    "outcome",
    "operation",
    "journal",
    "home",
    "workspace",
    "sandbox",
    "emulator",
    "twin",
    "rehearsal",
    "shield",
    "look",
    "departed",
    "night",
    "policy",
    "carrier",
    "play",
    "audience",
    "mailbox",
    "enrollment",
    "ruleset",
    "exclusion",
    "procedure",
    "plan",
    "blast radius",
    "sign of life",
    "step by hand",
)
# Notes from before the first release, which nobody has who has this repository. Put together here, so that this file
# does not hold them itself; the last is right where it names the page of that name.
NOTES = [
    "platform-" + "facts",
    r"article\." + "txt",
    r"\bdes" + r"ign\.md",
    r"\bsty" + r"le\.md",
    r"\bthe pap" + r"ers\b",
    r"\(12[a-e]\)",
    r'(?<!docs/)(?<!\.\./)(?<![("\[])\binterface\.md',
]
ELSEWHERE = re.compile("|".join(NOTES))
TEXTS = {".py", ".md", ".yaml", ".toml", ".html", ".example", ""}


def test_each_term_is_there_once() -> None:
    assert sorted(set(TERMS)) == sorted(TERMS)


@pytest.mark.parametrize("term", EXPECTED)
def test_a_term_that_code_and_messages_use_is_explained(term: str) -> None:
    assert term in TERMS


def test_an_explanation_is_a_sentence_or_two() -> None:
    assert [] == [terms for terms, meaning, _ in ROWS if terms not in ("term", "---") and len(meaning) > 260]


def test_readme_and_contributing_lead_to_it() -> None:
    for page in ("README.md", "CONTRIBUTING.md"):
        assert "(docs/glossary.md)" in (ROOT / page).read_text("utf-8")


def test_nothing_refers_to_notes_that_are_not_here() -> None:
    paths = (path for path in kept_files() if path.suffix in TEXTS and path.name != "requirements.lock")
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()[:100]}"
        for path in paths
        for line in path.read_text("utf-8").splitlines()
        if ELSEWHERE.search(line)
    ]
    assert [] == found


def test_a_page_that_code_names_is_there() -> None:
    named = {
        (path.relative_to(ROOT).as_posix(), page)
        for folder in PACKAGES
        for path in (ROOT / folder).rglob("*.py")
        for page in re.findall(r"\bdocs/[\w/-]+\.md\b", path.read_text("utf-8"))
    }
    assert len(named) > 30
    assert [] == sorted(pair for pair in named if not (ROOT / pair[1]).exists())
