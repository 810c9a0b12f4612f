"""What is cited to a customer is of their state."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.book import SERVICES, Book, Clock, account, day, local_desk

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
