"""When a file or function grows too long, a noun is missing."""

from tests.architecture.source_files import PACKAGES, functions, name_of, python_files


def files_from(lines: int, *folders: str) -> list[str]:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in python_files(*folders)}
    return [f"{name_of(path)}: {length} lines" for path, length in lengths.items() if length >= lines]


def test_every_file_has_at_most_400_lines() -> None:
    assert [] == files_from(401, *PACKAGES)


def test_every_flow_file_has_fewer_than_100_lines() -> None:
    assert [] == files_from(100, "flows")


def test_every_function_has_at_most_40_lines() -> None:
    lengths = (
        (path, function, (function.end_lineno or function.lineno) - function.lineno + 1)
        for path in python_files(*PACKAGES)
        for function in functions(path)
    )
    assert [] == [
        f"{name_of(path)}:{function.lineno}: {function.name} has {lines} lines"
        for path, function, lines in lengths
        if lines > 40
    ]
