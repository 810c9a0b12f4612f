"""Seals over the audit: what the heads of all chains were at the end of a business day, itself a chain.

    digest = SHA-256 of the canonical list [[account id, entry, hash], …] of the heads under the seal, in the order of accounts
    hash   = HMAC-SHA256(key of the tenant, prev ‖ canonical JSON of the seal)      prev: hash of the seal before; "" first

A seal holds only the heads that moved since the one before. Whoever owns the database owns its key too, and could make all
of it anew; that is found by comparing with the seals as they were written down elsewhere (`reports/seals.py`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from collect_tui.desk.protocol import Progress
from collect_tui.store.audit import audit_key, canonical, sign
from collect_tui.store.sql import execute, number, tenant

_T = SQLModel.metadata.tables
_SEAL, _HEAD, _SEALED = _T["audit_seal"], _T["audit_head"], _T["sealed_head"]
_BATCH: Final = 5_000


@dataclass(frozen=True, slots=True)
class Seal:
    """One seal. `heads`: how many chains it holds."""

    seq: int
    business_date: date
    at: datetime
    by: str
    heads: int
    digest: str
    prev: str
    hash: str


@dataclass(frozen=True, slots=True)
class SealBreak:
    """A seal that does not hold.

    `what`: changed (not as it was made), missing (one before it is gone), heads (the heads it was made over are not those
    it holds now), stray (heads of a seal that there is not), log (another one was written down), lost (written down, and
    not there), unlogged (there, and left out where it should have been written down).
    """

    seq: int
    what: str


def make(
    session: Session, tenant_id: int, *, business_date: date, at: datetime, by: str, progress: Progress | None = None
) -> int:
    """Seals all heads that moved since the last seal; returns how many. Nothing moved: no seal.

    The digest is read back from what the seal holds, and only a head that has not moved on since is marked, so that acts
    beside it are left to the next seal.
    """
    last = latest(session, tenant_id)
    seq, prev = (last.seq + 1, last.hash) if last else (1, "")
    values = {"tenant": tenant_id, "seal": seq}
    moved = select(_HEAD.c.tenant_id, _HEAD.c.account_id, number("seal"), _HEAD.c.seq, _HEAD.c.hash).where(
        _HEAD.c.tenant_id == tenant(), _HEAD.c.sealed.is_(False)
    )
    names = ["tenant_id", "account_id", "seal", "seq", "hash"]
    heads = execute(session, insert(_SEALED).from_select(names, moved.order_by(_HEAD.c.account_id)), values)
    if not heads:
        return 0
    ((_, held, digest),) = _digests(session, tenant_id, seq, progress, heads)
    row = Seal(seq, business_date, at, by, held, digest, prev, "")
    made = sign(audit_key(session, tenant_id), prev, _signed(tenant_id, row))
    session.execute(insert(_SEAL), {"tenant_id": tenant_id, **asdict(row), "hash": made})
    same = select(_SEALED.c.account_id).where(
        _SEALED.c.tenant_id == tenant(),
        _SEALED.c.seal == number("seal"),
        _SEALED.c.account_id == _HEAD.c.account_id,
        _SEALED.c.seq == _HEAD.c.seq,
    )
    still = update(_HEAD).where(_HEAD.c.tenant_id == tenant(), _HEAD.c.sealed.is_(False), same.exists())
    execute(session, still.values(sealed=True), values)
    return heads


def latest(session: Session, tenant_id: int) -> Seal | None:
    return next(iter(_read(session, _seals(tenant_id).order_by(_SEAL.c.seq.desc()).limit(1))), None)


def after(session: Session, tenant_id: int, seq: int = 0) -> Iterator[Seal]:
    """The seals with a greater number, oldest first."""
    return _read(session, _seals(tenant_id).where(_SEAL.c.seq > seq).order_by(_SEAL.c.seq))


def covering(session: Session, tenant_id: int, account_id: int) -> tuple[Seal, int, str] | None:
    """The latest seal over an account's chain, with the entry it holds and that entry's hash; None: not sealed yet."""
    query = select(_SEALED.c.seal, _SEALED.c.seq, _SEALED.c.hash).where(
        _SEALED.c.tenant_id == tenant_id, _SEALED.c.account_id == account_id
    )
    held = session.execute(query.order_by(_SEALED.c.seal.desc()).limit(1)).first()
    if held is None:
        return None
    seal = next(iter(_read(session, _seals(tenant_id).where(_SEAL.c.seq == held.seal))), None)
    return (seal, held.seq, held.hash) if seal else None


def verify(
    session: Session,
    tenant_id: int,
    written: Mapping[int, tuple[str, str]] | None = None,
    progress: Progress | None = None,
) -> tuple[SealBreak, ...]:
    """Recomputes every seal; empty when all hold. `written`: number → (digest, hash) as they were written down elsewhere."""
    return tuple(_broken(session, tenant_id, written, progress))


def _broken(
    session: Session, tenant_id: int, written: Mapping[int, tuple[str, str]] | None, progress: Progress | None
) -> Iterator[SealBreak]:
    key = audit_key(session, tenant_id)
    seals = {seal.seq: seal for seal in after(session, tenant_id)}
    expected, prev = 1, ""
    for seal in seals.values():
        if seal.seq != expected or seal.prev != prev:
            yield SealBreak(seal.seq, "missing")
        if seal.hash != sign(key, seal.prev, _signed(tenant_id, seal)):
            yield SealBreak(seal.seq, "changed")
        expected, prev = seal.seq + 1, seal.hash
    held = set()
    of = sum(seal.heads for seal in seals.values())
    for seq, heads, digest in _digests(session, tenant_id, None, progress, of):
        held.add(seq)
        if seq not in seals:
            yield SealBreak(seq, "stray")
        elif (seals[seq].heads, seals[seq].digest) != (heads, digest):
            yield SealBreak(seq, "heads")
    yield from (SealBreak(seq, "heads") for seq in seals if seq not in held)
    if written is not None:
        yield from _against(seals, written)


def _against(seals: Mapping[int, Seal], written: Mapping[int, tuple[str, str]]) -> Iterator[SealBreak]:
    """What differs from the seals that were written down; younger ones may not have been yet."""
    for seq in range(1, max(written, default=0) + 1):
        seal = seals.get(seq)
        if seq in written and seal is None:
            yield SealBreak(seq, "lost")
        elif seq not in written and seal is not None:
            yield SealBreak(seq, "unlogged")
        elif seal is not None and written[seq] != (seal.digest, seal.hash):
            yield SealBreak(seq, "log")


def _digests(
    session: Session, tenant_id: int, seal: int | None, progress: Progress | None, of: int
) -> Iterator[tuple[int, int, str]]:
    """Each seal's number, how many heads it holds and their digest; memory stays flat however many they are."""
    query = select(_SEALED.c.seal, _SEALED.c.account_id, _SEALED.c.seq, _SEALED.c.hash).where(
        _SEALED.c.tenant_id == tenant_id
    )
    if seal is not None:
        query = query.where(_SEALED.c.seal == seal)
    rows = session.execute(
        query.order_by(_SEALED.c.seal, _SEALED.c.account_id), execution_options={"yield_per": _BATCH}
    )
    current, heads, made, done = 0, 0, hashlib.sha256(b"["), 0
    for batch in rows.partitions():
        for number_, account_id, seq, hash_ in batch:
            if number_ != current:
                if heads:
                    yield current, heads, _finished(made)
                current, heads, made = number_, 0, hashlib.sha256(b"[")
            text = canonical([account_id, seq, hash_])
            made.update((f",{text}" if heads else text).encode("utf-8", "surrogatepass"))
            heads += 1
        done += len(batch)
        if progress is not None:
            progress("Seal the audit" if seal else "Verify the seals", done, max(of, done))
    if heads:
        yield current, heads, _finished(made)


def _finished(made: Any) -> str:
    made.update(b"]")
    return str(made.hexdigest())


def _signed(tenant_id: int, seal: Seal) -> str:
    return canonical([tenant_id, seal.seq, seal.business_date, seal.at, seal.by, seal.heads, seal.digest])


def _seals(tenant_id: int) -> Any:
    names = ("seq", "business_date", "at", "by", "heads", "digest", "prev", "hash")
    return select(*(_SEAL.c[name] for name in names)).where(_SEAL.c.tenant_id == tenant_id)


def _read(session: Session, query: Any) -> Iterator[Seal]:
    rows: Iterable[Any] = session.execute(query, execution_options={"yield_per": _BATCH})
    return (Seal(*row) for row in rows)
