"""Cases over HTTP with what no desk would send."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from contract.conftest import ROSA
from server.conftest import Api, code
from support.book import catalogue

CASES = f"/accounts/{ROSA}/cases"


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"what": "x" * 1_000_000}, 413),
        ({"what": "x" * 4001}, 422),
        ({"what": ["x"]}, 422),
        ({"what": {"x": "y"}}, 422),
        ({"what": None}, 422),
        ({"x" * 61: "y"}, 422),
        ({f"f{n}": "x" for n in range(61)}, 422),
        ({"what": 7}, 422),
        ({"what": "\u0000\u001b"}, 422),
        ({"what": 10**40}, 422),
        ({"constructor": "x", "what": "y"}, 422),
    ],
    ids=lambda each: str(each)[:30],
)
def test_what_is_no_value_is_refused_and_leaves_nothing(api: Callable[..., Api], values: Any, status: int) -> None:
    answer = api("mia").act(CASES, {"case_kind": "improvement", "values": values})
    assert answer.status_code == status, answer.text[:300]
    assert code(answer)
    assert len(answer.text) < 5000
    assert api("mia")("GET", "/cases").json()["total"] == 0


def test_a_kind_is_one_of_the_sites(api: Callable[..., Api]) -> None:
    for kind in ("", "../task", "task\u0000", "t" * 200, "__class__"):
        assert api("mia").act(CASES, {"case_kind": kind, "values": {}}).status_code == 422, kind
    assert "task" in catalogue().cases.kinds
