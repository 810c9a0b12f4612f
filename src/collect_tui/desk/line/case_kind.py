"""A verb for every kind of case, made of its definition: `di INV-1041 60 price "charged twice"`.

A verb that is the code of a result too opens a case where an item of the account follows it; else it stays the code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Final

from collect_tui.desk.commands import Command, OpenCase
from collect_tui.desk.line import case_fields, case_written, say
from collect_tui.desk.line import case_values as values
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.lexer import Token, literal, word
from collect_tui.desk.line.look import sure
from collect_tui.desk.line.slot import Slot, Writing
from collect_tui.desk.line.verb import Verb
from collect_tui.desk.line.words import TokenCursor
from collect_tui.domain.case.definition import Field, FieldType, Kind
from collect_tui.domain.codes import Codes

_EXAMPLES: Final[Mapping[FieldType, str]] = {
    FieldType.MONEY: "60",
    FieldType.NUMBER: "3",
    FieldType.PERCENT: "20",
    FieldType.DATE: "15dec",
    FieldType.YES_NO: "yes",
    FieldType.ITEM: "INV-1041",
    FieldType.SERVICE: "int",
    FieldType.PAYMENT: "r881",
    FieldType.POINT: "m1",
    FieldType.DEPARTMENT: "billing",
    FieldType.USER: "ben",
    FieldType.CHANNEL: "call",
    FieldType.DOCUMENT: "slip",
    FieldType.MESSAGE: "M-4K7",
    FieldType.TEXT: '"in words"',
    FieldType.TABLE: '"…"',
}
OWNER: Final = Slot(
    "owner", "owner=LOGIN", "Owner", "a login; nothing for nobody yet", "owner", writing="word", key="owner"
)


def verb_of(kind: Kind) -> Verb:
    """How the kind is opened on the line."""
    fields = kind.asked
    told = f"{kind.title}: {kind.help or 'opens one'}"
    return Verb(
        kind.verb.lower(),
        (*slots_of(kind, fields), *_owner(kind)),
        told,
        _example(kind, fields),
        partial(open_case, kind=kind),
    )


def opens(kind: Kind, after: Token | None, context: LineContext) -> bool:
    """Whether what follows the kind's verb opens a case where the verb is the code of a result too."""
    first = next(iter(kind.asked), None)
    if after is None or first is None or first.type is not FieldType.ITEM:
        return False
    if after.key is not None:
        return after.key.lower() == first.name.lower()
    if context.number is None:
        seen = sure(after, context)
        return seen is not None and seen.slot == "document"
    return after.plain and after.low in context.documents


def begun(kind: Kind, codes: Codes) -> str:
    """The beginning of the line that opens a case: where the verb is the code of a result too, with what tells them apart."""
    verb = kind.verb.lower()
    return f"{verb} {kind.asked[0].name}=" if kind.verb.upper() in codes.results and kind.asked else f"{verb} "


def slots_of(
    kind: Kind, fields: Sequence[Field], known: Sequence[str] = (), *, noted: bool = False
) -> tuple[Slot, ...]:
    """The slots of fields: those whose words need a name are written with it."""
    bare = case_fields.positional(fields, known, noted=noted)
    return tuple(
        Slot(
            name=field.name,
            word=field.name.replace("_", "-").upper() if field in bare else f"{field.name}={field.type.name}",
            label=field.title,
            hint=case_fields.hint(field),
            kind=case_fields.slot_of(kind, field),
            needed=not case_fields.may_be_left_out(field, known),
            writing=_writing(field),
            key="" if field in bare else field.name,
            named=True,
        )
        for field in fields
    )


def _writing(field: Field) -> Writing:
    if field.type in case_fields.QUOTED:
        return "text"
    return "words" if field.type in (FieldType.DATE, FieldType.MONEY) else "word"


def _owner(kind: Kind) -> Iterable[Slot]:
    return () if "owner" in kind.fields else (OWNER,)


def _example(kind: Kind, fields: Sequence[Field]) -> str:
    needed = [field for field in case_fields.positional(fields) if not case_fields.may_be_left_out(field)]
    if money := next((field for field in fields if field.type is FieldType.MONEY), None):
        needed = [field for field in case_fields.positional(fields) if field in (money, *needed)]
    return say.join(kind.verb.lower(), *(_example_of(field) for field in needed))


def _example_of(field: Field) -> str:
    if field.type is FieldType.TABLE:
        return literal(" ".join(_example_of(each).strip('"') for each in field.columns))
    return next((word(code.lower()) for code in field.choices), "") or _EXAMPLES.get(field.type, "")


def open_case(words: TokenCursor, kind: Kind) -> tuple[Command, ...]:
    """The fields that are asked for at opening, in their order or named; `owner=LOGIN`."""
    fields = kind.asked
    options = {each.key: each.kind for each in _owner(kind)}
    given, extra = values.read(words, kind, fields, options=options)
    command = words.build(OpenCase, case_kind=kind.name, values=given, owner=extra.get("owner", ""))
    words.state.taken += _not_collected(kind, command, words.context)
    return (command,)


def _not_collected(kind: Kind, command: OpenCase, context: LineContext) -> int:
    """By how much the collectable is less while the case is open; minor units."""
    name = kind.initial.standing.exclude
    item = next((one for one in context.items if one[0] == command.values.get("item")), None)
    if not name or item is None or item[0] not in context.late:
        return 0
    rest = item[1] - item[2]
    amount = command.values.get(name, rest if kind.fields[name].default == "item.open" else 0)
    return min(rest, amount) if isinstance(amount, int) else 0


def of_message(kinds: Mapping[str, Kind], message: str, words: str, context: LineContext) -> str:
    """The line that opens a case from a message that came in, with its words where the kind asks for some; empty: no kind takes one."""
    kind = next((each for each in kinds.values() if each.of_type(FieldType.MESSAGE)), None)
    if kind is None:
        return ""
    values: dict[str, bool | int | str] = {kind.of_type(FieldType.MESSAGE): message}
    for field in kind.asked:
        if not case_fields.may_be_left_out(field):
            values[field.name] = next(reversed(tuple(field.choices)), "") if field.choices else words[: field.longest]
    return render_open(OpenCase(case_kind=kind.name, values=values), context)


def render_open(command: OpenCase, context: LineContext) -> str:
    kind = context.kinds.get(command.case_kind)
    owner = f"owner={word(command.owner)}" if command.owner else ""
    if kind is None:
        named = case_written.write((), command.values, context)
        return say.join(word(command.case_kind), named, owner)
    return say.join(kind.verb.lower(), case_written.write(kind.asked, command.values, context), owner)


def say_open(command: OpenCase, context: LineContext) -> str:
    kind = context.kinds.get(command.case_kind)
    title = kind.title.lower() if kind is not None else command.case_kind
    fields = kind.fields if kind is not None else {}
    told = (case_written.said(fields.get(name), value, context) for name, value in command.values.items())
    return say.sentence(f"open a case: {title}", *told, f"for {command.owner}" if command.owner else "")
