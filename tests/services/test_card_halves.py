"""A card number written down in two halves, one act after the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collect_tui.desk.errors import Invalid
from collect_tui.services.local import LocalDesk, new_act
from support.book import Book, Clock, account, local_desk

ROSA, IVAN = "4410-2231", "4410-0087"
BOOK = Book(
    account(ROSA, "Alvarez, Rosa", items=[("INV-1", -63, 41237)]),
    account(IVAN, "Petrov, Ivan", items=[("INV-10", -41, 22000)]),
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[LocalDesk]:
    with BOOK.store(tmp_path) as store:
        yield local_desk(store, "mia", clock)


def note(desk: LocalDesk, text: str, number: str = ROSA) -> None:
    desk.do(new_act(number, {"kind": "note", "text": text}))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("4111 1111", "1111 1111"),
        ("card 4111 1111", "1111 1111 exp soon"),
        ("takes 411111", "1111111111"),
        ("4111-1111-11", "11-1111."),
        ("４１１１１１１１", "1111 1111"),
    ],
)
def test_the_second_half_is_refused(desk: LocalDesk, clock: Clock, first: str, second: str) -> None:
    note(desk, first)
    clock.forward(minutes=4)
    desk.do(new_act(ROSA, {"kind": "contact", "result": "NA"}))
    act = new_act(ROSA, {"kind": "note", "text": second})
    assert desk.preview(act).error_code == "text.card"
    with pytest.raises(Invalid) as told:
        desk.do(act)
    assert (told.value.code, told.value.field) == ("text.card", "text")
    assert "what you wrote before" in told.value.message


def test_taking_the_first_half_back_does_not_let_the_second_in(desk: LocalDesk) -> None:
    desk.do(new_act(ROSA, {"kind": "note", "text": "4111 1111", "pinned": True}))
    desk.do(new_act(ROSA, {"kind": "undo"}))
    with pytest.raises(Invalid):
        note(desk, "1111 1111")


def test_two_numbers_that_make_none_are_two(desk: LocalDesk, clock: Clock, tmp_path: Path) -> None:
    note(desk, "4111 1111")
    note(desk, "1111 1112")  # the check digit is wrong
    note(desk, "asks for 1111 1111")  # does not begin with it
    note(desk, "1111 1111", IVAN)
    clock.forward(minutes=20)
    note(desk, "1111 1111")
    note(desk, "4111 1111")
    with BOOK.store(tmp_path / "other") as store:
        kim = local_desk(store, "kim", clock)
        note(kim, "4111 1111")
        note(local_desk(store, "mia", clock), "1111 1111")


def test_the_file_s_own_number_is_no_half(desk: LocalDesk) -> None:
    for last in range(10):
        note(desk, "sister of 4410-2231")
        note(desk, f"0000 000{last}")


def test_acts_are_looked_up_only_for_digits_at_the_end_of_a_text(
    desk: LocalDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from collect_tui.services import act_log

    asked: list[str | None] = []
    real = act_log.past_acts

    def counted(*given: object) -> object:
        asked.append(given[-1])  # type: ignore[arg-type]
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(act_log, "past_acts", counted)
    note(desk, "rang 412.10 by 28.11.2026")
    note(desk, "called, 4 times")
    note(desk, "INV-1041 is wrong")
    assert not asked
    note(desk, "1111 1111")
    assert asked
