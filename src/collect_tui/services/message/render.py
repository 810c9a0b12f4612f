"""A template filled with a context, for one channel in one language: the document of it, and that as the channel sends it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from typing import Any, Final, TypeVar

from collect_tui.domain.card_text import mask_card
from collect_tui.domain.errors import Refused
from collect_tui.domain.message.context import MessageContext, slots
from collect_tui.domain.message.segments import Segments, segments
from collect_tui.domain.message.template import TEXTS, Language
from collect_tui.services.message.document import Document, Values, read
from collect_tui.services.message.formats import Formats
from collect_tui.services.message.placeholders import compiled

_T = TypeVar("_T")
#: Of the pieces of `messages.toml` that one which is read for the placeholder on a channel; on any other it is empty.
_BY_CHANNEL: Final = {"opt_out": {"email": "opt_out_email", "sms": "opt_out_sms"}}


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message as it would leave. `subject` is one line; `html` is None for what is a short text only."""

    subject: str
    text: str
    html: str | None
    segments: Segments | None
    document: Document


def render(
    source: str,
    channel: str,
    context: MessageContext,
    language: Language,
    formats: Formats,
    known: Collection[str] = (),
) -> Rendered:
    """Fills a text that `placeholders.examine` found nothing wrong with. `known` are numbers that are no card's.

    Refused "message.missing" when the context lacks what the text prints whatever is known.
    """
    values = Values()
    # Words may print placeholders, but no other words, and are filled when the text names them; the salutation is a part of the party.
    pieces = (*(name for name, slot in slots().items() if slot.kind == "words"), "salutation")
    said = {name: _piece(language, name, channel) for name in pieces if name in source}
    named = "".join((source, *said.values()))  # what no text names need not be gone through
    asked = (f.name for f in fields(context) if f.name == "party" or f.name in named)
    names: dict[str, Any] = {
        **{name: _marked(getattr(context, name), values, known) for name in asked},
        "money": lambda minor: values.mark(formats.money(minor)),
        "date": _Dates(values, formats, context.date),
        "table": lambda rows, *columns: _table(rows, columns, language, values, formats),
    }
    words = {name: _filled(piece, names) for name, piece in said.items()}
    party = replace(names["party"], salutation=words.get("salutation", ""))
    document = read(_filled(source, {**names, **words, "party": party}), values, formats.tag)
    if channel in TEXTS:
        text = " ".join(" ".join(block.words for block in document.blocks).split())
        return Rendered("", text, None, segments(text) if channel == "sms" else None, document)
    return Rendered(document.title, document.text(), document.html(), None, document)


def _filled(source: str, names: Mapping[str, Any]) -> str:
    from jinja2 import UndefinedError

    try:
        return compiled(source).render(names)
    except (UndefinedError, AttributeError, TypeError):
        raise Refused("message.missing", "The account has not all that this message speaks of.", "template") from None


def _piece(language: Language, name: str, channel: str) -> str:
    key = _BY_CHANNEL[name].get(channel, "") if name in _BY_CHANNEL else name
    return language.words.get(key, "")


def _marked(value: _T, values: Values, known: Collection[str]) -> _T:
    """A value of the context, every text in it a mark; what is a card number in it is masked."""
    if isinstance(value, str):
        return values.mark(mask_card(value, known))  # type: ignore[return-value]
    if isinstance(value, tuple):
        return tuple(_marked(each, values, known) for each in value)  # type: ignore[return-value]
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: _marked(getattr(value, f.name), values, known) for f in fields(value)})
    return value


class _Dates:
    """What `date` is in a template: the day it is written, and the function that writes any other."""

    def __init__(self, values: Values, formats: Formats, today: date) -> None:
        self._values, self._formats, self._today = values, formats, today

    def __call__(self, day: date) -> str:
        return self._values.mark(self._formats.day(day))

    def __str__(self) -> str:
        return self(self._today)


def _table(rows: Sequence[Any], columns: Sequence[str], language: Language, values: Values, formats: Formats) -> str:
    """A table in Markdown; nothing where there is no row."""
    if not rows:
        return ""
    known = slots(type(rows[0]))

    def cell(row: Any, column: str) -> str:
        value = getattr(row, column)
        match known[column].kind:
            case "amount":
                return values.mark(formats.money(value))
            case "day":
                return values.mark(formats.day(value))
            case _:
                return str(value)

    head = [values.mark(language.columns[column]) for column in columns]
    lines = ["---:" if known[column].kind in ("amount", "count") else "---" for column in columns]
    table = [head, lines, *([cell(row, column) for column in columns] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in table)
