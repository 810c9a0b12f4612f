"""The words of filters, sorts and columns: collectors' own are known, and so is what stands above a column."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect_tui.common.words import nearest
from collect_tui.desk import queue_filter
from collect_tui.desk.own_filters import COLUMNS, columns
from collect_tui.desk.queue_filter import CALLED, CODES, COMPARED, DOWN, NUMBERS, SORTS, read
from collect_tui.domain.errors import Invalid

_OF = {"product": "INT", "flag": "disputed", "zone": "open", "owner": "me", "stage": "final"}


@pytest.mark.parametrize("word", CALLED)
def test_what_collectors_say_is_what_is_meant(word):
    name = CALLED[word]
    assert name in {**NUMBERS, **CODES, **SORTS}
    assert word not in {**NUMBERS, **CODES, **SORTS}, "a name is not called otherwise"
    if name in SORTS:
        assert read(f"sort {word.upper()}", "USD", {}).sort == name
    if name in NUMBERS:
        assert read(f"{word}>30", "USD", {}).terms == read(f"{name}>30", "USD", {}).terms
    elif name in CODES:
        assert read(f"{word}={_OF[name]}", "USD", {}).terms == read(f"{name}={_OF[name]}", "USD", {}).terms


@pytest.mark.parametrize("word", DOWN)
def test_ways_to_sort_are_what_collectors_call_them(word):
    made = read(f"petrov sort dpd {word.upper()} rosa", "USD", {})
    assert (made.sort, made.descending, made.search) == ("dpd", DOWN[word], ("petrov", "rosa"))
    assert queue_filter.with_sort(f"sort collect {word}", "dpd") == "sort dpd"


@given(st.sampled_from(sorted(DOWN)), st.integers(0, 12), st.sampled_from("aeiox"))
def test_a_way_to_sort_mistyped_is_never_looked_for(word, at, letter):
    typed = f"{word[:at]}{letter}{word[at:]}"
    near = nearest(typed, DOWN, 0.75)
    if typed in DOWN or near is None:  # what is like none is a name
        assert read(f"sort dpd {typed}", "USD", {}).search == (() if typed in DOWN else (typed,))
    else:
        with pytest.raises(Invalid, match=f"did you mean {near}"):
            read(f"sort dpd {typed}", "USD", {})


@given(
    st.sampled_from(["owner", "dpd", "x", "collect"]),
    st.text("=!<>~:≤≥≠", min_size=1, max_size=3),
    st.sampled_from(["", "x", "30", "%", '"']),
)
def test_only_what_compares_compares(name, how, value):
    with pytest.raises(Invalid) as error:
        read(f"{name}{how}{value} petrov", "USD", {}) if how not in COMPARED else read("petrov ~", "USD", {})
    told = "compares nothing; expected one of =, !=, <, <=, >, >=." if how not in COMPARED else "no letter or digit"
    assert told in error.value.message


def test_they_are_offered():
    offered = [offer for offer, _ in queue_filter.offers({})]
    assert len(offered) == len(set(offered))
    assert {"amount>", "days>", "balance>", "agent="} <= set(offered)


@pytest.mark.parametrize(("name", "heading"), COLUMNS.items())
def test_a_column_is_known_by_name_and_by_heading(name, heading):
    for word in (name, heading, heading.upper(), heading.replace(" ", "-")):
        assert columns(word) == (name,), word
    assert columns(f"account, {heading}, owner") == tuple(dict.fromkeys(("account", name, "owner")))


def test_a_column_is_known_by_what_filters_call_it():
    assert columns("number customer amount days agent level") == (
        "account",
        "name",
        "collectable",
        "dpd",
        "owner",
        "stage",
    )
    with pytest.raises(Invalid, match="no column 'custmer'; did you mean customer"):
        columns("account custmer")
