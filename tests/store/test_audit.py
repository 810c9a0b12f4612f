"""Evidence: chained, refused to change, and any change found."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from time import monotonic
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from collect_tui.desk.views.act import FindingView, VerdictView
from collect_tui.domain.effects import NoteWritten
from collect_tui.domain.facts import NextAction
from collect_tui.policy.verdicts import Severity
from collect_tui.store.audit import append, canonical, entries
from collect_tui.store.audit_check import Break, verify
from collect_tui.store.engine import Store
from collect_tui.store.tables import AuditHead
from support.portfolio import DAY, NOW, TENANT, USER, Added, add_account, add_tenant, make_store
from support.tamper import refused, tamper

ALLOWED = VerdictView(severity="allow", allowed=True, overridable_by=None)


def add(store: Store, added: Added, **more: Any) -> int:
    given: dict[str, Any] = {"at": NOW, "by": USER, "act_id": "a1", "line": "n hello", "outcome": "done"}
    given |= {"commands": [{"kind": "note"}], "verdict": ALLOWED, "effects": [NoteWritten(1, "hello", "hello")], **more}
    with store.write() as db:
        return append(db, TENANT, added.id, **given)


def broken(store: Store, account_id: int | None = None) -> tuple[Break, ...]:
    with store.read() as db:
        return verify(db, TENANT, account_id)


def head(store: Store, added: Added) -> tuple[int, str, bool]:
    with store.read() as db:
        row = db.execute(
            select(AuditHead.seq, AuditHead.hash, AuditHead.sealed).where(AuditHead.account_id == added.id)
        )
        return tuple(row.one())


def test_each_account_has_its_own_chain(store: Store) -> None:
    first, second = add_account(store), add_account(store)
    assert [add(store, first), add(store, first), add(store, second), add(store, first)] == [1, 2, 1, 3]
    assert broken(store) == ()


@pytest.mark.parametrize("table", ["audit", "contact_event"])
@pytest.mark.parametrize("sql", ["UPDATE {} SET by = 'nobody'", "DELETE FROM {}"])
def test_evidence_cannot_be_changed_or_deleted(store: Store, table: str, sql: str) -> None:
    add(store, add_account(store, events=[{}]))
    refused(store, sql.format(table))
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
    assert broken(store, second.id) == (Break(second.id, 1, "changed"), Break(second.id, 1, "head"))
    assert broken(store, first.id) == (Break(first.id, 1, "cut"),)


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


def test_the_end_of_a_chain_is_kept(store: Store) -> None:
    first, second = add_account(store), add_account(store)
    add(store, first)
    once = head(store, first)
    add(store, first)
    add(store, second)
    with store.read() as db:
        ends = dict(db.execute(text("SELECT hash, seq FROM audit WHERE account_id = :id"), {"id": first.id}).all())
    assert once in {(1, made, False) for made in ends}
    assert head(store, first) in {(2, made, False) for made in ends}
    assert head(store, second)[0] == 1


@pytest.mark.parametrize("where", ["seq = 3", "seq >= 2", "seq >= 1"])
def test_an_end_that_was_cut_off_is_found(store: Store, where: str) -> None:
    added = add_account(store)
    for _ in range(3):
        add(store, added)
    tamper(store, f"DELETE FROM audit WHERE {where}")
    assert broken(store) == broken(store, added.id) == (Break(added.id, 3, "cut"),)


def test_a_chain_goes_on_after_a_cut_with_a_gap(store: Store) -> None:
    added = add_account(store)
    for _ in range(3):
        add(store, added)
    tamper(store, "DELETE FROM audit WHERE seq = 3")
    assert add(store, added) == 4
    assert broken(store) == (Break(added.id, 4, "missing"),)


def test_an_entry_written_past_the_program_is_found(store: Store) -> None:
    added = add_account(store)
    add(store, added)
    tamper(
        store,
        "INSERT INTO audit SELECT tenant_id, account_id, 2, at, 'eve', act_id, line, commands, verdict, effects, outcome, "
        "hash, hash FROM audit WHERE seq = 1",
    )
    assert broken(store) == (Break(added.id, 2, "changed"), Break(added.id, 2, "head"))
    tamper(store, "DELETE FROM audit_head")
    assert Break(added.id, 2, "head") in broken(store)


def test_a_number_is_never_taken_twice(store: Store) -> None:
    """Two who forgot the lock: the second waits for the first, is refused then, and the chain is whole."""
    if store.engine.dialect.name == "sqlite":
        pytest.skip("a writer has the whole file")
    added = add_account(store)
    add(store, added)
    with ThreadPoolExecutor(1) as other:
        with store.write() as db:
            entry = {"commands": [], "verdict": {}, "effects": [], "outcome": "done"}
            append(db, TENANT, added.id, at=NOW, by=USER, act_id="", line="", **entry)
            second = other.submit(add, store, added)
            deadline = monotonic() + 20
            while not waiting(store):
                assert monotonic() < deadline
        with pytest.raises(IntegrityError):
            second.result()
    assert broken(store) == ()
    assert add(store, added) == 3


def waiting(store: Store) -> int:
    with store.read() as db:
        return db.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar_one()


def test_one_spelling_per_value() -> None:
    assert canonical({"b": 1, "a": frozenset({"y", "x"})}) == '{"a":["x","y"],"b":1}'
    assert canonical([DAY, NOW, Severity.BLOCK]) == '["2026-11-23","2026-11-23T17:32:00.000000+00:00",5]'
    assert canonical(NextAction("call", DAY)) == '{"at":null,"code":"call","kind":"NextAction","on":"2026-11-23"}'
    with pytest.raises(TypeError):
        canonical(object())
