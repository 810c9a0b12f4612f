"""Messages for tests, as rows of an account of a book: what no portfolio holds, texts, drafts, what is blocked, what came in.

add_message(store, ROSA, channel="email", point="e1", template="promise-confirmation", text="Dear Rosa …")
add_message(store, ROSA, inbound=True, channel="sms", point="m1", status="RECEIVED", text="I have paid")
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import insert, select
from sqlmodel import SQLModel

from collect_tui.store import facts
from collect_tui.store.engine import Store
from support.book import NOW

_T = SQLModel.metadata.tables
_ids = count(7_000_000_000_000_000_001)


def add_message(
    store: Store,
    number: str,
    *,
    point: str | None = None,
    items: dict[str, int] | None = None,
    ago: timedelta = timedelta(),
    **columns: Any,
) -> int:
    """A message made `ago` before now; a draft by e-mail unless said otherwise. `items`: what is asked for by document. Its id."""
    made_at: datetime = NOW - ago
    with store.write() as db:
        seen = facts.load(db, 1, number)
        found = next((p for p in seen.points if p.short == point), None)
        row = {
            "tenant_id": 1,
            "id": next(_ids),
            "account_id": seen.id,
            "point_id": found.id if found else None,
            "address": found.value if found else "",
            "channel": "email",
            "status": "DRAFT",
            "made_on": made_at.date(),
            "made_at": made_at,
            "made_by": "" if columns.get("inbound") else "mia",
            **columns,
        }
        db.execute(insert(_T["message"]).values(_defaults() | row))
        i = _T["item"].c
        for doc_no, amount in (items or {}).items():
            item_id = db.execute(
                select(i.id).where(i.tenant_id == 1, i.account_id == seen.id, i.doc_no == doc_no)
            ).scalar_one()
            about = {"tenant_id": 1, "message_id": row["id"], "item_id": item_id, "amount": amount}
            db.execute(insert(_T["message_item"]).values(about))
    return int(row["id"])


def _defaults() -> dict[str, Any]:
    from collect_tui.store.tables import Message

    fields = Message.model_fields
    return {name: field.default for name, field in fields.items() if not field.is_required()}


def correspondence(store: Store, number: str) -> dict[str, int]:
    """What goes back and forth on an account with a mobile and an e-mail: the ids of the messages, by what they are."""
    return {
        "confirmation": add_message(
            store, number, id=1, point="e1", template="promise-confirmation", version="a1b2c3", lang="en", status="DELIVERED",
            subject="Your promise of 150.00", text=LETTER, items={"INV-1": 15000}, ago=timedelta(days=9),
            released_at=NOW - timedelta(days=9), released_by="lee", sent_on=(NOW - timedelta(days=9)).date(),
            sent_at=NOW - timedelta(days=9), served_on=(NOW - timedelta(days=8)).date(), reference="<1-7@harbor.example>",
            cost=45,
        ),
        "returned": add_message(
            store, number, id=2, point="m1", channel="sms", template="reminder", lang="es", status="FAILED", text="Recuerde pagar.",
            ago=timedelta(days=7), sent_on=(NOW - timedelta(days=7)).date(), sent_at=NOW - timedelta(days=7),
            closed_at=NOW - timedelta(days=6), detail="no such subscriber",
        ),
        "received": add_message(
            store, number, id=3, point="m1", inbound=True, channel="sms", status="RECEIVED", lang="", text=HOSTILE,
            ago=timedelta(days=2), reference="in-1",
        ),
        "stranger": add_message(
            store, number, id=4, inbound=True, channel="email", status="ANSWERED", subject="About my bill",
            address="rosa.other@example.net", text="Where is it?", ago=timedelta(days=1),
        ),
        "queued": add_message(
            store, number, id=5, point="m1", channel="sms", template="reminder", status="QUEUED", tried_at=NOW, tries=1, text="Pay.",
            ago=timedelta(hours=3),
        ),
        "blocked": add_message(
            store, number, id=6, channel="letter", level="2", template="notice-2", lang="en", blocked="no_point",
            items={"INV-1": 30000, "INV-2": 11210}, ago=timedelta(hours=2), made_by="day",
        ),
        "draft": add_message(store, number, id=7, point="e1", template="bill-copy", lang="en", ago=timedelta(hours=1)),
    }  # fmt: skip


HOSTILE = "[b]I have paid[/foo]\x1b[31m\x1b]0;owned\x07\u202e on Friday. Call +1 312 555 0142 or rosa@example.com"

LETTER = "\n".join(
    (
        "Your promise",
        "============",
        "",
        "Dear Rosa Alvarez,",
        "",
        "you promised to pay 150.00 by November 27, and we thank you for it; what you owe on your account stays as it is until then.",
        "",
        "document  due            open",
        "INV-1     21 Sep 2026  300.00",
        "",
        *(f"{n}. A line of the small print." for n in range(1, 25)),
        "The end.",
    )
)
