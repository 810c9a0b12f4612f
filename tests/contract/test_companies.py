"""Companies are judged by the rules of companies: office hours, working days, no cap on calls."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from contract.conftest import do
from support.book import Book, Clock, account, at, local_desk

LATE = [("I-1", -40, 50000)]
CALLS = [{"at": at(-1, hour), "by": "mia", "action": "TM", "result": "LM", "point": "m1"} for hour in range(8, 16)]
BOOK = Book(
    account("1-1", "Ada", items=LATE, phone="+1 312 555 0101", contacts=CALLS),
    account(
        "1-2", "Acme Ltd", items=[("I-2", -40, 50000)], phone="+1 312 555 0102", contacts=CALLS, party={"kind": "org"}
    ),
)


def test_a_company_is_called_as_often_as_is_of_use_and_a_person_is_not(tmp_path):
    with BOOK.store(tmp_path) as store:
        desk = local_desk(store, "mia", Clock())
        person, company = desk.account("1-1"), desk.account("1-2")
        assert (person.party_kind, person.call_label) == ("person", "no 8/7")
        assert (company.party_kind, company.call_label) == ("org", "yes")
        assert any("attempt cap" in told for told in desk.why("1-1").absent)
        assert desk.why("1-2").absent == ()


@pytest.mark.parametrize(
    ("hour", "person", "company"),
    [
        ("2026-11-24T00:30", "yes", "no until tomorrow 08:00"),  # Monday 18:30 in Chicago
        ("2026-11-28T18:00", "yes", "no until Mon 30 Nov 08:00"),  # a Saturday
        ("2026-11-27T18:00", "yes", "yes"),
    ],
)
def test_a_company_is_called_in_its_office_hours(tmp_path, hour, person, company):
    book = Book(
        account("1-1", "Ada", items=LATE, phone="+1 312 555 0101"),
        account("1-2", "Acme Ltd", items=[("I-2", -40, 50000)], phone="+1 312 555 0102", party={"kind": "org"}),
    )
    with book.store(tmp_path) as store:
        clock = Clock(datetime.fromisoformat(hour).replace(tzinfo=UTC))
        desk = local_desk(store, "mia", clock)
        assert desk.account("1-1").call_label.startswith(person)
        assert desk.account("1-2").call_label.startswith(company)


def test_the_next_try_of_a_company_is_on_a_working_day(tmp_path):
    book = Book(account("1-2", "Acme Ltd", items=LATE, phone="+1 312 555 0102", party={"kind": "org"}))
    with book.store(tmp_path) as store:
        clock = Clock(datetime(2026, 11, 23, 22, 30, tzinfo=UTC))  # Monday 16:30; four hours on the office is shut
        desk = local_desk(store, "mia", clock)
        assert do(desk, "1-2", "na m1").next_action == "call tomorrow 08:00 Chicago UTC-06:00"
        clock.now += timedelta(hours=15, minutes=30)
        assert desk.account("1-2").call_label == "yes"
