"""Acts: previewed, done once, refused, undone."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest

from collect_tui.desk.commands import Act, MakePlan, Override, Part
from collect_tui.desk.errors import Invalid, NotFound, Refused, RefusedByPolicy, Stale
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.parse import parse
from contract.conftest import PASSWORD, act, do

ROSA = "4410-2231"


def test_a_preview_shows_what_do_then_does(desk):
    promised = act(desk, ROSA, "pp 150 fri")
    preview = desk.preview(promised)
    assert preview.ok
    assert desk.account(ROSA).promise is None, "a preview writes nothing"
    receipt = desk.do(promised)
    assert [e.sentence for e in receipt.effects] == [e.sentence for e in preview.effects]
    assert receipt.next_action == preview.next_action
    after = desk.account(ROSA)
    assert after.promise is not None
    assert (after.promise.total, after.promise.instalments[0].due) == (15000, date(2026, 11, 27))
    assert after.promised == 15000
    assert after.version == receipt.version == preview.version + 1


@pytest.mark.parametrize("line", ["n so", "pp 150 fri", "lm m1", "hold disp the bill", "own ben", "undo"])
@pytest.mark.parametrize("against", ["held", "lease lost", "changed"])
def test_whenever_an_act_would_be_refused_for_what_somebody_else_did_its_preview_says_so(desks, line, against):
    mia, lee = desks("mia"), desks("lee")
    do(mia, ROSA, "pp 100 fri")
    claim = mia.claim(ROSA)
    typed = act(mia, ROSA, line, fence=claim.fence)
    assert mia.preview(typed).ok
    if against == "held":
        lee.reassign(ROSA, "ben", "off sick")
    elif against == "lease lost":
        lee.reassign(ROSA, "ben", "off sick")
        desks("ben").release(ROSA)
    else:
        mia.release(ROSA)
        do(lee, ROSA, "n by lee")
    preview = mia.preview(typed)
    with pytest.raises(Stale) as stale:
        mia.do(typed)
    assert not preview.ok
    assert stale.value.message in [each.text for each in preview.said if each.kind == "refused"]
    assert not any(each.kind == "allowed" for each in preview.said)


def test_a_plan_of_unequal_parts_is_one_arrangement(desk):
    split = act(desk, ROSA, "pp 50 fri + 77.60 12/3")
    preview = desk.preview(split)
    assert preview.ok
    parts = [(1, date(2026, 11, 27), 5000), (2, date(2026, 12, 3), 7760)]
    assert [(row.seq, row.due, row.amount) for row in preview.schedule] == parts
    assert "plan 127.60 in 2 parts: 50.00 Fri 27 Nov, 77.60 Thu 3 Dec" in [e.sentence for e in preview.effects]
    desk.do(split)
    promise = desk.account(ROSA).promise
    assert promise is not None
    assert (promise.kind, promise.total) == ("plan", 12760)
    assert [(one.seq, one.due, one.amount) for one in promise.instalments] == parts
    do(desk, ROSA, "undo")
    assert desk.account(ROSA).promise is None


@pytest.mark.parametrize(
    ("due", "amounts", "says"),
    [
        ((27, 27), (5000, 7760), "after the one before"),
        ((30, 27), (5000, 7760), "after the one before"),
        ((27,), (12760,), "2 to 250 parts"),
        ((27, 30), (5000, 7000), "add up"),
    ],
)
def test_parts_that_are_no_plan_are_refused(desk, due, amounts, says):
    parts = tuple(Part(amount=a, due=date(2026, 11, d)) for a, d in zip(amounts, due, strict=True))
    wrong = act(desk, ROSA, "xp x").model_copy(update={"commands": (MakePlan(total=12760, parts=parts),)})
    preview = desk.preview(wrong)
    assert says in (preview.error or "")
    with pytest.raises(Invalid) as error:
        desk.do(wrong)
    assert (error.value.code, says in error.value.message) == ("promise.parts", True)


def test_the_rails_of_a_plan_hold_for_unequal_parts(desk):
    small = desk.preview(act(desk, ROSA, "pp 50 fri + 5 12/3"))
    assert not small.verdict.allowed
    assert "arrangement.min_instalment" in {found.rule for found in small.verdict.findings if found.severity == "hold"}


def test_a_code_says_what_it_does_not_do(desk):
    preview = desk.preview(act(desk, ROSA, 'di "charged twice"'))
    [logged] = [e.sentence for e in preview.effects if e.kind == "ContactLogged"]
    assert logged.endswith("marks no amount as disputed")


def test_the_note_of_a_next_action_is_kept(desk):
    do(desk, ROSA, "t +3 verify receipt came")
    assert any("receipt came" in entry.text for entry in desk.pane(ROSA, "timeline").timeline)


def test_two_keys_log_a_contact_and_move_the_next_action(desk):
    receipt = do(desk, ROSA, "na")
    view = desk.account(ROSA)
    assert view.last_contact_at is not None
    assert view.next_action_on is not None
    assert "NA" in (view.last_word or "")
    assert receipt.undoable


def test_the_same_id_does_it_once(desk):
    once = act(desk, ROSA, "pp 150 fri")
    first = desk.do(once)
    again = desk.do(once)
    assert again.repeated
    assert not first.repeated
    assert again.version == first.version == desk.account(ROSA).version


def test_the_same_id_for_another_act_is_refused(desk):
    once = act(desk, ROSA, "n first")
    desk.do(once)
    other = act(desk, ROSA, "n second").model_copy(update={"id": once.id})
    with pytest.raises(Invalid) as error:
        desk.do(other)
    assert error.value.code == "act.reused"


def test_the_second_of_two_agents_is_told_who_and_when(desks):
    mia, ben = desks("mia"), desks("ben")
    late = act(ben, ROSA, "n from ben")
    do(mia, ROSA, "n from mia")
    with pytest.raises(Stale) as error:
        ben.do(late)
    assert error.value.by == "mia"
    assert error.value.version == ben.account(ROSA).version


def test_an_act_of_several_commands_is_all_or_nothing(desk):
    before = desk.account(ROSA)
    bad = act(desk, ROSA, 'n "half"; pp 150 fri')
    over = bad.commands[-1].model_copy(update={"amount": 10**9})
    with pytest.raises(Refused):
        desk.do(bad.model_copy(update={"commands": (*bad.commands[:-1], over)}))
    assert desk.account(ROSA) == before
    assert desk.pane(ROSA, "timeline").timeline == desk.pane(ROSA, "timeline").timeline
    assert all("half" not in e.text for e in desk.pane(ROSA, "timeline").timeline)


def test_a_promise_over_the_balance_names_the_field(desk):
    over = act(desk, ROSA, "pp 99999 fri")
    preview = desk.preview(over)
    assert not preview.ok
    assert preview.field == "amount"
    with pytest.raises(Refused) as error:
        desk.do(over)
    assert (error.value.code, error.value.field) == ("promise.over_balance", "amount")


def test_a_guard_rail_needs_a_lead_and_a_reason(desk):
    far = act(desk, ROSA, "pp 150 +13")
    preview = desk.preview(far)
    assert preview.error is None
    assert not preview.verdict.allowed
    with pytest.raises(RefusedByPolicy) as refusal:
        desk.do(far)
    assert refusal.value.verdict.overridable_by == "lead"
    with pytest.raises(Refused) as error:
        desk.do(far.model_copy(update={"override": Override(by="ben", reason="hardship")}), proof=PASSWORD)
    assert error.value.code == "override.authority"
    desk.do(far.model_copy(update={"override": Override(by="lee", reason="hardship")}), proof=PASSWORD)
    promise = desk.account(ROSA).promise
    assert promise is not None
    assert promise.override == "lee: hardship"


@pytest.mark.parametrize("line", ["pp 150 +13", "pp 5 fri", "settle 5 fri"])
def test_what_a_lead_grants_beyond_a_collectors_limits_is_said(desks, line):
    """What holds a collector back is the lead's own to grant, and is told before and after, not in the audit alone."""
    mia, lee = desks("mia"), desks("lee")
    held = [f for f in mia.preview(act(mia, ROSA, line)).verdict.findings if f.severity == "hold"]
    assert held
    beyond = act(lee, ROSA, line)
    said = {each.text for each in lee.preview(beyond).said if each.kind == "warning"}
    granted = {f"{f.sentence} Granted on the lead's own authority." for f in held}
    assert granted <= said
    assert granted <= {f.sentence for f in lee.do(beyond).verdict.findings if f.severity == "warn"}


def test_who_may_override_is_named_and_nobody_else_does(desk):
    far = act(desk, ROSA, "pp 150 +13")
    (lee,) = desk.preview(far).overriders
    assert (lee.login, lee.name, lee.role) == ("lee", "Lee", "lead")
    assert lee.proves == (desk.outbox is not None), "at a server everybody; in a file whoever has a password"
    assert desk.preview(act(desk, ROSA, "pp 150 fri")).overriders == ()
    stranger = far.model_copy(update={"override": Override(by="zed", reason="hardship")})
    assert desk.preview(stranger).overriders == (lee,)
    with pytest.raises(Refused, match="There is no user zed here; it takes a lead") as error:
        desk.do(stranger, proof=PASSWORD)
    assert (error.value.code, error.value.field) == ("override.authority", "override")
    assert desk.account(ROSA).promise is None


def test_a_blocked_try_is_kept_as_evidence(desk):
    with pytest.raises(RefusedByPolicy):
        do(desk, ROSA, "pp 150 +13")
    entry = desk.pane(ROSA, "audit").audit[0]
    assert entry.effects == ()
    assert "refused" in entry.verdict or entry.verdict in {"hold", "block"}


def test_undo_takes_a_promise_back_and_the_next_action_with_it(desk):
    before = desk.account(ROSA)
    do(desk, ROSA, "pp 150 fri")
    do(desk, ROSA, "undo")
    after = desk.account(ROSA)
    assert after.promise is None
    assert after.next_action == before.next_action
    assert {p.status for p in desk.pane(ROSA, "promises").promises} == {"CANCELLED"}


def test_undo_of_a_payment_opens_the_items_again(desk):
    before = desk.account(ROSA)
    do(desk, ROSA, "pay 300 card ref77")
    assert desk.account(ROSA).collectable < before.collectable
    do(desk, ROSA, "undo")
    assert desk.account(ROSA).collectable == before.collectable


def test_nobody_undoes_anothers_act_but_a_lead(desks):
    receipt = do(desks("mia"), ROSA, "pp 150 fri")
    undo = {
        "id": "6f1f2c9e-3f0e-4f0a-9a65-9a5a0c7d1f10",
        "account": ROSA,
        "commands": [{"kind": "undo", "act": str(receipt.id)}],
    }
    with pytest.raises(Refused) as error:
        desks("ben").do(Act.model_validate(undo))
    assert error.value.code == "undo.not_yours"
    desks("lee").do(Act.model_validate({**undo, "id": "6f1f2c9e-3f0e-4f0a-9a65-9a5a0c7d1f11"}))


def test_what_was_overtaken_cannot_be_undone(desks):
    receipt = do(desks("mia"), ROSA, "na")
    do(desks("ben"), ROSA, "na")
    command = {
        "id": "6f1f2c9e-3f0e-4f0a-9a65-9a5a0c7d1f12",
        "account": ROSA,
        "commands": [{"kind": "undo", "act": str(receipt.id)}],
    }
    with pytest.raises(Refused) as error:
        desks("mia").do(Act.model_validate(command))
    assert error.value.code == "undo.overtaken"


@pytest.mark.parametrize("text", ["card 4111 1111 1111 1111", "cvv 123"])
def test_card_data_is_refused_before_anything_is_written(desk, text):
    note = Act.model_validate(
        {
            "id": "6f1f2c9e-3f0e-4f0a-9a65-9a5a0c7d1f13",
            "account": ROSA,
            "commands": [{"kind": "note", "text": text}],
            "line": text,
        }
    )
    with pytest.raises(Invalid) as error:
        desk.do(note)
    assert error.value.code == "text.card"
    assert "4111" not in str(error.value)
    assert desk.account(ROSA).version == 1
    assert not desk.pane(ROSA, "audit").audit


@pytest.mark.parametrize(
    "commands",
    [
        [{"kind": "note", "text": "takes 4111 1111"}, {"kind": "note", "text": "1111 1111 too"}],
        [{"kind": "contact", "result": "LM", "note": "4111 1111 1111"}, {"kind": "note", "text": "1111"}],
    ],
)
def test_a_card_number_split_over_two_fields_is_one(desk, commands):
    said = desk.preview(Act.model_validate({"id": uuid4(), "account": ROSA, "commands": commands}))
    assert said.error_code == "text.card"


def test_controls_in_a_note_never_reach_the_store(desk):
    hostile = "paid \x1b]52;c;AAAA\x07 today\x00"
    desk.do(
        Act.model_validate(
            {
                "id": "6f1f2c9e-3f0e-4f0a-9a65-9a5a0c7d1f14",
                "account": ROSA,
                "commands": [{"kind": "note", "text": hostile}],
            }
        )
    )
    assert any(e.text == "paid  today" for e in desk.pane(ROSA, "timeline").timeline)


def test_an_unknown_account_is_not_found(desk):
    with pytest.raises(NotFound):
        desk.account("9999-9999")


def test_the_history_of_nobody_is_said_with_the_nearest_login(desks):
    with pytest.raises(NotFound, match=r"There is no user 'bem' at this desk; did you mean ben\?") as error:
        desks("lee").history(by="bem")
    assert error.value.code == "user.not_found"
    assert desks("lee").history(by="ben") == ()


def test_history_lists_my_acts_newest_first(desks):
    mia = desks("mia")
    do(mia, ROSA, "n one")
    do(mia, ROSA, "n two")
    do(desks("ben"), ROSA, "n of ben")
    told = [r.sentence for r in mia.history()]
    assert len(told) == 2
    assert "two" in told[0]


def test_dates_in_the_past_are_refused_with_the_field(desk):
    past = act(desk, ROSA, "pp 150 fri")
    moved = past.commands[-1].model_copy(update={"due": date(2026, 11, 23) - timedelta(days=3)})
    preview = desk.preview(past.model_copy(update={"commands": (*past.commands[:-1], moved)}))
    assert preview.error_code == "promise.in_past"
    assert preview.field


def test_undo_walks_back_one_act_after_another(desk):
    before = desk.account(ROSA)
    do(desk, ROSA, "na")
    do(desk, ROSA, "pp 150 fri")
    do(desk, ROSA, "undo")
    do(desk, ROSA, "undo")
    after = desk.account(ROSA)
    assert (after.next_action, after.promise, after.last_word) == (before.next_action, None, before.last_word)
    with pytest.raises(Refused) as error:
        do(desk, ROSA, "undo")
    assert error.value.code == "undo.nothing"


def test_undo_passes_over_what_was_only_written_and_says_so(desk):
    before = desk.account(ROSA)
    do(desk, ROSA, "pp 150 fri")
    do(desk, ROSA, "n rang twice")
    receipt = do(desk, ROSA, "undo")
    assert desk.account(ROSA).promise is before.promise is None
    assert "rang twice" in told(receipt)
    assert "promise of 150.00" in told(receipt)
    with pytest.raises(Refused) as error:
        do(desk, ROSA, "undo")
    assert error.value.code == "undo.nothing"
    assert "rang twice" in error.value.message


@pytest.mark.parametrize(
    ("line", "code"), [("undo 1", "undo.nothing"), ("undo 3", "undo.overtaken"), ("undo 9", "undo.nothing")]
)
def test_undo_by_number_counts_from_the_newest_and_takes_that_one_or_none(desk, line, code):
    do(desk, ROSA, "na")
    do(desk, ROSA, "pp 150 fri")
    do(desk, ROSA, "n rang twice")
    with pytest.raises(Refused) as error:
        do(desk, ROSA, line)
    assert error.value.code == code
    assert "promise of 150.00" in told(do(desk, ROSA, "undo 2"))
    assert desk.account(ROSA).promise is None


@pytest.mark.parametrize("text", ["2y", "y", "0", "-1", "2.5", "last", "abc", "+1", "é", "a" * 37])
def test_what_names_no_act_is_refused_with_the_field_and_what_does(desk, text):
    view = desk.account(ROSA)
    (error,) = parse(f"undo {text}", LineContext.of(view, desk.catalogue(), desk.session())).errors
    undo = Act.model_validate({"id": uuid4(), "account": ROSA, "commands": [{"kind": "undo", "act": text}]})
    preview = desk.preview(undo)
    with pytest.raises(Invalid) as refused:
        desk.do(undo)
    assert error.message == preview.error == refused.value.message
    assert "1 to 999" in error.message
    assert preview.field == refused.value.field == "act"


def test_a_number_beyond_the_acts_there_are_says_which_there_are(desk):
    do(desk, ROSA, "na")
    for line, there in (("undo 9", "only 1 is there"), ("undo 999", "only 1 is there")):
        assert there in (desk.preview(act(desk, ROSA, line)).error or "")
    do(desk, ROSA, "pp 150 fri")
    assert "1 to 2 are there" in (desk.preview(act(desk, ROSA, "undo 9")).error or "")
    assert "an id that begins with ffff" in (desk.preview(act(desk, ROSA, "undo ffff")).error or "")


def told(receipt):
    return " · ".join(each.text for each in receipt.said)


@pytest.mark.parametrize("line", ["call +1h; rp forgot", "hold dispute 5d; rel dispute settled"])
def test_undo_brings_nothing_back_that_the_act_itself_had_made_and_ended(desk, line):
    before = desk.account(ROSA)
    do(desk, ROSA, line)
    do(desk, ROSA, "undo")
    after = desk.account(ROSA)
    assert (after.callback_at, after.holds) == (None, ())
    assert after.next_action == before.next_action


def test_an_undo_stands_alone_on_the_line(desk):
    """With a payment before it, it gave the ladder back to a promise that the payment had just kept."""
    do(desk, ROSA, "pp 150 fri")
    do(desk, ROSA, "hold assistance 5d")
    both = act(desk, ROSA, "pay 150 card R1; undo")
    assert desk.preview(both).error_code == "undo.alone"
    with pytest.raises(Refused):
        desk.do(both)
    assert desk.account(ROSA).holds


def test_an_amount_is_not_taken_for_the_end_of_a_telephone_number(desk):
    assert do(desk, "4410-0087", "pp 150 fri").next_action  # its number ends in 0150
