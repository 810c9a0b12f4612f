"""Digests for the firm's own people: who is told of what, once, and that orders wait for those who may object."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest

from collect_tui.desk.commands import Act, SendMessage
from collect_tui.domain.errors import Invalid, Refused
from collect_tui.services.message.digest import write
from collect_tui.services.message.port import NotNow, Rejected
from services.message.ours import ADA, ALL, BOOK, IVAN, ROSA, SITE, SOUTH, TV, House
from support.book import do_line
from support.messages import add_message

GOLDEN = Path(__file__).with_name("golden")


@pytest.fixture(params=["sqlite", "postgres"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    with BOOK.store(tmp_path / "book") if request.param == "sqlite" else BOOK.pg_store() as store:
        yield House(store, tmp_path)


def to_wednesday(house: House) -> None:
    """Both services of Rosa's, one of Ada's and one of Ivan's are to be cut on Monday; two business days before."""
    house.cut()
    house.cut(service="tv")
    house.cut(ADA, "tv")
    house.cut(IVAN)
    house.night()
    assert house.digests() == []
    assert house.night().digests == 2


def expect(name: str, text: str) -> None:
    if os.environ.get("GOLDEN") == "write":
        (GOLDEN / name).write_text(text, "utf-8")
    assert text == (GOLDEN / name).read_text("utf-8")


def test_who_answers_for_a_service_is_told_two_business_days_before_it_is_cut(house: House) -> None:
    to_wednesday(house)
    south, tv = sorted(house.digests(), key=lambda row: row.address)
    assert (south.address, tv.address, tv.lang) == (SOUTH, TV, "es")
    assert (south.status, south.template, south.channel, south.inbound) == (
        "QUEUED",
        "internal-suspends",
        "email",
        False,
    )
    assert south.version
    assert south.document
    assert [name in south.text for name in ("Rosa", "Ivan", "Ada")] == [True, True, False]
    assert [name in tv.text for name in ("Rosa", "Ivan", "Ada")] == [True, False, True]
    orders = {order.number for order in house.seen().orders}
    expect("digest-suspensions.txt", _plain(south.text, orders | {order.number for order in house.seen(IVAN).orders}))


def _plain(text: str, numbers: set[str]) -> str:
    """The text without the numbers that are made anew each time."""
    for number in numbers:
        text = text.replace(number, "S" + "0" * (len(number) - 1))
    return text


def test_a_digest_leaves_by_the_mail_like_any_other_message(house: House) -> None:
    to_wednesday(house)
    report = house.send()
    assert report.sent == {"email": 2}
    left = {each.to: each for each in house.email.left}
    assert (left[SOUTH].name, left[SOUTH].subject) == ("Account manager, South", "Test book: services about to be cut")
    assert [row.status for row in house.digests()] == ["SENT", "SENT"]
    assert house.send().sent == {}
    assert len(house.email.left) == 2


def test_the_same_night_again_and_the_command_write_nothing_twice(house: House) -> None:
    to_wednesday(house)
    assert house.night(0).digests == 0
    assert write(house.desk) == ()
    assert house.night().digests == 0  # Thursday, and the day to object is Friday
    assert len(house.digests()) == 2


def test_what_is_ordered_later_is_told_by_the_command(house: House) -> None:
    to_wednesday(house)
    house.cut(IVAN, "tv")
    shown = write(house.desk, dry_run=True)
    assert [(each.contact, each.lines, each.message) for each in shown] == [("south", 1, None), ("tv", 1, None)]
    assert len(house.digests()) == 2
    assert len(write(house.desk)) == 2
    assert write(house.desk) == ()


def test_an_order_for_another_day_is_told_again(house: House) -> None:
    to_wednesday(house)
    do_line(house.desk, ROSA, "xo int another day")
    house.cut(on="1dec")
    assert house.night().digests == 0  # Thursday is a holiday, and two business days before is Friday
    assert house.night().digests == 1
    assert "December 1" in house.digests()[-1].text


def test_who_was_not_reached_is_told_again_at_the_address_that_is_right(house: House) -> None:
    to_wednesday(house)
    house.email.fails = [Rejected("550 5.1.1", point=True), Rejected("550 5.1.1", point=True)]
    assert house.send().failed == 2
    assert [row.status for row in house.digests()] == ["FAILED", "FAILED"]
    house.named(SITE.replace(SOUTH, "new@firm.example"))
    made = write(house.desk)
    assert {each.email for each in made if each.digest == "suspensions"} == {"new@firm.example", TV}
    assert [each.email for each in made if each.digest == "channels"] == [ALL]


def test_whoever_is_not_one_of_us_any_more_gets_nothing(house: House) -> None:
    to_wednesday(house)
    house.named(SITE.replace(SOUTH, "new@firm.example"))
    report = house.send()
    assert (report.sent, report.held) == ({"email": 1}, 1)
    assert [each.to for each in house.email.left] == [TV]
    gone = next(row for row in house.digests() if row.address == SOUTH)
    assert gone.status == "CANCELLED"
    assert [each.email for each in write(house.desk)] == ["new@firm.example"]


def test_a_line_that_is_lost_is_tried_again_and_a_bounce_is_known(house: House) -> None:
    to_wednesday(house)
    house.email.fails = [NotNow("the line was lost")]
    assert house.send().sent == {}
    assert all(row.status == "QUEUED" and row.tried_at is None for row in house.digests())
    assert house.send().sent == {"email": 2}
    first = house.digests()[0]
    house.email.report(f"1-{first.id}", "returned", house.clock.now, detail="5.1.1 no such user")
    assert house.send().received == {"report": 1}
    assert house.digests()[0].status == "RETURNED"


def test_an_order_leaves_when_nobody_may_object_any_more(house: House) -> None:
    house.cut()
    for _ in range(5):  # until Friday, the last day
        assert house.orders().sent == ()
        house.night()
    assert house.today.strftime("%A") == "Saturday"
    assert len(house.orders().sent) == 1


def test_an_order_that_nobody_answers_for_leaves_at_once(house: House) -> None:
    house.named("")
    house.cut()
    assert len(house.orders().sent) == 1
    assert house.night(2).digests == 0


def test_what_a_customer_asked_for_is_nobody_elses_to_stop(house: House) -> None:
    do_line(house.desk, ROSA, "sus int 30nov voluntary #2231")
    assert len(house.orders().sent) == 1
    assert house.night(2).digests == 0


def test_the_timeline_and_the_audit_say_who_was_told(house: House) -> None:
    to_wednesday(house)
    told = house.told()
    assert ("south told of the suspension on Mon 30 Nov", "may object until Fri 27 Nov") in told
    assert ("tv told of the suspension on Mon 30 Nov", "may object until Fri 27 Nov") in told
    audit = house.desk.pane(ROSA, "audit").audit
    assert any("south is told of order" in each.command for each in audit)


def test_channels_that_fail_are_told_when_there_is_something(house: House) -> None:
    assert house.night().digests == 0
    lost = {"template": "notice-2", "status": "RETURNED", "closed_at": house.clock.now, "made_on": house.today}
    add_message(house.store, ROSA, **lost, detail="5.1.1 <rosa@home.example> unknown")
    add_message(house.store, IVAN, **lost, detail="5.1.1 <ivan@home.example> unknown")
    add_message(house.store, IVAN, **lost, channel="sms", detail="no such subscriber +1 312 555 0142")
    waiting = {"template": "reminder", "status": "QUEUED", "tries": 3, "text": "Pay.", "made_on": house.today}
    add_message(house.store, IVAN, channel="sms", point="m1", **waiting)
    assert house.night().digests == 1
    (row,) = house.digests()
    assert row.address == ALL
    expect("digest-channels.txt", row.text)
    assert house.night(0).digests == 0
    house.send()
    assert house.sms.left  # what waited has left, and nothing failed since
    assert house.night().digests == 0


def test_reasons_for_non_payment_are_told_by_product_once_a_week(house: House) -> None:
    assert write(house.desk)  # on Monday
    for row in house.digests():
        expect(f"digest-reasons.{row.lang}.txt", row.text)
    assert [house.night().digests for _ in range(6)] == [0] * 6
    assert house.night().digests == 2


def test_cases_that_wait_are_told_once_a_week_with_what_has_changed(house: House) -> None:
    house.named(
        SITE.replace('digests = ["channels", "reasons"]', 'digests = ["cases"]').replace('"reasons"]', '"cases"]')
    )
    do_line(house.desk, ROSA, 'di INV-11 60 price "=x() *y* # z"')
    do_line(house.desk, ROSA, 'di INV-12 60 price "charged twice"')
    do_line(house.desk, IVAN, 'di INV-21 60 price "charged twice"')
    house.night(7)
    do_line(house.desk, ADA, 'di INV-31 60 price "charged twice"')
    assert house.night(7).digests == 2  # on Monday
    tv, south = sorted(house.digests()[-2:], key=lambda row: row.address, reverse=True)
    assert (tv.address, south.address) == (TV, ALL)
    numbers = {number: [c.number for c in house.desk.account(number).cases] for number in (ROSA, IVAN, ADA)}
    assert [number in south.text for each in numbers.values() for number in each] == [True] * 4
    assert [number in tv.text for number in numbers[ROSA]] == [False, True]
    assert "Billing" in south.text
    assert house.night(0).digests == 0
    assert house.night().digests == 0


def test_a_week_that_was_missed_is_told_later(house: House) -> None:
    assert len(write(house.desk)) == 2
    assert house.night(9).digests == 2  # Wednesday
    assert house.night().digests == 0


def test_a_digest_of_another_template_is_refused_by_name(house: House) -> None:
    house.named(SITE + '[digests.channels]\ntemplate = "internal-reasons"\n')
    add_message(house.store, ROSA, status="FAILED", closed_at=house.clock.now)
    with pytest.raises(Invalid, match=r"digests\.channels\.template: internal-reasons is not about"):
        write(house.desk)


def test_many_orders_are_told_in_several_messages(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from collect_tui.services.message import digest

    monkeypatch.setattr(digest, "MOST", 2)
    house.cut()
    house.cut(service="tv")
    house.cut(IVAN)
    house.night(2)
    assert sorted(row.address for row in house.digests()) == [SOUTH, SOUTH, TV]


def test_two_who_write_digests_at_once_write_each_once(house: House) -> None:
    to_wednesday(house)
    house.cut(IVAN, "tv")
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: write(house.desk), range(4)))
    assert sorted(map(len, made)) == [0, 0, 0, 2]
    assert len(house.digests()) == 4


def test_no_customer_gets_what_is_for_our_own_people(house: House) -> None:
    for name in ("internal-suspends", "internal-channels", "internal-reasons"):
        with pytest.raises(Refused, match="no customer gets this"):
            house.desk.do(Act(id=uuid4(), account=ROSA, commands=(SendMessage(template=name),)))
