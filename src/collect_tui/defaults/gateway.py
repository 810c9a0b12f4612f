"""How messages go to a gateway over HTTP and come back from it, as values: nothing here knows a provider.

A *place* says where a value stands in what the far end sends: steps into its JSON or the name of a field, `*` for every one of
a list. Several are alternatives, the first that holds something counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from collect_tui.domain.message.template import Channel

Place = tuple[str, ...]
Places = tuple[Place, ...]

#: Names in braces that a request may hold, beside a gateway's own values and secrets.
MESSAGE_WORDS: Final = ("to", "digits", "text", "subject", "name", "key", "unicode", "reply_to")
"""`digits`: the number without its plus; `unicode`: one of the two texts of `Send.unicode`."""
WORD: Final = re.compile(r"\{([a-z_]+)\}")

Outcome = Literal["accepted", "not_now", "bad_number", "rejected", "unknown"]
Encoding = Literal["", "query", "form", "json", "any"]
ProofKind = Literal["path", "header", "hmac", "twilio", "vonage"]


@dataclass(frozen=True, slots=True)
class Send:
    """The request that carries a message. All texts are templates with words in braces; a field that comes out empty is left out."""

    method: Literal["GET", "POST", "PUT"]
    url: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    form: Mapping[str, str]
    json: Mapping[str, Any]
    basic: tuple[str, ...] = ()  # user and password
    unicode: tuple[str, ...] = ("", "")  # for a text in GSM 03.38, for any other
    idempotency: str = ""  # the header that carries our key: the same key is the same message to the far end
    repeatable: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """An answer: `4xx`, or `4xx/551` with a code that stands in its body."""

    status: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer means. `reference`: where the far end's own for the message stands; `pattern`: its first group in the text."""

    meanings: Mapping[Outcome, tuple[Match, ...]]
    code: Places = ()
    reference: Places = ()
    pattern: re.Pattern[str] | None = None
    price: Places = ()  # what it costs, in whole units; of several parts the sum
    currency: Places = ()  # of the price; without it, the value `currency`
    own_key: bool = False  # the far end gives no reference: its reports carry our key


@dataclass(frozen=True, slots=True)
class Proof:
    """How a call-back is proved. `path`: the secret is the URL's last segment; `header`: a header is the secret; `hmac`: a header is
    `prefix` and the hex HMAC of `signed`, in which {body} and {timestamp} stand for the raw body and the header `timestamp`."""

    kind: ProofKind
    secret: str
    header: str = ""
    prefix: str = ""
    signed: str = "{body}"
    timestamp: str = ""
    algorithm: str = "sha256"
    age: int = 300  # seconds that a timestamp may be old, or ahead


@dataclass(frozen=True, slots=True)
class Condition:
    """That something stands at a place; with `texts`, one of these."""

    place: Place
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """How reports or messages are read: from every one of `each` (none: the whole), if all of `when` holds and none of `unless`."""

    each: Place
    when: tuple[Condition, ...]
    unless: tuple[Condition, ...]
    fields: Mapping[str, Places]
    outcomes: Mapping[str, str] = field(default_factory=dict)  # the far end's word → delivered, failed, returned
    always: str = ""  # the outcome of all that there are
    final: tuple[Condition, ...] = ()  # one of these: the address is no good
    charsets: Mapping[str, str] = field(default_factory=dict)  # of the text, by the field `charset`; else UTF-8


@dataclass(frozen=True, slots=True)
class Hook:
    body: Encoding
    proof: Proof
    handshake: str = ""  # the secret that Meta asks for before it sends anything
    reports: Rule | None = None
    incoming: Rule | None = None


@dataclass(frozen=True, slots=True)
class Gateway:
    """A channel of a site: a gateway's shapes with the site's values and secrets."""

    name: str
    gateway: str
    channel: Channel
    send: Send | None
    answer: Answer | None
    hook: Hook | None
    values: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False)
    connect: float = 5  # seconds
    seconds: float = 30  # for an answer
