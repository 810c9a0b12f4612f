"""The gate where text enters: every text column, every way of writing, and nothing of a number in any file."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlmodel import AutoString, SQLModel

from collect_tui.domain.errors import Invalid
from collect_tui.store import sqlite
from collect_tui.store.bulk import Bulk
from collect_tui.store.engine import Store
from collect_tui.store.tables import gate
from support.book import NOW, Book, account
from support.cards import NUMBER, SPELLINGS, files_with_number

_T = SQLModel.metadata.tables
TEXTS = {f"{t.name}.{c.name}": c for t in _T.values() for c in t.columns if isinstance(c.type, AutoString)}
DIALECT = sqlite.Writing()


def bound(column: str, text: str) -> Any:
    turn = TEXTS[column].type.bind_processor(DIALECT)
    return turn(f'[{{"any": "{text}"}}]' if column in gate.JSON else text)


@pytest.mark.parametrize("between", ["", "/", "  ", " — "])
def test_a_number_in_a_file_is_found(tmp_path: Path, between: str) -> None:
    (tmp_path / "some").write_bytes(b"\0\xff" + between.join(NUMBER).encode() + b"7")
    (tmp_path / "other").write_bytes(b"4" + b"\0\0\0\0\0001" * 15)
    assert files_with_number(tmp_path) == ([] if len(between.encode()) > 4 else ["some"])


def test_every_text_column_is_behind_the_gate_and_the_exceptions_are_there() -> None:
    assert all(isinstance(column.type, gate.Gated) and column.type.column == name for name, column in TEXTS.items())
    assert TEXTS.keys() >= gate.MADE | gate.JSON | gate.NUMBERS | gate.POINTS


@pytest.mark.parametrize("column", sorted(TEXTS.keys() - gate.MADE))
def test_no_column_takes_a_card_number(column: str) -> None:
    for spelling in (NUMBER, "4111-1111/1111_1111", f"{NUMBER}1227", f"x {NUMBER} y", "378282246310005"):
        with pytest.raises(Invalid) as told:
            bound(column, spelling)
        assert told.value.code == "text.card"
        assert told.value.field == column.partition(".")[2]
        assert "1111" not in repr(told.value)
    for harmless in (
        "4410-2231",
        "Alvarez, Rosa",
        "2026-11-23T16:00:00.123456Z",
        "7d0c4111-1111-4111-8111-111111111111",
    ):
        assert bound(column, harmless) is not None


def test_a_security_code_is_refused_in_words_and_not_in_identifiers() -> None:
    with pytest.raises(Invalid, match="security code"):
        bound("note.text", "says cid 4410")
    assert bound("service.identifier", "CID-4410") == "CID-4410"


@pytest.mark.parametrize("value", ["+49 151 1234 5679", "4915112345679", "49 151 12345679"])
def test_a_telephone_is_no_card_and_a_card_is_no_telephone(value: str) -> None:
    assert bound("contact_point.value", value) == value
    for card in (NUMBER, f"+{NUMBER}", "378282246310005", "30569309025904"):
        with pytest.raises(Invalid):
            bound("contact_point.value", card)


def test_ids_in_json_are_not_taken_for_cards() -> None:
    turn = TEXTS["outbox.payload"].type.bind_processor(DIALECT)
    assert turn('{"promise_id": "4111111111111111", "ids": 4111111111111111}')
    with pytest.raises(Invalid):
        turn('{"4111111111111111": 1}')


def test_what_is_compared_or_read_is_not_looked_at(tmp_path: Path) -> None:
    number = _T["account"].c.number
    with Book().store(tmp_path) as store:
        for session in (store.read(), store.write(1)):
            with session as db:
                assert db.execute(select(number).where(number == NUMBER)).all() == []
                assert db.execute(select(number).where(number.in_([NUMBER, "1"]), number != NUMBER)).all() == []


def test_numbers_of_the_file_are_known_until_the_transaction_ends(tmp_path: Path) -> None:
    with Book(account("4410-2231", "Alvarez, Rosa")).store(tmp_path) as store:
        with store.write(1) as db:
            gate.know({NUMBER})
            db.execute(update(_T["account"]).values(segment=f"is {NUMBER}"))
        with pytest.raises(Invalid), store.write(1) as db:
            db.execute(update(_T["account"]).values(segment=f"is {NUMBER}"))


def _tenant(name: str) -> dict[str, Any]:
    return {
        "tenant_id": 7, "name": name, "business_date": date(2026, 11, 23), "currency": "USD", "zone": "UTC", "median_collectable": 0,
        "audit_key": "00",
    }  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS[:20], ids=ascii)
def test_nothing_of_a_refused_text_reaches_a_file(tmp_path: Path, spelling: str) -> None:
    with Store.open(tmp_path / "desk.db", create=True) as store:
        for write in (
            lambda db: db.execute(insert(_T["tenant"]), _tenant(spelling)),
            lambda db: db.execute(insert(_T["tenant"]), [_tenant("good"), {**_tenant(spelling), "tenant_id": 8}]),
            lambda db: Bulk(db.connection()).insert("tenant", [_tenant("good"), _tenant(spelling)]),
            lambda db: db.execute(insert(_T["tenant"]).values(**_tenant(spelling))),
        ):
            with pytest.raises(Invalid), store.write() as db:
                write(db)
        assert files_with_number(tmp_path) == []


def test_copy_passes_the_gate_too() -> None:
    with Book().pg_store() as store:
        with pytest.raises(Invalid), store.write() as db:
            Bulk(db.connection()).insert("tenant", [_tenant("good"), _tenant(NUMBER)])
        with store.read() as db:
            assert NUMBER not in str(db.execute(select(_T["tenant"])).all())


def test_an_error_of_the_database_quotes_nothing_that_was_bound(tmp_path: Path) -> None:
    with (
        Book().store(tmp_path) as store,
        pytest.raises(Exception, match="parameters hidden") as told,
        store.write() as db,
    ):
        db.execute(
            insert(_T["note"]),
            {"tenant_id": 1, "id": 1, "account_id": 1, "at": NOW, "by": "mia", "text": "Alvarez", "typed": ""},
        )
    assert "Alvarez" not in str(told.value)
