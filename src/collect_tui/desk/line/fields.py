"""A line field by field: the line that fields amount to, the field a mistake belongs to, and the fields of a typed line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from collect_tui.desk.line import case_kind
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.lexer import GONE, ActSource, Token, acts, clean
from collect_tui.desk.line.model import LineError, Parsed, Span
from collect_tui.desk.line.parse import read_act
from collect_tui.desk.line.slot import Slot, shown
from collect_tui.desk.line.verb import Verb
from collect_tui.desk.line.verbs import find, nearest, shadowed, text_begins
from collect_tui.desk.line.words import EXPECTED, LineState
from collect_tui.domain.errors import Invalid


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a slot stands in a line: text[start:end], without what the line puts before it."""

    slot: Slot
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Written:
    """A line that was put together of fields, and where each went."""

    text: str
    places: tuple[Placed, ...]


def write(verb: str, slots: Sequence[Slot], values: Mapping[str, str]) -> Written:
    """The line that fields amount to; an empty field is left out."""
    text = ""
    places: list[Placed] = []
    for slot in (*(one for one in slots if one.leads), None, *(one for one in slots if not one.leads)):
        if slot is None:
            text += f" {verb}" if text else verb
        elif typed := values.get(slot.name, "").strip():
            behind = slot.joined and bool(places) and slots[slots.index(slot) - 1] is places[-1].slot
            text += f"{'' if behind or not text else ' '}{slot.before}"
            start = len(text)
            text += slot.written(typed)
            places.append(Placed(slot, start, len(text)))
    return Written(text, tuple(places))


# --------------------------------------------------------------------------------------------------------- mistakes


def wrong(
    parsed: Parsed, written: Written, slots: Sequence[Slot], values: Mapping[str, str]
) -> tuple[Slot, str] | None:
    """The slot that is wrong or missing, and what to say of it; None: the line says what the fields do."""
    for at, slot in enumerate(slots):
        typed = values.get(slot.name, "").strip()
        alone = slot.joined and not values.get(slots[at - 1].name, "").strip()
        if typed and ((slot.choices and not slot.choice(typed)) or alone):
            return _expected(slots[at - 1] if alone else slot)
    if parsed.errors:
        error = parsed.errors[0]
        here = _wrong_slot(error, written, slots)
        before = _missing(slots[: slots.index(here)], values)
        return (here, error.message) if before is None else _expected(before)
    misread = next((place.slot for place in written.places if not _reads_so(place, parsed)), None)
    misread = misread or _missing(slots, values)  # the line may say something else: `di` alone is the code of a result
    return None if misread is None else _expected(misread)


def _missing(slots: Sequence[Slot], values: Mapping[str, str]) -> Slot | None:
    """The first slot that must be there and is not."""
    return next((slot for slot in slots if slot.needed and not values.get(slot.name, "").strip()), None)


def _expected(slot: Slot) -> tuple[Slot, str]:
    return slot, f"Expected {slot.hint}."


def _wrong_slot(error: LineError, written: Written, slots: Sequence[Slot]) -> Slot:
    """The first empty slot of what is missing, unless the mistake stands before it; else the one that the mistake stands in."""
    within = [place.slot for place in written.places if error.start < place.end and error.end > place.start]
    here = next((slot for slot in within if slot.is_meant(error.code)), within[0] if within else None)
    filled = {place.slot for place in written.places}
    missing = next((slot for slot in slots if slot not in filled and slot.is_meant(error.code)), None)
    if missing is not None and (here is None or slots.index(missing) < slots.index(here)):
        return missing
    return here or (written.places[-1].slot if written.places else slots[0])


def _reads_so(place: Placed, parsed: Parsed) -> bool:
    """Whether the line took every word of a field for what the field is for, such as no second word in an amount."""
    words = re.finditer(r"[^ ]+", parsed.text[place.start : place.end])
    spans = [span for span in parsed.spans if place.slot.reads(span.role)]
    return all(
        any(span.start <= place.start + one.start() and place.start + one.end() <= span.end for span in spans)
        for one in words
    )


def named(slots: Iterable[Slot], field: str | None) -> Slot | None:
    """The slot that a refusal names."""
    slots = tuple(slots)
    exact = next((slot for slot in slots if slot.name == field), None)
    return exact or next((slot for slot in slots if field in slot.also), None)


# ------------------------------------------------------------------------------------------------- a line as fields


def read(text: str, context: LineContext) -> tuple[Verb, dict[str, str]]:
    """The verb of a line, typed to its end or not, and its fields by name; nothing that was typed is left out.

    Invalid: there is no verb in it, or more than one act.
    """
    source = clean(text)
    found = acts(source, lambda low, behind: text_begins(low, behind, context))
    if len(found) > 1:
        raise Invalid("form.acts", "A form is for one act; the line has several.", "verb")
    act = found[0] if found else ActSource((), 0)
    verb, leading = _verb_of(act, context)
    values = {slot.name: act.tokens[0].text for slot in verb.fields if leading and slot.leads}
    _, error, spans = read_act(act, source, context, LineState())
    names = {slot.called for slot in verb.fields}
    left = [one for one in act.tokens[1 + leading :] if one.text or one.quote or (one.key or "").lower() not in names]
    for span in sorted(spans, key=lambda span: span.start):
        words = [token for token in left if span.start <= token.start < span.end]
        if words and (span.role == "confirm" or _put(values, verb, span, words, source)):
            left = [token for token in left if token not in words]
    if left:
        rest = source[left[0].start : left[-1].end].replace(GONE, "")
        code = error.code if error is not None else ""
        free = (slot for slot in verb.fields if slot.name not in values and slot.is_meant(code))
        slot = next(free, verb.fields[-1])
        if not _split(values, verb, slot, rest):
            values[slot.name] = f"{values.get(slot.name, '')} {rest}".strip()
    return verb, values


def _verb_of(act: ActSource, context: LineContext) -> tuple[Verb, bool]:
    """The verb, and whether an action stands before it; a result that a verb shadows has a form behind its action only."""
    low = act.tokens[0].low if act.tokens and act.tokens[0].plain else ""
    second = act.tokens[1].low.upper() if len(act.tokens) > 1 else ""
    leading = low.upper() in context.codes.actions and second in context.codes.results and not shadowed(second)
    kind = context.kind_of_result(low) if len(act.tokens) == 1 else None  # a result alone needs no form
    verb = case_kind.verb_of(kind) if kind is not None else None
    verb = verb or find(second.lower() if leading else low, context, act.tokens[1 + leading :])
    if verb is None:
        near = nearest(low, context) if low else ()
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        raise Invalid("form.verb", f"Expected {EXPECTED['verb']}.{hint}", "verb")
    return verb, leading


def _put(values: dict[str, str], verb: Verb, span: Span, words: Sequence[Token], source: str) -> bool:
    """What was read goes to the first slot that is for it; False: to none."""
    typed = source[words[0].start : words[-1].end].replace(GONE, "")
    for slot in verb.fields:
        if not slot.reads(span.role) or (slot.name in values and not slot.many):
            continue
        if slot.choices and not slot.joined and slot.choice(typed) != typed.lower():
            continue
        if not slot.pattern:
            values[slot.name] = f"{values.get(slot.name, '')} {_typed(slot, words, typed)}".strip()
            return True
        if _split(values, verb, slot, typed):
            return True
    return False


def _split(values: dict[str, str], verb: Verb, slot: Slot, typed: str) -> bool:
    """A word that holds several slots, to each its own; False: this one stands alone, or the word is none of it."""
    at = verb.fields.index(slot)
    while verb.fields[at].joined:
        at -= 1
    match = re.fullmatch(verb.fields[at].pattern, typed, re.IGNORECASE)
    parts = match.groups() if match is not None else ()
    values |= {one.name: text for one, text in zip(verb.fields[at:], parts, strict=False) if text}
    return bool(parts)


def _typed(slot: Slot, words: Sequence[Token], typed: str) -> str:
    """What a field shows of it: without the quotes and the key that the line writes itself."""
    one = words[0]
    own = one.key is not None and one.key.lower() == slot.called
    if len(words) == 1 and own and one.quote == "`":
        return typed[one.value_start - one.start :]
    if len(words) == 1 and (own or slot.key or slot.writing != "words") and one.quote != "`":
        if own or (one.key is None and (slot.writing != "code" or not one.quote)):
            return shown(one.text) if slot.writing == "text" else one.text
        return typed
    return typed[len(slot.before) :] if slot.before and typed.lower().startswith(slot.before) else typed
