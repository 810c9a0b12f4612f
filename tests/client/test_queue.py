"""What is typed goes to the server once, in order per account, whatever happens to the server, the line and this program."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from types import SimpleNamespace

import httpx
import pytest

from client.conftest import note, payment
from client.scripted import refusal
from collect_tui.client import queue as queues
from collect_tui.client.retry import FAILED, HOPELESS
from collect_tui.desk.commands import Override
from collect_tui.desk.errors import Invalid, NotFound, Refused, SignedOut, Stale, Unavailable


def states(desk):
    return [(h.act.account, h.state) for h in desk.outbox.held()]


def texts(server):
    return [act.commands[0].text for act in server.done]


def test_an_answered_act_leaves_nothing_behind(desk, server):
    receipt = desk.do(note("called"))
    assert not receipt.queued
    assert receipt.version == 2
    assert desk.outbox.held() == ()
    assert desk.outbox.connection().state == "online"


def test_an_act_is_on_the_disk_before_it_leaves(desk, server, tmp_path):
    seen = []

    def look(request):
        db = sqlite3.connect(tmp_path / "state/outbox.db")
        seen.extend(db.execute("SELECT id, state, attempts FROM act").fetchall())
        db.close()

    act = note("called")
    real = server.handle_request
    server.handle_request = lambda request: (look(request), real(request))[1]
    desk.do(act)
    assert seen == [(str(act.id), "unanswered", 1)], "it may be there from now on, even if this program dies"


def test_the_files_are_their_owners_only(desk, tmp_path):
    desk.do(note("called"))
    folder = tmp_path / "state"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(f.stat().st_mode) for f in folder.iterdir()} == {0o600}
    db = sqlite3.connect(folder / "outbox.db")
    assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    db.close()


@pytest.mark.parametrize(
    "error", [Refused("promise.no", "No.", "due"), NotFound("account.not_found", "None."), Invalid("x.y", "z")]
)
def test_a_refusal_is_raised_and_nothing_is_kept(desk, server, error):
    server.faults = [error]
    with pytest.raises(type(error)) as raised:
        desk.do(note("called"))
    assert (raised.value.code, raised.value.field) == (error.code, error.field)
    assert desk.outbox.held() == ()


@pytest.mark.parametrize("fault", ["cut-before", "cut-after", 503, 502, 504, 500])
def test_a_passing_fault_is_not_even_seen(desk, server, fault):
    server.faults = [fault]
    receipt = desk.do(payment(100))
    assert not receipt.queued
    assert len(server.done) == 1
    assert len(set(server.keys)) == 1, "the same key until it is answered"
    assert len(server.keys) == 2


def test_without_a_server_what_may_wait_waits_and_the_rest_is_refused(desk, server):
    server.down = True
    receipt = desk.do(note("called"))
    assert receipt.queued
    assert "waits for the server" in receipt.sentence
    with pytest.raises(Unavailable) as refused:
        desk.do(payment(100))
    assert refused.value.code == "offline.refused"
    with pytest.raises(Unavailable):
        desk.do(note("called", override=Override(by="lee", reason="so")))
    assert states(desk) == [("A-1", "waiting")]
    link = desk.outbox.connection()
    assert (link.state, link.waiting, link.review, link.server) == ("offline", 1, 0, "desk.example.com")


def test_an_order_that_may_have_arrived_is_asked_for_until_it_is_known(desk, server, clock):
    server.faults = ["timeout"]
    with pytest.raises(Unavailable) as unknown:
        desk.do(payment(100))
    assert unknown.value.code == "act.unanswered"
    assert states(desk) == [("A-1", "unanswered")]
    server.faults = ["timeout"]
    clock.forward(minutes=1)
    with pytest.raises(Unavailable) as blocked:
        desk.do(payment(200))
    assert blocked.value.code == "act.blocked"
    waiting = desk.do(note("said so"))
    assert waiting.queued
    clock.forward(minutes=1)
    desk.sender.pump()
    assert [act.commands[0].kind for act in server.done] == ["payment", "note"]
    assert desk.outbox.held() == ()


def test_another_account_is_not_held_up(desk, server):
    server.faults = [httpx.Response(429, headers={"retry-after": "60"})]
    assert desk.do(note("one")).queued
    assert not desk.do(note("two", account="A-2")).queued


def test_what_waits_goes_out_in_order_when_the_server_is_back(desk, server, clock):
    server.down = True
    for n in range(3):
        desk.do(note(f"first {n}"))
        desk.do(note(f"second {n}", account="A-2"))
    server.down = False
    desk.sender.pump()
    assert not server.done, "the server is left alone for a moment"
    clock.forward(minutes=1)
    desk.sender.pump()
    assert [t for t in texts(server) if t.startswith("first")] == ["first 0", "first 1", "first 2"]
    assert [t for t in texts(server) if t.startswith("second")] == ["second 0", "second 1", "second 2"]
    assert desk.outbox.connection().state == "online"
    assert desk.outbox.held() == ()


def test_a_new_act_goes_behind_what_waits(desk, server, clock):
    server.down = True
    desk.do(note("typed before"))
    server.down = False
    clock.forward(minutes=1)
    assert not desk.do(payment(100)).queued
    assert [act.commands[0].kind for act in server.done] == ["note", "payment"]


def test_a_follower_goes_on_from_what_its_predecessor_made(desk, server, clock):
    server.versions["A-1"] = 7
    server.down = True
    for n in range(3):
        desk.do(note(f"note {n}", version=7))
    server.down = False
    clock.forward(minutes=1)
    desk.sender.pump()
    assert len(server.done) == 3
    assert server.versions["A-1"] == 10


def test_a_follower_that_may_have_left_stays_as_it_was(desk, server, clock):
    """Its key stands for its content: another version would make it another act."""
    server.faults = ["timeout"]
    sent = note("first", version=1)
    assert desk.do(sent).queued
    (held,) = desk.outbox.held()
    assert held.state == "unanswered"
    assert held.act == sent


def test_what_may_have_arrived_stays_so_whoever_sends_it_next(desk, server, clock):
    """Two senders take turns at one act: the second looked at the queue before the first had sent it."""
    server.down = True
    first, second = note("first", version=1), note("second", version=1)
    desk.do(first), desk.do(second)
    (looked_at,) = desk._queue.heads()
    server.down, server.faults = False, ["cut-after", "unreached"]
    for _ in range(2):
        clock.forward(minutes=1)
        desk.sender._one(looked_at)
    assert states(desk) == [("A-1", "unanswered"), ("A-1", "waiting")]
    clock.forward(minutes=1)
    desk.sender.pump()
    assert texts(server) == ["first", "second"]


def test_what_goes_into_review_while_its_author_waits_is_not_sent_past_it(desk, server, clock, monkeypatch):
    """Else it would be done, and stand in review all the same, to be sent again."""
    server.versions["A-1"] = 3
    server.down = True
    first = note("first", version=2)
    desk.do(first)
    server.down = False
    clock.forward(minutes=1)
    real, asked = desk._queue.head, []

    def head(account):
        asked.append(account)
        if len(asked) == 2:  # after it was written down
            desk.sender._one(real(account))
        return real(account)

    monkeypatch.setattr(desk._queue, "head", head)
    with pytest.raises(Unavailable) as error:
        desk.do(note("second"))
    assert error.value.code == "act.behind"
    assert texts(server) == []
    assert [held.id for held in desk.outbox.held()] == [first.id]


def test_what_is_typed_on_the_sight_of_before_goes_on_from_what_was_queued_then(desk, server, clock):
    """Its author was told that it waits, and never which version it made."""
    server.down = True
    desk.do(note("first", version=1)), desk.do(note("second", version=1))
    server.down = False
    clock.forward(minutes=1)
    desk.sender.pump()
    assert desk.do(note("third", version=1)).version == 4
    with pytest.raises(Stale):
        desk.do(note("fourth", version=1))


def test_what_was_rejected_is_sent_again_once_from_two_windows(open_desk, server, clock, monkeypatch):
    windows = open_desk(), open_desk()
    server.down = True
    act = note("called", version=7)
    windows[0].do(act)
    server.down = False
    clock.forward(minutes=1)
    windows[0].sender.pump()

    def slow(number):
        monkeypatch.setattr(windows[0], "fresh", lambda number: view)
        windows[1].outbox.send_again(act.id)
        return view

    view = SimpleNamespace(claimed_by=None, version=1, fence=0)
    monkeypatch.setattr(windows[0], "fresh", slow)
    monkeypatch.setattr(windows[1], "fresh", lambda number: view)
    with pytest.raises(NotFound):
        windows[0].outbox.send_again(act.id)
    assert texts(server) == ["called"]
    assert windows[0].outbox.held() == ()


def test_a_rejected_act_waits_for_its_author_with_all_that_is_behind_it(desk, server, clock):
    server.versions["A-1"] = 3
    server.down = True
    first, second = note("first", version=2), note("second", version=2)
    for act in (first, second, note("elsewhere", account="A-2")):
        desk.do(act)
    server.down = False
    clock.forward(minutes=1)
    desk.sender.pump()
    assert texts(server) == ["elsewhere"]
    held = desk.outbox.held()
    assert [(h.id, h.state, h.code) for h in held] == [
        (first.id, "review", "account.changed"),
        (second.id, "review", queues.BEHIND),
    ]
    assert held[0].problem == "ben changed it."
    assert desk.outbox.connection().review == 2


def test_an_author_drops_what_was_rejected_and_nothing_else(desk, server, clock):
    server.down = True
    waiting = note("waits")
    desk.do(waiting)
    with pytest.raises(NotFound):
        desk.outbox.drop(waiting.id)
    server.down, server.faults = False, [Refused("note.no", "No.", None)]
    clock.forward(minutes=1)
    desk.sender.pump()
    desk.outbox.drop(waiting.id)
    assert desk.outbox.held() == ()
    with pytest.raises(NotFound):
        desk.outbox.drop(waiting.id)


def test_a_server_that_fails_on_one_act_shows_it_to_its_author_and_does_it_once(desk, server, clock):
    server.faults = [500] * (HOPELESS + 3)
    act = note("odd")
    assert desk.do(act).queued
    for _ in range(HOPELESS):
        clock.forward(minutes=5)
        desk.sender.pump()
    (held,) = desk.outbox.held()
    assert (held.state, held.code) == ("review", FAILED)
    server.faults = []
    server.receipts.clear()
    desk.outbox.send_again(act.id)
    assert [a.id for a in server.done] == [act.id], "it may have been done: it keeps its key"


def test_the_server_says_when_to_come_again(desk, server, clock):
    server.faults = [refusal(Unavailable("server.busy", "Busy."), **{"retry-after": "120"})]
    assert desk.do(note("called")).queued
    clock.forward(seconds=119)
    desk.sender.pump()
    assert not server.done
    clock.forward(seconds=2)
    desk.sender.pump()
    assert len(server.done) == 1


def test_signed_out_keeps_everything_and_a_new_sign_in_sends_it(open_desk, server, clock):
    desk = open_desk(sign_in=lambda password: ("ct_1_" + password, ""))
    server.faults = [SignedOut("signin.expired", "Sign in again.")] * 2
    assert desk.do(note("called")).queued
    with pytest.raises(SignedOut):
        desk.do(payment(100))
    link = desk.outbox.connection()
    assert (link.state, link.waiting) == ("signed-out", 1)
    server.faults = []
    desk.outbox.sign_in("b" * 43)
    desk.sender.pump()
    assert len(server.done) == 1
    assert server.tokens[-1] == "Bearer ct_1_" + "b" * 43
    assert desk.outbox.connection().state == "online"


def test_a_token_renewed_elsewhere_is_used(open_desk, server):
    desk = open_desk(renew=lambda: "ct_1_" + "c" * 43)
    server.faults = [SignedOut("signin.expired", "Sign in again.")]
    assert not desk.do(payment(100)).queued
    assert server.tokens[-1] == "Bearer ct_1_" + "c" * 43


def test_what_answers_but_is_no_desk_did_not_do_it(desk, server):
    portal = httpx.Response(200, headers={"content-type": "text/html"}, text="<html>Sign in to the hotel's network")
    server.faults = [portal] * 3
    assert desk.do(note("called")).queued
    assert states(desk) == [("A-1", "unanswered")]


def test_an_answer_about_another_act_is_none(desk, server):
    desk.do(note("one"))
    other = next(iter(server.receipts.values()))
    server.faults = [server._said(other) for _ in range(3)]
    assert desk.do(note("two")).queued


def test_a_client_that_is_too_old_keeps_what_was_typed(desk, server, clock):
    server.faults = [Invalid("client.too_old", "Update it.")]
    assert desk.do(note("called")).queued
    clock.forward(seconds=301)
    desk.sender.pump()
    assert len(server.done) == 1


def test_the_same_id_typed_twice_is_one_act(desk, server, clock):
    server.down = True
    act = note("called")
    desk.do(act)
    desk.do(act)
    assert len(desk.outbox.held()) == 1
    with pytest.raises(Invalid) as reused:
        desk.do(note("other").model_copy(update={"id": act.id}))
    assert reused.value.code == "act.reused"


@pytest.mark.parametrize("field", ["text", "line"])
def test_card_data_never_reaches_the_disk(desk, server, tmp_path, field):
    server.down = True
    number = "4111 1111 1111 1111"
    if field == "text":
        with pytest.raises(Unavailable):
            desk.do(note(f"card {number}"))
        assert desk.outbox.held() == ()
    else:
        desk.do(note("called", line=f"n called {number}"))
        assert desk.outbox.held()[0].act.line == "n called **** 1111"
    kept = b"".join(path.read_bytes() for path in (tmp_path / "state").iterdir())
    assert b"1111 1111" not in kept


def test_the_password_of_an_override_is_never_written_down(desk, server, tmp_path):
    server.faults = ["timeout"]
    with pytest.raises(Unavailable):
        desk.do(note("called", override=Override(by="lee", reason="so")), proof="hunter2-secret")
    assert states(desk) == [("A-1", "unanswered")]
    kept = b"".join(path.read_bytes() for path in (tmp_path / "state").iterdir())
    assert b"hunter2" not in kept


def test_a_disk_that_cannot_be_written_sends_nothing(desk, server, monkeypatch):
    db = desk._queue._db
    db.execute("PRAGMA query_only=ON")
    with pytest.raises(Unavailable) as error:
        desk.do(note("called"))
    assert error.value.code == "outbox.unusable"
    assert not server.asked


# several programs ----------------------------------------------------------------------------
def test_what_waits_outlives_the_program(open_desk, server, clock):
    first = open_desk()
    server.down = True
    first.do(note("called"))
    first.close()
    server.down = False
    again = open_desk()
    again.sender.pump()
    assert texts(server) == ["called"]


def test_users_do_not_see_each_others_acts(open_desk, server):
    server.down = True
    open_desk().do(note("mia's"))
    ben = open_desk(user="1/ben")
    assert ben.outbox.held() == ()
    server.down = False
    ben.sender.pump()
    assert not server.done


def test_two_programs_send_an_act_once(open_desk, server, clock):
    one, two = open_desk(), open_desk()
    server.down = True
    act = note("called")
    one.do(act)
    server.down = False
    clock.forward(minutes=1)
    row = one._queue.row(act.id)
    assert one._queue.lease(row, clock()) is not None
    two.sender.pump()
    assert not server.done, "somebody who lives is sending it"
    clock.forward(seconds=queues.LEASE.total_seconds() + 1)
    two.sender.pump()
    assert len(server.done) == 1


def test_the_act_of_a_program_that_died_is_taken_over_at_once(open_desk, server, clock, monkeypatch):
    one, two = open_desk(), open_desk()
    server.down = True
    act = note("called")
    one.do(act)
    server.down = False
    clock.forward(minutes=1)
    assert one._queue.lease(one._queue.row(act.id), clock()) is not None
    alive = queues._alive
    monkeypatch.setattr(queues, "_alive", lambda pid: pid != os.getpid() and alive(pid))
    two.sender.pump()
    assert len(server.done) == 1


def test_stale_on_an_act_of_this_moment_is_raised_with_who_and_when(desk, server):
    server.versions["A-1"] = 5
    with pytest.raises(Stale) as error:
        desk.do(note("called", version=4))
    assert (error.value.by, error.value.version) == ("ben", 5)
    assert desk.outbox.held() == ()


def test_what_the_server_has_no_time_for_is_not_kept_when_it_may_not_wait(desk, server):
    server.faults = [httpx.Response(429, headers={"retry-after": "30"})]
    with pytest.raises(Unavailable) as error:
        desk.do(payment(100))
    assert error.value.code == "server.busy"
    assert desk.outbox.held() == ()


def test_what_is_done_is_done_whatever_the_disk_says(desk, server, clock):
    real = server.handle_request

    def full(request):
        answer = real(request)
        desk._queue._db.execute("PRAGMA query_only=ON")
        return answer

    server.handle_request = full
    assert not desk.do(payment(100)).queued
    desk._queue._db.execute("PRAGMA query_only=OFF")
    server.handle_request = real
    clock.forward(minutes=1)
    desk.sender.pump()
    assert len(server.done) == 1
    assert desk.outbox.held() == ()


def test_threads_take_their_turns_on_an_account(open_desk, server, clock):
    desk = open_desk(rest=None)
    acts = [note(f"{n:02}") for n in range(24)]
    sending = threading.Lock()
    real = server.handle_request

    def one_at_a_time(request):
        assert sending.acquire(blocking=False), "two acts of one account were on their way at once"
        try:
            return real(request)
        finally:
            sending.release()

    server.handle_request = one_at_a_time
    with ThreadPoolExecutor(6) as pool:
        receipts = list(pool.map(desk.do, acts))
    desk.sender.pump()
    assert sorted(a.id for a in server.done) == sorted(a.id for a in acts)
    assert [r.queued for r in receipts].count(True) == 0
    assert desk.outbox.held() == ()


def test_the_thread_of_its_own_sends_what_waits(open_desk, server, tmp_path):
    """With a real clock: nobody has to do anything for it."""
    desk = open_desk(background=True, clock=lambda: datetime.now(UTC), rest=None)
    server.down = True
    assert desk.do(note("called")).queued
    server.down = False
    with desk._queue.changed:
        deadline = time.monotonic() + 30
        while desk.outbox.connection().waiting and time.monotonic() < deadline:
            desk._queue.changed.wait(0.1)
    assert len(server.done) == 1
