"""Days and moments as words of the line."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Final

from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.lexer import Token
from collect_tui.desk.line.words import TokenCursor
from collect_tui.domain.dates import MONTHS, WEEKDAYS, out_of_range, within
from collect_tui.domain.errors import Invalid
from collect_tui.domain.typed_dates import NO_DATE, parse_date, parse_moment

_DAY_NUMBER = re.compile(r"[0-9]{1,2}")
_FIGURES = re.compile(r"[0-9]{1,2}|[0-9]{4}")
_YEAR = re.compile(r"[0-9]{4}")
_MAYBE_DATE = re.compile(
    r"t|y|tom|tomorrow|today|yesterday|eom|[+-][0-9]+[dwmb]?|[0-9]{1,3}[dwm]|[a-z]{3,9}|[0-9]{1,2}[a-z]{3,9}(?:[0-9]{4})?"
    r"|[a-z]{3,9}[0-9]{1,2}|[0-9]{1,2}/[0-9]{1,2}(?:/[0-9]{4})?|[0-9]{4}-[0-9]{2}-[0-9]{2}"
)
_STEP = re.compile(r"\+[0-9]{1,6}(?:[a-z][0-9a-z]{0,8})?")
"""`+2h`, `+7`, and what was meant to be one; from seven digits on it is a telephone number."""
_CLOCK = re.compile(r"[0-9]+:[0-9:]*[a-z]*|[0-9]{1,4}(?:am|pm)")
_DURATION = re.compile(r"[0-9]{1,3}[dwm]")
_MOMENT_WORD = re.compile(r"[+\-]?[0-9a-z:/\-]{1,12}")
_MINUTES = re.compile(r"\+[0-9]+m")  # months, were it a date
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}t[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?z")


def day(words: TokenCursor, *, past: bool = False) -> date:
    """A date, which must be there: one word, or two or three such as `15 dec 2026`."""
    token = words.require("date")
    width = _date_width(words)
    text = " ".join(words.tokens[words.pos + at].low for at in range(width))
    if not token.plain:
        words.reject(token, "date")
    found = date_of(words, token, text, past=past)
    words.take("date", width)
    return found


def date_of(words: TokenCursor, token: Token, text: str, *, past: bool = False, base: date | None = None) -> date:
    """The date that a text stands for, from `base` (default: today); `token` is where an error is shown."""
    context = words.context
    try:
        return parse_date(text, base or context.today, context.calendar, past=past, order=context.date_order)
    except Invalid as error:
        words.reject(token, "date", "" if error.code == "date.malformed" else error.message)


def maybe_day(
    words: TokenCursor, *, past: bool = False, durations: bool = False, wide: bool = False, figures: bool = False
) -> date | None:
    """A date where a note could begin as well: bare numbers and two-letter weekdays are no date here.

    With `durations`, `5d` `2w` `1m` count from today as `+5d` does; with `wide` a date may be two or three words; with
    `figures` a bare number that stands alone (`15`, `1512`) is one.
    """
    words.ask("date")
    token = words.bare()
    if wide and token is not None and _date_width(words) > 1:
        return day(words, past=past)
    if token is not None and _STEP.fullmatch(token.low) and not _MAYBE_DATE.fullmatch(token.low):
        words.reject(token, "date")
    if figures and token is not None and _FIGURES.fullmatch(token.low) and words.ends_here():
        return day(words, past=past)
    if token is None or not _MAYBE_DATE.fullmatch(token.low):
        return None
    text = token.low
    if _DURATION.fullmatch(text):
        if not durations:
            return None
        text = f"+{text}"
    elif text.isalpha() and len(text) > 2 and not (text in _DAY_WORDS or _is_weekday(text)):
        return None
    try:
        found = parse_date(text, words.context.today, words.context.calendar, past=past, order=words.context.date_order)
    except Invalid as error:
        if error.code not in NO_DATE:
            words.reject(token, "date", error.message)
        if text[0] in "+-" or "/" in text or (text[0].isdigit() and text[-1].isdigit()):
            words.reject(token, "date")
        return None
    words.take("date")
    return found


def is_day(low: str, context: LineContext) -> bool:
    """Whether words are a date and nothing else."""
    try:
        parse_date(low, context.today, order=context.date_order)
    except Invalid:
        return False
    return True


_DAY_WORDS: Final = frozenset(("tom", "tomorrow", "today", "yesterday", "eom"))
_MONTH_NAMES: Final = tuple(month.lower() for month in MONTHS)


def _is_weekday(low: str) -> bool:
    return any(name.lower().startswith(low) for name in WEEKDAYS)


def _is_month(low: str) -> bool:
    return len(low) >= 3 and any(name.startswith(low) for name in _MONTH_NAMES)


def _date_width(words: TokenCursor) -> int:
    """How many words the date takes: `15 dec`, `dec 15` and `15 dec 2026` are one date."""
    first, second, third = words.peek(), words.peek(1), words.peek(2)
    if first is None or second is None or not (first.plain and second.plain):
        return 1
    if _DAY_NUMBER.fullmatch(first.low) and _is_month(second.low):
        return 3 if third is not None and third.plain and _YEAR.fullmatch(third.low) else 2
    return 2 if _is_month(first.low) and _DAY_NUMBER.fullmatch(second.low) else 1


def moment(words: TokenCursor) -> datetime:
    """When to call back, as a UTC instant; typed in the customer's local time where it is known, else the desk's.

    As many words as make a moment: `tue 9:30`, `+2h`, `15 dec 2pm`; or an instant such as `2026-12-15T14:30Z`.
    """
    token = words.require("moment")
    trouble = ""
    width = 0
    while width < 4 and (next_ := words.peek(width)) is not None and next_.plain and _MOMENT_WORD.fullmatch(next_.low):
        width += 1
    if token.plain and _INSTANT.fullmatch(token.low):
        return _instant(words, token)
    for count in range(width, 0, -1):
        text = " ".join(words.tokens[words.pos + at].low for at in range(count))
        try:
            when = parse_moment(text, words.context.now_there, order=words.context.date_order)
        except Invalid as error:
            if error.code != "moment.malformed":
                trouble = trouble or error.message
            continue
        except OverflowError:
            continue
        if is_day(text, words.context) and not _MINUTES.fullmatch(text):
            when = words.context.within_hours(when)
        for at in range(1, count + 1):
            words.asked.append((words.pos + at, "time"))
        words.take("moment", count)
        return when.astimezone(UTC)
    words.reject(token, "moment", trouble)


def looks_timed(token: Token | None) -> bool:
    """Whether a word looks like a time or a number of days from now, be it one or not: `25:30`, `13pm`, `+2x`."""
    return token is not None and token.plain and bool(_CLOCK.fullmatch(token.low) or _STEP.fullmatch(token.low))


def no_time(words: TokenCursor, *, after: int = 0) -> None:
    """Before a note: its first word must not be a mistyped time or date, which would leave something else booked.

    `after` is where the words of a callback's moment end, 0 for what has none. With such a moment read, a time that is
    right but stands apart from its day is refused, too.
    """
    token = words.bare()
    if token is None:
        return
    read = next((words.source[span.start : span.end] for span in words.spans if span.role == "moment"), "")
    timed = not is_day(read.lower(), words.context)
    if (
        after
        and not timed
        and words.pos == after
        and token.low.isascii()
        and token.low.isdigit()
        and len(token.low) < 5
    ):
        words.reject(token, "moment", _NO_TIME)
    if not looks_timed(token):
        return
    if token.low[0] == "+":
        if after:
            words.reject(token, "moment", "A time from now stands alone, such as cb +2h; quote it to make it a note.")
        try:
            parse_date(token.low, words.context.today, words.context.calendar)
        except Invalid:
            words.reject(token, "date")
        return
    if not _is_clock(token.low):
        words.reject(token, "moment", _NO_TIME)
    if after and not timed:
        words.reject(token, "moment", "Expected the time right after the day; quote it to make it a note.")


_NO_TIME: Final = "No such time; expected one such as 9:30 or 2pm. Quote it to make it a note."


def _is_clock(low: str) -> bool:
    """Whether a word is a time of day."""
    midnight = datetime(2000, 1, 1, tzinfo=UTC)
    try:
        parse_moment(f"tom {low}", midnight)
    except Invalid:
        return False
    return True


def _instant(words: TokenCursor, token: Token) -> datetime:
    try:
        when = datetime.fromisoformat(token.text.upper())
    except ValueError:
        words.reject(token, "moment")
    if when <= words.context.now_local:
        words.reject(token, "moment", "Expected a time still to come.")
    if not within(when.date(), words.context.today):
        words.reject(token, "moment", out_of_range().message)
    words.take("moment")
    return when
