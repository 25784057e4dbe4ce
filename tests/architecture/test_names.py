"""Names say what a thing is; these say only that it is of use to others."""

import ast
import re

from tests.architecture.source_files import PACKAGES, ROOT, name_of, python_files

EMPTY_WORDS = {"util", "utils", "helper", "helpers", "manager", "managers", "common"}
FOLDERS = (*PACKAGES, "tests", "benchmarks")


def words(name: str) -> set[str]:
    """`LoanManager` and `loan_manager` are both {loan, manager}."""
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def test_no_file_and_no_folder_has_an_empty_name() -> None:
    paths = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*"))
    assert [] == [name_of(path) for path in paths if words(path.stem) & EMPTY_WORDS]


def test_no_class_and_no_function_has_an_empty_name() -> None:
    definitions = (
        (path, node)
        for path in python_files(*FOLDERS)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    )
    assert [] == [
        f"{name_of(path)}:{node.lineno}: {node.name}" for path, node in definitions if words(node.name) & EMPTY_WORDS
    ]


def test_words_are_found_in_both_spellings() -> None:
    assert {"loan", "manager"} == words("LoanManager") == words("loan_manager")
    assert {"csv", "helpers"} == words("CSVHelpers")
    assert {"commonest"} == words("commonest")
