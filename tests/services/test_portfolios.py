"""The portfolios of all trades, as a demo opens on them: no next action that is due is hidden, and nothing is said of a day to come
as if it were past."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import and_, select

from collect_tui import bootstrap, demo
from collect_tui.cli import plain
from collect_tui.desk.commands import Act, SendMessage
from collect_tui.domain.dates import MONTHS
from collect_tui.domain.states import AccountState, MessageState
from collect_tui.store.tables import Account, Message, WorkItem
from collect_tui.tui.render.account import summary

FORBIDS = re.compile("A hold forbids calls|It was put off|The attempt cap is reached")
SINCE = re.compile(
    rf"\bsince (?:[A-Z][a-z]{{2}} )?(?:(\d{{1,2}}) ({'|'.join(m[:3] for m in MONTHS)})(?: (\d{{4}}))?|(\d{{4}}-\d\d-\d\d)|(tomorrow))"
)


def opened(folder: Path, trade: str, at: datetime) -> Any:
    """A desk on the portfolio of a trade, as a demo opens on it at an instant."""
    wired = demo.with_rules(bootstrap.wiring(database=folder / "demo.db", user="mia", at=at), trade)
    demo.make_demo(wired, trade)
    return bootstrap.open_desk(wired, backend="demo")


@pytest.mark.parametrize("trade", demo.trades())
def test_whose_next_action_is_due_stands_in_a_queue_or_something_forbids_it(tmp_path: Path, trade: str) -> None:
    desk = opened(tmp_path, trade, datetime(2026, 11, 30, 5, tzinfo=UTC))
    its = and_(WorkItem.tenant_id == Account.tenant_id, WorkItem.account_id == Account.id)
    for _ in range(2):
        due = (Account.status == AccountState.OPEN, Account.next_action_on <= desk.session().business_date)
        with desk.reading() as db:
            found = db.exec(select(Account.number, WorkItem.queue).outerjoin(WorkItem, its).where(*due)).all()
        queues = {queue.name for queue in desk.queues().queues if queue.tier}
        hidden = {number: desk.why(number).absent for number, queue in found if queue not in queues}
        assert len(found) > 100
        assert not {number: why for number, why in hidden.items() if not why or not all(map(FORBIDS.match, why))}
        desk.day(desk.session().business_date + timedelta(days=3))
    desk.close()


def said(desk: Any) -> Iterator[tuple[str, str]]:
    """What the pages of all accounts and queues say, and what stands in the way of a notice where one waits."""
    session = desk.session()
    with desk.reading() as db:
        drafts = set(db.exec(select(Message.account_id).where(Message.status == MessageState.DRAFT)).all())
        every = db.exec(select(Account).where(Account.status == AccountState.OPEN)).all()
    for each in every:
        view = desk.account(each.number)
        yield each.number, plain.account_text(view)
        yield each.number, "\n".join(line.text for line in summary(view, 120, 60))
        for level in ("1", "2", "3", "pre-cut", "final") if each.id in drafts else ():
            act = Act(id=uuid4(), account=each.number, commands=(SendMessage(template=level),), version=view.version)
            yield each.number, plain.preview_text(desk.preview(act))
    for queue in desk.queues().queues:
        yield queue.name, plain.page_text(desk.queue(queue.name), session)


@pytest.mark.parametrize(
    ("trade", "at"),
    [
        ("utility", "2027-02-01T05:30Z"),  # in Chicago it is still January
        ("b2b", "2028-02-29T23:30Z"),
        ("real-estate", "2026-11-30T19:00Z"),  # a holiday in Manila, where it is December by then
        ("cards", "2027-01-01T05:30Z"),  # nor has the year
    ],
)
def test_nothing_is_so_since_a_day_to_come(tmp_path: Path, trade: str, at: str) -> None:
    desk = opened(tmp_path, trade, datetime.fromisoformat(at))
    today = desk.session().business_date
    found = [(number, match) for number, text in said(desk) for match in SINCE.finditer(text)]
    desk.close()
    assert len(found) > 5
    assert not [(number, match[0]) for number, match in found if day_of(match, today) > today]


def day_of(match: re.Match[str], today: date) -> date:
    number, month, year, iso, tomorrow = match.groups()
    if tomorrow:
        return today + timedelta(days=1)
    if iso:
        return date.fromisoformat(iso)
    months = [name[:3] for name in MONTHS]
    return date(int(year or today.year), months.index(month) + 1, int(number))
