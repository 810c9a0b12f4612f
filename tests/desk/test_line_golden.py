"""Lines as collectors type them, and the commands they are."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from collect_tui.desk.commands import (
    ApplyCredit,
    CancelOrder,
    CancelPromise,
    Command,
    Directed,
    LogContact,
    MakePlan,
    MakePromise,
    MarkPoint,
    OrderRestore,
    OrderSuspension,
    PlaceHold,
    RecordPayment,
    ReleaseHold,
    ReversePayment,
    ScheduleCallback,
    SetNextAction,
    SkipAccount,
    SnoozeAccount,
    Undo,
    UnpinNote,
    WriteNote,
)
from collect_tui.desk.line.parse import parse
from collect_tui.desk.line.payment import RETURNED
from support.line_world import CONTEXT, NO_ACCOUNT

FRI = date(2025, 11, 28)
TUE_0930 = datetime(2025, 11, 25, 15, 30, tzinfo=UTC)  # 09:30 in Chicago


def log(result: str, note: str = "", typed: str | None = None, **values: str) -> LogContact:
    return LogContact(result=result, note=note, typed=note if typed is None else typed, **values)


def pinned(text: str) -> WriteNote:
    return WriteNote(text=text, typed=text, pinned=True)


def plan(total: int, count: int, frequency: str, first: date, **values: object) -> MakePlan:
    return MakePlan(total=total, count=count, frequency=frequency, first=first, **values)


GOLDEN: list[tuple[str, tuple[Command, ...]]] = [
    # results
    ("lm", (log("LM"),)),
    ("LM", (log("LM"),)),
    ("  na   m2 ", (log("NA", point="m2"),)),
    ("na 0142", (log("NA", point="m2"),)),
    ('tm lm m2 "shop line"', (log("LM", "shop line", action="TM", point="m2"),)),
    ("lm m2 will call back", (log("LM", "will call back", point="m2"),)),
    ("lm m2 wcb w/ sp", (log("LM", "will call back w/ spouse", "wcb w/ sp", point="m2"),)),
    (r'lm "\lm stays"', (log("LM", "lm stays", r"\lm stays"),)),
    ("lm `lm w/ sp`", (log("LM", "lm w/ sp", ""),)),
    ('lm "he said ""no""; twice"', (log("LM", 'he said "no"; twice'),)),
    ("in lm h1", (log("LM", action="IN", point="h1"),)),
    ("in rp income", (log("RP", action="IN", reason="INCOME"),)),
    ("rp inc", (log("RP", reason="INCOME"),)),
    ("rp inc lost his job", (log("RP", "lost his job", reason="INCOME"),)),
    ('rp m1 bill "never came"', (log("RP", "never came", reason="BILL-NOT-RECEIVED", point="m1"),)),
    ("lm away", (log("LM", reason="AWAY"),)),
    ("lm bill for wife came", (log("LM", "bill for wife came"),)),
    ("lm for wife", (log("LM", "for wife"),)),
    ("lm reason=forgot", (log("LM", reason="FORGOT"),)),
    ("it not before noon", (log("IT", "not before noon"),)),
    ("log pp m1", (log("PP", point="m1"),)),
    ("log tm rp", (log("RP", action="TM"),)),
    ("log xo gone", (log("XO", "gone"),)),
    # promises
    ("pp 150 fri", (log("PP"), MakePromise(amount=15_000, due=FRI))),
    (
        "pp 1,250.50 15dec card m2",
        (log("PP", point="m2"), MakePromise(amount=125_050, due=date(2025, 12, 15), method="card")),
    ),
    (
        "tm pp m2 150 fri gcash",
        (log("PP", action="TM", point="m2"), MakePromise(amount=15_000, due=FRI, method="gcash")),
    ),
    ("pp 50% 15", (log("PP"), MakePromise(amount=20_605, due=date(2025, 12, 15)))),
    ("pp b eom", (log("PP"), MakePromise(amount=61_000, due=date(2025, 11, 30)))),
    ("pp p +7", (log("PP"), MakePromise(amount=47_210, due=date(2025, 12, 1)))),
    ("pp rest fri", (log("PP"), MakePromise(amount=41_210, due=FRI))),
    ("pp c 15 dec", (log("PP"), MakePromise(amount=41_210, due=date(2025, 12, 15)))),
    ("pp 150 dec 15 card", (log("PP"), MakePromise(amount=15_000, due=date(2025, 12, 15), method="card"))),
    ("pp 150 15 dec 2026", (log("PP"), MakePromise(amount=15_000, due=date(2026, 12, 15)))),
    ("pp 150 +3b", (log("PP"), MakePromise(amount=15_000, due=FRI))),
    ("bp 150 fri forgot", (log("BP", reason="FORGOT"), MakePromise(amount=15_000, due=FRI))),
    (
        'pp 150 fri by="money order" waits salary',
        (log("PP", "waits salary"), MakePromise(amount=15_000, due=FRI, method="money order")),
    ),
    ("ptp 150 fri", (MakePromise(amount=15_000, due=FRI),)),
    (
        "promise .50 2025-12-01 cash w/ sp",
        (MakePromise(amount=50, due=date(2025, 12, 1), method="cash", note="w/ spouse"),),
    ),
    ("xp lost the job", (CancelPromise(reason="lost the job"),)),
    # plans
    ("pa 412.10 dn100 3m 15", (log("PA"), plan(41_210, 3, "monthly", date(2025, 12, 15), down=10_000, anchor_day=15))),
    ("arr 412.10 4w fri", (plan(41_210, 4, "weekly", FRI),)),
    ("arr 412.10 6f 1dec card", (plan(41_210, 6, "fortnightly", date(2025, 12, 1), method="card"),)),
    ("arr c 3×m 31", (plan(41_210, 3, "monthly", date(2025, 11, 30), anchor_day=31),)),
    ("arr 600 6 15", (plan(60_000, 6, "monthly", date(2025, 12, 15), anchor_day=15),)),
    ("arr 600 dn 100 6xm eom", (plan(60_000, 6, "monthly", date(2025, 11, 30), anchor_day=31, down=10_000),)),
    (
        "arr 600 dn100@1dec 2m 1",
        (plan(60_000, 2, "monthly", date(2026, 1, 1), anchor_day=1, down=10_000, down_due=date(2025, 12, 1)),),
    ),
    (
        "arr 600 dn100@1dec 2w fri",
        (plan(60_000, 2, "weekly", date(2025, 12, 5), down=10_000, down_due=date(2025, 12, 1)),),
    ),
    ("arr 600 3m 20dec@31", (plan(60_000, 3, "monthly", date(2025, 12, 20), anchor_day=31),)),
    (
        "pa 600 3m 15 inc m1 after payday",
        (
            log("PA", "after payday", reason="INCOME", point="m1"),
            plan(60_000, 3, "monthly", date(2025, 12, 15), anchor_day=15),
        ),
    ),
    # callbacks: 09:30 of the customer in Chicago
    ("cb tue 9:30", (log("CB"), ScheduleCallback(at=TUE_0930))),
    ("cb tue 9:30 m2 any", (log("CB", point="m2"), ScheduleCallback(at=TUE_0930, point="m2", anyone=True))),
    (
        "cb tue 9:30 any wants evening",
        (log("CB", "wants evening"), ScheduleCallback(at=TUE_0930, anyone=True, note="wants evening")),
    ),
    (
        "cb tue 9:30 any time is fine",
        (log("CB", "any time is fine"), ScheduleCallback(at=TUE_0930, note="any time is fine")),
    ),
    (
        "cb tom 9:30am ask for sp",
        (log("CB", "ask for spouse", "ask for sp"), ScheduleCallback(at=TUE_0930, note="ask for spouse")),
    ),
    ("call +2h m1", (ScheduleCallback(at=datetime(2025, 11, 24, 17, 32, tzinfo=UTC), point="m1"),)),
    ("call m1 15 dec 2pm", (ScheduleCallback(at=datetime(2025, 12, 15, 20, 0, tzinfo=UTC), point="m1"),)),
    ("call 2025-11-25T15:30Z", (ScheduleCallback(at=TUE_0930),)),
    # notes and the next action
    ("n waits for salary", (WriteNote(text="waits for salary", typed="waits for salary"),)),
    ('n he said "no" twice', (WriteNote(text='he said "no" twice', typed='he said "no" twice'),)),
    ("n lm w/ sp", (WriteNote(text="left message w/ spouse", typed="lm w/ sp"),)),
    ("n! daughter only", (WriteNote(text="daughter only", typed="daughter only", pinned=True),)),
    ("unpin speak to", (UnpinNote(text="speak to"),)),
    ("t +3", (SetNextAction(on=date(2025, 11, 27)),)),
    ("t fri verify", (SetNextAction(on=FRI, code="verify"),)),
    ("t fri ver receipt came", (SetNextAction(on=FRI, note="ver receipt came"),)),
    # payments
    ("pay 120", (RecordPayment(amount=12_000),)),
    (
        "pay 120 card CHK4411 y",
        (RecordPayment(amount=12_000, method="card", ref="CHK4411", received_on=date(2025, 11, 23)),),
    ),
    ("pay 120 card ref123", (RecordPayment(amount=12_000, method="card", ref="ref123"),)),
    (
        "pay 120 cash 22nov ref=1512",
        (RecordPayment(amount=12_000, method="cash", ref="1512", received_on=date(2025, 11, 22)),),
    ),
    (
        "pay 120 inv-1041=60 INV-1042=40 lm w/ sp",
        (
            RecordPayment(
                amount=12_000,
                directed=(Directed(doc_no="INV-1041", amount=6_000), Directed(doc_no="INV-1042", amount=4_000)),
                note="left message w/ spouse",
            ),
        ),
    ),
    ("pay 60 INV-1041=all", (RecordPayment(amount=6_000, directed=(Directed(doc_no="INV-1041", amount=6_000),)),)),
    (
        'pay 5 "ref"=5 ref="a b"',
        (RecordPayment(amount=500, ref="a b", directed=(Directed(doc_no="ref", amount=500),)),),
    ),
    ("pay 500 card over=87.90 A1", (RecordPayment(amount=50_000, method="card", ref="A1", over=8_790),)),
    ("pay 120 check 2nd this month", (RecordPayment(amount=12_000, method="check", note="2nd this month"),)),
    ("revpay CHK4411 wrong account", (ReversePayment(ref="CHK4411", reason="wrong account"),)),
    ("retpay CHK4411", (ReversePayment(ref="CHK4411", reason=RETURNED, returned=True),)),
    ("retpay CHK4411 40", (ReversePayment(ref="CHK4411", reason=RETURNED, returned=True, amount=4_000),)),
    ("retpay CHK4411 40 nsf", (ReversePayment(ref="CHK4411", reason="nsf", returned=True, amount=4_000),)),
    ("apply cr-77", (ApplyCredit(credit="CR-77"),)),
    (
        "apply CR-77 INV-1041=12.50",
        (ApplyCredit(credit="CR-77", directed=(Directed(doc_no="INV-1041", amount=1_250),)),),
    ),
    ('retpay "P 77" insufficient funds', (ReversePayment(ref="P 77", reason="insufficient funds", returned=True),)),
    # orders
    ("sus int fri", (OrderSuspension(service="INT", effective=FRI),)),
    ("suspend int fri broken #2231", (OrderSuspension(service="INT", effective=FRI, reason="BROKEN", confirm="2231"),)),
    (
        'sus el-2 +3b "second notice" #2231',
        (OrderSuspension(service="EL-2", effective=FRI, note="second notice", confirm="2231"),),
    ),
    ('sus "cpe-88 1" fri', (OrderSuspension(service="CPE-88 1", effective=FRI),)),
    ("res tv", (OrderRestore(service="TV"),)),
    (
        "res tv tom reason=goodwill as agreed",
        (OrderRestore(service="TV", effective=date(2025, 11, 25), reason="goodwill", note="as agreed"),),
    ),
    ("xo s-123 paid in full", (CancelOrder(order="S-123", reason="paid in full"),)),
    ("xo int paid", (CancelOrder(order="INT", reason="paid"),)),
    # queue, holds, points, undo
    ("skip research", (SkipAccount(reason="RESEARCH"),)),
    ("skip wai", (SkipAccount(reason="WAITING"),)),
    ('skip "the dog ate it"', (SkipAccount(reason="the dog ate it"),)),
    ("snooze fri waiting", (SnoozeAccount(until=FRI, reason="WAITING"),)),
    (
        "hold PAYMENT-CLAIM 5d slip seen",
        (PlaceHold(hold="PAYMENT_CLAIM", until=date(2025, 11, 29), reason="slip seen"),),
    ),
    ("hold dis", (PlaceHold(hold="DISPUTE"),)),
    ("hold dispute 15", (PlaceHold(hold="DISPUTE", until=date(2025, 12, 15)),)),
    ('hold dispute 1512 "5 invoices"', (PlaceHold(hold="DISPUTE", until=date(2025, 12, 15), reason="5 invoices"),)),
    ("rel dispute bill was right", (ReleaseHold(hold="DISPUTE", reason="bill was right"),)),
    ("bad m2", (MarkPoint(point="m2", quality="bad"),)),
    ("wrong m", (MarkPoint(point="m1", quality="wrong"),)),
    ("good h1", (MarkPoint(point="h1", quality="good"),)),
    ("out e1", (MarkPoint(point="e1", consent="out"),)),
    ("in m2", (MarkPoint(point="m2", consent="in"),)),
    ("mark m2 bad out", (MarkPoint(point="m2", quality="bad", consent="out"),)),
    ("mark m2 quality=unknown", (MarkPoint(point="m2", quality="unknown"),)),
    ("undo", (Undo(),)),
    ("undo 3f2a", (Undo(act="3f2a"),)),
    # several acts
    ("lm m2; t +3", (log("LM", point="m2"), SetNextAction(on=date(2025, 11, 27)))),
    ('di "charged twice"; pp rest fri;', (log("DI", "charged twice"), log("PP"), MakePromise(amount=41_210, due=FRI))),
    (
        "pay 112.10 cash; pp rest fri",
        (RecordPayment(amount=11_210, method="cash"), log("PP"), MakePromise(amount=30_000, due=FRI)),
    ),
    ("n a;n b ; ; n c", (WriteNote(text="a;n b ; ; n c", typed="a;n b ; ; n c"),)),
    ('n "a"; n "b" ; ; n! c; d', (*(WriteNote(text=text, typed=text) for text in "ab"), pinned("c; d"))),
    # controls are removed, blanks of any kind are blanks
    ("lm\tm2\nwill\x07 call\x1b back", (log("LM", "will call back", point="m2"),)),
    ("lm \x00\u202em2", (log("LM", point="m2"),)),
]


@pytest.mark.parametrize(("line", "commands"), GOLDEN, ids=[line for line, _ in GOLDEN])
def test_a_line_is_these_commands(line: str, commands: tuple[Command, ...]) -> None:
    parsed = parse(line, CONTEXT)
    assert parsed.errors == ()
    assert parsed.commands == commands
    assert parsed.complete
    assert len(parsed.meaning) == len(commands)
    assert parsed.text == line


MEANINGS = [
    ("pp 150 fri", ("PP promise to pay", "promise 150.00 by Fri 28 Nov")),
    ("tm lm m2 inc", ("LM left message · call mobile · m2 · reason: lost or late income",)),
    ("n lm w/ sp", ('note · "left message w/ spouse"',)),
    (
        "arr 412.10 dn100 3m 31",
        (
            "plan 412.10 · 100.00 down today · 3 monthly of 104.03, the last of them 104.04, from Sun 30 Nov, then on day 31 "
            "· no contact is logged",
        ),
    ),
    (
        "call tue 9:30 m2 any",
        ("call back tomorrow 09:30 (customer's time, Chicago UTC-06:00) · m2 · by anyone · no contact is logged",),
    ),
    ("pay 120 card y INV-1041=60", ("payment 120.00 · card · received Sun 23 Nov · towards INV-1041 60.00",)),
    ("sus int fri", ("suspend INT Fri 28 Nov · reason: Non-payment",)),
    ("snooze fri waiting", ("put off until Fri 28 Nov · Waits for another department",)),
    ("mark m2 bad out", ("m2 marked bad · opted out",)),
    ("undo", ("undo the last act on this account",)),
]


@pytest.mark.parametrize(("line", "meaning"), MEANINGS, ids=[line for line, _ in MEANINGS])
def test_a_line_says_what_it_means(line: str, meaning: tuple[str, ...]) -> None:
    assert parse(line, CONTEXT).meaning == meaning


def test_without_the_customers_zone_times_are_the_desks_and_say_so() -> None:
    parsed = parse("call tue 9:30 m2", NO_ACCOUNT)
    assert parsed.commands == (ScheduleCallback(at=datetime(2025, 11, 25, 14, 30, tzinfo=UTC), point="m2"),)
    assert parsed.meaning == ("call back tomorrow 09:30 (desk time, New York UTC-05:00) · m2 · no contact is logged",)


def test_without_an_account_names_of_its_things_are_taken_as_typed() -> None:
    assert parse("sus gas fri", NO_ACCOUNT).commands == (OrderSuspension(service="gas", effective=FRI),)
    assert parse("pay 5 X9=5", NO_ACCOUNT).commands == (
        RecordPayment(amount=500, directed=(Directed(doc_no="X9", amount=500),)),
    )
    assert [error.code for error in parse("pp b fri", NO_ACCOUNT).errors] == ["amount"]
