"""Digests for the firm's own people: what is due is written, once, and waits for the channel as any other message does.

The night writes them after its steps, and `collect-tui messages digest` at any time: what a contact was told they are not told again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice
from typing import Any, Final

from collect_tui.common.text import clean
from collect_tui.desk.views.digest import DigestView
from collect_tui.domain.dates import day_start, named_day
from collect_tui.domain.facts import AccountFacts
from collect_tui.domain.message.context import blank
from collect_tui.domain.message.internal import CASES, CHANNELS, SUSPENSIONS, Digest, Internal, InternalContact
from collect_tui.domain.message.records import Backlog, Failure, Party, Suspension, Trend
from collect_tui.domain.message.template import Language, Template
from collect_tui.policy.objections import answering, object_by
from collect_tui.services.desk_context import DeskContext
from collect_tui.services.masking import mask
from collect_tui.services.message.case_digest import told
from collect_tui.services.message.compose import dump
from collect_tui.services.message.filling import spoken
from collect_tui.services.message.lint import digest_faults
from collect_tui.services.message.render import Rendered, render
from collect_tui.services.order_dispatch import REQUESTED
from collect_tui.services.unit_of_work import UnitOfWork, unit_of_work
from collect_tui.store import case_figures, event_log, facts
from collect_tui.store import digests as rows
from collect_tui.store import orders as order_rows

MOST: Final = 200
"""Lines of one e-mail; what is more goes into the next."""
_WEEK: Final = timedelta(days=7)
_LOADED: Final = 500
_LONGEST: Final = 60
#: What may be somebody's in the words of a far end: an address, a number of five digits or more, what stands in angle brackets.
_PERSONAL: Final = re.compile(r"<[^>]*>?|\S+@\S+|\+?[0-9](?:[ ()/-]?[0-9]){4,}")


@dataclass(frozen=True, slots=True)
class _Cut:
    """An order that waits, and whom it is told."""

    order_id: int
    number: str
    account: AccountFacts
    line: Suspension
    product: str
    contacts: tuple[InternalContact, ...]

    def told(self, contact: InternalContact) -> tuple[str, int, date]:
        return contact.name, self.order_id, self.line.effective


def write(desk: DeskContext, *, dry_run: bool = False) -> tuple[DigestView, ...]:
    """Writes what is due on the business date; `dry_run`: says it only. Raises Invalid for a template that is wrong."""
    if not any(contact.digests for contact in desk.catalogue().internal.contacts):
        return ()
    with unit_of_work(desk, dry_run=dry_run) as work:
        made = tuple(_Writer(work, dry_run=dry_run).every())
    return made


class _Writer:
    def __init__(self, work: UnitOfWork, *, dry_run: bool) -> None:
        self._work, self._db, self._desk, self._dry_run = work, work.db, work.desk, dry_run
        self._internal, self._calendar = work.catalogue.internal, work.desk.calendar

    def every(self) -> Iterator[DigestView]:
        for digest in self._internal.digests.values():
            contacts = self._internal.told(digest.name)
            if not contacts:
                continue
            if digest.name == SUSPENSIONS:
                yield from self._suspensions(digest, contacts)
            elif digest.name == CHANNELS:
                yield from self._channels(digest, contacts)
            elif digest.name == CASES:
                yield from self._cases(digest, contacts)
            else:
                yield from self._reasons(digest, contacts)

    # services about to be cut ---------------------------------------------------------------------------------------
    def _suspensions(self, digest: Digest, contacts: Sequence[InternalContact]) -> Iterator[DigestView]:
        if digest.due(self._work.today) != self._work.today:
            return
        cuts = list(self._cuts(digest))
        before = rows.told_before(self._db, self._work.tenant_id, self._work.today)
        for contact in contacts:
            mine = [cut for cut in cuts if contact in cut.contacts and cut.told(contact) not in before]
            for currency in sorted({cut.account.currency for cut in mine}):
                told = [cut for cut in mine if cut.account.currency == currency]
                for start in range(0, len(told), MOST):
                    yield self._told(digest, contact, told[start : start + MOST], currency)

    def _cuts(self, digest: Digest) -> Iterator[_Cut]:
        """The orders that can still be objected to, the first to be carried out before the others."""
        today, tenant_id = self._work.today, self._work.tenant_id
        last = self._calendar.add_business_days(today, digest.ahead)
        waiting = order_rows.listed(self._db, tenant_id, REQUESTED)
        by_account: dict[int, list[Any]] = {}
        for row in sorted(waiting, key=lambda row: (row.effective, row.number)):
            if row.effective <= last and today <= object_by(row.effective, self._calendar):
                by_account.setdefault(row.account_id, []).append(row)
        ids = iter(by_account)
        cuts: list[_Cut] = []
        while some := list(islice(ids, _LOADED)):
            names = rows.names(self._db, tenant_id, some)
            for seen in facts.load_many(self._db, tenant_id, some):
                cuts += (self._cut(seen, names[seen.id], row) for row in by_account[seen.id])
        return iter(sorted(cuts, key=lambda cut: (cut.line.effective, cut.number)))

    def _cut(self, seen: AccountFacts, party: Any, row: Any) -> _Cut:
        order = next(o for o in seen.orders if o.id == row.id)
        line = Suspension(
            ref=row.number,
            masked=mask("account", seen.number),
            name=spoken(party.name, party.kind),
            service=row.product,
            owed=seen.owed(seen.of_service(order.service_id)),
            effective=order.effective,
            object_by=object_by(order.effective, self._calendar),
        )
        return _Cut(row.id, row.number, seen, line, row.product, answering(seen, order, self._internal))

    def _told(self, digest: Digest, contact: InternalContact, cuts: Sequence[_Cut], currency: str) -> DigestView:
        words = self._language(digest, contact)
        lines = tuple(replace(cut.line, service=words.products.get(cut.product, cut.product)) for cut in cuts)
        known = frozenset(number for cut in cuts for number in cut.account.numbers)
        told = [
            {
                "id": self._work.ids(),
                "order_id": cut.order_id,
                "account_id": cut.account.id,
                "contact": contact.name,
                "effective": cut.line.effective,
                "object_by": cut.line.object_by,
                "told_at": self._work.now,
            }
            for cut in cuts
        ]
        made = self._write(digest, contact, len(lines), told, known, currency, suspensions=lines)
        for cut in cuts:
            until = named_day(cut.line.object_by, cut.line.effective.year)
            said = f"{contact.name} is told of order {cut.number} and may object until {until}"
            self._work.record(cut.account.id, line=said)
        return made

    # channels that fail ---------------------------------------------------------------------------------------------
    def _channels(self, digest: Digest, contacts: Sequence[InternalContact]) -> Iterator[DigestView]:
        work = self._work
        for contact in contacts:
            due, last = self._due(digest, contact)
            if not due:
                continue
            lost: Counter[tuple[str, str, str]] = Counter()
            for row in rows.lost(self._db, work.tenant_id, last.made_at if last else work.now - _WEEK):
                lost[row.channel, row.template, _reason(row.detail)] += row.n
            failures = tuple(
                Failure(channel=channel, template=template, cause=cause, count=n)
                for (channel, template, cause), n in sorted(lost.items(), key=lambda each: (-each[1], each[0]))[:MOST]
            )
            waiting = tuple(
                Backlog(channel=row.channel, count=row.n, since=row.since)
                for row in rows.backlog(self._db, work.tenant_id, work.today)
            )
            if failures or waiting:
                count = len(failures) + len(waiting)
                yield self._write(digest, contact, count, failures=failures, backlog=waiting)

    # cases ----------------------------------------------------------------------------------------------------------
    def _cases(self, digest: Digest, contacts: Sequence[InternalContact]) -> Iterator[DigestView]:
        work, before = self._work, self._work.now - _WEEK
        waiting = [contact for contact in contacts if self._due(digest, contact)[0]]
        found = case_figures.waiting(self._db, work.tenant_id, before) if waiting else []
        for contact in waiting:
            if said := told(found, contact, work.catalogue.cases, before, work.now, work.zone, MOST):
                yield self._write(digest, contact, len(said["cases"]), **said)

    # reasons for non-payment ----------------------------------------------------------------------------------------
    def _reasons(self, digest: Digest, contacts: Sequence[InternalContact]) -> Iterator[DigestView]:
        work, titles = self._work, self._work.catalogue.codes.reasons
        day = digest.due(work.today)
        before, since, until = (day_start(day - n * _WEEK, work.zone) for n in (2, 1, 0))
        waiting = [contact for contact in contacts if self._due(digest, contact)[0]]
        found = rows.reasons(self._db, work.tenant_id, before, until) if waiting else []
        for contact in waiting:
            words = self._language(digest, contact)
            now: Counter[tuple[str, str]] = Counter()
            then: Counter[tuple[str, str]] = Counter()
            for _, at, product, code in {
                (row.id, row.at, row.product, row.reason)
                for row in found
                if contact.answers_for(row.number, row.segment, row.product, row.billing_system)
            }:
                (now if at >= since else then)[product, code] += 1
            trends = tuple(
                Trend(
                    service=words.products.get(product, product),
                    cause=titles.get(code, code),
                    count=now[product, code],
                    before=then[product, code],
                )
                for product, code in sorted({*now, *then}, key=lambda key: (key[0], -now[key], -then[key], key[1]))
            )[:MOST]
            if trends:
                yield self._write(digest, contact, len(trends), trends=trends)

    # an e-mail ------------------------------------------------------------------------------------------------------
    def _due(self, digest: Digest, contact: InternalContact) -> tuple[bool, Any]:
        """Whether a contact is to have it, and the last that they had. The first comes on its day; one that was missed, later."""
        last = rows.last(self._db, self._work.tenant_id, _thread(digest, contact))
        day = digest.due(self._work.today)
        return (last.made_on < day if last else day == self._work.today), last

    def _template(self, digest: Digest) -> Template:
        template = self._desk.library.template(digest.template)
        for fault in digest_faults(self._desk.library, Internal(digests={digest.name: digest})):
            raise fault
        return template

    def _language(self, digest: Digest, contact: InternalContact) -> Language:
        language = self._template(digest).in_language(contact.language).language
        return self._desk.library.rules.languages[language]

    def _write(
        self,
        digest: Digest,
        contact: InternalContact,
        lines: int,
        told: Sequence[dict[str, Any]] = (),
        known: frozenset[str] = frozenset(),
        currency: str | None = None,
        **said: Any,
    ) -> DigestView:
        work, library, template = self._work, self._desk.library, self._template(digest)
        variant = template.in_language(contact.language)
        firm = library.rules.firm
        firm = replace(firm, name=firm.name or work.tenant.name)
        context = blank(date=work.today, firm=firm, party=Party(name=contact.title, salutation=""), **said)
        formats = library.formats(variant.language, "email", currency or work.currency)
        words = library.rules.languages[variant.language]
        made: Rendered = render(variant.body("email").source, "email", context, words, formats, known)
        message = {
            "id": work.ids(),
            "template": template.name,
            "version": variant.version,
            "lang": variant.language,
            "address": contact.email,
            "subject": made.subject,
            "text": made.text,
            "document": dump(made.document),
            "thread": _thread(digest, contact),
            "made_on": work.today,
            "made_at": work.now,
            "made_by": work.by,
            "released_at": work.now,
            "released_by": work.by,
        }
        rows.write(self._db, work.tenant_id, message, told, known)
        payload = {
            "id": str(message["id"]),
            "template": template.name,
            "level": "",
            "channel": "email",
            "status": "QUEUED",
        }
        event_log.add(self._db, work.tenant_id, "message.queued", None, work.by, work.now, payload, work.ids)
        return DigestView(
            digest=digest.name,
            contact=contact.name,
            email=contact.email,
            lines=lines,
            message=None if self._dry_run else message["id"],
            subject=made.subject,
            text=made.text,
        )


def _thread(digest: Digest, contact: InternalContact) -> str:
    return f"{digest.name}/{contact.name}"


def _reason(detail: str) -> str:
    """Why a message was lost, without what may be somebody's."""
    return " ".join(_PERSONAL.sub("…", clean(detail)).split())[:_LONGEST].strip() or "unknown"
