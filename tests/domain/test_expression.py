"""The language of the rules that the database must know too: values, and the logic of what is not known."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from collect_tui.domain.expression import (
    Constant,
    Field,
    Param,
    all_of,
    any_of,
    choose,
    evaluate,
    greatest,
    holds,
    least,
    negated,
    unknown,
)

ROW = SimpleNamespace(a=3, b=5, none=None, text="OPEN")
PARAMS = {"least": 4}
YES, NO, PERHAPS = Field("a") < Field("b"), Field("a") > Field("b"), Field("none") > Field("a")


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        (Field("a") + Field("b") * 2 - 1, 12),
        (Field("b") // Field("a"), 1),
        (least(Field("a"), Param("least")), 3),
        (greatest(0, Field("a") - Field("b")), 0),
        (Field("a") + Field("none"), None),
        (least(Field("none"), 1), None),
        (Field("b") >= Param("least"), True),
        (Field("a") >= Param("least"), False),
        (Field("none") <= 4, None),
        (Field("text").equals("OPEN"), True),
        (Field("none").equals("OPEN"), None),
        (Field("text").one_of("CLOSED", "OPEN"), True),
        (Field("none").one_of("CLOSED", "OPEN"), None),
        (unknown(Field("none")), True),
        (unknown(Field("a")), False),
        (negated(PERHAPS), None),
        (negated(NO), True),
        (all_of(YES, PERHAPS), None),
        (all_of(PERHAPS, NO), False),
        (all_of(YES, YES), True),
        (any_of(NO, PERHAPS), None),
        (any_of(PERHAPS, YES), True),
        (any_of(NO, NO), False),
        (choose((NO, 1), (YES, 2), otherwise=3), 2),
        (choose((PERHAPS, Field("b")), otherwise=Constant(7)), 7),
        (choose((Field("a").equals(0), Field("b") // 0), otherwise=1), 1),  # what is not chosen is not worked out
    ],
)
def test_values(expression, value):
    assert evaluate(expression, ROW, PARAMS) == value


def test_what_is_not_known_does_not_hold():
    assert [holds(one, ROW, PARAMS) for one in (YES, NO, PERHAPS, negated(PERHAPS))] == [True, False, False, False]


def test_a_parameter_that_is_not_given_is_an_error():
    with pytest.raises(KeyError):
        evaluate(Param("other"), ROW, PARAMS)
