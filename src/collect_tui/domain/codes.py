"""Actions, results and reasons of a contact as typed values; the starter set is `defaults/codes.toml`, which a site may edit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

OFFERS: Final = ("prepayment", "settlement", "autopay")
"""What a customer is offered of the site's own accord."""

ANSWERS: Final = ("accepted", "declined", "considering")

WAYS: Final = {
    "call": "a call made",
    "visit": "a visit",
    "written": "a letter or message sent",
    "inbound": "what came from the customer",
    "review": "a review",
}
"""How a contact comes about, by what an action is."""

HOT_LETTERS: Final = tuple("acdefhilmnopstvxyz")
"""Letters that log a result in two keys; the others move or lead away (back, board, refresh, next, undo, up, down, first), and
whoever presses those wants out, and logs nothing."""


@dataclass(frozen=True, slots=True)
class Action:
    """What the collector did. `call`: counts towards the attempt cap when it reaches a line. `kinds`: points it may use.

    `written`: a letter or message, and logging it stands for sending it; so what forbids letters forbids to log it.
    """

    code: str
    title: str
    outbound: bool
    call: bool
    kinds: tuple[str, ...] = ()
    help: str = ""
    written: bool = False

    @property
    def way(self) -> str:
        """Of `WAYS`."""
        if not self.outbound:
            return "inbound" if self.kinds else "review"
        return "call" if self.call else "written" if self.written else "visit"


@dataclass(frozen=True, slots=True)
class FollowUp:
    """When the next action falls: one of the four is set, or none (the date stays)."""

    minutes: int | None = None
    days: int | None = None
    business_days: int | None = None
    action: str = "call"  # code of the next action

    @property
    def set(self) -> bool:
        return self.minutes is not None or self.days is not None or self.business_days is not None


@dataclass(frozen=True, slots=True)
class Result:
    """What happened. Flags: W worked, C contact, R right party, P promise, S stops the ladder.

    `counted`: the call reached a line, so it counts towards the attempt cap (busy and dead lines do not).
    `point`: new quality of the contact point (bad, wrong) or `out` for consent.
    `hold`: kind of hold that it places. `needs`: what the line must also carry (reason, promise, plan, callback, note).
    `ways`: of `WAYS`, what it may come of; none: all.
    `hot`: the letter that logs it in two keys. `comment`: it tells of no call, so no contact point is looked for.
    `caveat`: what its title may suggest and it does not do, for the preview; `instead`: what to do about that, said where
    the line has an amount, a date or the like after the code. `offer`: of `OFFERS`, it was made in this contact; `answer`: of
    `ANSWERS`, to the last offer that was made to the account; both: to the last of that offer.
    """

    code: str
    title: str
    worked: bool
    contact: bool
    right_party: bool
    promise: bool
    stops_ladder: bool
    counted: bool
    follow_up: FollowUp
    point: str | None = None
    hold: str | None = None
    hold_days: int | None = None
    needs: tuple[str, ...] = ()
    help: str = ""
    caveat: str = ""
    instead: str = ""
    hot: str = ""
    comment: bool = False
    ways: tuple[str, ...] = ()
    offer: str = ""
    answer: str = ""

    def may_come_of(self, action: Action) -> bool:
        """Whether the action can have this result: what counts as a try reaches somebody."""
        return (not self.ways or action.way in self.ways) and (bool(action.kinds) or not self.counted)

    @property
    def explained(self) -> str:
        """Its help, and what it does not do."""
        caveat = f"{self.caveat[:1].upper()}{self.caveat[1:]}." if self.caveat else ""
        return f"{self.help} {caveat}".strip()


@dataclass(frozen=True, slots=True)
class Method:
    """A way to pay. `words`: further ones that say it on the line, beside its code."""

    code: str
    title: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BillingCodes:
    """What a billing system calls things: `orders` and `reasons` by our names; `answers`, by its own, are the outcomes of an order."""

    orders: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Codes:
    actions: Mapping[str, Action]
    results: Mapping[str, Result]
    reasons: Mapping[str, str]  # reason for non-payment: code → title
    dispute_reasons: Mapping[str, str]
    skip_reasons: Mapping[str, str]
    order_reasons: Mapping[str, Mapping[str, str]]  # kind of order → code → title
    next_actions: Mapping[str, str]  # code → title
    party_roles: Mapping[str, str] = field(default_factory=dict)  # of parties beside the holder: code → title
    billing: Mapping[str, BillingCodes] = field(default_factory=dict)
    pauses: Mapping[str, str] = field(default_factory=dict)  # why an agent is away from the desk
    methods: Mapping[str, Method] = field(default_factory=dict)  # ways to pay

    @property
    def lists(self) -> Mapping[str, Mapping[str, str]]:
        """The lists of codes that a field of a case may choose from."""
        ours = {name: getattr(self, name) for name in ("reasons", "dispute_reasons", "skip_reasons")}
        return {**ours, **{f"{kind}_reasons": table for kind, table in self.order_reasons.items()}}

    @property
    def method_words(self) -> Mapping[str, str]:
        """Every word that says a way to pay, with its title; codes first, in their order."""
        further = {word: each.title for each in self.methods.values() for word in each.words}
        return {**{code: each.title for code, each in self.methods.items()}, **further}

    def method(self, word: str) -> str | None:
        """The code of the way to pay that a word says, whatever its case; None: none does."""
        low = word.strip().lower()
        found = (code for code, each in self.methods.items() if low in (code, *each.words))
        return next(found, None)

    def method_title(self, code: str) -> str:
        """A way to pay within a sentence; a code that the site does not have, such as one of an import, as it stands."""
        known = self.methods.get(code)
        if known is None:
            return code
        first = known.title.split(" ")[0]
        return f"{known.title[:1].lower()}{known.title[1:]}" if first[1:].islower() else known.title

    def reasons_for(self, kind: str, system: str = "") -> Mapping[str, str]:
        """Why an order of a kind is given, code → title; of these what a billing system knows, where it has codes of its own."""
        table, own = self.order_reasons.get(kind, {}), self.billing.get(system)
        return {code: table[code] for code in table if code in own.reasons} if own and own.reasons else table

    @property
    def hot(self) -> Mapping[str, str]:
        """Letter → code of the results that two keys log."""
        return {result.hot: code for code, result in self.results.items() if result.hot}
