"""What was seen can be seen again while the server is away, with its age; what only the server can judge is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from collect_tui.desk.errors import SignedOut, Unavailable
from contract.conftest import BOOK, ROSA, act
from support.book import NOW
from support.desks import api_desks
from support.faulty import Faulty


@pytest.fixture
def line():
    return Faulty()


@pytest.fixture
def desk(tmp_path, clock, line):
    with BOOK.store(tmp_path) as store, api_desks(store, clock, tmp_path, transport=line, rest=lambda _: None) as made:
        yield made("mia")


def away(desk, line, clock):
    """The server goes, a quarter of an hour after all was seen."""
    desk.session(), desk.catalogue(), desk.account(ROSA), desk.queues()
    clock.forward(minutes=15)
    line.down = True


def test_what_was_seen_is_shown_with_its_age(desk, line, clock):
    before = desk.account(ROSA)
    away(desk, line, clock)
    assert desk.account(ROSA) == before
    link = desk.outbox.connection()
    assert (link.state, link.as_of) == ("offline", NOW)
    assert desk.session().now == NOW + timedelta(minutes=15), "the clock goes on"
    line.down = False
    clock.forward(minutes=1)
    desk.account(ROSA)
    assert (desk.outbox.connection().state, desk.outbox.connection().as_of) == ("online", None)


def test_what_was_seen_counts_the_authors_own_act(desk, line, clock):
    """Else their next one would be refused: the account was changed, by themselves."""
    away(desk, line, clock)
    line.down = False
    done = desk.do(act(desk, ROSA, "n first"))
    line.down = True
    clock.forward(minutes=1)
    assert desk.account(ROSA).version == done.version
    assert desk.do(act(desk, ROSA, "n second")).queued
    line.down = False
    clock.forward(minutes=1)
    desk.sender.pump()
    assert desk.outbox.held() == ()


def test_what_was_never_seen_cannot_be_shown(desk, line, clock):
    away(desk, line, clock)
    with pytest.raises(Unavailable) as error:
        desk.account("4410-0087")
    assert error.value.code == "offline.unseen"


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("next", ()),
        ("claim", (ROSA,)),
        ("reassign", (ROSA, "ben", "ill")),
        ("find", ("alvarez",)),
        ("reveal", (ROSA, "m1", "to dial")),
        ("day", ()),
        ("orders", ()),
        ("floor", ()),
        ("heartbeat", (ROSA,)),
    ],
)
def test_what_only_the_server_can_say_is_refused_in_a_sentence(desk, line, clock, name, arguments):
    away(desk, line, clock)
    with pytest.raises(Unavailable) as error:
        getattr(desk, name)(*arguments)
    assert error.value.code == "offline.refused"
    assert "cannot be reached" in error.value.message


def test_a_release_needs_nobody(desk, line, clock):
    away(desk, line, clock)
    assert desk.release(ROSA) is None


def test_a_preview_says_what_it_means_and_that_it_was_not_checked(desk, line, clock):
    promised, paid = act(desk, ROSA, "pp 150 fri"), act(desk, ROSA, "pay 10 card r1")
    away(desk, line, clock)
    preview = desk.preview(promised)
    assert preview.ok
    assert any("150.00" in words for words in preview.meaning)
    assert [f.rule for f in preview.verdict.findings] == ["offline.unchecked"]
    refused = desk.preview(paid)
    assert (refused.ok, refused.error_code) == (False, "offline.refused")


def test_a_queued_receipt_says_what_waits_and_history_shows_it_first(desk, line, clock):
    desk.do(act(desk, ROSA, "n before"))
    desk.history()
    promised = act(desk, ROSA, "pp 150 fri")
    away(desk, line, clock)
    receipt = desk.do(promised)
    assert receipt.queued
    assert "150.00" in receipt.sentence
    assert not receipt.undoable
    first, second = desk.history()
    assert (first.id, first.queued) == (promised.id, True)
    assert not second.queued
    line.down = False
    clock.forward(minutes=1)
    desk.sender.pump()
    assert desk.account(ROSA).promised == 15000


def test_nobody_waits_for_a_server_that_is_away(desk, line, clock):
    away(desk, line, clock)
    desk.account(ROSA)
    asked = line.asked
    for _ in range(5):
        desk.account(ROSA)
        desk.queues()
    assert line.asked == asked


def test_both_versions_stand_side_by_side_and_it_is_sent_again_on_the_new_one(desk, line, clock):
    promised = act(desk, ROSA, "pp 150 fri")
    elsewhere = act(desk, ROSA, "n meanwhile")
    away(desk, line, clock)
    desk.do(promised)
    line.down = False
    clock.forward(minutes=1)
    desk._calls.post(elsewhere, None)  # a colleague's, as far as the queue knows
    desk.sender.pump()
    (held,) = desk.outbox.held()
    assert (held.state, held.code) == ("review", "account.changed")
    assert desk.outbox.current(held.id).version == held.act.version + 1
    desk.outbox.send_again(held.id)
    assert desk.outbox.held() == ()
    assert desk.account(ROSA).promised == 15000
    assert desk.history()[0].id == promised.id, "the very same act, on what is there now: it can be done once"


def test_the_catalogue_is_kept_on_the_disk_and_fetched_when_it_changed(desk, line, clock, tmp_path):
    site = desk.catalogue()
    line.sizes.clear()
    clock.forward(minutes=6)
    assert desk.catalogue() == site
    assert line.sizes == [0], "it has not changed: nothing travels but that"
    kept = [path for path in (tmp_path / "state").iterdir() if path.name.startswith("catalogue-")]
    assert len(kept) == 1
    assert b"Alvarez" not in kept[0].read_bytes()


def test_a_program_that_starts_without_a_server_knows_the_catalogue(desk, line, clock, tmp_path):
    from collect_tui.domain.message.internal import Internal
    from collect_tui.domain.script import Scripts
    from support.book import catalogue

    desk.catalogue()
    desk._seen.clear()
    line.down = True
    away = {
        "internal": Internal(),
        "scripts": Scripts(),
    }  # the firm's own people, and what the desk fills in, stay there
    public = catalogue().model_copy(update=away)
    assert desk.catalogue() == public, "the same, field by field, after its way through JSON"


def test_who_is_signed_out_sees_nothing_that_was_seen(desk, line, clock):
    away(desk, line, clock)
    line.down = False
    desk._calls.token = "ct_1_" + "x" * 43
    with pytest.raises(SignedOut):
        desk.account(ROSA)
    with pytest.raises(SignedOut):
        desk.account(ROSA)
    assert desk.outbox.connection().state == "signed-out"


def test_a_note_in_a_case_may_wait_and_a_move_may_not(desk, line, clock):
    desk.do(act(desk, ROSA, 'tk billing "no bill"'))
    note, move = act(desk, ROSA, "cnote called the shop"), act(desk, ROSA, "case take")
    away(desk, line, clock)
    assert desk.preview(note).ok
    assert desk.preview(move).error_code == "offline.refused"
