"""A book whose accounts are in several currencies: every amount says which, and no sum leaves one out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collect_tui.cli.plain import board_text, listed, page_text, pane_text, why_text
from collect_tui.desk.views.account import FIND_COLUMNS
from collect_tui.desk.views.base import Sum
from collect_tui.desk.views.me import sums as day_sums
from collect_tui.services.mask_money import MoneyMask
from collect_tui.store.engine import Store
from collect_tui.tui.queue_rows import COLUMNS, QueueRows
from collect_tui.tui.render.fitting import fit_columns
from collect_tui.tui.render.floor import render_work
from collect_tui.tui.render.me import render_me
from collect_tui.tui.render.queue import render_board_summary, render_queue_header
from contract.conftest import do
from support.book import TODAY, Book, account

OWED = {"USD": (50_00, 70_00), "EUR": (9_036_827_21,), "GBP": (30_00, 40_00), "JPY": (41210,)}
BOOK = Book(
    *(
        account(
            f"77{currency_at}0-000{n}",
            f"Marzipan Tools No. {currency_at}{n}",
            currency=currency,
            items=[(f"INV-{currency_at}{n}", -20 - n, minor)],
            phone=f"+1 312 555 01{currency_at}{n}",
            owner="mia",
        )
        for currency_at, (currency, each) in enumerate(OWED.items())
        for n, minor in enumerate(each)
    )
)
EURO, POUND, YEN = "7710-0000", "7720-0000", "7730-0000"
OTHERS = (
    Sum(currency="EUR", amount=9_036_827_21, count=1),
    Sum(currency="GBP", amount=70_00, count=2),
    Sum(currency="JPY", amount=41210, count=1),
)


@pytest.fixture
def store(combination: str, tmp_path: Path) -> Iterator[Store]:
    with BOOK.store(tmp_path) if combination.endswith("sqlite") else BOOK.pg_store() as opened:
        yield opened


def figure(desk, name):
    return next(each for each in desk.queues().queues if each.name == name)


def full(desk):
    """The name of the queue in which all of them stand."""
    return next(each.name for each in desk.queues().queues if each.count == 6 and each.tier)


def test_a_figure_has_each_currency_by_itself(desk):
    for name in (full(desk), "mine"):
        found = figure(desk, name)
        assert (found.count, found.collectable, found.currency) == (6, 120_00, "USD")
        assert found.other_currencies == OTHERS
    assert "120.00 USD + 3 in other currencies" in board_text(desk.queues(), desk.session())


def test_a_header_says_all_that_its_rows_come_to(desk):
    page = desk.queue(full(desk))
    assert "$120 + 3 in other currencies collectable" in render_queue_header(page.figure).text
    some = desk.queue(full(desk), words="collect>65")
    assert sorted(row.currency for row in some.rows) == ["EUR", "JPY", "USD"], "each account in its own currency"
    header = render_queue_header(some.figure, words=some.words, rows=some.rows).text
    assert "3 of 6 · $70 + €9,036,827 + ¥41,210 · collect>65" in header
    assert "$240.00 + 3 in other currencies collectable" in render_board_summary(desk.queues().queues).text


def test_an_amount_in_another_currency_says_which_in_every_list(desk):
    page, session = desk.queue(full(desk)), desk.session()
    told = page_text(page, session)
    assert all(each in told for each in (" 70.00 ", "€9,036,827.21 ", "£40.00 ", "¥41,210 "))
    assert "¥41,210 " in listed(FIND_COLUMNS, desk.find(YEN), session)
    rows = QueueRows(page.rows, None, session)
    at = next(n for n, column in enumerate(COLUMNS) if column.name == "collectable")
    width = dict(fit_columns(COLUMNS, 78, rows.figures(COLUMNS)))[at]
    assert max(len(rows.row(n)[at].text) for n in range(len(rows))) == width, "no figure is cut"


def test_a_pane_is_in_the_currency_of_its_account(desk):
    assert "open 41,210" in pane_text(desk.pane(YEN, "items"), desk.session())


def test_why_says_in_which_currencies_it_compares(desk):
    assert "9,036,827.21 EUR to collect against a median of 70.00 USD, one for one: " in why_text(desk.why(EURO))
    assert "50.00 to collect against a median of 70.00 USD: " in why_text(desk.why("7700-0000"))


def test_what_was_promised_and_collected_is_said_in_each_currency(desks, clock):
    mia = desks("mia")
    for number in ("7700-0000", POUND):
        mia.claim(number)
        do(mia, number, "pp 30 fri")
        clock.forward(minutes=1)
        do(mia, number, f"pay 10 card r{number[-1]}{number[2]}")
    seen, pounds = mia.me(), (Sum(currency="GBP", amount=30_00),)
    assert (seen.today.promised, seen.today.promised_other_currencies) == (30_00, pounds)
    assert (seen.collected, seen.collected_30) == (10_00, 10_00)
    assert seen.collected_other_currencies == seen.collected_30_other_currencies == (Sum(currency="GBP", amount=10_00),)
    told = {heading: words for heading, words, *_ in day_sums(seen)}
    assert told["Promised"] == "2 · $30.00 + £30.00"
    assert told["Collected"] == "$10.00 + £10.00 · $10.00 + £10.00 in 30 days"
    week = seen.model_copy(update={"days": (seen.today,)})
    assert any("  $30.00 + £30.00  " in line.text for line in render_me(week))
    floor = desks("lee").floor()
    seat = next(seat for seat in floor.seats if seat.login == "mia")
    assert (seat.promised, seat.promised_other_currencies) == (30_00, pounds)
    assert any("$120 + 3 in other" in line.text for line in render_work(floor, TODAY, 120))


def test_a_sum_of_one_account_is_hidden_where_what_it_owes_is(desk):
    shown = MoneyMask(()).value(figure(desk, full(desk)))
    assert (shown.collectable, shown.other_currencies) == (120_00, (OTHERS[1],))
    alone = figure(desk, full(desk)).model_copy(update={"count": 5})
    assert MoneyMask(()).value(alone).collectable == 0, "one is in the book's own"
