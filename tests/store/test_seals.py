"""Seals: every way to tamper that the chains alone do not show is found, on both databases."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from collect_tui.store import audit, audit_check, seals
from collect_tui.store.audit_check import Break
from collect_tui.store.engine import Store
from collect_tui.store.seals import Seal, SealBreak
from support.book import catalogue
from support.portfolio import DAY, NOW, TENANT, USER, Added, add_account, add_tenant, run_day
from support.tamper import refused, tamper

CATALOGUE = catalogue()


def add(store: Store, *accounts: Added, tenant: int = TENANT) -> None:
    entry: dict[str, Any] = {"act_id": "a1", "line": "n hello", "outcome": "done", "at": NOW, "by": USER}
    with store.write() as db:
        for one in accounts:
            audit.append(db, tenant, one.id, commands=[{"kind": "note"}], verdict={}, effects=[], **entry)


def seal(store: Store, day: int = 0, tenant: int = TENANT) -> int:
    with store.write() as db:
        return seals.make(db, tenant, business_date=DAY + timedelta(days=day), at=NOW, by="night")


def made(store: Store, tenant: int = TENANT) -> list[Seal]:
    with store.read() as db:
        return list(seals.after(db, tenant))


def written(store: Store) -> dict[int, tuple[str, str]]:
    return {one.seq: (one.digest, one.hash) for one in made(store)}


def found(store: Store, against: dict[int, tuple[str, str]] | None = None) -> tuple[Any, ...]:
    with store.read() as db:
        return (*audit_check.verify(db, TENANT), *seals.verify(db, TENANT, against))


@pytest.fixture
def three(store: Store) -> list[Added]:
    """Three accounts, two entries each, sealed after the first and after the second; and one entry since."""
    accounts = [add_account(store) for _ in range(3)]
    add(store, *accounts)
    assert seal(store) == 3
    add(store, *accounts)
    assert seal(store, 1) == 3
    add(store, accounts[0])
    assert found(store, written(store)) == ()
    return accounts


# ------------------------------------------------------------------------------------------------------- making a seal


def test_a_seal_is_what_the_page_says(store: Store) -> None:
    accounts = [add_account(store) for _ in range(3)]
    add(store, *accounts)
    seal(store)
    (one,) = made(store)
    with store.read() as db:
        heads = db.execute(text("SELECT account_id, seq, hash FROM audit_head ORDER BY account_id")).all()
        key = bytes.fromhex(db.execute(text("SELECT audit_key FROM tenant")).scalar_one())
    listed = audit.canonical([list(row) for row in heads])
    assert one.digest == hashlib.sha256(listed.encode()).hexdigest()
    signed = json.dumps(
        [TENANT, 1, DAY.isoformat(), NOW.isoformat(timespec="microseconds"), "night", 3, one.digest],
        separators=(",", ":"),
    )
    assert (one.heads, one.prev) == (3, "")
    assert one.hash == hmac.new(key, signed.encode(), hashlib.sha256).hexdigest()


def test_only_what_moved_is_sealed_and_nothing_makes_no_seal(store: Store) -> None:
    accounts = [add_account(store) for _ in range(3)]
    assert seal(store) == 0
    add(store, *accounts)
    assert [seal(store), seal(store)] == [3, 0]
    add(store, accounts[1])
    assert seal(store, 1) == 1
    first, second = made(store)
    assert (first.heads, second.heads, second.prev) == (3, 1, first.hash)
    with store.read() as db:
        assert [(s.seq, entry) for s, entry, _ in [seals.covering(db, TENANT, a.id) for a in accounts]] == [
            (1, 1),
            (2, 2),
            (1, 1),
        ]
        assert seals.covering(db, TENANT, 1) is None


def test_each_tenant_has_its_own_seals(store: Store) -> None:
    add_tenant(store, tenant_id=2)
    mine, theirs = add_account(store), add_account(store, tenant_id=2)
    add(store, mine)
    add(store, theirs, tenant=2)
    assert (seal(store), len(made(store, 2))) == (1, 0)
    assert (seal(store, tenant=2), made(store, 2)[0].heads) == (1, 1)
    assert found(store) == ()


@pytest.mark.parametrize("table", ["audit_seal", "sealed_head"])
@pytest.mark.parametrize("sql", ["UPDATE {} SET hash = ''", "DELETE FROM {}"])
def test_a_seal_cannot_be_changed_or_deleted(store: Store, three: list[Added], table: str, sql: str) -> None:
    refused(store, sql.format(table))
    assert found(store) == ()


def test_the_day_run_seals_last_and_once_per_date(store: Store) -> None:
    accounts = [add_account(store) for _ in range(2)]
    add(store, *accounts)

    def run(day: int) -> tuple[str, int, bool]:
        report = run_day(store, DAY + timedelta(days=day), CATALOGUE, now=NOW + timedelta(days=day), by="night")
        last = report.steps[-1]
        return last.name, last.changed, last.repeated

    assert run(0) == ("seal", 2, False)
    add(store, accounts[0])
    assert run(0) == ("seal", 2, True)
    assert run(1) == ("seal", 1, False)
    assert run(2) == ("seal", 0, False)
    assert [(s.seq, s.business_date, s.by) for s in made(store)] == [
        (1, DAY, "night"),
        (2, DAY + timedelta(days=1), "night"),
    ]
    assert found(store, written(store)) == ()


def test_an_act_beside_the_seal_is_left_to_the_next(store: Store) -> None:
    """A head that moves between the seal and its marking stays unsealed."""
    account = add_account(store)
    add(store, account)
    with store.write() as db:
        seals.make(db, TENANT, business_date=DAY, at=NOW, by="night")
        db.execute(text("UPDATE audit_head SET sealed = :no"), {"no": False})  # as an act does in its upsert
        entry: dict[str, Any] = {"act_id": "", "line": "", "outcome": "done", "at": NOW, "by": USER}
        audit.append(db, TENANT, account.id, commands=[], verdict={}, effects=[], **entry)
    assert seal(store, 1) == 1
    assert found(store) == ()


# ---------------------------------------------------------------------------------------------------------- tampering


def test_a_changed_entry(store: Store, three: list[Added]) -> None:
    tamper(store, "UPDATE audit SET line = 'n goodbye' WHERE seq = 1 AND account_id = :id", id=three[1].id)
    assert found(store) == (Break(three[1].id, 1, "changed"),)


def test_an_entry_gone_from_the_middle(store: Store, three: list[Added]) -> None:
    tamper(store, "DELETE FROM audit WHERE seq = 1 AND account_id = :id", id=three[1].id)
    assert found(store) == (Break(three[1].id, 2, "missing"), Break(three[1].id, 1, "sealed", 1))


def test_an_end_cut_off(store: Store, three: list[Added]) -> None:
    tamper(store, "DELETE FROM audit WHERE seq = 2 AND account_id = :id", id=three[1].id)
    assert found(store) == (Break(three[1].id, 2, "cut"), Break(three[1].id, 2, "sealed", 2))


FIXED = (
    "DELETE FROM audit WHERE seq = 2 AND account_id = :id",
    "UPDATE audit_head SET seq = 1, hash = (SELECT hash FROM audit WHERE seq = 1 AND account_id = :id) WHERE account_id = :id",
)


def test_an_end_cut_off_and_the_head_mended(store: Store, three: list[Added]) -> None:
    tamper(store, *FIXED, id=three[1].id)
    assert found(store) == (Break(three[1].id, 2, "sealed", 2),)


def test_an_end_cut_off_with_head_and_sealed_head_mended(store: Store, three: list[Added]) -> None:
    tamper(store, *FIXED, "DELETE FROM sealed_head WHERE seal = 2 AND account_id = :id", id=three[1].id)
    assert found(store) == (SealBreak(2, "heads"),)


def test_a_chain_gone_with_its_head(store: Store, three: list[Added]) -> None:
    tamper(
        store,
        "DELETE FROM audit WHERE account_id = :id",
        "DELETE FROM audit_head WHERE account_id = :id",
        id=three[1].id,
    )
    assert found(store) == (Break(three[1].id, 1, "sealed", 1), Break(three[1].id, 2, "sealed", 2))


def test_a_head_said_to_be_sealed_that_is_not(store: Store, three: list[Added]) -> None:
    """Or the seal would pass it by."""
    tamper(store, "UPDATE audit_head SET sealed = (1 = 1)")
    assert found(store) == (Break(three[0].id, 3, "unsealed"),)


def test_seals_cut_off_with_what_they_held(store: Store, three: list[Added]) -> None:
    kept = written(store)
    tamper(
        store,
        "DELETE FROM audit_seal WHERE seq = 2",
        "DELETE FROM sealed_head WHERE seal = 2",
        "UPDATE audit_head SET sealed = (1 = 0)",
    )
    assert found(store) == ()  # by itself the database cannot tell
    assert found(store, kept) == (SealBreak(2, "lost"),)


def test_a_forged_seal(store: Store, three: list[Added]) -> None:
    kept = written(store)
    tamper(store, "UPDATE audit_seal SET digest = 'ab' WHERE seq = 2")
    assert found(store) == (SealBreak(2, "changed"), SealBreak(2, "heads"))
    assert found(store, kept) == (SealBreak(2, "changed"), SealBreak(2, "heads"), SealBreak(2, "log"))


def test_a_seal_gone_from_the_middle(store: Store, three: list[Added]) -> None:
    tamper(store, "DELETE FROM audit_seal WHERE seq = 1")
    assert found(store) == (SealBreak(2, "missing"), SealBreak(1, "stray"))


def test_a_seal_slipped_in(store: Store, three: list[Added]) -> None:
    tamper(
        store,
        "INSERT INTO audit_seal SELECT tenant_id, 3, business_date, at, by, heads, digest, hash, 'ff' FROM audit_seal "
        "WHERE seq = 2",
    )
    assert found(store) == (SealBreak(3, "changed"), SealBreak(3, "heads"))


def test_another_key_fits_nothing(store: Store, three: list[Added]) -> None:
    tamper(store, "UPDATE tenant SET audit_key = :key", key="ab" * 32)
    breaks = found(store)
    assert {b.what for b in breaks} == {"changed"}
    assert len(breaks) == 7 + 2


def test_all_made_anew_with_another_key_is_found_by_what_was_written_down(store: Store, three: list[Added]) -> None:
    """Whoever owns the database owns the key, and can make it whole in itself; but not what lies elsewhere."""
    kept = written(store)
    tamper(
        store,
        *(f"DELETE FROM {table}" for table in ("sealed_head", "audit_seal", "audit_head", "audit")),
        "UPDATE tenant SET audit_key = :key",
        key="ab" * 32,
    )
    add(store, *three)
    seal(store)
    add(store, *three)
    seal(store, 1)
    assert found(store) == ()
    assert found(store, kept) == (SealBreak(1, "log"), SealBreak(2, "log"))


def test_a_seal_left_out_of_what_was_written_down(store: Store, three: list[Added]) -> None:
    kept = written(store)
    seal(store, 2)
    assert found(store, kept) == (), "the youngest may not have been written down yet"
    del kept[1]
    assert found(store, kept) == (SealBreak(1, "unlogged"),)
