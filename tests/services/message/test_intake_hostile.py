"""Whatever comes in is taken, cleaned and kept; the same is taken once, by whoever is first; many take no more room than few."""

from __future__ import annotations

import multiprocessing
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlalchemy import func, select

from collect_tui.domain.card_text import forbidden
from collect_tui.services.local import LocalDesk
from collect_tui.services.message import far_names
from collect_tui.services.message.intake import Intake
from collect_tui.services.message.port import Incoming
from collect_tui.store.sql import table
from collect_tui.store.tables import Message
from services.message.test_intake import BOOK, MAIL, came, opened, row
from support import takers
from support.book import NOW, Clock, local_desk

CARD = "4111 1111 1111 1111"
HOSTILE = st.lists(
    st.sampled_from([
        *(CARD, CARD.replace(" ", ""), "cvv 123", "123-45-6789", "stop", "STOP\n", "I have paid", "\x00", "\x1b[2J", "\x1b]0;x\x07"),
        *("\r\nBcc: x@y.example\r\n", "\u202e", "\ud800", "{{ account.number }}", "%s%n", "<script>", "4410-2231", "王", "\n> ", "'; --"),
    ])
    | st.text(max_size=20),
    max_size=12,
).map("".join)  # fmt: skip
_n = count(1)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def desk(request, tmp_path_factory) -> Iterator[LocalDesk]:
    with opened(request.param, tmp_path_factory.mktemp("hostile")) as store:
        yield local_desk(store, "mia", Clock())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.tuples(*[HOSTILE] * 6),
    st.sampled_from(["email", "sms", "chat", "social", "letter"]),
    st.booleans(),
    st.booleans(),
)
def test_whatever_is_written_is_kept_and_harmless(desk, caplog, texts, channel, automatic, known):
    sender, thread, subject, text, reference, answers = texts
    try:
        incoming = Incoming(
            reference=f"{next(_n)} {reference}"[:255], channel=channel, sender=MAIL if known else sender[:320], thread=thread[:255],
            answers=(answers[:255], f"1-{len(answers)}"), subject=subject[:500], text=text, at=NOW, automatic=automatic,
        )  # fmt: skip
    except ValidationError:  # half of a surrogate pair is no text
        return
    before = len(row(desk, inbound=True))
    assert Intake(desk).take(incoming)
    assert not Intake(desk).take(incoming)
    rows = row(desk, inbound=True)
    assert len(rows) == before + 1
    kept = max(rows, key=lambda each: each.id)
    for each in (kept.text, kept.subject, kept.reference, kept.thread):
        assert forbidden(each) is None or "4410-2231" in each
        assert "\x1b" not in each
        assert "\x00" not in each
    assert "\n" not in kept.subject
    assert len(kept.text) <= 20_000 + 100
    assert kept.status == "DONE" or not automatic
    assert not [r for r in caplog.records if r.name.startswith("collect_tui")]


@settings(max_examples=300, deadline=None)
@given(HOSTILE, HOSTILE)
def test_names_of_far_ends_are_kept_apart_and_come_back(one, other):
    kept = [far_names.kept(each.encode("utf-8", "replace").decode()) for each in (one, other)]
    assert [far_names.sent(each) for each in kept] == [
        each.encode("utf-8", "replace").decode() for each in (one, other)
    ]
    assert all(forbidden(each) is None for each in kept)


def test_a_page_that_is_hard_to_read_is_taken_too(desk):
    for text in ("4" * 20_000, "4111 " * 4_000, "stop " * 4_000, "cvv 1 " * 3_000, "> " * 10_000):
        assert Intake(desk).take(came(text[:20_000]))


# twice -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_two_processes_take_the_same_once(kind, tmp_path):
    if kind == "sqlite":
        BOOK.store(tmp_path).close()
        _race(str(tmp_path / "desk.db"))
    else:
        with BOOK.pg_database() as url:
            _race(url)


def _race(place: str) -> None:
    senders = [(f"<{n}@x>", MAIL if n % 2 else f"who{n}@far.example") for n in range(60)]
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        first, second = pool.map(takers.takes, [place] * 2, [senders] * 2)
    assert [a + b for a, b in zip(first, second, strict=True)] == [1] * len(senders)
    with takers.opened(place) as store, store.read() as db:
        m = table(Message).c
        assert db.execute(select(func.count()).where(m.inbound)).scalar_one() == len(senders)
        assert db.execute(select(func.count()).where(m.template != "")).scalar_one() == 1  # told once that it stops


# many --------------------------------------------------------------------------------------------------------------
def test_more_messages_take_no_more_room(tmp_path):
    """From one sender, which is the worst: each message is read with those that wait already."""
    with opened("sqlite", tmp_path) as store:
        desk = local_desk(store, "mia", Clock())
        intake, peaks = Intake(desk), []
        tracemalloc.start()
        try:
            for _ in range(4):
                tracemalloc.reset_peak()
                for _ in range(12):
                    intake.take(came("a word " * 2_800))
                peaks.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
        assert peaks[-1] < peaks[1] + 256 * 1024, peaks
        assert len(row(desk, inbound=True)) == 48
