"""What was done on many accounts at once, told as one and taken back at once."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlalchemy import update

from collect_tui.desk.bulk import do_each, plan, plan_undo
from collect_tui.desk.errors import DomainError, Forbidden, Invalid, NotFound, Refused, Unavailable
from collect_tui.desk.sets import member, set_of
from collect_tui.desk.undoing import find_undo, named, undoing
from collect_tui.domain.states import MessageState
from collect_tui.services import act_log
from collect_tui.store.tables import Message
from contract.conftest import act, do

ROSA, IVAN, ADA, ASA = "4410-2231", "4410-0087", "4410-0099", "4410-0100"
ALL = (ROSA, IVAN, ADA, ASA)
BASE = UUID("11111111-1111-1111-1111-111111111111")
API = pytest.mark.parametrize("combination", ["api-sqlite", "api-postgres"], indirect=True)


def do_all(desk, line, accounts=ALL, base=BASE):
    acts, planned = plan(desk, accounts, line, base)
    return do_each(desk.do, acts, planned)


def owners(desk):
    return [desk.account(number).owner for number in ALL]


def test_one_undo_takes_back_the_whole_set(desks):
    mia = desks("mia")
    do(mia, ROSA, "t fri")
    before = [mia.account(number).next_action for number in ALL]
    assert do_all(mia, "own ben; t +9").refused == ()
    found = find_undo(mia)
    assert found.planned.may() == "4 of 4 can be taken back"
    assert [row.split()[0] for row in found.planned.each()] == list(ALL)
    assert all("owner: none (was ben)" in row for row in found.planned.each()), "what gives way, of each"
    assert owners(mia) == ["ben"] * 4, "it was only looked at"
    done = do_each(mia.do, found.acts, found.planned)
    assert done.came_to() == "Taken back on 4 accounts."
    assert owners(mia) == [""] * 4
    assert [mia.account(number).next_action for number in ALL] == before
    assert find_undo(mia).planned is None, "what was before the set is by itself"


def test_a_set_says_what_is_so_on_all_its_accounts_and_no_number_of_one(desks):
    mia = desks("mia")
    do_all(mia, "na m1")
    told = mia.history(sets=True)[0]
    each = mia.history(act=set_of(told.id))
    ends = {next(part for part in one.sentence.split(" · ") if "…" in part) for one in each}
    assert len(ends) > 1, "they were called at different numbers"
    assert told.sentence.startswith("logs no answer")
    assert not any(end in said for end in ends for said in (told.sentence, *(one.text for one in told.said)))
    assert all(part in one.sentence.split(" · ") for part in told.sentence.split(" · ") for one in each)
    sentence = find_undo(mia).sentence
    assert sentence == f"On 4 accounts: {told.named}"
    assert undoing(mia, named(mia, set_of(told.id)), uuid4()).sentence == sentence
    assert mia.history(sets=True, words=each[-1].account)[0].sentence == told.sentence, "whichever of it was found"


def test_a_set_without_anything_in_common_says_what_is_so_on_most(desks):
    mia = desks("mia")
    base = uuid4()
    for number, line in ((ROSA, "own ben"), (IVAN, "t +9")):
        acts, planned = plan(mia, (number,), line, base)
        do_each(mia.do, acts, planned)
    told = mia.history(sets=True)[0]
    own, later = (one.sentence for one in reversed(mia.history(act=set_of(told.id))))
    assert own != later
    assert {told.sentence} <= {f"1× {own} / 1× {later}", f"1× {later} / 1× {own}"}
    assert (told.acts, told.said) == (2, ())


def test_a_set_is_one_act_among_those_that_are_looked_at(desks, monkeypatch):
    mia = desks("mia")
    do(mia, ROSA, "n spoke of 10.00")
    do_all(mia, "own ben")
    monkeypatch.setattr(act_log, "LOOKED_AT", 2)
    assert [each.acts for each in mia.history(limit=9, sets=True)] == [4, 1]
    assert len(mia.history(limit=9, words="10.00")) == 1
    monkeypatch.setattr(act_log, "LOOKED_AT", 1)
    assert [each.acts for each in mia.history(limit=9, sets=True)] == [4], (
        "whole, though it has more than are looked at"
    )
    assert mia.history(limit=9, words="10.00") == ()


def test_who_was_changed_since_is_told_and_left(desks):
    mia, ben = desks("mia"), desks("ben")
    do_all(mia, "own ben")
    do(ben, IVAN, "t +2")
    do(mia, ASA, "undo")
    found = find_undo(mia)
    assert found.planned.may().startswith("2 of 4 can be taken back; 2 not: ")
    assert {(row.account, row.code) for row in found.planned.refused} == {
        (IVAN, "undo.overtaken"),
        (ASA, "undo.done"),
    }
    done = do_each(mia.do, found.acts, found.planned)
    assert owners(mia) == ["", "ben", "", ""]
    assert done.came_to().startswith("Taken back on 2 accounts. Not on 2 accounts: 4410-0087: The account has changed")


def test_who_is_changed_after_the_question_is_told_too(desks):
    mia, ben = desks("mia"), desks("ben")
    do_all(mia, "own ben")
    found = find_undo(mia)
    do(ben, ROSA, "t +2")
    done = do_each(mia.do, found.acts, found.planned)
    assert [(row.account, row.code) for row in done.refused] == [(ROSA, "account.changed")]
    assert owners(mia) == ["ben", "", "", ""]


def test_what_was_only_written_is_no_set_to_take_back(desks):
    mia = desks("mia")
    do(mia, ADA, "own ben")
    do_all(mia, "n asked the branch")
    found = find_undo(mia)
    assert (found.planned, found.acts[0].account) == (None, ADA)
    assert "skipped, as nothing of it can be taken back: set of 4, notes" in found.sentence
    (told, _) = mia.history(sets=True)
    assert (told.acts, told.only_written, told.undoable) == (4, True, False)
    with pytest.raises(Refused) as error:
        undoing(mia, named(mia, set_of(member(BASE, ROSA))), uuid4())
    assert error.value.code == "undo.nothing"
    assert error.value.message.startswith("It can be taken back on none of 4 accounts.")
    do(mia, ADA, "undo")
    with pytest.raises(
        Refused, match=r"^There is nothing to undo, as what was written stays on file: set of 4, notes "
    ):
        find_undo(mia)
    do(mia, ADA, "skip research")
    assert [each.undoable for each in mia.history()] == [False] * 7


def test_a_set_of_which_one_act_only_wrote_is_one_to_take_back(desks):
    mia = desks("mia")
    ids = (member(BASE, number) for number in (ROSA, IVAN))
    for number, line, each in zip((ROSA, IVAN), ("own ben", "n asked the branch"), ids, strict=True):
        mia.do(act(mia, number, line, id=each))
    (told,) = mia.history(sets=True)
    assert (told.acts, told.only_written, told.undoable) == (2, False, True)
    assert [row.code for row in find_undo(mia).planned.refused] == ["undo.nothing"]


def test_nothing_of_it_is_done_where_all_were_changed(desks):
    mia, ben = desks("mia"), desks("ben")
    do_all(mia, "own ben", (ROSA, IVAN))
    for number in (ROSA, IVAN):
        do(ben, number, "t +2")
    with pytest.raises(Refused) as error:
        find_undo(mia)
    assert error.value.code == "undo.overtaken"


def test_in_the_history_a_set_is_one_until_it_is_asked_for(desks):
    mia = desks("mia")
    do(mia, ROSA, "t fri")
    do_all(mia, "own ben")
    do(mia, IVAN, "t +2")
    told = mia.history(sets=True)
    assert [(each.acts, each.undoable) for each in told] == [(1, True), (4, True), (1, True)]
    assert (told[1].whose, told[1].account) == ("set of 4", ASA)
    assert told[1].named.endswith(f"(set {set_of(told[1].id)[:8]})")
    assert [each.acts for each in mia.history()] == [1] * 6, "each by itself, unless it is asked for"
    name = set_of(told[1].id)
    assert [each.account for each in mia.history(act=name)] == list(reversed(ALL))
    assert [each.account for each in mia.history(act=name[:8].upper(), words=ADA)] == [ADA]
    assert [each.acts for each in mia.history(sets=True, words=ROSA)] == [4, 1], "by the words of any of its acts"
    assert len(mia.history(sets=True, limit=2)) == 2
    undo = find_undo(mia)
    assert undo.planned is None, "the newest is by itself"
    acts, planned = plan_undo(mia, name, uuid4())
    do_each(mia.do, acts, planned)
    told = mia.history(sets=True)
    assert [(each.acts, each.undoable) for each in told] == [(3, False), (1, True), (4, True), (1, True)]
    assert told[0].whose == "set of 3", "the undo is a set as well, and there is none of it"


def test_a_set_is_named_by_the_beginning_of_its_id_and_so_is_one_of_it(desks):
    mia = desks("mia")
    do_all(mia, "own ben", (ROSA, IVAN))
    do_all(mia, "t +9", (ADA, ASA), uuid4())
    first, one = set_of(member(BASE, ROSA)), str(member(BASE, IVAN))
    assert named(mia, first[:8]).acts == named(mia, first).acts == 2
    found = undoing(mia, named(mia, one), uuid4())
    assert (found.planned, found.acts[0].account) == (None, IVAN)
    for wrong, kind, code in (
        ("ffff0000ffff", NotFound, "act.not_found"),
        ("%", Invalid, "history.act"),
        ("____", Invalid, "history.act"),
        ("f" * 37, Invalid, "history.act"),
        ("' OR 1=1", Invalid, "history.act"),
        ("123", Invalid, "history.act"),
    ):
        with pytest.raises(kind) as error:
            named(mia, wrong)
        assert error.value.code == code, wrong


def test_what_two_did_under_one_name_are_two_sets(desks):
    mia, ben = desks("mia"), desks("ben")
    do_all(mia, "own ben", (ROSA, IVAN))
    do_all(ben, "own lee", (ADA, ASA))
    assert [each.acts for each in mia.history(sets=True)] == [2]
    assert [each.account for each in ben.history(act=set_of(member(BASE, ROSA)))] == [ASA, ADA]


def test_a_lead_takes_back_the_set_of_another(desks):
    mia, lee = desks("mia"), desks("lee")
    do_all(mia, "own ben")
    theirs = lee.history(by="mia", sets=True)[0]
    assert theirs.acts == 4
    found = undoing(lee, theirs, uuid4(), by="mia")
    assert do_each(lee.do, found.acts, found.planned).refused == ()
    assert owners(mia) == [""] * 4
    assert not lee.history(by="mia", sets=True)[0].undoable


@API
def test_a_collector_does_not(desks):
    mia, ben = desks("mia"), desks("ben")
    do_all(mia, "own ben")
    with pytest.raises(Forbidden):
        ben.history(by="mia", sets=True)
    for each in find_undo(mia).acts:
        with pytest.raises(Refused) as error:
            ben.do(each)
        assert error.value.code == "undo.not_yours"


def test_what_was_handed_on_comes_back_at_once(desks):
    mia, lee = desks("mia"), desks("lee")
    for number in (ROSA, ADA, ASA):
        do(mia, number, "own mia")
    do(mia, IVAN, "cb +1h")
    mia.claim(ASA)
    assert lee.hand_on("mia", ("ben", "lee"), "mia is ill", do=True).done == 4
    assert owners(mia) == ["lee", "", "lee", "ben"]
    assert [each.acts for each in lee.history(sets=True)] == [4]
    found = find_undo(lee)
    assert [row.account for row in found.planned.refused] == [ASA], "ben works on it now"
    do_each(lee.do, found.acts, found.planned)
    assert owners(mia) == ["mia", "", "mia", "ben"]
    assert lee.hand_on("mia", ("ben",)).callbacks == 1


def test_what_has_left_the_building_is_told_and_left(desks, store):
    """Such acts are no line on many accounts; a client of the API may make them a set."""
    mia = desks("mia")
    do(mia, IVAN, "own ben", id=member(BASE, IVAN))
    do(mia, ROSA, "em reminder", id=member(BASE, ROSA))
    assert find_undo(mia).planned.refused == ()
    with store.write() as db:
        db.execute(update(Message).values(status=MessageState.SENT))
    found = find_undo(mia)
    assert [(row.account, row.code) for row in found.planned.refused] == [(ROSA, "undo.left")]
    assert "what was said cannot be taken back" in found.planned.may()
    assert do_each(mia.do, found.acts, found.planned).came_to().startswith("Taken back on 1 account. Not on 1 account")
    assert owners(mia) == [""] * 4


def test_who_cannot_be_reached_is_asked_once(desks):
    mia = desks("mia")
    acts, planned = plan(mia, ALL, "own ben", BASE)
    asked = []

    def lost(act):
        asked.append(act.account)
        if len(asked) == 2:
            raise Unavailable("server.gone", "The server cannot be reached.")
        return mia.do(act)

    done = do_each(lost, acts, planned)
    assert asked == [ROSA, IVAN]
    assert [(row.account, row.code) for row in done.refused] == [(n, "server.gone") for n in (IVAN, ADA, ASA)]


def test_of_a_set_that_is_only_asked_about_one_is_enough(desks):
    mia = desks("mia")
    do_all(mia, "own ben")
    asked = []

    class Counting:
        def history(self, **given):
            return mia.history(**given)

        def preview(self, act):
            asked.append(act.account)
            return mia.preview(act)

    assert len(find_undo(Counting(), first=True).acts) == 1
    assert asked == [ROSA]


def test_ids_of_a_set_begin_alike_and_are_told_from_others():
    one, other = member(BASE, ROSA), member(BASE, IVAN)
    assert one == member(BASE, ROSA)
    assert one != other
    assert set_of(one) == set_of(other) == str(one)[:18]
    assert (one.version, one.variant) == (8, "specified in RFC 4122")
    assert set_of(member(UUID(int=1), ROSA)) != set_of(member(UUID(int=2), ROSA)), "of bases that begin alike"
    assert set_of(uuid4()) == ""


def test_an_act_by_itself_whose_id_is_like_one_of_a_set_is_by_itself(desks):
    mia = desks("mia")
    do(mia, ROSA, "own ben", id=member(BASE, ROSA))
    assert [each.acts for each in mia.history(sets=True)] == [1]
    found = find_undo(mia)
    assert (found.planned, len(found.acts)) == (None, 1)
    with pytest.raises(DomainError):
        do(mia, IVAN, "own ben", id=member(BASE, ROSA))
