"""Several names in one cell: whatever they hold, they stay apart, and equal ones are one object."""

import copy
import pickle
from urllib.parse import unquote

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine.default import DefaultDialect

from models.names import CONTROLS, NONE, Names
from models.names_in_frames import each_once, holding, known_names, one_each, together, with_name
from models.tables.columns import NamesAsJson, as_json

LISTS = st.lists(st.text(st.one_of(st.sampled_from(";%\n\r\x1b\x85, :"), st.characters()), min_size=1), max_size=4)


@given(LISTS)
def test_whoever_takes_the_joined_names_apart_finds_each_as_it_was(each: list[str]) -> None:
    joined = str(Names(*each))
    assert each == [unquote(name) for name in joined.split(";") if name]
    assert not set(CONTROLS) & set(joined)


@given(LISTS)
def test_the_journal_gives_back_what_it_was_given(each: list[str]) -> None:
    kept, database = NamesAsJson(), DefaultDialect()
    text = kept.process_bind_param(Names(*each), database)
    assert text == kept.process_bind_param(as_json(Names(*each)), database)
    assert text is not None and text.isascii()
    assert Names(*each) is kept.process_result_value(text, database)


def test_equal_ones_are_one_object_however_they_came_about() -> None:
    both = Names("a", "b")
    assert both is Names("a") + Names("b", "a")
    assert both is pickle.loads(pickle.dumps(both)) is copy.deepcopy(both)
    assert both is Names("a", "c", "b").without("c")
    assert NONE is Names() and not NONE and both


def test_a_frame_takes_names_for_one_value() -> None:
    frame = pd.DataFrame({"email": ["a", "b", "c"], "reasons": NONE})
    frame.loc[frame["email"].ne("c"), "reasons"] = Names("x", "y")
    assert [Names("x", "y"), Names("x", "y"), NONE] == frame["reasons"].tolist()
    assert {Names("x", "y"): 2, NONE: 1} == frame["reasons"].value_counts().to_dict()
    assert [NONE, Names("x", "y")] == list(frame.groupby("reasons").groups)


def test_columns_are_put_together_and_searched_row_by_row() -> None:
    one = pd.Series([Names("a"), NONE, Names("a")], index=[7, 8, 9])
    other = pd.Series([Names("b"), Names("b"), Names("a")], index=[7, 8, 9])
    assert [Names("a", "b"), Names("b"), Names("a")] == together(one, other).tolist()
    assert [Names("a", "c"), Names("c"), Names("a", "c")] == with_name(one, "c").tolist()
    assert [True, False, True] == holding(one, "a", "z").tolist()
    assert not holding(one, "z").any()
    assert [1, 0, 1] == each_once(one, lambda found: len(found.each)).tolist()
    assert [7, 8, 9] == together(one, other).index.tolist()
    assert [] == together(one[:0], other[:0]).tolist() == holding(one[:0], "a").tolist()


def test_what_is_missing_holds_no_name() -> None:
    assert [NONE, Names("a")] == known_names(pd.Series([None, Names("a")])).tolist()
    assert [NONE] == known_names(pd.Series([float("nan")])).tolist()
    holed = pd.Series([None, Names("a")])
    assert [Names("b"), Names("a", "b")] == with_name(holed, "b").tolist()
    assert [Names("a"), Names("a")] == together(holed, holed[::-1].reset_index(drop=True)).tolist()
    texts = pd.Series(["a;b", "", None, float("nan")], dtype=object)
    assert [Names("a;b"), NONE, NONE, NONE] == one_each(texts).tolist()
