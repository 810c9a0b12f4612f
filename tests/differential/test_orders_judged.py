"""An order is judged whenever what it rests on changes, and once more when it leaves: by table.

Everything that forbids a suspension cancels one that has been asked for, in the transaction of what happened, and the preview
and the timeline say so; what leaves it be does not. Restorations are in `test_restorations_judged.py`, random days in
`test_orders_leaving.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import pytest

from collect_tui.policy.verdicts import Severity
from collect_tui.services.intake.billed import BilledAccount, BilledItem, BilledService
from support.book import TODAY, Book, account, day
from support.owed import suspension
from support.world import SITE, World, file_line

ROSA: Final = "4410-2231"
SERVICES: Final = [
    {"product": "INT", "billing_system": "north", "identifier": "INT-1", "monthly": 6000},
    {"product": "TV", "billing_system": "north", "identifier": "TV-1", "monthly": 4000},
]
POINTS: Final = [{"kind": "mobile", "value": "+1 312 555 0142"}, {"kind": "email", "value": "rosa@example.com"}]
FORBIDS: Final = sorted(code for code, kind in SITE().holds.items() if "suspend" in kind.blocks)
LEAVES: Final = sorted(code for code, kind in SITE().holds.items() if "suspend" not in kind.blocks)
RESULTS: Final = sorted(code for code, result in SITE().codes.results.items() if result.hold in FORBIDS)


def rosa(**more: Any) -> dict[str, Any]:
    """412.10 late: 300.00 on INT, 112.10 on TV; the notice served 20 days ago. It may be cut tomorrow, Tuesday."""
    notices = [{"level": "pre-cut", "channel": "letter", "status": "DELIVERED", "sent_on": day(-20)}]
    items = [("INV-1", -63, 30000, {"service": "INT"}), ("INV-2", -33, 11210, {"service": "TV"}), ("INV-3", 7, 11000)]
    made = {"items": items, "services": SERVICES, "stage": "FINAL", "notices": notices, "points": POINTS}
    return account(ROSA, "Alvarez, Rosa", **(made | more))


@pytest.fixture
def world() -> World:
    """The cut of INT has been asked for and waits to leave."""
    world = World(Book(rosa()))
    world.roll(TODAY)
    world.type(ROSA, "sus int tue")
    return world


def order(world: World) -> Any:
    return world.rows("service_order")[-1]


def service(world: World, product: str = "INT") -> Any:
    return world.row("service", product=product)


def assert_stopped(world: World, status: str = "CANCELLED") -> None:
    """The cut is off, INT is what it was, the timeline says so, nothing waits for the order, and nothing leaves."""
    assert order(world).status == status
    assert (service(world).status, service(world).suspend_cause) == ("ACTIVE", None)
    told = [entry.title for entry in world.desk.pane(ROSA, "timeline").timeline if entry.kind == "order"]
    if status == "CANCELLED":
        assert any("cancelled" in title and order(world).number in title for title in told), told
        assert world.row("account", number=ROSA).next_action_code != "order"
    assert world.sync().sent == ()
    assert world.port.sent == []


# ------------------------------------------------------------------------------------------------- what stops a suspension

TYPED: Final = {
    **{f"the hold {code}": f"hold {code.lower()}" for code in FORBIDS},
    **{f"the result {code}": f"{code.lower()} m1" for code in RESULTS},
    "a promise": "ptp 100 fri",
    "a promise on a call": "pp 100 fri",
    "a plan": "arr 412.10 3m fri",
    "a payment of all that is late": "pay 412.10 card R1",
    "a payment directed to its invoice": "pay 300 card R1 INV-1=300",
    "a payment after which too little is left to cut for": "pay 280 card R1 INV-1=280",
}


@pytest.mark.parametrize("line", TYPED.values(), ids=TYPED)
def test_what_is_typed_stops_a_suspension_that_has_not_left(world: World, line: str) -> None:
    if "R1 INV-1" in line:
        world.type(ROSA, "pay 112.10 card R0 INV-2=112.10")  # so that its own invoice is all that is late
    number = order(world).number
    shown = world.preview(ROSA, line)
    assert shown.ok, shown.error or shown.verdict
    said = [effect.sentence for effect in shown.effects if effect.kind == "OrderChanged"]
    assert any(number in sentence for sentence in said), f"the preview does not say that {number} is cancelled: {said}"
    world.type(ROSA, line)
    assert_stopped(world)


def brings_credit(world: World) -> None:
    world.bill(_item("CR-1", -30000, -1, kind="credit", service="INT"))


def loads_a_dispute(world: World) -> None:
    world.file({**world.line_of("INV-1"), "disputed": "yes"})


def life_support(world: World) -> None:
    services = (BilledService.model_validate({**SERVICES[0], "life_support": True}),)
    opened = world.row("account", number=ROSA).opened_on
    world.bill(BilledAccount(number=ROSA, name="Alvarez, Rosa", opened_on=opened, services=services))


def bills_less(world: World) -> None:
    world.bill(_item("INV-1", 2000, -63, service="INT"))


def _item(doc_no: str, amount: int, due: int, **rest: Any) -> BilledItem:
    when = TODAY + timedelta(days=due)
    return BilledItem(account=ROSA, doc_no=doc_no, issued=when - timedelta(days=30), due=when, amount=amount, **rest)


def at_night(happens: Callable[[World], None]) -> Callable[[World], None]:
    def night(world: World) -> None:
        happens(world)
        world.roll()

    return night


COMES: Final[dict[str, Callable[[World], None]]] = {
    "a payment by the API": lambda world: world.pay(ROSA, 41210, ref="R1", by="api"),
    "a payment by the API for its invoice": lambda world: world.settle("INV-1", ref="R1", by="api"),
    "an import that settles its only invoice": lambda world: world.settle("INV-1", ref="R1", by="csv"),
    "money that the night posts": at_night(lambda world: world.pay(ROSA, 41210, ref="R1", by="night")),
    "a credit by the API": brings_credit,
    "a credit that the night applies": at_night(lambda world: world.owe(ROSA, "CR-1", TODAY, -41210)),
    "a credit in a file": lambda world: world.file(
        {**world.line_of("INV-3"), "doc": "CR-1", "amount": "-412.10", "due": TODAY.isoformat()}
    ),
    "a dispute in a file": loads_a_dispute,
    "life support told by billing": life_support,
    "a bill that comes to less": bills_less,
}


@pytest.mark.parametrize("comes", COMES.values(), ids=COMES)
def test_what_comes_in_stops_a_suspension_that_has_not_left(world: World, comes: Callable[[World], None]) -> None:
    comes(world)
    assert_stopped(world)


@pytest.mark.parametrize("kind", ["MEDICAL", "INSOLVENCY"])
def test_a_hold_placed_through_the_api_stops_a_suspension(world: World, kind: str) -> None:
    from collect_tui.server.app import create_app
    from server.conftest import Api
    from support.server import bearer, server_context

    context = server_context(world.store, world.clock)
    answer = Api(create_app(), context, bearer(context, "lee")).act(f"/accounts/{ROSA}/holds", {"hold": kind})
    assert answer.status_code == 200, answer.text
    assert_stopped(world)


def test_an_overridden_suspension_becomes_a_draft_for_review() -> None:
    world = World(Book(rosa()))
    world.roll(TODAY)
    world.type(ROSA, "hold payment-claim")
    world.type(ROSA, "sus int tue", override="the bank says there is no such payment")
    assert order(world).status == "REQUESTED"
    world.type(ROSA, "md m1")
    assert_stopped(world, "DRAFT")


STAYS: Final = {
    **{f"the hold {code}": f"hold {code.lower()}" for code in LEAVES},
    "a note": "n hello",
    "no answer": "na m1",
    "a part of the money": "pay 100 card R1",
    "money for another service": "pay 112.10 card R1 INV-2=112.10",
}


@pytest.mark.parametrize("line", STAYS.values(), ids=STAYS)
def test_what_does_not_forbid_a_suspension_leaves_it_be(world: World, line: str) -> None:
    world.type(ROSA, line)
    assert order(world).status == "REQUESTED"
    assert world.sync().sent == (order(world).number,)


# ------------------------------------------------------------------------------------------------------- when it leaves


def behind(world: World, kind: str) -> None:
    """A hold that nobody judged the order by: it is simply there."""
    own = {"account_id": world.account_id(ROSA), "kind": kind, "placed_on": TODAY, "placed_by": "x", "status": "ACTIVE"}
    world.add("hold", **own, scope="account", reason="")


@pytest.mark.parametrize("kind", FORBIDS)
def test_an_order_is_judged_once_more_when_it_leaves(world: World, kind: str) -> None:
    behind(world, kind)
    number = order(world).number
    report = world.sync()
    assert (report.sent, world.port.sent) == ((), [])
    assert order(world).status in {"CANCELLED", "DRAFT"}
    title = SITE().holds[kind].title
    texts = [f"{e.title} {e.text}" for e in world.desk.pane(ROSA, "timeline").timeline if number in e.title]
    assert any(title in text for text in texts), f"no word of {title}: {texts}"
    why = world.desk.why(ROSA)
    assert why.queue or any("hold" in s.lower() for s in why.absent), "nobody is told that it did not leave"


def test_what_did_not_leave_puts_the_account_in_a_queue(world: World) -> None:
    behind(world, "MEDICAL")
    world.sync()
    assert world.desk.why(ROSA).queue is not None


def test_an_order_whose_day_is_over_does_not_cut_on_a_day_on_which_nothing_is_cut(world: World) -> None:
    for _ in range(4):
        world.roll()
    assert world.today.strftime("%a") == "Fri"
    world.sync()
    assert world.port.sent == []


# ------------------------------------------------------------------------------------- what a credit had stopped, and when


def test_a_suspension_that_an_imported_credit_stopped_stands_again_when_the_import_is_undone() -> None:
    world = World(Book(rosa()))
    world.roll(TODAY)
    world.type(ROSA, "sus int tue")
    text = world.file(file_line(ROSA, "CR-9", TODAY, TODAY, -41210, name="Alvarez, Rosa"))
    assert order(world).status == "CANCELLED"
    world.unfile(text)
    assert (order(world).status, service(world).status) == ("REQUESTED", "PENDING_SUSPEND")


@pytest.mark.parametrize("back", ["revpay R1 err", "retpay R1 nsf"])
def test_a_suspension_whose_day_is_over_does_not_stand_again(back: str) -> None:
    """Whoever wants the service cut now orders it for another day."""
    world = World(Book(rosa()))
    world.roll(TODAY)
    world.type(ROSA, "sus int tue")
    world.type(ROSA, "pay 412.10 card R1")
    for _ in range(2):
        world.roll()
    world.type(ROSA, back)
    assert (order(world).status, service(world).status) == ("CANCELLED", "ACTIVE")
    assert world.row("account", number=ROSA).next_action_code != "order"
    assert world.view(ROSA).queue is not None
    assert world.roll(world.today, check=True, full=True).differences == 0


def test_a_credit_of_a_service_is_set_against_what_that_service_owes_first() -> None:
    """TV's own credit covers it; INT, which is due longer, is not paid with it."""
    items = [("INV-1", -74, 10000, {"service": "INT"}), ("INV-2", -64, 10000, {"service": "TV"})]
    credit = ("CR-9", -3, -10000, {"kind": "credit", "service": "TV"})
    world = World(Book(rosa(items=[*items, credit]), business_date=TODAY - timedelta(days=3)))
    world.roll(TODAY)
    assert {i.doc_no: i.open for i in world.rows("item") if i.open} == {"INV-1": 10000}
    tv = next(s for s in world.rows("service") if s.product == "TV")
    assert "amount" in {f.check for f in suspension(world, ROSA, tv.id).findings if f.severity > Severity.WARN}
