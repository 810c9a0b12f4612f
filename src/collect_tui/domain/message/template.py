"""A template of messages as its file says it, and the words and rules of the site that it is written by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from collect_tui.domain.message.meaning import Phrases
from collect_tui.domain.message.records import Firm

Channel = Literal["letter", "email", "sms", "chat", "social", "internal"]
CHANNELS: Final[tuple[Channel, ...]] = get_args(Channel)
TEXTS: Final = ("sms", "chat", "social")
"""Channels that carry a short text without marks: it is a body of its own."""
LanguageCode = Literal["en", "es", "fil", "ms", "zh"]
LANGUAGES: Final[tuple[LanguageCode, ...]] = get_args(LanguageCode)
"""The first is that of a file without a language in its name."""
LEVELS: Final = ("1", "2", "3", "final", "pre-cut", "cancellation")
PAY_WITHIN: Final = 10
"""Days until `pay_by`, where a template does not say."""
BILL: Final = "the newest bill"
ABOUT: Final = (
    "items past due",
    "items coming due",
    "all items",
    "the balloon coming due",
    "the retention coming due",
    BILL,
    "the promise",
    "the broken promise",
    "the plan",
    "the payment",
    "the returned payment",
    "the service to be cut",
    "the restored service",
    "the dispute",
    "the ticket",
    "the account",
    "the case",
    "services about to be cut",
    "cases that wait",
    "channels that fail",
    "reasons for non-payment",
)


@dataclass(frozen=True, slots=True)
class Served:
    """When a message counts as served: so many days (business days) after it was sent or delivered, unless it bounces meanwhile."""

    on: str  # sent, delivered
    days: int = 0
    business: bool = False
    bounce_days: int = 0


@dataclass(frozen=True, slots=True)
class Head:
    """What a template says of itself. `needs`: placeholders that every text of it prints; `pay_within`: days until `pay_by`;
    `edit`: whoever sends it may change its text; `customers`: the segments whose customers it is for, empty: all."""

    kind: str
    title: str
    channels: tuple[str, ...]
    about: str
    level: str = ""
    served: Mapping[str, Served] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    packs: tuple[str, ...] = ()
    review: str = ""
    pay_within: int = PAY_WITHIN
    segments: int = 1
    edit: bool = False
    customers: tuple[str, ...] = ()


TYPED: Final = Head("answer", "Answer", ("email", "sms", "chat", "social"), "the account")
"""Of a message that somebody typed."""


@dataclass(frozen=True, slots=True)
class Body:
    """A text with placeholders, for these channels. It begins with as many empty lines as stand before it in its file, so that
    line numbers are the file's."""

    channels: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Variant:
    """A template in one language. `file` names it as a fault does; `version` tells this text from any other."""

    language: str
    file: str
    version: str
    bodies: tuple[Body, ...]

    def body(self, channel: str) -> Body:
        return next(body for body in self.bodies if channel in body.channels)


@dataclass(frozen=True, slots=True)
class Template:
    name: str
    head: Head
    variants: Mapping[str, Variant]

    def in_language(self, language: str) -> Variant:
        """The text in a language, such as `es` or `es-MX`; in that of the base where there is none."""
        return self.variants.get(language.partition("-")[0], self.variants[LANGUAGES[0]])


@dataclass(frozen=True, slots=True)
class Outline:
    """What is known of a template without its texts, as its head says it; what cannot be read is left out."""

    title: str = ""
    kind: str = ""
    level: str = ""
    about: str = ""
    channels: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()
    languages: tuple[str, ...] = LANGUAGES[:1]


@dataclass(frozen=True, slots=True)
class KindRule:
    """A kind of message. `opt_out`: channels on which it says how to have no more of it. `level`: it is a notice of one. `edit`:
    its texts may be changed by whoever sends them, unless the law has a word in them."""

    title: str
    opt_out: tuple[str, ...] = ()
    level: bool = False
    edit: bool = False


@dataclass(frozen=True, slots=True)
class Demand:
    """What a pack asks of the texts of some kinds on some channels: placeholders that are printed, one of the words in each
    language, and words that are not said. Its source says why."""

    name: str
    source: str
    kinds: tuple[str, ...]
    levels: tuple[str, ...]
    channels: tuple[str, ...]
    prints: tuple[str, ...]
    says: Mapping[str, tuple[str, ...]]
    never: Mapping[str, tuple[str, ...]]

    def concerns(self, head: Head, channels: tuple[str, ...]) -> bool:
        return (
            head.kind in self.kinds
            and (not self.levels or head.level in self.levels)
            and not set(self.channels).isdisjoint(channels)
        )


@dataclass(frozen=True, slots=True)
class Language:
    """The firm's words in one language: pieces that templates print, headings of tables, kinds of items, names of products."""

    words: Mapping[str, str]
    columns: Mapping[str, str]
    items: Mapping[str, str]
    products: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MessageRules:
    """What `messages.toml` says. `heard`: what messages that come in are taken for."""

    firm: Firm
    kinds: Mapping[str, KindRule]
    packs: Mapping[str, tuple[Demand, ...]]
    languages: Mapping[str, Language]
    heard: Phrases = field(default_factory=Phrases)
