"""Contacts: what a result does to an account, on the codes that are shipped."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect_tui.defaults import load
from collect_tui.domain import effects as fx
from collect_tui.domain.codes import Action, Result
from collect_tui.domain.contact import decide as contact
from collect_tui.domain.errors import DomainError, Invalid, Refused
from collect_tui.domain.facts import AccountFacts, Attempt, Callback, Hold, Holder, NextAction, Point
from collect_tui.domain.states import AccountState, CallbackState
from support.trade import CALENDAR, TODAY, account, days, fold, numbers

CATALOGUE = load(today=TODAY)
CODES, HOLDS = CATALOGUE.codes, CATALOGUE.holds
ZONE = "America/Chicago"
NOW = datetime(2025, 11, 24, 16, 0, tzinfo=UTC)  # 10:00 in Chicago

M1 = Point(1, "mobile", "+1 312 555 0142", 1, zones=(ZONE,))
M2 = Point(2, "mobile", "+1 312 555 0143", 2, zones=(ZONE,))
H3 = Point(3, "home", "312-555-7700", 3, zones=(ZONE,))
E4 = Point(4, "email", "rosa@example.com", 4)
A5 = Point(5, "address", "1 Elm St", 5, zones=(ZONE,))


def rosa(**more: Any) -> AccountFacts:
    return account(**{"points": (M1, M2, H3, E4, A5), **more})


def log(
    facts: AccountFacts, result: str, point: Point | None = M1, action: str = "TM", **more: Any
) -> tuple[fx.Effect, ...]:
    options: dict[str, Any] = {
        "reason": "FORGOT" if result == "RP" else None,
        "note": "",
        "typed": "",
        "now": NOW,
        "ids": numbers(500),
        "calendar": CALENDAR,
        "zone": ZONE,
        "holds": HOLDS,
        "rules": CATALOGUE.rules.contact,
        "reasons": CODES.reasons,
        **more,
    }
    return contact.log(facts, action=CODES.actions[action], result=CODES.results[result], point=point, **options)


def the_next(effects: tuple[fx.Effect, ...]) -> NextAction | None:
    found = [e.new for e in effects if isinstance(e, fx.NextActionSet)]
    assert len(found) <= 1
    return found[0] if found else None


# ------------------------------------------------------------------------------------------------------- the event


def test_no_answer_is_counted_and_tried_again_in_four_hours() -> None:
    event, then = log(rosa(), "NA")
    assert isinstance(event, fx.ContactLogged)
    assert (event.action, event.result, event.point_id, event.at) == ("TM", "NA", 1, NOW)
    assert (event.outbound, event.counted, event.worked, event.contact, event.right_party) == (
        True,
        True,
        False,
        False,
        False,
    )
    assert then == fx.NextActionSet(NextAction("call", TODAY, NOW + timedelta(hours=4)), NextAction("call", TODAY))


@pytest.mark.parametrize(
    ("action", "result", "point", "counted"),
    [
        ("TM", "LM", M1, True),
        ("TM", "BZ", M1, False),
        ("TM", "DC", M1, False),
        ("TM", "WN", M1, False),
        ("IN", "RP", M1, False),
        ("SM", "RP", M1, False),
        ("EM", "RP", E4, False),
        ("SV", "RP", H3, True),
    ],
)
def test_only_outbound_calls_that_reach_a_line_count(action: str, result: str, point: Point, counted: bool) -> None:
    event = log(rosa(), result, point, action)[0]
    assert isinstance(event, fx.ContactLogged)
    assert event.counted is counted


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"point": None}, "contact.point_missing", "point"),
        ({"point": H3}, "contact.point_kind", "point"),
        ({"point": M1, "action": "RV"}, "contact.point_kind", "point"),
        ({"result": "DC", "point": None}, "contact.point_missing", "point"),
        ({"result": "RP", "reason": None}, "contact.reason", "reason"),
        ({"result": "RP", "reason": "NOSUCH"}, "contact.reason", "reason"),
    ],
)
def test_what_a_contact_lacks_is_named(changes: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(Invalid) as error:
        log(rosa(), **{"result": "NA", **changes})
    assert (error.value.code, error.value.field) == (code, field)
    assert error.value.message.endswith(".")


def test_a_result_may_need_a_note() -> None:
    strict = replace(CODES.results["AT"], needs=("note",))
    options = {
        "reason": None,
        "typed": "",
        "now": NOW,
        "ids": numbers(),
        "calendar": CALENDAR,
        "zone": ZONE,
        "holds": HOLDS,
        "rules": CATALOGUE.rules.contact,
    }
    with pytest.raises(Invalid, match="needs a note"):
        contact.log(rosa(), action=CODES.actions["TM"], result=strict, point=M1, note=" ", **options)
    assert contact.log(rosa(), action=CODES.actions["TM"], result=strict, point=M1, note="J. Roe", **options)


@pytest.mark.parametrize(
    ("result", "present", "says"),
    [
        ("NA", (), None),
        ("DI", ("contact",), None),
        ("PP", ("contact",), "promised"),
        ("PP", ("contact", "promise"), None),
        ("PA", ("contact", "plan"), None),
        ("PA", ("contact", "callback"), "plan"),
        ("BP", ("contact", "promise"), None),
        ("CB", ("contact", "promise"), "call back"),
        ("CB", ("contact", "callback"), None),
    ],
)
def test_what_an_act_lacks_is_a_sentence(result: str, present: tuple[str, ...], says: str | None) -> None:
    sentence = contact.missing(CODES.results[result], present)
    assert (sentence is None) if says is None else (says in (sentence or ""))


# -------------------------------------------------------------------------------------------------- points and holds


@pytest.mark.parametrize(
    ("result", "quality", "consent"),
    [("DC", "bad", "unknown"), ("WN", "wrong", "unknown"), ("FX", "bad", "unknown"), ("DN", "unknown", "out")],
)
def test_a_point_is_marked(result: str, quality: str, consent: str) -> None:
    effects = log(rosa(), result)
    given = ("call", TODAY) if consent == "out" else ("", None)
    assert effects[1] == fx.PointMarked(1, quality, consent, "unknown", "unknown", *given)
    after = fold(rosa(), effects)
    assert not after.points[0].callable
    assert contact.default_point(after, CODES.actions["TM"]) == M2


def test_a_point_marked_so_already_is_not_marked_again() -> None:
    facts = rosa(points=(replace(M1, quality="bad"), M2))
    assert not any(isinstance(e, fx.PointMarked) for e in log(facts, "DC", facts.points[0]))


def test_with_no_number_left_the_account_goes_to_tracing() -> None:
    then = the_next(log(rosa(points=(M1, E4)), "DC"))
    assert then == NextAction("trace", TODAY)
    assert the_next(log(rosa(), "DC")) == NextAction("call", TODAY)


def test_a_returned_letter_marks_the_address_and_sends_nobody_to_tracing() -> None:
    effects = log(rosa(points=(M1, A5)), "MR", A5, "LT")
    assert fx.PointMarked(5, "bad", "unknown", "unknown", "unknown") in effects
    assert the_next(effects) == NextAction("call", days(1))


@pytest.mark.parametrize(
    ("result", "kind", "until", "pauses"),
    [
        ("PM", "PAYMENT_CLAIM", 5, True),
        ("CD", "CEASE", None, True),
        ("BK", "INSOLVENCY", None, True),
        ("MD", "MEDICAL", 30, False),
        ("DB", "DISPUTE", None, True),
    ],
)
def test_a_result_places_its_hold(result: str, kind: str, until: int | None, pauses: bool) -> None:
    after = fold(rosa(), log(rosa(), result))
    assert [(h.kind, h.until) for h in after.holds] == [(kind, None if until is None else days(until))]
    assert after.ladder_paused_by == (after.holds[0].holder if pauses else None)


def test_a_hold_that_stands_long_enough_is_not_placed_twice_and_a_shorter_one_is_renewed() -> None:
    long = rosa(holds=(Hold(7, "PAYMENT_CLAIM", days(-1), days(9)),))
    assert fold(long, log(long, "PM")).holds == long.holds
    short = rosa(holds=(Hold(7, "PAYMENT_CLAIM", days(-1), days(1)),), ladder_paused_by=Holder.read("hold 7"))
    after = fold(short, log(short, "PM"))
    assert [h.until for h in after.holds] == [days(5)]
    assert after.ladder_paused_by == after.holds[0].holder != Holder.read("hold 7")


def test_a_hold_takes_the_ladder_over_from_a_promise() -> None:
    held = rosa(ladder_paused_by=Holder.read("promise 3"))
    after = fold(held, log(held, "CD"))
    assert after.ladder_paused_by == after.holds[0].holder


# ------------------------------------------------------------------------------------------------------- next action


@pytest.mark.parametrize(
    ("result", "code", "on"),
    [
        ("AM", "call", 1),
        ("LM", "call", 2),
        ("TD", "call", 7),
        ("RP", "call", 4),  # the third day is Thanksgiving
        ("HU", "call", 2),
        ("PF", "verify", 2),
        ("BX", "supervisor", 1),
        ("SK", "trace", 8),  # five business days: the Thursday is a holiday, then a weekend
    ],
)
def test_the_follow_up_of_a_result(result: str, code: str, on: int) -> None:
    point, action = (M1, "TM") if result != "SK" else (None, "RV")
    assert the_next(log(rosa(), result, point, action)) == NextAction(code, days(on))


def test_a_timed_follow_up_stays_on_the_business_date_and_passes_midnight_with_the_clock() -> None:
    behind = rosa(business_date=days(-3), next_action=NextAction("call", days(-3)))
    assert the_next(log(behind, "BZ")) == NextAction("call", days(-3), NOW + timedelta(minutes=30))
    late = datetime(2025, 11, 25, 4, 0, tzinfo=UTC)  # 22:00 in Chicago
    opens = datetime(2025, 11, 25, 14, 0, tzinfo=UTC)  # 08:00
    assert the_next(log(rosa(), "NA", now=late)) == NextAction("call", days(1), opens)


def test_a_comment_moves_nothing() -> None:
    overdue = rosa(next_action=NextAction("call", days(-4)))
    assert [type(e) for e in log(overdue, "CM", None, "RV", note="gate code")] == [fx.ContactLogged]


@pytest.mark.parametrize("old", [None, NextAction("call", days(-1))])
def test_a_worked_result_without_follow_up_never_leaves_an_orphan(old: NextAction | None) -> None:
    facts = rosa(next_action=old)
    assert the_next(log(facts, "PP")) == NextAction("call", days(1))


def test_a_worked_result_without_follow_up_keeps_a_date_to_come() -> None:
    facts = rosa(next_action=NextAction("promise", days(5)))
    assert the_next(log(facts, "PP")) is None


def test_a_closed_account_gets_no_next_action() -> None:
    closed = rosa(status=AccountState.CLOSED, next_action=None)
    assert the_next(log(closed, "LM")) is None
    for refused in (
        lambda: contact.next_action(closed, TODAY, "call", CALENDAR),
        lambda: contact.callback(closed, at=NOW, point=None, owner=None, note="", ids=numbers(), zone=ZONE),
    ):
        with pytest.raises(Refused) as error:
            refused()
        assert error.value.code == "account.closed"


# --------------------------------------------------------------------------------------------------------- callbacks


def at(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("result", "hours", "status", "kept"),
    [
        ("LM", -1, "SCHEDULED", True),
        ("LM", 0.2, "SCHEDULED", True),
        ("LM", 6, "SCHEDULED", False),
        ("RP", 6, "SCHEDULED", True),
        ("RP", 20, "SCHEDULED", False),
        ("LM", -30, "MISSED", True),
        ("NA", -1, "SCHEDULED", False),
    ],
)
def test_a_worked_contact_keeps_the_callbacks_that_are_due(result: str, hours: float, status: str, kept: bool) -> None:
    facts = rosa(callbacks=(Callback(6, at(hours), None, None, status),))
    changed = [e for e in log(facts, result) if isinstance(e, fx.CallbackChanged)]
    assert changed == ([fx.CallbackChanged(6, CallbackState.DONE, status)] if kept else [])


def test_a_callback_to_come_is_not_put_off_by_a_later_follow_up() -> None:
    waiting = Callback(6, at(24), "mia")
    facts = rosa(callbacks=(waiting,), next_action=NextAction("callback", days(1), waiting.at))
    assert the_next(log(facts, "LM")) == NextAction("callback", days(1), waiting.at)
    assert the_next(log(facts, "NA")) == NextAction("call", TODAY, at(4))


def test_after_no_answer_at_a_callback_the_next_try_is_later() -> None:
    facts = rosa(callbacks=(Callback(6, at(-1), "mia"),), next_action=NextAction("callback", TODAY, at(-1)))
    assert the_next(log(facts, "NA")) == NextAction("call", TODAY, at(4))


def test_a_kept_callback_is_no_longer_the_next_action() -> None:
    facts = rosa(callbacks=(Callback(6, at(0), "mia"),), next_action=NextAction("callback", TODAY, at(0)))
    assert the_next(log(facts, "PP")) == NextAction("call", days(1))


def test_a_callback_sets_the_next_action_on_its_local_day() -> None:
    evening = datetime(2025, 11, 26, 1, 30, tzinfo=UTC)  # Tuesday 19:30 in Chicago
    effects = contact.callback(rosa(), at=evening, point=M1, owner="mia", note="", ids=numbers(), zone=ZONE)
    assert effects == (
        fx.CallbackScheduled(Callback(1000, evening, "mia", 1)),
        fx.NextActionSet(NextAction("callback", days(1), evening), NextAction("call", TODAY)),
    )


def test_the_earliest_of_several_callbacks_is_next_and_a_missed_one_is_put_off() -> None:
    facts = rosa(callbacks=(Callback(6, at(2), None), Callback(7, at(-50), None, None, CallbackState.MISSED)))
    effects = contact.callback(facts, at=at(48), point=None, owner=None, note="", ids=numbers(), zone=ZONE)
    assert fx.CallbackChanged(7, CallbackState.RESCHEDULED, CallbackState.MISSED) in effects
    assert the_next(effects) == NextAction("callback", TODAY, at(2))


@pytest.mark.parametrize(
    ("point", "when", "code"),
    [
        (E4, at(3), "contact.point_kind"),
        (replace(M1, quality="wrong"), at(3), "callback.point"),
        (replace(M1, consent="out"), at(3), "callback.point"),
        (M1, at(-48), "callback.in_past"),
    ],
)
def test_a_callback_that_cannot_be(point: Point, when: datetime, code: str) -> None:
    with pytest.raises(DomainError) as error:
        contact.callback(rosa(), at=when, point=point, owner=None, note="", ids=numbers(), zone=ZONE)
    assert error.value.code == code


# --------------------------------------------------------------------------------- the next action by hand, and notes


def test_a_next_date_is_not_in_the_past() -> None:
    assert contact.next_action(rosa(), TODAY, "review", CALENDAR) == (
        fx.NextActionSet(NextAction("review", TODAY), NextAction("call", TODAY)),
    )
    with pytest.raises(Invalid) as error:
        contact.next_action(rosa(), days(-1), "call", CALENDAR)
    assert (error.value.code, error.value.field) == ("next.in_past", "on")


def test_marking_a_point_by_hand() -> None:
    assert contact.mark_point(rosa(), M1, "good", None) == (fx.PointMarked(1, "good", "unknown", "unknown", "unknown"),)
    assert contact.mark_point(rosa(), M1, "unknown", None) == ()
    with pytest.raises(Invalid):
        contact.mark_point(rosa(), replace(M1, id=99), "good", None)


def test_notes() -> None:
    assert contact.note("left message", "lm", pinned=False, ids=numbers()) == (
        fx.NoteWritten(1000, "left message", "lm"),
    )
    with pytest.raises(Invalid):
        contact.note(" \n", "", pinned=True, ids=numbers())
    pinned = rosa(pinned=("Dog in the yard", "Dog bites", "hard of hearing"))
    assert contact.unpin(pinned, "HARD", ids=numbers()) == (fx.NoteUnpinned(1000, "hard of hearing"),)
    assert contact.unpin(pinned, "dog bites", ids=numbers()) == (fx.NoteUnpinned(1000, "Dog bites"),)
    for text in ("dog", "cat", " "):
        with pytest.raises(Invalid):
            contact.unpin(pinned, text, ids=numbers())


# ------------------------------------------------------------------------------------------------------------ points


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("m1", M1),
        ("M2", M2),
        ("h", H3),
        ("m", M1),
        ("0143", M2),
        ("555-7700", H3),
        ("a", A5),
        ("example.com", E4),
        (" e4 ", E4),
    ],
)
def test_a_point_is_found_by_name_kind_or_ending(typed: str, found: Point) -> None:
    assert contact.find_point(rosa(), typed) == found


@pytest.mark.parametrize(
    ("typed", "code"), [("m7", "point.unknown"), ("x", "point.unknown"), ("", "point.unknown"), ("42", "point.unknown")]
)
def test_a_point_that_is_not_there_lists_the_choices(typed: str, code: str) -> None:
    with pytest.raises(Invalid) as error:
        contact.find_point(rosa(), typed)
    assert error.value.code == code
    for short in ("m1", "m2", "h3", "e4", "a5"):
        assert short in error.value.message
    assert "555" not in error.value.message, "only the last digits of a number are shown"


def test_an_ambiguous_ending_lists_what_it_fits() -> None:
    twin = replace(H3, value="773 555 0142")
    with pytest.raises(Invalid) as error:
        contact.find_point(rosa(points=(M1, M2, twin)), "0142")
    assert error.value.code == "point.ambiguous"
    assert "m1" in error.value.message
    assert "m2" not in error.value.message
    with pytest.raises(Invalid, match="no contact point"):
        contact.find_point(rosa(points=()), "m1")


def test_a_wrong_number_is_found_by_its_short_name_only() -> None:
    facts = rosa(points=(replace(M1, quality="wrong"), M2))
    assert contact.find_point(facts, "m1").quality == "wrong"
    assert contact.find_point(facts, "m") == M2


def no_answers(point: int, n: int) -> tuple[Attempt, ...]:
    return tuple(Attempt(at(-10 * k), "TM", "NA", True, False, point) for k in range(n, 0, -1))


def test_the_default_point_is_the_first_that_may_be_used() -> None:
    mobile = CODES.actions["TM"]
    assert contact.default_point(rosa(), mobile) == M1
    assert contact.default_point(rosa(points=(replace(M1, consent="out"), M2)), mobile) == M2
    assert contact.default_point(rosa(), CODES.actions["EM"]) == E4
    assert contact.default_point(rosa(), CODES.actions["TR"]) == H3
    assert contact.default_point(rosa(), CODES.actions["RV"]) is None
    assert contact.default_point(rosa(points=(E4,))) is None


def test_the_third_no_answer_moves_on_to_the_next_number() -> None:
    twice = rosa(attempts=no_answers(1, 2))
    assert contact.default_point(twice) == M1
    sentence = contact.advice(twice, M1, CODES.results["NA"])
    assert sentence is not None
    assert "next time mobile …0143" in sentence
    assert contact.advice(twice, M1, CODES.results["LM"]) is None
    assert contact.advice(rosa(attempts=no_answers(1, 1)), M1, CODES.results["NA"]) is None
    thrice = rosa(attempts=no_answers(1, 3))
    assert contact.default_point(thrice) == M2
    tired = rosa(points=(M1,), attempts=no_answers(1, 3))
    assert contact.default_point(tired) == M1, "the only number is still the one to call"
    assert "no other number" in (
        contact.advice(rosa(points=(M1,), attempts=no_answers(1, 2)), M1, CODES.results["NA"]) or ""
    )


def test_the_default_action_fits_the_point() -> None:
    found = [getattr(contact.default_action(p, CODES.actions), "code", None) for p in (M1, H3, E4, A5, None)]
    assert found == ["TM", "TR", "EM", "LT", "RV"]


# ------------------------------------------------------------------------------------------------------------ always


@given(
    result=st.sampled_from(sorted(CODES.results)),
    on=st.none() | st.integers(-30, 30).map(days),
    callbacks=st.lists(st.integers(-72, 72), max_size=3),
    paused=st.sampled_from([None, Holder.read("promise 3"), Holder.read("hold 4")]),
)
def test_no_result_leaves_a_worked_account_without_a_date(
    result: str, on: date | None, callbacks: list[int], paused: Holder | None
) -> None:
    facts = rosa(
        next_action=None if on is None else NextAction("call", on),
        callbacks=tuple(Callback(n, at(h), None) for n, h in enumerate(callbacks, start=10)),
        ladder_paused_by=paused,
    )
    effects = log(facts, result)
    if on is None and not CODES.results[result].worked and the_next(effects) is None:
        assert result == "CM"
        return
    after = fold(facts, effects)
    assert after.next_action is not None
    if CODES.results[result].worked:
        assert after.next_action.on >= TODAY
    waiting = [c.at for c in after.callbacks if c.status == "SCHEDULED" and c.at > NOW]
    if waiting and the_next(effects) is not None and after.next_action.at is not None:
        assert after.next_action.at <= min(waiting)


# ----------------------------------------------------------------------------------------- nothing left to call


@pytest.mark.parametrize("result", ["LM", "NA", "PP", "DI"])
def test_a_counted_result_needs_a_number(result: str) -> None:
    facts = rosa(points=(replace(M1, quality="bad"),))
    assert contact.default_point(facts) is None
    with pytest.raises(Invalid) as caught:
        log(facts, result, None, "RV")
    assert (caught.value.code, caught.value.field) == ("contact.point_missing", "point")
    assert "There is no number left to call; name one (m1) or log sk." in caught.value.message


def test_a_counted_result_that_names_no_number_though_there_is_one() -> None:
    with pytest.raises(Invalid) as caught:
        log(rosa(), "LM", None, "RV")
    assert "RV (review only) reaches nobody; LM (left message) needs a number: m1" in caught.value.message


@pytest.mark.parametrize("result", ["SK", "CM", "AG"])
def test_what_is_not_counted_needs_none(result: str) -> None:
    assert log(rosa(points=()), result, None, "RV")


# ------------------------------------------------------------------------------------- results that make no sense


@pytest.mark.parametrize("action", CODES.actions.values(), ids=lambda each: each.code)
@pytest.mark.parametrize("result", [r for r in CODES.results.values() if r.ways], ids=lambda each: each.code)
def test_a_result_that_makes_no_sense_of_an_action_is_refused(action: Action, result: Result) -> None:
    point = Point(1, action.kinds[0], "+1 312 555 0142", 1) if action.kinds else None
    refused = ""
    try:
        log(rosa(points=(point,) if point else ()), result.code, point, action.code)
    except Invalid as error:
        refused = error.code
    assert bool(refused) == (action.way not in result.ways)
    assert refused in ({"contact.way", ""} if point else {"contact.way", "contact.point_missing"})


def test_a_word_from_the_customer_is_never_unanswered() -> None:
    with pytest.raises(Invalid) as caught:
        log(rosa(), "NA", M1, "IN")
    told = "NA (no answer) is a result of a call made or a visit, not of IN (inbound call)."
    assert (caught.value.code, caught.value.field, caught.value.message) == ("contact.way", "result", told)


@pytest.mark.parametrize("result", ["RP", "HV", "DN"])
def test_the_search_for_a_number_goes_on_while_there_is_none(result: str) -> None:
    tracing = NextAction("trace", TODAY + timedelta(days=1))
    facts = rosa(points=(replace(M1, quality="bad"),), next_action=tracing)
    then = the_next(log(facts, result, M1, "IN", reason="FORGOT"))
    assert then is not None
    assert (then.code, then.on) == ("trace", tracing.on)
    found = rosa(points=(replace(M1, quality="bad"), H3), next_action=tracing)
    then = the_next(log(found, result, M1, "IN", reason="FORGOT"))
    assert then is not None
    assert then.code == "call"
