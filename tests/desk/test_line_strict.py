"""What must not slip into a note: directed amounts, references, mistyped times and methods, slots left open."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from collect_tui.desk.commands import (
    AddPoint,
    Directed,
    LogContact,
    RecordPayment,
    ScheduleCallback,
    VerifyCustomer,
    WriteNote,
)
from collect_tui.desk.line.parse import parse
from collect_tui.desk.line.render import render_act
from support.line_world import CONTEXT, NO_ACCOUNT

TUE_0900 = datetime(2025, 11, 25, 15, 0, tzinfo=UTC)  # 09:00 in Chicago
FRIDAY = date(2025, 11, 28)
PART = Directed(doc_no="INV-1042", amount=6_000)

# (line, the word the error covers, its code, what it says)
REFUSED: list[tuple[str, str, str, str]] = [
    # amounts that go to a document are never text
    ("pay 100 card CHK1 INV-14812=60", "INV-14812=60", "document", "open are INV-1041, INV-1042"),
    ("pay 100 card CHK1 jane paid INV-1042=60", "INV-1042=60", "document", "before the note"),
    ("pay 100 card jane INV-14812=60", "INV-14812=60", "document", "open are INV-1041, INV-1042"),
    ("pay 100 sum=60", "sum=60", "document", "No such item is open"),
    ("pay 100 jane sum=all", "sum=all", "document", "No such item is open"),
    ("pay 100 jane ref=1234", "ref=1234", "document", "before the note"),
    ("pay 100 jane over=5", "over=5", "document", "before the note"),
    # a surplus is a figure that somebody worked out, never a share of what is owed
    *((f"pay 500 over={word}", f"over={word}", "amount", "in figures") for word in ("b", "rest", "50%", "x", "")),
    # a number sign belongs to no reference
    ("pay 100 card #4411", "#4411", "ref", "without the #"),
    ("pay 100 #4411 INV-1042=60", "#4411", "ref", "without the #"),
    # times that are none
    ("cb tue 25:30", "25:30", "moment", "No such time"),
    ("call tue 26:00", "26:00", "moment", "No such time"),
    ("call tue 26:00 ask for sp", "26:00", "moment", "No such time"),
    ("cb tue 13pm", "13pm", "moment", "No such time"),
    ("cb tue 9:75 m2", "9:75", "moment", "No such time"),
    ("cb tue m2 25:30", "25:30", "moment", "No such time"),
    ("cb tue m2 9:30", "9:30", "moment", "right after the day"),
    ("cb tue any 25:30", "25:30", "moment", "No such time"),
    ("cb tue 25", "25", "moment", "No such time"),
    ("cb 15 dec 25", "25", "moment", "No such time"),
    ("cb 15dec m2 9:30", "9:30", "moment", "right after the day"),
    ("cb tue +2h", "+2h", "moment", "stands alone"),
    ("cb tue +2x", "+2x", "moment", "stands alone"),
    ("cb tue 9:30 +2q", "+2q", "moment", "stands alone"),
    ("t fri 25:30", "25:30", "moment", "No such time"),
    ("pp 100 fri 25:30", "25:30", "moment", "No such time"),
    ("pp 100 fri +5x", "+5x", "date", "Expected a date"),
    ("hold dispute +5x bill", "+5x", "date", "Expected a date"),
    ("pay 100 card +5x", "+5x", "date", "Expected a date"),
    ("ptp 100 fri 25:30", "25:30", "moment", "No such time"),
    ("arr 300 3m 15 25:30", "25:30", "moment", "No such time"),
    # methods
    ("pp 100 fri gcsh", "gcsh", "method", "Did you mean gcash?"),
    ("pp 100 fri pyapl", "pyapl", "method", "Did you mean paypal?"),
    ("ptp 100 fri gcsh", "gcsh", "method", "Did you mean gcash?"),
    ("pa 300 3m 15 gcsh", "gcsh", "method", "Did you mean gcash?"),
    ("pay 100 gcsh", "gcsh", "method", "Did you mean gcash?"),
    ("pay 100 crad REF2", "crad", "method", "no method of payment"),
    ("pay 100 chk REF2", "chk", "method", "Did you mean check?"),
    ("pay 5000 chck CHK1", "chck", "method", "Did you mean check?"),
    ("pay 5000 chck CHK1 from his brother", "chck", "method", "Did you mean check?"),
    ("pay 5000 venmo", "venmo", "method", "Expected one of cash, card, ach, check"),
    ("pay 5000 venmo CHK1", "venmo", "method", "venmo is no method of payment"),
    ('pay 5000 venmo CHK1 y "his own"', "venmo", "method", "Quote it if it is a note."),
    # codes for which an act has one of its own when none is said
    ("sus int fri brokn", "brokn", "suspend reason", "Did you mean broken?"),
    ("sus int fri moving", "moving", "suspend reason", "Expected one of nonpay, broken."),
    ("res tv courtesi", "courtesi", "restore reason", "Did you mean courtesy?"),
    ("term int fri fruad", "fruad", "terminate reason", "Did you mean fraud?"),
    ("down int INT50 29.90 fri wish", "wish", "downgrade reason", "Expected one of voluntary."),
    ("t fri lunch", "lunch", "next action", "Expected one of call, verify, letter."),
    ("party gurantor Luis m 555", "gurantor", "role", "Did you mean guarantor?"),
    ("tm zz", "zz", "result", "no result of the call mobile"),
    ("log zz", "zz", "result", "no action or result"),
    # slots of abbreviations
    ("n cb", "cb", "note", r"Fill in {when}: type it after cb, or \cb to keep cb."),
    ("n lm, cb, sp", "cb", "note", "Fill in {when}"),
    ("lm m2 sp says cb", "cb", "note", "Fill in {when}"),
    ('lm "sp ""said"" cb"', "cb", "note", "Fill in {when}"),
    ("n cb .", "cb", "note", "Fill in {when}"),
]


@pytest.mark.parametrize(("line", "word", "code", "says"), REFUSED, ids=[line for line, *_ in REFUSED])
def test_refused_at_the_word(line: str, word: str, code: str, says: str) -> None:
    parsed = parse(line, CONTEXT)
    assert not parsed.complete
    [error] = parsed.errors
    assert (line[error.start : error.end], error.code) == (word, code)
    assert says in error.message


READ: list[tuple[str, object]] = [
    ("fix addr 12 Hazel St", AddPoint(what="address", value="12 Hazel St")),
    ("pay 100 card CHK1 INV-1042=60", RecordPayment(amount=10_000, method="card", ref="CHK1", directed=(PART,))),
    ("pay 50 card M1", RecordPayment(amount=5_000, method="card", ref="M1")),  # m1 is a contact point
    ("pay 5000 pdc CHK1", RecordPayment(amount=500_000, method="pdc", ref="CHK1")),
    ("pay 50 CHEQUE 15nov", RecordPayment(amount=5_000, method="check", received_on=date(2025, 11, 15))),
    ("pay 50 by=postdated", RecordPayment(amount=5_000, method="pdc")),
    ('pay 50 "venmo"', RecordPayment(amount=5_000, method="other", note="venmo")),
    ("pay 50 sent by his brother", RecordPayment(amount=5_000, method="other", note="sent by his brother")),
    ("pay 100 card 7 INV-1042=60", RecordPayment(amount=10_000, method="card", ref="7", directed=(PART,))),
    ("pay 100 A1 jane", RecordPayment(amount=10_000, method="other", ref="A1", note="jane")),
    ("pay 100 card jane paid 2 of 3", RecordPayment(amount=10_000, method="card", note="jane paid 2 of 3")),
    ('pay 100 card "sum=ok"', RecordPayment(amount=10_000, method="card", note="sum=ok")),
    ("pay 100 card the sum=ok", RecordPayment(amount=10_000, method="card", note="the sum=ok")),
    ('pay 100 card "see INV-14812=60"', RecordPayment(amount=10_000, method="card", note="see INV-14812=60")),
    ("pay 100 card ref=#4411", RecordPayment(amount=10_000, method="card", ref="#4411")),
    ("pay 100 card A1 no. #2 of 3", RecordPayment(amount=10_000, method="card", ref="A1", note="no. #2 of 3")),
    (
        "pay 100 card 15 nov A1",
        RecordPayment(amount=10_000, method="card", ref="A1", received_on=date(2025, 11, 15)),
    ),
    ("call tue ask at 25:30", ScheduleCallback(at=TUE_0900, note="ask at 25:30")),
    ('call tue "25:30"', ScheduleCallback(at=TUE_0900, note="25:30")),
    ('call tue 9:00 "+639171234567"', ScheduleCallback(at=TUE_0900, note="+639171234567")),
    ("call tue 9:00 by 10:00 at the latest", ScheduleCallback(at=TUE_0900, note="by 10:00 at the latest")),
    ("n cb tomorrow", WriteNote(text="call back tomorrow", typed="cb tomorrow")),
    (
        "n cb tomorrow w/ sp, lm",
        WriteNote(text="call back tomorrow w/ spouse, left message", typed="cb tomorrow w/ sp, lm"),
    ),
    (r"n \cb", WriteNote(text="cb", typed=r"\cb")),
    ("n `cb {when}`", WriteNote(text="cb {when}", typed="")),
]


@pytest.mark.parametrize(("line", "command"), READ, ids=[line for line, _ in READ])
def test_read_as_meant(line: str, command: object) -> None:
    parsed = parse(line, CONTEXT)
    assert parsed.errors == ()
    assert parsed.commands == (command,)
    assert parse(render_act(parsed.commands, CONTEXT), CONTEXT).commands == parsed.commands


def test_a_longer_note_is_left_alone() -> None:
    for line, note in (("pp 100 fri gcsh app is down", "gcsh app is down"), ("pp 100 fri daughter", "daughter")):
        parsed = parse(line, CONTEXT)
        assert parsed.complete
        assert isinstance(parsed.commands[0], LogContact)
        assert parsed.commands[0].note == note


def test_without_an_account_a_document_is_taken_as_typed() -> None:
    [command] = parse("pay 5 A1 X9=5", NO_ACCOUNT).commands
    assert command == RecordPayment(amount=500, method="other", ref="A1", directed=(Directed(doc_no="X9", amount=500),))


@pytest.mark.parametrize("line", ["ver dob addr", "ver dob address", "ver dob ADDR call"])
def test_a_fact_is_named_as_a_part_of_the_customer_is(line: str) -> None:
    context = replace(CONTEXT, facts={"dob": "date of birth", "addr": "address", "paid": "last payment"})
    assert parse(line, context).commands == (VerifyCustomer(facts=("dob", "addr"), method="call"),)
