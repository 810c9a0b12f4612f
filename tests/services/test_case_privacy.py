"""What of a case is for some roles only: the amount that it waits to have agreed to, and the cases of a private kind that it names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from collect_tui.defaults import load
from collect_tui.services.act_log import ON_A_CASE
from collect_tui.services.local import LocalDesk, new_act
from collect_tui.store.engine import Store
from support.book import SERVICES, TODAY, Book, Clock, account

ROSA = "4410-2231"
HIDDEN = "(not for your role)"
BOOK = Book(account(ROSA, "Alvarez, Rosa", items=[("INV-1", -63, 90_000)], services=SERVICES))
CLAIM = {"item": "INV-1", "amount": 20_017, "reason": "PRICE", "claim": "charged twice"}
HOME = {
    "income": ({"heading": "wages", "amount": 180_000},),
    "spending": ({"heading": "food", "amount": 40_000},),
    "household": 4,
    "what": "lost a job",
}
Desks = Callable[[str], LocalDesk]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with BOOK.store(tmp_path) as made:
        yield made


@pytest.fixture
def desks(store: Store, tmp_path: Path) -> Desks:
    """Desks of a site where a role reads what it wants kept from the others."""
    (tmp_path / "site" / "cases").mkdir(parents=True)
    (tmp_path / "site" / "cases" / "dispute.toml").write_text('[fields.amount]\nprivate = ["senior", "lead"]\n')
    (tmp_path / "site" / "cases" / "hardship.toml").write_text('private = ["senior", "lead"]\n')
    site = load(tmp_path / "site", today=TODAY)

    def made(role: str) -> LocalDesk:
        return LocalDesk(store, site, user="mia", clock=Clock(), authority=site.authority.of(role))

    return made


def do(desk: LocalDesk, kind: str, **command: object) -> None:
    desk.do(new_act(ROSA, {"kind": kind, **command}))


def test_an_amount_that_is_not_for_a_role_is_in_nothing_that_it_reads(desks: Desks) -> None:
    mia, lead = desks("collector"), desks("lead")
    do(mia, "open-case", case_kind="dispute", values=CLAIM)
    number = mia.account(ROSA).cases[0].number
    do(mia, "move-case", case=number, move="review")
    do(mia, "move-case", case=number, move="grant", values={"finding": "billed twice"})
    hers, theirs = mia.case(number), lead.case(number)
    assert (hers.asked, hers.asked_amount, theirs.asked_amount) == ("grant", 0, 20_017)
    assert hers.events[-1].did == "waits for somebody to agree"
    assert theirs.events[-1].did == "waits for somebody to agree to grant 200.17"
    seen = [str(each) for each in (hers, mia.cases(), mia.pane(ROSA, "cases"), mia.pane(ROSA, "audit"))]
    assert not [each for each in seen if "200.17" in each or "20017" in each]


def test_a_case_of_a_private_kind_is_not_told_by_one_that_names_it(desks: Desks) -> None:
    mia, lead = desks("collector"), desks("lead")
    do(mia, "open-case", case_kind="dispute", values=CLAIM)
    do(mia, "open-case", case_kind="hardship", values=HOME)
    do(mia, "open-case", case_kind="ticket", values={"category": "billing", "subject": "no bill"})
    dispute, hardship, ticket = (case.number for case in mia.account(ROSA).cases)
    for other in (hardship, ticket):
        do(mia, "link-case", case=dispute, other=other)
    assert lead.case(dispute).links == (hardship, ticket)
    assert mia.case(dispute).links == (HIDDEN, ticket)
    told = [event.did for event in mia.case(dispute).events[-2:]]
    assert told == [f"is about {HIDDEN} too", f"is about {ticket} too"]
    assert lead.case(dispute).events[-2].did == f"is about {hardship} too"


def test_the_history_of_a_colleague_tells_nothing_of_a_case_of_which_a_part_is_for_others(
    desks: Desks, store: Store, tmp_path: Path
) -> None:
    mia = desks("collector")
    do(mia, "open-case", case_kind="hardship", values=HOME)
    do(mia, "open-case", case_kind="ticket", values={"category": "billing", "subject": "no bill"})
    role = '[roles.auditor]\ntitle = "Auditor"\nrank = 1\nmay = ["account.read", "undo.others"]\nhelp = "Reads."\n'
    (tmp_path / "site" / "authority.toml").write_text(role)
    site = load(tmp_path / "site", today=TODAY)
    looks = [
        LocalDesk(store, site, user="lee", clock=Clock(), authority=site.authority.of(of)) for of in ("lead", "auditor")
    ]
    may, may_not = ([each.sentence for each in desk.history(by="mia")] for desk in looks)
    assert [each[:12] for each in may] == ["opens ticket", "opens hardsh"]
    assert [each[:12] for each in may_not] == ["opens ticket", ON_A_CASE[:12]]
