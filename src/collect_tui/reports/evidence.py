"""The evidence of one account as a folder: what was done, what was allowed and refused, and hashes over all of it.

    README.txt     what each file is
    account.json   the account as the desk shows it
    contacts.csv messages.csv holds.csv orders.csv promises.csv payments.csv
    verdicts.jsonl every entry of the audit
    manifest.json  hash and size of each file, whether the chain is whole, the latest seal over it

Read from one snapshot, written beside its place and renamed when it is complete. That it was made is itself an entry of the
audit, with the hash of the manifest.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlmodel import Session

from collect_tui.common.cells import Writer
from collect_tui.common.files import make_private, open_file, read_whole, sync_folder
from collect_tui.common.text import clean
from collect_tui.common.words import plural
from collect_tui.desk.views.base import View
from collect_tui.domain.dates import stamp
from collect_tui.domain.errors import Invalid
from collect_tui.reports import audit as audit_lines
from collect_tui.reports.sheets import SHEETS, cell, rows_of
from collect_tui.services.account import account_view
from collect_tui.services.desk_context import DeskContext
from collect_tui.services.unit_of_work import unit_of_work
from collect_tui.store import audit, audit_check, facts, seals

MANIFEST: Final = "manifest.json"
LARGEST_MANIFEST: Final = 1 << 20


class EvidencePack(View):
    """A pack that was made. `manifest_sha256` is what the audit keeps of it; `whole`: the account's chain held."""

    account: str
    folder: str
    files: dict[str, int]  # name → bytes
    entries: int
    whole: bool
    seal: int | None
    manifest_sha256: str

    def text(self) -> str:
        state = "the chain is whole" if self.whole else "THE CHAIN IS BROKEN (see manifest.json)"
        sealed = f"sealed by seal {self.seal}" if self.seal else "not sealed yet"
        entries = plural(self.entries, "entry", "entries")
        return (
            f"{self.account}: {plural(len(self.files), 'file')} in {self.folder}; {entries}, {state}, {sealed}\n"
            f"manifest.json has the SHA-256 {self.manifest_sha256}"
        )


class EvidenceCheck(View):
    """What checking a pack found; `problems` is empty when every file is as it was written."""

    folder: str
    account: str
    manifest_sha256: str
    problems: tuple[str, ...]

    def text(self) -> str:
        told = self.problems or (f"{self.folder}: every file is as it was written",)
        return "\n".join((*told, f"manifest.json has the SHA-256 {self.manifest_sha256}"))


_OTHERS: Final = {
    "account.json": "the account as the desk showed it",
    "verdicts.jsonl": "every entry of the audit, oldest first: what was asked, the verdict on it (refusals, overrides and "
    "reveals too), what it did, and the hashes that chain it to the entry before",
    MANIFEST: "SHA-256 and size of every other file; whether the chain was whole; the latest seal over it",
}


def write(desk: DeskContext, number: str, folder: Path) -> EvidencePack:
    """Makes the evidence pack of an account in a folder that does not exist yet, for its owner only.

    Raises Invalid "evidence.exists" or "evidence.unwritable"; NotFound. An error leaves nothing behind.
    """
    folder = folder.expanduser().absolute()
    if folder.exists() or folder.is_symlink():
        raise Invalid("evidence.exists", f"{folder} exists already; name a folder that does not.", "to")
    beside = folder.with_name(f".{folder.name}.{secrets.token_hex(6)}.tmp")
    now = desk.clock()
    try:
        make_private(folder.parent)
        beside.mkdir(mode=0o700)
        try:
            with desk.reading() as db:
                manifest = _fill(db, desk, number, beside, now)
            text = json.dumps(manifest, indent=2) + "\n"
            _private(beside / MANIFEST, text)
            sha256 = hashlib.sha256(text.encode()).hexdigest()
            sync_folder(beside)
            _record(desk, manifest["account"], sha256, manifest["chain"]["entries"])
            os.rename(beside, folder)
        except BaseException:
            shutil.rmtree(beside, ignore_errors=True)
            raise
        sync_folder(folder.parent)
    except OSError as error:
        raise Invalid("evidence.unwritable", f"{folder} cannot be written: {error.strerror}.", "to") from None
    return EvidencePack(
        account=manifest["account"],
        folder=str(folder),
        files={name: told["bytes"] for name, told in manifest["files"].items()},
        entries=manifest["chain"]["entries"],
        whole=manifest["chain"]["whole"],
        seal=manifest["seal"]["seal"] if manifest["seal"] else None,
        manifest_sha256=sha256,
    )


def check(folder: Path) -> EvidenceCheck:
    """Compares every file of a pack with its manifest. Raises Invalid "evidence.no_pack".

    Whoever changed a file can change the manifest too: compare its SHA-256 with what the audit says ("exported").
    """
    try:
        raw = read_whole(folder / MANIFEST, LARGEST_MANIFEST, links=False)
        manifest = json.loads(raw)
        files = {str(name): (str(told["sha256"]), int(told["bytes"])) for name, told in manifest["files"].items()}
        account = str(manifest["account"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Invalid("evidence.no_pack", f"{folder} holds no manifest of an evidence pack.", "verify") from None
    problems = []
    for name, (sha256, size) in sorted(files.items()):
        path = folder / name
        if Path(name).name != name or path.is_symlink() or not path.is_file():
            problems.append(f"{name} is missing")
        elif path.stat().st_size != size or _hash_of(path) != sha256:
            problems.append(f"{name} is not as it was written")
    there = sorted(entry.name for entry in folder.iterdir())
    problems += [f"{name} does not belong to the pack" for name in there if name not in files and name != MANIFEST]
    return EvidenceCheck(
        folder=str(folder),
        account=clean(account),
        manifest_sha256=hashlib.sha256(raw).hexdigest(),
        problems=tuple(clean(problem) for problem in problems),
    )


# ------------------------------------------------------------------------------------------------------------ the files


def _fill(db: Session, desk: DeskContext, number: str, folder: Path, now: datetime) -> dict[str, Any]:
    """Writes everything but the manifest, which is returned."""
    view = account_view(db, desk, number)
    account_id = facts.account_id(db, desk.tenant_id, view.number)
    made = {"generated_at": cell(now), "by": desk.user, "business_date": view.business_date.isoformat()}
    _private(folder / "account.json", json.dumps({**made, "account": view.model_dump(mode="json")}, indent=2) + "\n")
    for name, sheet in SHEETS.items():
        _write_csv(folder / name, rows_of(db, desk.tenant_id, account_id, sheet, view.currency, view.desk_zone))
    with _create(folder / "verdicts.jsonl") as out:
        out.writelines(line + "\n" for line in audit_lines.lines(db, desk.tenant_id, account_id))
    _private(folder / "README.txt", _readme(view.number, made, now, view.desk_zone))
    found = audit_check.verify(db, desk.tenant_id, account_id)
    newest = audit.entries(db, desk.tenant_id, account_id, limit=1)
    sealed = seals.covering(db, desk.tenant_id, account_id)
    files = sorted(folder.iterdir())
    return {
        "format": 1,
        "account": view.number,
        **made,
        "files": {path.name: {"sha256": _hash_of(path), "bytes": path.stat().st_size} for path in files},
        "chain": {
            "entries": audit.count(db, desk.tenant_id, account_id),
            "last": newest[0].seq if newest else 0,
            "whole": not found,
            "breaks": [{"entry": one.seq, "what": one.what} for one in found],
        },
        "seal": _seal(*sealed) if sealed else None,
    }


def _seal(seal: seals.Seal, entry: int, entry_hash: str) -> dict[str, Any]:
    return {
        "seal": seal.seq,
        "business_date": seal.business_date.isoformat(),
        "at": cell(seal.at),
        "digest": seal.digest,
        "hash": seal.hash,
        "entry": entry,
        "entry_hash": entry_hash,
    }


def _record(desk: DeskContext, number: str, sha256: str, entries: int) -> None:
    """An export of all that is known of somebody is itself evidence."""
    sentence = f"evidence pack of {plural(entries, 'entry', 'entries')} exported; its manifest has the SHA-256 {sha256}"

    def append() -> None:
        with unit_of_work(desk, number) as work:
            work.record(
                facts.account_id(work.db, desk.tenant_id, number),
                line="evidence",
                commands=[{"kind": "evidence"}],
                effects=[{"kind": "EvidenceExported", "sentence": sentence, "manifest_sha256": sha256}],
                outcome="exported",
            )

    desk.store.attempt(append)


def _readme(number: str, made: dict[str, str], now: datetime, zone: str) -> str:
    rows = [*((name, sheet.about) for name, sheet in SHEETS.items()), *_OTHERS.items()]
    width = max(len(name) for name, _ in rows) + 2
    return "\n".join(
        (
            f"Evidence of account {clean(number)}",
            f"Business date {made['business_date']}; made {stamp(now, zone)} by {clean(made['by'])}.",
            "",
            *(f"{name:{width}}{about}" for name, about in rows),
            "",
            "In CSV files instants are by the desk's clock, with their offset from UTC, and amounts in major units of the",
            "currency beside them; an apostrophe stands before text that a spreadsheet would take for a formula. The JSON",
            "files hold everything as it was written, instants in UTC.",
            "",
            "`collect-tui evidence --verify FOLDER` compares the files with the manifest. The SHA-256 of the manifest is in",
            "the account's audit, in the entry that was made with this pack.",
            "",
        )
    )


def _write_csv(path: Path, rows: Iterable[list[str]]) -> None:
    with _create(path) as out:
        writer = Writer(out)
        for row in rows:
            writer.row(row)


def _private(path: Path, text: str) -> None:
    with _create(path) as out:
        out.write(text)


class _create:
    """A new file for its owner only, on the disk before it is closed."""

    def __init__(self, path: Path) -> None:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        self.stream = os.fdopen(descriptor, "w", encoding="utf-8", newline="")

    def __enter__(self) -> Any:
        return self.stream

    def __exit__(self, *_: object) -> None:
        self.stream.flush()
        os.fsync(self.stream.fileno())
        self.stream.close()


def _hash_of(path: Path) -> str:
    with open_file(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
