"""The accounts that are with an agency, as a file for it: what is owed, by whom, where they can be reached, for what commission."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from sqlmodel import Session

from collect_tui.common.cells import Writer
from collect_tui.common.files import AtomicFile
from collect_tui.common.words import expected
from collect_tui.desk.errors import Invalid
from collect_tui.domain.case.definition import Kind
from collect_tui.domain.money import format_minor
from collect_tui.services.desk_context import DeskContext
from collect_tui.store import cases as rows_of
from collect_tui.store import facts
from collect_tui.store.case_values import case_of

_POINTS: Final = ("mobile", "home", "work", "other", "email", "address")
COLUMNS: Final = (
    *("case", "account", "customer", "currency", "owed", "open", "oldest_due", "placed_on", "commission"),
    *_POINTS,
)
"""`owed`: past due, undisputed and less credits; `open`: all that is open, less credits; both in major units. `placed_on`: since when the
agency has it; `commission` in percent. Of each kind of contact point the first that is neither bad nor opted out."""
_PAGE: Final = 500
_PLACED: Final = "PLACED"
"""The hold that stands while an agency has an account."""


def write(desk: DeskContext, agency: str, target: Path, *, kind: str = "placement", raw: bool = False) -> int:
    """Writes the file whole or not at all, readable by its owner only; returns the number of rows. `raw`: for a program, so that what looks
    like a formula has no apostrophe in front. Invalid "case.kind", "case.agency", "report.unwritable"."""
    kinds = {each.name: each for each in desk.catalogue().cases.kinds.values() if "agency" in each.fields}
    if kind not in kinds:
        raise Invalid("case.kind", f"No such kind of case with an agency; {expected(kind, list(kinds))}", "kind")
    agencies = kinds[kind].fields["agency"].choices
    if agency not in agencies:
        raise Invalid("case.agency", f"No such agency; {expected(agency, list(agencies))}", "agency")
    count = 0
    try:
        with AtomicFile(target) as out, desk.reading() as db:
            writer = Writer(out, raw=raw)
            writer.row(COLUMNS)
            for cells in _rows(desk, db, kinds[kind], agency):
                writer.row(cells)
                count += 1
    except OSError as error:
        raise Invalid("report.unwritable", f"{target.name} cannot be written: {error.strerror}.", "file") from None
    return count


def _rows(desk: DeskContext, db: Session, kind: Kind, agency: str) -> Iterator[list[Any]]:
    placed = {name for name, state in kind.states.items() if state.standing.hold == _PLACED}
    after = 0
    while found := rows_of.of_kind(db, desk.tenant_id, kind.name, after, _PAGE):
        after = found[-1].id
        for row in found:
            case = case_of(row)
            if case.state not in placed or case.values.get("agency") != agency:
                continue
            seen = facts.load(db, desk.tenant_id, row.account)
            points: dict[str, str] = {}
            for point in seen.points:
                if point.quality not in ("bad", "wrong") and point.consent != "out":
                    points.setdefault(point.kind, " ".join(point.value.split()))
            yield [
                case.number,
                row.account,
                row.customer,
                seen.currency,
                *(format_minor(n, seen.currency, grouping=False) for n in (seen.collectable, max(0, seen.total))),
                seen.oldest_due or "",
                case.since,
                case.values.get("commission", ""),
                *(points.get(name, "") for name in _POINTS),
            ]
