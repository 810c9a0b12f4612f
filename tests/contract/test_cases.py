"""Cases on every desk: opened, moved, decided by another, taken back, and what each makes of the account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from pypdf import PdfReader
from sqlalchemy import text

from collect_tui.channels.letter import Typesetter
from collect_tui.desk.commands import (
    Act,
    ChangeCase,
    Command,
    DecideCase,
    Directed,
    LinkCase,
    MoveCase,
    OpenCase,
    RecordPayment,
    Undo,
    WriteCaseNote,
)
from collect_tui.desk.errors import Forbidden, Invalid, NotFound, Refused
from collect_tui.desk.protocol import Desk
from collect_tui.desk.views.act import Receipt
from collect_tui.desk.views.case import head
from collect_tui.services.message.compose import load
from collect_tui.settings import PrintHouse
from collect_tui.store.engine import Store
from support.book import SERVICES, Book, account
from support.papers import INSOLVENT, PROOF

ROSA = "4410-2231"
LATE = [("INV-2", -33, 11210, {"service": "TV"}), ("INV-1", -63, 30000, {"service": "INT"})]
BOOK = Book(account(ROSA, "Alvarez, Rosa", items=LATE, services=SERVICES))
CLAIM = {"item": "INV-1", "amount": 6000, "reason": "PRICE", "claim": "charged twice"}


@pytest.fixture
def store(combination: str, tmp_path: Path) -> Iterator[Store]:
    with BOOK.store(tmp_path) if combination.endswith("sqlite") else BOOK.pg_store() as opened:
        yield opened


def do(desk: Desk, *commands: Command) -> Receipt:
    return desk.do(Act(id=uuid4(), account=ROSA, commands=commands))


def dispute(desk: Desk, **more: object) -> str:
    made = do(desk, OpenCase(case_kind="dispute", values={**CLAIM, **more}))
    return next(each.sentence for each in made.effects if "opens dispute" in each.sentence).rpartition(" ")[2]


def test_what_is_disputed_is_not_collected_and_an_undo_takes_it_back(desk):
    before = desk.account(ROSA).collectable
    dispute(desk)
    assert desk.account(ROSA).collectable == before - 6000
    do(desk, Undo())
    assert desk.account(ROSA).collectable == before


def test_what_was_owed_before_an_insolvency_stands_still_and_an_undo_collects_it_again(desk):
    before = desk.account(ROSA)
    day = min(item.issued for item in before.items) + timedelta(days=1)
    given = {"regime": "liquidation", "relevant": day.isoformat(), "practitioner": "Hart & Low"}
    do(desk, OpenCase(case_kind="insolvency", values=given))
    seen = desk.account(ROSA)
    assert {item.doc_no: item.disputed for item in seen.items} == {"INV-1": 30000, "INV-2": 0}
    assert (before.collectable, seen.collectable, seen.total) == (41210, 11210, 41210)
    do(desk, RecordPayment(amount=15000, method="cash", ref="P-9"))
    assert (desk.account(ROSA).collectable, desk.account(ROSA).unapplied) == (0, 3790)
    do(desk, Undo())
    do(desk, Undo())
    assert desk.account(ROSA).items == before.items


def test_the_department_answers_and_the_credit_leaves_the_bill(desk, desks):
    number = dispute(desk)
    ben, before = desks("ben"), desk.account(ROSA).total
    do(ben, MoveCase(case=number, move="review", note="asked the shop"))
    do(ben, MoveCase(case=number, move="part", values={"credit": 4000, "finding": "one line was billed twice"}))
    seen = desk.account(ROSA)
    assert (seen.total, seen.collectable) == (before - 4000, before - 4000)
    with pytest.raises(Refused, match="No such case is open"):
        do(ben, MoveCase(case=number, move="refuse"))


def test_more_than_one_may_grant_waits_for_somebody_without_a_part_in_it(desk, lead, desks):
    number, ben = dispute(desk), desks("ben")
    do(ben, MoveCase(case=number, move="review"))
    receipt = do(ben, MoveCase(case=number, move="grant", values={"finding": "billed twice"}))
    assert "waits for somebody to agree" in receipt.sentence
    assert desk.account(ROSA).total == 41210
    with pytest.raises((Forbidden, Refused)):
        do(ben, DecideCase(case=number, agreed=True, reason="I say so"))
    do(lead, DecideCase(case=number, agreed=True, reason="seen the bill"))
    assert (desk.account(ROSA).total, desk.account(ROSA).collectable) == (35210, 35210)


def test_an_undone_decision_puts_the_money_back_where_it_was(desk, lead, desks):
    number, ben = dispute(desk), desks("ben")
    do(ben, MoveCase(case=number, move="review"))
    do(ben, MoveCase(case=number, move="grant", values={"finding": "billed twice"}))
    before = desk.account(ROSA)
    do(lead, DecideCase(case=number, agreed=True, reason="seen the bill"))
    do(lead, Undo())
    after = desk.account(ROSA)
    assert (after.total, after.collectable) == (before.total, before.collectable)
    do(lead, DecideCase(case=number, agreed=False, reason="no proof"))
    do(ben, MoveCase(case=number, move="refuse", values={"finding": "not twice"}))
    assert desk.account(ROSA).collectable == 41210


def test_a_case_is_changed_written_in_and_linked(desk):
    number = dispute(desk)
    do(desk, WriteCaseNote(case=number, text="has the paper bill"))
    do(desk, OpenCase(case_kind="ticket", values={"category": "billing", "subject": "no bill"}))
    do(desk, LinkCase(case=number, other=desk.cases(kind="ticket").rows[0].number.lower()))
    do(desk, ChangeCase(case=number, values={"amount": 7000}, owner="ben", department="service"))
    assert desk.account(ROSA).collectable == 41210 - 7000
    with pytest.raises(Refused, match="like that already"):
        do(desk, ChangeCase(case=number, owner="ben"))


@pytest.mark.parametrize(
    ("command", "error", "says"),
    [
        (OpenCase(case_kind="dispote"), Invalid, "did you mean dispute?"),
        (OpenCase(case_kind="dispute", values={**CLAIM, "amount": 30001}), Invalid, "at most 300.00"),
        (OpenCase(case_kind="dispute", values={**CLAIM, "item": "INV-9"}), Invalid, "Item"),
        (MoveCase(case="DI-1", move="grant"), Refused, "No such case"),
        (OpenCase(case_kind="dispute", values=CLAIM, owner="bem"), Invalid, "works here; did you mean ben?"),
        (OpenCase(case_kind="dispute", values=CLAIM, owner="Robert'); --"), Invalid, "expected a login"),
        (DecideCase(case="DI-1", agreed=True, reason="x"), (Refused, Forbidden), ""),
    ],
)
def test_what_cannot_be_is_said(desk, command, error, says):
    with pytest.raises(error) as raised:
        do(desk, command)
    assert says in raised.value.message


def test_it_stands_in_the_lists_with_its_clock(desk, lead, desks):
    number = dispute(desk)
    do(desk, ChangeCase(case=number, owner="ben"))
    page = desk.cases()
    assert [(row.number, row.label, row.about, row.amount, row.owner) for row in page.rows] == [
        (number, "new", "INV-1", 6000, "ben")
    ]
    assert page.rows[0].due is not None
    assert not page.rows[0].overdue
    assert (desk.cases("mine").total, desks("ben").cases("mine").total) == (0, 1)
    assert (desk.cases(kind="ticket").total, desk.cases(kind="dispute").total) == (0, 1)
    do(desks("ben"), MoveCase(case=number, move="review", note="asked the shop"))
    do(desks("ben"), MoveCase(case=number, move="grant", values={"finding": "billed twice"}))
    assert (lead.cases("decide").total, desks("ben").cases("decide").total, desk.cases("decide").total) == (1, 0, 0)
    seen = lead.case(number.lower())
    assert [(each.by, each.did, each.text) for each in seen.events] == [
        ("mia", "is opened", ""),
        ("mia", "is ben's", ""),
        ("ben", "is in review", "asked the shop"),
        ("ben", "waits for somebody to agree to grant 60.00", ""),
    ]
    assert (seen.asked, seen.asked_by, seen.asked_amount) == ("grant", "ben", 6000)
    assert {each.name: each.value for each in seen.fields} == {
        **CLAIM,
        "reason": "Wrong price",
        "finding": "billed twice",
    }
    assert [move.name for move in seen.moves] == ["ask", "grant", "part", "refuse", "void"]
    assert {move.barred for move in seen.moves} == {"off until it is decided"}
    assert (seen.first_due, seen.resolve_due is not None) == (None, True)
    do(lead, DecideCase(case=number, agreed=True, reason="seen the bill"))
    assert desk.cases().total == 0
    assert (desk.case(number).label, desk.case(number).moves, desk.case(number).due) == ("credited", (), None)


def test_a_week_in_figures(desk, lead, desks, clock):
    ben, first = desks("ben"), dispute(desk)
    do(ben, MoveCase(case=first, move="review"))
    do(ben, MoveCase(case=first, move="grant", values={"finding": "billed twice"}))
    do(lead, DecideCase(case=first, agreed=False, reason="no"))
    do(lead, Undo())
    do(lead, DecideCase(case=first, agreed=True, reason="seen the bill"))
    clock.forward(days=3)
    dispute(desk, item="INV-2", amount=100, reason="QTY")
    found = lead.case_report(2)
    assert (found.opened, found.ended) == (1, 0)
    found = lead.case_report(7)
    assert (found.opened, found.ended) == (2, 1)
    assert [(b.department, b.kind, b.to_2, b.total, b.before) for b in found.backlog] == [
        ("billing", "dispute", 1, 1, 0)
    ]
    assert [(c.clock, c.kept, c.missed) for c in found.clocks] == [("first", 1, 0), ("resolve", 1, 0)]
    assert [(t.by, t.reason, t.count, t.before, t.share) for t in found.trends] == [
        ("reason", "PRICE", 1, 0, 100),
        ("reason", "QTY", 1, 0, 100),
        ("product", "INT", 1, 0, 100),
        ("product", "TV", 1, 0, 100),
    ]
    assert [(d.by, d.agreed, d.refused) for d in found.decisions] == [("lee", 1, 0)]


def test_what_nobody_answers_goes_to_the_lead_and_a_claim_ends_by_itself(desk, lead, clock):
    number = dispute(desk)
    claim = {"amount": 5000, "paid_on": "2026-11-20", "proof": "receipt 77"}
    made = do(desk, OpenCase(case_kind="payment-claim", values=claim))
    other = next(each.sentence for each in made.effects if "opens payment claim" in each.sentence).rpartition(" ")[2]
    for _ in range(25):
        clock.forward(days=1)
        lead.day()
    seen = desk.case(number)
    assert (seen.department, seen.state) == ("floor", "NEW")
    assert [(each.by, each.did) for each in seen.events][-1] == ("lee", "goes to floor: overdue")
    assert desk.case(other).state == "EXPIRED"
    assert lead.cases("overdue").rows[0].number == number


def insolvent(desk: Desk, **more: object) -> str:
    day = min(item.issued for item in desk.account(ROSA).items) + timedelta(days=1)
    given = {**INSOLVENT, "relevant": day.isoformat(), **more}
    do(desk, OpenCase(case_kind="insolvency", values=given))
    return desk.cases("open", kind="insolvency").rows[0].number


def test_a_proof_is_drawn_up_kept_with_its_hash_and_set(desk, tmp_path):
    number = insolvent(desk)
    with pytest.raises(NotFound, match="no document"):
        desk.case_document(number)
    with pytest.raises(Invalid, match="Creditor's address is missing"):
        do(desk, MoveCase(case=number, move="draft", values={}))
    do(desk, MoveCase(case=number, move="draft", values=PROOF))
    found, seen = desk.case_document(number), desk.case(number)
    assert {f.name: f.value for f in seen.fields}["proof"] == found.sha256
    told = dict(head(seen, desk.session()))["Proof of debt"]
    assert told.startswith(f"{found.title}, drawn up ")
    assert told.endswith(f" by {desk.session().user}")
    assert not any(found.sha256 in words for _, words in head(seen, desk.session())), "no people read a hash"
    assert (found.data["fields"]["claimed"], found.data["ledger"]["left"], found.data["ledger"]["later"]) == (
        30000,
        30000,
        11210,
    )
    assert [(d["doc_no"], d["open"], d["left"]) for d in found.data["debts"]] == [("INV-1", 30000, 30000)]
    for words in ("=Hart & #Low *x*", "1 Harbor St", "INV-1", "$300.00", "Rosa Alvarez", "credit manager"):
        assert words in found.text
    assert all(not event.text for event in seen.events)
    made = load(found.document)
    one, other = (Typesetter(PrintHouse()).paper(made, number, found.on) for _ in range(2))
    assert one == other
    words = " ".join(page.extract_text() for page in PdfReader(BytesIO(one)).pages)
    assert "=Hart & #Low *x*" in words


def test_what_is_paid_after_the_day_is_deducted_from_the_claim(desk):
    number = insolvent(desk)
    do(desk, RecordPayment(amount=5000, method="cash", ref="P-9", directed=(Directed(doc_no="INV-1", amount=5000),)))
    do(desk, MoveCase(case=number, move="draft", values=PROOF))
    ledger = desk.case_document(number).data["ledger"]
    assert (ledger["total"], ledger["paid"], ledger["left"]) == (30000, 5000, 25000)
    with pytest.raises(Invalid, match="is drawn up by a move"):
        do(desk, ChangeCase(case=number, values={"proof": "0" * 64}))


@pytest.mark.parametrize("combination", ["sqlite"], indirect=True)
def test_a_document_that_is_not_what_was_drawn_up_is_not_shown(desk, store):
    number = insolvent(desk)
    do(desk, MoveCase(case=number, move="draft", values=PROOF))
    with store.write(1) as db:
        db.execute(text("UPDATE case_event SET document = replace(document, '30000', '90000') WHERE document <> ''"))
    with pytest.raises(NotFound, match="what it was when it was drawn up"):
        desk.case_document(number)
    told = dict(head(desk.case(number), desk.session()))["Proof of debt"]
    assert told == "is not there as it was drawn up"


def test_a_case_that_has_ended_comes_back_where_its_kind_says_so(desk, desks, lead):
    made = do(desk, OpenCase(case_kind="ticket", values={"category": "billing", "subject": "no bill"}))
    number = next(each.sentence for each in made.effects if "opens ticket" in each.sentence).rpartition(" ")[2]
    do(desk, MoveCase(case=number, move="close"))
    assert [move.typed for move in desk.case(number).moves] == ["reopen"]
    do(desks("ben"), MoveCase(case=number, move="reopen", note="she wrote again"))
    seen = desk.case(number)
    assert (seen.state, seen.ended, seen.events[-1].text) == ("OPEN", False, "she wrote again")
    assert seen.due is not None
    do(desks("ben"), Undo())
    assert desk.case(number).ended
    other = dispute(desk)
    do(desk, MoveCase(case=other, move="void"))
    with pytest.raises(Refused, match="over for good"):
        do(desk, MoveCase(case=other, move="reopen"))
    with pytest.raises(Refused, match="has ended"):
        do(desk, MoveCase(case="TK-NONE", move="reopen"))


def test_what_is_written_off_twice_has_a_number_each_time(desk, desks, lead):
    number = ""
    for _ in range(2):
        if number:
            do(desk, MoveCase(case=number, move="reopen"))
            do(desk, MoveCase(case=number, move="leave"))
            do(desk, MoveCase(case=number, move="reopen"))
            do(desk, MoveCase(case=number, move="reinstate", values={"decision": "found"}))
            do(lead, DecideCase(case=number, agreed=True, reason="yes"))
        values = {"amount": 41210, "cause": "untraceable", "evidence": "three tracers"}
        made = do(desk, OpenCase(case_kind="write-off", values=values))
        number = next(e.sentence for e in made.effects if "opens write-off" in e.sentence).rpartition(" ")[2]
        do(desk, MoveCase(case=number, move="write-off"))
        do(lead, DecideCase(case=number, agreed=True, reason="yes"))
        assert desk.account(ROSA).total == 0


def test_a_hold_stands_as_long_as_any_case_wants_it(desk, desks):
    for amount in (10000, 5000):
        do(desk, OpenCase(case_kind="payment-claim", values={"amount": amount, "paid_on": "2026-11-20", "proof": "x"}))
    numbers = [row.number for row in desk.cases(kind="payment-claim").rows]
    kinds = [hold.kind for hold in desk.account(ROSA).holds]
    assert len(kinds) == 1
    do(desks("ben"), MoveCase(case=numbers[0], move="missing", values={"finding": "no trace"}))
    assert [hold.kind for hold in desk.account(ROSA).holds] == kinds
    do(desks("ben"), MoveCase(case=numbers[1], move="missing", values={"finding": "no trace"}))
    assert desk.account(ROSA).holds == ()


def test_a_claim_is_found_by_no_smaller_payment(desk):
    do(desk, OpenCase(case_kind="payment-claim", values={"amount": 10000, "paid_on": "2026-11-20", "proof": "x"}))
    do(desk, RecordPayment(amount=1, method="cash", ref="R1"))
    (case,) = desk.account(ROSA).cases
    do(desk, RecordPayment(amount=10000, method="cash", ref="R2"))
    assert desk.case(case.number).state == "FOUND"


def test_what_was_right_is_credited_though_it_has_been_paid_since(desk, desks):
    number, ben = dispute(desk), desks("ben")
    do(desk, RecordPayment(amount=30000, method="cash", ref="R1", directed=({"doc_no": "INV-1", "amount": 30000},)))
    do(ben, MoveCase(case=number, move="review"))
    do(ben, MoveCase(case=number, move="part", values={"credit": 4000, "finding": "one line was billed twice"}))
    seen = desk.account(ROSA)
    assert (seen.total, seen.collectable) == (41210 - 30000 - 4000, 11210 - 4000)


def test_a_household_has_one_open_file_of_a_kind(desk):
    place = {"agency": "north", "commission": 18}
    do(desk, OpenCase(case_kind="placement", values=place))
    with pytest.raises(Refused, match="is open about this already"):
        do(desk, OpenCase(case_kind="placement", values={**place, "agency": "south"}))


def test_a_move_that_changes_no_state_does_not_begin_it_anew(desk, desks, lead, clock):
    home = {"income": [{"heading": "wages", "amount": 1000}], "spending": [{"heading": "home", "amount": 500}]}
    do(desk, OpenCase(case_kind="hardship", values={**home, "household": 1, "what": "lost a job"}))
    (case,) = desk.account(ROSA).cases
    clock.forward(days=3)
    lead.day()
    do(desks("ben"), MoveCase(case=case.number, move="support", values={"support": "interpreter", "consent": False}))
    seen = desk.case(case.number)
    assert (seen.passes_on, seen.passes_to) == (date(2027, 1, 22), "ended")
    for days in (28, 2, 1, 0):  # a day run goes a month ahead at most
        then = seen.passes_on - timedelta(days=days)
        assert desk.case(case.number).state == "BREATHING"
        clock.forward(days=(then - desk.session().business_date).days)
        lead.day(then)
    assert desk.case(case.number).state == "ENDED"
