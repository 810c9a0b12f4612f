"""Whether the audit is whole: every chain of entries is hashed anew and compared with its head."""

from __future__ import annotations

import dataclasses
import hmac
from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, exists, literal, or_, select
from sqlalchemy.orm import Session

from collect_tui.desk.protocol import Progress
from collect_tui.store import tables as _tables  # noqa: F401 — fills SQLModel.metadata
from collect_tui.store.audit import AUDIT, BATCH, HASHED, HEAD, SEALED, audit_key, count, hash_of, of_account


@dataclasses.dataclass(frozen=True, slots=True)
class Break:
    """Where a chain does not hold.

    `what`: changed (the entry is not as it was written), missing (one before it is gone), cut (the chain went on to this
    entry and ends before it), head (the chain's head is not this entry, its last), sealed (the entry is not there as
    `seal` holds it), unsealed (the head says that it was sealed, and no seal holds it).
    """

    account_id: int
    seq: int
    what: str
    seal: int | None = None


def verify(session: Session, tenant_id: int, account_id: int | None = None) -> tuple[Break, ...]:
    """Recomputes the chain of one account, or of all; empty when every entry is as it was written and none is missing."""
    return tuple(breaks(session, tenant_id, account_id))


def breaks(
    session: Session, tenant_id: int, account_id: int | None = None, progress: Progress | None = None
) -> Iterator[Break]:
    """Where the chains of one account, or of all, do not hold: against themselves, their heads and their seals."""
    yield from _broken_chains(session, tenant_id, account_id, progress)
    db = session.connection()
    for what, query in _comparisons(tenant_id, account_id):
        for account, seq, seal in db.execute(query.execution_options(yield_per=BATCH)):
            yield Break(account, seq, what, seal)


def _broken_chains(
    session: Session, tenant_id: int, account_id: int | None, progress: Progress | None
) -> Iterator[Break]:
    key = audit_key(session, tenant_id)
    own_head = and_(HEAD.c.tenant_id == tenant_id, HEAD.c.account_id == AUDIT.c.account_id)
    columns = (AUDIT.c.prev, AUDIT.c.hash, AUDIT.c.at, *(AUDIT.c[name] for name in HASHED))
    query = (
        select(HEAD.c.seq, HEAD.c.hash, *columns)
        .select_from(AUDIT.outerjoin(HEAD, own_head))
        .where(AUDIT.c.tenant_id == tenant_id, of_account(AUDIT, account_id))
        .order_by(AUDIT.c.account_id, AUDIT.c.seq)
    )
    of = count(session, tenant_id) if progress and account_id is None else 0
    account, seq, prev, head = None, 0, "", (None, "")
    done = 0
    for batch in session.connection().execute(query.execution_options(yield_per=BATCH)).partitions():
        for head_seq, head_hash, its_prev, its_hash, at, *hashed in batch:
            if hashed[1] != account:
                yield from _wrong_head(account, seq, prev, head)
                account, seq, prev, head = hashed[1], 0, "", (head_seq, head_hash)
            if hashed[2] != seq + 1 or its_prev != prev:
                yield Break(hashed[1], hashed[2], "missing")
            if not hmac.compare_digest(its_hash.encode(), hash_of(key, its_prev, at, hashed).encode()):
                yield Break(hashed[1], hashed[2], "changed")
            seq, prev = hashed[2], its_hash
        done += len(batch)
        if progress is not None:
            progress("Verify the audit", done, max(of, done))
    yield from _wrong_head(account, seq, prev, head)


def _wrong_head(account: int | None, seq: int, last: str, head: tuple[int | None, str]) -> Iterator[Break]:
    """How the end of a chain differs from its head."""
    if account is None or head == (seq, last):
        return
    cut = head[0] is not None and head[0] > seq
    yield Break(account, head[0] if cut and head[0] else seq, "cut" if cut else "head")


def _comparisons(tenant_id: int, account_id: int | None) -> Iterator[tuple[str, Any]]:
    """What the database can compare by itself: (account, entry, seal) of what does not hold, in the order of accounts."""
    any_entry = exists().where(AUDIT.c.tenant_id == tenant_id, AUDIT.c.account_id == HEAD.c.account_id)
    yield (
        "cut",  # the whole chain is gone
        select(HEAD.c.account_id, HEAD.c.seq, literal(None))
        .where(HEAD.c.tenant_id == tenant_id, of_account(HEAD, account_id), ~any_entry)
        .order_by(HEAD.c.account_id),
    )
    entry = and_(AUDIT.c.tenant_id == tenant_id, AUDIT.c.account_id == SEALED.c.account_id, AUDIT.c.seq == SEALED.c.seq)
    yield (
        "sealed",
        select(SEALED.c.account_id, SEALED.c.seq, SEALED.c.seal)
        .select_from(SEALED.outerjoin(AUDIT, entry))
        .where(SEALED.c.tenant_id == tenant_id, of_account(SEALED, account_id))
        .where(or_(AUDIT.c.hash.is_(None), AUDIT.c.hash != SEALED.c.hash))
        .order_by(SEALED.c.account_id, SEALED.c.seal),
    )
    under_seal = exists().where(
        SEALED.c.tenant_id == tenant_id,
        SEALED.c.account_id == HEAD.c.account_id,
        SEALED.c.seq == HEAD.c.seq,
        SEALED.c.hash == HEAD.c.hash,
    )
    yield (
        "unsealed",
        select(HEAD.c.account_id, HEAD.c.seq, literal(None))
        .where(HEAD.c.tenant_id == tenant_id, of_account(HEAD, account_id), HEAD.c.sealed, ~under_seal)
        .order_by(HEAD.c.account_id),
    )
