"""Finds documents by what they are known by: their account and their number."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import ARRAY, BigInteger, Connection, Select, String, bindparam, func, select
from sqlmodel import SQLModel

_item = SQLModel.metadata.tables["item"]
_AT_ONCE: Final = 500


def find(db: Connection, tenant_id: int, documents: Sequence[tuple[int, str]]) -> dict[tuple[int, str], Any]:
    """Rows of `item` by account and number, for those of the documents that there are."""
    found: dict[tuple[int, str], Any] = {}
    for start in range(0, len(documents), _AT_ONCE):
        some = documents[start : start + _AT_ONCE]
        values: dict[str, Any] = {"tenant": tenant_id, "pairs": json.dumps(some)}
        if db.dialect.name == "postgresql":
            values = {"tenant": tenant_id, "accounts": [a for a, _ in some], "numbers": [n for _, n in some]}
        for row in db.execute(_query(db.dialect.name), values):
            found[row.account_id, row.doc_no] = row
    return found


@lru_cache(maxsize=2)
def _query(dialect: str) -> Select[Any]:
    """One statement for lists of every length. The list leads: as a condition on the rows it would read all of the tenant's."""
    of: Any = _item.c
    account: Any
    number: Any
    if dialect == "postgresql":
        lists = bindparam("accounts", type_=ARRAY(BigInteger)), bindparam("numbers", type_=ARRAY(String))
        wanted = func.unnest(*lists).table_valued("account", "number", name="wanted").render_derived()
        account, number = wanted.c.account, wanted.c.number
    else:
        wanted = func.json_each(bindparam("pairs", type_=String)).table_valued("value", name="wanted")
        account, number = (func.json_extract(wanted.c.value, f"$[{place}]") for place in (0, 1))
    mine = (of.tenant_id == bindparam("tenant", type_=BigInteger)) & (of.account_id == account) & (of.doc_no == number)
    return select(_item).select_from(wanted).join(_item, mine)
