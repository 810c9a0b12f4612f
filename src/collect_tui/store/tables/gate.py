"""The gate where text enters the store: no card number and no security code passes, whatever path brings it.

It is the type of every text column (`guard_texts`), and works on what a statement binds: an act, an import row by row or by COPY,
a user, a token, a web-hook, the day run. What is refused was never in a page, a journal or the write-ahead log. What is only
compared with a column is not written, and what the reading engine binds is not looked at.

Numbers of the file that is written to are no cards; whoever knows them says so with `know`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from sqlalchemy import Dialect, MetaData, String, Table, type_coerce
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.types import TypeDecorator
from sqlmodel import AutoString

from collect_tui.domain.card_refusal import card_refusal
from collect_tui.domain.card_text import CardFinding, forbidden, suspicious
from collect_tui.domain.errors import Invalid
from collect_tui.domain.other_numbers import FileNumbers, is_telephone


def _columns(text: str) -> frozenset[str]:
    """`table: column column` per line, as `table.column`."""
    lines = (line.partition(":") for line in text.strip().splitlines())
    return frozenset(f"{table.strip()}.{column}" for table, _, columns in lines for column in columns.split())


#: What the program alone makes: hashes, keys, ids and what is derived from them. Only what nobody can type may stand here.
MADE: Final = _columns("""
    act_log: act_id fingerprint undone_by
    audit: act_id prev hash
    audit_head: hash
    audit_seal: digest prev hash
    sealed_head: hash
    access_token: digest
    webhook: secret
    app_user: password
    message: version
    tenant: audit_key
    import_batch: sha256
    work_item: sort_timed claim_key
    contact_point: reversed
    name_token: reversed
    case_file: frozen
""")
#: JSON: each text in it is looked at by itself, or two beside each other would seem one number.
JSON: Final = _columns("""
    act_log: effects receipt
    audit: commands verdict effects
    outbox: payload
    message: document
    case_event: document
""")
#: Identifiers, in which `CID-4410` is a circuit and no security code.
NUMBERS: Final = _columns("""
    account: number billing_system
    work_item: number
    service: identifier billing_system product
    item: doc_no
    payment: ref
    service_order: number
    app_user: login
""")
#: Contact points: thirteen or fourteen digits that can be a telephone are one.
POINTS: Final = frozenset(("contact_point.value", "contact_point.normalized", "message.address"))

_NONE: Final = FileNumbers()
_KNOWN: ContextVar[FileNumbers] = ContextVar("numbers of the file", default=_NONE)
_PLAIN: Final = AutoString(collation="C")


class CardData(Invalid, DontWrapMixin):
    """Card data was about to be written. SQLAlchemy passes it on as it is: its own error would quote what was bound."""


@contextmanager
def transaction() -> Iterator[None]:
    """A transaction, at whose end the numbers that it knew are forgotten."""
    token = _KNOWN.set(_NONE)
    try:
        yield
    finally:
        _KNOWN.reset(token)


def know(numbers: Iterable[str], *, only: bool = False) -> None:
    """Numbers of the file (account, documents, services, telephones) that the rest of this transaction writes to; `only`: it
    writes to no earlier one again."""
    _KNOWN.set(FileNumbers.of(numbers) if only else _KNOWN.get() | FileNumbers.of(numbers))


class Gated(AutoString):
    """A text column that card data cannot enter. `column`: `table.column`."""

    cache_ok = True

    class comparator_factory(TypeDecorator.Comparator[Any], String.Comparator[Any]):
        def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
            return super().operate(op, *map(_compared, other), **kwargs)

    def __init__(self, column: str) -> None:
        super().__init__(collation="C")
        self.column = column

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        return _PLAIN

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        if self.column in MADE or getattr(dialect, "only_reads", False):
            return None
        return self.passed

    def passed(self, text: str | None) -> str | None:
        """The text as it may be written. Raises CardData."""
        if text is not None and suspicious(text) and (found := _LOOKS.get(self.column, _in_text)(text)) is not None:
            told = card_refusal(found, self.column.partition(".")[2])
            raise CardData(told.code, told.message, told.field)
        return text


def check(table: Table, row: Mapping[str, Any]) -> None:
    """Sees a whole row through the gate, to say which of many a statement was refused for. Raises CardData."""
    for column in table.columns:
        if isinstance(column.type, Gated) and column.type.column not in MADE:
            column.type.passed(row.get(column.name))


def _compared(other: Any) -> Any:
    """A parameter that is compared takes no part in writing."""
    if isinstance(other, BindParameter) and other.type._isnull and not other.expanding:
        return type_coerce(other, _PLAIN)
    return other


def _in_text(text: str) -> CardFinding | None:
    return forbidden(text, _KNOWN.get())


def _in_number(text: str) -> CardFinding | None:
    found = _in_text(text)
    return None if found is None or found.kind == "cvv" else found


def _in_point(text: str) -> CardFinding | None:
    found = _in_text(text)
    return None if found is not None and is_telephone(text) else found


def _in_json(text: str) -> CardFinding | None:
    found = (_in_text(leaf) for leaf in _leaves(json.loads(text)))
    return next((one for one in found if one is not None), None)


def is_id(key: str) -> bool:
    """Whether what has this name in JSON is an id."""
    return key in ("id", "act") or key.endswith(("_id", "_ids"))


def _leaves(value: Any, key: str = "") -> Iterator[str]:
    """The texts of a JSON value, keys too; an id is none: it has up to 19 digits, and the program made it."""
    if isinstance(value, str):
        if not is_id(key):
            yield value
    elif isinstance(value, dict):
        for name, each in value.items():
            yield name
            yield from _leaves(each, name)
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(each, key)


_LOOKS: Final = dict.fromkeys(JSON, _in_json) | dict.fromkeys(NUMBERS, _in_number) | dict.fromkeys(POINTS, _in_point)


def guard_texts(metadata: MetaData) -> None:
    """Puts every text column behind the gate.

    Every text compares byte by byte on PostgreSQL besides, whatever the language of the database, as SQLite does: orders,
    pages and what starts with a prefix then are the same everywhere, and an index serves them.
    """
    for table in metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, AutoString):
                column.type = Gated(f"{table.name}.{column.name}")
