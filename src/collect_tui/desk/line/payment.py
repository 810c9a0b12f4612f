"""Payments on the line: `pay 120 card CHK4411 y INV-1041=60`, `revpay REF reason`, `retpay REF 40 reason`, `apply CR-77`."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from collect_tui.desk.commands import ApplyCredit, Command, Directed, RecordPayment, ReversePayment
from collect_tui.desk.line import freetext, look, say, slots, when
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.lexer import Token, literal, word
from collect_tui.desk.line.slot import AMOUNT, CREDIT, ITEMS, METHOD, NOTE, PAYMENT, RECEIVED, REF, SURPLUS, WHY
from collect_tui.desk.line.verb import Verb
from collect_tui.desk.line.words import TokenCursor

_REFERENCE = re.compile(r"(?=.*[0-9])\w[\w./+&\-]*")
_ORDINAL = re.compile(r"[0-9]{1,2}(?:st|nd|rd|th)")
_AMOUNT = re.compile(r"[0-9.,]*[0-9][0-9.,]*%?|all|b|p|c|rest")
_FIGURE = re.compile(r"[0-9.,]+")
_FIGURES = re.compile(r"[0-9.,]*[0-9][0-9.,]*")
_KEYS: Final = frozenset(("by", "over", "ref"))

RETURNED: Final = "returned by the bank"
"""The reason of a return that nobody says more about."""


def pay(words: TokenCursor) -> tuple[Command, ...]:
    """`pay AMOUNT [METHOD] [REF] [DATE] [ITEM=AMOUNT …] [over=SURPLUS] [NOTE]`; the options in any order."""
    amount = slots.amount(words)
    method = ref = received = over = None
    directed: list[Directed] = []
    before = -1
    while before != words.pos:
        before = words.pos
        if method is None:
            method = slots.method(words)
        if received is None:
            received = when.maybe_day(words, past=True, wide=True)
        part = _directed(words)
        if part is not None:
            directed.append(part)
        if ref is None:
            ref = _reference(words, sure=method is not None)
        if over is None:
            over = _over(words)
    if len(directed) > 200:
        words.reject(words.verb, "document", "Expected at most 200 items.")
    freetext.no_other(words, "method", words.context.codes.method_words, "method of payment", then=_REFERENCE)
    when.no_time(words)
    _nothing_directed(words)
    note, _ = freetext.note(words)
    words.state.taken += amount
    return (
        words.build(
            RecordPayment,
            amount=amount,
            method=method or "other",
            ref=ref or "",
            received_on=received,
            directed=tuple(directed),
            over=over,
            note=note,
        ),
    )


def _directed(words: TokenCursor) -> Directed | None:
    """`INV-1041=60`, or `INV-1041=all` for all that is open on it."""
    words.ask("document")
    token = words.peek()
    if token is None or token.key is None or (token.key.lower() in _KEYS and not token.key_quote):
        return None
    known = words.context.documents.get(token.key.lower())
    if known is None and words.context.number is not None:
        if not any(character.isdigit() for character in token.key) and not _AMOUNT.fullmatch(token.low):
            return None  # a word of a note, such as `sum=ok`
        words.reject(token, "document", _no_such_item(words))
    doc_no = known[0] if known is not None else token.key
    everything = known[1] if known is not None and token.low == "all" else 0
    amount = everything if everything > 0 else slots.amount_of(words, token, token.low)
    words.limit(token, "document")
    part = words.build(Directed, doc_no=doc_no, amount=amount)
    words.take("document")
    return part


def _over(words: TokenCursor) -> int | None:
    """`over=87.90`: the surplus over all that is owed, which confirms a payment of more."""
    token = words.peek()
    if token is None or token.key is None or token.key_quote or token.key.lower() != "over":
        return None
    if not _FIGURE.fullmatch(token.low):
        words.reject(token, "amount", expected="the surplus in figures")
    minor = slots.amount_of(words, token, token.low)
    words.take("over")
    return minor


def _no_such_item(words: TokenCursor) -> str:
    known = [doc_no for doc_no, open_, _ in words.context.items if open_ > 0]
    told = ", ".join(known[:12]) + (" and more" if len(known) > 12 else "")
    return f"No such item is open on this account; {f'open are {told}' if known else 'nothing is'}."


def _nothing_directed(words: TokenCursor) -> None:
    """What is left is the note. A word such as `INV-1041=60` in it would leave the money undirected without a word."""
    ahead = 0
    while (token := words.peek(ahead)) is not None:
        if token.key is not None and _AMOUNT.fullmatch(token.low):
            known = words.context.number is None or token.key.lower() in words.context.documents
            own = token.key.lower() in _KEYS
            message = "Put item=amount, ref=… and over=… before the note, or quote the note." if known or own else ""
            words.reject(token, "document", message or _no_such_item(words))
        ahead += 1


def _reference(words: TokenCursor, *, sure: bool) -> str | None:
    """`ref=anything`, or a bare word with a digit, however short, that is no date and no ordinal (`2nd`)."""
    words.ask("ref")
    option = words.option("ref", "ref")
    if option is not None:
        return option
    token = words.bare()
    if token is not None and token.low.startswith("#"):
        words.reject(token, "ref", "Expected the reference without the #, or ref=… when it belongs to it.")
    if token is None or not _REFERENCE.fullmatch(token.text) or _ORDINAL.fullmatch(token.low):
        return None
    if not token.low.isdigit() and when.is_day(token.low, words.context):
        return None
    _no_reference(words, token, sure=sure)
    words.limit(token, "ref")
    words.take("ref")
    return token.text


def _no_reference(words: TokenCursor, token: Token, *, sure: bool) -> None:
    """Refuses what looks like a reference and is the name of something else, or a date or an amount that is none. `sure`: where only the
    reference can stand, behind the method, what is called as a contact point is one as well (`card A1`)."""
    if token.low in words.context.documents:
        words.reject(token, "ref", "An item: ITEM=AMOUNT directs money to it, ref=… makes it the reference.")
    seen = look.sure(token, words.context)
    figure = seen is not None and (seen.slot == "date" or (seen.slot == "amount" and not token.low.isdigit()))
    if seen is not None and (figure or (not sure and token.low in words.context.point_names)):
        words.reject(token, "ref", f"No {seen.title} fits here; ref=… makes it the reference.")


def reverse(words: TokenCursor) -> tuple[Command, ...]:
    """`revpay REF REASON`: entered in error"""
    return _take_back(words, returned=False)


def returned(words: TokenCursor) -> tuple[Command, ...]:
    """`retpay REF [AMOUNT] [REASON]`: returned by the bank, all of it or a part"""
    return _take_back(words, returned=True)


def apply(words: TokenCursor) -> tuple[Command, ...]:
    """`apply CREDIT [ITEM=AMOUNT …]`; in place of the credit a payment of which something is unapplied."""
    words.ask("credit")
    token = words.require("credit")
    context = words.context
    open_ = {doc_no.lower(): doc_no for doc_no, left, _ in context.items if left < 0}
    for ref, _ in context.money:
        open_.setdefault(ref.lower(), ref)
    known = open_.get(token.low)
    if token.key is not None or (context.number is not None and known is None):
        told = ", ".join([*open_.values()][:12]) or "there is none"
        words.reject(
            token, "credit", f"No such credit is open on this account, nor a payment with money unapplied: {told}."
        )
    words.limit(token, "credit")
    words.take("document")
    directed: list[Directed] = []
    while (part := _directed(words)) is not None:
        directed.append(part)
    credit = token.text if known is None else known
    return (words.build(ApplyCredit, credit=credit, directed=tuple(directed)),)


def _take_back(words: TokenCursor, *, returned: bool) -> tuple[Command, ...]:
    ref = words.option("ref", "ref")
    if ref is None:
        token = words.require("payment")
        if token.key is not None or not token.text.strip():
            words.reject(token, "ref")
        words.limit(token, "ref")
        words.take("ref")
        ref = token.text
    if not returned:
        return (words.build(ReversePayment, ref=ref, reason=freetext.why(words)),)
    words.ask("amount")
    figures, part = words.bare(), None
    if figures is not None and _FIGURES.fullmatch(figures.low):
        part = slots.amount(words)
    reason = freetext.why(words, required=False) or RETURNED
    return (words.build(ReversePayment, ref=ref, reason=reason, returned=True, amount=part),)


def render_payment(command: RecordPayment, context: LineContext) -> str:
    method = "" if command.method == "other" else say.method(command.method, context)
    on = "" if command.received_on is None else say.day(command.received_on, context, past=True)
    parts = [f"{_document(part.doc_no)}={say.amount(part.amount, context)}" for part in command.directed]
    ref = f"ref={word(command.ref)}" if command.ref else ""
    over = f"over={say.amount(command.over, context)}" if command.over else ""
    note = say.note(command.note, context)
    return say.join("pay", say.amount(command.amount, context), method, ref, on, *parts, over, note)


def _document(doc_no: str) -> str:
    return literal(doc_no) if doc_no.lower() in _KEYS else word(doc_no)


def say_payment(command: RecordPayment, context: LineContext) -> str:
    on = "" if command.received_on is None else f"received {say.date_said(command.received_on, context)}"
    parts = ", ".join(f"{part.doc_no} {say.money(part.amount, context)}" for part in command.directed)
    return say.sentence(
        f"payment {say.money(command.amount, context)}",
        "" if command.method == "other" else command.method,
        f"ref {command.ref}" if command.ref else "",
        on,
        f"towards {parts}" if parts else "",
        f"{say.money(command.over, context)} more than owed" if command.over else "",
        say.quoted(command.note),
    )


def render_reverse(command: ReversePayment, context: LineContext) -> str:
    if not command.returned:
        return say.join("revpay", word(command.ref), say.why(command.reason))
    part = "" if command.amount is None else say.amount(command.amount, context)
    reason = "" if command.reason == RETURNED else say.why(command.reason)
    return say.join("retpay", word(command.ref), part, reason)


def say_reverse(command: ReversePayment, context: LineContext) -> str:
    how = "returned by the bank" if command.returned else "entered in error"
    part = "" if command.amount is None else f"{say.money(command.amount, context)} of "
    reason = "" if command.reason == RETURNED else say.quoted(command.reason)
    return say.sentence(f"take back {part}payment {command.ref}", how, reason)


def render_apply(command: ApplyCredit, context: LineContext) -> str:
    parts = [f"{_document(part.doc_no)}={say.amount(part.amount, context)}" for part in command.directed]
    return say.join("apply", word(command.credit), *parts)


def say_apply(command: ApplyCredit, context: LineContext) -> str:
    parts = ", ".join(f"{part.doc_no} {say.money(part.amount, context)}" for part in command.directed)
    what = "credit"
    if any(ref == command.credit for ref, _ in context.money):
        what = "what is unapplied of payment"
    return say.sentence(f"apply {what} {command.credit}", f"towards {parts}" if parts else "to what is due longest")


RENDER = {RecordPayment: render_payment, ReversePayment: render_reverse, ApplyCredit: render_apply}
MEANING = {RecordPayment: say_payment, ReversePayment: say_reverse, ApplyCredit: say_apply}

VERBS = (
    Verb(
        "pay",
        (AMOUNT, METHOD, replace(REF, key="ref"), RECEIVED, ITEMS, SURPLUS, NOTE),
        "a payment received; what is not directed goes oldest first; more than all that is owed asks for the surplus",
        "pay 120 card CHK4411 y INV-1041=60",
        pay,
        ("payment",),
    ),
    Verb(
        "revpay", (PAYMENT, WHY.must), "take back a payment entered in error", "revpay CHK4411 wrong account", reverse
    ),
    Verb(
        "retpay",
        (PAYMENT, replace(AMOUNT, needed=False, hint="a part of it; nothing: all of it"), WHY),
        "a payment returned by the bank, all of it or a part: a cheque that bounced, a failed debit",
        "retpay CHK4411 insufficient funds",
        returned,
    ),
    Verb(
        "apply",
        (CREDIT, ITEMS),
        "set a credit, or unapplied money of a payment, against items; what is not directed goes to its own service first, oldest first",
        "apply CR-77 INV-1041=60",
        apply,
        ("credit",),
    ),
)
