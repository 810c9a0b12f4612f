"""What could be typed next: completion from what the grammar itself asked for at the cursor."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from typing import Final

from collect_tui.desk.line import case_fields, case_rows, message
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.lexer import acts, clean
from collect_tui.desk.line.model import MAX_CHARACTERS, Candidate, Fault
from collect_tui.desk.line.offers import Offer, of
from collect_tui.desk.line.slot import Slot
from collect_tui.desk.line.verbs import find, takes_text
from collect_tui.desk.line.words import LineState, TokenCursor

MOST: Final = 200


def complete(text: str, cursor: int, context: LineContext) -> tuple[Candidate, ...]:
    """Words that could stand at the cursor, best first: those that begin as typed, then those whose title has such a word."""
    cursor = max(0, min(cursor, len(text)))
    if len(text) > MAX_CHARACTERS:
        return ()
    start, part, slots = _asked(text[:cursor], context)
    return tuple(Candidate(offer, title, start) for offer, title in _offers(part, slots, context))


def suggest(text: str, context: LineContext) -> str:
    """What would finish the word at the end of the text, to be shown dimly after it; empty when it is a word already."""
    if not text or len(text) > MAX_CHARACTERS:
        return ""
    _, part, slots = _asked(text, context)
    low, offers = part.lower(), _offers(part, slots, context) if part else ()
    return next((offer[len(part) :] for offer, _ in offers if offer.lower().startswith(low)), "")


def offered(
    slot: Slot, context: LineContext, verb: str = "", beside: Mapping[str, str] | None = None
) -> tuple[Offer, ...]:
    """All that may stand in a slot, with what it means, as the line itself completes it there. `verb`, `beside`: what the act begins with,
    and what stands in its other slots by name."""
    kind, given = slot.kind, beside or {}
    if kind in ("action", "result", "result or template"):
        kind += f":{given.get('result' if kind == 'action' else 'action') or verb}"
    elif kind in ("channel", "language"):
        kind += f":{given.get('template') or message.NAMED.get(verb, '')}"
    return slot.choices or tuple(_offers("", (kind,), context))


def _asked(text: str, context: LineContext) -> tuple[int, str, tuple[str, ...]]:
    """Where the last word of a text begins, that word, and the kinds of words the grammar asked for in its place."""
    source = clean(text)
    found = acts(source, lambda low: takes_text(low, context))
    if not found or found[-1].end != len(source):
        return len(text), "", ("verb",)
    act = found[-1]
    last = act.tokens[-1]
    fresh = last.end < len(source)
    named = not fresh and last.key is not None and not last.quote and not last.key_quote
    if last.closed and not (fresh or last.plain or named):
        return len(text), "", ()
    index = len(act.tokens) if fresh and last.closed else len(act.tokens) - 1
    start = len(text) if fresh else last.start
    if index == 0:
        return start, source[start:], ("verb",)
    words = TokenCursor(act, source, context, LineState())
    verb = find(words.verb.low, context, act.tokens[1:]) if words.verb.plain else None
    if verb is not None:
        with contextlib.suppress(Fault):
            verb.read(words)
    if named:  # `item=INV…`
        kinds = (slot.kind for slot in (verb.fields if verb else ()) if slot.called == (last.key or "").lower())
        return last.value_start, source[last.value_start :], tuple(kinds)
    asked = tuple(dict.fromkeys(slot for at, slot in words.asked if at == index))
    if index == 1 and (kind := context.kind_of_result(words.verb.low)) is not None:  # what follows tells the two apart
        asked = (case_fields.slot_of(kind, kind.asked[0]), *asked)
    if not last.closed:  # in quotes only the cell of a row is completed
        part = case_rows.begun(last.text)
        return len(text) - len(part), part, tuple(slot for slot in asked if slot.startswith("cell:"))
    return start, source[start:], asked


def _offers(part: str, slots: Iterable[str], context: LineContext) -> list[Offer]:
    low = part.lower()
    begun: list[Offer] = []
    titled: list[Offer] = []
    seen: set[str] = set()
    for slot in slots:
        for offer, title in of(slot, context):
            if offer in seen:
                continue
            if offer.lower().startswith(low):
                seen.add(offer)
                begun.append((offer, title))
            elif len(low) >= 3 and any(piece.startswith(low) for piece in title.lower().split()):
                seen.add(offer)
                titled.append((offer, title))
    if low:
        begun.sort(key=lambda one: (one[0].lower() != low, len(one[0])))
    return (begun + titled)[:MOST]
