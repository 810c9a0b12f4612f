"""Objections of the firm's own people: by an answer to a digest, and at the desk; and that nobody else's are obeyed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from collect_tui.domain.errors import Refused
from collect_tui.services.message import objection
from collect_tui.store import audit_check
from services.message.ours import ADA, BOOK, IVAN, ROSA, SITE, SOUTH, TV, House
from support.book import do_line

FRIDAY = date(2026, 11, 27)


@pytest.fixture(params=["sqlite", "postgres"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """On Wednesday: South was told of both services of Rosa's and of one of Ivan's, TV of Rosa's and Ada's."""
    with BOOK.store(tmp_path / "book") if request.param == "sqlite" else BOOK.pg_store() as store:
        made = House(store, tmp_path)
        for number, service in ((ROSA, "int"), (ROSA, "tv"), (IVAN, "int"), (ADA, "tv")):
            made.cut(number, service)
        made.night(2)
        made.send()
        yield made


def digest(house: House, to: str = SOUTH) -> Any:
    return next(row for row in house.digests() if row.address == to)


def holds(house: House, number: str = ROSA) -> list[tuple[str, str, str, Any, str]]:
    return [(h.kind, h.placed_by, h.scope, h.until, h.reason) for h in house.seen(number).holds]


def waiting(house: House) -> list[Any]:
    return [row for row in house.messages(inbound=True) if row.account_id is None]


def nothing_changed(house: House) -> None:
    assert [holds(house, number) for number in (ROSA, IVAN, ADA)] == [[], [], []]
    assert house.orders_of() == {"INT": "REQUESTED", "TV": "REQUESTED"}
    (row,) = waiting(house)
    assert row.status == "RECEIVED"


def sound(house: House) -> None:
    with house.store.read() as db:
        assert audit_check.verify(db, 1) == ()


# by e-mail ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("said", ["4410-2231", "44102231", "••••-•231", "231", "4410-2231:", "44\u200b10-2231"])
def test_an_answer_holds_all_that_the_digest_said_of_an_account(house: House, said: str) -> None:
    assert house.answer(f"Hello,\n\n Object {said} pays on Friday\n\nMia", digest(house))
    assert holds(house) == [("OBJECTION", "south", "account", FRIDAY, "pays on Friday")]
    assert not any(order.open for order in house.seen().orders)
    assert {str(s.status) for s in house.seen().services} == {"ACTIVE"}
    assert ("email received, objection until Fri 27 Nov", "Re: services about to be cut") in house.told()
    assert waiting(house) == []
    assert house.seen().inbox == ()
    assert len(house.orders().sent) == 0


def test_what_was_objected_to_does_not_leave_when_its_day_comes(house: House) -> None:
    house.answer("object 4410-2231 pays on Friday", digest(house))
    house.night(3)
    left = house.orders().sent
    ivan = {order.number for order in house.seen(IVAN).orders}
    ada = {order.number for order in house.seen(ADA).orders}
    assert set(left) == ivan | ada
    assert {str(s.status) for s in house.seen().services} == {"ACTIVE"}
    assert holds(house) == []  # it was until Friday
    assert house.seen().next_action is not None


def test_an_order_by_its_number_is_held_alone(house: House) -> None:
    internet = next(o for o in house.seen().orders if o.service_id == house.seen().services[0].id)
    product = house.seen().service(internet.service_id).product
    house.answer(f"object {internet.number.lower()} wrong meter", digest(house))
    assert holds(house) == [("OBJECTION", "south", "service", FRIDAY, "wrong meter")]
    still = {house.seen().service(o.service_id).product for o in house.seen().orders if o.open}
    assert still == {"INT", "TV"} - {product}


def test_several_lines_are_each_taken_and_stand_on_their_account(house: House) -> None:
    house.answer("object 4410-2231 pays\nobject 4410-0087 pays too\nobject 4410-0087 pays too", digest(house))
    assert len(holds(house)) == len(holds(house, IVAN)) == 1
    assert [row.text for row in house.messages(inbound=True)][1:] == ["object 4410-0087 pays too"]
    assert waiting(house) == []
    sound(house)


def test_what_cannot_be_taken_waits_beside_what_can(house: House) -> None:
    house.answer("object 4410-2231 pays\nobject 5500-0099 not one of hers", digest(house))
    assert len(holds(house)) == 1
    assert holds(house, ADA) == []
    (row,) = waiting(house)
    assert (row.status, row.detail) == ("RECEIVED", "objection")
    assert "5500-0099" in row.text


def test_the_same_answer_twice_is_one(house: House) -> None:
    told = {"to": digest(house), "reference": "<same@firm.example>"}
    assert house.answer("object 4410-2231 pays", **told)
    assert not house.answer("object 4410-2231 pays", **told)
    assert len(house.messages(inbound=True)) == len(holds(house)) == 1


def test_an_answer_of_the_last_day_that_is_read_on_the_next_is_in_time_while_the_order_has_not_left(
    house: House,
) -> None:
    house.night(3)  # Saturday
    friday = datetime(2026, 11, 27, 23, 0, tzinfo=ZoneInfo("America/Chicago"))
    house.answer("object 4410-2231 pays", digest(house), at=friday)
    assert [until for *_, until, _ in holds(house)] == [house.today]
    assert not any(order.open for order in house.seen().orders)


# what is not obeyed ------------------------------------------------------------------------------------------------
OBJECTS = "object 4410-2231 pays on Friday"


@pytest.mark.parametrize(
    ("text", "how"),
    [
        (OBJECTS, {"sender": "1@home.example"}),  # the customer
        (OBJECTS, {"sender": TV}),  # another of ours, of another digest
        (OBJECTS, {"sender": "south@firm.example.evil.example"}),
        (OBJECTS, {"sender": "South <south@firm.example>"}),
        (OBJECTS, {"sender": ""}),
        ("object 5500-0099 is not in it", {}),
        ("object 9999-9999 is nobody's", {}),
        ("object S-0 is no order", {}),
        ("object 1 is too short", {}),
        ("object - why", {}),
        ("object", {}),
        ("object\n4410-2231", {}),
        ("objection 4410-2231", {}),
        ("I object 4410-2231", {}),
        ("> object 4410-2231 pays", {}),
        ("Thanks\n\nFrom: desk@firm.example\nobject 4410-2231 as it was written", {}),
        ("Thanks\n-----Original Message-----\nobject 4410-2231 pays", {}),
        ("object\u00a04410-2231\u202e", {"sender": TV}),
        ("object % --", {}),
        ("object '; DROP TABLE hold; --", {}),
        ("object " + "4" * 5000, {}),
        ("", {}),
    ],
)
def test_all_else_changes_nothing_and_waits(house: House, text: str, how: dict[str, Any]) -> None:
    assert house.answer(text, digest(house), **how)
    nothing_changed(house)


def test_what_a_program_wrote_is_never_obeyed(house: House) -> None:
    house.answer(OBJECTS, digest(house), automatic=True)
    assert holds(house) == []
    (row,) = waiting(house)
    assert row.status == "DONE"


def test_an_answer_to_a_message_to_a_customer_is_no_objection(house: House) -> None:
    assert house.answer(OBJECTS, type("Row", (), {"id": 42}))
    assert holds(house) == []


def test_a_day_too_late_is_too_late(house: House) -> None:
    house.night(3)  # Saturday
    house.answer(OBJECTS, digest(house))
    nothing_changed(house)


def test_an_order_that_has_left_is_not_stopped(house: House) -> None:
    house.night(3)
    assert len(house.orders().sent) == 4
    house.answer(OBJECTS, digest(house), at=house.clock.now - timedelta(days=2))
    assert holds(house) == []
    assert set(house.orders_of().values()) == {"SENT"}
    assert len(waiting(house)) == 1


def test_whoever_is_not_one_of_us_any_more_may_not_object(house: House) -> None:
    house.named(SITE.replace(SOUTH, "new@firm.example"))
    house.answer(OBJECTS, digest(house))
    nothing_changed(house)


def test_a_site_without_such_a_kind_of_hold_lets_the_answer_wait(house: House) -> None:
    (house.folder / "holds.toml").write_text("[holds.OBJECTION]\ndrop = true\n", "utf-8")
    house.named(SITE)
    house.answer(OBJECTS, digest(house))
    nothing_changed(house)


def test_a_card_in_a_reason_is_masked_and_a_long_one_is_cut(house: House) -> None:
    house.answer(
        f"object 4410-2231 paid by 4111 1111 1111 1111 {'x' * 400}\nobject 4410-0087 \x1b[31mred", digest(house)
    )
    ((*_, reason),) = holds(house)
    assert "4111 1111" not in reason
    assert len(reason) <= 200
    ((*_, red),) = holds(house, IVAN)
    assert red == "red"
    sound(house)


def test_ten_thousand_lines_are_looked_at_as_far_as_a_person_would_write_them(house: House) -> None:
    lines = "\n".join(f"object 7{n:07} why" for n in range(600))
    house.answer(f"{lines}\nobject 4410-2231 pays", digest(house))
    nothing_changed(house)


def test_what_is_more_than_is_taken_waits(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objection, "MOST", 1)
    house.answer("object 4410-2231 pays\nobject 4410-0087 pays too", digest(house))
    assert (len(holds(house)), holds(house, IVAN), len(waiting(house))) == (1, [], 1)


# at the desk -------------------------------------------------------------------------------------------------------
def test_an_objection_at_the_desk_stops_what_has_not_left(house: House) -> None:
    do_line(house.desk, ROSA, "hold objection fri spoke to the owner")
    assert holds(house) == [("OBJECTION", "lee", "account", FRIDAY, "spoke to the owner")]
    assert not any(order.open for order in house.seen().orders)


def test_an_objection_at_the_desk_is_refused_once_the_order_has_left(house: House) -> None:
    house.night(3)
    assert len(house.orders().sent) == 4
    with pytest.raises(Refused, match=r"has left already; an objection does not stop it any more") as error:
        do_line(house.desk, ROSA, "hold objection mon too late")
    assert error.value.code == "hold.left"
    assert holds(house) == []


def test_while_an_objection_stands_no_suspension_is_ordered_without_a_lead(house: House) -> None:
    do_line(house.desk, ROSA, "hold objection fri")
    service = house.desk.account(ROSA).services[0]
    finding = next(f for f in service.suspend.findings if f.check == "hold")
    assert (finding.severity, finding.override_role) == ("hold", "lead")
    assert "Objection of our own people" in finding.sentence
