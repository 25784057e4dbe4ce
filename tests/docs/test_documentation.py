"""What the documentation says is there: commands, options, settings, pages, links."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from cli.main import commands
from cli.procedures import names, read_parameters, request_of
from models.reasons import REASONS
from models.settings import Settings
from tasks.chunk_runs.starting import ENROLL_CHUNK
from tasks.requests import option_of
from tests.architecture.source_files import ROOT

README = ROOT / "README.md"
START, SETTINGS = ROOT / "docs" / "getting-started.md", ROOT / "docs" / "settings.md"
PAGES = sorted([README, ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
BLOCK = re.compile(r"^```([\w{}]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LONGEST_DECISION = 60  # lines: one screen
VENDORS_WORDS = (
    "Prospect is already sequenced",
    "Person has opted out of email",
    "Person is marked do not email",
    "Person is excluded by",
    "already enrolled",
    "recently enrolled",
)
OPTION = re.compile(r"--?[a-zA-Z][\w-]*")
ROOT_COMMAND: Any = typer.main.get_command(commands())


def page_name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def lines_of_code(text: str) -> Iterator[str]:
    """The lines of a page's shell blocks, without comments and continued lines joined."""
    for language, block in BLOCK.findall(text):
        if language in ("sh", "cron"):
            yield from (line for line in block.replace("\\\n", " ").splitlines() if not line.lstrip().startswith("#"))


def spoken_commands(text: str) -> Iterator[list[str]]:
    """Each `handoff …` in blocks of code and in the running text, as words after `handoff`."""
    whole = [line for line in lines_of_code(text) if "handoff " in line]
    inline = re.findall(r"`(handoff [^`]+)`", BLOCK.sub("", text))
    for line in [*whole, *inline]:
        found = re.search(r"(?:^|[\s/])handoff (?!/)(.*)", line)
        if found and not line.lstrip().startswith("prefect "):
            yield words_of(found[1])


def words_of(line: str) -> list[str]:
    """The words of a command, without comment, redirection and what follows it."""
    words = shlex.split(line, comments=True)
    ends = (at for at, word in enumerate(words) if word.startswith((">", "|", "&")) or word == "…")
    return words[: next(ends, len(words))]


def command_of(words: list[str]) -> tuple[Any, list[str]]:
    """The command that the words begin with, and the rest of them. Raises KeyError where there is none."""
    command, rest = ROOT_COMMAND, list(words)
    while hasattr(command, "commands") and rest and not rest[0].startswith("-"):
        command = command.commands[rest.pop(0)]
    return command, rest


def known_options(command: Any, words: list[str]) -> set[str]:
    """The command's own, and behind `run` those of the procedure."""
    of_procedure = set()
    for procedure in set(words) & set(names()) if command.name == "run" else ():
        options = {option_of(name) for name in request_of(procedure).model_fields}
        of_procedure |= options | {f"--no-{name[2:]}" for name in options}
    return {"-h", "--help", *of_procedure, *(name for parameter in command.params for name in parameter.opts)}


def undocumented(words: list[str]) -> str | None:
    """What is wrong with a command that a page shows, or None."""
    try:
        command, rest = command_of(words)
    except KeyError as missing:
        return f"handoff {' '.join(words)}: there is no command {missing}"
    unknown = [word for word in rest if OPTION.fullmatch(word) and word not in known_options(command, rest)]
    return f"handoff {' '.join(words)}: there is no option {unknown}" if unknown else None


COMMANDS = [(page_name(page), words) for page in PAGES for words in spoken_commands(text_of(page))]


def without_duplicates() -> list[tuple[str, list[str]]]:
    return [pair for at, pair in enumerate(COMMANDS) if pair not in COMMANDS[:at]]


@pytest.mark.parametrize(("page", "words"), without_duplicates(), ids=lambda part: " ".join(part)[:60])
def test_a_command_that_is_shown_exists_with_its_options(page: str, words: list[str]) -> None:
    if "edit_sequence" in words:
        assert page in ("README.md", "CHANGELOG.md")
    else:
        assert undocumented(words) is None


def test_every_command_is_shown_where_one_starts() -> None:
    start = page_name(START)
    shown = {tuple(words[: 2 if words[0] == "sandbox" else 1]) for page, words in COMMANDS if page == start}
    sandbox = {("sandbox", name) for name in ROOT_COMMAND.commands["sandbox"].commands}
    expected = {(name,) for name in ROOT_COMMAND.commands if name not in ("sandbox", "demo")} | sandbox
    assert set() == expected - shown
    assert "make demo" in text_of(README)


def test_every_reason_has_a_line_among_the_symptoms() -> None:
    page = text_of(ROOT / "docs" / "troubleshooting.md")
    codes = [f"{code}:NAME" if code == "excluded" else code for code in REASONS]
    assert [] == [code for code in codes if f"`{code}`" not in page]


@pytest.mark.parametrize("words", VENDORS_WORDS)
def test_what_the_platform_says_is_found_among_the_symptoms(words: str) -> None:
    assert f'"{words}' in text_of(ROOT / "docs" / "troubleshooting.md")


def test_the_readme_is_read_in_one_go() -> None:
    assert len(text_of(README).splitlines()) <= 130


def test_a_wrong_command_and_a_wrong_option_are_noticed() -> None:
    assert "no command" in (undocumented(["exercise", "--live"]) or "")
    assert "no option" in (undocumented(["run", "ownership-change", "--alive"]) or "")
    assert undocumented(["run", "ownership-change", "--live"]) is None


def test_every_procedure_has_a_page_a_deployment_tests_and_a_place_in_the_readme() -> None:
    procedures = names()
    pages = sorted(path.stem for path in (ROOT / "docs" / "procedures").glob("*.md"))
    deployments = yaml.safe_load(text_of(ROOT / "prefect.yaml"))["deployments"]
    assert procedures == pages
    started_by_people = [deployment for deployment in deployments if deployment["name"] != ENROLL_CHUNK]
    assert procedures == sorted(deployment["name"] for deployment in started_by_people)
    assert [f"flows.{name}:{name}" for name in (procedure.replace("-", "_") for procedure in procedures)] == sorted(
        deployment["entrypoint"] for deployment in started_by_people
    )
    assert [] == [name for name in procedures if f"docs/procedures/{name}.md" not in text_of(README)]
    tests = ROOT / "tests" / "flows"
    assert [] == [name for name in procedures if not list(tests.glob(f"test_{name.replace('-', '_')}*.py"))]


@pytest.mark.parametrize("procedure", names())
def test_a_procedures_page_tells_every_parameter(procedure: str) -> None:
    import inspect
    from importlib import import_module

    name = procedure.replace("-", "_")
    flow = getattr(import_module(f"flows.{name}"), name)
    section = text_of(ROOT / "docs" / "procedures" / f"{procedure}.md").partition("## Parameters")[2]
    told = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert list(inspect.signature(flow.fn).parameters) == told


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_parameters_that_a_page_sets_fit(page: Path) -> None:
    for words in spoken_commands(text_of(page)):
        given = [words[at + 1] for at, word in enumerate(words[:-1]) if word == "--set" and "…" not in words[at + 1]]
        if words[:2] == ["run", "ownership-change"] and given:
            read_parameters(request_of("ownership-change"), given, None)


def test_every_setting_is_in_the_example_and_on_its_page() -> None:
    variables = [f"HANDOFF_{field.upper()}" for field in Settings.model_fields]
    assert [] == [name for name in variables if not re.search(rf"^#?{name}=", text_of(ROOT / ".env.example"), re.M)]
    assert [] == [name for name in variables if f"| `{name}` |" not in text_of(SETTINGS)]


def test_the_page_of_settings_names_none_that_does_not_exist() -> None:
    named = set(re.findall(r"^\| `HANDOFF_(\w+)` \|", text_of(SETTINGS), re.MULTILINE))
    assert {field.upper() for field in Settings.model_fields} == named


def anchors(path: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", BLOCK.sub("", text_of(path)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_relative_links_lead_somewhere(page: Path) -> None:
    broken = []
    text = BLOCK.sub("", text_of(page))
    for target in [*re.findall(r"\]\(([^)\s]+)\)", text), *re.findall(r'src="([^"]+)"', text)]:
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        path = (page.parent / file).resolve() if file else page
        if not path.exists() or (anchor and path.suffix == ".md" and anchor not in anchors(path)):
            broken.append(target)
    assert [] == broken


def test_code_that_a_page_names_is_there() -> None:
    folders = "cli|flows|tasks|platforms|journal|reports|models|tests|docs|benchmarks"
    named = {
        (page_name(page), path)
        for page in PAGES
        for path in re.findall(rf"`((?:{folders})/[\w/.-]+\.\w+)`", text_of(page))
    }
    assert [] == sorted(pair for pair in named if not (ROOT / pair[1]).exists())


def test_decisions_have_a_number_each_and_take_one_screen() -> None:
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    numbers = [path.name[:4] for path in decisions]  # that of one which was dropped is not given again
    assert [f"{int(number):04}" for number in numbers] == sorted(set(numbers))
    for path in decisions:
        lines = text_of(path).splitlines()
        assert lines[0].startswith(f"# {path.name[:4]}: "), path.name
        assert len(lines) <= LONGEST_DECISION, path.name


def test_every_conflict_has_a_line() -> None:
    told = re.findall(r"^\| (C\d+b?) ", text_of(ROOT / "docs" / "conflicts.md"), re.MULTILINE)
    assert [*(f"C{number}" for number in range(1, 31))] == [name for name in told if not name.endswith("b")]


@pytest.mark.parametrize("picture", sorted((ROOT / "docs" / "images").glob("*")), ids=lambda path: path.name)
def test_a_picture_is_small_and_shown(picture: Path) -> None:
    assert picture.read_bytes().startswith({".png": b"\x89PNG", ".svg": b"<?xml"}[picture.suffix])
    assert picture.stat().st_size < 300_000
    assert any(f"images/{picture.name}" in text_of(page) for page in PAGES)
