"""The evidence pack and the export of the audit: everything, guarded, provable, whole or not at all, on both databases."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from collect_tui.desk.commands import Act
from collect_tui.desk.errors import Invalid, NotFound, RefusedByPolicy
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.parse import parse
from collect_tui.domain.dates import local_time
from collect_tui.domain.states import Stage
from collect_tui.reports import audit as exporting
from collect_tui.reports import evidence
from collect_tui.services.local import LocalDesk
from collect_tui.store import audit, audit_check, facts, seals
from collect_tui.store.engine import Store
from support.book import NOW, SERVICES, TODAY, Book, Clock, account, at, day, local_desk
from support.tamper import tamper

ROSA, IVAN = "4410-2231", "4410-0087"
HOSTILE = '=HYPERLINK("http://x") \x1b]0,owned\x07 \u202e'
BOOK = Book(
    account(
        ROSA,
        "Alvarez, Rosa",
        items=[("INV-1", -63, 30000, {"service": "INT"}), ("=INV-2", -33, 11210, {"service": "TV"})],
        services=SERVICES,
        stage=Stage.FINAL,
        notices=[{"level": "pre-cut", "channel": "letter", "status": "DELIVERED", "sent_on": day(-20)}],
        contacts=[
            {"at": at(-5), "by": "mia", "action": "TM", "result": "LM", "point": "m1", "note": "will pay"},
            {"at": at(-4), "by": "ben", "action": "TM", "result": "NA", "point": "m1", "note": "-2+3 tries"},
        ],
        holds=[{"kind": "MEDICAL", "placed_on": day(-9), "placed_by": "lee", "reason": "@letter of a doctor"}],
        payments=[
            {
                "ref": "+P1",
                "received_on": day(-3),
                "method": "card",
                "amount": 4000,
                "allocations": [{"item": "INV-1", "amount": 3000}],
            }
        ],
    ),
    account(IVAN, "Petrov, Ivan", items=[("INV-10", -41, 22000)], phone="+1 312 555 0150"),
)


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with BOOK.store(tmp_path) if request.param == "sqlite" else BOOK.pg_store() as made:
        yield made


@pytest.fixture
def desk(store: Store) -> LocalDesk:
    return local_desk(store, "mia", Clock())


def do(desk: LocalDesk, line: str, number: str = ROSA, **rest: Any) -> None:
    view = desk.account(number)
    parsed = parse(line, LineContext.of(view, desk.catalogue(), desk.session()))
    assert not parsed.errors, parsed.errors
    desk.do(Act.model_validate({"id": uuid4(), "account": number, "commands": parsed.commands, "line": line, **rest}))


@pytest.fixture
def worked(desk: LocalDesk) -> LocalDesk:
    """A note, a promise, a suspension that the hold forbids; sealed after the promise."""
    do(desk, "n hello")
    do(desk, "pp 150 fri")
    with desk.store.write() as db:
        seals.make(db, 1, business_date=TODAY, at=NOW, by="night")
    view = desk.account(ROSA)
    parsed = parse("sus int tue", LineContext.of(view, desk.catalogue(), desk.session()))
    confirmed = tuple(c.model_copy(update={"confirm": ROSA[-4:]}) for c in parsed.commands)
    with pytest.raises(RefusedByPolicy):
        desk.do(Act(id=uuid4(), account=ROSA, commands=confirmed, line="sus int tue"))
    return desk


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text("utf-8").splitlines()))


def entries(desk: LocalDesk, number: str = ROSA) -> tuple[Any, ...]:
    with desk.store.read() as db:
        return audit.entries(db, 1, facts.account_id(db, 1, number))


def test_a_pack_holds_everything(worked: LocalDesk, tmp_path: Path) -> None:
    folder = tmp_path / "packs" / "rosa"
    pack = evidence.write(worked, ROSA, folder)
    names = {"account.json", "README.txt", "verdicts.jsonl", "manifest.json"}
    names |= {f"{name}.csv" for name in ("contacts", "messages", "holds", "orders", "promises", "payments", "scripts")}
    assert {path.name for path in folder.iterdir()} == names
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert {stat.S_IMODE(place.stat().st_mode) for place in (folder, folder.parent)} == {0o700}

    contacts = rows(folder / "contacts.csv")
    assert [(c["result"], c["by"], c["note"], c["point"]) for c in contacts] == [
        ("LM", "mia", "will pay", "'+1 312 555 0142"),
        ("NA", "ben", "'-2+3 tries", "'+1 312 555 0142"),
        ("PP", "mia", "", "'+1 312 555 0142"),
    ]
    assert contacts[0]["at"] == local_time(datetime.fromisoformat(at(-5)), "America/Chicago").isoformat()
    (promise,) = rows(folder / "promises.csv")
    assert (promise["total"], promise["currency"], promise["status"]) == ("150.00", "USD", "ACTIVE")
    assert promise["instalments"] == f"1 {day(4)} 150.00 0.00 OPEN"
    (payment,) = rows(folder / "payments.csv")
    assert (payment["ref"], payment["amount"], payment["applied_to"]) == ("'+P1", "40.00", "INV-1 30.00")
    assert [n["level"] for n in rows(folder / "messages.csv")] == ["pre-cut"]
    assert [h["reason"] for h in rows(folder / "holds.csv")] == ["'@letter of a doctor"]
    assert rows(folder / "orders.csv") == []

    verdicts = [json.loads(line) for line in (folder / "verdicts.jsonl").read_text("utf-8").splitlines()]
    assert [(v["seq"], v["outcome"], v["line"]) for v in verdicts] == [
        (1, "done", "n hello"),
        (2, "done", "pp 150 fri"),
        (3, "refused", "sus int tue"),
    ]
    assert verdicts[2]["verdict"]["findings"][0]["rule"]
    told = json.loads((folder / "account.json").read_text("utf-8"))
    assert (told["business_date"], told["by"]) == (TODAY.isoformat(), "mia")
    assert told["account"] == worked.account(ROSA).model_dump(mode="json")
    assert all(name in (folder / "README.txt").read_text("utf-8") for name in names - {"README.txt"})

    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert set(manifest["files"]) == names - {"manifest.json"}
    for name, file in manifest["files"].items():
        data = (folder / name).read_bytes()
        assert (file["sha256"], file["bytes"]) == (hashlib.sha256(data).hexdigest(), len(data))
    assert manifest["chain"] == {"entries": 3, "last": 3, "whole": True, "breaks": []}
    assert (manifest["seal"]["seal"], manifest["seal"]["entry"]) == (1, 2)
    assert manifest["seal"]["entry_hash"] == verdicts[1]["hash"]
    assert (pack.entries, pack.whole, pack.seal) == (3, True, 1)


def test_making_one_is_itself_evidence(worked: LocalDesk, tmp_path: Path) -> None:
    pack = evidence.write(worked, ROSA, tmp_path / "rosa")
    newest = entries(worked)[0]
    assert (newest.seq, newest.by, newest.command, newest.verdict) == (4, "mia", "evidence", "exported")
    data = (tmp_path / "rosa" / "manifest.json").read_bytes()
    assert pack.manifest_sha256 == hashlib.sha256(data).hexdigest()
    assert pack.manifest_sha256 in newest.effects[0]
    with worked.store.read() as db:
        assert audit_check.verify(db, 1) == ()


def test_an_account_without_anything_has_a_pack_too(desk: LocalDesk, tmp_path: Path) -> None:
    pack = evidence.write(desk, IVAN, tmp_path / "ivan")
    assert (pack.entries, pack.whole, pack.seal) == (0, True, None)
    assert evidence.check(tmp_path / "ivan").problems == ()


def test_a_broken_chain_is_told_not_hidden(worked: LocalDesk, tmp_path: Path) -> None:
    tamper(worked.store, "UPDATE audit SET line = 'n bye' WHERE seq = 1")
    pack = evidence.write(worked, ROSA, tmp_path / "rosa")
    manifest = json.loads((tmp_path / "rosa" / "manifest.json").read_text())
    assert (pack.whole, manifest["chain"]["breaks"]) == (False, [{"entry": 1, "what": "changed"}])
    assert "BROKEN" in pack.text()


def test_nothing_is_written_over_and_nothing_is_left_of_a_failure(
    worked: LocalDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = tmp_path / "taken"
    taken.mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for place in (taken, tmp_path / "link"):
        with pytest.raises(Invalid, match="exists already"):
            evidence.write(worked, ROSA, place)
    with pytest.raises(NotFound):
        evidence.write(worked, "9999", tmp_path / "none")
    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        with pytest.raises(Invalid, match="No space left"):
            evidence.write(worked, ROSA, tmp_path / "full")
    assert not [p.name for p in tmp_path.iterdir() if p.name in ("none", "full") or p.name.startswith(".")]


def test_what_was_changed_in_a_pack_is_told(worked: LocalDesk, tmp_path: Path) -> None:
    folder = tmp_path / "rosa"
    evidence.write(worked, ROSA, folder)
    assert evidence.check(folder).problems == ()
    (folder / "holds.csv").write_text((folder / "holds.csv").read_text().replace("MEDICAL", "NOTHING"))
    (folder / "messages.csv").unlink()
    (folder / "orders.csv").unlink()
    (folder / "orders.csv").symlink_to(folder / "payments.csv")
    (folder / "more.csv").write_text("x")
    assert evidence.check(folder).problems == (
        "holds.csv is not as it was written",
        "messages.csv is missing",
        "orders.csv is missing",
        "more.csv does not belong to the pack",
    )


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"account": "1", "files": []}', '{"files": {"x": {}}}', "[" * 9999])
def test_what_is_no_pack_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(Invalid, match="no manifest"):
        evidence.check(tmp_path)


def test_a_manifest_names_no_file_elsewhere(tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    folder.mkdir()
    (tmp_path / "secret").write_text("x")
    named = {"sha256": hashlib.sha256(b"x").hexdigest(), "bytes": 1}
    files = {"../secret": named, str(tmp_path / "secret"): named}
    (folder / "manifest.json").write_text(json.dumps({"account": "1", "files": files}))
    assert len(evidence.check(folder).problems) == 2


# ----------------------------------------------------------------------------------------------------- export of the audit


def export(desk: LocalDesk, target: Path, **only: Any) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    exporting.export(desk.store, 1, target, now=NOW, by="lee", **only)
    *lines, last = (json.loads(line) for line in target.read_text("utf-8").splitlines())
    return lines, last["manifest"]


def test_the_audit_as_lines_with_a_manifest(worked: LocalDesk, tmp_path: Path) -> None:
    do(worked, f"n {HOSTILE}", IVAN)
    target = tmp_path / "audit.jsonl"
    lines, manifest = export(worked, target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [(line["account"], line["seq"]) for line in lines] == [(ROSA, 1), (ROSA, 2), (ROSA, 3), (IVAN, 1)]
    assert "\x1b" not in target.read_text("utf-8")
    assert (manifest["entries"], manifest["by"]) == (4, "lee")
    assert manifest["heads"] == {ROSA: [3, lines[2]["hash"]], IVAN: [1, lines[3]["hash"]]}
    before = b"".join(target.read_bytes().splitlines(keepends=True)[:-1])
    assert manifest["sha256"] == hashlib.sha256(before).hexdigest()
    with pytest.raises(Invalid, match="exists already"):
        export(worked, target)


def test_whoever_has_the_key_can_make_the_hashes_again(worked: LocalDesk, tmp_path: Path) -> None:
    lines, _ = export(worked, tmp_path / "audit.jsonl")
    with worked.store.read() as db:
        key = audit.audit_key(db, 1)
    for line in lines:
        hashed = [line["at"], *(line[n] for n in ("tenant_id", "account_id", "seq", "by", "act_id", "line"))]
        hashed += [audit.canonical(line[n]) for n in ("commands", "verdict", "effects")]
        assert line["hash"] == audit.sign(key, line["prev"], audit.canonical([*hashed, line["outcome"]]))


def test_an_export_of_one_account_or_since_a_day(worked: LocalDesk, tmp_path: Path) -> None:
    do(worked, "n later", IVAN)
    later = local_desk(worked.store, "mia", Clock(NOW + timedelta(days=2)))
    do(later, "n latest")
    lines, manifest = export(worked, tmp_path / "one", account=IVAN)
    assert [line["line"] for line in lines] == ["n later"]
    assert list(manifest["heads"]) == [IVAN]
    lines, manifest = export(worked, tmp_path / "since", since=TODAY + timedelta(days=1))
    assert [line["line"] for line in lines] == ["n latest"]
    assert manifest["heads"] == {ROSA: [4, lines[0]["hash"]]}
    lines, manifest = export(worked, tmp_path / "none", since=TODAY + timedelta(days=3))
    assert (lines, manifest["entries"], manifest["heads"]) == ([], 0, {})
    with pytest.raises(NotFound):
        export(worked, tmp_path / "unknown", account="9999")
    assert not (tmp_path / "unknown").exists()
