"""What is loaded of an account: the windows, the joins, the tenant."""

from __future__ import annotations

from datetime import timedelta

import pytest

from collect_tui.desk.errors import NotFound
from collect_tui.domain.contact.points import candidate_zones, zones_at
from collect_tui.domain.facts import AccountFacts
from collect_tui.domain.states import Stage
from collect_tui.store.engine import Store
from collect_tui.store.facts import account_id, changed, for_calls, load, load_by_id
from support.portfolio import DAY, NOW, TENANT, Added, add_account, add_tenant


def loaded(store: Store, added: Added) -> AccountFacts:
    with store.read() as db:
        whole = load_by_id(db, TENANT, added.id)
        part = for_calls(db, TENANT, [added.id, 1])  # nobody has number 1
    assert set(part) == {added.id}
    seen = part[added.id]
    assert (seen.number, seen.business_date) == (whole.number, whole.business_date)
    assert (seen.points, seen.holds, seen.attempts) == (whole.points, whole.holds, whole.attempts)
    return whole


def test_an_account_by_its_number(store: Store) -> None:
    added = add_account(store, "4410-2231", name="Alvarez, Rosa", stage=Stage.PAST_DUE, version=7, segment="gas")
    with store.read() as db:
        for text in ("4410-2231", " 4410-2231 ", "44102231"):
            assert account_id(db, TENANT, text) == added.id
        facts = load(db, TENANT, "44102231")
    assert (facts.number, facts.name, facts.version, facts.stage) == ("4410-2231", "Alvarez, Rosa", 7, "PAST_DUE")
    assert (facts.business_date, facts.currency, facts.segment) == (DAY, "USD", "gas")
    assert facts.next_action is not None
    assert facts.next_action.on == DAY


def test_a_number_that_fits_two_without_dashes_is_taken_as_it_stands(store: Store) -> None:
    first, second = add_account(store, "1-23"), add_account(store, "12-3")
    with store.read() as db:
        assert (account_id(db, TENANT, "1-23"), account_id(db, TENANT, "12-3")) == (first.id, second.id)
        with pytest.raises(NotFound):
            account_id(db, TENANT, "123")


@pytest.mark.parametrize("number", ["", "4410", "4410-2232", "%", "4410-2231' OR 1=1"])
def test_a_number_that_is_not_there(store: Store, number: str) -> None:
    add_account(store, "4410-2231")
    with store.read() as db, pytest.raises(NotFound) as told:
        load(db, TENANT, number)
    assert (told.value.code, told.value.field) == ("account.not_found", "account")


def test_another_tenant_sees_nothing(store: Store) -> None:
    added = add_account(store, "4410-2231")
    add_tenant(store, tenant_id=2)
    with store.read() as db:
        for ask in (lambda: load(db, 2, "4410-2231"), lambda: load_by_id(db, 2, added.id)):
            with pytest.raises(NotFound):
                ask()


def test_items_open_and_settled(store: Store) -> None:
    added = add_account(
        store,
        items=[
            {"amount": 50_00, "due": DAY},
            {"amount": 100_00, "open": 40_00, "disputed": 10_00},
            {"amount": 30_00, "open": 0},
            {"amount": 20_00, "open": 0},
        ],
        payments=[{"amount": 90_00, "to": [(1, 60_00), (2, 30_00)]}],
    )
    facts = loaded(store, added)
    assert [i.id for i in facts.items] == [added.items[1], added.items[0]]  # oldest due first
    assert [i.id for i in facts.settled] == [added.items[2]]  # what the payment at hand had settled, no more
    assert (facts.total, facts.past_due, facts.collectable) == (90_00, 40_00, 30_00)


def test_payments_of_the_window(store: Store) -> None:
    old = {"received_on": DAY - timedelta(days=91)}
    added = add_account(
        store,
        items=[{"amount": 100_00, "open": 0}],
        payments=[
            {"amount": 10_00, "to": [(0, 10_00)], "received_on": DAY - timedelta(days=90)},
            {"amount": 10_00, "to": [(0, 10_00)], **old},
            {"amount": 10_00, "to": [(0, 9_00)], **old},
            {"amount": 10_00, "to": [(0, 10_00)], "status": "RETURNED", "returned_reason": "NSF"},
            {"amount": 10_00, "status": "RETURNED", **old},
        ],
    )
    facts = loaded(store, added)
    assert [p.id for p in facts.payments] == [added.payments[i] for i in (0, 2, 3)]
    assert [p.unapplied for p in facts.payments] == [0, 1_00, 0]
    assert facts.payments[2].allocations == ()  # reversed ones do not count


def test_promises_of_the_window(store: Store) -> None:
    year_ago = DAY.replace(year=DAY.year - 1)
    added = add_account(
        store,
        promises=[
            {"made_on": year_ago, "status": "BROKEN"},
            {"made_on": year_ago - timedelta(days=1), "status": "BROKEN"},
            {"made_on": year_ago - timedelta(days=400), "instalments": [(DAY, 10_00), (DAY, 20_00), (DAY, 5_00)]},
        ],
    )
    facts = loaded(store, added)
    assert [p.id for p in facts.promises] == [added.promises[0], added.promises[2]]
    assert [(i.seq, i.amount) for i in facts.promises[1].instalments] == [(1, 10_00), (2, 20_00), (3, 5_00)]
    assert facts.open_promise == facts.promises[1]


def test_orders_open_and_the_last_completed_of_each_service(store: Store) -> None:
    added = add_account(
        store,
        services=[{"product": "INT"}, {"product": "TV"}],
        orders=[
            {"service": 0, "status": "COMPLETED"},
            {"service": 0, "status": "COMPLETED", "kind": "restore"},
            {"service": 1, "status": "COMPLETED"},
            {"service": 0, "status": "REJECTED"},
            {"service": 1, "status": "CANCELLED"},
            {"service": 0, "status": "SENT"},
            {"service": 1, "status": "DRAFT"},
        ],
    )
    assert [o.id for o in loaded(store, added).orders] == [added.orders[i] for i in (1, 2, 5, 6)]


def test_contacts_of_the_window_less_those_taken_back(store: Store) -> None:
    start = NOW.replace(hour=0, minute=0) - timedelta(days=30)
    added = add_account(
        store,
        events=[
            {"at": start - timedelta(seconds=1)},
            {"at": start},
            {"at": NOW - timedelta(hours=2), "result": "RPC", "contact": True, "right_party": True},
            {"at": NOW - timedelta(hours=3), "contact": True},
        ],
    )
    taken_back = {"supersedes": added.events[1], "action": "VOID", "result": "VOID"}
    assert [a.id for a in loaded(store, added).attempts] == [added.events[i] for i in (1, 3, 2)]  # newest last
    assert [a.conversation for a in loaded(store, added).attempts] == [False, False, True]
    other = add_account(store, events=[{"at": start}])
    _event(store, other, {**taken_back, "supersedes": other.events[0]})
    assert loaded(store, other).attempts == ()


def _event(store: Store, added: Added, columns: dict[str, object]) -> None:
    from collect_tui.store.tables import ContactEvent

    flags = dict.fromkeys(("outbound", "counted", "worked", "contact", "right_party"), False)
    with store.write() as db:
        db.add(
            ContactEvent.model_validate(
                {"tenant_id": TENANT, "id": 1, "account_id": added.id, "at": NOW, "by": "x", **flags, **columns}
            )
        )


def test_holds_callbacks_pins_and_the_lease(store: Store) -> None:
    added = add_account(
        store,
        holds=[{"kind": "dispute"}, {"status": "EXPIRED"}, {"status": "RELEASED"}],
        callbacks=[{}, {"status": "MISSED"}, {"status": "DONE"}],
        notes=[{"text": "dog", "pinned": True}, {"text": "plain"}],
        work={"claimed": True, "claimed_by": "ben", "lease_until": NOW, "fence": 4, "snoozes": 2},
    )
    facts = loaded(store, added)
    assert [h.id for h in facts.holds] == added.holds[:1]
    assert [c.id for c in facts.callbacks] == added.callbacks[:2]
    assert facts.pinned == ("dog",)
    assert (facts.lease_by, facts.lease_until, facts.fence, facts.snoozes) == ("ben", NOW, 4, 2)


def test_texts_and_instants_come_back_as_they_were_written(store: Store) -> None:
    moment = NOW.replace(microsecond=120)
    odd = 'a "quoted" \\ Zoë 😀 {}'
    added = add_account(
        store,
        holds=[{"reason": odd, "until": DAY}],
        callbacks=[{"at": moment, "note": odd, "owner": None}],
        notes=[{"text": odd, "pinned": True}],
        events=[{"at": moment}],
    )
    facts = loaded(store, added)
    assert facts.pinned == (odd,)
    assert [(h.reason, h.until) for h in facts.holds] == [(odd, DAY)]
    assert [(c.note, c.at, c.owner) for c in facts.callbacks] == [(odd, moment, None)]
    assert [a.at for a in facts.attempts] == [moment]


def test_a_lease_that_was_given_back_is_none(store: Store) -> None:
    facts = loaded(store, add_account(store, work={"claimed": False, "claimed_by": "ben", "lease_until": NOW}))
    assert (facts.lease_by, facts.lease_until) == (None, None)


def test_zones_of_the_number_or_as_stated(store: Store) -> None:
    points = [{"kind": "mobile", "zones": "America/Chicago,America/New_York"}]
    assert loaded(store, add_account(store, points=points)).points[0].zones == ("America/Chicago", "America/New_York")
    stated = loaded(store, add_account(store, points=points, party={"zone": "America/Denver"}))
    assert (stated.zone, stated.home_zone) == ("America/Denver", "America/Chicago")
    assert candidate_zones(stated) == zones_at(stated, stated.points[0]) == ("America/Denver",)


def test_a_mobile_of_a_wide_country_is_where_the_address_is_and_else_at_home(store: Store) -> None:
    mobile = {"kind": "mobile", "value": "+61 412 345 678", "zones": ""}
    alone = loaded(store, add_account(store, points=[mobile]))
    assert candidate_zones(alone) == ("America/Chicago",)
    housed = loaded(
        store, add_account(store, points=[mobile, {"kind": "address", "value": "1 Hay St", "zones": "Australia/Perth"}])
    )
    assert candidate_zones(housed) == candidate_zones(housed, housed.points[0]) == ("Australia/Perth",)
    abroad = loaded(
        store, add_account(store, points=[mobile, {"kind": "address", "value": "1 Elm", "zones": "America/Denver"}])
    )
    assert candidate_zones(abroad) == ("America/Denver",)


def test_a_number_without_a_place_is_where_the_others_are(store: Store) -> None:
    free = {"kind": "work", "value": "+1 800 555 0142", "zones": ""}
    own = loaded(store, add_account(store, points=[free, {"kind": "mobile", "value": "+1 415 555 0142", "zones": ""}]))
    assert own.points[0].zones == ()
    assert candidate_zones(own, own.points[0]) == ("America/Los_Angeles",)
    assert candidate_zones(loaded(store, add_account(store, points=[free]))) == ("America/Chicago",)


def test_who_changed_it_last(store: Store) -> None:
    added = add_account(store, changed_by="ben", changed_at=NOW)
    with store.read() as db:
        assert changed(db, TENANT, added.id) == ("ben", NOW)
        with pytest.raises(NotFound):
            changed(db, TENANT, 1)
