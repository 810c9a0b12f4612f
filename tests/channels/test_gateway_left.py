"""Whether a message that failed may have left, and hostile words, against a server on a socket."""

from __future__ import annotations

import logging
import socket
from contextlib import suppress
from threading import Barrier, Thread

import pytest

from channels.far_gateway import Answered, message, site
from collect_tui.services.message.port import NotNow, Rejected, Unknown


# whether it has left -----------------------------------------------------------------------------------------------
def test_nobody_there_has_got_nothing(port):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        number = closed.getsockname()[1]
    with pytest.raises(NotNow, match="cannot be reached"):
        port("kannel", f"http://127.0.0.1:{number}").send(message())


def test_no_connection_in_time_has_got_nothing(port):
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        waiting = []
        for _ in range(8):  # a full queue of connections answers no further one
            each = socket.socket()
            each.setblocking(False)
            each.connect_ex(full.getsockname())
            waiting.append(each)
        with pytest.raises(NotNow, match="cannot be reached"):
            port("kannel", f"http://127.0.0.1:{full.getsockname()[1]}", connect=0.3).send(message())
        for each in waiting:
            each.close()


def test_a_request_that_was_not_taken_whole_has_not_left(port):
    with (
        socket.create_server(("127.0.0.1", 0)) as deaf,  # connected by the kernel, and read by nobody
        pytest.raises(NotNow, match="did not take the request"),
    ):
        port("json", f"http://127.0.0.1:{deaf.getsockname()[1]}", seconds=0.3).send(message(text="x" * 20_000_000))


def test_no_answer_in_time_may_have_left(far, port):
    far.hangs()
    with pytest.raises(Unknown, match="did not answer in time"):
        port("twilio", seconds=0.3).send(message())
    assert len(far.asked) == 1


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 201 Cre", b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{"])
def test_a_connection_cut_may_have_left(far, port, said):
    far.cuts(said)
    with pytest.raises(Unknown, match="broke off"):
        port("twilio").send(message())
    assert len(far.asked) == 1


def test_an_answer_that_stops_halfway_may_have_left(far, port):
    def stops(_asked, handler):
        handler.wfile.write(b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{")
        handler.wfile.flush()
        far.over.wait()

    far.answer = stops
    with pytest.raises(Unknown, match="did not answer in time"):
        port("twilio", seconds=0.3).send(message())


def test_an_answer_without_end_is_read_in_part(far, port):
    def endless(_asked, handler):
        handler.wfile.write(b"HTTP/1.1 202 Accepted\r\nConnection: close\r\n\r\n")
        with suppress(OSError):  # until it is hung up
            while not far.over.is_set():
                handler.wfile.write(b"x" * 65536)

    far.answer = endless
    assert port("kannel").send(message()).reference == "1-4821"


def test_it_is_asked_once(far, port):
    """What may have left is for the caller to try again."""
    far.cuts()
    sender = port("json")
    with pytest.raises(Unknown):
        sender.send(message())
    far.says(200, {"id": 1})
    sender.send(message())
    assert [asked.headers["Idempotency-Key"] for asked in far.asked] == ["1-4821", "1-4821"]


def test_connections_are_used_again(far, port):
    far.says(202)
    sender = port("kannel")
    for _ in range(3):
        sender.send(message())
    assert len({asked.connection for asked in far.asked}) == 1


def test_a_connection_that_was_closed_meanwhile_is_no_loss(far, port):
    far.says(202, "", Connection="close")
    sender = port("kannel")
    for _ in range(3):
        assert sender.send(message()).reference
    assert len(far.asked) == 3


def test_threads_share_a_port(far, port):
    met, sender = Barrier(4), port("json")

    def answer(_asked, _handler):
        met.wait()
        return Answered(200, {"id": "1"})

    far.answer = answer
    threads = [Thread(target=sender.send, args=(message(key=f"1-{n}"),)) for n in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(asked.json["key"] for asked in far.asked) == ["1-0", "1-1", "1-2", "1-3"]


# hostile words -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "to", ["5551234567", "+1555\r\nX: 1", "+", "+155512345678901234", "ana@example.com", "", "+１２３４５６７８９"]
)
def test_what_is_no_number_is_not_asked_for(far, port, to):
    with pytest.raises(Rejected) as raised:
        port("kannel").send(message(to, channel="sms"))
    assert (raised.value.point, far.asked) == (True, [])


@pytest.mark.parametrize("to", ["..", ".", "10/../../2", "1 2", "1?x=1", "", "1\n", "ü"])
def test_what_is_no_thread_is_not_asked_for(far, port, to):
    with pytest.raises(Rejected) as raised:
        port("chatwoot").send(message(to))
    assert (raised.value.point, far.asked) == (True, [])


@pytest.mark.parametrize("name", ["kannel", "json"])
def test_words_of_a_text_are_not_filled_in(far, port, name):
    far.says(202)
    port(name).send(message(text="{password} {token} {to} %d {{text}}"))
    (asked,) = far.asked
    assert (asked.query or asked.json)["text"] == "{password} {token} {to} %d {{text}}"


def test_controls_and_half_characters_do_not_leave(far, port):
    far.says(200)
    port("json").send(message(text="a\x1b[31mb\x00c\ud83dd\r\ne"))
    assert far.asked[0].json["text"] == "abcd\ne"


def test_nothing_of_it_is_logged(far, port, caplog):
    caplog.set_level(logging.DEBUG)
    far.says(202)
    port("kannel").send(message())
    assert not [r for r in caplog.records if "5551234567" in r.getMessage() or "pass" in r.getMessage()]


def test_a_secret_is_not_in_what_a_gateway_says_of_itself(tmp_path):
    assert "pass word" not in repr(site(tmp_path, "kannel"))


def test_a_port_has_nothing_that_waits(port):
    sender = port("kannel")
    sender.flush()
    assert tuple(sender.arrivals()) == ()
