"""The audit: evidence that is only ever added to, chained per account.

Each entry holds the command as given, the verdict and the effects, and an HMAC over them and over the entry before it:

    hash = HMAC-SHA256(key of the tenant, prev ‖ canonical JSON of the entry)       prev: hash of the entry before; "" first

Changing, inserting or dropping an entry in the middle breaks the chain from there on; triggers refuse it in the first
place. What the chain cannot show by itself is that its last entries were cut off by the owner of the file.
"""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import json
import re
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import insert, select
from sqlmodel import Session, SQLModel

from collect_tui.desk.errors import Unavailable
from collect_tui.desk.views.account import AuditEntry
from collect_tui.store import tables as _tables  # noqa: F401 — fills SQLModel.metadata

__all__ = ["Break", "append", "canonical", "entries", "verify"]

_AUDIT, _TENANT = SQLModel.metadata.tables["audit"], SQLModel.metadata.tables["tenant"]
_BATCH: Final = 5_000
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclasses.dataclass(frozen=True, slots=True)
class Break:
    """Where a chain does not hold. `what`: changed (the entry is not as it was written), missing (one before it is gone)."""

    account_id: int
    seq: int
    what: str


def append(
    session: Session,
    tenant_id: int,
    account_id: int,
    *,
    at: datetime,
    by: str,
    act_id: str,
    line: str,
    commands: Any,
    verdict: Any,
    effects: Any,
    outcome: str,
) -> int:
    """Adds an entry to the account's chain and returns its number, 1 first. `outcome`: done, refused, day.

    Commands, verdict and effects may be anything that `canonical` takes. It belongs in the transaction of the act, which
    holds the write lock; otherwise two could take the same number.
    """
    db = session.connection()
    key = _key(session, tenant_id)
    mine = (_AUDIT.c.tenant_id == tenant_id, _AUDIT.c.account_id == account_id)
    last = db.execute(select(_AUDIT.c.seq, _AUDIT.c.hash).where(*mine).order_by(_AUDIT.c.seq.desc()).limit(1)).first()
    seq, prev = (last.seq + 1, last.hash) if last else (1, "")
    row = {
        "tenant_id": tenant_id,
        "account_id": account_id,
        "seq": seq,
        "at": at,
        "by": by,
        "act_id": act_id,
        "line": line,
        "commands": canonical(commands),
        "verdict": canonical(verdict),
        "effects": canonical(effects),
        "outcome": outcome,
    }
    db.execute(insert(_AUDIT), {**row, "prev": prev, "hash": _hash(key, prev, row)})
    return seq


def verify(session: Session, tenant_id: int, account_id: int | None = None) -> tuple[Break, ...]:
    """Recomputes the chain of one account, or of all; empty when every entry is as it was written and none is missing."""
    key = _key(session, tenant_id)
    query = select(_AUDIT).where(_AUDIT.c.tenant_id == tenant_id).order_by(_AUDIT.c.account_id, _AUDIT.c.seq)
    if account_id is not None:
        query = query.where(_AUDIT.c.account_id == account_id)
    breaks: list[Break] = []
    account, seq, prev = None, 0, ""
    rows = session.connection().execute(query.execution_options(yield_per=_BATCH))
    for row in rows.mappings():
        if row["account_id"] != account:
            account, seq, prev = row["account_id"], 0, ""
        if row["seq"] != seq + 1 or row["prev"] != prev:
            breaks.append(Break(row["account_id"], row["seq"], "missing"))
        if not hmac.compare_digest(row["hash"], _hash(key, row["prev"], row)):
            breaks.append(Break(row["account_id"], row["seq"], "changed"))
        seq, prev = row["seq"], row["hash"]
    return tuple(breaks)


def entries(
    session: Session, tenant_id: int, account_id: int, *, before: int | None = None, limit: int = 200
) -> tuple[AuditEntry, ...]:
    """The account's entries, newest first; `before`: only those with a smaller number."""
    query = select(_AUDIT).where(_AUDIT.c.tenant_id == tenant_id, _AUDIT.c.account_id == account_id)
    if before is not None:
        query = query.where(_AUDIT.c.seq < before)
    rows = session.connection().execute(query.order_by(_AUDIT.c.seq.desc()).limit(limit))
    return tuple(
        AuditEntry(
            at=row.at,
            by=row.by,
            command=row.line or "; ".join(_kind(c) for c in json.loads(row.commands)),
            verdict=_verdict(json.loads(row.verdict), row.outcome),
            effects=tuple(_effect(e) for e in json.loads(row.effects)),
            seq=row.seq,
        )
        for row in rows
    )


def canonical(value: Any) -> str:
    """JSON with one spelling per value: sorted keys, no spaces. Takes views, commands, dataclasses, dates and sets too."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


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


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _hash(key: bytes, prev: str, row: Any) -> str:
    names = ("tenant_id", "account_id", "seq", "by", "act_id", "line", "commands", "verdict", "effects", "outcome")
    text = canonical([_instant(row["at"]), *(row[name] for name in names)])
    return hmac.new(key, (prev + text).encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def _key(session: Session, tenant_id: int) -> bytes:
    query = select(_TENANT.c.audit_key).where(_TENANT.c.tenant_id == tenant_id)
    found = session.connection().execute(query).scalar_one_or_none()
    if not found:
        raise Unavailable(
            "audit.no_key", "This portfolio has no key for its audit; it was not made by this program.", "db"
        )
    return bytes.fromhex(found)


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
    if not isinstance(verdict, dict):
        return f"{outcome}: {verdict}" if verdict else outcome
    severity = str(verdict.get("severity", "allow"))
    findings = verdict.get("findings") or [{}]
    head = f"refused ({severity})" if outcome == "refused" else severity
    if outcome == "done" and (override := verdict.get("override")):
        head = f"{severity}, overridden by {override['by']} ({override['reason']})"
    sentence = str(findings[0].get("sentence", "")) if severity != "allow" else ""
    return f"{head}: {sentence}" if sentence else head
