"""All measurements: what is missing is made and kept, goals are judged, and the page says what was found."""

import json
from importlib.util import find_spec
from pathlib import Path
from xml.sax.saxutils import unescape

import pytest

from benchmarks.all.__main__ import main
from benchmarks.all.goals import LARGEST, Figure, Goal
from benchmarks.all.judging import verdicts
from benchmarks.all.measurements import ALL, PROCEDURES
from benchmarks.all.page import MEASURED, PAGE, PICTURE, with_figures, wrong_reasons
from benchmarks.all.record import Record
from benchmarks.all.running import carried_out
from benchmarks.procedures.cases import CASES

DIAGNOSIS = "diagnosis of 1,000,000"


def test_a_goal_is_an_upper_or_a_lower_bound_and_says_how_far_a_figure_is_from_it() -> None:
    most, least, none = Goal(3), Goal(200, at_least=True), Goal(0)
    assert [True, True, False] == [most.is_reached(value) for value in (2, 3, 6)]
    assert [False, True, True] == [least.is_reached(value) for value in (100, 200, 250)]
    assert [2.0, 2.0] == [most.ratio(6), least.ratio(100)]
    assert (False, None) == (none.is_reached(1), none.ratio(1))


def test_a_figure_is_found_by_its_path_and_is_none_where_it_is_not_there() -> None:
    figure = Figure("CPU", (LARGEST, "cpu"), "s")
    assert 9.0 == figure.value({"9000": {"cpu": 7}, "10000": {"cpu": 9}, "exponent": 1.1})
    assert figure.value({"10000": {}}) is None


def test_what_is_measured_is_kept_and_only_what_is_missing_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "kept.json"
    words = ["--quick", "--file", str(file), "--only", "diagnosis"]
    assert 0 == main(words)
    kept = json.loads(file.read_text("utf-8"))
    assert [DIAGNOSIS] == list(kept)
    assert kept[DIAGNOSIS]["found"]["1000"]["times read_sql"] > 0
    assert "A TRY WITH SMALL SIZES" in capsys.readouterr().out
    assert file.with_suffix(".svg").read_text("utf-8").rstrip().endswith("</svg>")

    assert 0 == main(words)
    assert kept == json.loads(file.read_text("utf-8"))
    assert "0 of " in capsys.readouterr().out


def test_one_that_was_measured_otherwise_is_missing() -> None:
    record = Record(MEASURED)
    made = next(one for one in ALL if one.name == "queued-backlog")
    record.entries[made.name].command = made.command
    assert not record.is_missing(made, quick=False)
    assert record.is_missing(made, quick=True)
    record.entries[made.name].command = ("procedures", "queued-backlog")
    assert record.is_missing(made, quick=False)


def test_a_benchmark_that_breaks_off_finds_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    code, found = carried_out(("diagnosis", "many"))
    assert code
    assert {} == found
    assert "invalid int value" in capfd.readouterr().err


def test_each_measurement_is_one_that_there_is() -> None:
    assert len(ALL) == len({one.name for one in ALL})
    assert [] == [one.name for one in ALL if find_spec(f"benchmarks.{one.command[0]}") is None]
    assert set() == set(PROCEDURES) - set(CASES)


def test_a_name_that_is_none_is_answered_with_the_nearest_one(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--only", "diagnoses"])
    assert DIAGNOSIS in capsys.readouterr().err


def test_the_page_says_what_was_measured() -> None:
    page = PAGE.read_text("utf-8")
    assert with_figures(page, Record(MEASURED)) == page, "run `python -m benchmarks.all --page`"
    assert not any(entry.quick for entry in Record(MEASURED).entries.values())


def test_the_page_gives_a_reason_for_each_goal_that_is_missed_and_for_no_other() -> None:
    assert [] == wrong_reasons(PAGE.read_text("utf-8"), Record(MEASURED)), "run `python -m benchmarks.all --page`"


def test_a_reason_is_missing_or_out_of_date_as_figures_are() -> None:
    record, name = Record(MEASURED), "handover-plan"
    record.entries = {name: record.entries[name]}
    record.entries[name].found[name] |= {"exponent": 1.5, "µs a contact": 50}
    missed, reached = "handover-plan: exponent, 10,000 to 100,000", "handover-plan: a contact of 10,000 to 100,000"
    heading = "## What stands between us and goals\n\n"
    assert [] == wrong_reasons(f"{heading}- **{missed}**: it grows.\n", record)
    assert [
        f"missed, and no reason is given: {missed}",
        f"reached, and a reason is given: {reached}",
        "no figure with a goal: nothing",
    ] == wrong_reasons(f"{heading}- **{reached}**, **nothing**\n\n## Next\n\n**{missed}**\n", record)


def test_the_picture_shows_what_was_measured() -> None:
    drawn = unescape(PICTURE.read_text("utf-8"))
    judged = [one for one in verdicts(Record(MEASURED)) if one.ratio is not None]
    assert judged
    assert [] == [one.name for one in judged if one.name.replace("`", "") not in drawn]
    assert [] == [one.name for one in judged if one.figure.shown(one.value) not in drawn]
