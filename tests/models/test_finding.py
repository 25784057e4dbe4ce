"""Findings: an error is one, and those after it are looked for all the same."""

from collections.abc import Iterator

from models.errors import InvalidInput, KeyRefused, Unreachable
from models.finding import SEE, Finding, failed, fine, looked, note, trouble, would_stop


def test_only_trouble_stops_a_run() -> None:
    assert not would_stop([fine("a.b", "well"), note("a.c", "old")])
    assert would_stop([fine("a.b", "well"), trouble("a.c", "gone")])


def test_an_error_is_parted_into_what_is_wrong_and_what_to_do() -> None:
    found = failed("home.folder", InvalidInput("HANDOFF_HOME", "names no folder", "Name one"))
    assert Finding("home.folder", "trouble", "HANDOFF_HOME: names no folder", "Name one") == found
    found = failed("workspace.key", KeyRefused("the key is not taken (401). Check it. It may be old"))
    assert ("the key is not taken (401)", "Check it. It may be old") == (found.message, found.remedy)
    assert SEE == failed("a.b", Unreachable("nobody there")).remedy


def test_a_look_that_breaks_off_keeps_what_it_found() -> None:
    def look() -> Iterator[Finding]:
        yield fine("a.b", "well")
        raise Unreachable("nobody there")

    assert ["well", "nobody there"] == [one.message for one in looked("a.c", look)]
