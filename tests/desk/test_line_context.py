"""The line on the codes, holds and abbreviations that ship, and its context made from what a desk shows."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from collect_tui import defaults
from collect_tui.desk.commands import LogContact
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.parse import parse
from collect_tui.desk.line.render import render
from collect_tui.desk.line.verbs import VERBS
from collect_tui.desk.views.account import (
    AccountView,
    AgeingView,
    ItemView,
    OrderView,
    PointView,
    ServiceView,
    WaitingMessage,
)
from collect_tui.desk.views.act import VerdictView
from collect_tui.desk.views.session import Session
from collect_tui.domain.states import Stage

TODAY = date(2025, 11, 24)
CATALOGUE = defaults.load(today=TODAY)
SESSION = Session(
    user="mia",
    role="collector",
    desk="d1",
    business_date=TODAY,
    now=datetime(2025, 11, 24, 15, 30, tzinfo=UTC),
    zone="America/New_York",
    backend="local",
    currency="USD",
)
FREE = VerdictView(severity="allow", allowed=True, overridable_by=None)


POINT = PointView(
    short="m1",
    kind="mobile",
    value="+1 312 555 0101",
    quality="good",
    consent="in",
    local_time="",
    may_call=FREE,
    attempts_7d=0,
)
ITEM = ItemView(
    doc_no="INV-1041",
    kind="invoice",
    issued=TODAY,
    due=TODAY,
    amount=41_210,
    open=41_210,
    disputed=0,
    dpd=63,
    service=None,
)
SERVICE = ServiceView(
    product="INT",
    identifier="CPE-881",
    billing_system="b1",
    status="ACTIVE",
    suspend_cause=None,
    monthly=0,
    life_support=False,
)
ORDER = OrderView(
    number="S-1",
    kind="suspend",
    product="INT",
    reason="NONPAY",
    effective=TODAY,
    status="REQUESTED",
    requested_on=TODAY,
    sent_at=None,
    stuck=False,
    detail="",
)


def account(zone: str | None) -> AccountView:
    return AccountView(
        number="4410-2231",
        name="Alvarez, Rosa",
        version=3,
        status="OPEN",
        stage=Stage.PAST_DUE,
        segment="default",
        currency="USD",
        business_date=TODAY,
        now=datetime(2025, 11, 24, 15, 32, tzinfo=UTC),
        desk_zone="America/New_York",
        total=50_000,
        past_due=41_210,
        collectable=41_210,
        disputed=0,
        promised=0,
        unapplied=0,
        dpd=63,
        bucket="61-90",
        ageing=AgeingView(current=0, b1_30=0, b31_60=0, b61_90=41_210, b91_plus=0, total=41_210, past_due=41_210),
        points=(POINT,),
        may_call=FREE,
        call_label="yes 0/7",
        items=(ITEM,),
        promise=None,
        broken_12m=0,
        kept_12m=0,
        holds=(),
        services=(SERVICE,),
        orders=(ORDER, ORDER.model_copy(update={"number": "S-2", "status": "SENT"})),
        last_payment=None,
        last_word=None,
        last_contact_at=None,
        next_action=None,
        next_action_on=None,
        callback_at=None,
        pinned=("daughter only",),
        waiting=(WaitingMessage(name="2", channel="letter", status="DRAFT", made_on=TODAY),),
        queue=None,
        chips=(),
        claimed_by=None,
        lease_until=None,
        fence=0,
        zone=zone,
    )


def test_the_context_of_an_account_is_what_its_screen_shows() -> None:
    context = LineContext.of(account("America/Chicago"), CATALOGUE, SESSION)
    assert context.now_local == datetime(2025, 11, 24, 15, 32, tzinfo=UTC)
    assert (context.total, context.past_due, context.collectable) == (50_000, 41_210, 41_210)
    assert context.orders == ("S-1",)
    assert [one.name for one in context.waiting] == ["2"]
    assert "reminder" in context.templates
    assert context.zone_label(context.now_local) == "customer's time, Chicago UTC-06:00"
    assert parse("call tue 9:30 m1", context).meaning == (
        "call back tomorrow 09:30 (customer's time, Chicago UTC-06:00) · m1 · no contact is logged",
    )
    for line in ("pay 60 INV-1041=60", "sus int fri", "xo s-1 paid", "unpin daughter", "lm 0101", "pp b fri"):
        assert parse(line, context).complete, line


@pytest.mark.parametrize("zone", [None, "Mars/Olympus"])
def test_without_a_zone_that_is_sure_times_are_the_desks(zone: str | None) -> None:
    context = LineContext.of(account(zone), CATALOGUE, SESSION)
    assert context.zone_label(context.now_local) == "desk time, New York UTC-05:00"


BARE = LineContext.bare(CATALOGUE, SESSION)
ARGUMENTS = {"PP": "150 fri", "BP": "150 fri", "PA": "150 3m 15", "CB": "+2h", "RP": "forgot"}
"""What a code must carry to be whole."""


@pytest.mark.parametrize("code", CATALOGUE.codes.results)
def test_every_result_code_that_ships_is_a_line(code: str) -> None:
    alone = LogContact(result=code)
    assert parse(render(alone, BARE), BARE).commands == (alone,)
    result = CATALOGUE.codes.results[code]
    parsed = parse(f"{code.lower()} m1 {ARGUMENTS.get(code, '')}", BARE)
    assert parsed.complete, parsed.errors
    assert isinstance(parsed.commands[0], LogContact)
    assert parsed.commands[0].result == result.code
    assert parsed.commands[0].point == "m1"


@pytest.mark.parametrize("code", CATALOGUE.codes.results)
def test_no_code_that_ships_makes_a_note_of_what_it_does_not_take(code: str) -> None:
    context = LineContext.of(account("America/Chicago"), CATALOGUE, SESSION)
    start = f"{code.lower()} m1 {ARGUMENTS.get(code, '')}".strip()
    for word in (
        "x9",
        "m7",
        "150",
        "1,250.50",
        "12/15",
        "15dec",
        "9:30",
        "INV-1041",
        "k=v",
        "price",
        "lm m1",
        "int",
    ):
        parsed = parse(f"{start} {word}", context)
        assert not parsed.complete, word
        assert "quote it if it is a note" in parsed.errors[0].message, word
    for note in ("left word with son", "at 9:30 he calls", "in 2 weeks", "says rest is paid", "the INV-1041 is wrong"):
        first, *_ = parse(f"{start} {note}", context).commands
        assert isinstance(first, LogContact)
        assert first.typed == note


def test_no_verb_hides_a_code_that_ships() -> None:
    own = {"PP", "BP", "PA", "CB"}  # verbs and codes at once, on purpose
    codes = {*CATALOGUE.codes.results, *CATALOGUE.codes.actions}
    names = {name.upper() for verb in VERBS.values() for name in (verb.verb, *verb.aliases)}
    assert codes & names == own | {
        "IN"
    }  # `in` reads as the action before a result code, and as opted in before a point


@pytest.mark.parametrize("verb", list(VERBS))
def test_every_example_reads_with_what_ships(verb: str) -> None:
    parsed = parse(VERBS[verb].example, BARE)
    assert parsed.complete, parsed.errors
