"""The words of filters, sorts and columns: collectors' own are known, and so is what stands above a column."""

from __future__ import annotations

import pytest

from collect_tui.desk import queue_filter
from collect_tui.desk.own_filters import COLUMNS, columns
from collect_tui.desk.queue_filter import CALLED, CODES, NUMBERS, SORTS, read
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
