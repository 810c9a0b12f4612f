"""The committed portfolio: what it must offer, and that its histories fit."""

from __future__ import annotations

import io
import json
import re
from collections import Counter

import pytest
from sqlalchemy import text

from collect_tui.store import facts, summary
from collect_tui.store.engine import Store
from ingest.books import FIXTURE, bring
from invented.people import PLACES
from invented.portfolio import generate, number, write
from support.book import TODAY, catalogue


@pytest.fixture(scope="module")
def accounts():
    return json.loads(FIXTURE.read_text(encoding="utf-8"))["accounts"]


@pytest.fixture(scope="module")
def store():
    with Store.memory() as made:
        bring(made, FIXTURE)
        yield made


def test_it_is_what_the_generator_makes():
    out = io.StringIO()
    write(out, 300, 7, TODAY)
    assert out.getvalue() == FIXTURE.read_text(encoding="utf-8")
    assert FIXTURE.stat().st_size < 2 * 1024 * 1024


def test_the_first_of_many_are_the_same():
    some = list(generate(40, 3))
    assert some == list(generate(80, 3))[:40]
    assert some != list(generate(40, 4))


def test_a_million_numbers_are_different():
    assert len({number(index) for index in range(1_000_000)}) == 1_000_000


def test_every_queue_has_work(store):
    with store.read() as db:
        found = db.connection().execute(text("SELECT queue, count(*) FROM work_item GROUP BY queue")).all()
    count = {row[0]: row[1] for row in found}
    assert {rule.name: count.get(rule.name, 0) >= 5 for rule in catalogue().queues} == {
        rule.name: True for rule in catalogue().queues
    }


def test_every_kind_has_cases_that_are_new_overdue_and_ended_and_some_wait_for_a_decision(store):
    with store.read() as db:
        found = db.connection().execute(text("SELECT * FROM case_file")).mappings().all()
    kinds, count = set(catalogue().cases.kinds), Counter(row["kind"] for row in found)
    assert {kind for kind in kinds if count[kind] < 5} == set()
    for what, wanted in (
        ("new", [row for row in found if row["opened_at"] >= f"{TODAY}"]),
        ("overdue", [row for row in found if (row["first_due"] or row["resolve_due"] or "9") < f"{TODAY}"]),
        ("ended", [row for row in found if row["ended"]]),
        ("somebody's", [row for row in found if row["owner"] and not row["ended"]]),
    ):
        assert kinds - {row["kind"] for row in wanted} == set(), what
    asked = {row["kind"] for row in found if row["asked"]}
    assert asked == {"approval", "dispute", "refund", "write-off", "credit-review", "placement", "legal"}


def test_the_account_of_the_tour(store):
    with store.read() as db:
        rosa = facts.load(db, 1, "4410-2231")
        queue = db.connection().execute(text("SELECT queue FROM work_item WHERE number = '4410-2231'")).scalar_one()
    assert (rosa.name, rosa.collectable, queue) == ("Alvarez, Rosa", 41210, "broken")
    assert rosa.oldest_due is not None
    assert (TODAY - rosa.oldest_due).days == 63
    assert [p.status for p in rosa.promises] == ["BROKEN"]
    assert sorted(s.product for s in rosa.services) == ["INT", "TV"]
    assert rosa.attempts[-1].result == "LM"
    rules = catalogue().rules.suspend
    served = [m for m in rosa.messages if m.level == rules.notice_level]
    assert served[0].served_on is not None
    assert (TODAY - served[0].served_on).days >= rules.notice_days


def test_people_are_invented_and_places_fit(accounts):
    zones = {place.area: place.zone for place in PLACES}
    numbers: Counter[str] = Counter()
    for each in accounts:
        for point in each.get("party", {}).get("points", ()):
            if point["kind"] in {"mobile", "home", "work"}:
                found = re.fullmatch(r"\+1 (\d{3}) 555 01\d\d", point["value"])
                assert found
                assert point["zones"] == [zones[found[1]]]
                numbers[found[1]] += 1
            if point["kind"] == "email":
                assert point["value"].endswith("@example.com")
    assert len(numbers) >= 10
    names = [each["party"]["name"] for each in accounts if "party" in each]
    assert any("[/b]" in name for name in names)
    assert any("\u4e00" <= char <= "\u9fff" for name in names for char in name)


def test_histories_fit_their_states(accounts):
    seen: Counter[str] = Counter()
    for each in accounts:
        day = TODAY.isoformat()
        contacts = each.get("contacts", ())
        assert all(contact["at"][:10] <= day for contact in contacts)
        assert all(payment["received_on"] <= day for payment in each.get("payments", ()))
        assert each["opened_on"] <= min(item["issued"] for item in each["items"])
        for promise in each.get("promises", ()):
            seen[f"{promise['kind']} {promise['status']}"] += 1
            made = [c for c in contacts if c["result"] in {"PP", "PA"} and c["at"] == promise["made_at"]]
            assert len(made) == 1
            if promise["status"] == "KEPT":
                assert sum(p["paid"] for p in promise["instalments"]) in {p["amount"] for p in each["payments"]}
        orders = each.get("orders", ())
        for service in each.get("services", ()):
            status = service.get("status", "ACTIVE")
            seen[f"{status} {service.get('suspend_cause', '')}".strip()] += 1
            mine = [o for o in orders if o["service"] == service["product"] and o["kind"] == "suspend"]
            if status == "SUSPENDED":
                assert [o["status"] for o in mine] == ["COMPLETED"]
            if status == "PENDING_SUSPEND":
                assert mine[-1]["status"] in {"REQUESTED", "SENT"}
            if service.get("suspend_cause") == "nonpay":
                assert any(n["level"] == "pre-cut" and n["service"] == service["product"] for n in each["notices"])
        for hold in each.get("holds", ()):
            seen[f"hold {hold['kind']}"] += 1
        seen["returned"] += sum(p.get("outcome") == "RETURNED" for p in each.get("payments", ()))
        seen["mine"] += sum(c.get("owner") == "mia" for c in each.get("callbacks", ()))
        seen["anybody"] += sum(c["owner"] is None for c in each.get("callbacks", ()))
    for kind in catalogue().holds:
        assert seen[f"hold {kind}"], kind
    for what in (
        "single ACTIVE", "single BROKEN", "single KEPT", "plan ACTIVE", "plan BROKEN", "SUSPENDED nonpay", "SUSPENDED voluntary",
        "SUSPENDED fraud", "PENDING_SUSPEND nonpay", "TERMINATED", "returned", "mine", "anybody",
    ):  # fmt: skip
        assert seen[what], what


def test_summaries_are_what_the_facts_say(store):
    """The loader's figures against the domain's own, account by account."""
    with store.read() as db:
        for row in db.connection().execute(
            text("SELECT account_id, total, past_due, disputed, collectable, unapplied FROM account_summary")
        ).all():  # fmt: skip
            seen = facts.load_by_id(db, 1, row.account_id)
            assert tuple(row)[1:] == (seen.total, seen.past_due, seen.disputed, seen.collectable, seen.unapplied), (
                seen.number
            )
    with store.write() as db:
        assert summary.refresh(db, 1, TODAY) == 0
