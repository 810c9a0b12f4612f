"""The messages that wait for an answer, with their age."""

from __future__ import annotations

from typing import Final

from collect_tui.desk.views.message import InboxRow
from collect_tui.domain.message.message import number_of
from collect_tui.services.desk_context import DeskContext
from collect_tui.services.message import far_names
from collect_tui.store import inbound as rows
from collect_tui.store.names import digits

MOST: Final = 1_000
"""Messages that are listed: the oldest."""
_WORDS: Final = 60


def waiting(desk: DeskContext, *, unknown: bool = False) -> tuple[InboxRow, ...]:
    """The messages that wait, the oldest first: those of accounts, or of senders that nobody knows."""
    now = desk.clock()
    with desk.reading() as db:
        found = rows.waiting(db, desk.tenant_id, unknown=unknown, limit=MOST)
    return tuple(
        InboxRow(
            message=row.id,
            number=number_of(row.id),
            account=row.account,
            received_at=row.made_at,
            age=max(0, (now - row.made_at).days),
            channel=row.channel,
            sender=hidden(far_names.sent(row.address)),
            suggestion=row.detail,
            words=" ".join((row.subject or row.text).split())[:_WORDS],
        )
        for row in found
    )


def hidden(address: str) -> str:
    """An address in part: `…0142`, `r…@home.example`."""
    name, at, domain = address.rpartition("@")
    if at:
        return f"{name[:1]}…@{domain}"
    return f"…{(digits(address) or address)[-4:]}" if address else ""
