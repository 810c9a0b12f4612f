"""What a typed line means, as the rows below it say it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from collect_tui.desk.views.said import asking
from collect_tui.domain.wording import quoted
from collect_tui.tui.render.roles import Role
from collect_tui.tui.render.styled import Line, Span

if TYPE_CHECKING:
    from collect_tui.desk.line.model import Parsed
    from collect_tui.desk.views.act import Preview, Receipt, Said

#: How each kind of sentence looks; what is never cut is a warning at least.
_TONES: Final[dict[str, Role]] = {
    "refused": Role.BAD,
    "warning": Role.WARN,
    "replaced": Role.WARN,
    "done": Role.VALUE,
    "next": Role.LABEL,
    "later": Role.LABEL,
    "allowed": Role.GOOD,
}

_AGAIN: Final = " again after Enter: those on the line do not count"


def meaning_line(parsed: Parsed) -> Line:
    """What it means, before the desk has said what it would do."""
    return _joined([*_warnings(parsed), (_meaning(parsed), Role.VALUE)])


def wrong_line(parsed: Parsed) -> Line:
    """The first mistake, then what is understood so far; milder and last while only something is still missing at the end."""
    error = parsed.errors[0]
    if error.start >= len(parsed.text.rstrip()):
        return _joined([(_meaning(parsed), Role.VALUE), (error.message, Role.LABEL)])
    return _joined([(error.message, Role.WARN), (_meaning(parsed), Role.VALUE)])


def preview_line(parsed: Parsed, preview: Preview, asked: Parsed | None = None) -> Line:
    """What the desk would do, in its own sentences and their order; what the line itself is warned of stands with its warnings.

    `asked`: the line it was asked about, where only notes differ from what stands there now.
    """
    told = said_parts(each for each in preview.said if each.kind != "allowed" or not parsed.warnings)
    if preview.confirm is not None and early(parsed):
        asked_for = asking(preview.confirm)
        told = [(f"{text}{_AGAIN}" if text == asked_for else text, role) for text, role in told]
    for old, new in zip(_notes(asked), _notes(parsed), strict=False):
        told = [(text.replace(quoted(old), quoted(new)) if old != new else text, role) for text, role in told]
    first = next((at for at, (_, role) in enumerate(told) if role is not Role.BAD), len(told))
    return _joined([*told[:first], *_warnings(parsed), *told[first:]])


def early(parsed: Parsed) -> bool:
    """Does the line bring what is only to be typed once it has been asked for?"""
    return any(command.outside and command != command.unanswered() for command in parsed.commands)


def _notes(parsed: Parsed | None) -> list[str]:
    """The free text of each act."""
    acts = parsed.commands if parsed is not None else ()
    return [getattr(act, "note", "") or getattr(act, "text", "") for act in acts]


def receipt_line(receipt: Receipt, before: str = "") -> Line:
    """What was done and what is next, in the desk's sentences; `before` says on which account."""
    line = _joined([(text, Role.GOOD if role is Role.VALUE else role) for text, role in said_parts(receipt.sentences)])
    return Line((Span(before, Role.GOOD), *line.spans)) if before else line


def said_parts(sentences: Iterable[Said]) -> list[Part]:
    """Sentences with what each is."""
    return [(each.text, _TONES[each.kind]) for each in sentences]


#: A part of what is said: the words and what they are.
Part = tuple[str, Role]


def _joined(parts: Sequence[Part]) -> Line:
    kept = [part for part in parts if part[0]]
    return Line(tuple(Span(f" · {words}" if at else words, role) for at, (words, role) in enumerate(kept)))


def field_span(parsed: Parsed, field: str | None) -> tuple[int, int] | None:
    """Where the word stands that a refusal is about; None when it is about no word of the line."""
    own = (span for span in parsed.spans if field and ":" in span.role and span.role.endswith(f".{field}"))
    if (found := next(own, None)) is not None:  # a field of a case
        return found.start, found.end
    from collect_tui.desk.line.slot import CARRIES  # the whole grammar, which no first frame waits for
    from collect_tui.desk.line.verbs import VERBS

    slots = (slot for each in (*(verb.slots for verb in VERBS.values()), *CARRIES.values()) for slot in each)
    meant = sorted((slot.reads_as for slot in slots if field in (slot.name, *slot.also)), key=len)
    return next(((span.start, span.end) for roles in meant for span in parsed.spans if span.role in roles), None)


def _meaning(parsed: Parsed) -> str:
    return " · ".join(_meanings(parsed))


def _meanings(parsed: Parsed) -> list[str]:
    """What each act means; a contact that only brings a promise, a plan or a callback is said by that alone."""
    said = []
    for index, (command, sentence) in enumerate(zip(parsed.commands, parsed.meaning, strict=True)):
        after = parsed.commands[index + 1].kind if index + 1 < len(parsed.commands) else ""
        bare = command.kind == "contact" and not (command.note or command.reason or command.point)
        if not (bare and after in {"promise", "plan", "callback"}):
            said.append(sentence)
    return said


def _warnings(parsed: Parsed) -> list[Part]:
    return [(warning.message, Role.WARN) for warning in parsed.warnings]
