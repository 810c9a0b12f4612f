"""The ladder serves: what the night drafts, what a run releases, what leaves, arrives, comes back, and where the account then stands."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any
from zlib import crc32

import pytest
from sqlalchemy import text

from collect_tui.desk.errors import Refused
from collect_tui.services import day_run
from collect_tui.services.local import LocalDesk
from collect_tui.services.message.dispatch import MessageDispatch
from collect_tui.services.message.port import Departure, NotNow, Outgoing, Rejected, Unknown
from collect_tui.services.message.run import look, release
from collect_tui.store import facts
from services.message.far import Far
from support.book import NOW, SERVICES, TODAY, Book, Clock, account, do_line, local_desk
from support.thin import EXPLORE

ROSA = "4410-2231"
POINTS = [
    {"kind": "mobile", "value": "+1 312 555 0142", "consent": "in"},
    {"kind": "email", "value": "rosa@example.com"},
    {"kind": "address", "value": "36 Poplar St, Chicago, IL 60622"},
]


def book(**more: Any) -> Book:
    items = more.pop("items", [("INV-1", -20, 20000)])
    return Book(
        account(
            ROSA,
            "Alvarez, Rosa",
            **{"points": POINTS, "items": items, "services": SERVICES, "stage": "PAST_DUE", **more},
        )
    )


class Life:
    """A desk with a letter and an e-mail channel, and its days."""

    def __init__(self, desk: LocalDesk, clock: Clock) -> None:
        self.desk, self.clock, self.today = desk, clock, TODAY
        self.letter, self.email, self.sms = Far("letter"), Far("email", repeatable=False), Far("sms")
        self.dispatch = lambda: MessageDispatch(desk, {far.channel: far for far in (self.letter, self.email, self.sms)})

    def night(self, days: int = 1, *, check: bool = True) -> None:
        self.clock.forward(days=days)
        self.today += timedelta(days=days)
        assert day_run.run(self.desk, self.today, check=check, full=check).found == ()

    def out(self) -> Any:
        release(self.desk)
        return self.dispatch().run()

    @property
    def seen(self) -> Any:
        with self.desk.store.read() as db:
            return facts.load(db, 1, ROSA)

    @property
    def notices(self) -> list[tuple[str, str, str]]:
        return [(m.level or m.template, m.channel, str(m.status)) for m in self.seen.messages]


DATABASES = ("sqlite", "postgres")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each test on one of the databases, by its name; with `EVERY_DESK=1` on both."""
    if "stores" in metafunc.fixturenames:
        name = metafunc.definition.name
        one = DATABASES[crc32(name.encode()) % 2]
        metafunc.parametrize("stores", DATABASES if "EVERY_DESK" in os.environ else (one,), indirect=True)


@pytest.fixture
def stores(request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[Any]:
    opened: list[Any] = []

    def make(of: Book) -> Life:
        held = of.store(tmp_path) if request.param == "sqlite" else of.pg_store()
        opened.append(held)
        clock = Clock(NOW)
        return Life(local_desk(held.__enter__(), "lee", clock), clock)

    yield make
    for each in opened:
        each.__exit__(None, None, None)


def test_a_stage_is_reached_when_its_notice_is_served_and_not_before(stores: Any) -> None:
    life = stores(book())
    life.night()  # Tuesday
    assert life.notices == [("1", "", "DRAFT")]
    assert life.seen.stage == "PAST_DUE"
    assert life.out().sent == {"letter": 1}
    (letter,) = life.letter.left
    assert (letter.name, letter.to) == ("Rosa Alvarez", "36 Poplar St\nChicago, IL 60622")
    assert letter.document is not None
    assert letter.document.text() == letter.text
    assert life.notices == [("1", "letter", "SENT")]
    for _ in range(5):  # Thanksgiving and a weekend are no business days
        life.night()
        assert life.seen.stage == "PAST_DUE"
    life.night()
    assert life.seen.stage == "NOTICE_1"
    assert (life.seen.next_action.code, life.seen.next_action.on) == ("call", life.today)


def test_a_debt_of_a_year_goes_up_by_its_notices_and_gaps_and_not_night_by_night(stores: Any) -> None:
    life = stores(book(items=[("INV-1", -391, 20000)]))
    reached = {}
    for night in range(25):
        life.night(3, check=EXPLORE or night % 5 == 0)
        life.out()
        reached.setdefault(str(life.seen.stage), (life.today - TODAY).days)
    assert list(reached) == ["PAST_DUE", "NOTICE_1", "NOTICE_2", "NOTICE_3", "FINAL"]
    days = list(reached.values())
    assert all(later - earlier >= 10 for earlier, later in pairwise(days[1:]))
    assert [m.dated for m in life.letter.left] == sorted({m.dated for m in life.letter.left}), "one a day"


def test_a_notice_for_a_bill_that_was_paid_counts_for_no_other(stores: Any) -> None:
    life = stores(book(items=[("INV-1", -20, 20000), ("INV-2", 2, 9000)]))
    life.night()
    life.out()
    do_line(life.desk, ROSA, "pay 200 card R1 y")
    life.night(20)
    life.night()
    assert life.seen.oldest_due == TODAY + timedelta(days=2)
    assert life.seen.stage == "PAST_DUE", "it was current, and is late again"
    assert ("1", "", "DRAFT") in life.notices, "the debt that is left has a notice of its own"


@pytest.mark.parametrize("why", ["DISPUTE", "CEASE"])
def test_a_hold_keeps_a_draft_back_and_its_reason_is_told(stores: Any, why: str) -> None:
    life = stores(book())
    life.night()
    do_line(life.desk, ROSA, f"hold {why.lower()} checking")
    assert [(e.reason, e.count) for e in look(life.desk).excluded] == [("hold", 1)]
    assert life.notices == [("1", "", "DRAFT")]
    release(life.desk)
    assert life.notices == [("1", "", "DRAFT")]
    do_line(life.desk, ROSA, f"rel {why.lower()} done")
    assert life.out().sent == {"letter": 1}


def test_an_account_without_any_way_to_serve_stands_in_a_queue_until_there_is_one(stores: Any) -> None:
    life = stores(book())
    do_line(life.desk, ROSA, "na m1")
    for short in ("m1", "e1", "a1"):
        do_line(life.desk, ROSA, f"bad {short}")
    life.night()
    assert life.notices == [("1", "", "DRAFT")]
    why = life.desk.why(ROSA)
    assert (why.queue, why.reasons[0], why.chips[0]) == ("unserved", "no_way_to_serve", "no way")
    assert [(e.reason, e.accounts) for e in look(life.desk).excluded] == [("point", (ROSA,))]
    life.night()
    assert life.desk.why(ROSA).queue == "unserved", "it was marked once, and is looked at every night"
    do_line(life.desk, ROSA, "good e1")
    assert life.desk.why(ROSA).queue != "unserved"
    do_line(life.desk, ROSA, "out e1")
    assert life.desk.why(ROSA).queue == "unserved"
    do_line(life.desk, ROSA, 'xm 1 "told in person"')
    assert life.desk.why(ROSA).queue != "unserved"
    assert day_run.run(life.desk, life.today, check=True, full=True).found == ()


@pytest.mark.parametrize(("currency", "kept"), [("USD", 3), ("EUR", None), ("", None)])
def test_what_it_cost_is_kept_in_the_currency_of_the_account_only(stores: Any, currency: str, kept: int | None) -> None:
    life = stores(book())
    life.letter.cost, life.letter.currency = 3, currency
    life.night()
    life.out()
    (notice,) = life.seen.messages
    assert life.desk.message(ROSA, notice.id).cost == kept


def test_what_is_placed_after_the_release_stops_it_as_it_leaves(stores: Any) -> None:
    life = stores(book())
    life.night()
    release(life.desk)
    do_line(life.desk, ROSA, "hold dispute checking")
    report = life.dispatch().run()
    assert (report.sent, report.held) == ({}, 1)
    assert life.notices == [("1", "letter", "DRAFT")]


def test_a_changed_text_that_is_held_back_is_gone_and_not_written_anew(stores: Any) -> None:
    life = stores(book(items=[("INV-1", 3, 20000)]))
    do_line(life.desk, ROSA, 'send reminder email "Dear Rosa, as we said today."')
    do_line(life.desk, ROSA, "out e1")
    assert life.dispatch().run().held == 1
    assert life.notices == [("reminder", "email", "CANCELLED")]


def test_what_confirms_a_promise_that_was_replaced_is_written_anew(stores: Any) -> None:
    life = stores(book())
    do_line(life.desk, ROSA, "pp 190 fri; send promise-confirmation email")
    life.clock.forward(minutes=1)
    do_line(life.desk, ROSA, "pp 50 fri")
    assert (life.dispatch().run().held, life.email.left) == (1, [])
    assert life.notices == [("promise-confirmation", "email", "DRAFT")]
    life.clock.forward(minutes=1)
    do_line(life.desk, ROSA, "free promise-confirmation")
    assert life.dispatch().run().sent == {"email": 1}
    assert "$50.00" in life.email.left[0].text
    assert "190" not in life.email.left[0].text


def test_what_has_been_paid_is_not_sent(stores: Any) -> None:
    life = stores(book())
    life.night()
    do_line(life.desk, ROSA, "pay 200 card R1 y")
    assert life.out().sent == {}
    assert life.notices == [("1", "", "CANCELLED")]


def test_returned_mail_is_not_served_and_goes_out_by_the_next_way(stores: Any) -> None:
    life = stores(book(items=[("INV-1", -40, 20000)]))
    life.night()
    life.out()
    life.night(8)
    assert life.seen.stage == "NOTICE_1"
    life.letter.report(life.letter.left[0].key, "returned", life.clock(), detail="moved")
    report = life.dispatch().run()
    assert report.received == {"report": 1}
    assert life.seen.stage == "PAST_DUE"
    assert [p.quality for p in life.seen.points if p.kind == "address"] == ["bad"]
    assert life.notices == [("1", "letter", "RETURNED"), ("1", "", "DRAFT")]
    assert life.out().sent == {"email": 1}
    life.letter.report(life.letter.left[0].key, "returned", life.clock(), detail="moved")
    assert life.dispatch().run().received == {"report": 0}, "said twice, it happened once"


def test_without_any_way_the_draft_waits_and_says_so(stores: Any) -> None:
    life = stores(book(points=[{"kind": "mobile", "value": "+1 312 555 0142", "consent": "out"}]))
    life.night()
    assert [(e.reason, e.accounts) for e in look(life.desk).excluded] == [("point", (ROSA,))]


def test_a_notice_past_the_final_takes_a_second_person(stores: Any) -> None:
    life = stores(book(items=[("INV-1", -80, 20000)], stage="FINAL"))
    do_line(life.desk, ROSA, "notice pre-cut")
    assert life.notices == [("pre-cut", "letter", "DRAFT")]
    assert [e.reason for e in look(life.desk).excluded] == ["same_person"]
    other = local_desk(life.desk.store, "ben", life.clock)
    assert [each.count for each in release(other).released] == [1]


def test_a_line_that_is_down_loses_nothing_and_sends_nothing_twice(stores: Any) -> None:
    life = stores(book())
    life.night()
    release(life.desk)
    life.letter.fails = [NotNow("the house is closed")]
    assert life.dispatch().run().put_off == {"letter": "the house is closed"}
    assert life.dispatch().run().sent == {"letter": 1}
    assert life.dispatch().run().sent == {}
    assert len(life.letter.left) == 1


def test_of_what_may_have_left_a_person_says_whether_it_did(stores: Any) -> None:
    life = stores(book(points=POINTS[1:2]))
    life.night()
    release(life.desk)
    life.email.fails = [Unknown("the line was lost")]
    (number,) = life.dispatch().run().unsure
    assert life.dispatch().run().unsure == (number,)
    assert life.email.left == []
    life.dispatch().settle(number, sent=False)
    assert life.dispatch().run().sent == {"email": 1}
    with pytest.raises(Refused, match="known whether"):
        life.dispatch().settle(number, sent=True)


def _tried(life: Any) -> int:
    with life.desk.store.read() as db:
        return (
            db.connection()
            .execute(text("SELECT id FROM message WHERE tried_at IS NOT NULL AND channel = 'email'"))
            .scalar_one()
        )


class Killed(BaseException):
    """The program ends where it stands."""


def test_a_program_that_ends_while_it_sends_sends_nothing_twice(stores: Any) -> None:
    life = stores(book())
    do_line(life.desk, ROSA, "stmt email")
    do_line(life.desk, ROSA, "notice 1 letter")
    life.letter.fails = [Killed()]  # nobody knows whether before or after it was taken
    with pytest.raises(Killed):
        life.dispatch().run()
    life.email.fails = [Killed()]
    with pytest.raises(Killed):
        life.dispatch().run()
    assert len(life.letter.left) == 1, "the house takes the same letter once, and is given it again"
    report = life.dispatch().run()
    assert (report.sent, report.unsure) == ({}, ()), "another run may be handing it over"
    with pytest.raises(Refused, match="may be leaving now"):
        life.dispatch().settle(_tried(life), sent=False)
    life.clock.forward(minutes=11)
    report = life.dispatch().run()
    assert (report.sent, len(report.unsure)) == ({}, 1), "an e-mail is for a person to say"
    assert life.email.left == []


def test_two_runs_at_once_send_a_message_once(stores: Any) -> None:
    life = stores(book())
    do_line(life.desk, ROSA, "stmt email")
    other = life.dispatch()

    class Slow(Far):
        def send(self, message: Outgoing) -> Departure:
            if not self.left:
                left = super().send(message)
                assert other.run().sent == {}
                return left
            return super().send(message)

    life.email = Slow("email")
    assert MessageDispatch(life.desk, {"email": life.email}).run().sent == {"email": 1}
    assert len(life.email.left) == 1


def test_an_address_that_is_refused_is_marked_and_the_notice_goes_another_way(stores: Any) -> None:
    life = stores(book(points=POINTS[1:]))
    do_line(life.desk, ROSA, "notice 1 email")
    life.email.fails = [Rejected("550 no such user", point=True)]
    assert life.dispatch().run().failed == 1
    assert [p.quality for p in life.seen.points if p.kind == "email"] == ["bad"]
    assert life.out().sent == {"letter": 1}


def test_a_text_rings_in_the_hours_of_calls_only(stores: Any) -> None:
    life = stores(book())
    do_line(life.desk, ROSA, "notice 1 sms")
    life.clock.now = NOW.replace(hour=4)  # 22:00 in Chicago
    assert "hours" in life.dispatch().run().put_off
    life.clock.now = NOW
    assert life.dispatch().run().sent == {"sms": 1}
    assert life.notices == [("1", "sms", "SENT")]
    assert life.seen.messages[0].served_on is None, "a text is served by being delivered"
    life.sms.report(life.sms.left[0].key, "delivered", life.clock())
    life.dispatch().run()
    assert life.seen.messages[0].served_on == TODAY


def test_forged_and_unknown_reports_are_put_aside(stores: Any) -> None:
    life = stores(book())
    said = [life.email.report(key, "returned", life.clock()) for key in ("1-99", "2-1", "1-9999999999999999999999")]
    assert len(life.dispatch().run().refused) == 1  # by name
    assert [each.taken for each in said] == [["The report is of no message that left here."]] * 3


def test_a_sent_message_is_not_undone_and_a_queued_one_is(stores: Any) -> None:
    life = stores(book())
    do_line(life.desk, ROSA, "stmt letter")
    do_line(life.desk, ROSA, "undo")
    assert life.notices == [("statement", "letter", "CANCELLED")]
    do_line(life.desk, ROSA, "stmt letter")
    life.dispatch().run()
    with pytest.raises(Refused):
        do_line(life.desk, ROSA, "undo")


def test_a_balloon_is_reminded_of_at_each_interval_and_of_nothing_else(stores: Any) -> None:
    """Of the ladder's reminder it is no part, a bill is none of the balloon's, and the text is about what the night named."""
    items = [("B-1", 64, 900000, {"kind": "balloon"}), ("B-2", 400, 700000, {"kind": "balloon"}), ("INV-1", 61, 4000)]
    life = stores(book(items=items, stage="CURRENT"))
    told = []
    for night in (3, 4, 5, 20, 33, 34, 35, 50, 55, 56, 57, 58, 63):
        life.night(night - (life.today - TODAY).days)
        before = len(life.email.left)
        life.out()
        told += [(night, left.text) for left in life.email.left[before:]]
    assert life.letter.left == []
    assert [night for night, _ in told] == [4, 34, 56, 57]
    balloons, reminder = [told[at][1] for at in (0, 1, 3)], told[2][1]
    assert all("B-1" in text and "B-2" not in text for text in balloons)
    assert "INV-1" in reminder
    assert "B-1" not in reminder


def test_who_pays_before_the_day_is_reminded_of_the_next_bill_too(stores: Any) -> None:
    life = stores(book(items=[("INV-1", 5, 4000), ("INV-2", 36, 4000)], stage="CURRENT"))
    life.night()
    assert life.notices == [("reminder", "", "DRAFT")]
    assert life.out().sent == {"email": 1}
    do_line(life.desk, ROSA, "pay 40 card R1 y INV-1=40")
    life.night(29)
    life.night()
    assert life.notices[-1] == ("reminder", "", "DRAFT")
    assert life.seen.stage == "PRE_DUE"


@pytest.mark.parametrize("how", ["paid", "held", "out", "stopped"])
def test_nobody_is_reminded_who_paid_or_is_held_or_wants_no_more(stores: Any, how: str) -> None:
    points = [{**POINTS[1], "consent": "out"}, {**POINTS[0], "consent": "out"}, POINTS[2]]
    more: dict[str, Any] = {"points": points} if how == "out" else {}
    life = stores(book(items=[("INV-1", 5, 4000)], stage="CURRENT", **more))
    if how == "paid":
        do_line(life.desk, ROSA, "pay 40 card R1 y")
    elif how in ("held", "stopped"):
        do_line(life.desk, ROSA, f"hold {'cease' if how == 'held' else 'dispute'} checking")
    life.night()
    assert life.notices == []


def on_a_plan(stores: Any) -> Any:
    """A service that may be cut, and a plan by the rules of a segment that confirms what was agreed."""
    notice = {
        "level": "pre-cut",
        "channel": "letter",
        "status": "DELIVERED",
        "sent_on": str(TODAY - timedelta(days=20)),
    }
    late = [("INV-1", -63, 20000, {"service": "INT"})]
    life = stores(book(items=late, segment="phone", stage="FINAL", notices=[notice]))
    do_line(life.desk, ROSA, "arr 200 dn60@+10 2w +17")
    return life


def test_a_plan_is_confirmed_in_writing_or_stands_in_a_queue(stores: Any) -> None:
    life = on_a_plan(stores)
    (plan,) = life.desk.pane(ROSA, "promises").promises
    due = life.desk.calendar.add_business_days(TODAY, 3)
    assert (plan.confirm_by, plan.confirmed_on) == (due, None)
    assert f"written confirmation due by {due:%a} {due.day} {due:%b}" in life.desk.history()[0].sentence
    while life.today <= due:
        assert "confirmation_due" not in life.desk.why(ROSA).reasons
        life.night()
    assert life.desk.why(ROSA).queue == "unconfirmed"
    do_line(life.desk, ROSA, "send plan-confirmation email")
    assert life.desk.why(ROSA).queue == "unconfirmed", "it has not left yet"
    assert life.dispatch().run().sent == {"email": 1}
    assert life.desk.account(ROSA).promise.confirmed_on == life.today
    assert "confirmation_due" not in life.desk.why(ROSA).reasons
    life.email.report(life.email.left[0].key, "returned", life.clock(), detail="no such mailbox")
    life.dispatch().run()
    assert life.desk.account(ROSA).promise.confirmed_on is None
    assert life.desk.why(ROSA).queue == "unconfirmed", "it came back"
    life.night()


@pytest.mark.parametrize("confirmed", [True, False])
def test_the_breach_of_what_was_never_confirmed_cuts_nothing(stores: Any, confirmed: bool) -> None:
    life = on_a_plan(stores)
    if confirmed:
        do_line(life.desk, ROSA, "send plan-confirmation email")
        assert life.dispatch().run().sent == {"email": 1}
    ready = set()
    for night in range(20):
        life.night(check=EXPLORE or night % 5 == 0)
        ready.add("suspend_ready" in life.desk.why(ROSA).reasons)
    assert str(life.seen.promises[0].status) == "BROKEN"
    assert (True in ready) is confirmed
    service = next(s for s in life.desk.account(ROSA).services if s.product == "INT")
    found = next(f for f in service.suspend.findings if f.check == "promise")
    assert (found.severity, "not confirmed in writing" in found.sentence) == (
        ("allow", False) if confirmed else ("block", True)
    )


def test_a_plan_that_is_taken_back_waits_for_no_confirmation(stores: Any) -> None:
    life = on_a_plan(stores)
    do_line(life.desk, ROSA, "undo")
    life.night(9)
    assert "confirmation_due" not in life.desk.why(ROSA).reasons
