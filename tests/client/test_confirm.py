"""A confirmed payment on its way: it stays confirmed while the surplus is the same; otherwise it comes back and is not lost."""

from __future__ import annotations

import pytest

from collect_tui.desk.errors import Unavailable, Unconfirmed
from contract.conftest import BOOK, ROSA, act, do
from support.book import local_desk
from support.desks import api_desks
from support.faulty import Faulty


class Cut(Faulty):
    """Cuts the line around the next acts: `before` the server hears of one, or `after` it has done it."""

    def __init__(self) -> None:
        super().__init__()
        self.next: list[str] = []

    def handle_request(self, request):
        import httpx

        if not (self.next and request.url.path.endswith("/acts")):
            return super().handle_request(request)
        if self.next.pop(0) == "after":
            super().handle_request(request)
        raise httpx.ReadError("cut")


@pytest.fixture
def line():
    return Cut()


@pytest.fixture
def store(tmp_path):
    with BOOK.store(tmp_path) as made:
        yield made


@pytest.fixture
def desk(store, tmp_path, clock, line):
    with api_desks(store, clock, tmp_path, transport=line, rest=lambda _: None) as made:
        yield made("mia")


def unanswered(desk, line, made, cuts):
    line.next = list(cuts)
    with pytest.raises(Unavailable) as error:
        desk.do(made)
    assert error.value.code == "act.unanswered"
    (held,) = desk.outbox.held()
    assert held.act.commands[0].over == 8790


def later(desk, clock):
    clock.forward(minutes=1)
    desk.sender.pump()


def paid(store, clock):
    return sorted(p.amount for p in local_desk(store, "lee", clock).pane(ROSA, "payments").payments)


def test_what_is_not_confirmed_is_refused_and_not_kept(desk, store, clock):
    with pytest.raises(Unconfirmed) as error:
        do(desk, ROSA, "pay 610 card R1")
    assert (error.value.confirm.what, error.value.confirm.value, error.value.confirm.currency) == ("87.90", 8790, "USD")
    assert desk.outbox.held() == ()
    assert paid(store, clock) == []


@pytest.mark.parametrize("cuts", [["before"] * 3, ["after"] * 3, ["before", "after", "before"]])
def test_a_confirmed_payment_without_an_answer_is_done_once(desk, line, store, clock, cuts):
    unanswered(desk, line, act(desk, ROSA, "pay 610 card R1 over=87.90"), cuts)
    later(desk, clock)
    assert desk.outbox.held() == ()
    assert paid(store, clock) == [61000]


def test_a_surplus_that_changed_on_the_way_comes_back(desk, line, store, clock):
    unanswered(desk, line, act(desk, ROSA, "pay 610 card R1 over=87.90", version=None), ["before"] * 3)
    do(local_desk(store, "lee", clock), ROSA, "pay 100 cash L1")
    later(desk, clock)
    (held,) = desk.outbox.held()
    assert (held.state, held.code) == ("review", "payment.over_balance")
    assert "USD 187.90 more than the USD 422.10 owed" in held.problem
    assert paid(store, clock) == [10000]
    desk.outbox.send_again(held.id)
    (held,) = desk.outbox.held()
    assert held.code == "payment.over_balance", "sent again it says the same"
    do(local_desk(store, "lee", clock), ROSA, "revpay L1 entered twice")
    desk.outbox.send_again(held.id)
    assert desk.outbox.held() == (), "and is done when the surplus is the one that was confirmed"
    assert paid(store, clock) == [10000, 61000]
