"""Cases as the line writes them, and as sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from collect_tui.desk.commands import ChangeCase, DecideCase, LinkCase, MoveCase, OpenCase, WriteCaseNote
from collect_tui.desk.line import case_fields, case_kind, case_written, say
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.lexer import literal, word
from collect_tui.desk.views.case import AccountCase
from collect_tui.domain.case.case import Value
from collect_tui.domain.case.definition import Field, FieldType, Kind, Move

NOBODY: Final = "nobody"


def owner_of(login: str | None) -> str | None:
    """The login as it is kept: nothing for nobody."""
    return "" if login is not None and login.lower() == NOBODY else login


"""The login of a case that is nobody's."""


def definition(context: LineContext, case: AccountCase | None, move: str) -> tuple[Kind | None, Move | None]:
    """The kind of a case and a move of it, as the site knows them."""
    kind = kind_of(context, case)
    return kind, kind.moves.get(move) if kind is not None else None


def kind_of(context: LineContext, case: AccountCase | None) -> Kind | None:
    return context.kinds.get(case.kind) if case is not None else None


def needs(kind: Kind, move: Move) -> tuple[tuple[Field, ...], tuple[str, ...]]:
    """The fields that a move asks for, and which of them the case has in any case already."""
    known = {each.name for each in kind.asked if not each.optional}
    return kind.needed(move), tuple(n for n in move.needs if n in known)


def _found(context: LineContext, number: str) -> AccountCase | None:
    return next((one for one in context.cases if one.number.lower() == number.lower()), None)


def render_move(command: MoveCase, context: LineContext) -> str:
    kind, move = definition(context, _found(context, command.case), command.move)
    asked, known = needs(kind, move) if kind is not None and move is not None else ((), ())
    types = tuple(kind.fields.values()) if kind is not None else ()
    given = case_written.write(asked, command.values, context, types=types, known=known, noted=True)
    note = say.note(command.note, context)
    spoken = (each for each in case_fields.positional(asked, known, noted=True) if each.type is FieldType.TEXT)
    if note and any(each.name not in command.values for each in spoken):
        note = f"note={literal(command.note)}"  # or it would be read as that text
    return say.join("case", word(command.case), word(command.move.replace(" ", "-")), given, note)


def say_move(command: MoveCase, context: LineContext) -> str:
    kind, move = definition(context, _found(context, command.case), command.move)
    told = _told(command.values, kind, context)
    label = move.label if move is not None else command.move
    return say.sentence(f"case {command.case}: {label}", *told, say.quoted(command.note))


def _told(given: Mapping[str, Value], kind: Kind | None, context: LineContext) -> list[str]:
    fields = kind.fields if kind is not None else {}
    return [
        f"{fields[name].title.lower() if name in fields else name} {case_written.said(fields.get(name), value, context)}"
        for name, value in given.items()
    ]


def render_decision(command: DecideCase, context: LineContext) -> str:
    return say.join("agree" if command.agreed else "reject", word(command.case), say.why(command.reason))


def say_decision(command: DecideCase, context: LineContext) -> str:
    case = _found(context, command.case)
    what = f" to {case.asked}" if case is not None and case.asked else ""
    told = f"agree{what}" if command.agreed else f"refuse{what}"
    return say.sentence(f"case {command.case}: {told}", say.quoted(command.reason))


def render_note(command: WriteCaseNote, context: LineContext) -> str:
    return say.join("cnote", word(command.case), say.why(command.text))


def say_note(command: WriteCaseNote, context: LineContext) -> str:
    return say.sentence(f"note in case {command.case}", say.quoted(command.text))


def render_change(command: ChangeCase, context: LineContext) -> str:
    kind = kind_of(context, _found(context, command.case))
    fields = tuple(kind.fields.values()) if kind is not None else ()
    named = case_written.write((), command.values, context, types=fields)
    return say.join(
        "assign",
        word(command.case),
        None if command.owner is None else f"user={word(command.owner or NOBODY)}",
        None if command.department is None else f"dept={word(command.department)}",
        named,
    )


def say_change(command: ChangeCase, context: LineContext) -> str:
    kind = kind_of(context, _found(context, command.case))
    owner = None if command.owner is None else f"owner {command.owner}" if command.owner else "nobody's"
    department = command.department and f"to {context.departments.get(command.department, command.department)}"
    return say.sentence(f"change case {command.case}", owner, department, *_told(command.values, kind, context))


def render_link(command: LinkCase, context: LineContext) -> str:
    return say.join("link", word(command.case), word(command.other))


def say_link(command: LinkCase, context: LineContext) -> str:
    return say.sentence(f"case {command.case} names {command.other}")


RENDER: Final[dict[type, Callable[..., str]]] = {
    OpenCase: case_kind.render_open,
    MoveCase: render_move,
    DecideCase: render_decision,
    WriteCaseNote: render_note,
    ChangeCase: render_change,
    LinkCase: render_link,
}
MEANING: Final[dict[type, Callable[..., str]]] = {
    OpenCase: case_kind.say_open,
    MoveCase: say_move,
    DecideCase: say_decision,
    WriteCaseNote: say_note,
    ChangeCase: say_change,
    LinkCase: say_link,
}
