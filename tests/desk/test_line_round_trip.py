"""What the line writes, it reads back: for every command, in any context that has its codes and names."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from collect_tui.desk.commands import (
    AddParty,
    AddPoint,
    AnswerMessage,
    ApplyCredit,
    CancelMessage,
    CancelOrder,
    CancelPromise,
    ChangeCase,
    CloseMessage,
    Command,
    CorrectCustomer,
    CorrectPoint,
    DecideCase,
    Directed,
    ExtendOrder,
    HandOver,
    LinkCase,
    LogContact,
    MakePlan,
    MakePromise,
    MakeSettlement,
    MarkPoint,
    MoveCase,
    OpenCase,
    OrderDowngrade,
    OrderRestore,
    OrderSuspension,
    OrderTermination,
    Part,
    PlaceHold,
    ReadScript,
    ReAge,
    RecordPayment,
    ReleaseHold,
    ReleaseMessage,
    RescuePlan,
    ReverseOrder,
    ReversePayment,
    ScheduleCallback,
    SendMessage,
    SetNextAction,
    SetOwner,
    SkipAccount,
    SnoozeAccount,
    Undo,
    UnpinNote,
    VerifyCustomer,
    WriteCaseNote,
    WriteNote,
)
from collect_tui.desk.commands.customer import PARTS, POINT_KINDS
from collect_tui.desk.commands.queue import ACT_NAME
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.lexer import is_clean
from collect_tui.desk.line.parse import parse
from collect_tui.desk.line.render import render, render_act
from collect_tui.desk.line.verbs import MEANING, RENDER
from collect_tui.domain.account.notes import expand, open_slot
from collect_tui.domain.message.template import LANGUAGES, LEVELS
from support.line_world import (
    ABBREVIATIONS,
    CASES,
    CODES,
    CONTEXT,
    DEPARTMENTS,
    HOLDS,
    KINDS,
    MONTH_FIRST,
    NOW,
    TEMPLATES,
    TODAY,
    YEN,
)

_ALPHABET = st.one_of(
    st.sampled_from(list(" ;\"'`\\=#@;:,.!?-/%+abcmnpty019")),
    st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zs", "Zl", "Zp", "Nd"), max_codepoint=0x2FFFF),
)
_LETTERS = st.text(_ALPHABET, max_size=60).filter(is_clean)
_TRADE = [*ABBREVIATIONS, r"\lm", "w/", "fri", "m1", "any", "150", "card", "a;b", '"', "`"]
_WORDS = st.lists(st.sampled_from(_TRADE), max_size=8).map(" ".join)
TEXTS = st.one_of(_LETTERS, _WORDS)
RAW_TEXTS = st.one_of(TEXTS, st.tuples(TEXTS, TEXTS).map("\n".join))  # texts of commands may have lines and tabs
REASONS = RAW_TEXTS.filter(lambda text: bool(text.strip()))
SHORTS = TEXTS.filter(lambda text: bool(text.strip()) and len(text) <= 120)

VALUES = REASONS.map(str.strip)

MINOR = st.one_of(st.integers(1, 100_000), st.integers(1, 10**12 - 1))  # from 13 digits on it may pass for a card
DATES = st.one_of(
    st.integers(-20, 60).map(lambda days: TODAY + timedelta(days=days)),
    st.dates(date(2016, 1, 1), date(2035, 11, 1)),
)
MOMENTS = st.one_of(
    st.integers(1, 60 * 24 * 400).map(lambda minutes: NOW + timedelta(minutes=minutes)),
    st.datetimes(datetime(2025, 12, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),
)
NOTES = st.one_of(
    TEXTS.filter(lambda typed: open_slot(typed, ABBREVIATIONS) is None).map(
        lambda typed: (expand(typed, ABBREVIATIONS), typed)
    ),
    RAW_TEXTS.map(lambda text: (text, "")),
    st.just(("", "")),
)
METHOD = st.one_of(st.none(), st.sampled_from(list(CODES.methods)))
POINT = st.one_of(st.none(), st.sampled_from([point[0] for point in CONTEXT.points]))
REASON = st.one_of(st.none(), st.sampled_from(list(CODES.reasons)))


def _contact(
    result: str, action: str | None, point: str | None, reason: str | None, note: tuple[str, str]
) -> LogContact:
    return LogContact(result=result, action=action, point=point, reason=reason, note=note[0], typed=note[1])


CONTACTS = st.builds(
    _contact,
    st.sampled_from(list(CODES.results)),
    st.one_of(st.none(), st.sampled_from(list(CODES.actions))),
    POINT,
    REASON,
    NOTES,
)
PROMISES = st.builds(MakePromise, amount=MINOR, due=DATES, method=METHOD, note=RAW_TEXTS)
PLANS = st.builds(
    MakePlan,
    total=MINOR,
    count=st.integers(1, 250),
    frequency=st.sampled_from(["weekly", "fortnightly", "monthly"]),
    first=DATES,
    anchor_day=st.one_of(st.none(), st.integers(1, 31)),
    down=st.one_of(st.just(0), MINOR),
    down_due=st.one_of(st.none(), DATES),
    method=METHOD,
    note=RAW_TEXTS,
)
SPLITS = st.builds(
    lambda amounts, due, gaps, method, note: MakePlan(
        total=sum(amounts),
        parts=tuple(Part(amount=amount, due=due + timedelta(days=sum(gaps[:at]))) for at, amount in enumerate(amounts)),
        method=method,
        note=note,
    ),
    st.lists(MINOR, min_size=2, max_size=5),
    DATES,
    st.lists(st.integers(1, 40), min_size=4, max_size=4),
    METHOD,
    RAW_TEXTS,
).filter(lambda split: split.parts[-1].due < date(2035, 11, 1))
CALLBACKS = st.builds(ScheduleCallback, at=MOMENTS, point=POINT, anyone=st.booleans(), note=RAW_TEXTS)
DIRECTED = st.builds(Directed, doc_no=st.sampled_from([item[0] for item in CONTEXT.items]), amount=MINOR)
SERVICES = st.sampled_from(["INT", "TV", "CPE-88 1", "TV-100", "EL-1", "EL-2"])
CONFIRM = st.one_of(st.none(), st.sampled_from(["2231", "0001", "12-4", "a b"]))

CODE = st.sampled_from
ISO = DATES.map(date.isoformat)
CELLS = RAW_TEXTS.map(lambda text: " ".join(text.replace(",", "").split())).filter(lambda text: text not in ("", "-"))
TEXT = RAW_TEXTS.filter(lambda text: bool(text.strip()))
DISPUTES = st.builds(
    OpenCase,
    case_kind=st.just("dispute"),
    values=st.fixed_dictionaries(
        {
            "item": CODE([item[0] for item in CONTEXT.items]),
            "reason": CODE(list(KINDS["dispute"].fields["reason"].choices)),
            "claim": TEXT,
        },
        optional={"amount": MINOR},
    ),
    owner=st.one_of(st.just(""), SHORTS),
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {"part": CODE(["BOX", "METER"])},
        optional={"fee": MINOR, "ours": st.booleans(), "on": ISO, "serial": CELLS},
    ),
    min_size=1,
    max_size=5,
).map(tuple)
OWN = {
    "parts": ROWS,
    "urgency": CODE(["LOW", "HIGH"]), "share": st.integers(0, 100), "meter": st.booleans(), "paid": SHORTS, "who": SHORTS,
    "by": CODE(["email", "call"]),
    "asked": SHORTS,
    "dept": CODE(["billing", "service"]), "slip": SHORTS, "hint": TEXT,
}  # fmt: skip
VISITS = st.builds(
    OpenCase,
    case_kind=st.just("visit"),
    values=st.fixed_dictionaries(
        {"service": SERVICES, "count": st.integers(0, 10**9 - 1), "on": ISO, "ring": POINT.filter(bool), "where": TEXT},
        optional=OWN,
    ),
)
NOTED = RAW_TEXTS.filter(lambda text: not text or bool(text.strip()))
MOVES = st.one_of(
    st.builds(
        MoveCase,
        case=st.just("DI-1A2B"),
        move=st.just("part"),
        values=st.fixed_dictionaries({"finding": TEXT, "credit": MINOR}, optional={"amount": MINOR, "claim": TEXT}),
        note=NOTED,
    ),
    st.builds(MoveCase, case=CODE(["DI-1A2B", "DI-7QX2"]), move=st.just("void"), note=NOTED),
    st.builds(
        MoveCase,
        case=st.just("VI-3C4D"),
        move=st.just("done with"),
        values=st.fixed_dictionaries({"found": TEXT, "cost": MINOR}, optional={"where": TEXT, **OWN}),
        note=NOTED,
    ),
)
NUMBERS = CODE([case.number for case in CASES])
CHANGES = st.builds(
    ChangeCase,
    case=st.just("VI-3C4D"),
    values=st.fixed_dictionaries({}, optional={name: one for name, one in OWN.items() if name != "dept"}),
    owner=st.one_of(st.none(), st.just(""), SHORTS),
    department=st.one_of(st.none(), CODE(list(DEPARTMENTS))),
).filter(lambda one: one.values or one.owner is not None or one.department)

COMMANDS: dict[type, st.SearchStrategy[Command]] = {
    LogContact: CONTACTS,
    WriteNote: st.builds(
        lambda note, pinned: WriteNote(text=note[0], typed=note[1], pinned=pinned),
        NOTES.filter(lambda note: bool(note[0].strip())),
        st.booleans(),
    ),
    UnpinNote: st.builds(UnpinNote, text=REASONS),
    ScheduleCallback: CALLBACKS,
    SetNextAction: st.builds(
        SetNextAction, on=DATES, code=st.one_of(st.sampled_from(list(CODES.next_actions)), SHORTS), note=RAW_TEXTS
    ),
    MarkPoint: st.builds(
        MarkPoint,
        point=st.sampled_from([point[0] for point in CONTEXT.points]),
        quality=st.sampled_from([None, "unknown", "good", "bad", "wrong"]),
        consent=st.sampled_from([None, "unknown"]),
    ).filter(lambda mark: mark.quality is not None or mark.consent is not None)
    | st.builds(
        MarkPoint,
        point=st.sampled_from([point[0] for point in CONTEXT.points]),
        quality=st.sampled_from([None, "unknown", "good", "bad", "wrong"]),
        consent=st.sampled_from(["in", "out"]),
        source=st.sampled_from([None, "call", "web", "letter", "form", "email", "text", "visit"]),
        on=st.none() | DATES,
    ),
    VerifyCustomer: st.builds(
        VerifyCustomer,
        facts=st.lists(st.sampled_from(["dob", "addr", "id4", "mail"]), min_size=1, max_size=6).map(tuple),
        method=st.sampled_from(["call", "inbound", "chat"]),
    ),
    AddPoint: st.builds(AddPoint, what=st.sampled_from(POINT_KINDS), value=VALUES),
    AddParty: st.builds(
        AddParty,
        role=st.sampled_from(sorted(CONTEXT.codes.party_roles)),
        name=VALUES.filter(lambda text: len(text) <= 200),
        what=st.sampled_from(POINT_KINDS),
        value=VALUES,
    ),
    CorrectPoint: st.builds(CorrectPoint, point=st.sampled_from([point[0] for point in CONTEXT.points]), value=VALUES),
    CorrectCustomer: st.builds(CorrectCustomer, what=st.sampled_from(PARTS), value=VALUES),
    MakePromise: PROMISES,
    MakePlan: st.one_of(PLANS, SPLITS),
    CancelPromise: st.builds(CancelPromise, reason=REASONS),
    RecordPayment: st.builds(
        RecordPayment,
        amount=MINOR,
        method=st.sampled_from(list(CODES.methods)),
        ref=st.one_of(st.just(""), SHORTS),
        received_on=st.one_of(st.none(), DATES),
        directed=st.lists(DIRECTED, max_size=3).map(tuple),
        over=st.one_of(st.none(), MINOR),
        note=RAW_TEXTS,
    ),
    ReversePayment: st.one_of(
        st.builds(ReversePayment, ref=SHORTS, reason=REASONS),
        st.builds(
            ReversePayment, ref=SHORTS, reason=REASONS, returned=st.just(True), amount=st.one_of(st.none(), MINOR)
        ),
    ),
    ApplyCredit: st.builds(ApplyCredit, credit=st.just("CR-77"), directed=st.lists(DIRECTED, max_size=3).map(tuple)),
    **{
        command: st.builds(
            command,
            service=SERVICES,
            effective=st.one_of(st.none(), DATES) if command is OrderRestore else DATES,
            reason=st.one_of(st.sampled_from(list(CODES.reasons_for(kind))), SHORTS),
            note=RAW_TEXTS,
            confirm=CONFIRM,
        )
        for kind, command in (("suspend", OrderSuspension), ("restore", OrderRestore), ("terminate", OrderTermination))
    },
    ExtendOrder: st.builds(
        ExtendOrder, days=st.integers(1, 366), order=st.sampled_from(["", "S-123", "INT"]), note=RAW_TEXTS
    ),
    OrderDowngrade: st.builds(
        OrderDowngrade,
        service=SERVICES,
        target=st.sampled_from(["INT50", "TV1"]),
        monthly=MINOR,
        effective=DATES,
        note=RAW_TEXTS,
        confirm=CONFIRM,
    ),
    RescuePlan: st.builds(RescuePlan, by=st.one_of(st.none(), DATES), note=RAW_TEXTS),
    MakeSettlement: st.builds(
        MakeSettlement,
        parts=st.builds(lambda a, d: (Part(amount=a, due=d),), MINOR, DATES),
        method=st.sampled_from([None, "card", "gcash"]),
        note=RAW_TEXTS,
    ),
    ReAge: st.builds(ReAge, due=DATES, item=st.sampled_from(["", "INV-1041"]), reason=REASONS),
    ReverseOrder: st.builds(
        ReverseOrder, order=st.sampled_from(["S-123", "INT", "EL"]), reason=REASONS, confirm=CONFIRM
    ),
    CancelOrder: st.builds(CancelOrder, order=st.sampled_from(["S-123", "S-200", "INT", "EL"]), reason=REASONS),
    SendMessage: st.builds(
        SendMessage,
        template=st.sampled_from([*TEMPLATES, *LEVELS]),
        channel=st.sampled_from([None, "letter", "email", "sms"]),
        point=POINT,
        language=st.sampled_from([None, *LANGUAGES]),
        text=RAW_TEXTS,
    )
    | st.builds(
        SendMessage,
        template=st.just("bill-copy"),
        item=st.sampled_from(["INV-1041", "INV-1042", "9041-77"]),
        point=POINT,
        language=st.sampled_from([None, *LANGUAGES]),
    ),
    ReleaseMessage: st.builds(ReleaseMessage, message=st.just("pre-cut"), text=RAW_TEXTS),
    CancelMessage: st.builds(
        CancelMessage, message=st.sampled_from([one.name for one in CONTEXT.waiting]), reason=REASONS
    ),
    SkipAccount: st.builds(SkipAccount, reason=st.one_of(st.sampled_from(list(CODES.skip_reasons)), SHORTS)),
    SnoozeAccount: st.builds(
        SnoozeAccount, until=DATES, reason=st.one_of(st.sampled_from(list(CODES.skip_reasons)), SHORTS)
    ),
    AnswerMessage: st.builds(AnswerMessage, message=st.sampled_from([None, "M-4K7"]), text=REASONS),
    CloseMessage: st.builds(CloseMessage, reason=RAW_TEXTS),
    PlaceHold: st.builds(
        PlaceHold, hold=st.sampled_from(list(HOLDS)), until=st.one_of(st.none(), DATES), reason=RAW_TEXTS
    ),
    ReleaseHold: st.builds(ReleaseHold, hold=st.sampled_from(list(HOLDS)), reason=REASONS),
    ReadScript: st.builds(ReadScript, script=SHORTS),
    HandOver: st.builds(HandOver, of=SHORTS, to=SHORTS, reason=RAW_TEXTS),
    SetOwner: st.builds(SetOwner, owner=st.one_of(st.just(""), SHORTS.filter(lambda login: login.lower() != "nobody"))),
    OpenCase: st.one_of(DISPUTES, VISITS),
    MoveCase: MOVES,
    ChangeCase: CHANGES,
    WriteCaseNote: st.builds(WriteCaseNote, case=NUMBERS, text=REASONS),
    LinkCase: st.builds(LinkCase, case=NUMBERS, other=st.one_of(st.just("TK-1"), SHORTS)),
    DecideCase: st.builds(DecideCase, case=st.just("DI-1A2B"), agreed=st.booleans(), reason=REASONS),
    Undo: st.builds(Undo, act=st.one_of(st.none(), st.from_regex(ACT_NAME, fullmatch=True))),
}


def test_every_command_has_a_line_and_a_meaning() -> None:
    kinds = set(get_args(get_args(Command)[0]))
    assert set(COMMANDS) == kinds
    assert set(RENDER) | {LogContact} == kinds
    assert set(MEANING) == kinds


@pytest.mark.parametrize(
    "context", [CONTEXT, YEN, MONTH_FIRST], ids=["dollars, Chicago", "yen, desk time", "month first"]
)
@given(command=st.one_of(*COMMANDS.values()))
@example(command=LogContact(result="LM", note="lm", typed=""))
@example(command=LogContact(result="PP", note=r"\lm", typed=""))
@example(command=ScheduleCallback(at=datetime(2026, 11, 1, 7, 30, tzinfo=UTC)))  # 01:30 a second time in Chicago
@example(command=MakePlan(total=1, count=1, frequency="monthly", first=date(2026, 2, 28), anchor_day=31))
@example(command=SetNextAction(on=TODAY, code="CALL"))
def test_a_command_survives_its_own_line(context: LineContext, command: Command) -> None:
    line = render(command, context)
    parsed = parse(line, context)
    assert parsed.errors == (), line
    assert parsed.commands == (command,), line


PAIRS = st.one_of(
    st.builds(
        lambda log, promise: (log.model_copy(update={"result": "PP"}), promise.model_copy(update={"note": ""})),
        CONTACTS,
        st.one_of(PROMISES, SPLITS),
    ),
    st.builds(
        lambda log, plan: (log.model_copy(update={"result": "PA"}), plan.model_copy(update={"note": ""})),
        CONTACTS,
        PLANS,
    ),
    st.builds(
        lambda log, call: (
            log.model_copy(update={"result": "CB"}),
            call.model_copy(update={"note": log.note, "point": log.point}),
        ),
        CONTACTS,
        CALLBACKS,
    ),
)
ACTS = st.lists(
    st.one_of(PAIRS, *(one.map(lambda command: (command,)) for kind, one in COMMANDS.items() if not kind.outside)),
    min_size=1,
    max_size=4,
).map(lambda groups: tuple(command for group in groups for command in group))


@given(commands=ACTS)
def test_an_act_survives_its_own_line(commands: tuple[Command, ...]) -> None:
    line = render_act(commands, CONTEXT)
    if len(line) > 2000 or sum(isinstance(command, MoveCase) for command in commands) > 1:
        return  # after the first move a case has others
    parsed = parse(line, CONTEXT)
    assert parsed.errors == (), line
    assert parsed.commands == commands, line


@given(pair=PAIRS)
def test_a_contact_and_what_it_brought_are_one_act(pair: tuple[Command, Command]) -> None:
    line = render_act(pair, CONTEXT)
    assert not line.startswith("log ")
    assert parse(line, CONTEXT).commands == pair


CANONICAL = [
    ("  PP   150.00 28/11 GCASH  waits salary", 'pp 150 fri gcash "waits salary"'),
    ("pa 412.10 dn 100 3xm 15", "pa 412.10 dn100 3m 15"),
    ("cb 25/11 0930 0142 any", "cb tue 9:30 m2 any"),
    ("note  waits for salary", "n waits for salary"),
    ("pay 1,250.50 card CHK4411 yesterday inv-1041=60", "pay 1250.50 card ref=CHK4411 y INV-1041=60"),
    ("suspend int 2025-11-28 nonpay #2231", "sus INT fri #2231"),
    ("hold payment_claim 5d slip seen", 'hold payment-claim sat "slip seen"'),
    ("lm;t fri", "lm; t fri"),
    ("EM remind e1", "send reminder email e1"),
    ("notice pre es letter", "notice pre-cut letter es"),
    ("send final", "notice final"),
    ("statem e1", "stmt e1"),
    ("send bill-copy", "bill"),
    ("xm remi Paid Today", 'xm reminder "Paid Today"'),
]


@pytest.mark.parametrize(("typed", "canonical"), CANONICAL, ids=[line for line, _ in CANONICAL])
def test_a_line_has_one_way_it_is_written(typed: str, canonical: str) -> None:
    assert render_act(parse(typed, CONTEXT).commands, CONTEXT) == canonical
    assert render_act(parse(canonical, CONTEXT).commands, CONTEXT) == canonical
