from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jsonschema
import pytest
from sqlalchemy import select, text
from sqlmodel import SQLModel

from collect_tui.domain.errors import Invalid, Refused
from collect_tui.services.intake.portfolio import schema
from collect_tui.services.intake.rowset import Shift
from collect_tui.store import facts
from collect_tui.store.engine import Store
from collect_tui.store.tables import guards
from ingest.books import FIXTURE, account, bring, header, write
from support import pg

ORDER = {"number": "S-1", "service": "INT", "kind": "suspend", "reason": "NONPAY", "effective": "2026-11-24",
         "status": "CANCELLED", "requested_on": "2026-11-20", "requested_by": "m"}  # fmt: skip
ITEM = {"doc_no": "I", "issued": "2026-09-01", "due": "2026-09-02"}


BOTH = pytest.mark.parametrize("store", ["sqlite", "postgres"], indirect=True)


@pytest.fixture
def store(request):
    with pg.store() if getattr(request, "param", "sqlite") == "postgres" else Store.memory() as made:
        yield made


def rows(store: Store, sql: str) -> list[Any]:
    with store.read() as db:
        return [tuple(row) for row in db.connection().execute(text(sql))]


def empty(store: Store) -> bool:
    with store.read() as db:
        return not any(db.connection().execute(select(t).limit(1)).first() for t in SQLModel.metadata.tables.values())


@pytest.mark.parametrize("name", ["book.json", "book.jsonl"])
def test_both_forms_bring_the_same(store, tmp_path, name):
    report = bring(store, write(tmp_path, account(), account("1-2"), name=name))
    assert (report.accounts, report.rows["item"], report.business_date) == (2, 2, date(2026, 11, 23))
    with store.read() as db:
        seen = facts.load(db, 1, "1-1")
    assert (seen.total, seen.past_due, seen.collectable, seen.unapplied) == (2500, 3000, 2500, 500)
    assert [p.status for p in seen.payments] == ["PARTLY_APPLIED"]
    assert seen.points[0].zones == ("America/Chicago",)
    assert rows(store, "SELECT normalized FROM contact_point WHERE kind = 'mobile'") == [("13125550100",)] * 2
    assert rows(store, "SELECT collectable, oldest_due FROM account_summary") == [(2500, "2026-09-21")] * 2
    assert rows(store, "SELECT DISTINCT queue FROM work_item") == [("new",)]
    assert rows(store, "SELECT kind, rows, taken FROM import_batch") == [("portfolio", 2, 2)]


@pytest.mark.parametrize("store", ["postgres"], indirect=True)
def test_postgresql_has_counted_what_was_brought_in(store, tmp_path):
    """The desk works under a role that owns no table, and only the owner may have them counted."""
    bring(store, write(tmp_path, account(), account("1-2")))
    counted = "SELECT relname, reltuples FROM pg_class WHERE relname IN ('account', 'item') ORDER BY 1"
    assert rows(store, counted) == [("account", 2.0), ("item", 2.0)]
    assert rows(store, "SELECT current_user") == [(guards.ROLE,)]


def test_zones_of_the_number_and_the_stated_ones_are_both_candidates(store, tmp_path):
    point = {"kind": "mobile", "value": "+1 312 555 0101", "zones": ["America/New_York"]}
    bring(store, write(tmp_path, account(party={"name": "A", "points": [point]})))
    assert rows(store, "SELECT zones FROM contact_point") == [("America/Chicago,America/New_York",)]


def test_party_of_shares_the_customer_across_batches_and_within_one(store, tmp_path):
    many = [account(f"{n}-0") for n in range(600)]
    contact = {"at": "2026-11-02T16:00Z", "by": "mia", "action": "TM", "result": "NA", "point": "m1"}
    linked = [
        account("x-1", party=None, party_of="0-0", contacts=[contact]),
        account("x-2", party=None, party_of="x-1"),
    ]
    bring(store, write(tmp_path, *many, *linked, name="b.jsonl"))
    found = rows(store, "SELECT count(DISTINCT party_id) FROM account WHERE number IN ('0-0', 'x-1', 'x-2')")
    assert found == [(1,)]
    assert rows(store, "SELECT counted, point_id IS NOT NULL FROM contact_event") == [(1, 1)]


LUIS = {"role": "guarantor", "name": "Álvarez, Luis", "points": [{"kind": "mobile", "value": "+1 213 555 0188"}]}


def test_other_parties_are_of_their_account_alone_and_named_after_the_customers_points(store, tmp_path):
    contact = {"at": "2026-11-02T16:00Z", "by": "mia", "action": "TM", "result": "NA", "point": "m2"}
    mei = {
        "role": "agent",
        "name": "Tan, Mei",
        "zone": "Asia/Singapore",
        "points": [{"kind": "mobile", "value": "+65 8123 4567"}],
    }
    first = account("1-0", parties=[LUIS, mei], contacts=[contact])
    stranger = account("2-0", party=None, party_of="1-0", contacts=[contact])
    with pytest.raises(Invalid, match=r"contacts\[0\].point"):
        bring(store, write(tmp_path, first, stranger))
    bring(store, write(tmp_path, first, account("2-0", party=None, party_of="1-0", parties=[LUIS])))
    found = rows(
        store,
        "SELECT a.number, l.role, l.ord, p.name, c.kind, c.ord FROM account_party l JOIN account a ON a.id = l.account_id "
        "JOIN party p ON p.id = l.party_id JOIN contact_point c ON c.party_id = p.id ORDER BY a.number, l.ord",
    )
    assert found == [
        ("1-0", "guarantor", 1, "Álvarez, Luis", "mobile", 2),
        ("1-0", "agent", 2, "Tan, Mei", "mobile", 3),
        ("2-0", "guarantor", 1, "Álvarez, Luis", "mobile", 2),
    ]
    called = (
        "SELECT p.name FROM contact_event e JOIN contact_point c ON c.id = e.point_id JOIN party p ON p.id = c.party_id"
    )
    assert rows(store, called) == [("Álvarez, Luis",)]


SETTLED = {"status": "ACTIVE", "made_on": "2026-11-20", "made_at": "2026-11-20T16:00Z", "made_by": "m", "grace_days": 2,
           "instalments": [{"due": "2026-11-27", "amount": 900}]}  # fmt: skip
OFFERED = {"at": "2026-11-02T16:00Z", "by": "m", "action": "TM", "result": "OS", "verified": True, "offered": 900,
           "offered_on": "2026-11-02", "offer_until": "2026-11-30"}  # fmt: skip


def test_what_was_agreed_offered_and_granted_comes_in_days_moved(store, tmp_path):
    confirmed = {"settles": 1500, "confirm_by": "2026-11-25", "confirmed_on": "2026-11-23", "grace_unit": "business"}
    put_off = ORDER | {"status": "REQUESTED", "extended": 7, "override_by": "lee"}
    smaller = {
        "number": "D-2",
        "service": "INT",
        "kind": "downgrade",
        "target": "INTS",
        "monthly": 3000,
        "status": "CANCELLED",
    }
    given = account(
        party={"name": "Fiction, Ann", "support": "large-print"},
        credit_limit=90000,
        cash_only=True,
        promises=[SETTLED | confirmed],
        contacts=[OFFERED],
        services=[{"product": "INT", "billing_system": "A", "identifier": "A-1", "status": "PENDING_SUSPEND", "suspend_cause": "nonpay"}],
        orders=[ORDER | smaller, put_off],
    )  # fmt: skip
    bring(store, write(tmp_path, given), shift_to=date(2026, 11, 24))
    with store.read() as db:
        seen = facts.load(db, 1, "1-1")
    assert (seen.support, seen.credit_limit, seen.cash_only) == ("large-print", 90000, True)
    (made,) = seen.promises
    assert (made.settles, made.confirm_by, made.confirmed_on, made.grace_unit) == (
        1500, date(2026, 11, 26), date(2026, 11, 24), "business",
    )  # fmt: skip
    assert rows(store, "SELECT verified, offered, offered_on, offer_until FROM contact_event") == [
        (1, 900, "2026-11-03", "2026-12-01")
    ]
    kept = "SELECT number, extended, override_by, target, monthly FROM service_order ORDER BY number"
    assert rows(store, kept) == [("D-2", 0, None, "INTS", 3000), ("S-1", 7, "lee", "", 0)]


CASE = {
    "number": "DI-1", "kind": "dispute", "opened_at": "2026-11-20T16:00Z", "opened_by": "mia",
    "values": {"item": "INV-1-1", "amount": 100, "reason": "PRICE", "claim": "x"},
}  # fmt: skip
REVIEW = {"at": "2026-11-21T16:00Z", "by": "lee", "move": "review", "text": "asked \x1b[2Jthe shop"}


def test_a_case_comes_to_stand_where_its_steps_lead_days_moved(store, tmp_path):
    task = {"number": "TASK-1", "kind": "task", "opened_at": "2026-11-20T16:00Z", "opened_by": "mia",
            "values": {"due": "2026-11-25", "what": "ring"}}  # fmt: skip
    ended = CASE | {"number": "DI-0", "steps": [{"at": "2026-11-20T17:00Z", "by": "mia", "move": "void"}]}
    whole = account(cases=[ended, CASE | {"steps": [REVIEW]}, task])
    report = bring(store, write(tmp_path, whole), shift_to=date(2026, 11, 24))
    assert report.rows["case_file"] == 3
    assert rows(store, "SELECT number, state, excluded, opened_at, since FROM case_file ORDER BY number") == [
        ("DI-0", "VOIDED", 0, "2026-11-21 16:00:00.000000", "2026-11-21"),
        ("DI-1", "IN_REVIEW", 100, "2026-11-21 16:00:00.000000", "2026-11-22"),
        ("TASK-1", "OPEN", 0, "2026-11-21 16:00:00.000000", "2026-11-21"),
    ]
    assert rows(store, "SELECT disputed FROM item WHERE disputed") == [(100,)]
    assert rows(store, "SELECT text FROM case_event WHERE state = 'IN_REVIEW'") == [("asked the shop",)]
    with store.read() as db:
        (task_now,) = (each for each in facts.load(db, 1, "1-1").cases if each.kind == "task")
    assert task_now.values["due"] == "2026-11-26"


@pytest.mark.parametrize(
    ("change", "path", "says"),
    [
        ({"nickname": "x"}, "accounts[0].nickname", "no such key"),
        ({"number": None}, "accounts[0].number", "missing"),
        ({"number": "a\x1b[2J"}, "accounts[0].number", "control characters"),
        ({"opened_on": "05/01/2024"}, "accounts[0].opened_on", "date"),
        ({"next_action": None}, "next_action", "an open account always has one"),
        ({"next_action": {"code": "dance", "on": "2026-11-23"}}, "next_action.code", "no next action of this site"),
        ({"party_of": "1-0"}, "party_of", "names no earlier account"),
        ({"parties": [LUIS | {"role": "cousin"}]}, "parties[0].role", "no role of a party"),
        ({"parties": [LUIS, LUIS | {"zone": "Moon"}]}, "parties[1].zone", "no IANA time zone"),
        ({"items": [ITEM | {"amount": 12.5}]}, "accounts[0].items[0].amount", "integer"),
        ({"items": [ITEM | {"amount": 10**15 + 1}]}, "accounts[0].items[0].amount", "less than or equal"),
        ({"items": []}, "payments[0].allocations[0].item", "names no item"),
        ({"holds": [{"kind": "MOON", "placed_on": "2026-11-01", "placed_by": "x"}]}, "holds[0].kind", "no kind of hold"),
        (
            {"contacts": [{"at": "2026-11-02T16:00", "by": "m", "action": "TM", "result": "NA"}]},
            "accounts[0].contacts[0].at",
            "timezone",
        ),
        (
            {"contacts": [{"at": "2026-11-02T16:00Z", "by": "m", "action": "TM", "result": "ZZ"}]},
            "contacts[0].result",
            "no result code",
        ),
        (
            {"notes": [{"at": "2026-11-02T16:00Z", "by": "m", "text": "card 4111 1111 1111 1111"}]},
            "notes[0].text",
            "card data",
        ),
        (
            {"orders": [{"number": "S-1", "service": "TV", "kind": "suspend", "reason": "NONPAY", "effective": "2026-11-24",
                         "status": "REQUESTED", "requested_on": "2026-11-23", "requested_by": "m"}]},
            "orders[0].service",
            "names no service",
        ),
        (
            {"promises": [{"status": "ACTIVE", "made_on": "2026-11-20", "made_at": "2026-11-20T16:00Z", "made_by": "m",
                           "grace_days": 2, "instalments": [{"due": "2026-11-25", "amount": 5, "paid": 5}]}]},
            "promises[0].instalments[0].status",
            "does not fit",
        ),
        ({"promises": [SETTLED | {"settles": 900}]}, "promises[0].settles", "more than what settles it"),
        ({"promises": [SETTLED | {"confirmed_on": "2026-11-21"}]}, "promises[0].confirmed_on", "to be confirmed"),
        ({"orders": [ORDER | {"target": "INTS"}]}, "orders[0].target", "belongs to a downgrade"),
        ({"orders": [ORDER | {"kind": "downgrade"}]}, "orders[0].target", "belongs to a downgrade"),
        ({"orders": [ORDER | {"kind": "restore", "extended": 3}]}, "orders[0].extended", "put off"),
        ({"contacts": [OFFERED | {"result": "NA"}]}, "contacts[0].offered", "by a result that offers"),
        ({"contacts": [{k: v for k, v in OFFERED.items() if k != "offered_on"}]}, "contacts[0].offered", "on a day"),
        ({"cases": [CASE | {"kind": "dispot"}]}, "cases[0]", "did you mean dispute?"),
        ({"cases": [CASE, CASE]}, "cases[1]", "stands twice"),
        ({"cases": [CASE | {"values": CASE["values"] | {"amount": 10**9}}]}, "cases[0]", "at most"),
        ({"cases": [CASE | {"steps": [REVIEW, REVIEW]}]}, "cases[0]", "Dispute DI-1 is in review"),
        ({"cases": [CASE | {"steps": [{"at": "2026-11-21T16:00Z", "by": "lee", "agreed": True}]}]}, "cases[0]", "no decision"),
        ({"cases": [CASE | {"values": CASE["values"] | {"claim": "4111 1111 1111 1111"}}]}, "cases[0]", "card"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_and_nothing_stays(store, tmp_path, change, path, says):
    with pytest.raises(Invalid) as caught:
        bring(store, write(tmp_path, account(**change)))
    assert caught.value.field == path
    assert "book.json" in caught.value.message
    assert says in caught.value.message
    assert "4111" not in caught.value.message
    assert empty(store)


@BOTH
def test_a_mistake_late_in_a_long_file_names_its_line_and_leaves_nothing(store, tmp_path):
    path = write(tmp_path, *(account(f"{n}-0") for n in range(1200)), account("0-0"), name="b.jsonl")
    with pytest.raises(Invalid, match=r"line 1202: number has '0-0', which stands earlier in the file"):
        bring(store, path)
    assert empty(store)


@BOTH
@pytest.mark.parametrize(
    ("second", "says"),
    [
        (account("1-1"), "number has '1-1', which stands at accounts[0] too"),
        (
            account("1-2", orders=[ORDER], services=account()["services"]),
            "orders has 'S-1', which stands at accounts[0] too",
        ),
    ],
)
def test_what_stands_twice_is_named(store, tmp_path, second, says):
    with pytest.raises(Invalid) as caught:
        bring(store, write(tmp_path, account(orders=[ORDER]), second))
    assert says in caught.value.message
    assert empty(store)


def test_two_customers_may_have_a_document_of_the_same_number(store, tmp_path):
    bring(store, write(tmp_path, account(), account("1-2", items=account()["items"], payments=None)))
    assert rows(store, "SELECT count(*), count(DISTINCT doc_no) FROM item") == [(2, 1)]


def test_a_book_is_not_loaded_over_another(store, tmp_path):
    path = write(tmp_path, account())
    bring(store, path)
    with pytest.raises(Refused, match=r"book.json came in here on 2026-11-23 at 16:00 UTC; all of it is in") as caught:
        bring(store, path)
    assert caught.value.code == "import.repeated"
    with pytest.raises(Refused) as caught:
        bring(store, write(tmp_path, account("2-1"), name="other.json"))
    assert caught.value.code == "load.not_empty"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is not JSON"),
        (b"{", "is not JSON"),
        (b"\xff\xfe{}", "is not JSON"),
        (b'{"format": 2}', "format"),
        (b"[]", "object"),
    ],
)
@pytest.mark.parametrize("name", ["x.json", "x.jsonl"])
def test_what_is_no_portfolio_is_refused(store, tmp_path, content, says, name):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Invalid) as caught:
        bring(store, path)
    assert name in caught.value.message
    assert says in caught.value.message


def test_a_file_that_is_not_there_is_a_sentence(store, tmp_path):
    with pytest.raises(Invalid, match="cannot be read"):
        bring(store, tmp_path / "none.json")


def test_terminal_controls_in_names_and_notes_do_not_reach_the_store(store, tmp_path):
    party = {"name": "Evil\x1b]52;c;aGk=\x07 \u202eeman", "points": []}
    note = {"at": "2026-11-02T16:00Z", "by": "m", "text": "one\x1b[2J\ntwo"}
    bring(store, write(tmp_path, account(party=party, notes=[note])))
    assert rows(store, "SELECT name FROM party") == [("Evil eman",)]
    assert rows(store, "SELECT text FROM note") == [("one\ntwo",)]


def test_the_shift_moves_dates_by_days_and_keeps_the_time_on_the_wall(store, tmp_path):
    # 1 November 2026 ends daylight saving in Chicago: 10:00 local stays 10:00 local.
    contact = {"at": "2026-10-20T15:00Z", "by": "mia", "action": "TM", "result": "NA"}
    report = bring(store, write(tmp_path, account(contacts=[contact])), shift_to=date(2026, 12, 23))
    assert (report.business_date, report.shifted_days) == (date(2026, 12, 23), 30)
    with store.read() as db:
        seen = facts.load(db, 1, "1-1")
    assert seen.items[0].due == date(2026, 10, 21)
    assert seen.opened_on == date(2024, 2, 4)
    assert seen.attempts == ()  # the event is outside the facts' window
    assert rows(store, "SELECT at FROM contact_event") == [("2026-11-19 16:00:00.000000",)]


NOON = "2026-11-20 18:00:00.000000"  # in Chicago
DONE = {"closed_at": "2026-11-21T10:00Z", "closed_by": "lee"}


def test_what_has_a_date_happened_at_noon_unless_the_file_says_when(store, tmp_path):
    hold = {"kind": "DISPUTE", "placed_on": "2026-11-20", "placed_by": "m"}
    order = {"service": "INT", "kind": "suspend", "reason": "NONPAY", "effective": "2026-11-21", "requested_by": "m"}
    asked = {**order, "requested_on": "2026-11-20"}
    service = {"product": "INT", "billing_system": "B", "identifier": "A-1"}
    payment = {"ref": "P", "received_on": "2026-11-19", "method": "ach", "amount": 500, "outcome": "RETURNED"}
    promise = {
        "status": "KEPT",
        "made_on": "2026-11-18",
        "made_at": "2026-11-18T16:00Z",
        "made_by": "m",
        "grace_days": 2,
        "instalments": [{"due": "2026-11-20", "amount": 500, "paid": 500, "status": "PAID"}],
        "closed_on": "2026-11-20",
    }
    more = {
        "services": [service],
        "payments": [{**payment, "returned_on": "2026-11-20", "returned_by": "bank"}],
        "promises": [promise, {**promise, **DONE}],
        "holds": [hold, {**hold, "status": "RELEASED", "placed_at": "2026-11-20T09:00Z", **DONE}],
        "orders": [
            {**asked, "number": "1", "status": "CANCELLED", **DONE},
            {
                **asked,
                "number": "2",
                "status": "REJECTED",
                "sent_at": "2026-11-20T15:00Z",
                "answered_at": "2026-11-20T16:00Z",
            },
        ],
    }
    bring(store, write(tmp_path, account(**more)))
    then = "2026-11-21 10:00:00.000000"
    assert rows(store, "SELECT returned_at, returned_by FROM payment") == [(NOON, "bank")]
    assert rows(store, "SELECT closed_at, closed_by FROM promise ORDER BY id") == [(NOON, None), (then, "lee")]
    assert rows(store, "SELECT placed_at, closed_at, closed_by FROM hold ORDER BY id") == [
        (NOON, None, None),
        ("2026-11-20 09:00:00.000000", then, "lee"),
    ]
    early, answered = "2026-11-20 15:00:00.000000", "2026-11-20 16:00:00.000000"
    assert rows(store, "SELECT requested_at, closed_at, closed_by FROM service_order ORDER BY number") == [
        (NOON, then, "lee"),
        (early, answered, None),  # noon would be after it was sent
    ]


def test_what_has_not_ended_has_no_end(store, tmp_path):
    hold = {"kind": "DISPUTE", "placed_on": "2026-11-20", "placed_by": "m", "closed_by": "lee"}
    with pytest.raises(Invalid, match="closed_by: belongs to what has ended"):
        bring(store, write(tmp_path, account(holds=[hold])))


def test_the_ladder_is_held_by_the_hold_and_then_by_the_promise(store, tmp_path):
    promise = {
        "status": "ACTIVE",
        "made_on": "2026-11-20",
        "made_at": "2026-11-20T16:00Z",
        "made_by": "m",
        "grace_days": 2,
        "instalments": [{"due": "2026-11-25", "amount": 500}],
    }
    hold = {"kind": "DISPUTE", "placed_on": "2026-11-20", "placed_by": "m"}
    bring(store, write(tmp_path, account(promises=[promise]), account("2", promises=[promise], holds=[hold])))
    kinds = [paused.split()[0] for (paused,) in rows(store, "SELECT ladder_paused_by FROM account ORDER BY number")]
    assert kinds == ["promise", "hold"]


def test_the_schema_takes_the_fixture_and_refuses_an_unknown_key():
    whole = json.loads(FIXTURE.read_text(encoding="utf-8"))
    checker = jsonschema.Draft202012Validator(schema())
    checker.validate(whole)
    with pytest.raises(jsonschema.ValidationError):
        checker.validate(header(accounts=[], colour="red"))


def test_progress_is_told(store, tmp_path):
    told: list[tuple[str, int, int]] = []
    path: Path = write(tmp_path, *(account(f"{n}-0") for n in range(501)))
    bring(store, path, progress=lambda *step: told.append(step))
    assert told == [("Accounts", 500, 501), ("Accounts", 501, 501), ("Summaries", 0, 0), ("Queues", 0, 0)]


def test_what_happened_this_morning_is_not_told_of_noon():
    zone = ZoneInfo("America/Chicago")
    morning = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
    shift = Shift(3, zone, morning, date(2026, 11, 23))
    assert shift.instant(None, date(2026, 11, 20)) == morning
    assert shift.instant(None, date(2026, 11, 19)) == datetime(2026, 11, 22, 18, tzinfo=UTC)
    assert Shift(3, zone, morning.replace(hour=23), shift.today).noon(date(2026, 11, 20)) == datetime(
        2026, 11, 23, 18, tzinfo=UTC
    )
