"""A verb and what follows it without a blank between: it is told where one is missing, whatever the verb and whatever follows."""

from __future__ import annotations

import pytest

from collect_tui.desk.line.parse import parse
from collect_tui.desk.line.verbs import VERBS, find, glued
from support.line_world import CONTEXT

NAMES = [name for verb in VERBS.values() for name in (verb.verb, *verb.aliases)]


@pytest.mark.parametrize("behind", ["+3", "150", "15dec", "$20", "#12", ":x", "@m2", "412.10 3m 15", "fri", "eom"])
def test_every_verb_says_where_its_blank_is_missing(behind: str) -> None:
    codes = [*CONTEXT.codes.results, *CONTEXT.codes.actions, *CONTEXT.verbs_of_kinds]
    for name in (*NAMES, *(code.lower() for code in codes)):
        line = f"{name}{behind}"
        if find(line.split()[0], CONTEXT) is not None:
            continue  # another verb, such as `notef…`
        (error,) = parse(line, CONTEXT).errors
        begun = glued(line.split()[0], CONTEXT)
        assert name.startswith(begun) or begun.startswith(name), line
        assert error.message == f"Expected a blank behind {begun}.", line
        assert (error.start, error.end, error.code) == (0, len(line.split()[0]), "verb")


def test_a_sign_in_its_place_is_told_and_the_acts_before_it_are_read() -> None:
    parsed = parse("lm; t=fri", CONTEXT)
    assert [error.message for error in parsed.errors] == ["Expected a blank instead of = behind t."]
    assert [command.kind for command in parsed.commands] == ["contact"]


@pytest.mark.parametrize("line", ["inmates", "topmon", "asap", "nahello", "thru", '"t+3"', "zz+3", "item=5"])
def test_a_word_that_only_begins_like_a_verb_is_none(line: str) -> None:
    (error,) = parse(line, CONTEXT).errors
    assert "blank" not in error.message


def test_what_is_glued_to_it_is_not_repeated() -> None:
    errors = parse("pay4111111111111111", CONTEXT).errors
    assert errors
    assert not any("4111" in error.message or "4111" in error.expected for error in errors)
