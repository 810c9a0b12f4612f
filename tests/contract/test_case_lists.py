"""Lists of open cases on every desk: whose they are, told apart, a page at a time, counted on the board."""

from __future__ import annotations

import pytest

from collect_tui.desk.case_list import CaseFilter, offers, read
from collect_tui.desk.errors import Forbidden, Invalid, Refused, Stale
from collect_tui.desk.protocol import Desk
from contract.conftest import LOCAL, ROSA, do
from support.book import catalogue

DISPUTE = 'di INV-1 60 price "charged twice"'
ASK = 'ask 500 "settlement of 70 %" "sold the car"'
TICKET = 'tk billing high "no bill since June"'
FILTERS = ("kind", "reason", "channel", "age")
IVAN, ADA = "4410-0087", "4410-0099"


def numbers(desk: Desk, *asked: object, **filters: object) -> list[str]:
    """What a list has, asked for two at a time."""
    found, cursor = [], None
    while True:
        page = desk.cases(*asked, **filters, cursor=cursor, limit=2)
        found += page.rows
        cursor = page.cursor
        if cursor is None:
            break
        assert len(page.rows) == 2
    assert len(found) == page.total
    return [row.number for row in found]


def kinds(desk: Desk, *asked: object, **filters: object) -> list[str]:
    return [number.partition("-")[0] for number in numbers(desk, *asked, **filters)]


def test_a_list_is_told_apart_by_kind_reason_and_age(desk, clock):
    do(desk, ROSA, 'di INV-1 60 price "charged twice"; di INV-2 10 damaged "one box"')
    clock.forward(days=8)
    do(desk, IVAN, f'{TICKET}; task 2dec high "ask for the key"')
    assert sorted(kinds(desk)) == ["DI", "DI", "TASK", "TK"]
    assert kinds(desk, kind="ticket") == ["TK"]
    assert [row.about for row in desk.cases(reason="damaged").rows] == ["INV-2"]
    assert kinds(desk, reason="high") == ["TASK"]
    assert kinds(desk, kind="ticket", reason="billing", age="<7d") == ["TK"]
    assert kinds(desk, kind="dispute", age="<7d") == []
    assert kinds(desk, age=">7d") == ["DI", "DI"]
    assert kinds(desk, channel="letter") == []
    assert kinds(desk, "unresolved")[:2] == ["DI", "DI"]


def test_pages_follow_one_another_from_what_presses_to_what_does_not(desk, clock):
    for line in (DISPUTE, TICKET, ASK, 'task 2dec low "ask for the key"'):
        do(desk, ROSA, line)
    do(desk, IVAN, TICKET)
    do(desk, IVAN, 'case take; case wait "which bill?"')
    clock.forward(days=4)
    found = numbers(desk)
    assert len(found) == len(set(found)) == 5
    pressed = [row.press_at for row in desk.cases().rows]
    assert (pressed[-1], pressed[:-1]) == (None, sorted(filter(None, pressed)))
    assert sorted(numbers(desk, "unresolved")) == sorted(found)
    opened = [row.opened_at for row in desk.cases("unresolved").rows]
    assert opened == sorted(opened)
    late = numbers(desk, "overdue")
    assert late == [row.number for row in desk.cases().rows if row.overdue] != []
    with pytest.raises(Invalid, match="cursor"):
        desk.cases(cursor="2")


def test_whose_the_cases_are(desk, desks):
    do(desk, ROSA, TICKET)
    do(desk, ROSA, "assign user=ben")
    assert (kinds(desk, "mine"), kinds(desks("ben"), "mine")) == ([], ["TK"])
    assert (kinds(desk, "asked"), kinds(desks("ben"), "asked")) == (["TK"], [])
    assert kinds(desk, "department") == ["TK"]
    do(desk, ROSA, "assign dept=floor")
    assert kinds(desk, "department") == []


def test_what_waits_for_a_decision_is_listed_for_who_may_take_it(desk, desks, lead):
    do(desk, ROSA, DISPUTE)
    do(desk, ROSA, 'case review; case grant "billed twice"')
    assert (kinds(lead, "decide"), kinds(desk, "decide"), kinds(desks("ben"), "decide")) == (["DI"], [], [])
    do(lead, ROSA, 'reject "no proof"')
    assert kinds(lead, "decide") == []
    do(desk, ROSA, 'case grant "billed twice, here is the bill"')
    do(lead, ROSA, "assign user=lee")
    assert kinds(lead, "decide") == []


def test_what_a_lead_asks_for_waits_for_nobody_of_less(lead, desk, desks):
    do(lead, ROSA, DISPUTE)
    do(desks("ben"), ROSA, 'case review; case grant "billed twice"')
    assert [kinds(each, "decide") for each in (lead, desk, desks("ben"))] == [[], [], []]


def test_a_request_for_approval_waits_for_whoever_has_the_authority_and_no_part_in_it(desk, desks, lead):
    do(desk, ROSA, ASK)
    assert (kinds(lead, "decide"), kinds(desks("ben"), "decide"), kinds(desk, "decide")) == (["ASK"], [], [])
    with pytest.raises(Refused, match="waits for a decision"):
        do(lead, ROSA, "case approve")
    do(lead, ROSA, 'agree "has paid before"')
    assert (kinds(lead, "decide"), desk.account(ROSA).cases) == ([], ())
    do(lead, ADA, ASK)
    assert kinds(lead, "decide") == []
    with pytest.raises((Refused, Forbidden)):
        do(lead, ADA, 'agree "my own"')
    do(lead, ADA, "case withdraw")
    do(desk, ROSA, ASK)
    do(lead, ROSA, 'reject "too much"')
    assert desk.account(ROSA).cases == ()


def test_who_ever_had_a_part_in_a_case_does_not_decide_it(desk, desks, lead):
    ben = desks("ben")
    do(desk, ROSA, 'di INV-1 60 price "charged twice"')
    do(lead, ROSA, "case review")
    do(ben, ROSA, 'case ask question="which line?"')
    do(ben, ROSA, "case review")
    do(ben, ROSA, 'case grant "billed twice"')
    assert kinds(lead, "decide") == []
    with pytest.raises(Refused, match="had no part"):
        do(lead, ROSA, 'agree "yes"')


def test_what_waits_for_a_decision_is_not_changed_under_it(desk, desks, lead):
    ben = desks("ben")
    do(desk, ROSA, 'di INV-1 60 price "charged twice"')
    do(ben, ROSA, "case review")
    do(ben, ROSA, 'case grant "billed twice"')
    for who in (desk, ben, lead):
        with pytest.raises(Refused, match="what it is about stays"):
            do(who, ROSA, "assign amount=300")
    do(lead, ROSA, 'reject "which line?"')
    with pytest.raises(Invalid, match="stays as it was"):
        do(ben, ROSA, "assign item=INV-2")
    do(ben, ROSA, "assign amount=300")
    with pytest.raises(Invalid, match=r"at most 300\.00"):
        do(ben, ROSA, "assign amount=300.01")


def test_a_department_answers_while_a_collector_holds_the_account(desk, desks, lead):
    ben = desks("ben")
    do(desk, ROSA, 'di INV-1 60 price "charged twice"')
    desk.claim(ROSA)
    do(ben, ROSA, "case review")
    do(ben, ROSA, 'cnote "looked at the bill"')
    do(ben, ROSA, 'case grant "billed twice"')
    do(lead, ROSA, 'agree "yes"')
    with pytest.raises(Stale):
        do(ben, ROSA, "n mine too")


def test_the_board_counts_what_there_is(desk, lead, clock):
    assert desk.queues().cases == ()
    do(desk, ROSA, f"{TICKET}; {ASK}")
    assert [(each.name, each.count, each.pressing) for each in lead.queues().cases] == [
        ("decide", 1, 0),
        ("department", 1, 0),
    ]
    clock.forward(days=4)
    assert [(each.name, each.count, each.pressing) for each in lead.queues().cases] == [
        ("decide", 1, 1),
        ("department", 1, 1),
        ("overdue", 2, 2),
    ]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"which": "al"}, "unresolved"),
        ({"kind": "dispote"}, "did you mean dispute?"),
        ({"reason": "prise"}, "did you mean price?"),
        ({"reason": "'; DROP TABLE case_file; --"}, "No such reason"),
        ({"age": "7"}, ">7d"),
        ({"age": ">99999d"}, ">7d"),
        ({"cursor": "9999-12-31T00:00:00~1"}, "cursor"),
        ({"cursor": "0001-01-01T00:00:00+14:00~1"}, "cursor"),
        ({"cursor": "9999-12-31T23:59:59-14:00~1"}, "cursor"),
        ({"cursor": "9999-12-31T00:00:00+00:00~99999999999999999999"}, "cursor"),
    ],
)
def test_what_is_asked_for_wrongly_is_said(desk, asked, says):
    with pytest.raises(Invalid) as raised:
        desk.cases(**asked)
    assert says in raised.value.message


@LOCAL
@pytest.mark.parametrize("text", ["\ud800", "\x00", "a\u202eb", "\x1b[31m"])
@pytest.mark.parametrize("name", FILTERS)
def test_what_is_no_text_is_refused_in_words_that_can_be_sent(desk, name, text):
    with pytest.raises(Invalid, match="spelled so") as raised:
        desk.cases(**{name: text})
    assert raised.value.field == name
    assert raised.value.message.encode()


@LOCAL
@pytest.mark.parametrize("which", ["mine", "asked", "department", "decide", "overdue", "unresolved", "open"])
def test_a_list_is_read_from_an_index_of_open_cases(desk, lead, store, which):
    """Not from all cases there ever were: none of its statements looks through the table."""
    from sqlalchemy import event, text

    asked: list[tuple[str, object]] = []
    with store.read() as db:
        engine = db.connection().engine

    def note(_connection, _cursor, statement, parameters, *_rest):
        asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        lead.cases(which, kind="dispute", reason="PRICE")
        lead.cases(which)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    ours = [each for each in asked if "NOT case_file.ended" in each[0]]
    assert ours
    if engine.dialect.name == "sqlite":  # PostgreSQL plans by what is there, which is nothing
        with store.read() as db:
            for statement, parameters in ours:
                plan = db.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
                read_by = [row[-1] for row in plan if "case_file" in row[-1]]
                assert all("ix_case_" in each for each in read_by), plan
            assert db.execute(text("SELECT 1")).scalar_one() == 1


def test_words_are_read_as_a_list_and_what_of_it():
    site = catalogue().cases.kinds
    assert read("overdue di DAMAGED >7d", site) == CaseFilter("overdue", "dispute", "DAMAGED", "", ">7d")
    assert read("letter", site, CaseFilter("mine", "dispute")) == CaseFilter("mine", channel="letter")
    assert read("reason=legal", site).reason == read("legal reason=legal", site).reason != ""
    assert read("legal", site).kind == "legal"
    assert read("channel=Kiosk", site).channel == "kiosk"
    for word, _ in offers(site):
        assert read(word, site) != CaseFilter() or word == "open"
    for wrong, says in (
        ("overdeu", "overdue"),
        (">7", ">7d"),
        ("reason=nope!", "expected one of|did you mean"),
        ("x=1", "expected one of which="),
    ):
        with pytest.raises(Invalid, match=says):
            read(wrong, site)
