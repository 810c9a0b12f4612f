"""Random books: accounts in whatever state the tables allow, for tests that hold the database against the rules.

    specs = draw(BOOK); parties = [add_party(store) …]; for spec in specs: fill(store, spec, parties)

Nothing is settled, scored or even sensible: a rule must say the same of it in SQL and on plain facts all the same.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import insert, update

from collect_tui.domain import states
from collect_tui.store.engine import Store
from collect_tui.store.sql import table
from collect_tui.store.tables import Hold, Item
from support.portfolio import DAY, TENANT, Added, add_account, add_notice, add_party, ids

AMOUNT = st.one_of(st.integers(1, 3_00), st.integers(20_00, 30_00), st.integers(1, 300_00))
AGO = st.one_of(st.integers(-7, 45), st.sampled_from([-5, 0, 1, 10, 29, 30, 31, 60, 90, 91, 365, 400]))
CODES = st.sampled_from(["call", "callback", "order", "hold", "letter", "monitor", "returned", "review", "verify"])
ZONES = ["America/Chicago", "America/New_York,America/Chicago", "Pacific/Kiritimati", "Pacific/Pago_Pago", ""]


def ago(days: int) -> Any:
    return DAY - timedelta(days=days)


def at(days: int, hour: int) -> datetime:
    """So many days ago, at an hour of UTC that is another day in half of the zones."""
    return datetime.combine(ago(days), time(hour % 24, 30), UTC)


ITEM = st.fixed_dictionaries(
    {
        "ago": AGO,
        "amount": AMOUNT,
        "disputed": st.sampled_from([0, 0, 0, 50, 100]),
        "service": st.sampled_from([None, 0, 1]),
    }
)
SERVICE = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["ACTIVE", "ACTIVE", "ACTIVE", "SUSPENDED", "SUSPENDED", *states.SERVICE]),
        "cause": st.sampled_from(["nonpay", "nonpay", "fraud", None]),
        "life_support": st.sampled_from([False, False, False, True]),
    }
)
NOTICE = st.tuples(
    st.sampled_from(["pre-cut", "pre-cut", "1"]),
    st.sampled_from(["SENT", "DELIVERED", "RETURNED", "DRAFT"]),
    st.sampled_from([10, 12, 30, 9, 0]) | AGO,
    st.sampled_from([None, None, 0, 1]),
)
HOLD = st.tuples(
    st.sampled_from(["CEASE", "DISPUTE", "MEDICAL", "PAYMENT_CLAIM", "UNHEARD_OF"]),
    st.sampled_from(["ACTIVE", "EXPIRED", "EXPIRED", "RELEASED"]),
    st.sampled_from(["account", "account", "service", "item"]),
    st.integers(-3, 20),
    st.integers(0, 1),
)
ORDER = st.tuples(
    st.sampled_from(["suspend", "restore"]),
    st.sampled_from([*states.ORDER]),
    st.integers(0, 1),
    st.integers(0, 4),
    st.booleans(),
)
PROMISE = st.tuples(st.sampled_from(["ACTIVE", "KEPT", "BROKEN", "PARTIAL", "CANCELLED"]), AGO, AMOUNT)
PAYMENT = st.tuples(
    AMOUNT,
    AGO.filter(lambda n: n >= 0),
    st.sampled_from(["UNAPPLIED", "ON_ACCOUNT", "RETURNED", "REVERSED"]),
    st.integers(0, 9),
)
EVENT = st.tuples(
    st.integers(0, 9) | AGO.filter(lambda n: n >= 0), st.integers(0, 23), st.booleans(), st.booleans(), st.booleans()
)


def some(strategy: st.SearchStrategy[Any], most: int = 3) -> st.SearchStrategy[list[Any]]:
    return st.lists(strategy, max_size=most)


ACCOUNT = st.fixed_dictionaries(
    {
        "party": st.integers(0, 2),
        "status": st.sampled_from(["OPEN"] * 9 + ["CLOSED"]),
        "stage": st.sampled_from(["CURRENT", *states.STAGES]),
        "next": st.tuples(CODES, st.sampled_from([0, 0, 1]) | st.integers(-9, 9), st.booleans()),
        "items": some(ITEM, 4),
        "credit": st.sampled_from([0, 0, 0, 0]) | AMOUNT,
        "services": st.lists(SERVICE, min_size=2, max_size=2),
        "notices": some(NOTICE),
        "holds": some(HOLD, 2),
        "inbox": some(st.tuples(st.sampled_from(["RECEIVED", "RECEIVED", "ANSWERED", "DONE"]), st.integers(0, 9))),
        "orders": some(ORDER, 2),
        "promises": some(PROMISE, 2),
        "payments": some(PAYMENT, 2),
        "events": st.lists(EVENT, max_size=4) | st.lists(EVENT, min_size=7, max_size=10),
        "callbacks": some(
            st.tuples(st.integers(-2, 2), st.integers(0, 23), st.sampled_from(["SCHEDULED", "MISSED", "DONE"])), 1
        ),
        "snooze": st.sampled_from([None, None, None]) | st.integers(-2, 3),
    }
)

#: An account of which a service may be cut, but for what is drawn besides.
READY = ACCOUNT.map(
    lambda spec: {
        **spec,
        "status": "OPEN",
        "items": [{"ago": 40, "amount": 100_00, "disputed": 0, "service": None}, *spec["items"][:1]],
        "services": [{"status": "ACTIVE", "cause": None, "life_support": False}, spec["services"][1]],
        "notices": [("pre-cut", "SENT", 20, None), *spec["notices"][:1]],
        "holds": spec["holds"][:1],
        "promises": spec["promises"][:1],
        "payments": spec["payments"][:1],
        "orders": spec["orders"][:1],
        "snooze": None,
    }
)
BOOK = st.lists(ACCOUNT | READY, min_size=1, max_size=6)


def fill(store: Store, specs: list[dict[str, Any]]) -> list[Added]:
    parties = [
        add_party(store, points=[{"zones": zones}] if zones else [])
        for zones in (ZONES[0], ZONES[1], ZONES[len(specs) % 5])
    ]
    return [add(store, spec, parties) for spec in specs]


def add(store: Store, spec: dict[str, Any], parties: list[int]) -> Added:
    """Adds the account of a spec; what refers to a service or an item is written to the rows afterwards."""
    code, days, timed = spec["next"]
    events = [
        {
            "at": at(n, hour),
            "counted": counted,
            "outbound": outbound or counted,
            "right_party": reached,
            "contact": reached,
        }
        for n, hour, counted, outbound, reached in spec["events"]
    ]
    debts = [
        {
            "due": ago(i["ago"]),
            "issued": ago(i["ago"] + 20),
            "amount": i["amount"],
            "disputed": i["amount"] * i["disputed"] // 100,
        }
        for i in spec["items"]
    ]
    credits = [{"kind": "credit", "amount": -spec["credit"], "due": ago(3)}] if spec["credit"] else []
    added = add_account(
        store,
        party_id=parties[spec["party"]],
        status=spec["status"],
        stage=spec["stage"],
        next_action_code=code,
        next_action_on=ago(days),
        next_action_at=at(days, 14) if timed else None,
        items=debts + credits,
        services=[
            {
                "product": f"P{n}",
                "status": s["status"],
                "suspend_cause": None if s["status"] == "ACTIVE" else s["cause"],
                "life_support": s["life_support"],
            }
            for n, s in enumerate(spec["services"])
        ],
        orders=[
            {
                "kind": kind,
                "status": status,
                "service": service,
                "requested_on": ago(n),
                "sent_at": at(n, 5) if sent and status not in {"DRAFT", "REQUESTED"} else None,
            }
            for kind, status, service, n, sent in spec["orders"]
        ],
        promises=[
            {
                "status": status,
                "instalments": [(ago(n), amount)],
                "made_on": ago(n + 5),
                "closed_on": None if status == "ACTIVE" else ago(n),
                "confirm_by": ago(n + 2) if amount % 3 == 0 else None,
                "confirmed_on": ago(n + 3) if amount % 2 == 0 else None,
            }
            for status, n, amount in spec["promises"]
        ],
        payments=[
            {
                "amount": amount,
                "status": status,
                "received_on": ago(n),
                "returned_on": ago(max(0, n - 1)) if status in {"RETURNED", "REVERSED"} else None,
                "recorded_at": at(max(0, n - later), 4),
            }
            for amount, n, status, later in spec["payments"]
        ],
        events=events,
        inbox=[{"status": status, "made_on": ago(n)} for status, n in spec["inbox"]],
        callbacks=[{"at": at(n, hour), "owner": None, "status": status} for n, hour, status in spec["callbacks"]],
        work={"snooze_until": ago(-spec["snooze"])} if spec["snooze"] is not None else None,
    )
    with store.write() as db:
        own = {"tenant_id": TENANT, "account_id": added.id}
        i = table(Item)
        for ident, item in zip(added.items, spec["items"], strict=False):
            service = None if item["service"] is None else added.services[item["service"]]
            db.execute(update(i).where(i.c.tenant_id == TENANT, i.c.id == ident).values(service_id=service))
        for level, status, n, place in spec["notices"]:
            service = None if place is None else added.services[place]
            template = "pre-cut" if level == "pre-cut" else f"notice-{level}"
            row = {"level": level, "template": template, "status": status, "sent_on": ago(n), "service_id": service}
            add_notice(db, own, row)
        for kind, status, scope, n, place in spec["holds"]:
            until = ago(-n) if status == "ACTIVE" else ago(n)
            target = {"account": None, "service": added.services[place], "item": (added.items or [0])[0]}[scope]
            row = {"id": ids(), "kind": kind, "status": status, "scope": scope, "target_id": target, "until": until}
            db.execute(insert(table(Hold)), {**own, **row, "placed_on": ago(n + 5), "placed_by": "mia"})
    return added
