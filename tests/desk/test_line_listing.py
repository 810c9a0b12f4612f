"""What F4 lists: narrowed by what is typed, all of it where nothing is like that, and never nothing without a word why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from collect_tui.desk.line.complete import NONE_OF_THESE, listing, narrowed
from collect_tui.desk.line.offers import why_none
from collect_tui.desk.line.verbs import VERBS
from support.line_world import CONTEXT, NO_ACCOUNT

BARE = replace(
    CONTEXT,
    points=(),
    items=(),
    money=(),
    payments=(),
    services=(),
    orders=(),
    left=(),
    waiting=(),
    cases=(),
    pinned=(),
)
LISTED = [
    (verb.verb, slot.kind)
    for verb in VERBS.values()
    for slot in verb.fields[:1]
    if not (slot.leads or slot.before) and listing(f"{verb.verb} ", len(verb.verb) + 1, CONTEXT).candidates
]


def words(line: str) -> list[str]:
    return [one.text for one in listing(line, len(line), CONTEXT).candidates]


def test_there_are_verbs_to_try() -> None:
    assert {"hold", "party", "fix", "notice", "case", "xo", "ver"} & {verb for verb, _ in LISTED} >= {
        "hold",
        "party",
        "xo",
    }


@pytest.mark.parametrize(("verb", "kind"), LISTED)
def test_a_word_that_is_none_of_them_leaves_all_and_says_so(verb: str, kind: str) -> None:
    line = f"{verb} qqzqq"
    every = listing(f"{verb} ", len(verb) + 1, CONTEXT)
    found = listing(line, len(line), CONTEXT)
    assert (every.said, found.said) == ("", NONE_OF_THESE)
    assert [one.text for one in found.candidates] == [one.text for one in every.candidates]
    assert {one.insert_from for one in found.candidates} == {len(verb) + 1}, "what is taken stands in its place"


@pytest.mark.parametrize(("verb", "kind"), LISTED)
def test_a_part_of_a_word_narrows(verb: str, kind: str) -> None:
    every = words(f"{verb} ")
    first = next((word for word in every if word[0].isalpha()), every[0])
    found = words(f"{verb} {first[:2]}")
    assert first in found
    assert set(found) <= set(every)
    assert all(word.lower().startswith(first[:2].lower()) for word in found), "two letters begin a word, no title"


@pytest.mark.parametrize("line", ["party guarantr ", "hold zzz ", "xo S-9 "])
def test_behind_a_wrong_word_stands_what_it_should_have_been(line: str) -> None:
    found = listing(line, len(line), CONTEXT)
    assert found.said == NONE_OF_THESE
    assert {one.insert_from for one in found.candidates} == {line.index(" ") + 1}


def test_behind_the_beginning_of_a_word_stands_the_word() -> None:
    assert words("fix zo ") == ["zone"]
    assert words('unpin "sp') == words("unpin ")


@pytest.mark.parametrize("line", ["hold dispute ", "n rang twice", "lm m2 call back m", "party guarantor "])
def test_behind_a_right_word_it_is_not_listed_again(line: str) -> None:
    found = listing(line, len(line), CONTEXT)
    assert found.said != NONE_OF_THESE
    assert not found.candidates or found.candidates[0].insert_from == len(line)


@pytest.mark.parametrize(
    ("typed", "zone"),
    [("los ang", "America/Los_Angeles"), ("manila", "Asia/Manila"), ("America/Los", "America/Los_Angeles")],
)
def test_a_city_of_several_words_narrows_the_zones(typed: str, zone: str) -> None:
    assert words(f"fix zone {typed}") == [zone]
    assert len(words("fix zone ")) > 300, "none is left out"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("revorder ", "no cut has left that could be reversed"),
        ("xo ", "no order waits that has not left yet"),
        ("xm ", "no message waits"),
        ("free ", "no draft waits"),
        ("case ", "no case is open"),
        ("apply ", "there is no credit"),
        ("retpay ", "no payment stands"),
        ("sus ", "the account has no service"),
        ("sus in", "the account has no service"),
    ],
)
def test_an_empty_list_says_why_it_is_empty(line: str, why: str) -> None:
    found = listing(line, len(line), BARE)
    assert found.candidates == ()
    assert found.said.startswith(f"None here: {why}")


def test_what_has_no_list_says_what_is_typed_there() -> None:
    assert listing("own ", 4, CONTEXT).said == "Nothing is to be listed here: expected a login."
    assert why_none(("text",), CONTEXT) == ""


def test_without_an_account_nothing_is_said_of_it() -> None:
    assert listing("xo ", 3, NO_ACCOUNT).said == "None here: what the account has is not known yet."


def test_orders_are_listed_with_what_they_are() -> None:
    context = replace(CONTEXT, left=("S-77",), placed={"S-77": "suspend INT Thu 20 Nov, completed"})
    assert listing("revorder ", 9, context).candidates[0].title == "suspend INT Thu 20 Nov, completed"


def test_beginnings_come_before_titles_and_the_shortest_first() -> None:
    offers = [("note", "mark it"), ("market", ""), ("mark", "")]
    assert [word for word, _ in narrowed("mark", offers)] == ["mark", "market", "note"]
    assert narrowed("", offers) == offers
