"""What a typed line means, as the row below it says it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from collect_tui.tui import text as tui_text
from collect_tui.tui.roles import Role
from collect_tui.tui.widgets.base import Line, Span

if TYPE_CHECKING:
    from collect_tui.desk.line.model import Parsed
    from collect_tui.desk.views.act import Preview, Receipt, VerdictView

#: Effects of an act that its own words do not say: what else would change.
_ELSE: Final = frozenset(
    {"HoldPlaced", "HoldChanged", "PromiseChanged", "OrderRequested", "OrderChanged", "CallbackChanged", "PointMarked"}
)

#: Field of a refusal → what the line calls such a word.
_ROLES: Final = {
    "amount": "amount",
    "min_amount": "amount",
    "total": "amount",
    "down": "amount",
    "count": "terms",
    "instalments": "terms",
    "due": "date",
    "first": "date",
    "first_within": "date",
    "on": "date",
    "until": "date",
    "effective": "date",
    "day": "date",
    "at": "moment",
    "result": "code",
    "action": "code",
    "point": "point",
    "service": "service",
    "order": "order",
    "method": "method",
    "reason": "reason",
    "note": "note",
    "text": "note",
    "hold": "hold",
}


def meaning_line(parsed: Parsed) -> Line:
    """What it means, before the desk has said what it would do."""
    return Line.of((_meaning(parsed), Role.VALUE), *_warnings(parsed))


def wrong_line(parsed: Parsed) -> Line:
    """The first mistake; milder while only something is still missing at the end."""
    error = parsed.errors[0]
    missing = error.start >= len(parsed.text.rstrip())
    said = f"{_meaning(parsed)} · " if parsed.meaning else ""
    return Line.of((said, Role.VALUE), (error.message, Role.LABEL if missing else Role.WARN))


def preview_line(parsed: Parsed, preview: Preview, width: int) -> Line:
    """What it means, what else it changes, the next action, and whether it is allowed; a refusal comes first."""
    if preview.error is not None:
        return Line.of((preview.error, Role.BAD))
    refused = refusal_words(preview.verdict)
    if refused:
        return Line.of((refused, Role.BAD), f" · {_meaning(parsed)}")
    tail: list[str | tuple[str, Role]] = []
    if preview.next_action:
        tail.append((f" · next {preview.next_action}", Role.LABEL))
    warned = next((f for f in preview.verdict.findings if f.severity == "warn"), None)
    tail.append((f" · {warned.sentence}", Role.WARN) if warned else (" · allowed", Role.GOOD))
    others = [effect.sentence for effect in preview.effects if effect.kind in _ELSE]
    said = " · ".join([_meaning(parsed), *others])
    said = _cut(said, width - sum(tui_text.width(Line.of(part).text) for part in tail))
    return Line.of((said, Role.VALUE), *tail, *_warnings(parsed))


def refusal_words(verdict: VerdictView) -> str:
    """Why policy says no, and who may say yes; empty when it does not say no."""
    if verdict.allowed or verdict.first is None:
        return ""
    role = verdict.overridable_by
    return f"no: {verdict.first.sentence}" + (f" A {role} may override it." if role else "")


def receipt_line(receipt: Receipt, width: int, before: str = "") -> Line:
    """What was done and what is next; the next action is kept when room is short."""
    tail = f" · next {receipt.next_action}" if receipt.next_action else ""
    tail += " · it had been done before" if receipt.repeated else ""
    brought = [effect.sentence for effect in receipt.effects if effect.kind in {"PromiseMade", "CallbackScheduled"}]
    said = " · ".join(brought) or receipt.sentence  # a contact that brought a promise is said by the promise
    return Line.of((_cut(before + said, width - tui_text.width(tail)), Role.GOOD), (tail, Role.LABEL))


def _cut(text: str, cells: int) -> str:
    """A text in at most so many cells, but never less than a few words of it."""
    cells = max(20, cells)
    text = tui_text.clean(text)
    return tui_text.fit(text, cells).rstrip() if tui_text.width(text) > cells else text


def field_span(parsed: Parsed, field: str | None) -> tuple[int, int] | None:
    """Where the word stands that a refusal is about; None when it is about no word of the line."""
    role = _ROLES.get(field or "")
    return next(((span.start, span.end) for span in parsed.spans if role and span.role == role), None)


def _meaning(parsed: Parsed) -> str:
    """What it means; a contact that only brings a promise, a plan or a callback is said by that alone."""
    said = []
    for index, (command, sentence) in enumerate(zip(parsed.commands, parsed.meaning, strict=True)):
        after = parsed.commands[index + 1].kind if index + 1 < len(parsed.commands) else ""
        bare = command.kind == "contact" and not (command.note or command.reason or command.point)
        if not (bare and after in {"promise", "plan", "callback"}):
            said.append(sentence)
    return " · ".join(said)


def _warnings(parsed: Parsed) -> list[Span]:
    return [Span(f" · {warning.message}", Role.WARN) for warning in parsed.warnings]
