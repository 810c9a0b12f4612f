"""Cases as rows: what a `Case` is made of, both ways."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, Final

from collect_tui.domain.case.case import Asked, Case

COLUMNS: Final = (
    "id number kind version digest state since opened_at opened_by moved_by department owner item_id service_id payment_id excluded ended"
    " first_due resolve_due fields asked links frozen"
)
"""In the order of their row; all but the last four are as the case has them."""

_PLAIN: Final = COLUMNS.split()[:-4]


def case_of(row: Any) -> Case:
    """The case of a row that begins with these columns."""
    *plain, fields, asked, links, frozen = row[: len(_PLAIN) + 4]
    waits = _asked().validate_json(asked) if asked else None
    given = dict(zip(_PLAIN, plain, strict=True))
    values = {name: tuple(each) if isinstance(each, list) else each for name, each in json.loads(fields).items()}
    kept = tuple((item, amount) for item, amount in json.loads(frozen or "[]"))
    return Case(**given, values=values, asked=waits, links=tuple(links.split()), frozen=kept)


def row_of(case: Case) -> dict[str, Any]:
    return {
        **{name: getattr(case, name) for name in _PLAIN if not name.endswith("_due")},  # these are worked out anew
        "fields": json.dumps(dict(case.values), ensure_ascii=False),
        **_waits(case.asked),
        "links": " ".join(case.links),
        "frozen": json.dumps(case.frozen) if case.frozen else "",
    }


def _waits(asked: Asked | None) -> dict[str, Any]:
    if asked is None:
        return {"asked": "", "asked_by": "", "asked_move": "", "asked_amount": 0}
    kept = _asked().dump_json(asked).decode()
    return {"asked": kept, "asked_by": asked.by, "asked_move": asked.move, "asked_amount": asked.amount}


@cache
def _asked() -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(Asked)
