"""Contact points on the line: `bad m2`, `out m2`, `mark m2 wrong out`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from collect_tui.desk.commands import Command, MarkPoint
from collect_tui.desk.line import contact, say, slots, when
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.slot import DATE, POINT, Slot
from collect_tui.desk.line.verb import Verb
from collect_tui.desk.line.words import TokenCursor


def mark(words: TokenCursor) -> tuple[Command, ...]:
    """`bad POINT`, `wrong`, `good`, `out`, `in`; `in` before a result code is the action of that name."""
    word = words.verb.low
    token = words.bare()
    if word == "in" and "IN" in words.context.codes.actions:
        words.ask("result:IN")
        if token is not None and token.low.upper() in words.context.codes.results:
            return contact.contact(words)
    point = slots.point(words)
    mark = next(name for name in _MARKS if name.startswith(word))
    given = _given(words) if "consent" in _MARKS[mark] else {}
    words.done()
    return (words.build(MarkPoint, point=point, **_MARKS[mark], **given),)


def _given(words: TokenCursor) -> dict[str, Any]:
    """`[SOURCE] [DATE]`: how and when the consent was given or withdrawn."""
    source = words.code("source", SOURCES, required=True)
    return {"source": source, "on": when.maybe_day(words, past=True)}


_MARKS: Final[dict[str, dict[str, str]]] = {
    **{quality: {"quality": quality} for quality in ("good", "bad", "wrong")},
    **{consent: {"consent": consent} for consent in ("in", "out")},
}


def mark_any(words: TokenCursor) -> tuple[Command, ...]:
    """`mark POINT [good|bad|wrong] [in|out [SOURCE] [DATE]]`, or `quality=unknown` and `consent=unknown`"""
    point = slots.point(words)
    values: dict[str, str] = {}
    given: dict[str, Any] = {}
    while (token := words.peek()) is not None:
        words.ask("quality")
        if token.plain and token.low in _MARKS and not set(_MARKS[token.low]) & set(values):
            values |= _MARKS[token.low]
            words.take("word")
            if "consent" in _MARKS[token.low]:
                given = _given(words)
            continue
        key = (token.key or "").lower()
        if key not in ("quality", "consent") or key in values or token.low != "unknown":
            words.reject(token, "quality")
        values[key] = "unknown"
        words.take("word")
    if not values:
        words.require("quality")
    return (words.build(MarkPoint, point=point, **values, **given),)


def render_mark(command: MarkPoint, context: LineContext) -> str:
    if command.quality in _MARKS and command.consent is None:
        return f"{command.quality} {command.point}"
    if command.consent in _MARKS and command.quality is None:
        return say.join(command.consent, command.point, *_written(command))
    quality = "quality=unknown" if command.quality == "unknown" else command.quality
    consent = "consent=unknown" if command.consent == "unknown" else command.consent
    return say.join("mark", command.point, quality, consent, *_written(command))


def _written(command: MarkPoint) -> tuple[str | None, str | None]:
    return command.source, None if command.on is None else command.on.isoformat()


def say_mark(command: MarkPoint, context: LineContext) -> str:
    consent = {"in": "opted in", "out": "opted out", "unknown": "consent unknown"}.get(command.consent or "", "")
    quality = f"marked {command.quality}" if command.quality else ""
    on = f"on {say.date_said(command.on, context)}" if command.on else ""
    return say.sentence(
        say.join(command.point, quality), say.join(consent, command.source and f"by {command.source}", on)
    )


def _marks(name: str, hint: str, *words: str) -> Slot:
    """The words of one kind, any of which may stand on the line; `unknown` takes back what was known."""
    choices = (*((one, "") for one in words), (f"{name}=unknown", "not known"))
    return Slot(name, "|".join(words), name.title(), hint, "quality", frozenset({"word"}), choices=choices)


SOURCES: Final = {
    "call": "said on the telephone",
    "web": "on a web site",
    "letter": "by letter",
    "form": "on a signed form",
    "email": "by e-mail",
    "text": "by text message",
    "visit": "said face to face",
}
_SOURCE = Slot("source", "SOURCE", "By", "how it was said: call, web, letter, form, email, text, visit", "source")
_ON = replace(DATE, name="on", label="On", hint="today, unless a date stands here: y, 12nov", needed=False)

_KINDS: Final = (
    _marks("quality", "good, bad or wrong (somebody else's)", "good", "bad", "wrong"),
    _marks("consent", "in or out", "in", "out"),
)

RENDER = {MarkPoint: render_mark}
MEANING = {MarkPoint: say_mark}

VERBS = (
    Verb("good", (POINT.must,), "mark a contact point as good", "good m1", mark),
    Verb("bad", (POINT.must,), "mark a contact point as bad", "bad m2", mark),
    Verb("wrong", (POINT.must,), "mark a contact point as somebody else's", "wrong m2", mark),
    Verb("out", (POINT.must, _SOURCE, _ON), "the customer opted out of a contact point", "out m2", mark),
    Verb(
        "in",
        (POINT.must, _SOURCE, _ON),
        "the customer opted in to a contact point; before a result code: inbound call",
        "in m2 web 12nov",
        mark,
    ),
    Verb(
        "mark",
        (POINT.must, *_KINDS, _SOURCE, _ON),
        "mark quality and consent of a contact point together",
        "mark m2 bad out",
        mark_any,
    ),
)
