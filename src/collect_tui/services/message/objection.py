"""Answers of the firm's own people to a digest: a line `object REFERENCE why` holds what the digest said would be cut.

It is obeyed where it comes from the address that the digest went to, names an order of that digest or its account, and came in by the
last day to object, while the order has not left. All else changes nothing: the answer waits as one of an unknown sender, so that somebody
looks at it. What a program wrote is never obeyed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from collect_tui.domain.card_text import mask_card
from collect_tui.domain.dates import named_day
from collect_tui.domain.effects import MessageReceived
from collect_tui.domain.errors import DomainError
from collect_tui.domain.facts import Received
from collect_tui.domain.hold.decide import place
from collect_tui.domain.message.internal import OBJECTION, InternalContact
from collect_tui.domain.message.meaning import own_words
from collect_tui.domain.rules import HoldKind
from collect_tui.domain.states import InboxState
from collect_tui.policy.objections import object_by, stopped_by_objection
from collect_tui.services.desk_context import DeskContext
from collect_tui.services.masking import mask
from collect_tui.services.message import far_names
from collect_tui.services.unit_of_work import UnitOfWork, unit_of_work
from collect_tui.store import digests
from collect_tui.store import inbound as rows
from collect_tui.store.inbound import InboundRow
from collect_tui.store.tables import gate

MOST: Final = 200
"""Objections of one answer that are taken: as many as a digest has lines. With more it waits besides."""
_LINE: Final = re.compile(r"[ ]*object[ ]+(?P<what>[^ ]{1,64})[ ]*(?P<why>.*)", re.IGNORECASE)
_LONGEST_REASON: Final = 200


@dataclass(frozen=True, slots=True)
class _Objection:
    """To `one` order, or to all those of an account that the digest told of."""

    account_id: int
    orders: frozenset[int]
    one: bool
    line: str
    why: str


def answered(desk: DeskContext, row: InboundRow, digest: Any) -> bool:
    """Takes in an answer to a digest; False: it was known."""
    contact = _contact(desk, row, digest.address)
    kind = next((k for k in desk.catalogue().holds.values() if k.objects), None)
    with unit_of_work(desk) as work:
        if rows.known(work.db, work.tenant_id, row.channel, row.reference):
            return False
        told = digests.told(work.db, work.tenant_id, digest.id)
        said = list(_lines(row.text)) if contact and kind and not row.automatic else []
        wanted = _named(said[:MOST], told)
        done = [
            (each, until)
            for each in wanted
            if each and contact and kind and (until := _placed(work, each, row, contact, kind))
        ]
        kept = row.masked(known := {number for t in told for number in (t.account, t.order)})
        left_over = not done or len(done) < len(said)
        if left_over:
            gate.know(known, only=True)
            status = InboxState.DONE if row.automatic else InboxState.RECEIVED
            rows.receive(work.db, work.tenant_id, kept, status, OBJECTION if said else "")
        for number, (each, until) in enumerate(done, int(left_over)):
            copied = replace(
                kept, id=work.ids(), reference=f"{row.reference}#{number}", text=mask_card(each.line, known)
            )
            _stands(work, copied if number else kept, each, until, digest.id)
        return True


def _contact(desk: DeskContext, row: InboundRow, address: str) -> InternalContact | None:
    """Whoever the digest went to, where the answer is theirs and they are one of us still."""
    sender = far_names.sent(row.address)
    return next((c for c in desk.catalogue().internal.contacts if c.is_at(sender) and c.is_at(address)), None)


def _lines(text: str) -> Iterator[tuple[str, str, str]]:
    """The lines that object: the whole, what they name, and why."""
    found: dict[str, tuple[str, str, str]] = {}
    for line in own_words(text).splitlines():
        if (match := _LINE.fullmatch(line)) and len(found) <= MOST:
            found.setdefault(match["what"].casefold(), (line.strip(), match["what"], match["why"].strip()))
    yield from found.values()


def _named(said: Sequence[tuple[str, str, str]], told: Sequence[Any]) -> list[_Objection | None]:
    """What the lines object to; None for what the digest did not tell of, or of more than one account."""
    made: list[_Objection | None] = []
    for line, what, why in said:
        found = [t for t in told if t.order.casefold() == what.casefold()]
        one = bool(found)
        found = found or [t for t in told if _is_account(what, t.account)]
        orders = frozenset(t.order_id for t in found)
        same = len({t.account_id for t in found}) == 1
        made.append(_Objection(found[0].account_id, orders, one, line, why) if same else None)
    return made


def _is_account(what: str, number: str) -> bool:
    """Whether an account is meant: its number with or without dashes, or as much of its end as a digest shows, or more."""
    bare, shown = _bare(what), _bare(mask("account", number))
    return len(bare) >= max(1, len(shown)) and _bare(number).endswith(bare)


def _bare(text: str) -> str:
    return "".join(c for c in text if c.isalnum()).casefold()


def _placed(
    work: UnitOfWork, objection: _Objection, row: InboundRow, contact: InternalContact, kind: HoldKind
) -> date | None:
    """Places the hold, with the contact for its owner, and says until when: the last day to object; None: it is too late, or not to
    be."""
    seen, calendar = work.load_by_id(objection.account_id), work.desk.calendar
    last = {o: object_by(o.effective, calendar) for o in seen.orders if o.id in objection.orders}
    stopped = [order for order, until in last.items() if stopped_by_objection(order) and row.made_on <= until]
    if not stopped:
        return None
    until = max(seen.business_date, *(last[order] for order in stopped))
    service_id = stopped[0].service_id if objection.one else None
    try:
        effects = place(
            seen,
            kind,
            until=until,
            reason=mask_card(objection.why, seen.numbers)[:_LONGEST_REASON],
            by=contact.name,
            ids=work.ids,
            calendar=calendar,
            scope="service" if objection.one else "account",
            target_id=service_id,
        )
    except DomainError:
        return None
    work.change(seen, effects, line=f"objection of {contact.name}, message {row.id}")
    return until


def _stands(work: UnitOfWork, row: InboundRow, objection: _Objection, until: date, digest_id: int) -> None:
    """The answer, or its line, stands on the account with what it did."""
    seen = work.load_by_id(objection.account_id)
    rows.receive(work.db, work.tenant_id, row, InboxState.RECEIVED)
    received = Received(
        id=row.id,
        channel=row.channel,
        status=InboxState.DONE,
        made_on=row.made_on,
        address=row.address,
        subject=row.subject,
        suggestion=f"{OBJECTION} until {named_day(until, row.made_on.year)}",
    )
    work.change(seen, (MessageReceived(received, digest_id),), line=f"message {row.id} received by {row.channel}")
