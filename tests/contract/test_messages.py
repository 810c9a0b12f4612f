"""Messages of an account: its pane, page by page, and one whole, on every desk."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from collect_tui.desk.errors import Invalid, NotFound
from collect_tui.desk.protocol import Desk
from collect_tui.desk.views.message import head, standing, whose, without_text
from collect_tui.store.engine import Store
from contract.conftest import ROSA
from support.book import TODAY
from support.messages import HOSTILE, LETTER, add_message, correspondence

IVAN = "4410-0087"


def test_messages_out_and_in_newest_first(lead: Desk, store: Store) -> None:
    made = correspondence(store, ROSA)
    pane = lead.pane(ROSA, "messages")
    assert pane.cursor is None
    assert [m.id for m in pane.messages[:-1]] == list(reversed(made.values()))
    assert [(m.title, whose(m), standing(m, TODAY)) for m in pane.messages] == [
        ("bill copy", "to e1", "draft"),
        ("notice 2", "to -", "blocked: no point"),
        ("reminder", "to m1", "queued, may have left"),
        ("About my bill", "from rosa.other@example.net", "answered"),
        (f"{HOSTILE[:59]}…", "from m1", "received"),
        ("reminder", "to m1", "failed: no such subscriber"),
        ("promise confirmation", "to e1", "delivered, served 15 Nov"),
        ("notice pre-cut", "to -", "delivered, served 3 Nov"),
    ]
    draft = pane.messages[0]
    assert (draft.address, draft.language, draft.made_on) == ("rosa@example.com", "en", TODAY)
    assert not lead.pane(IVAN, "messages").messages


@pytest.mark.parametrize("limit", [1, 3, 5])
def test_pages_of_messages_join_whatever_stands_at_one_instant(lead: Desk, store: Store, limit: int) -> None:
    made = [add_message(store, ROSA, ago=timedelta(days=day)) for day in (3, 3, 3, 2, 2, 1)]
    found: list[int] = []
    cursor: str | None = None
    while True:
        pane = lead.pane(ROSA, "messages", cursor=cursor, limit=limit)
        found += [m.id for m in pane.messages]
        if (cursor := pane.cursor) is None:
            break
        assert len(pane.messages) == limit
    assert found[:-1] == sorted(made, reverse=True)  # behind them the notice of the book


def test_a_message_whole(lead: Desk, store: Store) -> None:
    made = correspondence(store, ROSA)
    told = lead.message(ROSA, made["confirmation"])
    assert (told.text, told.subject, told.account) == (LETTER, "Your promise of 150.00", ROSA)
    assert [(i.doc_no, i.amount) for i in told.items] == [("INV-1", 150_00)]
    said = list(head(told, lead.session()))
    assert said[1:] == [
        ("State", "delivered, served 15 Nov"),
        ("To", "email e1 rosa@example.com"),
        ("Template", "promise-confirmation a1b2c3"),
        ("Language", "en"),
        ("Written", "2026-11-14 10:00 Chicago UTC-06:00 by mia"),
        ("Released", "2026-11-14 10:00 Chicago UTC-06:00 by lee"),
        ("Sent", "2026-11-14 10:00 Chicago UTC-06:00"),
        ("Served", "2026-11-15"),
        ("Reference", "<1-7@harbor.example>"),
        ("Cost", "0.45 USD"),
        ("About", "INV-1 150.00"),
        ("Subject", "Your promise of 150.00"),
    ]


def test_what_a_draft_and_what_came_in_say(lead: Desk, store: Store) -> None:
    made = correspondence(store, ROSA)
    session = lead.session()
    blocked, draft, received = (lead.message(ROSA, made[name]) for name in ("blocked", "draft", "received"))
    assert [w for label, w in head(blocked, session) if label == "About"] == ["INV-1 300.00", "INV-2 112.10"]
    assert (draft.text, without_text(draft)) == ("", "It has no text yet: that is written when it is released.")
    assert received.text == HOSTILE
    assert ("From", "sms m1 +1 312 555 0142") in head(received, session)
    queued = dict(head(lead.message(ROSA, made["queued"]), session))
    assert (queued["State"], queued["Tried"]) == (
        "queued, may have left",
        "1 try, the last 2026-11-23 10:00 Chicago UTC-06:00",
    )
    notice = lead.pane(ROSA, "messages").messages[-1]
    assert notice.served_on == date(2026, 11, 3)
    assert without_text(lead.message(ROSA, notice.id)) == "Its text is not kept here."


def test_a_message_of_another_account_is_none(lead: Desk, store: Store) -> None:
    made = add_message(store, ROSA, point="e1", text="Dear Rosa")
    for number, wanted in ((IVAN, made), (ROSA, made + 1), (ROSA, -1), (ROSA, 10**30)):
        with pytest.raises(NotFound) as told:
            lead.message(number, wanted)
        assert told.value.code == "message.not_found"
    with pytest.raises(NotFound) as nobody:
        lead.message("none", made)
    assert nobody.value.code == "account.not_found"


@pytest.mark.parametrize(
    "cursor", ["x", "2026-11-23T16:00:00~1", "2026-11-23~1", "2026-11-23T16:00:00+00:00~" + "9" * 30]
)
def test_a_cursor_that_no_page_came_with(lead: Desk, cursor: str) -> None:
    with pytest.raises(Invalid) as told:
        lead.pane(ROSA, "messages", cursor=cursor)
    assert told.value.code == "pane.cursor"
