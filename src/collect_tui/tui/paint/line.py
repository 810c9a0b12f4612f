"""What a typed line means, as the row below it says it."""

from __future__ import annotations

from collections.abc import Sequence
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

#: Of these, what is replaced or cancelled: it is shortened, never left out.
_ENDED: Final = frozenset({"OrderChanged", "PromiseChanged"})

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


def preview_line(parsed: Parsed, preview: Preview, width: int, held: str = "") -> Line:
    """What it means, what else it changes, the next action, and whether it is allowed; a refusal comes first.

    `held` says who else holds the account, so that Enter would be refused. Parts that find no room are left out whole.
    """
    meaning = [part for at, said in enumerate(_meanings(parsed)) for part in _pieces(said, at)]
    if preview.error is not None:
        return fitted([(preview.error, Role.BAD, 0)], width)
    warnings = [(warning.message, Role.WARN, 2) for warning in parsed.warnings]
    first = preview.verdict.first
    if not preview.verdict.allowed and first is not None:
        role = preview.verdict.overridable_by
        parts: list[Part] = [(f"no: {first.sentence}", Role.BAD, 0)]
        if role:
            parts.append((f"a {role} may override it", Role.BAD, 1))
        return fitted([*parts, *((said, Role.PLAIN, 1 + rank) for said, rank in meaning)], width)
    parts = [(said, Role.VALUE, rank) for said, rank in meaning]
    others = [effect for effect in preview.effects if effect.kind in _ELSE]
    parts += [(effect.sentence, Role.VALUE, 1 if effect.kind in _ENDED else 100) for effect in others]
    if preview.next_action:
        parts.append((f"next {preview.next_action}", Role.LABEL, 90))
    warned = next((f for f in preview.verdict.findings if f.severity == "warn"), None)
    if held:
        parts = [(held, Role.BAD, 0), *parts]
    else:
        parts.append((warned.sentence, Role.WARN, 2) if warned else ("allowed", Role.GOOD, 0))
    if preview.confirm is not None:
        figure = f" {preview.confirm.what}" if preview.confirm.kind == "surplus" else ""
        parts.append((f"asks for {preview.confirm.label}{figure}", Role.WARN, 0))
    return fitted([*parts, *warnings], width)


#: A part of what is said: the words, what they are, and how soon they give way: 0 is the last to go.
Part = tuple[str, Role, int]


def fitted(parts: Sequence[Part], width: int) -> Line:
    """The parts that fit, in their order; the least important are left out whole, and `…` at the end says so.

    What an act is (rank 1 and less) is shortened rather than left out, once nothing else gives way.
    """
    kept = [part for part in parts if part[0]]
    left_out = False

    def cells() -> int:
        said = " · ".join(tui_text.clean(words) for words, _, _ in kept)
        return tui_text.width(said) + (len(_MORE) if left_out else 0)

    while len(kept) > 1 and cells() > width:
        rank = max(rank for _, _, rank in kept)
        last = max(at for at, part in enumerate(kept) if part[2] == rank)
        left_out = True
        if rank <= 1 and (room := tui_text.width(kept[last][0]) + width - cells()) >= _LEAST:
            words, role, _ = kept[last]
            kept[last] = (tui_text.fit(words, room).rstrip(), role, 0)
            break
        del kept[last]
    spans = [Span(f" · {words}" if at else words, role) for at, (words, role, _) in enumerate(kept)]
    return Line((*spans, Span(_MORE, Role.LABEL))) if left_out else Line(tuple(spans))


_MORE: Final = " …"
_LEAST: Final = 12  # cells of a first part that is shortened: fewer say nothing


def _pieces(said: str, at: int) -> list[tuple[str, int]]:
    """The parts of what one act means, and how soon each gives way: what it is goes last, a note, which stands in the
    line as well, first, and of the others those that come first."""
    first, *others = said.split(" · ")
    ranked = [(part, 95 if part.startswith('"') else 60 - place) for place, part in enumerate(others[:30])]
    return [(first, 1 + at), *ranked]


def refusal_words(verdict: VerdictView) -> str:
    """Why policy says no, and who may say yes; empty when it does not say no."""
    if verdict.allowed or verdict.first is None:
        return ""
    role = verdict.overridable_by
    return f"no: {verdict.first.sentence}" + (f" A {role} may override it." if role else "")


def receipt_line(receipt: Receipt, width: int, before: str = "") -> Line:
    """What was done and what is next; what finds no room is left out whole."""
    brought = [effect.sentence for effect in receipt.effects if effect.kind in {"PromiseMade", "CallbackScheduled"}]
    said = brought or [receipt.sentence]  # a contact that brought a promise is said by the promise
    parts: list[Part] = [(before + said[0], Role.GOOD, 0), *((each, Role.GOOD, 3) for each in said[1:])]
    if receipt.next_action:
        parts.append((f"next {receipt.next_action}", Role.LABEL, 1))
    if receipt.repeated:
        parts.append(("it had been done before", Role.LABEL, 2))
    return fitted(parts, width)


def field_span(parsed: Parsed, field: str | None) -> tuple[int, int] | None:
    """Where the word stands that a refusal is about; None when it is about no word of the line."""
    role = _ROLES.get(field or "")
    return next(((span.start, span.end) for span in parsed.spans if role and span.role == role), None)


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


def _warnings(parsed: Parsed) -> list[Span]:
    return [Span(f" · {warning.message}", Role.WARN) for warning in parsed.warnings]
