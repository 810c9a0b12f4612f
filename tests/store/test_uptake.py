"""What became of offers: the statement counts what a plain count of the rows says, on both databases."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from random import Random

import pytest

from collect_tui.defaults import load
from collect_tui.store import offers
from collect_tui.store.sql import table
from collect_tui.store.tables import ContactEvent
from support.portfolio import DAY, TENANT, add_account, ids

CATALOGUE = load(None, today=DAY)
RULES, CODES = CATALOGUE.rules, CATALOGUE.codes
TEMPLATES = {rule.message: name for name, rule in RULES.offers.items()}
RESULTS = ["OP", "OS", "OI", "OA", "OD", "OC", "SA", "AQ", "NA"]


def instant(ago: int, minute: int) -> datetime:
    return datetime.combine(DAY - timedelta(days=ago), time(12, minute), UTC)


def random_account(dice: Random) -> dict:
    """Few days, so that offers, answers and payments meet."""
    minutes = dice.sample(range(60), 12)
    messages = []
    for _ in range(dice.randint(0, 3)):
        ago = dice.randint(0, 12)
        template = dice.choice([*TEMPLATES, "statement"])
        figures = (
            {}
            if TEMPLATES.get(template) in (None, "autopay")
            else {"offered": 5000, "offer_until": DAY - timedelta(days=ago - 5)}
        )
        messages.append(
            {
                "level": "",
                "template": template,
                "status": dice.choice(["SENT", "DELIVERED", "SENT", "RETURNED", "DRAFT", "CANCELLED"]),
                "sent_on": DAY - timedelta(days=ago),
                "sent_at": instant(ago, minutes.pop()),
                "items": (),
                **figures,
            }
        )
    contacts = []
    for _ in range(dice.randint(0, 5)):
        ago, result = dice.randint(0, 12), dice.choice(RESULTS)
        made = result in ("OP", "OS", "OI") and dice.random() < 0.8
        figures = {"offered": 4000, "offer_until": DAY - timedelta(days=ago - 3)} if made and result != "OI" else {}
        on = {"offered_on": DAY - timedelta(days=ago)} if made else {}
        contacts.append({"result": result, "at": instant(ago, minutes.pop()), **figures, **on})
    payments = [
        {
            "amount": dice.choice([2000, 4000, 5000]),
            "returned": dice.choice([0, 0, 0, 1500]),
            "received_on": DAY - timedelta(days=dice.randint(0, 14)),
            "status": dice.choice(["UNAPPLIED", "ON_ACCOUNT", "UNAPPLIED", "RETURNED", "REVERSED"]),
        }
        for _ in range(dice.randint(0, 3))
    ]
    currency = dice.choice(["USD", "USD", "PHP"])
    return {"notices": messages, "events": contacts, "payments": payments, "currency": currency}


def counted(book: list[tuple[dict, list[bool]]], since=None) -> dict[tuple[str, str], Counter]:
    """The same by hand."""
    found: dict[tuple[str, str], Counter] = {}
    for spec, voided in book:
        made = [
            {"offer": TEMPLATES[m["template"]], "at": m["sent_at"], "on": m["sent_on"], "call": 0, **m}
            for m in spec["notices"]
            if m["template"] in TEMPLATES and m["status"] in ("SENT", "DELIVERED")
        ]
        stand = [e for e, gone in zip(spec["events"], voided, strict=True) if not gone]
        made += [
            {"offer": CODES.results[e["result"]].offer, "on": e["offered_on"], "call": 1, **e}
            for e in stand
            if "offered_on" in e
        ]
        made.sort(key=lambda each: each["at"])
        answers: dict[int, str] = {}
        for event in sorted(stand, key=lambda e: e["at"]):
            result = CODES.results[event["result"]]
            before = [
                n for n, each in enumerate(made) if each["at"] <= event["at"] and result.offer in ("", each["offer"])
            ]
            if result.answer and before:
                answers[before[-1]] = result.answer
        for n, each in enumerate(made):
            if since is not None and each["on"] < since:
                continue
            again = next((later["on"] for later in made[n + 1 :] if later["offer"] == each["offer"]), None)
            came = sum(
                p["amount"] - p["returned"]
                for p in spec["payments"]
                if p["status"] not in ("RETURNED", "REVERSED")
                and each.get("offer_until") is not None
                and each["on"] <= p["received_on"] <= each["offer_until"]
                and (again is None or p["received_on"] < again)
            )
            row = found.setdefault((each["offer"], spec["currency"]), Counter())
            row["contacts" if each["call"] else "messages"] += 1
            row[answers.get(n, "unanswered")] += 1
            if each.get("offered") and came >= each["offered"]:
                row["paid"] += 1
                row["amount"] += came
    return found


@pytest.mark.parametrize("since", [None, DAY - timedelta(days=6)])
def test_uptake_is_what_a_plain_count_of_the_rows_says(store, since) -> None:
    dice, book = Random(6552), []
    for _ in range(250):
        spec = random_account(dice)
        added = add_account(store, **spec)
        voided = [dice.random() < 0.15 for _ in spec["events"]]
        with store.write() as db:
            for event, gone in zip(added.events, voided, strict=True):
                if gone:
                    void = {
                        "id": ids(),
                        "account_id": added.id,
                        "at": instant(0, 59),
                        "by": "mia",
                        "action": "VOID",
                        "result": "VOID",
                    }
                    flags = dict.fromkeys(("outbound", "counted", "worked", "contact", "right_party"), False)
                    db.execute(table(ContactEvent).insert().values(tenant_id=TENANT, **void, **flags, supersedes=event))
        book.append((spec, voided))
    with store.read() as db:
        rows = {(r.offer, r.currency): r for r in offers.uptake(db, TENANT, RULES, CODES, since)}
    expected = counted(book, since)
    names = ("messages", "contacts", "accepted", "declined", "considering", "paid", "amount")
    assert {key: [getattr(row, name) for name in names] for key, row in rows.items()} == {
        key: [row[name] for name in names] for key, row in expected.items()
    }
    whole = sum(expected.values(), Counter())
    assert all(whole[name] > 3 for name in names), "or the books tell nothing"
    assert set(rows) == {(offer, currency) for offer in RULES.offers for currency in ("USD", "PHP")}
