"""What could be typed next: completion from what the grammar itself asked for at the cursor."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from collect_tui.common.text import fold
from collect_tui.desk.line import case_fields, case_rows, message
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.lexer import acts, clean
from collect_tui.desk.line.model import MAX_CHARACTERS, Candidate, Fault
from collect_tui.desk.line.offers import Offer, of, why_none
from collect_tui.desk.line.slot import Slot
from collect_tui.desk.line.verbs import find, text_begins
from collect_tui.desk.line.words import EXPECTED, LineState, TokenCursor

MOST: Final = 1000


def complete(text: str, cursor: int, context: LineContext) -> tuple[Candidate, ...]:
    """Words that could stand at the cursor, best first: those that begin as typed, then those whose title has such a word."""
    cursor = max(0, min(cursor, len(text)))
    if len(text) > MAX_CHARACTERS:
        return ()
    start, part, slots = _asked(text[:cursor], context)
    return tuple(Candidate(offer, title, start) for offer, title in _offers(part, slots, context))


class Listing(NamedTuple):
    """What F4 lists, best first, and what is to be said of it: why it is all that there is, or why there is nothing."""

    candidates: tuple[Candidate, ...]
    said: str = ""


NOTHING: Final = "Nothing is to be listed here: this is free text, or the line is wrong before it."
NONE_OF_THESE: Final = "What is typed is none of these; all are listed."


def listing(text: str, cursor: int, context: LineContext) -> Listing:
    """What could stand at the cursor, narrowed by what is typed there: where nothing is like that, all that could stand in its place.
    Right behind a word that is wrong, what could stand instead."""
    cursor = max(0, min(cursor, len(text)))
    if len(text) > MAX_CHARACTERS:
        return Listing(())
    start, part, slots = _asked(text[:cursor], context)
    if not slots and not part:
        start, part, slots = _asked(text[:cursor].rstrip(), context)
        right = any(offer.lower() == part.lower() for offer, _ in _offers(part, slots, context))
        slots = () if right else slots
    found, said = _offers(part, slots, context), ""
    if not found and part.strip() and part[0] not in '"`':
        found, said = _offers("", slots, context), NONE_OF_THESE
    if not found:
        return Listing((), why_none(slots, context) or _expected(slots) or NOTHING)
    return Listing(tuple(Candidate(offer, title, start) for offer, title in found), said)


def _expected(slots: Iterable[str]) -> str:
    typed = next((EXPECTED[slot] for slot in slots if slot in EXPECTED), "")
    return f"Nothing is to be listed here: expected {typed}." if typed else ""


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
    found = acts(source, lambda low, behind: text_begins(low, behind, context))
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
    if not asked and words.asked and words.asked[-1][1] == "value":  # which goes to the end of the act
        index = words.asked[-1][0]
        asked = tuple(dict.fromkeys(slot for at, slot in words.asked if at == index))
        return act.tokens[index].start, source[act.tokens[index].start :], asked
    if index == 1 and (kind := context.kind_of_result(words.verb.low)) is not None:  # what follows tells the two apart
        asked = (case_fields.slot_of(kind, kind.asked[0]), *asked)
    if not last.closed:  # of rows in quotes the cell that is being typed
        cells = tuple(slot for slot in asked if slot.startswith("cell:"))
        part = case_rows.begun(last.text) if cells else source[start:]
        return len(text) - len(part), part, cells or asked
    return start, source[start:], asked


def _offers(part: str, slots: Iterable[str], context: LineContext) -> list[Offer]:
    titles: dict[str, str] = {}
    for slot in slots:
        for offer, title in of(slot, context):
            titles.setdefault(offer, title)
    return narrowed(part, titles.items())[:MOST]


def narrowed(part: str, offers: Iterable[Offer]) -> list[Offer]:
    """Those that begin as typed, the shortest first, then those whose title has words that begin so, from three letters on."""
    low, words = part.strip().lower(), fold(part).split()
    begun: list[Offer] = []
    titled: list[Offer] = []
    for offer, title in offers:
        if offer.lower().startswith(low):
            begun.append((offer, title))
        elif len(low) >= 3 and words and _means(fold(title).split(), words):
            titled.append((offer, title))
    if low:
        begun.sort(key=lambda one: (one[0].lower() != low, len(one[0])))
    return begun + titled


def _means(pieces: Sequence[str], words: Iterable[str]) -> bool:
    return all(any(piece.startswith(word) for piece in pieces) for word in words)
