"""Free text at the end of an act: notes and reasons in words, and what may not begin one.

A note begins with a plain word. What looks like a point, an amount, a date, a time, an item, `key=value` or a further
part and fits nowhere is refused at the word, and so is a code, a day or an amount of the account that stands alone: it
was meant as something, and a note would hide that it was not taken. In quotes everything is text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Final

from collect_tui.desk.line import look, slots
from collect_tui.desk.line.lexer import GONE, Token
from collect_tui.desk.line.look import Look
from collect_tui.desk.line.vocabulary import BEFORE_FIGURES
from collect_tui.desk.line.words import QUOTE_IT, TokenCursor
from collect_tui.domain.account.notes import expand, open_slot

NOTE_LIMIT: Final = 4000


def note(words: TokenCursor, *, anything: bool = False) -> tuple[str, str]:
    """The note and how it was typed: the rest of the act, abbreviations written out; both empty when nothing is left.

    Text in backticks is taken exactly as it stands, and then `typed` is empty. `anything`: it may begin with any word.
    """
    words.ask("note")
    if words.peek() is None:
        return "", ""
    quoted = words.literal()
    if quoted is None and not anything:
        _begins(words)
    text = quoted.text if quoted is not None else words.rest()
    first = words.tokens[words.pos]
    words.take("note", len(words.tokens) - words.pos)
    if quoted is not None and quoted.quote == "`":
        full, typed = text, ""
    else:
        full, typed = expand(text, words.context.abbreviations), text
        _slots_filled(words, first, text, quoted=quoted is not None)
    if len(full) > NOTE_LIMIT or len(typed) > NOTE_LIMIT:
        words.reject(first, "note", f"Expected a note of at most {NOTE_LIMIT:,} characters, abbreviations written out.")
    return full, typed


def _slots_filled(words: TokenCursor, first: Token, text: str, *, quoted: bool) -> None:
    """An abbreviation with a slot that nothing fills is an error at its word."""
    found = open_slot(text, words.context.abbreviations)
    if found is None:
        return
    places = _places(words.source, first.start + quoted, '"' if quoted else "")
    start, end = places[found.start], places[found.end - 1] + 1
    name = text[found.start : found.end]
    words.reject(
        Token(start, end, name, name.lower()),
        "note",
        f"Fill in {found.slot}: type it after {name}, or \\{name} to keep {name}.",
        f"{found.slot[1:-1]} after {name}",
    )


def _places(source: str, start: int, quote: str) -> list[int]:
    """Where each character of a note stands in the line; removed characters and doubled quotes are skipped."""
    places: list[int] = []
    at = start
    while at < len(source):
        if source[at] != GONE and (quote or places or source[at] != " "):
            places.append(at)
        at += 2 if quote and source[at : at + 2] == quote * 2 else 1
    return places


def why(
    words: TokenCursor, *, slot: str = "why", most: int = NOTE_LIMIT, required: bool = True, anything: bool = False
) -> str:
    """Free text to the end of the act, word for word: nothing is written out. `anything`: it may begin with any word."""
    words.ask(slot)
    if words.peek() is None:
        if required:
            words.missing(slot)
        return ""
    quoted = words.literal()
    if quoted is None and not anything:
        _begins(words, "the reason")
    text = quoted.text if quoted is not None else words.rest()
    first = words.tokens[words.pos]
    words.take("text", len(words.tokens) - words.pos)
    if required and not text.strip():
        words.reject(first, slot)
    if len(text) > most:
        words.reject(first, slot, f"Expected at most {most:,} characters.")
    return text


# ------------------------------------------------------------------------------------------------- what begins no text


def _begins(words: TokenCursor, what: str = "a note") -> None:
    """Refuses the first word that was meant as something else, or one further on that no prose has."""
    asked = {slot for _, slot in words.asked}
    found = _first(words, asked) or _further(words, asked)
    if found is None:
        return
    token, seen = found
    words.reject(token, seen.slot, _refusal(words, seen, asked, what), seen.title)


def _first(words: TokenCursor, asked: Collection[str]) -> tuple[Token, Look] | None:
    token = words.tokens[words.pos]
    seen = look.sure(token, words.context) or _alone(words, words.pos, asked)
    return None if seen is None else (token, seen)


def _alone(words: TokenCursor, at: int, asked: Collection[str]) -> Look | None:
    """What a word of letters looks like if no prose follows it: nothing does, or quoted text, or no word of prose.

    A code with a figure behind it is prose as well (`at 9:30`, `in 2 weeks`), unless the figure is its own (`pp 150`).
    """
    token = words.tokens[at]
    after = words.tokens[at + 1] if at + 1 < len(words.tokens) else None
    seen = look.maybe(token, words.context, asked)
    if after is None or not after.plain:
        return seen
    figure = look.sure(after, words.context)
    if figure is not None and token.low in BEFORE_FIGURES:
        return look.ACT
    if figure is not None:
        return seen if seen is not look.ACT or figure.slot == "point" else None
    return seen if seen is not None and _alone(words, at + 1, asked) is not None else None


def _further(words: TokenCursor, asked: Collection[str]) -> tuple[Token, Look] | None:
    """An option of the line, or a further part of a promise, that stands behind a word of prose."""
    left = words.tokens[words.pos :]
    for at, token in enumerate(left):
        if token.key is not None and token.key.lower() in look.OPTIONS and not token.key_quote:
            return token, look.LATE
        if "part" in asked and _is_part(words, left[at : at + 3], first=at == 0):
            return token, look.PART
    return None


def _is_part(words: TokenCursor, three: Collection[Token], *, first: bool) -> bool:
    """`+ 77.60`, `+77.60`; and `and 77.60 15/12` right after what the line has read."""
    seen = [look.sure(token, words.context) or look.maybe(token, words.context, ()) for token in three]
    figures = [one is not None and (one.slot == "amount" or one.title == look.NUMBER.title) for one in seen]
    token = next(iter(three))
    if seen[0] is look.PART:
        return token.low != "+" or any(figures[1:2])
    dated = len(seen) > 2 and seen[2] is not None and seen[2].slot in ("date", "point", "number")
    return first and token.low in ("and", "then", "plus", "&") and figures[1:2] == [True] and dated


def _refusal(words: TokenCursor, seen: Look, asked: Collection[str], what: str) -> str:
    taken = any(span.role == seen.slot for span in words.spans)
    if words.instead:
        why = words.instead
    elif seen is look.PART and "part" in asked:
        why = "+ AMOUNT DATE stands right after the date"
    elif seen is look.ACT:
        why = "A second act stands behind a semicolon"
    elif seen is look.LATE:
        why = "key=value stands before the note"
    elif seen.slot == "point" and "point" in asked and not taken and words.context.number is not None:
        return slots.no_such_point(words, what)
    else:
        why = f"{'Only one' if taken and seen is not look.PART else 'No'} {seen.title} fits here"
    return f"{why}; {QUOTE_IT.format(what)}"


# --------------------------------------------------------------------------------------------------------------- slips


def meant(words: TokenCursor, slot: str, table: Mapping[str, str], what: str) -> None:
    """Refuses a lone word that is a slip for one of the table, of a kind that was asked for here; longer text is left alone."""
    token = _untaken(words, slot)
    if token is not None and words.peek(1) is None and (best := _slip(token.low, table)):
        words.reject(token, slot, f"Did you mean {best}? Quote the word to make it a note.", f"{what} such as {best}")


def no_other(
    words: TokenCursor,
    slot: str,
    table: Mapping[str, str],
    what: str,
    *,
    stands_for: bool = True,
    then: re.Pattern[str] | None = None,
) -> None:
    """Refuses a word that stands where a code of the table may and is none, of which the note would hide that it was not taken: a slip that
    no prose follows; and, where nothing said `stands_for` a code all the same, any word that stands alone at its very place.
    `then`: what may stand behind such a word, and makes it no prose."""
    token = _untaken(words, slot)
    if token is None or not token.low.isalpha() or not table:
        return
    more = "Quote it if it is a note."
    if (best := _slip(token.low, table)) and words.ends_here():
        message = f"{token.text} is no {what}. Did you mean {best}? {more}"
        words.reject(token, slot, message, f"a {what} such as {best}")
    place = next((at for at, asked in words.asked if asked.partition(":")[0] == slot), None)
    if stands_for and place == words.pos and look.maybe(token, words.context, ()) is None and _alone_there(words, then):
        words.unknown(token, slot, what, table, more=more)


def _untaken(words: TokenCursor, slot: str) -> Token | None:
    """The next word, which may be meant as a code of a kind of which none has been read."""
    token = words.bare()
    if token is None or token.low in words.context.abbreviations or any(span.role == slot for span in words.spans):
        return None
    return token


def _alone_there(words: TokenCursor, then: re.Pattern[str] | None) -> bool:
    """Whether nothing stands behind the next word but quoted text, and what may."""
    return all(
        each.key is None
        and (
            each.quote
            or (then is not None and (then.fullmatch(each.text) or look.maybe(each, words.context, ()) is not None))
        )
        for each in words.tokens[words.pos + 1 :]
    )


def _slip(low: str, table: Mapping[str, str]) -> str | None:
    """The name of the table that a word is probably a slip for."""
    names = [name.lower() for name in table if name != "other"]
    near = [name for name in names if 0 < _slips(low, name) <= (1 if len(name) < 5 else 2)]
    return min(near, key=lambda name: _slips(low, name)) if near else None


def _slips(one: str, other: str) -> int:
    """Letters to add, leave out, change or swap with their neighbour to turn one word into the other; 9 when too many."""
    if abs(len(one) - len(other)) > 2:
        return 9
    rows = [list(range(len(other) + 1))]
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            cost = min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, rows[i - 2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]
