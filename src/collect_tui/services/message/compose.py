"""A message as it would leave: a template filled for an account, in the customer's language, for one channel."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session as Db

from collect_tui.common.text import clean
from collect_tui.common.words import expected
from collect_tui.desk.errors import Invalid, Refused
from collect_tui.domain.account.ledger import Ledger
from collect_tui.domain.dates import format_day
from collect_tui.domain.facts import AccountFacts, Item, Received
from collect_tui.domain.message.context import MessageContext
from collect_tui.domain.message.effects import Content
from collect_tui.domain.message.internal import DIGESTS
from collect_tui.domain.message.records import Offer, Prepayment
from collect_tui.domain.message.template import BILL, LANGUAGES, LEVELS, TYPED, Head, Language, Template, Variant
from collect_tui.services.desk_context import DeskContext
from collect_tui.services.message.document import BREAK, Document, Node
from collect_tui.services.message.filling import OF_LEDGER, Addressee, CaseWords, completed, context_of, grace
from collect_tui.services.message.lint import Library
from collect_tui.services.message.placeholders import examine
from collect_tui.services.message.render import Rendered, render
from collect_tui.store import facts, inbound, messages
from collect_tui.store.tables import Account, Message, Party


@dataclass(frozen=True, slots=True)
class Composed:
    """`sampled`: placeholders that have examples for values. `name`: of the customer, as it stands in the book."""

    template: Template
    variant: Variant
    channel: str
    name: str
    rendered: Rendered
    sampled: tuple[str, ...] = ()
    offer: Offer | Prepayment | None = None

    @property
    def head(self) -> Head:
        return self.template.head

    @property
    def content(self) -> Content:
        made = self.rendered
        document = dump(made.document) if made.html is not None else ""
        told = (self.offer.amount, self.offer.until) if self.offer else ()
        return Content(self.variant.version, self.variant.language, made.subject, made.text, document, *told)


class Composer:
    """Composes in one transaction, for any account of it."""

    def __init__(self, desk: DeskContext, db: Db, library: Library | None = None) -> None:
        """`library`: other templates than the site's."""
        self._desk, self._db, self._other = desk, db, library

    @property
    def library(self) -> Library:
        return self._other or self._desk.library

    def template(self, name: str, segment: str = "") -> Template:
        """A template by its name, or by the level of the notice that the ladder of a segment has. Raises Invalid."""
        ladder = self._desk.catalogue().rules.ladder_of(segment)
        by_level = {step.level: step.message for step in ladder if step.level}
        if name in LEVELS and name not in by_level and name not in self.library.every:
            there = ", ".join(by_level) or "none"
            raise Invalid(
                "message.level", f"The ladder of this account has no notice {name}; it has {there}.", "template"
            )
        return self.library.template(by_level.get(name, name))

    def _party(self, seen: AccountFacts) -> Party:
        tenant_id = self._desk.tenant_id
        return self._db.get_one(Party, (tenant_id, self._db.get_one(Account, (tenant_id, seen.id)).party_id))

    def received(self, message_id: int) -> Received | None:
        """A message of a customer's that came in."""
        return inbound.received(self._db, self._desk.tenant_id, message_id)

    def made_by(self, message_id: int) -> str:
        """Who wrote a message: a login."""
        return self._db.get_one(Message, (self._desk.tenant_id, message_id)).made_by

    def language(self, message_id: int) -> str | None:
        """The language in which a message was written; None: it has no text yet."""
        return self._db.get_one(Message, (self._desk.tenant_id, message_id)).lang or None

    def asked(self, message_id: int) -> tuple[tuple[int, int], ...]:
        """The items that a message is about, by id, and what it asks for on each (minor units)."""
        return messages.asked(self._db, self._desk.tenant_id, message_id)

    def bill(self, seen: AccountFacts, head: Head, doc_no: str) -> Item:
        """An invoice of the account, paid or not, by its number. Invalid "message.item" for no such, or a message about none."""
        if head.about != BILL:
            raise Invalid("message.item", f"{head.title} is about no single invoice.", "item")
        bills = [i for i in facts.ledger(self._db, self._desk.tenant_id, seen.id).items if i.kind == "invoice"]
        found = next((i for i in bills if i.doc_no.casefold() == doc_no.casefold()), None)
        if found is None:
            there = ", ".join(i.doc_no for i in bills[-3:]) or "none"
            raise Invalid("message.item", f"The account has no invoice of this number; the last are {there}.", "item")
        return found

    def edited(self, made: Composed, text: str) -> Content:
        """As `edited.edited`."""
        from collect_tui.services.message.edited import edited

        return edited(made, self.library.rules, text)

    def write(
        self,
        seen: AccountFacts,
        name: str,
        channel: str,
        language: str | None = None,
        *,
        sampled: bool = False,
        items: Collection[int] = (),
        bill: Item | None = None,
        case: CaseWords | None = None,
    ) -> Composed:
        """The template filled for an account, in the customer's language unless another is asked for. `items`: those it was drafted about;
        `bill`: the invoice that a copy is sent of, the newest without it; `case`: which it is about.

        Invalid for a channel or language that it has not; Refused when
        the account has not what it speaks of, unless examples may stand for it, and while the grace of a contract runs that the
        message would cancel."""
        library = self.library
        template = library.template(name)
        channels = template.head.channels
        if template.head.about in DIGESTS.values() and not sampled:
            raise Refused("message.nothing", f"{template.head.title}: no customer gets this.", "template")
        if channel not in channels:
            raise Invalid(
                "message.channel", f"{name} is not sent by {channel}; {expected(channel, channels)}", "channel"
            )
        if language is not None and language not in template.variants:
            there = [code for code in LANGUAGES if code in template.variants]
            told = f"{name} is not written in {language}; {expected(language, there)}"
            raise Invalid("message.language", told, "language")
        party = self._party(seen)
        variant = template.in_language(language or party.lang)
        words, body = library.rules.languages[variant.language], variant.body(channel)
        # All that was ever paid is read only for what is reckoned from it: the line composes at every key.
        reckoned = any(name in text for name in OF_LEDGER for text in (body.source, *words.words.values()))
        ledger = self.ledger(seen) if reckoned else None
        context = self.context(seen, template.head, words, ledger, bill, items, case)
        needed = {*examine(body.source).requires, *template.head.needs}
        if not sampled and "cancellation" in needed and ledger and (until := grace(seen, ledger)):
            last = format_day(until, seen.business_date)
            told = f"The grace of the contract runs until {last}; no notice of cancellation goes before it is over."
            raise Refused("message.grace", told, "template")
        context, examples = completed(context, needed, sampled=sampled)
        formats = library.formats(variant.language, channel, seen.currency)
        made = render(body.source, channel, context, words, formats, seen.numbers)
        printed = {name.partition(".")[0] for name in needed}
        offer = context.prepayment if "prepayment" in printed else context.offer if "offer" in printed else None
        return Composed(template, variant, channel, party.name, made, examples, offer)

    def context(
        self,
        seen: AccountFacts,
        head: Head,
        words: Language,
        ledger: Ledger | None = None,
        bill: Item | None = None,
        items: Collection[int] = (),
        case: CaseWords | None = None,
    ) -> MessageContext:
        """What a text of this head may print of an account; as `filling.context_of`."""
        desk, party = self._desk, self._party(seen)
        to = Addressee(party.name, party.kind, desk.tenant(self._db).name)
        plans = desk.catalogue().arrangement
        return context_of(seen, to, head, self.library.rules, words, desk.house, plans, ledger, bill, items, case)

    def spoken(self, seen: AccountFacts) -> str:
        """The language of the customer."""
        return self._party(seen).lang

    def ledger(self, seen: AccountFacts) -> Ledger:
        """All that was ever asked for and paid on an account."""
        return facts.ledger(self._db, self._desk.tenant_id, seen.id)

    def typed(self, seen: AccountFacts, channel: str, text: str) -> Content:
        """What somebody typed, with how to have no more of it where the channel asks for that; in the customer's language."""
        rules = self.library.rules
        language = self._party(seen).lang.partition("-")[0]
        language = language if language in rules.languages else LANGUAGES[0]
        opt_out = rules.languages[language].words.get(f"opt_out_{channel}", "")
        parts = (part.strip() for part in clean(text, keep_newlines=True).split(BREAK))
        said = "\n\n".join(part for part in parts if part)
        if not said:
            raise Invalid("message.text", "There is nothing in the text.", "text")
        between = "\n\n" if channel == "email" else " "
        whole = f"{said}{between}{opt_out}" if opt_out and channel in rules.kinds[TYPED.kind].opt_out else said
        return Content("", language, "", whole)


def dump(document: Document) -> str:
    """A document as JSON, to be kept with its message."""
    return json.dumps([document.language, [_listed(block) for block in document.blocks]], ensure_ascii=False)


def load(text: str) -> Document | None:
    """The document that `dump` wrote; None for an empty text."""
    if not text:
        return None
    language, blocks = json.loads(text)
    return Document(language, tuple(_node(block) for block in blocks))


def _listed(node: Node) -> str | list[Any]:
    """A text as itself; anything else as its tag, whether it stands to the right, and what is in it."""
    return node.text if not node.tag else [node.tag, int(node.right), *map(_listed, node.children)]


def _node(listed: str | Sequence[Any]) -> Node:
    if isinstance(listed, str):
        return Node("", listed)
    return Node(listed[0], "", tuple(map(_node, listed[2:])), bool(listed[1]))
