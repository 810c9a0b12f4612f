"""What is said follows from where the customer is, and from how the site verifies."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from contract.conftest import do
from support.book import Book, Clock, account, local_desk

SEATTLE = {"kind": "address", "value": "12 Pine St, Seattle, WA 98101", "zones": ["America/Los_Angeles"]}
MANILA = {"kind": "address", "value": "4 Banaba St, Quezon City 1146", "zones": ["Asia/Manila"]}


def test_the_law_is_that_of_the_customer(tmp_path: Path):
    book = Book(
        account("4410-0001", "Ito, Ken", points=[SEATTLE]),
        account("4410-0002", "Santos, Lia", points=[MANILA], party={"lang": "fil"}),
    )
    with book.store(tmp_path) as store:
        desk = local_desk(store, "mia", Clock())
        seattle, manila = ({card.name: card for card in desk.script(f"4410-000{n}").cards} for n in (1, 2))
    assert seattle["recording"].source == "Wash. Rev. Code 9.73.030"
    assert manila["recording"].source.startswith("RA 4200")
    assert manila["recording"].language == "fil"
    assert [card.name for card in manila.values() if "CFR" in card.source or "Cal." in card.source] == []
    assert "petsa ng kapanganakan" in manila["party"].text


def test_the_card_asks_for_what_the_line_takes(tmp_path: Path):
    with Book(account("4410-0001", "Ito, Ken")).store(tmp_path) as store:
        desk = local_desk(store, "mia", Clock())
        verification = replace(
            desk.catalogue().rules.verification, needed=1, facts={"dob": "date of birth", "pin": "code word"}
        )
        rules = replace(desk.catalogue().rules, verification=verification)
        desk._catalogue = desk.catalogue().model_copy(update={"rules": rules})
        card = next(card for card in desk.script("4410-0001").cards if card.name == "party")
        assert card.text == "Am I speaking with Ken Ito? Please tell me 1 of these: date of birth, code word."
        do(desk, "4410-0001", "ver pin")
        assert desk.account("4410-0001").verified
