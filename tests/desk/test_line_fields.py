"""Every verb as fields: what is typed goes to fields and back, whatever it is; a mistake belongs to the field it stands in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect_tui.desk.commands import Command
from collect_tui.desk.line import fields
from collect_tui.desk.line.complete import complete, offered
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.parse import parse
from collect_tui.desk.line.render import render, render_act
from collect_tui.desk.line.verbs import VERBS, find, table
from collect_tui.domain.errors import Invalid
from desk.test_line_round_trip import COMMANDS, PAIRS
from support.line_world import CONTEXT, NO_ACCOUNT

EXAMPLES = [row.example for row in table()]
CODES = [code.lower() for code in (*CONTEXT.codes.results, *CONTEXT.codes.actions)]
LINES = [
    *EXAMPLES,
    'tm pp half fri + rest 15dec m1 income "said so"',
    "pa c dn 20@fri 3 15dec@31",
    "arr c dn20@t 4w fri",
    "tm xo m1",
    "in rp m1 income",
    "log tm pp",
    "mark m2 quality=unknown",
    'skip "by hand"',
    't fri do="ring them"',
    "pay 60 by=gcash ref=7 over=12",
    'lm "say ""hi"""',
    'lm " said so "',
    'xp "``"',
    'xp """ 0 """',
    r"lm `a\nb`",
    'res int "nonpay"',
    "em notice-2 e1 es",
    "em lm e1 left",
    "xm reminder paid today",
]


def again(line: str, context: LineContext = CONTEXT) -> str:
    """The line that its fields amount to."""
    verb, values = fields.read(line, context)
    return fields.write(verb.verb, verb.fields, values).text


def unanswered(commands: tuple[Command, ...]) -> tuple[Command, ...]:
    return tuple(command.unanswered() for command in commands)


@pytest.mark.parametrize("line", LINES)
def test_a_line_and_its_fields_say_the_same(line: str) -> None:
    commands = parse(line, NO_ACCOUNT).commands or parse(line, CONTEXT).commands
    context = NO_ACCOUNT if parse(line, NO_ACCOUNT).complete else CONTEXT
    assert commands, line
    assert parse(again(line, context), context).commands == commands


@given(command=st.one_of(*COMMANDS.values()))
def test_whatever_a_command_is_its_fields_are_the_same_command(command: Command) -> None:
    line = render(command, CONTEXT)
    if len(line) <= 900:
        parsed = parse(again(line), CONTEXT)
        assert parsed.errors == (), (line, again(line))
        assert unanswered(parsed.commands) == unanswered((command,)), (line, again(line))


@given(pair=PAIRS)
def test_a_contact_and_what_it_brought_is_one_form(pair: tuple[Command, Command]) -> None:
    line = render_act(pair, CONTEXT)
    if len(line) <= 900:
        assert parse(again(line), CONTEXT).commands == pair, (line, again(line))


@pytest.mark.parametrize("line", LINES)
def test_a_line_that_is_typed_half_way_loses_nothing_in_its_form(line: str) -> None:
    for end in range(2, len(line) + 1):
        try:
            verb, values = fields.read(line[:end], CONTEXT)
        except Invalid:
            continue
        typed = "".join(c for c in line[:end].partition(" ")[2].lower() if c.isalnum())
        kept = "".join(c for c in f"{verb.verb} {' '.join(values.values())}".lower() if c.isalnum())
        lost = set(
            typed.replace("ref", "")
            .replace("by", "")
            .replace("dn", "")
            .replace("over", "")
            .replace("user", "")
            .replace("dept", "")
        ) - set(kept)
        assert not lost, (line[:end], values)


@pytest.mark.parametrize("name", [*VERBS, *CODES])
def test_every_verb_and_code_has_a_form(name: str) -> None:
    verb = find(name, CONTEXT)
    assert verb is not None
    assert verb.fields
    assert len({slot.name for slot in verb.fields}) == len(verb.fields)
    assert all(slot.hint for slot in verb.fields)
    assert parse(verb.example, NO_ACCOUNT).complete, verb.example


#: What no slot says: the word of the verb does, or the desk.
_OF_THE_VERB = {
    "kind",
    "typed",
    "pinned",
    "returned",
    "anchor_day",
    "count",
    "frequency",
    "first",
    "down",
    "down_due",
    "parts",
    "confirm",
    "agreed",
}


@pytest.mark.parametrize("name", list(VERBS))
def test_a_refusal_names_a_field_of_the_form(name: str) -> None:
    """Whatever field of a command a refusal names, the form has one that it means."""
    verb = VERBS[name]
    said = {field for command in parse(verb.example, NO_ACCOUNT).commands for field in type(command).model_fields}
    if name in {"good", "bad", "wrong", "out", "in"}:
        said -= {"quality", "consent"} | ({"source", "on"} if name not in {"out", "in"} else set())
    if name in {"pp", "bp", "pa", "cb"}:
        said -= {"result"}
    if name in {"stmt", "bill"}:
        said -= {"template"}
    if name == "pa" or name == "arr":
        said |= {"count", "frequency", "first", "down", "down_due"}
    else:
        said -= {"total", "count"}
    missing = {field for field in said - _OF_THE_VERB if fields.named(verb.fields, field) is None}
    assert missing <= ({"amount"} if name == "revpay" else set())


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("pp", "amount"),
        ("pp 150", "date"),
        ("pp fri", "amount"),
        ("pp abc fri", "amount"),
        ("pa 412 dn20@nix 3m 15", "down_date"),
        ("pa 412 dnx 3m 15", "down"),
        ("pa 412 3m", "first"),
        ("pa 412 15", "first"),
        ("rp m1", "reason"),
        ("it", "note"),
        ("cb m1", "at"),
        ("pay 60 INV-9=2", "directed"),
        ("apply CR-1", "credit"),
        ("retpay", "ref"),
        ("sus int", "effective"),
        ("sus gas tue", "service"),
        ("xo S-123", "reason"),
        ("snooze fri", "reason"),
        ("snooze fri nix", "reason"),
        ("hold nix", "hold"),
        ("mark m9", "point"),
        ("unpin", "text"),
        ("n", "text"),
        ("bad m1 x", "point"),
        ("send", "template"),
        ("send remnder", "template"),
        ("send reminder fax", "channel"),
        ("stmt m9", "point"),
        ("notice 7", "template"),
        ("free reminder", "message"),
        ("xm", "message"),
        ("xm reminder", "reason"),
        ("em", "result"),
        ("em notce-2", "result"),
    ],
)
def test_a_mistake_belongs_to_its_field(line: str, field: str) -> None:
    verb, values = fields.read(line, CONTEXT)
    written = fields.write(verb.verb, verb.fields, values)
    found = fields.wrong(parse(written.text, CONTEXT), written, verb.fields, values)
    assert found is not None
    assert found[0].name == field, (values, written.text, found[1])


@pytest.mark.parametrize(
    ("name", "values", "field"),
    [
        ("pp", {"amount": "150 fri"}, "amount"),
        ("pp", {"amount": "150", "date": "fri gcash"}, "date"),
        ("pp", {"amount": "150", "date": "fri", "point": "card"}, "point"),
        ("pa", {"total": "412", "count": "3", "frequency": "x", "first": "15"}, "frequency"),
        ("pa", {"total": "412", "down_date": "fri", "count": "3", "first": "15"}, "down"),
        ("cb", {"at": "tue 9:30", "anyone": "m1"}, "anyone"),
        ("call", {"at": "tue 9:30 m1"}, "at"),
        ("pay", {"amount": "60", "received_on": "card"}, "received_on"),
    ],
)
def test_a_field_that_is_read_as_another_is_wrong(name: str, values: dict[str, str], field: str) -> None:
    verb = VERBS[name]
    written = fields.write(name, verb.fields, values)
    found = fields.wrong(parse(written.text, CONTEXT), written, verb.fields, values)
    assert found is not None
    assert found[0].name == field


@pytest.mark.parametrize("name", list(VERBS))
def test_a_field_offers_what_the_line_completes_there(name: str) -> None:
    verb = VERBS[name]
    _, values = fields.read(verb.example, NO_ACCOUNT)
    written = fields.write(name, verb.fields, values)
    for place in written.places:
        if place.slot.leads or place.slot.joined or place.slot.choices or (place.slot.key and not place.slot.bare):
            continue
        start = place.start - len(place.slot.before)
        there = {one.text for one in complete(written.text[:start], start, NO_ACCOUNT)}
        assert {text for text, _ in offered(place.slot, NO_ACCOUNT)} <= there, place.slot.name


@given(st.data())
def test_no_field_is_ever_left_out_of_the_line(data: st.DataObject) -> None:
    verb = data.draw(st.sampled_from(list(VERBS.values())))
    typed = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12)
    values = data.draw(st.fixed_dictionaries({slot.name: typed for slot in verb.fields}))
    written = fields.write(verb.verb, verb.fields, values)
    assert {place.slot.name for place in written.places} == {name for name, text in values.items() if text.strip()}


def test_a_form_is_for_one_act_and_for_a_known_one() -> None:
    for line in ("lm; pp 150 fri", "zzz 150", "", '"lm"'):
        with pytest.raises(Invalid):
            fields.read(line, CONTEXT)
