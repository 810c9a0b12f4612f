from __future__ import annotations

import json
import os
import stat
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from collect_tui.channels.folders import FolderPort
from collect_tui.cli.plain import orders_text
from collect_tui.domain.errors import DomainError
from collect_tui.services.order_dispatch import OrderDispatch
from collect_tui.services.order_port import OutgoingOrder
from collect_tui.store import apply, audit, audit_check, facts
from collect_tui.store.engine import Store
from ingest.books import account, bring, write
from support.book import NOW, Clock, catalogue, local_desk, sync_orders


def order(number: str = "S-1", status: str = "REQUESTED", **more):
    made = {
        "number": number,
        "service": "INT",
        "kind": "suspend",
        "reason": "NONPAY",
        "effective": "2026-11-24",
        "status": status,
        "requested_on": "2026-11-23",
        "requested_by": "mia",
    }
    return made | more


#: Served in time for the day on which the orders below take effect.
NOTICE = {"level": "pre-cut", "channel": "letter", "status": "DELIVERED", "sent_on": "2026-11-02"}


def cut(number: str, status: str = "REQUESTED", account_no: str = "1-1", **more):
    service = {
        "product": "INT",
        "billing_system": "AURORA",
        "identifier": f"A-{account_no}",
        "status": "PENDING_SUSPEND",
    }
    return account(
        account_no, services=[service | {"suspend_cause": "nonpay"}], orders=[order(number, status, **more)],
        next_action={"code": "order", "on": "2026-11-25"}, notices=[NOTICE],
    )  # fmt: skip


@pytest.fixture
def store():
    with Store.memory() as made:
        yield made


def sync(store: Store, folder: Path, *, now: datetime = NOW, send: bool = True):
    return sync_orders(local_desk(store, "mia", Clock(now)), folder, send=send)


def answer(folder: Path, name: str = "a.json", system: str = "AURORA", raw: bytes | None = None, **more) -> Path:
    path = folder / "inbox" / system / name
    path.parent.mkdir(parents=True, exist_ok=True)
    body = {"order": "S-1", "outcome": "completed", "at": "2026-11-23T15:30:00Z", "detail": ""} | more
    path.write_bytes(raw if raw is not None else json.dumps(body).encode())
    return path


def seen(store: Store, number: str = "1-1"):
    with store.read() as db:
        return facts.load(db, 1, number)


def test_an_order_leaves_as_one_private_file_and_comes_back(store, tmp_path):
    bring(store, write(tmp_path, cut("S-1")))
    folder = tmp_path / "orders"
    assert sync(store, folder).sent == ("S-1",)
    path = folder / "outbox" / "AURORA" / "S-1.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert json.loads(path.read_text()) == {
        "format": 1, "order": "S-1", "kind": "suspend", "account": "1-1", "billing_system": "AURORA", "product": "INT",
        "identifier": "A-1-1", "reason": "NONPAY", "cause": "nonpay", "effective": "2026-11-24", "requested_on": "2026-11-23",
        "requested_by": "mia", "reversal_of": None, "order_code": "suspend", "reason_code": "NONPAY", "target": "", "monthly": 0,
    }  # fmt: skip
    assert [p.name for p in path.parent.iterdir()] == ["S-1.json"]
    found = seen(store).orders[0]
    assert (found.status, found.sent_at) == ("SENT", NOW)
    assert sync(store, folder).sent == ()
    came = answer(folder)
    report = sync(store, folder)
    assert (report.completed, report.rejected, report.refused_files) == (("S-1",), (), {})
    assert not came.exists()
    assert (folder / "done" / "AURORA" / "a.json").exists()
    assert seen(store).services[0].status == "SUSPENDED"
    with store.read() as db:
        assert audit_check.verify(db, 1) == ()
        lines = [entry.command for entry in audit.entries(db, 1, seen(store).id)]
    assert lines == ["order S-1 completed by AURORA", "order S-1 sent"]


def test_a_rejected_order_gives_the_service_back_and_is_for_an_agent_today(store, tmp_path):
    bring(store, write(tmp_path, cut("S-1")))
    folder = tmp_path / "o"
    sync(store, folder)
    answer(folder, outcome="rejected", detail="no such\x1b[2J line")
    assert sync(store, folder).rejected == ("S-1",)
    found = seen(store)
    assert found.services[0].status == "ACTIVE"
    assert found.next_action is not None
    assert (found.next_action.code, found.next_action.on) == ("order", found.business_date)
    with store.read() as db:
        assert db.connection().execute(text("SELECT detail FROM service_order")).scalar_one() == "no such line"


def test_a_crash_between_file_and_commit_writes_the_same_file_again(store, tmp_path, monkeypatch):
    bring(store, write(tmp_path, cut("S-1")))
    folder = tmp_path / "o"

    def dies(*_args, **_kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(apply, "apply", dies)
        with pytest.raises(KeyboardInterrupt):
            sync(store, folder)
    path = folder / "outbox" / "AURORA" / "S-1.json"
    first = path.read_bytes()
    assert seen(store).orders[0].status == "REQUESTED"
    assert sync(store, folder).sent == ("S-1",)
    assert [p.name for p in path.parent.iterdir()] == ["S-1.json"]
    assert path.read_bytes() == first


def test_an_outbox_that_cannot_be_written_leaves_the_order_waiting(store, tmp_path):
    bring(store, write(tmp_path, cut("S-1")))
    (tmp_path / "o").write_text("in the way")
    with pytest.raises(DomainError, match="cannot be written"):
        sync(store, tmp_path / "o")
    assert seen(store).orders[0].status == "REQUESTED"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"raw": b""}, "not JSON"),
        ({"raw": b"\x1b]0;x\x07{"}, "not JSON"),
        ({"raw": b"[" * 5000}, "not JSON"),
        ({"raw": b" " * 70_000}, "larger than 64 kB"),
        ({"order": "S-99"}, "no such order"),
        ({"order": 7}, "order"),
        ({"outcome": "maybe"}, "outcome"),
        ({"at": "2026-11-23T15:30:00"}, "at"),
        ({"at": "2027-11-23T15:30:00Z"}, "lies in the future"),
        ({"detail": "x" * 2000}, "detail"),
        ({"detail": "paid by 4111 1111 1111 1111"}, "card data"),
        ({"system": "BROOK"}, "another billing system"),
        ({"order": "S-2"}, "not sent"),
    ],
)  # fmt: skip
def test_a_hostile_answer_is_put_aside_with_its_reason(store, tmp_path, given, says):
    bring(store, write(tmp_path, cut("S-1"), cut("S-2", "DRAFT", "1-2")))
    folder = tmp_path / "o"
    sync(store, folder)
    before = seen(store)
    answer(folder, "bad.json", **given)
    answer(folder, "good.json")
    report = sync(store, folder)
    system = given.get("system", "AURORA")
    assert list(report.refused_files) == [f"{system}/bad.json"]
    assert says in report.refused_files[f"{system}/bad.json"]
    aside = folder / "refused" / system
    assert says in (aside / "bad.json.reason.txt").read_text()
    assert "4111" not in (aside / "bad.json.reason.txt").read_text()
    assert (aside / "bad.json").exists()
    assert report.completed == ("S-1",)
    assert before.services[0].status == "PENDING_SUSPEND"
    assert sync(store, folder).refused_files == {}


def test_links_and_half_written_files_are_not_followed(store, tmp_path):
    bring(store, write(tmp_path, cut("S-1")))
    folder = tmp_path / "o"
    sync(store, folder)
    secret = tmp_path / "secret.json"
    secret.write_text(json.dumps({"order": "S-1", "outcome": "completed", "at": "2026-11-23T15:30:00Z"}))
    answer(folder, ".half.json")
    answer(folder, "half.json.tmp")
    (folder / "inbox" / "AURORA" / "link.json").symlink_to(secret)
    os.mkfifo(folder / "inbox" / "AURORA" / "pipe.json")
    (folder / "inbox" / "AURORA" / "folder.json").mkdir()
    (folder / "inbox" / "EVIL").symlink_to(tmp_path)
    report = sync(store, folder)
    assert set(report.refused_files) == {"AURORA/folder.json", "AURORA/link.json", "AURORA/pipe.json"}
    assert report.completed == ()
    assert secret.exists()


def test_the_same_answer_twice_changes_nothing_and_another_is_refused(store, tmp_path):
    bring(store, write(tmp_path, cut("S-1")))
    folder = tmp_path / "o"
    sync(store, folder)
    answer(folder, "1.json")
    answer(folder, "2.json")
    answer(folder, "3.json", outcome="rejected")
    report = sync(store, folder)
    assert report.completed == ("S-1",)
    assert list(report.refused_files) == ["AURORA/3.json"]
    assert seen(store).services[0].status == "SUSPENDED"
    answer(folder, "1.json")
    sync(store, folder)
    assert sorted(p.name for p in (folder / "done" / "AURORA").iterdir()) == ["1.2.json", "1.json", "2.json"]


def test_a_cut_that_was_paid_meanwhile_drafts_the_restoration(store, tmp_path):
    paid = cut("S-1", "SENT", sent_at="2026-11-20T16:00Z")
    paid["payments"] = [
        {
            "ref": "P",
            "received_on": "2026-11-22",
            "method": "card",
            "amount": 5800,
            "allocations": [{"item": "INV-1-1", "amount": 5000}],
        }
    ]
    bring(store, write(tmp_path, paid))
    folder = tmp_path / "o"
    answer(folder)
    sync(store, folder)
    found = seen(store)
    assert [(o.kind, o.status) for o in found.orders] == [("suspend", "COMPLETED"), ("restore", "DRAFT")]
    with store.read() as db:
        assert db.connection().execute(text("SELECT queue FROM work_item")).scalar_one() == "restore"


def test_stuck_orders_are_told(store, tmp_path):
    """The report, the queue and the account say the same of every order."""
    days = catalogue().rules.suspend.stuck_after_days

    def sent(ago, hour=16):
        return (NOW.replace(hour=hour) - timedelta(days=ago)).isoformat()

    told = {
        "S-1": ("SENT", {"sent_at": sent(days)}),
        "S-2": ("SENT", {"sent_at": sent(days - 1)}),
        "S-3": ("SENT", {"sent_at": sent(days - 1, hour=5)}),  # the evening before, in Chicago
        "S-4": (
            "REQUESTED",
            {"requested_on": (NOW - timedelta(days=days)).date().isoformat(), "effective": "2026-11-20"},
        ),
        "S-5": ("REQUESTED", {"requested_on": (NOW - timedelta(days=days - 1)).date().isoformat()}),
    }
    made = [cut(number, status, f"1-{n}", **more) for n, (number, (status, more)) in enumerate(told.items(), 1)]
    bring(store, write(tmp_path, *made))
    expected = {"S-1", "S-3", "S-4"}
    desk = local_desk(store, "mia", Clock(NOW))
    stuck = OrderDispatch(desk).stuck()
    assert {each.number for each in stuck} == expected
    assert all(each.account == f"1-{each.number[-1]}" for each in stuck), "whose it is, for that is who is asked after"
    assert [each.since for each in stuck] == sorted(each.since for each in stuck)
    report = orders_text(OrderDispatch(desk).look())
    assert all(f"stuck: {each.account} order {each.number} " in report for each in stuck)
    with store.read() as db:
        queue = db.connection().execute(text("SELECT number FROM work_item WHERE queue = 'stuck'")).scalars().all()
    assert {f"S-{number[-1]}" for number in queue} == expected
    views = [desk.account(f"1-{place}").orders[0] for place in range(1, len(told) + 1)]
    assert {view.number for view in views if view.stuck} == expected


@pytest.mark.parametrize("number", ["../../evil", "a/b", ".hidden", "S 1", "Ü-1"])
def test_a_number_never_leaves_the_outbox(tmp_path, number):
    port = FolderPort(tmp_path)
    whole = order(number) | {
        "account": "1",
        "billing_system": "../X",
        "product": "INT",
        "identifier": "i",
        "cause": None,
        "order": number,
        "order_code": "suspend",
        "reason_code": "NONPAY",
    }
    port.send(OutgoingOrder.model_validate(whole))
    made = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert len(made) == 1
    assert made[0].parent.parent == tmp_path / "outbox"
    assert not made[0].name.startswith(".")
    assert json.loads(made[0].read_text())["order"] == number
