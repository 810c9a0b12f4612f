"""The audit as JSON lines: one entry each, and a last line that says what there was.

    {"account": "4410-2231", "seq": 1, "at": "…", "by": "mia", …, "prev": "", "hash": "…"}
    …
    {"manifest": {"entries": 12, "sha256": "…", …, "heads": {"4410-2231": [12, "…"]}}}

`sha256` is over the lines before the last one. The hash of an entry can be made again from its line by whoever holds the
tenant's key: commands, verdict and effects have one spelling (`store/audit.py`), which JSON brings through unchanged.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from collect_tui.common.files import AtomicFile
from collect_tui.common.words import plural
from collect_tui.desk.protocol import Progress
from collect_tui.desk.views.base import View
from collect_tui.domain.dates import day_start
from collect_tui.domain.errors import Invalid
from collect_tui.store import audit, facts
from collect_tui.store.engine import Store
from collect_tui.store.tables import Tenant

_T = SQLModel.metadata.tables
_AUDIT, _ACCOUNT = _T["audit"], _T["account"]
_BATCH: Final = 2_000
_JSON: Final = ("commands", "verdict", "effects")


class AuditExport(View):
    """What an export wrote. `sha256`: over all lines but the last."""

    file: str
    entries: int
    accounts: int
    sha256: str

    def text(self) -> str:
        return f"{plural(self.entries, 'entry', 'entries')} of {plural(self.accounts, 'account')} in {self.file}"


def export(
    store: Store,
    tenant_id: int,
    target: Path,
    *,
    now: datetime,
    by: str,
    account: str | None = None,
    since: date | None = None,
    progress: Progress | None = None,
) -> AuditExport:
    """Writes the audit of one account or of all, from a day at the desk on; whole or not at all, for its owner only; flat memory.

    Raises Invalid "audit.exists" rather than write over a file; NotFound for an account there is not.
    """
    if target.exists() or target.is_symlink():
        raise Invalid("audit.exists", f"{target} exists already; name a file that does not.", "to")
    try:
        with store.read() as session, AtomicFile(target) as out:
            wanted = facts.account_id(session, tenant_id, account) if account else None
            start = day_start(since, session.get_one(Tenant, tenant_id).zone) if since else None
            of = audit.count(session, tenant_id, wanted)
            digest, entries = hashlib.sha256(), 0
            for line in lines(session, tenant_id, wanted, start):
                text = line + "\n"
                digest.update(text.encode("utf-8", "surrogatepass"))
                out.write(text)
                entries += 1
                if progress is not None and entries % _BATCH == 0:
                    progress("Export the audit", entries, max(of, entries))
            head = {"format": 1, "tenant": tenant_id, "generated_at": _text(now), "by": by, "entries": entries}
            head |= {"account": account, "since": since.isoformat() if since else None, "sha256": digest.hexdigest()}
            accounts = 0
            out.write(f'{{"manifest": {json.dumps(head)[:-1]}, "heads": {{')  # a line of its own making: heads are many
            for number, seq, hash_ in _heads(session, tenant_id, wanted, start):
                out.write(f"{', ' if accounts else ''}{json.dumps(number)}: [{seq}, {json.dumps(hash_)}]")
                accounts += 1
            out.write("}}}\n")
            if progress is not None:
                progress("Export the audit", entries, entries)
    except OSError as error:
        raise Invalid("audit.unwritable", f"{target} cannot be written: {error.strerror}.", "to") from None
    return AuditExport(file=str(target), entries=entries, accounts=accounts, sha256=digest.hexdigest())


def lines(
    session: Session, tenant_id: int, account_id: int | None = None, since: datetime | None = None
) -> Iterator[str]:
    """Each entry as a line of JSON, by account and number; everything is as it was written, refusals and overrides too."""
    owner = and_(_ACCOUNT.c.tenant_id == tenant_id, _ACCOUNT.c.id == _AUDIT.c.account_id)
    query = (
        select(_ACCOUNT.c.number.label("account"), _AUDIT)
        .outerjoin(_ACCOUNT, owner)
        .where(_AUDIT.c.tenant_id == tenant_id, *_only(account_id, since))
        .order_by(_AUDIT.c.account_id, _AUDIT.c.seq)
    )
    for row in session.execute(query, execution_options={"yield_per": _BATCH}).mappings():
        entry = {**row, "at": _text(row["at"]), **{name: json.loads(row[name]) for name in _JSON}}
        yield json.dumps(entry, ensure_ascii=True)


def _heads(
    session: Session, tenant_id: int, account_id: int | None, since: datetime | None
) -> Iterator[tuple[str, int, str]]:
    """The last entry of each account that is in the export."""
    later = _AUDIT.alias()
    last = (
        select(func.max(later.c.seq))
        .where(later.c.tenant_id == tenant_id, later.c.account_id == _AUDIT.c.account_id)
        .correlate(_AUDIT)
        .scalar_subquery()
    )
    owner = and_(_ACCOUNT.c.tenant_id == tenant_id, _ACCOUNT.c.id == _AUDIT.c.account_id)
    query = (
        select(_ACCOUNT.c.number, _AUDIT.c.seq, _AUDIT.c.hash)
        .join(_ACCOUNT, owner)
        .where(_AUDIT.c.tenant_id == tenant_id, _AUDIT.c.seq == last, *_only(account_id, since))
        .order_by(_AUDIT.c.account_id)
    )
    found = session.execute(query, execution_options={"yield_per": _BATCH})
    return ((number, seq, hash_) for number, seq, hash_ in found)


def _only(account_id: int | None, since: datetime | None) -> list[Any]:
    mine = [_AUDIT.c.account_id == account_id] if account_id is not None else []
    return mine + ([_AUDIT.c.at >= since] if since else [])


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
