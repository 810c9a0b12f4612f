"""Values as the line writes them (so that it reads them back) and as people say them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.lexer import is_clean, literal, quote, raw, word
from collect_tui.domain.account.notes import expand, open_slot
from collect_tui.domain.dates import MONTHS, WEEKDAYS, format_day
from collect_tui.domain.errors import Invalid
from collect_tui.domain.money import exponent, format_minor
from collect_tui.domain.typed_dates import parse_date, parse_moment

# ------------------------------------------------------------------------------------------------- as the line writes


def amount(minor: int, context: LineContext) -> str:
    """`150`, `412.10`: no grouping, no decimals that are all zero."""
    text = format_minor(minor, context.currency, grouping=False)
    digits = exponent(context.currency)
    return text[: -digits - 1] if digits and text.endswith("." + "0" * digits) else text


def day(when: date, context: LineContext, *, past: bool = False) -> str:
    """The shortest way to type a date: `t`, `fri`, `15dec`, else `2027-12-15`."""
    return next(text for text in day_forms(when, context.today) if _reads(text, when, context, past))


def day_forms(when: date, today: date) -> list[str]:
    """Ways to type a date, shortest first; which of them hold depends on the day. The last one always does."""
    forms = ["t"] if when == today else []
    if (today - when).days == 1:
        forms.append("y")
    if 0 < (when - today).days <= 7:
        forms.append(WEEKDAYS[when.weekday()][:3].lower())
    return [*forms, f"{when.day}{MONTHS[when.month - 1][:3].lower()}", when.isoformat()]


def _reads(text: str, when: date, context: LineContext, past: bool) -> bool:
    try:
        return parse_date(text, context.today, context.calendar, past=past, order=context.date_order) == when
    except Invalid:
        return text == when.isoformat()


def moment(at: datetime, context: LineContext) -> str:
    """`tue 9:30` in the local time that the line is typed in; an instant where that would say something else."""
    there = context.now_there
    local = at.astimezone(there.tzinfo)
    for form in day_forms(local.date(), there.date()):
        text = f"{form} {local.hour}:{local.minute:02d}"
        try:
            if parse_moment(text, there, order=context.date_order) == at:
                return text
        except (Invalid, OverflowError):
            continue
    utc = at.astimezone(UTC)
    if utc.second or utc.microsecond:
        return utc.replace(tzinfo=None).isoformat() + "Z"
    return f"{utc:%Y-%m-%dT%H:%M}Z"


def method(name: str | None, context: LineContext) -> str:
    """`gcash`, or `by="money order"` for what the site has no word for."""
    if not name:
        return ""
    return name if name in context.codes.methods else f"by={word(name)}"


def note(text: str, context: LineContext, typed: str | None = None) -> str:
    """A note so that it comes back the same: as typed where that is known, else exactly as it stands.

    `typed` None: the command does not keep how it was typed.
    """
    if not text and not typed:
        return ""
    source = text if typed is None else typed
    return quote(source) if reads_back(source, text, context) else raw(text)


def reads_back(source: str, text: str, context: LineContext) -> bool:
    """Whether the line, given this source of a note in quotes, makes that text of it."""
    shorts = context.abbreviations
    return bool(source) and is_clean(source) and expand(source, shorts) == text and open_slot(source, shorts) is None


def why(text: str) -> str:
    return literal(text) if text else ""


def join(*parts: str | None) -> str:
    return " ".join(part for part in parts if part)


# --------------------------------------------------------------------------------------------------- as people say it


def money(minor: int, context: LineContext) -> str:
    return format_minor(minor, context.currency)


def date_said(when: date, context: LineContext) -> str:
    return format_day(when, context.today)


def moment_said(at: datetime, context: LineContext) -> str:
    """`Tue 24 Nov 09:30 (customer's time, Chicago UTC-06:00)`."""
    there = context.now_there
    local = at.astimezone(there.tzinfo)
    return f"{format_day(local.date(), there.date())} {local:%H:%M} ({context.zone_label(at)})"


def quoted(text: str) -> str:
    """A text as part of a sentence."""
    return f'"{" ".join(text.split())}"' if text else ""


def sentence(*parts: str | None) -> str:
    return " · ".join(part for part in parts if part)
