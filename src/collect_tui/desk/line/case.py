"""Open cases on the line: `case 1A2B grant "billed twice"`, `agree 1A2B "seen the bill"`, `cnote 1A2B has the paper bill`.

A case is named by its number or the last four letters of it or more; where only one can be meant it may be left out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from collect_tui.desk.commands import ChangeCase, Command, DecideCase, LinkCase, MoveCase, WriteCaseNote
from collect_tui.desk.line import case_kind, case_values, freetext
from collect_tui.desk.line.case_text import MEANING, RENDER, definition, kind_of, needs, owner_of
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.lexer import Token
from collect_tui.desk.line.look import match_code
from collect_tui.desk.line.slot import NOTE, WHY, Slot
from collect_tui.desk.line.verb import Verb
from collect_tui.desk.line.words import TokenCursor
from collect_tui.desk.views.case import AccountCase
from collect_tui.domain.case.case import Value
from collect_tui.domain.case.definition import REOPEN, About, Kind

__all__ = ["MEANING", "RENDER", "VERBS", "most_slots", "verb_of_move"]

SHORTEST: Final = 4
"""So many letters of the end of a number name a case."""


def _named(low: str, among: Sequence[AccountCase]) -> list[AccountCase]:
    """The cases that a word may stand for: that of the number, else those whose number ends so."""
    exact = [one for one in among if one.number.lower() == low]
    return exact or [one for one in among if len(low) >= SHORTEST and one.number.lower().endswith(low)]


def _case(
    words: TokenCursor, slot: str, among: Sequence[AccountCase], *, more: int = 1
) -> tuple[str, AccountCase | None]:
    """The number of the case that the next word names, and the case; it may be left out where only one can be meant.

    `more`: how many words must follow it, so that one that stands alone is none where no account says so.
    """
    words.ask(slot)
    token = words.peek()
    if words.context.number is None:
        if token is None or token.key is not None or len(words.tokens) - words.pos <= more:
            words.missing(slot, "the number of a case")
        words.limit(token, slot)
        words.take(slot)
        return token.text, None
    found = _named(token.low, among) if token is not None and token.key is None else []
    if len(found) == 1:
        words.take(slot)
        return found[0].number, found[0]
    if len(among) == 1 and not found and not (token is not None and _like_number(token, words.context)):
        return among[0].number, among[0]
    numbers = ", ".join(one.number for one in (found or among)[:8])
    expected = f"a case: {numbers}" if numbers else f"a case; {_NONE[slot]}"
    if token is None:
        words.missing(slot, expected)
    words.reject(token, slot, f"Several cases end so; say which: {numbers}." if found else "", expected)


def _like_number(token: Token, context: LineContext) -> bool:
    """Whether a word looks like the number of a case, be there one or not: `DI-1A2B`."""
    verb, dash, _ = token.low.partition("-")
    return token.plain and bool(dash) and verb in context.verbs_of_kinds


_NONE: Final = {"case": "none is open on this account", "asked case": "none waits for a decision on this account"}


def _move_of(words: TokenCursor, case: AccountCase | None) -> str:
    """A move of the case, by its beginning; without an account as typed."""
    words.ask(f"move:{case.number if case is not None else ''}")
    token = words.peek()
    if token is None:
        words.missing("move", _moves_of(case))
    if case is None:
        words.limit(token, "move")
        words.take("move")
        return token.text
    case = _moved(words, case)
    names = _moves(case)
    found = match_code(token.low.replace(" ", "-"), names, 1) if token.key is None else None
    if found is None:
        words.reject(token, "move", expected=_moves_of(case))
    words.take("move")
    return names[found]


def _moved(words: TokenCursor, case: AccountCase) -> AccountCase:
    """The case as the acts before it on the line leave it."""
    state, kind = words.state.states.get(case.number), kind_of(words.context, case)
    if state is None or kind is None:
        return case
    return case.model_copy(update={"state": state, "moves": tuple(move.name for move in kind.moves_from(state))})


def _moves_of(case: AccountCase | None) -> str:
    if case is None:
        return "a move"
    told = ", ".join(_moves(case))
    return f"a move of {case.number}: {told}" if told else f"no move; {case.number} has none"


def _moves(case: AccountCase) -> Mapping[str, str]:
    """The moves of a case as they are typed, one word each."""
    return {name.replace(" ", "-"): name for name in case.moves}


def move_case(words: TokenCursor) -> tuple[Command, ...]:
    """`case [CASE] MOVE [VALUES] [NOTE]`; `case CASE reopen [NOTE]` for one that has ended, of which the line knows nothing"""
    ended, then = words.peek(), words.tokens[words.pos + 1 : words.pos + 2]
    if (
        ended is not None
        and ended.key is None
        and then
        and then[0].low == REOPEN
        and not _named(ended.low, words.context.cases)
    ):
        words.limit(ended, "case")
        words.take("case")
        words.take("move")
        return (words.build(MoveCase, case=ended.text, move=REOPEN, note=freetext.note(words)[0]),)
    number, case = _case(words, "case", words.context.cases)
    name = _move_of(words, case)
    kind, move = definition(words.context, case, name)
    given: dict[str, Value] = {}
    extra: dict[str, str] = {}
    if kind is not None and move is not None:
        asked, known = needs(kind, move)
        others = [each for each in kind.fields.values() if each not in asked]
        given, extra = case_values.read(
            words, kind, asked, named=others, known=known, noted=True, options={"note": "note"}
        )
    note = extra.get("note") or freetext.note(words)[0]
    words.state.moved = True
    if move is not None:
        words.state.states[number] = move.to
    return (words.build(MoveCase, case=number, move=name, values=given, note=note),)


def decide(words: TokenCursor, *, agreed: bool) -> tuple[Command, ...]:
    """`agree [CASE] REASON`, `reject [CASE] REASON`"""
    number, _ = _case(words, "asked case", [one for one in words.context.cases if one.asked])
    words.state.moved = True
    return (words.build(DecideCase, case=number, agreed=agreed, reason=freetext.why(words)),)


def write_note(words: TokenCursor) -> tuple[Command, ...]:
    """`cnote [CASE] TEXT`"""
    number, _ = _case(words, "case", words.context.cases)
    return (words.build(WriteCaseNote, case=number, text=freetext.why(words, slot="text", anything=True)),)


_CHANGES: Final = {"user": "user", "dept": "department"}
_NOTHING: Final = Kind("", "", "", About.NONE, 0, {}, {}, {})


def change(words: TokenCursor) -> tuple[Command, ...]:
    """`assign [CASE] [user=LOGIN] [dept=DEPARTMENT] [NAME=VALUE …]`"""
    number, case = _case(words, "case", words.context.cases, more=1)
    kind, context = kind_of(words.context, case), words.context
    fields = [] if kind is None else [f for f in kind.fields.values() if f.name not in _CHANGES]
    blank = kind or _NOTHING
    words.ask("word:user=")
    words.ask("word:dept=")
    given, extra = case_values.read(words, blank, (), named=fields, options=_CHANGES)
    department = extra.get("dept")
    if department is not None and context.departments:
        found = match_code(department.lower(), context.departments, 1)
        if found is None:
            names = ", ".join(list(context.departments)[:8])
            at = next(one for one in words.tokens if (one.key or "").lower() == "dept")
            words.reject(at, "department", expected=f"a department: {names}")
        department = found
    if not given and not extra:
        words.missing("change", "what changes: user=LOGIN, dept=DEPARTMENT or a field of the case")
    words.state.moved = True
    return (
        words.build(ChangeCase, case=number, values=given, owner=owner_of(extra.get("user")), department=department),
    )


def link(words: TokenCursor) -> tuple[Command, ...]:
    """`link [CASE] OTHER`"""
    if len(words.tokens) > 2 or words.context.number is None:
        number, _ = _case(words, "case", words.context.cases)
    else:
        number, _ = _case_left_out(words)
    token = words.require("other case")
    words.limit(token, "other case")
    if token.key is not None or not token.text.strip():
        words.reject(token, "other case")
    words.take("other case")
    return (words.build(LinkCase, case=number, other=token.text),)


def _case_left_out(words: TokenCursor) -> tuple[str, AccountCase]:
    among = words.context.cases
    words.ask("case")
    if len(among) != 1:
        if (token := words.peek()) is not None and len(_named(token.low, among)) == 1:
            words.missing("other case")
        words.missing(
            "case", f"a case: {', '.join(one.number for one in among[:8])}" if among else f"a case; {_NONE['case']}"
        )
    return among[0].number, among[0]


# ------------------------------------------------------------------------------------------------------------------ verbs

_CASE = Slot(
    "case",
    "CASE",
    "Case",
    "its number or the end of it; nothing where only one is open; F4 lists them",
    "case",
    writing="word",
)
_ASKED = replace(
    _CASE, kind="asked case", hint="its number or the end of it; nothing where only one waits; F4 lists them"
)
_MOVE = Slot("move", "MOVE", "Move", "what is done; F4 lists them", "move", needed=True)
_VALUES = Slot("values", "NAME=VALUE …", "Fields", "what it asks for, in its order, or name=value", "value", many=True)
_OTHERS = replace(_VALUES, label="Also", hint="other fields of the case as name=value")
_NOTED = replace(NOTE, key="note", hint="what is to be said with it")
_USER = Slot("owner", "user=LOGIN", "Owner", "a login; nobody", "user", writing="word", key="user")
_DEPT = Slot(
    "department",
    "dept=DEPARTMENT",
    "Department",
    "a department; F4 lists them",
    "department",
    writing="word",
    key="dept",
)
_TEXT = replace(WHY, name="text", word="TEXT", label="Text", hint="what is to be kept", kind="text", needed=True)
_OTHER = Slot("other", "OTHER", "Other", "the number of another case", "other case", needed=True, writing="word")

VERBS = (
    Verb("case", (_CASE, _MOVE, _VALUES, _NOTED), "a move of an open case, with what the move asks for", "case DI-1A2B review", move_case),
    Verb("agree", (_ASKED, WHY.must), "agree to what waits for a second person in a case", 'agree DI-1A2B "seen the bill"',
         partial(decide, agreed=True)),
    Verb("reject", (_ASKED, WHY.must), "refuse what waits for a second person in a case", 'reject DI-1A2B "no proof"',
         partial(decide, agreed=False)),
    Verb("cnote", (_CASE, _TEXT), "write something in an open case", 'cnote DI-1A2B "has the paper bill"', write_note),
    Verb("assign", (_CASE, _USER, _DEPT, _VALUES), "give an open case another owner, department or values",
         "assign DI-1A2B user=ben dept=billing", change),
    Verb("link", (_CASE, _OTHER), "name another case in an open one", "link DI-1A2B TK-7QX2", link),
)  # fmt: skip
_MOVES: Final = VERBS[0]


def verb_of_move(tokens: Sequence[Token], context: LineContext) -> Verb:
    """`case` with the fields of the move that follows it, as far as it is known which."""
    first = tokens[0] if tokens else None
    found = _named(first.low, context.cases) if first is not None and first.key is None else []
    case, rest = (found[0], tokens[1:]) if len(found) == 1 else (next(iter(context.cases), None), tokens)
    if case is None or not rest or rest[0].key is not None or (len(context.cases) > 1 and len(found) != 1):
        return _MOVES
    name = match_code(rest[0].low.replace(" ", "-"), _moves(case), 1)
    kind, move = definition(context, case, _moves(case).get(name or "", ""))
    if kind is None or move is None:
        return _MOVES
    asked, known = needs(kind, move)
    slots = case_kind.slots_of(kind, asked, known, noted=True)
    return replace(
        _MOVES,
        slots=(_CASE, replace(_MOVE, kind=f"move:{case.number}", roles=frozenset({"move"})), *slots, _OTHERS, _NOTED),
    )


def most_slots(kinds: Collection[Kind]) -> int:
    """As many slots as any verb of these kinds has, be it to open a case or to move one on."""
    opened = (len(kind.asked) + 1 for kind in kinds)
    moved = (len(move.needs) + len(move.asks) + len(_MOVES.slots) for kind in kinds for move in kind.moves.values())
    return max((*opened, *moved), default=0)
