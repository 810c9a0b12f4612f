"""Evidence: chained, refused to change, and any change found."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from collect_tui.desk.views.act import FindingView, VerdictView
from collect_tui.domain.effects import NoteWritten
from collect_tui.domain.facts import NextAction
from collect_tui.policy.verdicts import Severity
from collect_tui.store.audit import Break, append, canonical, entries, verify
from collect_tui.store.engine import Store
from support.portfolio import DAY, NOW, TENANT, USER, Added, add_account, add_tenant, make_store

ALLOWED = VerdictView(severity="allow", allowed=True, overridable_by=None)


def add(store: Store, added: Added, **more: Any) -> int:
    given: dict[str, Any] = {"at": NOW, "by": USER, "act_id": "a1", "line": "n hello", "outcome": "done"}
    given |= {"commands": [{"kind": "note"}], "verdict": ALLOWED, "effects": [NoteWritten(1, "hello", "hello")], **more}
    with store.write() as db:
        return append(db, TENANT, added.id, **given)


def broken(store: Store, account_id: int | None = None) -> tuple[Break, ...]:
    with store.read() as db:
        return verify(db, TENANT, account_id)


def tamper(store: Store, sql: str) -> None:
    """What the owner of the file can do: drop the guards, then write."""
    with store.write() as db:
        for name in ("audit_no_update", "audit_no_delete"):
            db.execute(text(f"DROP TRIGGER IF EXISTS {name}"))  # type: ignore[deprecated]
        db.execute(text(sql))  # type: ignore[deprecated]


def test_each_account_has_its_own_chain(store: Store) -> None:
    first, second = add_account(store), add_account(store)
    assert [add(store, first), add(store, first), add(store, second), add(store, first)] == [1, 2, 1, 3]
    assert broken(store) == ()


@pytest.mark.parametrize("table", ["audit", "contact_event"])
@pytest.mark.parametrize("sql", ["UPDATE {} SET by = 'nobody'", "DELETE FROM {}"])
def test_evidence_cannot_be_changed_or_deleted(store: Store, table: str, sql: str) -> None:
    add(store, add_account(store, events=[{}]))
    with pytest.raises(IntegrityError, match="append-only"), store.write() as db:
        db.execute(text(sql.format(table)))  # type: ignore[deprecated]
    assert broken(store) == ()


@pytest.mark.parametrize(
    "column",
    ["at", "by", "act_id", "line", "commands", "verdict", "effects", "outcome", "hash"],
)
def test_a_changed_entry_is_found(store: Store, column: str) -> None:
    added = add_account(store)
    for _ in range(3):
        add(store, added)
    value = "2026-01-01 00:00:00.000000" if column == "at" else "[]"
    tamper(store, f"UPDATE audit SET {column} = '{value}' WHERE seq = 2")
    found = broken(store)
    assert Break(added.id, 2, "changed") in found
    assert all(b.seq in {2, 3} for b in found)


@pytest.mark.parametrize("seq", [1, 2])
def test_a_missing_entry_is_found(store: Store, seq: int) -> None:
    added = add_account(store)
    for _ in range(3):
        add(store, added)
    tamper(store, f"DELETE FROM audit WHERE seq = {seq}")
    assert broken(store) == (Break(added.id, seq + 1, "missing"),)


def test_an_entry_moved_to_another_account_is_found(store: Store) -> None:
    first, second = add_account(store), add_account(store)
    add(store, first)
    tamper(store, f"UPDATE audit SET account_id = {second.id}")
    assert broken(store, second.id) == (Break(second.id, 1, "changed"),)
    assert broken(store, first.id) == ()


def test_another_tenants_key_fits_nothing(store: Store) -> None:
    added = add_account(store)
    add(store, added)
    add_tenant(store, tenant_id=2)
    tamper(store, "UPDATE tenant SET audit_key = (SELECT audit_key FROM tenant WHERE tenant_id = 2)")
    assert broken(store) == (Break(added.id, 1, "changed"),)


@settings(max_examples=20, deadline=None)
@given(
    line=st.text(max_size=50), note=st.text(st.characters(codec="utf-8"), max_size=50), by=st.text("mia é", max_size=5)
)
def test_whatever_was_typed_verifies(line: str, note: str, by: str) -> None:
    line = line.encode("utf-8", "ignore").decode()
    with make_store() as store:
        added = add_account(store)
        add(store, added, line=line, by=by, effects=[NoteWritten(1, note, note)])
        assert broken(store) == ()


def test_entries_newest_first_in_words(store: Store) -> None:
    added = add_account(store)
    refusal = FindingView(rule="cap", severity="block", sentence="7 of 7 calls are used.")
    blocked = VerdictView(severity="block", allowed=False, overridable_by=None, findings=(refusal,))
    add(store, added, at=NOW - timedelta(hours=1))
    add(
        store,
        added,
        line="",
        commands=[{"kind": "contact"}, {"kind": "note"}],
        verdict=blocked,
        effects=[],
        outcome="refused",
    )
    with store.read() as db:
        second, first = entries(db, TENANT, added.id)
        assert entries(db, TENANT, added.id, before=2) == (first,)
        assert entries(db, TENANT, added.id, limit=1) == (second,)
    assert (first.seq, first.by, first.command, first.verdict, first.effects) == (
        1,
        USER,
        "n hello",
        "allow",
        ("note written",),
    )
    assert (second.command, second.verdict, second.effects) == (
        "contact; note",
        "refused (block): 7 of 7 calls are used.",
        (),
    )


def test_one_spelling_per_value() -> None:
    assert canonical({"b": 1, "a": frozenset({"y", "x"})}) == '{"a":["x","y"],"b":1}'
    assert canonical([DAY, NOW, Severity.BLOCK]) == '["2026-11-23","2026-11-23T17:32:00.000000+00:00",5]'
    assert canonical(NextAction("call", DAY)) == '{"at":null,"code":"call","kind":"NextAction","on":"2026-11-23"}'
    with pytest.raises(TypeError):
        canonical(object())
