"""What every table shares: the tenant in every key, integer minor units, UTC instants, STRICT on SQLite.

A table class holds no rule. Ids are 63-bit, time-ordered and made by the program (`store/ids.py`), so that a row can be
created without a round trip and a bulk load needs no sequence.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Enum,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    false,
    text,
    true,
)
from sqlalchemy.ext.compiler import compiles
from sqlmodel import Field

STRICT: dict[str, Any] = {"sqlite_strict": True, "sqlite_with_rowid": False}


# SQLite's STRICT tables know INTEGER, REAL, TEXT, BLOB and ANY only.
def _text(_type: Any, _compiler: Any, **_: Any) -> str:
    return "TEXT"


def _integer(_type: Any, _compiler: Any, **_: Any) -> str:
    return "INTEGER"


for _kind in (String, Text, Date, DateTime, Enum):
    compiles(_kind, "sqlite")(_text)
for _kind2 in (BigInteger, Boolean, Integer):
    compiles(_kind2, "sqlite")(_integer)


def key() -> Any:
    """A part of the primary key: the tenant or a time-ordered id."""
    return Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})


def ref(*, null: bool = False) -> Any:
    """An id of another table."""
    return Field(default=None, nullable=True, sa_type=BigInteger) if null else Field(sa_type=BigInteger)


def minor(default: int | None = None) -> Any:
    """An amount in minor units."""
    return Field(sa_type=BigInteger) if default is None else Field(default=default, sa_type=BigInteger)


def added(default: bool | int | str) -> Any:
    """A column that came with a later format: what it says of rows that were there before. An integer is an amount."""
    if isinstance(default, bool):
        return Field(default=default, sa_column_kwargs={"server_default": true() if default else false()})
    if isinstance(default, int):
        return Field(default=default, sa_type=BigInteger, sa_column_kwargs={"server_default": str(default)})
    return Field(default=default, sa_column_kwargs={"server_default": default})


def to(table: str, *columns: str) -> ForeignKeyConstraint:
    """A foreign key that stays inside the tenant: `to("account", "account_id")`."""
    return ForeignKeyConstraint(["tenant_id", *columns], [f"{table}.tenant_id", f"{table}.id"])


def some(name: str, *columns: Any, where: str, unique: bool = False) -> Index:
    """An index of those rows of a tenant for which the condition holds; statements that say it in these very words are read by it."""
    lite = where.replace("= true", "= 1").replace("= false", "= 0")
    conditions: dict[str, Any] = {"sqlite_where": text(lite), "postgresql_where": text(where)}
    return Index(name, "tenant_id", *columns, unique=unique, **conditions)
