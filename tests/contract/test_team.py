"""What a lead does about the floor: a word, who is away, the order of a queue, handing all that is somebody's on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from collect_tui.desk.errors import Forbidden, Invalid, NotFound, Refused
from contract.conftest import do
from support import book
from support.book import NOW

ROSA, IVAN, ADA, ASA = "4410-2231", "4410-0087", "4410-0099", "4410-0100"
API = pytest.mark.parametrize("combination", ["api-sqlite", "api-postgres"], indirect=True)


def day(n: int) -> date:
    return date.fromisoformat(book.day(n))


def seat(desk, login):
    return next(s for s in desk.floor().seats if s.login == login)


def test_the_floor_says_what_each_does_and_what_came_of_it(desks, clock):
    mia, lee = desks("mia"), desks("lee")
    mia.claim(ROSA)
    clock.forward(seconds=90)
    do(mia, ROSA, "pp 150 fri")
    found = seat(lee, "mia")
    assert (found.state, found.state_since, found.account) == ("wrap", NOW + timedelta(seconds=90), ROSA)
    assert (found.right_party, found.promises, found.promised) == (1, 1, 15000)
    assert seat(lee, "ben").state is None
    floor = lee.floor()
    assert floor.queues == lee.queues().queues
    assert (floor.cases, floor.currency, floor.locks) == (lee.queues().cases, "USD", ())


def test_a_word_stands_until_it_is_acknowledged(desks, clock):
    mia, lee = desks("mia"), desks("lee")
    lee.word("mia", "take the 4410 callbacks first \x1b[31m")
    clock.forward(seconds=1)
    lee.word("mia", "then lunch")
    first, second = mia.queues().agent.words
    assert (first.by, first.at, first.text) == ("lee", NOW, "take the 4410 callbacks first")
    assert second.text == "then lunch"
    assert mia.account(ROSA).agent.words == (first, second)
    assert mia.agent(heard=first.id).words == (second,)
    assert mia.agent(heard=first.id).words == (second,), "again it changes nothing"
    assert mia.agent(heard=second.id).words == ()
    lee.word("mia", "welcome back")
    assert [each.text for each in mia.queues().agent.words] == ["welcome back"]


@pytest.mark.parametrize("text", ["", " \t", "x" * 201])
def test_a_word_has_its_limits(desks, text):
    with pytest.raises(Invalid) as error:
        desks("lee").word("mia", text)
    assert (error.value.code, error.value.field) == ("word.text", "text")
    with pytest.raises(NotFound):
        desks("lee").word("nobody", "hello")


def test_callbacks_of_who_is_away_are_anybodys_until_they_are_back(desks, clock):
    mia, ben, lee = desks("mia"), desks("ben"), desks("lee")
    do(mia, ASA, "cb +1h")
    clock.forward(hours=2)
    assert ben.next("callback") is None
    lee.absent("mia", day(3), reason="ill")
    assert seat(lee, "mia").absent_until == day(3)
    assert ben.next("callback").account == ASA
    ben.release(ASA)
    lee.absent("mia")
    assert seat(lee, "mia").absent_until is None
    assert ben.next("callback") is None


def test_who_is_away_is_back_on_the_day(desks, clock):
    mia, ben, lee = desks("mia"), desks("ben"), desks("lee")
    do(mia, ASA, "cb +1h")
    lee.absent("mia", day(1), "lee", "a day off")
    assert (seat(lee, "mia").deputy, seat(lee, "mia").absent_until) == ("lee", day(1))
    clock.forward(days=1)
    lee.day()
    assert seat(lee, "mia").absent_until is None
    assert ben.next("callback") is None


@pytest.mark.parametrize(
    ("given", "kind", "code"),
    [
        (("mia", day(0), "", "ill"), Invalid, "absent.until"),
        (("mia", day(3), "", " "), Invalid, "absent.reason"),
        (("mia", day(3), "mia", "ill"), Invalid, "absent.deputy"),
        (("mia", None, "lee", ""), Invalid, "absent.deputy"),
        (("mia", day(3), "nobody", "ill"), NotFound, "user.not_found"),
        (("nobody", day(3), "", "ill"), NotFound, "user.not_found"),
    ],
)
def test_what_is_no_absence(desks, given, kind, code):
    with pytest.raises(kind) as error:
        desks("lee").absent(*given)
    assert error.value.code == code


def test_a_locked_queue_is_worked_in_its_order(desks):
    mia, lee = desks("mia"), desks("lee")
    queue = mia.account(IVAN).queue
    lee.lock_order(queue, True, "oldest first today")
    assert [(each.queue, each.by, each.reason) for each in lee.floor().locks] == [(queue, "lee", "oldest first today")]
    with pytest.raises(Refused) as error:
        mia.claim(IVAN)
    assert (error.value.code, error.value.message) == (
        "queue.locked",
        f"lee has locked the order of {queue}: oldest first today.",
    )
    claim = mia.next(queue)
    assert mia.claim(claim.account).fence == claim.fence, "what was handed out is theirs"
    with pytest.raises(Refused, match="oldest first today"):
        do(mia, claim.account, "skip busy")
    assert lee.claim(IVAN if claim.account != IVAN else ADA)
    lee.lock_order(queue, False)
    do(mia, claim.account, "skip busy")


@pytest.mark.parametrize("line", ["next today", "hold med", "na", "lm", "cb 14:00"])
def test_a_round_of_a_locked_queue_ends_and_hands_out_nothing_twice(desks, line):
    """Whoever may pass over nothing is not handed again what they have worked, whatever the work was."""
    mia, ben, lee = desks("mia"), desks("ben"), desks("lee")
    queue = mia.account(IVAN).queue
    lee.lock_order(queue, True, "oldest first today")
    handed, left = [], mia.queue(queue).figure.left
    while (claim := mia.next(queue)) is not None:
        assert claim.account not in handed
        handed.append(claim.account)
        do(mia, claim.account, line)
    assert len(handed) == left >= 2
    assert mia.queue(queue).figure.left == 0
    there = [row.account for row in ben.queue(queue).rows if row.claimed_by is None]
    assert not there or line == "cb 14:00" or ben.next(queue).account in there, "a colleague may"


def test_what_comes_due_again_in_a_locked_queue_is_handed_out_again(desks, clock):
    mia, lee = desks("mia"), desks("lee")
    queue = mia.account(IVAN).queue
    lee.lock_order(queue, True, "oldest first today")
    first = mia.next(queue).account
    do(mia, first, "na")
    while (claim := mia.next(queue)) is not None:
        do(mia, claim.account, "lm")
    clock.forward(seconds=5 * 3600)
    assert mia.next(mia.account(first).queue).account == first


def test_a_lock_wants_a_reason_and_a_queue(desks):
    lee = desks("lee")
    with pytest.raises(Invalid) as error:
        lee.lock_order("broken", True)
    assert error.value.code == "lock.reason"
    with pytest.raises(NotFound):
        lee.lock_order("no such queue", True, "x")


def test_all_that_is_somebodys_is_counted_and_handed_on(desks):
    mia, ben, lee = desks("mia"), desks("ben"), desks("lee")
    do(mia, ROSA, "own mia")
    do(mia, IVAN, "cb +1h")
    do(mia, ADA, "na")
    mia.claim(ADA)
    seen = lee.hand_on("mia", ("ben",))
    assert (seen.accounts, seen.owned, seen.callbacks, seen.cases, seen.held, seen.done) == (3, 1, 1, 0, 1, None)
    assert mia.account(ROSA).owner == "mia", "it was only counted"
    done = lee.hand_on("mia", ("ben",), "mia is on leave", do=True)
    assert (done.done, done.refused) == (3, ())
    assert ben.account(ROSA).owner == "ben"
    assert ben.account(ADA).claimed_by == "ben"
    entry = lee.pane(IVAN, "audit").audit[0]
    assert (entry.by, entry.command) == ("lee", "hand-over")
    assert lee.hand_on("mia", ("ben",)).accounts == 0
    do(lee, ROSA, "undo")
    assert mia.account(ROSA).owner == "mia", "it is undone as any act"


def test_it_is_spread_over_a_team_evenly(desks):
    mia, lee = desks("mia"), desks("lee")
    for number in (ROSA, IVAN, ADA, ASA):
        do(mia, number, "own mia")
    assert lee.hand_on("mia", ("ben", "lee"), "gone", do=True).done == 4
    owners = [mia.account(number).owner for number in (ROSA, IVAN, ADA, ASA)]
    assert sorted(owners) == ["ben", "ben", "lee", "lee"]


def test_a_case_goes_with_it(desks):
    mia, lee = desks("mia"), desks("lee")
    do(mia, ROSA, 'di INV-1 60 price "charged twice"')
    number = mia.account(ROSA).cases[0].number
    do(lee, ROSA, f"assign {number} user=mia")
    seen = lee.hand_on("mia", ("ben",), "on leave", do=True)
    assert (seen.cases, seen.done) == (1, 1)
    assert lee.case(number).owner == "ben"


@pytest.mark.parametrize(
    ("to", "reason", "kind", "code"),
    [
        ((), "x", Invalid, "handover.to"),
        (("mia",), "x", Invalid, "handover.to"),
        (("ben",), " ", Invalid, "handover.reason"),
        (("nobody",), "x", NotFound, "user.not_found"),
    ],
)
def test_what_cannot_be_handed_on(desks, to, reason, kind, code):
    with pytest.raises(kind) as error:
        desks("lee").hand_on("mia", to, reason, do=True)
    assert error.value.code == code


@API
def test_none_of_it_is_a_collectors(desks):
    mia = desks("mia")
    for tried in (
        lambda: mia.word("ben", "x"),
        lambda: mia.absent("ben", day(3), reason="x"),
        lambda: mia.lock_order("broken", False),
        lambda: mia.hand_on("ben", ("mia",)),
    ):
        with pytest.raises(Forbidden):
            tried()
