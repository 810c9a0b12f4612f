"""A run of messages at the desk: what would leave with samples of it, what would not and why, and the release, on every desk."""

from __future__ import annotations

from datetime import timedelta

import pytest

from collect_tui.desk.errors import Forbidden
from collect_tui.desk.protocol import Desk
from collect_tui.desk.views.message_run import channel_words, run_counts, run_rows
from collect_tui.domain.message.breaker import FIRST, Standing
from collect_tui.domain.states import MessageState
from collect_tui.store import message_channels
from collect_tui.store.engine import Store
from contract.conftest import ROSA, do
from support.book import NOW
from support.messages import add_message

IVAN, ADA, ASA = "4410-0087", "4410-0099", "4410-0100"


def drafts(store: Store) -> dict[str, int]:
    """Rosa's goes by e-mail; Ivan's by SMS; Ada's is held back; Åsa's debt is not due."""
    return {
        number: add_message(store, number, status=MessageState.DRAFT, channel="", template=template, text="")
        for number, template in ((ROSA, "statement"), (IVAN, "reminder"), (ADA, "statement"))
    }


def test_a_run_is_looked_at_and_released_by_a_lead(lead: Desk, store: Store) -> None:
    made = drafts(store)
    told: list[tuple[str, int, int]] = []
    run = lead.messages(progress=lambda *said: told.append(said))
    assert told[-1] == ("Release messages", 3, 3)
    assert (run.drafts, run_counts(run)) == (3, "1 statement by email")
    assert {(each.reason, each.accounts) for each in run.excluded} == {("point", (ADA,)), ("nothing", (IVAN,))}
    (sample,) = run.samples
    assert (sample.id, sample.account, sample.channel, sample.point) == (made[ROSA], ROSA, "email", "e1")
    assert "412.10" in sample.text
    rows = run_rows(run)
    assert [(row.count, row.what, row.account) for row in rows[:2]] == [
        (1, "statement", ROSA),
        (None, "  sample", ROSA),
    ]
    assert {row.account for row in rows[2:]} == {ADA, IVAN}
    assert lead.message(ROSA, made[ROSA]).status == MessageState.DRAFT, "looking writes nothing"

    done = lead.messages(release=True, template="statement")
    assert (done.drafts, run_counts(done), done.samples) == (2, "1 statement by email", ())
    assert lead.message(ROSA, made[ROSA]).text == sample.text
    assert [(each.channel, each.queued, each.failures) for each in done.channels] == [("email", 1, 0)]
    assert lead.messages().released == ()
    assert do(lead, ROSA, "undo")


@pytest.mark.parametrize("combination", ["api-sqlite", "api-postgres"], indirect=True)
def test_a_collector_does_not_release(desk: Desk, store: Store) -> None:
    drafts(store)
    for release in (False, True):
        with pytest.raises(Forbidden):
            desk.messages(release=release)


def test_a_channel_whose_far_end_fails_is_told(lead: Desk, store: Store) -> None:
    with store.write() as db:
        message_channels.keep(db, 1, "sms", Standing(4, NOW + FIRST, "The gateway of sms answers 503."))
        message_channels.keep(db, 1, "chat", Standing(9, NOW + timedelta(days=1), "Too many requests."))
        message_channels.keep(db, 1, "email", Standing(1, NOW - timedelta(hours=1), "Connection refused."))
    assert [channel_words(each, lead.session()) for each in lead.messages().channels] == [
        "chat: 0 wait, put off until tomorrow 10:00: Too many requests.",
        "email: 0 wait, failed 1 time: Connection refused.",
        "sms: 0 wait, put off until 10:05: The gateway of sms answers 503.",
    ]
