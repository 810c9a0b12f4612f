"""What is wrong with a line, and where; and that nothing anybody types breaks the reader."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect_tui.desk.line.complete import complete, suggest
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.model import MAX_COMMANDS, Parsed
from collect_tui.desk.line.parse import parse
from collect_tui.desk.line.verbs import VERBS
from support.line_world import CONTEXT, NO_ACCOUNT

# (line, what the error covers in it; "" is the end, code, what it says)
ERRORS: list[tuple[str, str, str, str]] = [
    ("frobnicate", "frobnicate", "verb", "Expected a result code or a verb"),
    ("lk m2", "lk", "verb", "Did you mean lm"),
    ("skpi reason", "skpi", "verb", "Did you mean skip"),
    ('"lm"', '"lm"', "verb", "Expected a result code or a verb"),
    ("pp", "", "amount", "Expected an amount such as 150, b (balance) or p (past due)."),
    ("pp ", "", "amount", "Expected an amount"),
    ("pp x fri", "x", "amount", "Expected an amount"),
    ("pp 0 fri", "0", "amount", "above nothing"),
    ("pp 1,25 fri", "1,25", "amount", "Expected an amount"),
    ("pp 1.255 fri", "1.255", "amount", "at most 2 decimals"),
    ("pp 99999999999999999 fri", "99999999999999999", "amount", "Expected at most"),
    ("pp 101% fri", "101%", "amount", "1% to 100%"),
    ("pp 150", "", "date", "Expected a date such as fri, 15, 15dec, +7 or eom."),
    ("pp 150 soon", "soon", "date", "Expected a date"),
    ("pp 150 31/11", "31/11", "date", "No such day in the calendar"),
    ("pp 150 +9999", "+9999", "date", "within 10 years"),
    ("lm; pp 150", "", "date", "Expected a date"),
    ("pp 150; lm", "", "date", "Expected a date"),
    ("lm m7", "m7", "point", "The account has m1, m2, h1, e1"),
    ("bad", "", "point", "Expected a contact point"),
    ("bad zz", "zz", "point", "a contact point: m1, m2, h1, e1"),
    ("bad m2 now", "now", "end", "Nothing was expected here"),
    ("goo m7", "m7", "point", "a contact point: m1, m2, h1, e1"),
    ("send", "", "template", "Expected a template of messages"),
    ("send remnder", "remnder", "template", "There is no such template; did you mean reminder?"),
    ("send reminder fax", "fax", "channel", "Expected letter, email or sms."),
    ("send reminder email now", "now", "end", "Nothing was expected here"),
    ("send reminder e9", "e9", "point", "Expected a contact point: m1, m2, h1, e1."),
    ("notice 4", "4", "level", "Expected one of 1, 2, 3, final, pre-cut, cancellation."),
    ("em", "", "result", "a result code"),
    ("em notce-2", "notce-2", "result", "Expected a template, or the result of the e-mail; did you mean notice-2?"),
    ("free reminder", "reminder", "draft", "no draft that waits on this account. Expected one of pre-cut."),
    ("xm stmt gone", "stmt", "message", "no message that waits on this account. Expected one of reminder, pre-cut."),
    ("xm reminder", "", "missing", "a reason in words"),
    ('lm "abc" def', "def", "end", "Nothing may follow the quoted text"),
    ('lm "abc', "", "quote", 'Expected a closing "'),
    ("lm `abc", "", "quote", "Expected a closing `"),
    ("rp", "", "code", "a reason for non-payment: forgot"),
    ("rp later", "later", "code", "a reason for non-payment: forgot"),
    ("it", "", "missing", "a note"),
    ("tm", "", "result", "a result code"),
    ("tm zz", "zz", "result", "zz is no result of the call mobile"),
    ("log", "", "result", "a result code"),
    ("log zz", "zz", "result", "zz is no action or result of this site"),
    ("pa 412.10", "", "terms", "3m (monthly)"),
    ("pa 412.10 3q 15", "3q", "terms", "3m (monthly)"),
    ("pa 412.10 251m 15", "251m", "terms", "1 to 250 instalments"),
    ("pa 412.10 3m", "", "anchor", "the first date or the day of the month"),
    ("pa 412.10 3m never", "never", "date", "Expected a date"),
    ("pa 412.10 3m 15dec@32", "15dec@32", "anchor", "1 to 31"),
    ("pa 412.10 dnx 3m 15", "dnx", "amount", "Expected an amount"),
    ("cb", "", "moment", "tue 9:30"),
    ("cb soon", "soon", "moment", "tue 9:30"),
    ("cb t 9:00", "t", "moment", "a time still to come"),
    ("call 2020-01-01T00:00Z", "2020-01-01T00:00Z", "moment", "a time still to come"),
    ("n", "", "missing", "the text of the note"),
    ('n ""', '""', "missing", "some text"),
    ("xp", "", "missing", "a reason in words"),
    ("pay 120 card INV-9=60", "INV-9=60", "document", "No such item is open"),
    ("pay 120 INV-1041=x", "INV-1041=x", "amount", "Expected an amount"),
    ("pay 120 card 31/11", "31/11", "date", "Expected a date"),
    ("revpay CHK4411", "", "missing", "a reason in words"),
    ("sus", "", "service", "a service"),
    ("sus gas fri", "gas", "service", "a service: int, tv, el, el"),
    ("sus el fri", "el", "service", "say which: EL-1, EL-2"),
    ("sus int", "", "date", "Expected a date"),
    ("lm; sus int fri", "sus int fri", "alone", "stand alone"),
    ("res tv; lm", "res tv", "alone", "stand alone"),
    ("xo S-999 paid", "S-999", "order", "an order: S-123, S-200"),
    ("hold fraud", "fraud", "hold", "a kind of hold: dispute, payment-claim, cease"),
    ("rel dispute", "", "missing", "a reason in words"),
    ("skip", "", "code", "a reason: research, waiting, break"),
    ("skip because", "because", "code", "a reason: research"),
    ("skip break now", "now", "end", "Nothing was expected"),
    ("mark m2", "", "quality", "good, bad, wrong, in or out"),
    ("mark m2 bad good", "good", "quality", "good, bad, wrong, in or out"),
    ("undo 1 2", "2", "end", "Nothing was expected"),
]


@pytest.mark.parametrize(("line", "word", "code", "says"), ERRORS, ids=[line for line, *_ in ERRORS])
def test_an_error_points_at_the_word(line: str, word: str, code: str, says: str) -> None:
    parsed = parse(line, CONTEXT)
    assert not parsed.complete
    assert parsed.text == line
    [error] = parsed.errors
    assert error.code == code
    assert says in error.message
    if word:
        assert line[error.start : error.end] == word
    else:
        assert error.start == error.end
        assert error.start in (len(line), line.find(";"))


def test_an_empty_line_is_neither_wrong_nor_complete() -> None:
    for line in ("", "   ", ";", " ; ;"):
        assert parse(line, CONTEXT) == Parsed(line)


def test_acts_that_are_right_stay_beside_one_that_is_wrong() -> None:
    parsed = parse("lm m2; pp 150 soon; t fri", CONTEXT)
    assert [command.kind for command in parsed.commands] == ["contact", "next"]
    assert len(parsed.meaning) == 2
    assert not parsed.complete


def test_positions_are_those_of_the_text_as_typed() -> None:
    line = "lm\t\x07 m2;  pp\x1b 150 s\x00oon"
    [error] = parse(line, CONTEXT).errors
    assert line[error.start : error.end] == "s\x00oon"


CARD = "4242 4242 4242 4242"


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (f"lm m2 paid with {CARD} today", CARD),
        (f'pp 150 fri "{CARD}"', CARD),
        (f"n {CARD}; lm", CARD),
        ("pay 4242424242424242", "4242424242424242"),
        ("pay 150 card 4242424242424242", "4242424242424242"),
        ("pay 150 card ref=4242424242424242", "4242424242424242"),
        ("revpay 4242424242424242 wrong", "4242424242424242"),
        ("4242424242424242", "4242424242424242"),
        (f"pay {CARD}", CARD),
        (f"pp {CARD}", CARD),
        (f"lm 0142 {CARD}", f"0142 {CARD}"),  # it may be an expiry in front of its card
        ("n cvv is 123", "123"),
        ("xp gave cvc 1234", "1234"),
        (f"n {CARD} " + "x" * 2000, CARD),
    ],
)
def test_card_data_never_leaves_the_line(line: str, found: str) -> None:
    parsed = parse(line, CONTEXT)
    assert parsed.secret
    assert parsed.commands == ()
    assert parsed.meaning == ()
    assert not parsed.complete
    error = parsed.errors[0]
    assert error.code == "card"
    assert line[error.start : error.end] == found
    assert found not in "".join(error.message for error in parsed.errors)


@pytest.mark.parametrize(
    "line",
    [
        "n asked about 4111111111111111",  # an item of this account has this number
        "pay 10 4111111111111111=10",
        "pay 10 INV-1041=4.55 4111111111111111=0.01",
        "n call +1 312 555 0142 tomorrow at 9",
        "pp 4242.42 4/12; pp 4242.42 4/12",
        "pay 4242.4 2025-11-20",
    ],
)
def test_numbers_of_the_account_and_figures_are_no_cards(line: str) -> None:
    assert parse(line, CONTEXT).complete


def test_figures_and_a_word_that_is_refused_are_no_card_together() -> None:
    parsed = parse("ptp 4242.42 2026-03-03 2", CONTEXT)
    assert not parsed.secret
    assert [error.code for error in parsed.errors] == ["amount"]


def test_a_social_security_number_is_a_warning() -> None:
    line = "n ssn 123-45-6789 given"
    parsed = parse(line, CONTEXT)
    assert parsed.complete
    [warning] = parsed.warnings
    assert line[warning.start : warning.end] == "123-45-6789"


def test_a_line_has_its_limits() -> None:
    assert parse("; ".join(["lm"] * MAX_COMMANDS), CONTEXT).complete
    many = parse("; ".join(["lm"] * (MAX_COMMANDS + 1)), CONTEXT)
    assert [error.code for error in many.errors] == ["limit"]
    assert parse("n " + "x" * 1998, CONTEXT).complete
    long = parse("n " + "x" * 1999, CONTEXT)
    assert [(error.code, error.start) for error in long.errors] == [("limit", 2000)]
    assert long.commands == ()
    assert [error.code for error in parse('skip "' + "x" * 121 + '"', CONTEXT).errors] == ["code"]
    assert [error.code for error in parse("pay 5 ref=" + "9x" * 61, CONTEXT).errors] == ["ref"]
    assert [error.code for error in parse("n " + "lm " * 660, CONTEXT).errors] == ["note"]


def _sound(parsed: Parsed) -> None:
    size = len(parsed.text)
    for error in (*parsed.errors, *parsed.warnings):
        assert 0 <= error.start <= error.end <= size
        assert error.message
    for span in parsed.spans:
        assert 0 <= span.start < span.end <= size
    assert parsed.complete == (bool(parsed.commands) and not parsed.errors)
    assert len(parsed.meaning) == len(parsed.commands)
    assert len(parsed.commands) <= MAX_COMMANDS


_PIECES = st.sampled_from(
    (
        *VERBS,
        *(
            "lm",
            "tm",
            "rp",
            "in",
            "m2",
            "h1",
            "150",
            "1,250.50",
            "50%",
            "b",
            "rest",
            "fri",
            "15",
            "eom",
            "+7",
            "9:30",
            "3m",
        ),
        *("dn100", "dn", "card", "inc", "any", "INV-1041=60", "INV-1041=", "=60", "by=", "ref=1", "int", "el", "S-123"),
        *(
            "dispute",
            "5d",
            ";",
            '"',
            '""',
            "`",
            "\\",
            "#2231",
            "#",
            "=",
            "@",
            "\x00",
            "\t",
            "\n",
            "\u202e",
            "é",
            "１５０",
        ),
        *("4242424242424242", "cvv 123", "9" * 40),
    )
)
LINES = st.one_of(
    st.text(max_size=80), st.lists(_PIECES, max_size=12).map(" ".join), st.lists(_PIECES, max_size=12).map("".join)
)


@pytest.mark.parametrize("context", [CONTEXT, NO_ACCOUNT], ids=["account", "no account"])
@given(line=LINES)
def test_nothing_typed_breaks_the_reader(context: LineContext, line: str) -> None:
    _sound(parse(line, context))
    suggest(line, context)


@given(line=LINES, cursor=st.integers(-3, 90))
def test_nothing_typed_breaks_completion(line: str, cursor: int) -> None:
    for candidate in complete(line, cursor, CONTEXT):
        assert 0 <= candidate.insert_from <= max(0, min(cursor, len(line)))
