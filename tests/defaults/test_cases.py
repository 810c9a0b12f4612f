"""Kinds of cases as files: those that are shipped, and what the loader refuses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from collect_tui.defaults import load as loaded
from collect_tui.domain.case.definition import Kind
from collect_tui.domain.errors import Invalid

TODAY = date(2026, 11, 23)


def load(folder: Path | None = None) -> Mapping[str, Kind]:
    return loaded(folder, today=TODAY).cases.kinds


def test_the_shipped_kinds_are_sound():
    assert "dispute" in load()
    dispute = load()["dispute"]
    assert [each.name for each in dispute.asked] == ["item", "amount", "reason", "claim"]
    assert dispute.initial.name == "NEW"
    assert [move.name for move in dispute.moves_from("IN_REVIEW")] == ["ask", "grant", "part", "refuse", "void"]
    assert dispute.states["IN_REVIEW"].standing.exclude == "amount"
    assert dispute.states["VALID"].standing.exclude == ""


MANY = ", ".join(f"c{n} = 'text'" for n in range(21))
OTHER = 'name = "all done"\nfrom = ["OPEN"]\nto = "DONE"\n[[moves]]\nname = "all-done"'
TASK = """
title = "Chore"
verb = "chore"
about = "account"
version = 1
[fields]
what = { type = "text" }
amount = { type = "money", optional = true }
urgency = { type = "code", list = ["low", "high"], default = "low" }
[states.OPEN]
clock = "resolve"
[states.DONE]
final = true
reopens = "OPEN"
[[moves]]
name = "done"
key = "d"
from = ["OPEN"]
to = "DONE"
[clocks]
resolve = { by = "urgency", low = "5bd", high = "4h" }
[routes]
default = "floor"
"""


def own(tmp_path: Path, text: str, name: str = "chore") -> Path:
    (tmp_path / "cases").mkdir(exist_ok=True)
    (tmp_path / "cases" / f"{name}.toml").write_text(text)
    return tmp_path


def test_a_kind_of_the_sites_own_is_a_file(tmp_path):
    assert load(own(tmp_path, TASK))["chore"].states["DONE"].reopens == "OPEN"


def test_a_site_changes_a_kind_key_by_key(tmp_path):
    changed = load(
        own(tmp_path, '[clocks]\nresolve = { default = "3bd" }\n[fields.claim]\nlabel = "Said"\n', "dispute")
    )
    assert str(changed["dispute"].resolve.default) == "3bd"
    assert changed["dispute"].fields["claim"].title == "Said"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('to = "DONE"', 'to = "DONEE"', "moves.1.to: no such name; did you mean DONE?"),
        ('from = ["OPEN"]', 'from = ["OPN"]', "moves.1.from: no such name; did you mean OPEN?"),
        ("final = true", "", "states: expected one that is final."),
        ('[states.DONE]', '[states.LOST]\nclock = "resolve"\n[states.DONE]', "states.LOST: no move leads to this state."),
        ('name = "done"', 'name = "done"\nneeds = ["amont"]', "moves.1.needs: no such name; did you mean amount?"),
        ('name = "done"', 'name = "done"\nrole = "boss"', "moves.1.role: no such name; expected one of"),
        ('name = "done"', 'name = "done"\ndoes = ["colect_again"]', "moves.1.does.1: no such name; did you mean collect_again?"),
        ('name = "done"', 'name = "done"\ndoes = [{ hold = "DISPUT" }]', "moves.1.does.1.hold: no such name; did you mean DISPUTE?"),
        ('name = "done"', 'name = "done"\ndoes = [{ adjust = "credit" }]', "moves.1.does.1: the key amount is missing."),
        ('name = "done"', 'name = "done"\napproval = { above = "authority.credit" }', "the key of is missing"),
        ('name = "done"', 'name = "done"\nmessage = "dispute-qestion"', "did you mean dispute-question?"),
        ("about = \"account\"", "about = \"item\"", "fields: a case about item asks for one at opening"),
        ("[states.OPEN]\n", "[states.OPEN]\nwhile = { exclude = \"amount\" }\n", "only of an item is an amount excluded"),
        ("[states.OPEN]\n", "[states.OPEN]\nqueue = \"dispute-bak\"\n", "states.OPEN.queue: no such name; did you mean dispute-back?"),
        ("final = true\n", "final = true\nclock = \"resolve\"\n", "states.DONE.clock: a final state has no clock."),
        ('verb = "chore"', 'verb = "pp"', "verb: the same word as a word of the line, a way to pay or the code of a result."),
        ("[fields]\n", "[fields]\nnote = { type = \"text\" }\n", "fields.note: the line calls something else so; expected another name."),
        ("[fields]\n", "[fields]\n\"a.b\" = { type = \"text\" }\n", "fields.a.b: a name that cannot be typed"),
        ('verb = "chore"', 'verb = "tm"', "verb: the same word as a word of the line, a way to pay or the code of a result."),
        ('verb = "chore"', 'verb = "lm"', "verb: the code of a result too; that is told apart only where the first field is an item."),
        ('verb = "chore"', 'verb = "t a"', "verb: expected 2 to 12 letters and digits, a letter first."),
        ('verb = "chore"', 'verb = "x"', "verb: expected 2 to 12 letters and digits, a letter first."),
        ('verb = "chore"', 'verb = "DI"', "verb: the same word as that of dispute."),
        ('type = "text"', 'type = "txt"', "fields.what.type: no such value; did you mean text?"),
        ('default = "low"', 'default = "lo"', "fields.urgency.default: no such code; did you mean low?"),
        ('low = "5bd"', 'lw = "5bd"', "clocks.resolve.lw: no such name; did you mean low?"),
        ('low = "5bd"', 'low = "5 days"', "clocks.resolve.low: Expected a span such as"),
        ('default = "floor"', 'default = "flor"', "routes: no such name; did you mean floor?"),
        ("[clocks]\n", "[clocks]\ncalendar = \"dsk\"\n", "clocks.calendar: no such name; did you mean desk?"),
        ("resolve = {", "first = {", "a state runs the clock resolve; expected how long it has."),
        ("[fields]\n", "[fields]\nlimit = { type = \"money\", most = \"acount.owed\" }\n", "fields.limit.most: expected field:NAME or"),
        ("version = 1", "version = 1\nprivate = [\"leed\"]", "private: no such name; did you mean lead?"),
        ('verb = "chore"', 'verb = "fri"', "verb: a day, an amount or a contact point on the line."),
        ('verb = "chore"', 'verb = "m1"', "verb: a day, an amount"),
        ('verb = "chore"', 'verb = "gcash"', "verb: the same word as a word of the line, a way to pay"),
        ('verb = "chore"', 'verb = "july"', "verb: a day, an amount"),
        ('key = "d"', 'key = " "', "moves.1.key: expected one letter or digit."),
        ('key = "d"', 'key = "dd"', "moves.1.key: expected one letter or digit."),
        ('name = "done"', 'name = "done;"', "moves.1.name: cannot be typed; expected letters"),
        ('name = "done"', f'name = "{"x" * 61}"', "moves.1.name: cannot be typed"),
        ('name = "done"', OTHER, "there is a move of this name already."),
        ("[fields]\n", f"[fields]\n{'x' * 61} = {{ type = \"text\" }}\n", "no name; expected 1 to 60 characters"),
        ("[fields]\n", "[fields]\nowner = { type = \"text\" }\n", "fields.owner.type: a case is given to one by this name; expected user."),
        ("[fields]\n", "[fields]\ndept = { type = \"text\" }\n", "fields.dept.type: a case is given to one by this name; expected d"),
        ('"low", "high"]', '"low", "high", "Low"]', "fields.urgency.list: low and Low are the same word where one is typed."),
        ('title = "Chore"', 'title = "Ch\\u001bore"', "title: a sign that moves or hides others"),
        ('title = "Chore"', 'title = "Ch\\u202eore"', "title: a sign that moves or hides others"),
        ("[states.OPEN]\n", "[states.OPEN]\nlabel = \"a\\nb\"\n", "states.OPEN.label: a sign that moves or hides others"),
        ("[states.OPEN]\n", "[states.OPEN]\nafter = \"0d\"\nto_after = \"DONE\"\n", "states.OPEN.after: expected at least 1."),
        ("[states.OPEN]\n", "[states.OPEN]\nafter = \"3651d\"\n", "states.OPEN.after: Expected a span of at most 3,650 days."),
        ('low = "5bd"', 'low = "9999bd"', "clocks.resolve.low: Expected a span of at most 3,650 days."),
        ('name = "done"', 'name = "done"\napproval = { of = "amount", above = "authority.hold_days" }', "above: no such name"),
        ("[fields]\n", "[fields]\nleft = { type = \"number\", formula = \"variance\" }\n", "formula: works out an amount"),
        ("[fields]\n", "[fields]\nleft = { type = \"money\", formula = \"variance\" }\n", "formula: is worked out from counted.amount"),
        ("title = \"Chore\"", "title = \"Chore\"\nverbs = 1", "verbs: no such key; did you mean verb?"),
    ],
)  # fmt: skip
def test_what_the_loader_refuses(tmp_path, old, new, says):
    assert old in TASK
    with pytest.raises(Invalid) as error:
        load(own(tmp_path, TASK.replace(old, new, 1)))
    assert says in error.value.message
    assert str(tmp_path / "cases" / "chore.toml") in error.value.message


@pytest.mark.parametrize(
    ("field", "says"),
    [
        ('type = "table"', "fields.rows: a table has columns, and nothing else has."),
        ('type = "text", columns = { a = "text" }', "fields.rows: a table has columns"),
        ('type = "table", columns = { a = "item" }', "fields.rows.columns.a: expected text, money"),
        ('type = "table", columns = { a = "mony" }', "columns.a.type: no such value; did you mean money?"),
        ('type = "table", columns = { a = "code:agencys" }', "columns.a.list: no such value; did you mean agencies?"),
        ('type = "table", columns = { a = { type = "text", from = "DONE" } }', "columns.a: a column is asked for"),
        ('type = "table", columns = { a = "text" }, sum = ["a"]', "fields.rows.sum: no such name"),
        (
            f'type = "table", columns = {{ {MANY} }}',
            "columns: expected at most 20.",
        ),
        ('type = "table", columns = { a = "text", A = "text" }', "columns.A: the same name as a in other letters."),
        ('type = "table", columns = { "a b" = "text" }', "columns.a b: a name that cannot be typed"),
        ('type = "table", columns = { a = "text" }, rows = 999', "fields.rows.rows: expected a whole number from 1"),
        ('type = "yes/no", default = "yes"', "fields.rows.default: no yes/no to stand where none is given."),
        ('type = "number", default = true', "fields.rows.default: no number to stand where none is given."),
        ('type = "text", default = 1.5', "fields.rows.default: expected a text, a whole number, or true or false."),
        ('type = "text", default = "context"', "fields.rows.default: the context says where a case comes from"),
        ('type = "user", default = "route"', "fields.rows.default: a route is what a department is given by"),
    ],
)
def test_what_the_loader_refuses_of_a_field(tmp_path, field, says):
    with pytest.raises(Invalid) as error:
        load(own(tmp_path, TASK.replace("[fields]\n", f"[fields]\nrows = {{ {field} }}\n")))
    assert says in error.value.message


@pytest.mark.parametrize(
    ("does", "says"),
    [
        ('adjust = "fee", amount = "amount", each = "amount"', "moves.1.does.1.each: no such name"),
        (
            'adjust = "fee", amount = "amount", each = "rows"',
            "moves.1.does.1.amount: no such name; expected one of fee.",
        ),
        (
            'set = "account.limit", to = "field:amount"',
            "moves.1.does.1.set: no such name; did you mean account.credit_limit?",
        ),
        ('set = "account.credit_limit"', "moves.1.does.1: the key to is missing."),
        ('set = "account.credit_limit", to = "field:what"', "moves.1.does.1.to: expected a field of type money"),
        ('set = "account.credit_limit", to = "yes"', "moves.1.does.1.to: expected field:NAME of type money."),
        (
            'set = "account.cash_only", to = "maybe"',
            "moves.1.does.1.to: expected field:NAME of type yes/no, yes or no.",
        ),
        ('set = "party.language", to = "field:urgency"', "moves.1.does.1.to: no such name; expected one of"),
        ('next_action = "call", in = "2 days"', "moves.1.does.1.in: Expected a span such as"),
        ('next_action = "call", if = "what"', "moves.1.does.1.if: expected a field of type yes/no"),
        ('order = "suspend", reason = "NONPAY"', "moves.1.does.1: only of a service is an order proposed"),
        ('order = "cut", reason = "NONPAY"', "moves.1.does.1"),
        ('callback = "soon"', "moves.1.does.1.callback: Expected a span such as"),
        ('adjust = "fee", amount = "rows.fe"', "moves.1.does.1.amount: expected a field of type money"),
    ],
)
def test_what_the_loader_refuses_of_a_consequence(tmp_path, does, says):
    rows = 'rows = { type = "table", columns = { a = "text", fee = "money" }, sum = ["fee"] }\n'
    text = TASK.replace("[fields]\n", f"[fields]\n{rows}")
    with pytest.raises(Invalid) as error:
        load(own(tmp_path, text.replace('name = "done"', f'name = "done"\ndoes = [{{ {does} }}]')))
    assert says in error.value.message
    load(
        own(tmp_path, text.replace('name = "done"', 'name = "done"\ndoes = [{ adjust = "fee", amount = "rows.fee" }]'))
    )


ASKS = TASK.replace("[states.DONE]", "[states.ASKED]\n[states.DONE]").replace(
    "[clocks]",
    """[[moves]]
name = "ask"
from = ["OPEN"]
to = "ASKED"
does = [{ open_case = "endorsement", with = { topic = "other", facts = "field:what" }, on = { ANSWERED = "back" } }]
[[moves]]
name = "back"
from = ["ASKED"]
to = "OPEN"
[clocks]""",
)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"endorsement"', '"endorsment"', "moves.2.does.1.open_case: no such name; did you mean endorsement?"),
        ('topic = "other"', 'topic = "othr"', "moves.2.does.1.with.topic: no such name; did you mean other?"),
        ('topic = "other", ', "", "moves.2.does.1.with: Endorsement asks for topic at opening; expected it here."),
        ("topic =", "topc =", "moves.2.does.1.with.topc: no such name; did you mean topic?"),
        ("field:what", "field:amount", "with.facts: expected a field of type text; did you mean field:found?"),
        ("field:what", "account.owed", "moves.2.does.1.with.facts: account.owed is money, not text."),
        ("ANSWERED", "ANSWRED", "moves.2.does.1: no such name; did you mean ANSWERED?"),
        ('= "back" }', '= "done" }', "moves.2.does.1.on.ANSWERED: no such name; expected one of back."),
        ('= "back" }', '= "back", x = 1 }', "expected names of consequences, or tables of texts with one."),
        (
            'to = "OPEN"',
            'to = "OPEN"\nmessage = "dispute-question"',
            "back asks for a message, an order, a callback or a case: it is not made by itself.",
        ),
        ('to = "OPEN"', 'to = "OPEN"\napproval = { of = "amount" }', "back needs somebody to agree"),
        ('to = "OPEN"', 'to = "OPEN"\nneeds = ["found"]', "back asks for found, which Endorsement has not"),
    ],
)
def test_what_the_loader_refuses_of_a_case_inside_a_case(tmp_path, old, new, says):
    text = ASKS.replace("[fields]\n", '[fields]\nfound = { type = "text", from = "OPEN" }\n')
    load(own(tmp_path, text))
    with pytest.raises(Invalid) as error:
        load(own(tmp_path, text.replace(old, new)))
    assert says in error.value.message


def test_a_state_that_cannot_be_left_is_refused(tmp_path):
    stuck = TASK.replace("[states.DONE]", "[states.STUCK]\n[states.DONE]").replace(
        "[clocks]", '[[moves]]\nname = "stick"\nfrom = ["OPEN"]\nto = "STUCK"\n[clocks]'
    )
    with pytest.raises(Invalid, match="no way leads from this state to a final one"):
        load(own(tmp_path, stuck))


@pytest.mark.parametrize("verb", ["case", "agree", "tm", "ptp", "promise", "lm"])
def test_a_site_is_refused_whose_kind_begins_like_another_line(tmp_path, verb):
    with pytest.raises(Invalid, match=r"chore\.toml: verb: the (same word|code of a result)"):
        load(own(tmp_path, TASK.replace('verb = "chore"', f'verb = "{verb}"')))


def test_the_name_of_a_kind_is_one_word(tmp_path):
    with pytest.raises(Invalid, match="expected a file whose name is small letters"):
        load(own(tmp_path, TASK, "task.old"))
