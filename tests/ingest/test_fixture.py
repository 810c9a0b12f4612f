"""The committed portfolios: what each must offer, and that its histories fit."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from collect_tui import defaults, demo
from collect_tui.desk.catalogue import Catalogue
from collect_tui.domain.message.template import CHANNELS, LEVELS
from collect_tui.domain.order.kinds import KINDS
from collect_tui.domain.parts import CONSENT_SOURCES
from collect_tui.domain.queue.rules import REASONS
from collect_tui.domain.states import CallbackState, InboxState, MessageState, OrderState, PromiseState
from collect_tui.ingest import pipeline
from collect_tui.services.intake.entries import PointEntry
from collect_tui.services.local import LocalDesk
from collect_tui.store import facts, summary
from collect_tui.store.engine import Store
from invented import trade as trades
from invented.features import ENOUGH, by_feature, shown, wanted
from invented.portfolio import generate, number, situations, to_show, write
from support.book import TODAY
from support.copies import image, put

LARGEST = 800_000
"""Bytes of a portfolio file: little more than that of the demo."""


@dataclass(frozen=True)
class Book:
    """A portfolio of a trade, as a file and as it was loaded by the trade's own rules."""

    trade: trades.Trade
    path: Path
    accounts: list[dict[str, Any]]
    catalogue: Catalogue
    store: Store

    def desk(self, user: str = "lee", days: int = 0) -> LocalDesk:
        """At noon of its Monday, or so many days later."""
        noon = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=ZoneInfo(self.trade.tenant["zone"]))
        return LocalDesk(self.store, self.catalogue, user=user, clock=lambda: noon + timedelta(days=days))


@pytest.fixture(scope="session", params=trades.names())
def book(request: pytest.FixtureRequest) -> Iterator[Book]:
    """Each portfolio, loaded once."""
    of, path = trades.load(request.param), demo.portfolio(request.param)
    site = None if of.name == trades.UTILITY else path.with_name("site")
    known = defaults.load(site, today=TODAY)
    with Store.memory() as store:
        made = Book(of, path, json.loads(path.read_text("utf-8"))["accounts"], known, store)
        pipeline.run("portfolio", made.desk(), path)
        yield made


def test_every_trade_has_its_fixtures() -> None:
    assert set(demo.trades()) == set(trades.names())
    assert len(trades.names()) == 4


def test_it_is_what_the_generator_makes(book: Book) -> None:
    out = io.StringIO()
    write(out, 300, 7, TODAY, of=book.trade)
    assert out.getvalue() == book.path.read_text(encoding="utf-8")
    assert book.path.stat().st_size < LARGEST


def test_the_first_of_many_are_the_same():
    some = list(generate(40, 3))
    assert some == list(generate(80, 3))[:40]
    assert some != list(generate(40, 4))


def test_a_million_numbers_are_different():
    assert len({number(index) for index in range(1_000_000)}) == 1_000_000


def test_every_queue_and_what_it_and_the_holds_are_called_there_are_shown_by_enough(book: Book) -> None:
    desk, places, chips = book.desk(), Counter[str](), Counter[str]()
    called = {rule.chip for rule in book.catalogue.queues}
    for rule in book.catalogue.queues:
        for row in desk.queue(rule.name, limit=200).rows:
            chips.update({c for c in called if any(f"{chip} ".startswith(f"{c} ") for chip in row.chips)})
        with book.store.read() as db:
            query = text("SELECT count(*) FROM work_item WHERE queue = :name")
            places[rule.name] = db.connection().execute(query, {"name": rule.name}).scalar_one()
    queues = {rule.name for rule in book.catalogue.queues}
    if book.trade.name == trades.UTILITY:  # everybody there has a number: the other trades show who has none
        queues, called = queues - {"skip"}, called - {"no number"}
    assert {rule.reason for rule in book.catalogue.queues} == set(REASONS)
    assert {name for name in queues if places[name] < ENOUGH} == set()
    assert {chip for chip in called if chips[chip] < ENOUGH} == set()
    with book.store.read() as db:
        query = text("SELECT kind, count(DISTINCT account_id) AS n FROM hold WHERE status = 'ACTIVE' GROUP BY kind")
        assert [row.kind for row in db.connection().execute(query) if row.n < ENOUGH] == []


def test_whatever_a_portfolio_shows_it_shows_enough_of(book: Book) -> None:
    found = by_feature(book.accounts)
    few = {feature: numbers for feature, numbers in found.items() if len(numbers) < ENOUGH}
    if (
        book.trade.name == trades.UTILITY
    ):  # it is the broadest: of holds it shows enough, of how each came about the other trades do
        few = {feature: numbers for feature, numbers in few.items() if feature.startswith("hold ")}
    assert few == {}
    told = Counter(situations(book.trade)[index].__name__ for index in range(len(book.accounts)))
    assert set(told) == set(book.trade.weights)
    assert [name for name, count in told.items() if count < min(ENOUGH, 3 * book.trade.weights[name])] == []


@pytest.fixture(scope="session")
def shows() -> dict[str, dict[str, list[str]]]:
    """By trade and feature: the accounts of its portfolio."""
    files = ((name, json.loads(demo.portfolio(name).read_text("utf-8"))["accounts"]) for name in demo.trades())
    return {name: to_show(trades.load(name), accounts) for name, accounts in files}


def test_whatever_a_trainer_looks_for_is_shown_by_enough(shows: dict[str, dict[str, list[str]]]) -> None:
    """Where it belongs to a trade, in that trade's portfolio; else in one of them."""
    few = {}
    for each in wanted():
        counts = {name: len(found.get(each.feature, ())) for name, found in shows.items()}
        if (counts[each.trade] if each.trade else max(counts.values())) < ENOUGH:
            few[each.feature] = counts
    assert few == {}


def test_a_trainer_can_look_for_every_kind_that_the_program_knows() -> None:
    known = defaults.load(None, today=TODAY)
    kinds = {
        *(f"party {role}" for role in known.codes.party_roles),
        *(f"consent by {source}" for source in CONSENT_SOURCES),
        *(f"point {quality}" for quality in get_args(PointEntry.model_fields["quality"].annotation)),
        *(f"hold {kind}" for kind in known.holds),
        *(f"case {kind}" for kind in known.cases.kinds),
        *(f"order to {kind}" for kind in KINDS),
        *(f"promise {state}" for state in PromiseState),
        *(f"message {state}" for state in MessageState),
        *(f"{went} by {channel}" for channel in CHANNELS if channel != "internal" for went in ("sent", "received")),
        *(f"item {kind}" for kind in ("fee", "balloon", "retention", "credit")),
    }  # fmt: skip
    assert kinds - {each.feature for each in wanted()} == set()


BY_CODE = {
    "party": "role, count(DISTINCT account_id) FROM account_party GROUP BY role",
    "order to": "kind, count(DISTINCT account_id) FROM service_order GROUP BY kind",
    "sent by": "channel, count(DISTINCT account_id) FROM message WHERE inbound = 0 GROUP BY channel",
    "received by": "channel, count(DISTINCT account_id) FROM message WHERE inbound = 1 GROUP BY channel",
}
"""Words of features, and where the tables have their codes, each with how many accounts."""
ALONE = {
    "order put off": "count(DISTINCT account_id) FROM service_order WHERE extended > 0",
    "order reversed": "count(DISTINCT account_id) FROM service_order WHERE reason = 'ERROR' AND reversal_of IS NOT NULL",
    "settlement": "count(DISTINCT account_id) FROM promise WHERE settles > total",
    "confirmed in writing": "count(DISTINCT account_id) FROM promise WHERE confirmed_on <= confirm_by",
    "offer made": "count(DISTINCT account_id) FROM contact_event WHERE offered > 0 AND offer_until > offered_on",
    "customer verified": "count(DISTINCT account_id) FROM contact_event WHERE verified AND right_party",
    "credit limit": "count(*) FROM account WHERE credit_limit > 0",
    "support of the customer": "count(*) FROM party WHERE support <> ''",
    "inconvenient time": "count(*) FROM party WHERE times LIKE '%not %'",
}
"""Features of one word, and how many accounts the tables have."""


def counted(store: Store, by_code: dict[str, str]) -> dict[str, int]:
    """How many accounts show a feature, by the tables."""
    with store.read() as db:
        found = {
            f"{word} {code}": count
            for word, query in by_code.items()
            for code, count in db.connection().execute(text(f"SELECT {query}"))
        }
        alone = {word: db.connection().execute(text(f"SELECT {query}")).scalar_one() for word, query in ALONE.items()}
    return {feature: count for feature, count in (found | alone).items() if count}


def test_what_is_told_is_what_was_loaded(book: Book) -> None:
    """What the import has to carry, counted once more in the tables."""
    told = {feature: len(numbers) for feature, numbers in by_feature(book.accounts).items()}
    words = tuple(f"{word} " for word in BY_CODE)
    same = {feature: count for feature, count in told.items() if feature in ALONE or feature.startswith(words)}
    assert counted(book.store, BY_CODE) == same


def test_queues_of_ones_own_of_a_team_and_of_departments_have_work(book: Book) -> None:
    for user in book.trade.agents:
        assert len(book.desk(user).queue("mine").rows) >= ENOUGH, user
    assert len(book.desk("mia").queue("team").rows) > len(book.desk("mia").queue("mine").rows)
    with book.store.read() as db:
        query = text("SELECT department, count(*) AS n FROM case_file WHERE ended = 0 GROUP BY department")
        waiting = {row.department: row.n for row in db.connection().execute(query)}
    everywhere = set(book.catalogue.cases.departments) if book.trade.name == trades.UTILITY else {"billing"}
    assert {name for name in everywhere if waiting.get(name, 0) < ENOUGH} == set()
    assert len(book.desk("mia").cases("department").rows) >= ENOUGH


def test_no_feature_is_missing_from_all_portfolios(shows: dict[str, dict[str, list[str]]]) -> None:
    known = defaults.load(None, today=TODAY)
    others = {
        *(f"notice {level}" for level in LEVELS),
        *(f"order {state}" for state in OrderState),
        *(f"received {state}" for state in InboxState),
        *(f"callback {state}" for state in CallbackState if state != CallbackState.CANCELLED),  # only undo does that
        *(f"payment {state}" for state in ("APPLIED", "PARTLY_APPLIED", "UNAPPLIED", "RETURNED", "REVERSED")),
        *(f"item {kind}" for kind in ("invoice", "fee", "instalment", "balloon", "retention", "credit")),
        *(f"segment {step.segment or 'default'}" for step in known.rules.ladder),
        "segment phone", "arrangement plan", "currency GBP", "owner of its own", "second account of a customer",
    }  # fmt: skip
    most = {feature: max(len(found.get(feature, ())) for found in shows.values()) for feature in others}
    assert {feature: count for feature, count in most.items() if count < ENOUGH} == {}


def test_every_kind_has_cases_that_are_new_overdue_and_ended_and_some_wait_for_a_decision(book: Book) -> None:
    with book.store.read() as db:
        found = db.connection().execute(text("SELECT * FROM case_file")).mappings().all()
    kinds, count = set(book.trade.cases or book.catalogue.cases.kinds), Counter(row["kind"] for row in found)
    assert set(count) == kinds
    assert {kind for kind in kinds if count[kind] < ENOUGH} == set()
    for what, those in (
        ("new", [row for row in found if row["opened_at"] >= f"{TODAY}"]),
        ("overdue", [row for row in found if (row["first_due"] or row["resolve_due"] or "9") < f"{TODAY}"]),
        ("ended", [row for row in found if row["ended"]]),
        ("somebody's", [row for row in found if row["owner"] and not row["ended"]]),
    ):
        assert kinds - {row["kind"] for row in those} == set(), what
    asked = {row["kind"] for row in found if row["asked"]}
    decided = {"approval", "dispute", "refund", "write-off", "credit-review", "placement", "legal"}
    assert kinds & decided <= asked <= decided | {"credit-note"}  # a firm's is beyond the limits of whoever grants it


def test_the_account_of_the_tour(book: Book) -> None:
    with book.store.read() as db:
        rosa = facts.load(db, 1, "4410-2231")
        queue = db.connection().execute(text("SELECT queue FROM work_item WHERE number = '4410-2231'")).scalar_one()
    assert (rosa.name, rosa.collectable, queue) == ("Alvarez, Rosa", 41210, "broken")
    assert rosa.oldest_due is not None
    assert (TODAY - rosa.oldest_due).days == 63
    assert [p.status for p in rosa.promises] == ["BROKEN"]
    assert sorted(s.product for s in rosa.services) == sorted(book.trade.tour["products"])
    assert rosa.attempts[-1].result == "LM"
    rules = book.catalogue.rules.suspend
    served = [m for m in rosa.messages if m.level == rules.notice_level]
    assert served[0].served_on is not None
    assert (TODAY - served[0].served_on).days >= rules.notice_days
    assert book.desk().queue("suspend", limit=1).rows[0].account == "4410-8181"


def test_people_are_invented_and_places_fit(book: Book) -> None:
    numbers: Counter[str] = Counter()
    places = {(place.phone.format(area=place.area, n=n), place.zone) for place in book.trade.places for n in range(100)}
    for each in book.accounts:
        for point in (p for who in (each.get("party"), *each.get("parties", ())) if who for p in who["points"]):
            if "zones" not in point and point["kind"] == "mobile":
                assert re.fullmatch(r"\+1 500 555 01\d\d", point["value"])  # tells no place
            elif point["kind"] in {"mobile", "home", "work", "other"}:
                (zone,) = point["zones"]
                assert (point["value"], zone) in places
                numbers[zone] += 1
            if point["kind"] == "email":
                assert point["value"].endswith("@example.com")
            if point["kind"] == "social":
                assert re.fullmatch(r"[a-z]+\.(com|me)/[a-z]+\d+\.example", point["value"])
    assert set(numbers) == {place.zone for place in book.trade.places}
    names = [each["party"]["name"] for each in book.accounts if "party" in each]
    if not book.trade.is_firm(1):
        assert any("[/b]" in name for name in names)
        assert any("\u4e00" <= char <= "\u9fff" for name in names for char in name)


def test_telephone_numbers_are_set_aside_for_fiction(book: Book) -> None:
    """NANP 555-01xx, Ofcom's numbers for drama, and in the Philippines a prefix that no network has."""
    kept = (
        r"\+1 \d{3} 555 01\d\d", r"\+44 20 7946 0\d{3}", r"\+44 113 496 0\d{3}", r"\+44 28 9649 6\d{3}", r"\+63 900 555 01\d\d"
    )  # fmt: skip
    for place in book.trade.places:
        for n in (0, 99):
            value = place.phone.format(area=place.area, n=n)
            assert any(re.fullmatch(each, value) for each in kept), value


def test_owners_are_users_of_the_portfolio(book: Book) -> None:
    owners = Counter(each["owner"] for each in book.accounts if "owner" in each)
    users = {user["login"]: user for user in book.trade.users}
    assert set(owners) == set(book.trade.agents) <= set(users)
    assert min(owners.values()) >= ENOUGH


def test_histories_fit_their_states(book: Book) -> None:
    seen: Counter[str] = Counter()
    for each in book.accounts:
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
            if promise["status"] == "PARTIAL":
                assert sum(p["paid"] for p in promise["instalments"]) in {p["amount"] for p in each["payments"]}
        orders = each.get("orders", ())
        for service in each.get("services", ()):
            status = service.get("status", "ACTIVE")
            seen[f"{status} {service.get('suspend_cause', '')}".strip()] += 1
            mine = [o for o in orders if o["service"] == service["product"] and o["kind"] == "suspend"]
            if status in {"SUSPENDED", "PENDING_RESTORE"}:
                assert [o["status"] for o in mine] == ["COMPLETED"]
            if status == "PENDING_SUSPEND":
                assert mine[-1]["status"] in {"REQUESTED", "SENT"}
            if service.get("suspend_cause") == "nonpay":
                served = [n for n in each["notices"] if n.get("level") == "pre-cut"]
                assert any(n["service"] == service["product"] for n in served)
        for hold in each.get("holds", ()):
            seen[f"hold {hold['kind']}"] += 1
        seen["returned"] += sum(p.get("outcome") == "RETURNED" for p in each.get("payments", ()))
        seen["mine"] += sum(c.get("owner") == "mia" for c in each.get("callbacks", ()))
        seen["anybody"] += sum(c["owner"] is None for c in each.get("callbacks", ()))
    wanted = {
        "single ACTIVE",
        "single BROKEN",
        "single KEPT",
        "plan ACTIVE",
        "SUSPENDED nonpay",
        "PENDING_SUSPEND nonpay",
    }
    wanted |= {"returned", "mine", "anybody"}
    if book.trade.name == trades.UTILITY:
        wanted |= {"plan BROKEN", "SUSPENDED voluntary", "SUSPENDED fraud", "TERMINATED"}
        wanted |= {f"hold {kind}" for kind in book.catalogue.holds}
    assert {what for what in wanted if not seen[what]} == set()


def test_what_follows_comes_after_what_it_follows(book: Book) -> None:
    """Of orders, cases, promises and payments; a pick-up comes after the order that ended its service."""
    for each in book.accounts:
        number = each["number"]
        for order in each.get("orders", ()):
            days = [order["requested_on"], *(order[name][:10] for name in ("sent_at", "answered_at") if name in order)]
            assert days == sorted(days), (number, order)
        for case in each.get("cases", ()):
            done = [case["opened_at"], *(step["at"] for step in case.get("steps", ()))]
            assert done == sorted(done), (number, case)
            if case["kind"] == "pick-up":
                ends = [o for o in each["orders"] if (o["kind"], o["status"]) == ("terminate", "COMPLETED")]
                assert any(o["service"] == case["values"]["service"] and o["answered_at"] <= done[0] for o in ends), (
                    case
                )
        for promise in each.get("promises", ()):
            assert all(promise["made_on"] <= part["due"] for part in promise["instalments"]), (number, promise)
        for payment in each.get("payments", ()):
            assert payment["received_on"] <= payment.get("recorded_at", "9999")[:10], (number, payment)


def test_a_stage_is_one_that_the_ladder_of_the_segment_has_and_its_notice_was_written(book: Book) -> None:
    """But for accounts whose notice is on its way or came back: they stand lower, and wait for it."""
    for each in book.accounts:
        stage, segment = each.get("stage", "CURRENT"), each.get("segment", "default")
        rungs = {rung.stage: rung for rung in book.trade.rungs_of(segment)}
        assert stage in {"CURRENT", "SUSPENDED", *rungs}, each["number"]
        if stage in rungs and rungs[stage].level:
            levels = {n["level"] for n in each["notices"] if n["status"] in {"SENT", "DELIVERED"} and "level" in n}
            assert rungs[stage].level in levels, each["number"]


def test_a_feature_is_told_of_an_account_that_shows_it() -> None:
    made = {
        "number": "1",
        "holds": [{"kind": "CEASE"}],
        "payments": [{"allocations": [], "amount": 5, "method": "pdc"}],
    }
    assert shown(made) == {"segment default", "stage CURRENT", "hold CEASE", "payment UNAPPLIED", "paid by pdc"}


def test_summaries_are_what_the_facts_say(book: Book) -> None:
    """The loader's figures against the domain's own, account by account."""
    with book.store.read() as db:
        for row in db.connection().execute(
            text("SELECT account_id, total, past_due, disputed, collectable, unapplied FROM account_summary")
        ).all():  # fmt: skip
            seen = facts.load_by_id(db, 1, row.account_id)
            assert tuple(row)[1:] == (seen.total, seen.past_due, seen.disputed, seen.collectable, seen.unapplied), (
                seen.number
            )
    with book.store.write() as db:
        assert summary.refresh(db, 1, TODAY, minutes=30) == 0


def test_the_night_rolls_it_on_and_nothing_differs(book: Book) -> None:
    """On a copy: the others see the portfolio as it was loaded."""
    with Store.memory() as copy:
        put(copy, image(book.store))
        report = replace(book, store=copy).desk(days=1).day(TODAY + timedelta(days=1), check=True, full=True)
    assert (report.differences, report.orphans) == (0, 0)


def test_what_a_trainer_looks_for_is_still_there_after_a_night(
    book: Book, shows: dict[str, dict[str, list[str]]]
) -> None:
    """What the guide says to open in a portfolio, a class that rolls its day on finds there too."""
    standing = BY_CODE | {
        word: f"{code}, count(DISTINCT account_id) FROM {rows} GROUP BY {code}"
        for word, code, rows in (
            # The guide lists claims whose days are over as well.
            ("hold", "kind", "hold WHERE status = 'ACTIVE' OR kind = 'PAYMENT_CLAIM'"),
            ("case", "kind", "case_file"),
            ("item", "kind", "item"),
            *(("promise", "status", "promise"), ("arrangement", "kind", "promise")),
            *(("order", "status", "service_order"), ("message", "status", "message WHERE inbound = 0")),
            *(("payment", "status", "payment"), ("paid by", "method", "payment")),
            *(("callback", "status", "callback"), ("service", "status", "service")),
        )
    }
    here = {
        each.feature
        for each in wanted()
        if book.trade.name
        == (each.trade or next(name for name, found in shows.items() if len(found.get(each.feature, ())) >= ENOUGH))
    }
    looked_for = here & counted(book.store, standing).keys()
    with Store.memory() as copy:
        put(copy, image(book.store))
        replace(book, store=copy).desk(days=1).day(TODAY + timedelta(days=1))
        after = counted(copy, standing)
    assert looked_for, "some of it the tables tell"
    assert {each: after.get(each, 0) for each in looked_for if after.get(each, 0) < ENOUGH} == {}
