"""The timeline and its pages, items, payments, promises, audit pages, the last word."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collect_tui.desk.errors import Invalid
from collect_tui.desk.views.account import TimelineEntry
from collect_tui.domain import effects as fx
from collect_tui.store import panes
from collect_tui.store.apply import apply
from collect_tui.store.audit import append
from collect_tui.store.engine import Store
from collect_tui.store.facts import load_by_id
from support.portfolio import DAY, NOW, TENANT, USER, Added, add_account, make_store


def busy_account(store: Store) -> Added:
    """Much at the same instants and on the same days."""
    return add_account(
        store,
        items=[{"doc_no": "INV-1", "amount": 60_00, "open": 0}, {"doc_no": "INV-2", "amount": 80_00}],
        services=[{"product": "INT"}],
        promises=[{"closed_on": DAY, "status": "KEPT", "closed_reason": "paid"}, {"made_at": NOW}],
        payments=[
            {"ref": "R1", "to": [(0, 60_00)], "amount": 70_00},
            {"ref": "R2", "status": "RETURNED", "returned_on": DAY, "returned_reason": "NSF", "to": [(1, 10_00)]},
        ],
        holds=[{"placed_on": DAY, "until": DAY + timedelta(days=9)}, {"placed_on": DAY, "status": "RELEASED"}],
        orders=[{"requested_on": DAY, "sent_at": NOW, "answered_at": NOW, "status": "REJECTED", "detail": "no such"}],
        notices=[{"sent_on": DAY}, {"sent_on": None, "status": "QUEUED"}],
        events=[{"at": NOW, "result": "LM", "note": "will pay"}, {"at": NOW}, {"at": NOW - timedelta(days=3)}],
        notes=[{"at": NOW, "text": "first"}, {"at": NOW, "text": "second", "pinned": True}],
    )


def page(
    store: Store, added: Added, cursor: str | None = None, limit: int = 200
) -> tuple[tuple[TimelineEntry, ...], str | None]:
    with store.read() as db:
        return panes.timeline(db, TENANT, added.id, cursor=cursor, limit=limit)


def test_everything_that_happened_newest_first(store: Store) -> None:
    entries, more = page(store, busy_account(store))
    assert more is None
    assert [e.at for e in entries] == sorted((e.at for e in entries), reverse=True)
    titles = {(e.kind, e.title, e.text) for e in entries}
    number = next(t for k, t, _ in titles if k == "order" and "sent" in t).rsplit(" ", 1)[1]
    assert titles >= {
        ("contact", "CALL LM", "will pay"),
        ("note", "pinned note", "second"),
        ("payment", "payment R1 by ach", ""),
        ("payment", "payment R2 returned", "NSF"),
        ("promise", "promise", ""),
        ("promise", "single kept", "paid"),
        ("order", f"suspend INT ordered, {number}", "NONPAY, effective Thu 26 Nov"),
        ("order", f"suspend INT sent, {number}", ""),
        ("order", f"suspend INT rejected, {number}", "no such"),
        ("message", "notice 1 by letter", "sent"),
    }
    assert sum(e.kind == "hold" for e in entries) == 2
    assert sum(e.kind == "message" for e in entries) == 1  # one was never sent
    assert len(entries) == 17


def test_a_date_stands_at_the_start_of_its_day_at_the_desk(store: Store) -> None:
    entries, _ = page(store, add_account(store, notices=[{"sent_on": DAY}]))
    assert entries[0].at == datetime(2026, 11, 23, 6, 0, tzinfo=UTC)  # midnight in Chicago


@settings(max_examples=25, deadline=None)
@given(limit=st.integers(1, 20))
def test_pages_join_without_a_gap_or_a_double(limit: int) -> None:
    with make_store() as store:
        added = busy_account(store)
        whole, _ = page(store, added)
        joined: list[TimelineEntry] = []
        cursor: str | None = None
        while True:
            entries, cursor = page(store, added, cursor, limit)
            joined += entries
            assert len(entries) == limit or cursor is None
            if cursor is None:
                break
        assert tuple(joined) == whole


@pytest.mark.parametrize("cursor", ["x", "~~", "2026-01-01~1", "2026-01-01T00:00~x~1", "-1", "é"])
@pytest.mark.parametrize("pane", ["timeline", "payments", "audit", "messages"])
def test_a_cursor_that_is_none(store: Store, pane: str, cursor: str) -> None:
    added = add_account(store)
    if (pane, cursor) == ("payments", "2026-01-01~1"):
        return
    with store.read() as db:
        whose = load_by_id(db, TENANT, added.id) if pane == "messages" else added.id
        with pytest.raises(Invalid) as told:
            getattr(panes, pane)(db, TENANT, whose, cursor=cursor)
    assert told.value.code == "pane.cursor"


def test_a_contact_taken_back_stays_in_the_log(store: Store) -> None:
    added = add_account(store, events=[{"result": "LM", "note": "promised"}])
    with store.write() as db:
        facts = load_by_id(db, TENANT, added.id)
        apply(db, TENANT, facts, [fx.ContactVoided(1, added.events[0], "wrong account")], by="lee", at=NOW)
    entries, _ = page(store, added)
    assert [(e.title, e.text, e.by) for e in entries] == [
        ("contact taken back", "wrong account", "lee"),
        ("CALL LM", "promised", USER),
    ]


def test_items_open_first_then_settled(store: Store) -> None:
    added = add_account(
        store,
        services=[{"product": "TV"}],
        items=[
            {"doc_no": "A", "due": DAY, "open": 0},
            {"doc_no": "B", "due": DAY + timedelta(days=5)},
            {"doc_no": "C", "due": DAY - timedelta(days=33), "disputed": 10_00},
        ],
    )
    with store.read() as db:
        items = panes.items(db, TENANT, added.id, DAY)
    assert [(i.doc_no, i.dpd, i.disputed, i.service) for i in items] == [
        ("C", 33, 10_00, None),
        ("B", 0, 0, None),
        ("A", 0, 0, None),
    ]


def test_payments_say_what_they_were_applied_to(store: Store) -> None:
    added = busy_account(store)
    with store.read() as db:
        (second,), cursor = panes.payments(db, TENANT, added.id, limit=1)
        (first,), end = panes.payments(db, TENANT, added.id, cursor=cursor, limit=1)
    assert end is None
    assert (first.ref, first.unapplied, first.applied_to) == ("R1", 10_00, ("INV-1 60.00",))
    assert (second.ref, second.status, second.unapplied, second.applied_to) == ("R2", "RETURNED", 0, ("INV-2 10.00",))


def test_promises_with_their_instalments(store: Store) -> None:
    added = add_account(
        store,
        promises=[
            {"made_at": NOW - timedelta(days=400), "status": "BROKEN", "closed_reason": "not paid"},
            {
                "instalments": [{"due": DAY, "amount": 10_00, "paid": 4_00, "status": "PART_PAID"}, (DAY, 20_00)],
                "override_by": "lee",
                "override_reason": "hardship",
            },
        ],
    )
    with store.read() as db:
        new, old = panes.promises(db, TENANT, added.id)
    assert (new.kind, new.total, new.paid, new.override) == ("plan", 30_00, 4_00, "lee: hardship")
    assert [(i.seq, i.status) for i in new.instalments] == [(1, "PART_PAID"), (2, "OPEN")]
    assert (old.status, old.closed_reason, old.override) == ("BROKEN", "not paid", None)


def test_pages_of_the_audit(store: Store) -> None:
    added = add_account(store)
    with store.write() as db:
        for n in range(5):
            append(
                db, TENANT, added.id, at=NOW, by="mia", act_id=str(n), line=f"n {n}",
                commands=[], verdict={}, effects=[], outcome="done",
            )  # fmt: skip
    with store.read() as db:
        first, cursor = panes.audit(db, TENANT, added.id, limit=3)
        second, end = panes.audit(db, TENANT, added.id, cursor=cursor, limit=3)
    assert [e.command for e in (*first, *second)] == ["n 4", "n 3", "n 2", "n 1", "n 0"]
    assert end is None


# ------------------------------------------------------------------------------------------------------- the last word

NOV_18 = datetime(2026, 11, 19, 2, 0, tzinfo=UTC)  # still the 18th in Chicago


@pytest.mark.parametrize(
    ("events", "notes", "word"),
    [
        ([], [], None),
        ([{"at": NOV_18, "result": "LM", "note": "will pay Friday"}], [], 'LM 18 Nov "will pay Friday"'),
        ([{"at": NOV_18, "result": "NA"}], [], "NA 18 Nov"),
        ([{"at": NOV_18}], [{"at": NOV_18 + timedelta(hours=1), "text": "two\nlines"}], 'note 18 Nov "two lines"'),
        ([{"at": NOV_18}, {"at": NOV_18, "result": "LM"}], [{"at": NOV_18 - timedelta(days=1)}], "LM 18 Nov"),
        ([{"at": NOV_18, "result": "LM", "note": "x" * 99}], [], f'LM 18 Nov "{"x" * 59}…"'),
    ],
)
def test_the_last_word(
    store: Store, events: list[dict[str, object]], notes: list[dict[str, object]], word: str
) -> None:
    added = add_account(store, events=events, notes=notes)
    with store.read() as db:
        assert panes.last_word(db, TENANT, added.id) == word


def test_what_was_taken_back_is_not_the_last_word(store: Store) -> None:
    added = add_account(store, events=[{"at": NOV_18, "result": "LM"}, {"at": NOW, "result": "RPC"}])
    other = add_account(store, events=[{"at": NOV_18, "result": "NA"}])
    with store.write() as db:
        facts = load_by_id(db, TENANT, added.id)
        apply(db, TENANT, facts, [fx.ContactVoided(1, added.events[1], "slip")], by="mia", at=NOW)
    with store.read() as db:
        assert panes.last_words(db, TENANT, (added.id, other.id, 1)) == {added.id: "LM 18 Nov", other.id: "NA 18 Nov"}
