"""The registry of the line: every verb with its words for help and its function. Help, docs/line.md and completion derive from it.

A new verb is a function in the module of its capability and an entry of that module's `VERBS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from collect_tui.desk.line import (
    again,
    answer,
    case,
    case_kind,
    contact,
    customer,
    downgrade,
    message,
    note,
    order,
    payment,
    point,
    promise,
    queue,
    say,
    script,
)
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.lexer import Token
from collect_tui.desk.line.look import means
from collect_tui.desk.line.model import VerbHelp
from collect_tui.desk.line.slot import CARRIES, CODE, NOTE, POINT, REASON, usage
from collect_tui.desk.line.verb import Verb
from collect_tui.domain.case.definition import Kind
from collect_tui.domain.codes import Codes

_CAPABILITIES: Final = (
    contact,
    note,
    promise,
    again,
    payment,
    order,
    downgrade,
    message,
    answer,
    point,
    customer,
    case,
    queue,
    script,
)

VERBS: Final[Mapping[str, Verb]] = MappingProxyType(
    {verb.verb: verb for module in _CAPABILITIES for verb in module.VERBS}
)
"""Every verb by its name, in the order of help."""

RESULT_HELP: Final = VerbHelp(
    "CODE",
    usage("CODE", CARRIES[""]),
    "what happened: any result code, with the action if it is not a call",
    'lm m2 "shop line"',
)
"""How a result code is typed; the codes themselves are the site's."""

NOTE_HELP: Final = VerbHelp(
    "NOTE",
    "… [NOTE]",
    "text after an act begins with a plain word; what looks like a point, an amount, a date, a time, an item, `key=value` or"
    " `+` and fits nowhere is refused, and so is a code, a weekday or an amount that stands alone: quote it to make it a note",
    'lm "x9 is his desk"',
)
DATE_HELP: Final = VerbHelp(
    "DATE",
    "… DATE",
    "`fri`, `15`, `15dec`, `+7`, `+2w`, `eom`, `2026-12-15`; `12/4` and `1204` in the order of the site (`date_order` in"
    " `rules.toml`, as its country writes dates without it)",
    "t 15dec",
)

RENDER: Final[Mapping[type, Callable[[Any, LineContext], str]]] = MappingProxyType(
    {kind: function for module in _CAPABILITIES for kind, function in module.RENDER.items()}
)
MEANING: Final[Mapping[type, Callable[[Any, LineContext], str]]] = MappingProxyType(
    {kind: function for module in _CAPABILITIES for kind, function in module.MEANING.items()}
)

_NAMES: Final[Mapping[str, Verb]] = MappingProxyType(
    {name: verb for verb in VERBS.values() for name in (*verb.aliases, verb.verb)}
)


def taken() -> frozenset[str]:
    """The words that a line begins with whatever the site: its verbs and their other names."""
    return frozenset(_NAMES)


def find(low: str, context: LineContext | None, after: Sequence[Token] = ()) -> Verb | None:
    """The verb that a first word in lower case stands for: its name, a kind of case, a result code, an action, the beginning (3 letters
    or more) of exactly one verb; None for an unknown word. Kinds and codes are the site's: `context` None knows none. `after`: what
    follows it, by which a kind is told from a result of the same name, and one move of a case from another."""
    if low == "case" and context is not None:
        return case.verb_of_move(after, context)
    kind = context.verbs_of_kinds.get(low) if context is not None and low not in _NAMES else None
    if kind is not None and context is not None:
        clash = context.kind_of_result(low) is not None
        if not clash or case_kind.opens(kind, next(iter(after), None), context):
            return case_kind.verb_of(kind)
    of_site = _verb_of(low.upper(), context.codes) if context is not None and low not in _NAMES else None
    return of_site or _verb(low)


_EXAMPLES: Final = {"": "m1", "promise": "150 fri", "plan": "412.10 3m 15", "callback": "tue 9:30"}


def _verb_of(code: str, codes: Codes) -> Verb | None:
    """A result code or an action of the site as the verb that it is on the line; None when it is neither."""
    result = codes.results.get(code)
    if result is not None:
        form, low = contact.form_of(result), code.lower()
        slots = tuple(replace(slot, needed=slot.needed or slot.name in result.needs) for slot in CARRIES[form])
        summary = ". ".join(part.rstrip(".") for part in (result.title, result.explained) if part)
        reason = next(iter(codes.reasons), "").lower() if "reason" in result.needs else ""
        note = "why" if "note" in result.needs else ""
        return Verb(low, slots, summary, say.join(low, _EXAMPLES[form], reason, note), contact.contact)
    action = codes.actions.get(code)
    if action is None:
        return None
    low, told, slots = code.lower(), f"{action.title}, before a result code", (CODE, POINT, REASON, NOTE)
    if message.channel_of(action):
        told, slots = f"{told} or the template that it sends", (message.SENT, POINT, message.LANGUAGE, REASON, NOTE)
    return Verb(low, slots, told, f"{low} na", contact.contact)


def text_begins(low: str, behind: Sequence[str], context: LineContext) -> bool:
    """Whether all from the last of the words behind the first one of an act is one text, to the end of the line."""
    if len(behind) > 2:
        return False
    verb = find(low, context)
    if verb is None or not verb.all_text:
        return False
    numbered = verb.number is not None and verb.number.fullmatch(behind[0]) is not None
    return len(behind) == 1 + numbered


def _verb(low: str) -> Verb | None:
    known = _NAMES.get(low)
    if known is not None or len(low) < 3:
        return known
    begun = {id(verb): verb for name, verb in _NAMES.items() if name.startswith(low)}
    return next(iter(begun.values())) if len(begun) == 1 else None


def shadowed(code: str) -> bool:
    """Whether a verb has the name of this result or action code, so that the bare code would be read as the verb."""
    verb = _NAMES.get(code.lower())
    return verb is not None and verb.read is not contact.contact and verb.verb != "in"


def glued(low: str, context: LineContext) -> str:
    """The verb at the beginning of a word in lower case that what follows it was typed to without a blank (`t+3`, `pp150`, `tfri`); empty:
    there is none. Letters count as such only where they are a day or the like."""
    for size in range(len(low) - 1, 0, -1):
        begun, rest = low[:size], low[size:]
        if rest[0].isalpha() and not means(rest):
            continue
        if begun in _NAMES or begun in context.verbs_of_kinds or _verb_of(begun.upper(), context.codes) is not None:
            return begun
    return ""


def nearest(low: str, context: LineContext) -> tuple[str, ...]:
    """Up to four words that begin an act and resemble this one."""
    return _nearest(low, (*context.codes.results, *context.codes.actions, *context.verbs_of_kinds))


@lru_cache(maxsize=256)
def _nearest(low: str, codes: tuple[str, ...]) -> tuple[str, ...]:
    names = tuple(dict.fromkeys([*_NAMES, *(code.lower() for code in codes)]))
    begun = [name for name in names if name.startswith(low)]
    close = [name for name in names if name not in begun and _one_slip(low, name)]
    return tuple((begun + close)[:4])


def _one_slip(one: str, other: str) -> bool:
    """Whether a letter added, left out or changed, or two neighbours swapped, turn one word into the other."""
    if abs(len(one) - len(other)) > 1:
        return False
    at = 0
    while at < min(len(one), len(other)) and one[at] == other[at]:
        at += 1
    a, b = one[at:], other[at:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


def help_for(verb: str, context: LineContext | None = None) -> VerbHelp | None:
    """Help on a verb by name or alias, and with a context on a result code or action; None for anything else."""
    found = find(verb.strip().lower(), context)
    return None if found is None else found.help


def of_kinds(kinds: Iterable[Kind]) -> tuple[VerbHelp, ...]:
    """How cases of these kinds are opened."""
    return tuple(case_kind.verb_of(kind).help for kind in kinds)


def table(kinds: Iterable[Kind] = ()) -> tuple[VerbHelp, ...]:
    """All verbs as help and docs/line.md show them, result codes first, with what notes and dates look like at the end."""
    return (RESULT_HELP, *(verb.help for verb in VERBS.values()), *of_kinds(kinds), NOTE_HELP, DATE_HELP)
