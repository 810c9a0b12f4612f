"""The audit: evidence that is only ever added to, chained per account.

Each entry holds the command as given, the verdict and the effects, and an HMAC over them and over the entry before it:

    hash = HMAC-SHA256(key of the tenant, prev ‖ canonical JSON of the entry)       prev: hash of the entry before; "" first

Changing, inserting or dropping an entry in the middle breaks the chain from there on; triggers refuse it in the first
place. `audit_head` keeps the end of each chain and the day run seals the heads (`store/seals.py`), so that an end that was
cut off, or a chain that is gone, is missed too.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hmac
import importlib
import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import Enum
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import and_, func, insert, select, true
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from collect_tui.desk.errors import Unavailable
from collect_tui.desk.views.account import AuditEntry
from collect_tui.store import sql
from collect_tui.store import tables as _tables  # noqa: F401 — fills SQLModel.metadata

__all__ = ["append", "append_all", "audit_key", "canonical", "checked_key", "count", "entries", "sign"]

_T = SQLModel.metadata.tables
AUDIT, _TENANT, HEAD, SEALED = _T["audit"], _T["tenant"], _T["audit_head"], _T["sealed_head"]
BATCH: Final = 5_000
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")

#: What the hash of an entry is made over, after its instant.
HASHED: Final = ("tenant_id", "account_id", "seq", "by", "act_id", "line", "commands", "verdict", "effects", "outcome")


Readable = Callable[[Sequence[Any]], bool]


def anything(commands: Sequence[Any]) -> bool:
    """Whoever reads it may know all."""
    return True


def append(session: Session, tenant_id: int, account_id: int, *, effects: Any, **said: Any) -> int:
    """`append_all` for one account."""
    return append_all(session, tenant_id, {account_id: effects}, **said)[0]


def append_all(
    session: Session,
    tenant_id: int,
    done: Mapping[int, Any],
    *,
    at: datetime,
    by: str,
    line: str,
    act_id: str = "",
    commands: Any = (),
    verdict: Any = None,
    outcome: str = "done",
) -> list[int]:
    """Adds an entry to the chains of accounts, whose effects are `done`, by account; returns its numbers in them, 1 first.

    `outcome`: done, refused, exported, …
    Commands, verdict and effects may be anything that `canonical` takes. It belongs in the transaction of the act, which
    holds the lock of the file or of the customer; otherwise two could take the same number, which the key then refuses.
    """
    db = session.connection()
    rows: list[dict[str, Any]] = []
    known = db.execute(_ends(db.dialect.name), {"tenant": tenant_id, "accounts": list(done)}) if done else ()
    ends = {row.id: row for row in known}
    for account_id, effects in done.items():
        seq, prev = _end(ends[account_id])
        key = checked_key(ends[account_id].audit_key)
        row = {
            "tenant_id": tenant_id,
            "account_id": account_id,
            "seq": seq + 1,
            "at": at,
            "by": by,
            "act_id": act_id,
            "line": line,
            "commands": canonical(commands),
            "verdict": canonical(verdict or {}),
            "effects": canonical(effects),
            "outcome": outcome,
            "prev": prev,
        }
        rows.append({**row, "hash": hash_of(key, prev, at, [row[name] for name in HASHED])})
    if rows:
        db.execute(_WRITE, rows)
        heads = ({name: row[name] for name in ("tenant_id", "account_id", "seq", "hash")} for row in rows)
        db.execute(_move_head(db.dialect.name), [{**head, "sealed": False} for head in heads])
    return [row["seq"] for row in rows]


def of_account(table: Any, account_id: int | None) -> Any:
    return true() if account_id is None else table.c.account_id == account_id


def count(session: Session, tenant_id: int, account_id: int | None = None) -> int:
    """How many entries there are."""
    query = select(func.count()).where(AUDIT.c.tenant_id == tenant_id, of_account(AUDIT, account_id))
    return int(session.connection().execute(query).scalar_one())


def places(session: Session, tenant_id: int, accounts: Collection[int], acts: Collection[str]) -> dict[str, int]:
    """The number of the entry of each act, among those of these accounts."""
    query = select(AUDIT.c.act_id, AUDIT.c.seq).where(
        AUDIT.c.tenant_id == tenant_id, AUDIT.c.account_id.in_(sorted(accounts)), AUDIT.c.act_id.in_(sorted(acts))
    )
    return {row.act_id: row.seq for row in session.connection().execute(query)}


def entries(
    session: Session,
    tenant_id: int,
    account_id: int,
    *,
    before: int | None = None,
    limit: int = 200,
    readable: Readable = anything,
) -> tuple[AuditEntry, ...]:
    """The account's entries, newest first; `before`: only those with a smaller number. `readable`: whether the reader may know what
    commands said; of others only their kinds and those of their effects are told."""
    query = select(AUDIT).where(AUDIT.c.tenant_id == tenant_id, AUDIT.c.account_id == account_id)
    if before is not None:
        query = query.where(AUDIT.c.seq < before)
    rows = session.connection().execute(query.order_by(AUDIT.c.seq.desc()).limit(limit))
    return tuple(_entry(row, readable) for row in rows)


def _entry(row: Any, readable: Readable) -> AuditEntry:
    commands, effects = json.loads(row.commands), json.loads(row.effects)
    whole = readable(commands if isinstance(commands, list) else [])
    kinds = "; ".join(_kind(c) for c in commands)
    return AuditEntry(
        at=row.at,
        by=row.by,
        command=(row.line or kinds) if whole else kinds,
        verdict=_verdict(json.loads(row.verdict), row.outcome) if whole else row.outcome,
        effects=tuple(_effect(e if whole or not isinstance(e, dict) else {"kind": e.get("kind", "")}) for e in effects),
        seq=row.seq,
    )


def canonical(value: Any) -> str:
    """JSON with one spelling per value: sorted keys, no spaces. Takes views, commands, dataclasses, dates and sets too."""
    return _ENCODER.encode(value)


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
        return {"kind": type(value).__name__, **fields}
    if isinstance(value, datetime):
        return _instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, frozenset | set):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no place in the audit")


_ENCODER: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


# ------------------------------------------------------------------------------------------------------------- hashes


def sign(key: bytes, prev: str, text: str) -> str:
    """The link of a chain: hex of an HMAC-SHA256 over the link before it and a canonical text."""
    return hmac.digest(key, (prev + text).encode("utf-8", "surrogatepass"), "sha256").hex()


def audit_key(session: Session, tenant_id: int) -> bytes:
    """The tenant's key. Raises Unavailable `audit.no_key`."""
    query = select(_TENANT.c.audit_key).where(_TENANT.c.tenant_id == tenant_id)
    return checked_key(session.connection().execute(query).scalar_one_or_none())


def checked_key(found: str | None) -> bytes:
    """A tenant's key as its row has it. Raises Unavailable `audit.no_key`."""
    with contextlib.suppress(ValueError):
        if found:
            return bytes.fromhex(found)
    raise Unavailable("audit.no_key", "This portfolio has no key for its audit; it was not made by this program.", "db")


def hash_of(key: bytes, prev: str, at: datetime, hashed: Sequence[Any]) -> str:
    return sign(key, prev, canonical([_instant(at), *hashed]))


@lru_cache(maxsize=2)
def _ends(dialect: str) -> Any:
    """The last entry of each of some accounts, its head, and the key."""
    a, e, h = (_T[name] for name in ("account", "audit", "audit_head"))
    known = e.alias("known").c
    newest = select(func.max(known.seq)).where(known.tenant_id == sql.tenant(), known.account_id == a.c.id)
    last = and_(
        e.c.tenant_id == sql.tenant(), e.c.account_id == a.c.id, e.c.seq == newest.correlate(a).scalar_subquery()
    )
    head = and_(h.c.tenant_id == sql.tenant(), h.c.account_id == a.c.id)
    rows = a.join(_TENANT, _TENANT.c.tenant_id == sql.tenant()).outerjoin(e, last).outerjoin(h, head)
    named = (t.c[name].label(f"{t.name}_{name}") for t in (e, h) for name in ("seq", "hash"))
    query = select(a.c.id, _TENANT.c.audit_key, *named).select_from(rows)
    return query.where(a.c.tenant_id == sql.tenant(), sql.among(dialect, a.c.id, "accounts"))


def _end(row: Any) -> tuple[int, str]:
    """The end of an account's chain is its head or its last entry, whichever is further on: where somebody has cut off the end, the
    chain goes on with a gap that shows."""
    entry, head = (row.audit_seq or 0, 0, row.audit_hash or ""), (row.audit_head_seq or 0, 1, row.audit_head_hash or "")
    seq, _, link = max(entry, head)
    return seq, link


_WRITE: Final = insert(AUDIT)


@lru_cache(maxsize=2)
def _move_head(dialect: str) -> Any:
    """Sets the end of a chain: the same on both databases, each with its own INSERT."""
    statement = importlib.import_module(f"sqlalchemy.dialects.{dialect}").insert(HEAD)
    return statement.on_conflict_do_update(
        index_elements=list(HEAD.primary_key),
        set_={name: statement.excluded[name] for name in ("seq", "hash", "sealed")},
    )


# ------------------------------------------------------------------------------------------------------------ in words


def _kind(command: Any) -> str:
    return str(command.get("kind", "act")) if isinstance(command, dict) else str(command)


def _effect(effect: Any) -> str:
    """A sentence where there is one, else the effect's name in words: `promise made`."""
    if isinstance(effect, dict):
        return str(effect.get("sentence") or _HUMP.sub(" ", str(effect.get("kind", ""))).lower())
    return str(effect)


def _verdict(verdict: Any, outcome: str) -> str:
    """`allow`, `warn: 2 of 7 calls left`, `refused (block): the customer asked for no calls`."""
    if not isinstance(verdict, dict) or (not verdict and outcome not in ("done", "refused")):
        return f"{outcome}: {verdict}" if verdict else outcome
    severity = str(verdict.get("severity", "allow"))
    findings = verdict.get("findings") or [{}]
    head = f"refused ({severity})" if outcome == "refused" else severity
    if outcome == "done" and (override := verdict.get("override")):
        head = f"{severity}, overridden by {override['by']} ({override['reason']})"
    sentence = str(findings[0].get("sentence", "")) if severity != "allow" else ""
    return f"{head}: {sentence}" if sentence else head
