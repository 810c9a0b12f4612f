"""What comes in by call-back: delivery reports and messages, proved first and read then. No HTTP here: a request in, values out.

Whoever can reach the URL is not trusted, and who proves to be the far end is not believed to write well: sizes, depth, numbers,
types and encodings are checked. The caller refuses what it has seen by `Incoming.reference`; signatures with an instant in them
are refused when that is old.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from pydantic import ValidationError

from collect_tui.channels import proofs
from collect_tui.channels.places import first, found, values
from collect_tui.common.text import clean
from collect_tui.defaults.gateway import Condition, Gateway, Hook, Rule
from collect_tui.services.message.hook import Forged, Reply, Request, Unreadable
from collect_tui.services.message.port import Incoming, Report

LARGEST: Final = 1024 * 1024
"""Bytes of a body."""
LONGEST_URL: Final = 32 * 1024
"""Characters: a long SMS, each written as %XX%XX%XX."""
DEEPEST: Final = 32
"""Tables and lists within each other."""
MOST: Final = 1000
"""Reports and messages of a body; Meta sends so many at once («Webhooks from Meta», event notifications)."""
MOST_FIELDS: Final = 500
LONGEST_REFERENCE: Final = 255

_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_.-]{1,256}")
_SENDER: Final = re.compile(r"(?:\+|00)?([1-9][0-9]{6,14})")  # a shorter one is a short code, and stays as it is


def read(gateway: Gateway, request: Request, now: datetime) -> Sequence[Report | Incoming] | Reply:
    """What a call-back of this channel says; none when it tells of something else. `request.url`: as the far end called it; where the
    channel has a `callback`, its scheme and host count. Raises Forged, Unreadable, and nothing else whatever it is given."""
    hook = gateway.hook
    if hook is None:
        raise Unreadable("This channel takes nothing in.")
    if len(request.body) > LARGEST or len(request.url) > LONGEST_URL:
        raise Unreadable("The call-back is too large.")
    try:
        parts = urlsplit(request.url)
        query = _pairs(hook, parts.query)
    except ValueError:
        raise Unreadable("The call-back's URL cannot be read.") from None
    asked = dict(query)
    if hook.handshake and request.method == "GET":
        return _shake(gateway.secrets[hook.handshake], asked)
    kind = _kind(hook, request)
    if hook.proof.kind in (
        "twilio",
        "vonage",
    ):  # over the fields: they are taken apart before they are believed
        tree = _tree(hook, kind, request, query)
        proofs.prove(gateway, hook.proof, request, _flat(hook, kind, tree, request), now)
    else:
        proofs.prove(gateway, hook.proof, request, (), now)
        tree = _tree(hook, kind, request, query)
    try:
        return [*_reports(hook.reports, tree, now), *_messages(hook.incoming, tree, gateway, now)]
    except ValidationError as error:
        where = ".".join(str(step) for step in error.errors(include_input=False, include_url=False)[0]["loc"])
        raise Unreadable(f"The call-back has no valid {where}.") from None


def _shake(token: str, asked: dict[str, str]) -> Reply:
    if asked.get("hub.mode") != "subscribe" or not proofs.same(asked.get("hub.verify_token", ""), token):
        raise Forged("The handshake does not know our word.")
    if not _CHALLENGE.fullmatch(challenge := asked.get("hub.challenge", "")):
        raise Unreadable("The handshake asks for no answer that can be given.")
    return Reply(challenge)


# taking apart ------------------------------------------------------------------------------------------------------
def _kind(hook: Hook, request: Request) -> str:
    if hook.body != "any":
        return hook.body
    if not request.body:
        return "query"
    return "json" if "json" in request.header("Content-Type").lower() else "form"


def _pairs(hook: Hook, text: str) -> list[tuple[str, str]]:
    """Fields in their order, UTF-8 unless one of them may be in another encoding. ValueError."""
    errors = "surrogateescape" if hook.incoming and hook.incoming.charsets else "strict"
    return parse_qsl(text, keep_blank_values=True, errors=errors, max_num_fields=MOST_FIELDS)


def _tree(hook: Hook, kind: str, request: Request, query: list[tuple[str, str]]) -> Any:
    try:
        if kind == "query":
            return dict(query)
        if kind == "form":
            return dict(_pairs(hook, request.body.decode("ascii")))
        tree = json.loads(request.body.decode())
    except (ValueError, RecursionError):
        raise Unreadable(f"The call-back is no {'JSON' if kind == 'json' else 'form'}.") from None
    level = [tree]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
    if level:
        raise Unreadable("The call-back is nested too deeply.")
    return tree


def _inside(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        yield from value.values() if isinstance(value, dict) else value


def _flat(hook: Hook, kind: str, tree: Any, request: Request) -> list[tuple[str, str]]:
    """The fields a signature is over, each as often as it stands there."""
    if kind == "form":
        return _pairs(hook, request.body.decode("ascii"))
    if not isinstance(tree, dict):
        raise Unreadable("The call-back is no table.")
    return [(name, text) for name in tree for text in found(tree, (name,))]


# reading -----------------------------------------------------------------------------------------------------------
def _each(rule: Rule, tree: Any) -> Iterator[Any]:
    every = values(tree, rule.each)
    if len(every) > MOST:
        raise Unreadable(f"The call-back holds more than {MOST:,} things.")
    for item in every:
        if all(_holds(item, each) for each in rule.when) and not any(_holds(item, each) for each in rule.unless):
            yield item


def _holds(item: Any, condition: Condition) -> bool:
    there = found(item, condition.place)
    return any(text in condition.texts for text in there) if condition.texts else bool(there)


def _reports(rule: Rule | None, tree: Any, now: datetime) -> Iterator[Report]:
    if rule is None:
        return
    left = MOST
    for item in _each(rule, tree):
        outcome: Any = rule.always or rule.outcomes.get(first(item, rule.fields["outcome"]))
        if not outcome:
            continue  # it is on its way
        key = _field(rule, item, "key") or None
        references = [_sound(each) for place in rule.fields["reference"] for each in found(item, place)]
        if key is None and not references:
            raise Unreadable("A report is of no message.")
        left -= max(1, len(references))
        if left < 0:
            raise Unreadable(f"The call-back holds more than {MOST:,} things.")
        for reference in references or [""]:
            yield Report(
                key=key,
                reference=reference,
                outcome=outcome,
                at=_instant(first(item, rule.fields["at"]), now),
                final=outcome == "delivered" or any(_holds(item, each) for each in rule.final),
                detail=_text(_field(rule, item, "detail"), 1000),
            )


def _messages(rule: Rule | None, tree: Any, gateway: Gateway, now: datetime) -> Iterator[Incoming]:
    if rule is None:
        return
    for item in _each(rule, tree):
        sender = _sound(_field(rule, item, "sender"))
        if gateway.channel == "sms" and (match := _SENDER.fullmatch(sender.replace(" ", ""))):
            sender = f"+{match[1]}"
        if not sender:
            raise Unreadable("A message is from nobody.")
        charset = rule.charsets.get(_field(rule, item, "charset"), "")
        yield Incoming(
            reference=_sound(_field(rule, item, "reference")),
            channel=gateway.channel,
            sender=sender,
            name=_text(_field(rule, item, "name"), 200),
            thread=_sound(_field(rule, item, "thread")),
            answers=tuple(_sound(each) for place in rule.fields["answers"] for each in found(item, place)[:MOST]),
            at=_instant(first(item, rule.fields["at"]), now),
            subject=_text(_field(rule, item, "subject"), 500),
            text=_text(first(item, rule.fields["text"]), 20_000, charset, lines=True),
            automatic=_field(rule, item, "automatic") == "true",
        )


def _field(rule: Rule, item: Any, name: str) -> str:
    return first(item, rule.fields[name])


def _sound(text: str) -> str:
    """A reference or an address: another one after cleaning is not what the far end knows."""
    if len(text) > LONGEST_REFERENCE or clean(text) != text or not text.isprintable():
        raise Unreadable("The call-back has a reference or an address that is too long or holds controls.")
    return text


def _text(text: str, most: int, charset: str = "", *, lines: bool = False) -> str:
    """Words of people, safe to show and cut at what fits: a customer may write more than a page, and is heard all the same."""
    if charset:
        try:
            text = text.encode("utf-8", "surrogateescape").decode(charset)
        except UnicodeError:
            raise Unreadable("The call-back has a text in another encoding than it says.") from None
    return clean(text, keep_newlines=lines).strip()[:most]


def _instant(text: str, now: datetime) -> datetime:
    """Unix seconds or milliseconds, or ISO 8601; without an offset it is UTC. What lies ahead is now; nothing is now as well."""
    if not text:
        return now
    try:
        if text.isascii() and text.isdigit():
            number = int(text[:16])
            at = datetime.fromtimestamp(number / 1000 if number >= 10**11 else number, UTC)
        else:
            at = datetime.fromisoformat(text.removesuffix(" UTC"))
            at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
        return now if at - now > timedelta(0) else at
    except (ValueError, OverflowError, OSError):
        raise Unreadable("The call-back has an instant that is none.") from None
