"""Hours, days and holds at the desk: what is proposed lies where it is allowed, and what puts an account off has an end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from collect_tui.desk.commands import Act, Override, ScheduleCallback, SetNextAction
from collect_tui.desk.errors import Invalid, Refused, RefusedByPolicy
from contract.conftest import CORNERS, ROSA, act, do
from support.book import Book, Clock, account, local_desk

COMBINATIONS = CORNERS

IVAN = "4410-0087"
LEE = Override(by="lee", reason="customer abroad until then")


def refusal(desk, line: str) -> RefusedByPolicy:
    with pytest.raises(RefusedByPolicy) as caught:
        do(desk, ROSA, line)
    return caught.value


def warnings(desk, line: str) -> list[str]:
    preview = desk.preview(act(desk, ROSA, line))
    assert preview.error is None
    return [f.sentence for f in preview.verdict.findings if f.severity == "warn"]


# ---------------------------------------------------------------------------------------------------------- next tries


def test_a_retry_past_the_hours_is_set_for_the_next_opening_and_may_be_made_then(desk, clock):
    clock.now = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)  # Monday 18:30 in Chicago
    receipt = do(desk, ROSA, "na")
    assert receipt.next_action == "call tomorrow 08:00 Chicago UTC-06:00"
    clock.now = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
    assert desk.account(ROSA).call_label.startswith("yes")
    clock.now -= timedelta(minutes=1)
    assert desk.account(ROSA).call_label.startswith("no until 08:00")


#: A number, the zone its owner stated if any, when it is tried (UTC), the next try.
TRIES = [
    ("+1 312 555 0101", None, "2026-11-25T00:30", "2026-11-25T08:00"),
    ("+1 448 555 0101", None, "2026-11-24T22:30", "2026-11-25T08:00"),  # 02:30 UTC: past the hours in New York only
    ("+1 448 555 0101", "America/Chicago", "2026-11-24T22:30", "2026-11-24T20:30"),
    ("+1 850 555 0101", None, "2026-11-24T22:30", "2026-11-25T08:00"),
    ("+1 709 555 0101", None, "2026-11-24T21:30", "2026-11-25T06:00"),  # 08:00 in Labrador is 08:30 in St. John's
    ("+1 312 555 0101", None, "2026-11-26T00:30", "2026-11-27T08:00"),  # Thanksgiving between
    ("+1 312 555 0101", None, "2026-11-28T00:30", "2026-11-30T08:00"),
    ("+62 812 3456 789", None, "2026-11-24T10:00", "2026-11-24T19:00"),  # 08:00 in Jakarta, 10:00 in Jayapura
    (
        "+61 412 345 678",
        None,
        "2026-11-24T10:00",
        "2026-11-24T08:00",
    ),  # seven clocks tell nothing: as where the book is
    ("+870 773 123 456", None, "2026-11-24T16:00", "2026-11-24T14:00"),
]


@pytest.mark.parametrize(("phone", "stated", "now", "proposed"), TRIES)
def test_the_next_try_lies_within_the_hours_of_every_zone(tmp_path, phone, stated, now, proposed):
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    today = (at - timedelta(hours=6)).date()  # in Chicago, where the desk is
    one = account("1-1", "A", items=[("I-1", -40, 5000)], phone=phone, party={"zone": stated} if stated else {})
    with Book(one, business_date=today).store(tmp_path) as store:
        clock = Clock(at)
        desk = local_desk(store, "mia", clock)
        told = desk.preview(act(desk, "1-1", "na m1"))
        shown = desk.do(act(desk, "1-1", "na m1"))
        timed = "T" in proposed
        when = datetime.fromisoformat(f"{proposed}{'' if timed else 'T00:00'}-06:00")
        assert desk.account("1-1").next_action_on == when.date()
        assert (f"{when:%H:%M} Chicago" in (shown.next_action or "")) == timed, shown.next_action
        assert told.next_action == shown.next_action
        assert any(f.rule == "contact.next_try" for f in told.verdict.findings) == (not timed)
        if timed:
            clock.now = when.astimezone(UTC)
            assert desk.account("1-1").call_label.startswith("yes"), "what is proposed is allowed at that time"


def test_an_overlay_knows_every_zone_of_the_code_it_overlays(tmp_path):
    with Book(account("1-1", "A", items=[("I-1", -40, 5000)], phone="+1 448 555 0101")).store(tmp_path) as store:
        clock = Clock(datetime(2026, 11, 23, 13, 5, tzinfo=UTC))  # 08:05 in New York, 07:05 in Chicago
        desk = local_desk(store, "mia", clock)
        seen = desk.account("1-1")
        assert seen.call_label == "no until 08:00 Chicago UTC-06:00"
        assert seen.points[0].local_time == "08:05 New York UTC-05:00 / 07:05 Chicago UTC-06:00"
        clock.now += timedelta(minutes=55)
        assert desk.account("1-1").call_label == "yes 0/7"


def test_a_callback_without_a_time_is_proposed_within_the_hours_of_all_numbers(tmp_path):
    points = [{"kind": "mobile", "value": "+1 212 555 0101"}, {"kind": "home", "value": "+1 808 555 0101"}]
    with Book(account("1-1", "A", items=[("I-1", -40, 5000)], points=points)).store(tmp_path) as store:
        desk = local_desk(store, "mia", Clock())
        for line, hour in (("call tue", 18), ("call tue m1", 18), ("call tue 9:00", 14), ("call +2h", 18)):
            (callback,) = act(desk, "1-1", line).commands
            assert isinstance(callback, ScheduleCallback)
            assert callback.at.hour == hour, line  # UTC; 18:00 is 08:00 in Honolulu and 13:00 in New York
        outside = desk.preview(act(desk, "1-1", "call tue 9:00"))
        assert outside.verdict.allowed, "what the customer asked for is not moved"
        assert any("At that time: Outside 08:00–21:00" in f.sentence for f in outside.verdict.findings)


# ------------------------------------------------------------------------------------------------- how far, what days


def far(desk, command) -> Act:
    view = desk.account(ROSA)
    return Act(id=uuid4(), account=view.number, commands=(command,), version=view.version, line="")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("t +300", "next.too_far"),
        ("t +31 review", "next.too_far"),
        ("t 2027-06-01 call waits", "next.too_far"),
        ("snooze +6 waiting", "snooze.too_far"),
        ("snooze 15dec waiting", "snooze.too_far"),
        ("call 2027-06-01 9:00", "callback.too_far"),
        ("cb +40 9:00", "callback.too_far"),
    ],
)
def test_nothing_is_put_off_too_far_without_a_lead(desk, line, code):
    before = desk.account(ROSA)
    refused = refusal(desk, line)
    assert (refused.code, refused.verdict.overridable_by) == (code, "lead")
    assert desk.account(ROSA).next_action == before.next_action
    do(desk, ROSA, line, override=LEE)
    after = desk.account(ROSA)
    assert after.next_action_on is not None
    assert after.next_action_on > date(2026, 11, 28)


def test_what_no_date_of_the_line_reaches_is_capped_as_well(desk):
    with pytest.raises(RefusedByPolicy) as caught:
        desk.do(far(desk, SetNextAction(on=date(2027, 11, 1))))
    assert caught.value.code == "next.too_far"
    with pytest.raises(RefusedByPolicy) as caught:
        desk.do(far(desk, ScheduleCallback(at=datetime(2027, 11, 1, 16, tzinfo=UTC))))
    assert caught.value.code == "callback.too_far"


def test_what_lies_more_than_a_year_ahead_is_no_next_action_whoever_overrides(desk):
    for command in (SetNextAction(on=date(2099, 1, 1)), ScheduleCallback(at=datetime(2099, 1, 1, 16, tzinfo=UTC))):
        with pytest.raises(Invalid) as caught:
            desk.do(far(desk, command))
        assert caught.value.code == "date.out_of_range"


@pytest.mark.parametrize(("line", "on"), [("t +30", 23), ("t 23dec", 23), ("snooze +2 waiting", 25)])
def test_up_to_the_cap_it_is_the_agents_to_say(desk, line, on):
    do(desk, ROSA, line)
    assert desk.account(ROSA).next_action_on == date(2026, 12 if on == 23 else 11, on)


def test_an_account_put_off_as_often_as_may_be_is_not_put_off_by_another_word(desk):
    do(desk, ROSA, "snooze +1 waiting")
    do(desk, ROSA, "snooze +2 waiting")
    assert refusal(desk, "snooze +4 waiting").code == "snooze.too_often"
    assert refusal(desk, "t +7").code == "next.too_often"
    do(desk, ROSA, "t t")
    do(desk, ROSA, "lm")
    do(desk, ROSA, "t +7")


@pytest.mark.parametrize(
    ("line", "on", "says"),
    [
        ("t sat", 30, "Sat 28 Nov is no business day: Mon 30 Nov instead."),
        ("t 26nov", 27, "Thu 26 Nov is no business day: Fri 27 Nov instead."),
        ("snooze sat waiting", 30, "Sat 28 Nov is no business day: Mon 30 Nov instead."),
    ],
)
def test_a_next_action_falls_on_a_business_day_and_the_preview_says_so(desk, line, on, says):
    assert says in warnings(desk, line)
    do(desk, ROSA, line)
    assert desk.account(ROSA).next_action_on == date(2026, 11, on)


def test_a_callback_stays_on_the_saturday_the_customer_named(desk):
    assert any("Sat 28 Nov is no business day" in s for s in warnings(desk, "cb sat 10:00"))
    do(desk, ROSA, "cb sat 10:00")
    assert desk.account(ROSA).next_action_on == date(2026, 11, 28)


@pytest.mark.parametrize(
    ("line", "on"),
    [
        ("rp m1 income", 27),  # three days on is Thanksgiving
        ("hu", 25),
        ("pm", 30),  # five days on is a Saturday
        ("td", 30),
        ("hold cease 4d", 30),  # ends on Friday, reviewed on Monday
        ("hold cease 3d", 27),
    ],
)
def test_the_follow_up_of_an_act_falls_on_a_business_day(desk, line, on):
    do(desk, ROSA, line)
    assert desk.account(ROSA).next_action_on == date(2026, 11, on)


def test_a_long_hold_is_looked_at_before_it_ends(desk):
    do(desk, ROSA, "hold cease 1jun2027 letter", override=LEE)
    assert desk.account(ROSA).next_action == "review the hold Wed 23 Dec"


def test_the_note_of_a_next_action_is_kept(desk):
    do(desk, ROSA, "t wed call waits for the branch")
    assert any("waits for the branch" in e.text for e in desk.pane(ROSA, "timeline").timeline)


# --------------------------------------------------------------------------------------------- letters under a hold


@pytest.mark.parametrize("hold", ["cease", "attorney", "dispute", "hardship", "insolvency"])
@pytest.mark.parametrize("line", ["em lm", "em rb", "em lm e1", "lm e1", "sm lm m1", "sm cm m1", "em pp 150 fri"])
def test_a_message_that_a_hold_forbids_is_not_sent(desk, hold, line):
    do(desk, ROSA, f"hold {hold} letter")
    refused = refusal(desk, line)
    assert refused.code == f"contact.hold.{hold.upper()}"
    assert refused.verdict.overridable_by is None
    assert "No letters or messages" in refused.message
    assert any("logged with iw" in f.sentence for f in refused.verdict.findings)


def test_a_hold_that_a_lead_may_override_is_overridden_for_a_message(desk):
    do(desk, ROSA, "hold payment-claim")
    assert refusal(desk, "em lm").verdict.overridable_by == "lead"
    do(desk, ROSA, "em lm", override=LEE)


@pytest.mark.parametrize(
    "line", ["iw pm e1", 'iw di e1 "the price"', "in rp m1 income", "rv cm", "n wrote to the attorney"]
)
def test_what_comes_from_the_customer_is_logged_under_any_hold(desk, line):
    do(desk, ROSA, "hold cease letter")
    assert {f.rule for f in desk.preview(act(desk, ROSA, line)).verdict.findings} <= {"next.stays"}
    do(desk, ROSA, line)


@pytest.mark.parametrize("line", ["em mr e1", "lm m1", "na"])
def test_what_has_happened_is_logged_with_a_warning(desk, line):
    do(desk, ROSA, "hold cease letter")
    assert any("Logged all the same: No" in s for s in warnings(desk, line))
    do(desk, ROSA, line)


@pytest.mark.parametrize("line", ["em lm", "em lm e1", "em rb e1"])
@pytest.mark.parametrize("mark", ["out e1", "bad e1"])
def test_a_point_that_was_opted_out_is_not_written_to(desk, line, mark):
    do(desk, ROSA, "em lm")
    do(desk, ROSA, mark)
    refused = refusal(desk, line)
    assert (refused.code, refused.verdict.overridable_by) == ("contact.number", None)


def test_no_callback_is_planned_for_a_day_on_which_a_hold_forbids_calls(desk):
    do(desk, ROSA, "hold attorney letter")
    assert refusal(desk, "cb wed 10:00").code == "contact.hold.ATTORNEY"
    do(desk, ROSA, "rel attorney withdrawn")
    do(desk, ROSA, "hold cease 1d")
    assert refusal(desk, "call tue 10:00").code == "contact.hold.CEASE"
    do(desk, ROSA, "call wed 10:00")


def test_a_hold_shows_what_the_desk_enforces_and_no_more(desk):
    do(desk, ROSA, "hold insolvency case 12")
    (hold,) = desk.account(ROSA).holds
    assert hold.blocks == ("call", "letter", "suspend", "promise", "fee")
    with pytest.raises(Refused):
        do(desk, ROSA, "ptp 150 fri")


def test_whynot_names_the_holds_that_forbid_calls_and_no_others(desk):
    do(desk, IVAN, "hold medical")
    do(desk, IVAN, "hold cease letter")
    assert "A hold forbids calls: CEASE." in desk.why(IVAN).absent
