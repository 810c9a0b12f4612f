"""Reminders before due: the night drafts for every account what the pure rule says, once, on both databases."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from random import Random

from sqlalchemy import select

from collect_tui.defaults import load
from collect_tui.domain.account import reminders
from collect_tui.domain.rules import Reminder
from collect_tui.domain.states import STAGES, Stage
from collect_tui.store import summary
from collect_tui.store.day.base import Day
from collect_tui.store.day.ladder import segments_of, write
from collect_tui.store.facts import load_by_id
from collect_tui.store.sql import table
from collect_tui.store.tables import Message, MessageItem
from support.portfolio import DAY, NOW, TENANT, add_account, ids

CATALOGUE = load(None, today=DAY)
OWN = (
    Reminder("retention-due", (), "retention", Stage.FINAL, "cards"),
    Reminder("balloon-due", (90, 10, 0), "balloon", segment="cards"),
)
RULES = replace(CATALOGUE.rules, reminders=(*CATALOGUE.rules.reminders, *OWN))
REACHED = {"balloon-due": ("email", "address"), "retention-due": ("email",), "reminder": ("email", "mobile")}
TEMPLATES = (*REACHED, "statement")


def random_account(dice: Random) -> dict:
    offsets = [-1, 0, 1, 5, 6, 7, 8, 10, 29, 30, 31, 50, 51, 59, 60, 61, 90, 91]
    items = [
        {
            "kind": dice.choice(["balloon", "balloon", "retention", "instalment", "invoice"]),
            "due": DAY + timedelta(days=dice.choice(offsets)),
            "amount": 5000,
            "open": dice.choice([5000, 5000, 5000, 99, 0]),
            "disputed": dice.choice([0, 0, 0, 0, 4950]),
        }
        for _ in range(dice.randint(1, 3))
    ]
    items = [{**item, "disputed": min(item["disputed"], item["open"])} for item in items]
    points = [
        {
            "kind": kind,
            "value": value,
            "consent": dice.choice(["in", "unknown", "out"]),
            "quality": dice.choice(["good", "unknown", "bad"]),
        }
        for kind, value in (("email", "r@example.com"), ("address", "1 Poplar St"), ("mobile", "+1 312 555 0199"))
        if dice.random() < 0.8
    ]
    notices = [
        {
            "level": "",
            "template": dice.choice(TEMPLATES),
            "status": dice.choice(["DRAFT", "SENT", "DELIVERED", "FAILED", "RETURNED", "CANCELLED"]),
            "sent_on": DAY - timedelta(days=dice.choice([0, 1, 2, 6, 20, 29, 30, 39, 40])),
            "about": dice.sample(range(len(items)), dice.randint(0, len(items))),
        }
        for _ in range(dice.randint(0, 2))
    ]
    holds = (
        [
            {
                "kind": dice.choice(["CEASE", "DISPUTE", "MEDICAL", "UNHEARD_OF"]),
                "scope": dice.choice(["account", "item"]),
                "status": dice.choice(["ACTIVE", "RELEASED"]),
            }
        ]
        if dice.random() < 0.3
        else []
    )
    return {
        "items": items,
        "points": points,
        "notices": notices,
        "holds": holds,
        "stage": dice.choice(["CURRENT"] * 4 + ["PRE_DUE", *STAGES]),
        "segment": dice.choice(["default", "real-estate", "cards", "elsewhere"]),
        "status": dice.choice(["OPEN"] * 9 + ["CLOSED"]),
        "ladder_paused_by": dice.choice([None] * 6 + ["hold 1"]),
    }


def add(store, spec: dict) -> int:
    about = [notice.pop("about") for notice in spec["notices"]]
    added = add_account(store, **spec | {"notices": [{**n, "items": ()} for n in spec["notices"]]})
    with store.write() as db:
        for notice, named in zip(added.notices, about, strict=True):
            for at in named:
                row = {"tenant_id": TENANT, "message_id": notice, "item_id": added.items[at], "amount": 1}
                db.execute(table(MessageItem).insert().values(**row))
    return added.id


def test_every_account_is_reminded_of_what_the_rule_says_and_once(store) -> None:
    dice = Random(20261123)
    accounts = [add(store, random_account(dice)) for _ in range(600)]
    catalogue = CATALOGUE.model_copy(update={"rules": RULES})
    with store.write() as db:
        summary.refresh(db, TENANT, DAY, minutes=30)
        due = {
            (of, reminder.message, tuple(sorted(i.id for i in items)))
            for of in accounts
            for reminder, items in reminders.due(load_by_id(db, TENANT, of), RULES, catalogue.holds, REACHED)
        }
        assert len({message for _, message, _ in due}) == 3
        assert len(due) > 40, "or the book tells nothing"
        day = Day(TENANT, DAY, None, catalogue, NOW, "night", ids, lambda *_: None, REACHED)
        write(db, day, segments_of(db, day))
        m, about = table(Message).c, table(MessageItem).c
        found: dict[tuple[int, int, str], set[int]] = {}
        rows = select(m.account_id, m.id, m.template, about.item_id).outerjoin(
            table(MessageItem), (about.tenant_id == m.tenant_id) & (about.message_id == m.id)
        )
        for of, ident, template, item in db.execute(rows.where(m.made_by == "night", m.template.in_(list(REACHED)))):
            found.setdefault((of, ident, template), set()).add(item)
        drafted = [(of, template, tuple(sorted(items))) for (of, _, template), items in found.items()]
        assert Counter(drafted) == Counter(due)
        db.expire_all()
        left = [of for of in accounts if [*reminders.due(load_by_id(db, TENANT, of), RULES, catalogue.holds, REACHED)]]
        assert left == [], "what is written is not due again"
        before = len(drafted)
        write(db, day, segments_of(db, day))
        again = db.execute(select(m.id).where(m.made_by == "night", m.template.in_(list(REACHED)))).all()
        assert len(again) == before


def test_an_interval_is_a_draft_each_and_none_comes_late() -> None:
    """Day by day, of one item: on the day that each interval begins."""
    (reminder,) = (each for each in CATALOGUE.rules.reminders if each.kind == "balloon")
    due = DAY + timedelta(days=100)
    first = []
    for night in range(102):
        today = DAY + timedelta(days=night)
        open_ = [
            days
            for days, window in reminders.intervals(reminder, today)
            if window["due_from"] <= due <= window["due_by"]
        ]
        assert len(open_) <= 1
        first += [(open_[0], (due - today).days)] if open_ and (not first or first[-1][0] != open_[0]) else []
    assert first == [(60, 60), (30, 30), (7, 7)]
