"""Words never mean something else than was typed: what may begin a note, notes to the end of the line, unequal parts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect_tui.desk.commands import (
    Command,
    LogContact,
    MakePlan,
    MakePromise,
    MarkPoint,
    Part,
    PlaceHold,
    ReleaseMessage,
    ScheduleCallback,
    SendMessage,
    SetNextAction,
    WriteNote,
)
from collect_tui.desk.line.complete import complete
from collect_tui.desk.line.model import MAX_COMMANDS
from collect_tui.desk.line.parse import parse
from collect_tui.desk.line.render import render_act
from collect_tui.desk.line.verbs import VERBS
from collect_tui.desk.line.vocabulary import BEFORE_FIGURES
from collect_tui.domain.account.notes import expand
from collect_tui.domain.card_text import forbidden
from collect_tui.domain.message.template import LEVELS
from support.line_world import ABBREVIATIONS, CODES, CONTEXT, MONTH_FIRST, NO_ACCOUNT

FRI = date(2025, 11, 28)

STARTS = (
    *("lm", "LM", "na m2", "tm lm", "tm lm m2", "in lm h1", "rp income", "rp m1 income", "it", "di", "pm", "di m2"),
    *("log na", "log pp m1", "log tm rp income", "pp 150 fri", "pp 150 fri gcash", "tm pp m2 150 fri", "bp 150 fri m1"),
    *("pp half fri + rest 15", "ptp 50 fri + 77.60 15dec", "ptp 150 fri", "ptp 150 fri card", "pa 412.10 dn100 3m 15"),
    *("pa 600 3m 15 m1 card", "arr 412.10 4w fri", "cb tue 9:30", "cb tue 9:30 m2 any", "cb 15dec", "call +2h"),
    *("call tue 9:30 m1", "t fri", "t +3", "t fri verify", "xp", "pay 120 card ref=1 y", "revpay CHK1", "retpay ref=7"),
    *(
        "sus int fri",
        "sus int fri broken",
        "res tv",
        "res tv tom paid",
        "term tv fri",
        "reage fri",
        "rescue fri",
        "down tv TV1 9.90 fri",
        "settle 300 fri",
        "ext 5 int",
        "xo S-123",
        "hold dispute",
        "hold dispute fri",
    ),
    *(
        "rel dispute",
        "xm reminder",
        "case DI-7QX2 void",
        "case 1a2b part 40 finding=x",
        "agree DI-1A2B",
        "agree",
        "reject 1a2b",
    ),
)
"""Every way to come to a note, or to a reason in words, with nothing left to read before it."""

SURE = (
    *("x9", "m7", "z3", "q123", "77", "9999", "5551234", "312-555-0177", "+13125550177", "@rosa", "rosa@example.org"),
    *(
        "150",
        "1,250.50",
        "50%",
        "$20",
        "20€",
        "-5",
        "0.5",
        "15/11",
        "31/13",
        "15decx1",
        "99dec",
        "+2q",
        "+9999",
        "9:30",
    ),
    *("25:30", "2pm", "13pm", "2026-13-15", "15.12.2026", "INV-9999", "AB12", "k=v", "sum=60", "+", "+77.60x"),
    *("#2231", "3q", "dn100", "１５０", "covid19"),
)
"""Words that are none of most verbs', and never a word of prose."""

PROSE = (
    *("left word with son", "line was busy 2 times", "waits for salary", "wife says 50 is fine", "mother - call later"),
    *("will pay on 15/12 at 9:30", "2nd attempt today", "no m7 on file", 'he said "no" twice', "they are in Spain"),
    *(
        "at 9:30 he calls",
        "in 2 weeks",
        "it rang 3 times",
        "it is fine",
        "pay is late",
        "will call after 5",
        "tv is broken",
    ),
    *("wcb w/ sp", "says rest is paid", "bill for wife came", "rest of it next month", "na wife answered"),
)


def texts(commands: tuple[Command, ...]) -> list[str]:
    """Every free text that a line leaves behind."""
    names = ("note", "typed", "text", "reason")
    return [text for command in commands for name in names if (text := getattr(command, name, None))]


def test_the_words_before_figures_are_those_of_the_verbs() -> None:
    first = {
        name: verb.usage.split(f"{name} ", 1)[1].split()[0].strip("[]")
        for name, verb in VERBS.items()
        if " " in verb.usage
    }
    figures = {name for name, argument in first.items() if argument in ("AMOUNT", "TOTAL", "DATE", "DAY-AND-TIME")}
    assert figures == BEFORE_FIGURES


def test_every_verb_that_takes_text_is_tried() -> None:
    takes = {name for name, verb in VERBS.items() if "NOTE]" in verb.usage or verb.usage.endswith(" REASON")}
    takes |= {"hold"}
    listed = {"skip", "snooze", "revorder"}  # theirs is a list of the site; digits confirm an order before its reason
    assert takes - listed <= {start.split()[0] for start in STARTS}


@pytest.mark.parametrize("start", STARTS)
def test_what_looks_like_a_slot_and_fits_nowhere_is_refused_at_the_word(start: str) -> None:
    for word in SURE:
        for tail in ("", " because of it", " fri", " m1", ' "text"'):
            line = f"{start} {word}{tail}"
            parsed = parse(line, CONTEXT)
            assert not [text for text in texts(parsed.commands) if text.startswith(word)], line
            if parsed.errors and not word.startswith(
                "+"
            ):  # else it fits: an end of a hold, a reference, a further part
                error = parsed.errors[0]
                assert line[error.start : error.end] in (word, "fri", "m1", '"text"'), line


@pytest.mark.parametrize("start", STARTS)
def test_the_sentence_says_to_quote_it(start: str) -> None:
    for word in ("x9", "1,250.50", "INV-9999", "k=v", "3q"):
        for error in parse(f"{start} {word}", CONTEXT).errors[:1]:
            assert "quote it if it is" in error.message, (start, word, error.message)


@pytest.mark.parametrize("start", [start for start in STARTS if not start.endswith(" any")])
def test_prose_is_a_note_without_any_quotes(start: str) -> None:
    for note in PROSE:
        parsed = parse(f"{start} {note}", CONTEXT)
        assert parsed.errors == (), (start, note)
        assert {note, expand(note, ABBREVIATIONS)} & set(texts(parsed.commands)), (start, note)


ACTS = ("na", "LM", "tm")
SOFT = (*ACTS, "b", "c", "rest", "half", "all", "fri", "tuesday", "tom", "t", "eom")


@pytest.mark.parametrize("start", STARTS)
def test_a_code_a_day_or_an_amount_that_stands_alone_is_no_note(start: str) -> None:
    for word in (*SOFT, "forgot", "insol", "price"):
        for tail in ("", " m2", " na", ' "text"', *(() if word in ACTS else (" 9:30", " 150"))):
            line = f"{start} {word}{tail}"
            parsed = parse(line, CONTEXT)
            assert not [text for text in texts(parsed.commands) if text.split()[0] == word], line


_LETTERS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=0, max_size=3)
_FIGURES = st.integers(0, 9_999_999).map(str)
_SLOTS = st.one_of(
    st.tuples(_LETTERS, _FIGURES, _LETTERS).map("".join),
    st.tuples(st.sampled_from(["+", "-", "$", "€", "#", "@", "dn", "INV-"]), _FIGURES, _LETTERS).map("".join),
    st.tuples(_FIGURES, st.sampled_from(["/", ":", ".", ",", "-", "%", "/12/", "×", "@"]), _FIGURES).map("".join),
    st.tuples(_LETTERS.filter(bool), st.sampled_from(["=", "@"]), st.one_of(_LETTERS, _FIGURES)).map("".join),
    st.sampled_from(["+", "+x", "=", "=5"]),
).filter(lambda word: not word.endswith(("1st", "2nd", "3rd", "th")))
"""Words with a digit, an `=`, an `@` or a `+` in front: no word of prose."""


@given(start=st.sampled_from(STARTS), word=_SLOTS, tail=st.sampled_from(["", " because of it", " m1", " fri gcash"]))
def test_a_slot_shaped_word_never_begins_a_note(start: str, word: str, tail: str) -> None:
    for typed in (word, word.upper()):
        parsed = parse(f"{start} {typed}{tail}", CONTEXT)
        for text in texts(parsed.commands):
            assert not text.startswith(typed), (start, typed, parsed.commands)


@given(start=st.sampled_from(STARTS), word=st.one_of(_SLOTS, st.sampled_from([*SOFT, *SURE])))
def test_a_quoted_one_always_does(start: str, word: str) -> None:
    if word in ABBREVIATIONS or forbidden(word) is not None:  # sixteen figures may be a card's
        return
    parsed = parse(f'{start} "{word}"', CONTEXT)
    assert parsed.errors == ()
    assert word in texts(parsed.commands)


# (line, the word the error covers, what it says)
REFUSED: list[tuple[str, str, str]] = [
    ("lm x9", "x9", "No such contact point; quote it if it is a note. The account has m1, m2, h1, e1."),
    ("lm m2 m1", "m1", "Only one contact point fits here"),
    ("lm 9999", "9999", "No such contact point"),
    ("lm 150.00", "150.00", "No amount fits here"),
    ("lm +3", "+3", "No date or amount fits here"),
    ("lm 15dec", "15dec", "No date fits here"),
    ("lm 2pm", "2pm", "No time fits here"),
    ("lm INV-1041", "INV-1041", "No item fits here"),
    ("lm na", "na", "A second act stands behind a semicolon; quote it if it is a note."),
    ("lm tm m2", "tm", "A second act stands behind a semicolon"),
    ("lm pp 150 fri", "pp", "A second act stands behind a semicolon"),
    ("lm pay 50 card", "pay", "A second act stands behind a semicolon"),
    ("lm t +3", "t", "A second act stands behind a semicolon"),
    ("lm int", "int", "No service fits here"),
    ("pp 150 fri pa 300 3m 15", "pa", "A second act stands behind a semicolon"),
    ("lm fri", "fri", "No date fits here"),
    ("LM X9", "X9", "No such contact point"),
    ("lm reason=away by=cash", "by=cash", "No key=value fits here"),
    ("lm left reason=away", "reason=away", "stands before the note"),
    ("log na x9", "x9", "No such contact point"),
    ("pp 150 fri 77.60", "77.60", "Only one amount fits here"),
    ("pp 150 fri mon", "mon", "Only one date fits here"),
    ("pp 150 fri mon gcash", "mon", "Only one date fits here"),
    ("pp 150 fri 9:30", "9:30", "No time fits here"),
    ("pp 50 fri gcash + 77.60 15/12", "+", "+ AMOUNT DATE stands right after the date"),
    ("pp 50 fri waits + 77.60 15/12", "+", "+ AMOUNT DATE stands right after the date"),
    ("pp 50 fri waits +77.60 15/12", "+77.60", "+ AMOUNT DATE stands right after the date"),
    ("pp 50 fri and 77.60 15/12", "and", "+ AMOUNT DATE stands right after the date"),
    ("pp 50 fri + 77.60 1215", "1215", "day first"),
    ("pp 50 fri + ", "", "Expected an amount"),
    ("pp 50 fri + 77.60", "", "Expected a date"),
    ("pp 50 fri +7", "+7", "quote it if it is a note"),
    ("pa 412.10 dn100 3m 15 16", "16", "Only one amount"),
    ("pa 600 3m 15 + 50 fri", "+", "No further part fits here"),
    ("lm + son", "+", "No further part fits here"),
    ("cb tue 9:30 z3", "z3", "No such contact point"),
    ("cb tue 9:30 any z3", "z3", "No such contact point"),
    ("call tue 9:30 income", "income", "No code of a reason fits here"),
    ("t +3 x9", "x9", "fits here; quote it"),
    ("t fri verfy", "verfy", "Did you mean verify?"),
    ("t fri verify call", "call", "Only one next action fits here"),
    ("lm forgto", "forgto", "Did you mean forgot?"),
    ("hold dispute 5 invoices unclear", "5", "quote it if it is the reason"),
    ("xp 150 fri", "150", "quote it if it is the reason"),
    ("sus int fri 50", "50", "fits here; quote it"),
    ("sus int fri #2231 second notice", "#2231", "fits here; quote it"),
    ("pay 120 m2", "m2", "ref=… makes it the reference"),
    ("pay 120 INV-1042", "INV-1042", "ITEM=AMOUNT directs money to it"),
    ("pay 120 card 50.00", "50.00", "ref=… makes it the reference"),
    ("pay 120 card 15.12.2025", "15.12.2025", "ref=… makes it the reference"),
    ("pay 120 card A1 50", "50", "Only one amount fits here"),
    ("revpay CHK1 50", "50", "quote it if it is the reason"),
    ("pp €150 fri", "€150", "in USD, not in another currency"),
    ("pp rest fri + 50 15", "rest", "Only the last part"),
    ("pp 50 15dec + 50 fri", "fri", "Expected a date after Mon 15 Dec"),
    ("pp 50 fri + 50 28nov", "28nov", "Expected a date after Fri 28 Nov"),
    ("pp b fri + rest 15", "rest", "Nothing is left of that"),
    ('send reminder "a text" sms', "sms", "Nothing may follow the quoted text"),
    ("stmt INV-1041", "INV-1041", "letter, email or sms"),
    ("bill nowhere", "nowhere", "letter, email or sms"),
]


@pytest.mark.parametrize(("line", "word", "says"), REFUSED, ids=[line for line, *_ in REFUSED])
def test_refused_with_a_sentence(line: str, word: str, says: str) -> None:
    parsed = parse(line, CONTEXT)
    assert not parsed.complete
    error = parsed.errors[0]
    assert line[error.start : error.end] == word
    assert says in error.message


READ: list[tuple[str, tuple[Command, ...]]] = [
    ("ptp $150 fri", (MakePromise(amount=15_000, due=date(2025, 11, 28)),)),
    ("ptp 150$ fri", (MakePromise(amount=15_000, due=date(2025, 11, 28)),)),
    ("ptp $1,250.50 fri", (MakePromise(amount=125_050, due=date(2025, 11, 28)),)),
    ("lm 3125550142", (LogContact(result="LM", point="m2"),)),
    ("lm +1(312)555-0142", (LogContact(result="LM", point="m2"),)),
    ("log pp income m1", (LogContact(result="PP", reason="INCOME", point="m1"),)),
    ("lm inc m1", (LogContact(result="LM", reason="INCOME", point="m1"),)),
    ("bil email", (SendMessage(template="bill-copy", channel="email"),)),
    ("bill inv-1042 e1", (SendMessage(template="bill-copy", item="INV-1042", point="e1"),)),
    ("bill email INV-900", (SendMessage(template="bill-copy", item="INV-900", channel="email"),)),
    ('bill INV-1041 "as asked"', (SendMessage(template="bill-copy", item="INV-1041", text="as asked"),)),
    ('send reminder sms "pay; by fri"', (SendMessage(template="reminder", channel="sms", text="pay; by fri"),)),
    ('free pre-cut "other words"', (ReleaseMessage(message="pre-cut", text="other words"),)),
    ("statem e1", (SendMessage(template="statement", point="e1"),)),
    ("em lm", (LogContact(result="LM", action="EM"),)),
    ("em notice-2", (SendMessage(template="notice-2", channel="email"),)),
    ("em remind es e1", (SendMessage(template="reminder", channel="email", point="e1", language="es"),)),
    ("goo m1", (MarkPoint(point="m1", quality="good"),)),
    ("t 1512", (SetNextAction(on=date(2025, 12, 15)),)),
    ("hold dispute 15", (PlaceHold(hold="DISPUTE", until=date(2025, 12, 15)),)),
    ('lm "x9"', (LogContact(result="LM", note="x9", typed="x9"),)),
]


@pytest.mark.parametrize("level", LEVELS)
def test_every_level_has_its_notice(level: str) -> None:
    assert parse(f"notice {level}", CONTEXT).commands == (SendMessage(template=level),)


@pytest.mark.parametrize(("line", "commands"), READ, ids=[line for line, _ in READ])
def test_what_fits_is_read(line: str, commands: tuple[Command, ...]) -> None:
    parsed = parse(line, CONTEXT)
    assert parsed.errors == ()
    assert parsed.commands == commands


# ---------------------------------------------------------------------------------------------- notes to the line's end


def written(text: str, *, pinned: bool = False) -> WriteNote:
    return WriteNote(text=expand(text, ABBREVIATIONS), typed=text, pinned=pinned)


NOTES = [
    ("n waits; also husband pays", (written("waits; also husband pays"),)),
    ("n she said ; na is fine", (written("she said ; na is fine"),)),
    ("N waits; na", (written("waits; na"),)),
    ("note waits; na", (written("waits; na"),)),
    ("n! daughter only; pp 150 fri", (written("daughter only; pp 150 fri", pinned=True),)),
    ("pin daughter only; lm", (written("daughter only; lm", pinned=True),)),
    ('n he said "no"; lm', (written('he said "no"; lm'),)),
    ("n x9", (written("x9"),)),
    ("n 150;", (written("150;"),)),
    ("n k=v; na", (written("k=v; na"),)),
    ('lm m2; n waits; na "x', (LogContact(result="LM", point="m2"), written('waits; na "x'))),
    ('n "waits"; na', (written("waits"), LogContact(result="NA"))),
    (
        'n "waits; she says"; na; n the end; lm',
        (written("waits; she says"), LogContact(result="NA"), written("the end; lm")),
    ),
    ("n `a;\\nb`; na", (WriteNote(text="a;\nb"), LogContact(result="NA"))),
]


@pytest.mark.parametrize(("line", "commands"), NOTES, ids=[line for line, _ in NOTES])
def test_a_note_is_all_to_the_end_of_the_line(line: str, commands: tuple[Command, ...]) -> None:
    parsed = parse(line, CONTEXT)
    assert parsed.errors == ()
    assert parsed.commands == commands
    assert parse(render_act(commands, CONTEXT), CONTEXT).commands == commands
    span = parsed.spans[-1]
    if parsed.commands[-1].kind == "note":
        assert (span.role, span.end) == ("note", len(line.rstrip()))


@given(
    verb=st.sampled_from(["n", "n!", "N", "note", "pin"]),
    text=st.text(max_size=60),
    before=st.sampled_from(["", "lm; "]),
)
def test_nothing_behind_a_note_is_ever_a_second_act(verb: str, text: str, before: str) -> None:
    parsed = parse(f"{before}{verb} x{text}", CONTEXT)
    assert [command.kind for command in parsed.commands if command.kind != "note"] == ["contact"] * bool(before)
    assert len(parsed.commands) <= 1 + bool(before)


def test_a_note_without_text_is_none_whatever_follows() -> None:
    for line in ("n", "n ", "n; na", "n ; na", "n! ;lm"):
        parsed = parse(line, CONTEXT)
        assert not parsed.complete
        assert parsed.errors[0].message.startswith("Expected the text of the note")


def test_completion_keeps_out_of_a_note_and_the_limits_hold() -> None:
    assert complete("n waits; l", 10, CONTEXT) == ()
    assert complete("n waits; ", 9, CONTEXT) == ()
    assert [one.text for one in complete('n "waits"; sk', 13, CONTEXT)] == ["skip"]
    assert parse("n " + "lm; " * 100, CONTEXT).complete
    assert parse('n "a"; ' * MAX_COMMANDS, CONTEXT).complete
    assert [error.code for error in parse('n "a"; ' * (MAX_COMMANDS + 1), CONTEXT).errors] == ["limit"]
    secret = parse("n waits; card 4242 4242 4242 4242; na", CONTEXT)
    assert secret.secret
    assert secret.commands == ()


# -------------------------------------------------------------------------------------------------------- unequal parts


def split(*parts: tuple[int, date], **values: object) -> MakePlan:
    made = tuple(Part(amount=amount, due=due) for amount, due in parts)
    return MakePlan(total=sum(part.amount for part in made), parts=made, **values)


DEC15, DEC31 = date(2025, 12, 15), date(2025, 12, 31)
PP = LogContact(result="PP")
PARTS: list[tuple[str, tuple[Command, ...]]] = [
    ("pp 50 fri + 77.60 15/12", (PP, split((5_000, FRI), (7_760, DEC15)))),
    ("pp 50 fri +77.60 15/12", (PP, split((5_000, FRI), (7_760, DEC15)))),
    ("PP 50 FRI + REST 15", (PP, split((5_000, FRI), (36_210, DEC15)))),
    ("pp half fri + rest 15", (PP, split((20_605, FRI), (20_605, DEC15)))),
    ("pp half fri + half 15", (PP, split((20_605, FRI), (20_605, DEC15)))),
    ("pp 50% fri + 25% 15 + rest 31dec", (PP, split((20_605, FRI), (10_303, DEC15), (10_302, DEC31)))),
    ("pp 10 fri + 20 15 dec + 30 31 dec gcash m2 forgot", (
        LogContact(result="PP", point="m2", reason="FORGOT"),
        split((1_000, FRI), (2_000, DEC15), (3_000, DEC31), method="gcash"),
    )),
    ("tm pp m2 50 fri + 77.60 15dec waits for salary", (
        LogContact(result="PP", action="TM", point="m2", note="waits for salary", typed="waits for salary"),
        split((5_000, FRI), (7_760, DEC15)),
    )),
    ("bp 50 fri + 77.60 15dec", (LogContact(result="BP"), split((5_000, FRI), (7_760, DEC15)))),
    ("ptp p fri + c 15", (split((47_210, FRI), (41_210, DEC15)),)),
    ("ptp half fri", (MakePromise(amount=20_605, due=FRI),)),
    ("ptp half fri + rest 15 cash half now", (split((20_605, FRI), (20_605, DEC15), method="cash", note="half now"),)),
]  # fmt: skip


@pytest.mark.parametrize(("line", "commands"), PARTS, ids=[line for line, _ in PARTS])
def test_unequal_parts_are_one_plan(line: str, commands: tuple[Command, ...]) -> None:
    parsed = parse(line, CONTEXT)
    assert parsed.errors == ()
    assert parsed.commands == commands
    again = render_act(commands, CONTEXT)
    assert parse(again, CONTEXT).commands == commands, again


def test_each_part_is_said_with_its_day() -> None:
    assert parse("ptp 50 fri + 77.60 15/12 cash", CONTEXT).meaning == (
        "plan 127.60: 50.00 Fri 28 Nov, 77.60 Mon 15 Dec · cash · no contact is logged",
    )


def test_the_last_part_takes_the_rounding_and_less_what_the_line_pays() -> None:
    odd = replace(CONTEXT, collectable=41_211)
    for line in ("ptp half fri + rest 15", "ptp half fri + half 15"):
        assert parse(line, odd).commands == (split((20_605, FRI), (20_606, DEC15)),), line
    [_, plan] = parse("pay 12.10 cash; ptp 100 fri + rest 15", CONTEXT).commands
    assert plan == split((10_000, FRI), (30_000, DEC15))
    assert parse("pp half fri + rest 15", NO_ACCOUNT).errors[0].code == "amount"


# ------------------------------------------------------------------------------------------- what a code does not do

INSTEAD = replace(
    CONTEXT,
    kinds={},
    cases=(),
    codes=replace(
        CODES,
        results=CODES.results
        | {
            "DI": replace(
                CODES.results["DI"], caveat="marks no amount as disputed", instead="Parts cannot be disputed yet"
            )
        },
    ),
)


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ('di INV-1041 60 price "charged twice"', "INV-1041"),
        ("di 60", "60"),
        ("di half", "half"),
        ("di rest", "rest"),
        ("DI INV-1041", "INV-1041"),
        ('di price "charged twice"', "price"),
        ("di m2 INV-9999", "INV-9999"),
        ("tm di m2 50%", "50%"),
        ("log di 50%", "50%"),
    ],
)
def test_a_part_of_a_dispute_is_refused_and_what_follows_does_not_rest_on_it(line: str, word: str) -> None:
    parsed = parse(f"{line}; pp rest fri", INSTEAD)
    assert not parsed.complete
    assert parsed.commands == ()
    first, second = parsed.errors
    assert line[first.start : first.end] == word
    assert first.message == "Parts cannot be disputed yet; quote it if it is a note."
    assert "while an act before it is wrong" in second.message


def test_what_a_code_does_not_do_is_said_before_enter() -> None:
    assert parse('di "charged twice"', INSTEAD).meaning == (
        'DI disputes invoice or part · "charged twice" · marks no amount as disputed',
    )
    assert parse("di the bill INV-1041 was charged twice", INSTEAD).complete


# ------------------------------------------------------------------------------------------------------ order of dates

DEC4, APR12 = date(2025, 12, 4), date(2026, 4, 12)


@pytest.mark.parametrize(
    ("line", "dmy", "mdy"),
    [
        ("t 12/4", APR12, DEC4),
        ("t 1204", APR12, DEC4),
        ("t 4/12", DEC4, APR12),
        ("t 12/4/2026", APR12, date(2026, 12, 4)),
        ("t 4dec", DEC4, DEC4),
        ("t dec 4", DEC4, DEC4),
        ("t 2025-12-04", DEC4, DEC4),
    ],
)
def test_the_site_says_what_a_slashed_date_is(line: str, dmy: date, mdy: date) -> None:
    for context, day in ((CONTEXT, dmy), (MONTH_FIRST, mdy)):
        [command] = parse(line, context).commands
        assert command == SetNextAction(on=day)
        again = render_act((command,), context)
        assert parse(again, CONTEXT).commands == parse(again, MONTH_FIRST).commands == (command,)


EVERYWHERE = [
    "pp 50 {} card", "ptp 50 fri + 60 {}", "pa 412.10 3m {}", "arr 412.10 dn100@{} 3m 15", "arr 412.10 3m {}@31",
    "cb {}", "cb {} 9:30", "call {} 9:30", "t {}", "snooze {} waiting", "hold dispute {}", "sus int {}", "res tv {}",
]  # fmt: skip


@pytest.mark.parametrize("line", [*EVERYWHERE, "pay 50 {}"])
def test_every_date_of_the_line_follows_the_order(line: str) -> None:
    slashed, swapped = ("11/20", "20/11") if "pay" in line else ("12/20", "20/12")
    named = "20nov" if "pay" in line else "20dec"
    meant = parse(line.format(named), MONTH_FIRST)
    assert meant.complete
    for context in (MONTH_FIRST, CONTEXT):  # what is a day in one order only is that day
        for text in (slashed, swapped):
            assert parse(line.format(text), context).commands == parse(line.format(named), context).commands
    both = "10/11" if "pay" in line else "11/12"
    read = [parse(line.format(both), context) for context in (MONTH_FIRST, CONTEXT)]
    assert all(one.complete for one in read)
    assert read[0].commands != read[1].commands


def test_a_slashed_date_is_shown_in_words() -> None:
    for line in EVERYWHERE:
        said = parse(line.format("12/20"), MONTH_FIRST).meaning
        assert any("Sat 20 Dec" in sentence for sentence in said), (line, said)
    [callback] = parse("call 12/4 9:30", MONTH_FIRST).commands
    assert callback == ScheduleCallback(at=datetime(2025, 12, 4, 15, 30, tzinfo=UTC))
