"""What is cited to a customer is of their state."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from collect_tui import defaults
from collect_tui.demo import portfolio
from support.book import SERVICES, TODAY, Book, Clock, account, day, local_desk

HERE = {
    "9000-0001": "36 Poplar St, Los Angeles, CA 90046",
    "9000-0002": "12 Fir St, Pittsburgh, PA 15213-0442",
    "9000-0003": "269 Juniper St, Austin, TX 78752",
    "9000-0004": "Unit 4, CA 12 Building, Makati",
}
BOOK = Book(
    *(
        account(
            number,
            "Alvarez, Rosa",
            items=[(f"INV-{number}", -63, 30000, {"service": "INT"})],
            services=SERVICES,
            points=[{"kind": "mobile", "value": "+1 312 555 0142"}, {"kind": "address", "value": address}],
            holds=[{"kind": "MEDICAL", "placed_on": day(-9), "placed_by": "lee", "reason": "letter of a doctor"}],
        )
        for number, address in HERE.items()
    )
)


def cited(tmp_path: Path, number: str) -> dict[str, str]:
    with BOOK.store(tmp_path) as store:
        view = local_desk(store, "mia", Clock()).account(number)
    verdict = next(s.suspend for s in view.services if s.suspend is not None)
    return {finding.rule: finding.cite for finding in verdict.findings}


@pytest.mark.parametrize(
    ("number", "notice", "medical"),
    [
        ("9000-0001", "Cal. Pub. Util. Code 779.1", "Cal. Pub. Util. Code 779(b)(3)"),
        ("9000-0002", "66 Pa. C.S. 1406", "52 Pa. Code 56.114"),
        ("9000-0003", "House rule", "House rule"),
        ("9000-0004", "House rule", "House rule"),
    ],
)
def test_a_rule_cites_the_law_of_the_customers_state(tmp_path: Path, number: str, notice: str, medical: str) -> None:
    cites = cited(tmp_path, number)
    assert notice in cites["suspend.notice"]
    assert medical in cites["suspend.hold.MEDICAL"]


def test_nobody_reads_the_law_of_another_state(tmp_path: Path) -> None:
    for number in ("9000-0002", "9000-0003", "9000-0004"):
        assert not [rule for rule, cite in cited(tmp_path, number).items() if "Cal." in cite]


def cited_by(trade: str) -> dict[str, str]:
    """What the rules of a trade cite to the customers of its portfolio, by where that stands."""
    folder = portfolio(trade).parent
    rules = defaults.load(folder / "site", today=TODAY)
    segments = {
        each.get("segment", "default") for each in json.loads((folder / "portfolio.json").read_text())["accounts"]
    }
    policies = {each: rules.arrangement.get(each, rules.arrangement["default"]).sources for each in segments}
    found = {f"{of} {rule}": cite for of, sources in policies.items() for rule, cite in sources.items()}
    parts = (("contact", rules.rules.contact.sources), ("suspend", rules.rules.suspend.sources))
    found |= {f"{of} {rule}": cite for of, sources in parts for rule, cite in sources.items()}
    return found | {each.code: each.source for each in rules.holds.values()}


TELEPHONE = re.compile(r"Astound|WOW!|NPEI|LIHEAP|Ontario|Public Service Law|Maine")
AMERICAN = re.compile(r"CFR|U\.?S\.?C\b|Pa\. |Cal\. |Latitude")


@pytest.mark.parametrize(("trade", "others"), [("real-estate", AMERICAN), ("cards", TELEPHONE), ("b2b", TELEPHONE)])
def test_no_trade_cites_the_policy_of_another_or_the_law_of_another_country(trade: str, others: re.Pattern) -> None:
    found = cited_by(trade)
    assert found
    wrong = {where: cite for where, cite in found.items() if others.search(cite) or TELEPHONE.search(cite)}
    assert not wrong
