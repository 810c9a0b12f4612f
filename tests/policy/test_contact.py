"""May this customer be called: the worked examples of Regulation F (hours, seven in seven, the pause) and the house's own.

The examples of the cap and the pause restate those of the official commentary (comments 14(b)(2)(i)-1 and following).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect_tui.domain.codes import Action
from collect_tui.domain.contact.points import candidate_zones
from collect_tui.domain.facts import AccountFacts, Attempt, Hold, Point
from collect_tui.domain.rules import ContactRules, HoldKind
from collect_tui.policy.attempts import attempts, most_attempts
from collect_tui.policy.contact import label, may_call
from collect_tui.policy.verdicts import Finding, Severity, Verdict
from collect_tui.policy.writing import may_write
from support.trade import account

NY, LA, CHI = "America/New_York", "America/Los_Angeles", "America/Chicago"
RULES = ContactRules(time(8), time(21), 15, 7, 7, 0, "lead", {"window": "12 CFR 1006.6(b)(1)", "hold": "House rule"})
PAUSE = replace(RULES, cooldown_days=7)
NOON = datetime(2025, 11, 24, 18, 0, tzinfo=UTC)  # Monday 12:00 in Chicago

CEASE = HoldKind("CEASE", "Cease communication", ("call", "letter"), None, True, "12 CFR 1006.6(c)")
CLAIM = HoldKind("CLAIM", "Says already paid", ("call",), 5, True, override_role="lead")
MEDICAL = HoldKind("MEDICAL", "Medical", ("suspend",), 30, False)
KINDS = {k.code: k for k in (CEASE, CLAIM, MEDICAL)}


def phone(*zones: str, **more: Any) -> Point:
    return Point(**{"id": 1, "kind": "mobile", "value": "+1 212 555 0142", "order": 1, "zones": zones, **more})


def someone(*zones: str, **more: Any) -> AccountFacts:
    return account(**{"points": (phone(*zones),), **more})


def judge(
    facts: AccountFacts, now: datetime = NOON, rules: ContactRules = RULES, point: Point | None = None
) -> dict[str, Finding]:
    verdict = may_call(facts, now, rules, KINDS, point)
    found = {f.check: f for f in verdict.findings}
    assert set(found) == {"hold", "number", "window", "cap", "cooldown"}, "every check speaks, met or not"
    assert [f.severity for f in verdict.findings] == sorted((f.severity for f in verdict.findings), reverse=True)
    return found


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# ------------------------------------------------------------------------------------------------- hours (policy A1)


def test_a_new_york_mobile_with_a_pacific_address_has_the_hours_of_both() -> None:
    mobile, home = phone(NY), Point(2, "address", "1 Elm St", 2, zones=(LA,))
    facts = account(points=(mobile, home))
    for point in (None, mobile):
        early = judge(facts, at("2026-03-09T14:30"), point=point)["window"]  # 10:30 EDT, 07:30 PDT
        assert (early.severity, early.next_ok) == (Severity.SCHEDULE, at("2026-03-09T15:00"))
        assert "from 08:00 Los Angeles UTC-07:00" in early.sentence
        assert judge(facts, at("2026-03-09T15:00"), point=point)["window"].severity is Severity.ALLOW
        assert judge(facts, at("2026-03-10T00:59"), point=point)["window"].severity is Severity.WARN  # 20:59 EDT
        assert judge(facts, at("2026-03-10T01:00"), point=point)["window"].severity is Severity.SCHEDULE


@pytest.mark.parametrize(
    ("when", "severity"),
    [("2026-03-07T15:30", Severity.SCHEDULE), ("2026-03-08T15:30", Severity.ALLOW)],  # the clocks go forward between
)
def test_the_same_hour_in_manila_is_another_in_los_angeles_after_the_clock_change(
    when: str, severity: Severity
) -> None:
    assert judge(someone(LA), at(when))["window"].severity is severity


@pytest.mark.parametrize(
    ("local", "severity"),
    [
        ("07:59", Severity.SCHEDULE),
        ("08:00", Severity.ALLOW),
        ("20:44", Severity.ALLOW),
        ("20:45", Severity.WARN),
        ("20:59", Severity.WARN),
        ("21:00", Severity.SCHEDULE),
    ],
)
def test_the_edges_of_the_window(local: str, severity: Severity) -> None:
    now = at(f"2025-11-24T{local}") + timedelta(hours=6)
    finding = judge(someone(CHI), now)["window"]
    assert (finding.severity, finding.cite) == (severity, "12 CFR 1006.6(b)(1)")
    assert finding.override_role is None, "hours come round by themselves"


@pytest.mark.parametrize("zones", [(), ("Mars/Olympus",), (CHI, "Mars/Olympus")])
def test_an_unknown_zone_wants_a_second_person(zones: tuple[str, ...]) -> None:
    finding = judge(someone(*zones))["window"]
    assert (finding.severity, finding.override_role) == (Severity.HOLD, "lead")


def test_zones_that_share_no_hour_want_a_second_person() -> None:
    finding = judge(someone("Europe/London", "Asia/Shanghai", LA))["window"]
    assert finding.severity is Severity.HOLD
    assert "share no hour" in finding.sentence


def test_a_number_that_is_somebody_elses_says_nothing_about_the_customer() -> None:
    facts = account(points=(phone(NY, quality="wrong"), phone(CHI, id=2, order=2)))
    assert candidate_zones(facts) == (CHI,)
    assert candidate_zones(facts, facts.points[0]) == (NY,)


# --------------------------------------------------------------------------------------------- attempts (policy A2)


def calls(*days_: str, counted: bool = True, conversation: bool = False, hour: int = 18) -> tuple[Attempt, ...]:
    return tuple(Attempt(at(f"{d}T{hour:02}:00"), "TM", "NA", counted, conversation, 1) for d in days_)


def test_the_eighth_call_is_allowed_when_the_first_has_left_the_window() -> None:
    made = calls(*(f"2020-04-0{n}" for n in range(1, 8)))
    facts = someone(CHI, attempts=made)
    now = at("2020-04-08T18:00")
    assert attempts(facts, now, RULES, CHI) == 6
    assert judge(facts, now)["cap"].severity is Severity.WARN
    assert judge(facts, at("2020-04-07T20:00"))["cap"].severity is Severity.HOLD


def test_the_eighth_call_within_seven_days_wants_a_second_person() -> None:
    spread = ("2020-04-01", "2020-04-02", "2020-04-02", "2020-04-03", "2020-04-03", "2020-04-06", "2020-04-06")
    facts = someone(CHI, attempts=calls(*spread))
    finding = judge(facts, at("2020-04-07T18:00"))["cap"]
    assert (finding.severity, finding.override_role) == (Severity.HOLD, "lead")
    assert finding.next_ok == at("2020-04-08T13:00"), "08:00 in Chicago, when the first of April has left the window"
    assert may_call(facts, at("2020-04-07T18:00"), RULES, KINDS).overridable_by == "lead"


@pytest.mark.parametrize(
    ("n", "severity"),
    [
        (0, Severity.ALLOW),
        (4, Severity.ALLOW),
        (5, Severity.WARN),
        (6, Severity.WARN),
        (7, Severity.HOLD),
        (9, Severity.HOLD),
    ],
)
def test_the_cap_warns_before_it_holds(n: int, severity: Severity) -> None:
    facts = someone(CHI, attempts=calls(*["2025-11-24"] * n, hour=15))
    finding = judge(facts)["cap"]
    assert finding.severity is severity
    assert f"{n} of 7 calls in 7 days" in finding.sentence


def test_what_did_not_reach_a_line_does_not_count_and_all_numbers_add_up() -> None:
    mixed = (
        *calls("2025-11-24", "2025-11-23"),
        *calls("2025-11-24", counted=False),
        Attempt(NOON, "TR", "LM", True, False, 3),
    )
    assert attempts(someone(CHI, attempts=mixed), NOON, RULES, CHI) == 3


def test_days_are_the_customers_and_the_strictest_zone_counts() -> None:
    late = at("2025-11-18T04:30")  # still Monday the 17th in Chicago, Tuesday the 18th in UTC
    facts = someone(CHI, "Pacific/Auckland", attempts=(Attempt(late, "TM", "NA", True, False, 1),))
    assert attempts(facts, NOON, RULES, CHI) == 0
    assert attempts(facts, NOON, RULES, None) == 1
    assert attempts(facts, NOON, RULES, "Pacific/Auckland") == 0
    assert most_attempts(facts, NOON, RULES, (CHI, "Europe/Berlin")) == 1
    assert most_attempts(facts, NOON, RULES, ()) == 1


@given(st.lists(st.integers(0, 20 * 24), max_size=30), st.integers(1, 8), st.integers(1, 14))
def test_the_next_call_is_allowed_when_the_verdict_says_so(hours: list[int], cap: int, window: int) -> None:
    rules = replace(RULES, max_attempts=cap, window_days=window)
    facts = someone(
        CHI,
        attempts=tuple(
            Attempt(NOON - timedelta(hours=h), "TM", "NA", True, False, 1) for h in sorted(hours, reverse=True)
        ),
    )
    finding = judge(facts, NOON, rules)["cap"]
    assert (finding.severity is Severity.HOLD) == (attempts(facts, NOON, rules, CHI) >= cap)
    if finding.severity is Severity.HOLD:
        assert finding.next_ok is not None
        assert judge(facts, finding.next_ok, rules)["cap"].severity < Severity.HOLD
        before = finding.next_ok - timedelta(days=1)
        assert before < NOON or judge(facts, before, rules)["cap"].severity is Severity.HOLD


# ------------------------------------------------------------------------------------------------ pause (policy A3)


@pytest.mark.parametrize(
    ("talk", "action", "blocked", "free"),
    [("2020-08-14", "TM", "2020-08-20", "2020-08-21"), ("2020-08-13", "IN", "2020-08-19", "2020-08-20")],
)
def test_the_day_of_the_conversation_is_the_first_of_seven(talk: str, action: str, blocked: str, free: str) -> None:
    facts = someone(CHI, attempts=(Attempt(at(f"{talk}T18:00"), action, "RP", action == "TM", True, 1),))
    finding = judge(facts, at(f"{blocked}T18:00"), PAUSE)["cooldown"]
    assert finding.severity is Severity.SCHEDULE
    assert finding.next_ok == at(f"{free}T13:00")
    assert finding.override_role == "lead", "the customer's consent to a call is the everyday way out"
    assert judge(facts, at(f"{free}T18:00"), PAUSE)["cooldown"].severity is Severity.ALLOW


def test_no_pause_without_a_conversation_or_without_the_rule() -> None:
    talked = someone(CHI, attempts=calls("2025-11-24", conversation=True, hour=15))
    assert judge(talked)["cooldown"].severity is Severity.ALLOW
    assert judge(talked, rules=PAUSE)["cooldown"].severity is Severity.SCHEDULE
    assert judge(someone(CHI, attempts=calls("2025-11-24")), rules=PAUSE)["cooldown"].severity is Severity.ALLOW


# ------------------------------------------------------------------------------------------------- holds and numbers


def held(kind: str, **more: Any) -> AccountFacts:
    return someone(CHI, holds=(Hold(7, kind, date(2025, 11, 20), **{"until": None, **more}),))


def test_a_hold_says_what_it_is_and_until_when() -> None:
    cease = judge(held("CEASE"))["hold"]
    assert (cease.severity, cease.override_role, cease.cite) == (Severity.BLOCK, None, "12 CFR 1006.6(c)")
    assert cease.sentence == "No calls until it is released: Cease communication."
    claim = judge(held("CLAIM", until=date(2025, 11, 28)))["hold"]
    assert (claim.severity, claim.override_role, claim.cite) == (Severity.HOLD, "lead", "House rule")
    assert "until Fri 28 Nov" in claim.sentence


@pytest.mark.parametrize(
    ("facts", "severity"),
    [
        (held("MEDICAL"), Severity.ALLOW),
        (held("CLAIM", until=date(2025, 11, 23)), Severity.ALLOW),
        (held("CEASE", scope="service", target_id=1), Severity.ALLOW),
        (held("NO-LONGER-KNOWN"), Severity.BLOCK),
    ],
)
def test_holds_that_do_not_bind_calls_and_one_nobody_knows(facts: AccountFacts, severity: Severity) -> None:
    assert judge(facts)["hold"].severity is severity


def test_a_hold_on_one_number_binds_that_number() -> None:
    first, second = phone(CHI), phone(CHI, id=2, order=2)
    facts = account(
        points=(first, second), holds=(Hold(7, "CEASE", date(2025, 11, 20), None, scope="point", target_id=1),)
    )
    assert judge(facts, point=first)["hold"].severity is Severity.BLOCK
    assert judge(facts, point=second)["hold"].severity is Severity.ALLOW


def test_two_holds_are_two_findings() -> None:
    facts = someone(CHI, holds=tuple(Hold(n, kind, date(2025, 11, 20), None) for n, kind in enumerate(KINDS)))
    rules = [f.rule for f in may_call(facts, NOON, RULES, KINDS).findings if f.check == "hold"]
    assert rules == ["contact.hold.CEASE", "contact.hold.CLAIM"]


@pytest.mark.parametrize(
    ("point", "says"),
    [
        (phone(CHI, quality="bad"), "is marked bad"),
        (phone(CHI, quality="wrong"), "is marked wrong"),
        (phone(CHI, consent="out"), "opted out"),
        (phone(CHI, kind="email", value="a@example.com"), "no telephone"),
    ],
)
def test_a_number_that_may_not_be_called(point: Point, says: str) -> None:
    facts = account(points=(point,))
    finding = judge(facts, point=point)["number"]
    assert finding.severity is Severity.BLOCK
    assert says in finding.sentence
    assert "212 555" not in finding.sentence
    assert judge(facts)["number"].severity is Severity.BLOCK, "no other number is left"
    assert judge(account(points=(point, phone(CHI, id=2))))["number"].severity is Severity.ALLOW


# ------------------------------------------------------------------------------------------------------------- label


def test_the_label() -> None:
    fine = someone(CHI, attempts=calls(*["2025-11-24"] * 5, hour=15))
    assert label(may_call(fine, NOON, RULES, KINDS), 5, 7) == "yes 5/7"
    early = at("2026-03-09T14:30")
    west = someone(NY, LA)
    verdict = may_call(west, early, RULES, KINDS)
    assert label(verdict, 0, 7, candidate_zones(west)) == "no until 08:00 Los Angeles UTC-07:00"
    assert label(verdict, 0, 7) == "no until 15:00 UTC"
    night = at("2025-11-25T04:00")
    assert (
        label(may_call(fine, night, RULES, KINDS), 5, 7, (CHI,), night) == "no until tomorrow 08:00 Chicago UTC-06:00"
    )
    full = someone(CHI, attempts=calls(*["2025-11-24"] * 7, hour=15))
    assert label(may_call(full, NOON, RULES, KINDS), 7, 7, (CHI,)) == "no 7/7"
    assert label(may_call(held("CEASE"), NOON, RULES, KINDS), 0, 7) == "no: cease"
    assert label(may_call(someone(), NOON, RULES, KINDS), 0, 7) == "no: window"
    assert label(Verdict(), 0, 7) == "yes 0/7"


# ------------------------------------------------------------------------------------------------- letters, messages

EMAIL = Action("EM", "E-mail", outbound=True, call=False, kinds=("email",), written=True)
DISPUTE = HoldKind("DISPUTE", "Dispute", ("letter", "suspend"), None, True)
LETTER_KINDS = {k.code: k for k in (CEASE, MEDICAL, DISPUTE, replace(CLAIM, blocks=("call", "letter")))}


def mail(n: int = 1, **more: Any) -> Point:
    return Point(**{"id": n, "kind": "email", "value": f"rosa{n}@example.com", "order": n, **more})


@pytest.mark.parametrize(
    ("held", "severity", "role", "says"),
    [
        (None, Severity.ALLOW, None, "No hold forbids letters or messages."),
        ("CEASE", Severity.BLOCK, None, "No letters or messages until it is released: Cease communication."),
        ("DISPUTE", Severity.BLOCK, None, "Dispute"),
        ("CLAIM", Severity.HOLD, "lead", "Says already paid"),
        ("MEDICAL", Severity.ALLOW, None, "No hold"),
        ("GONE", Severity.BLOCK, None, "GONE"),  # a kind that the site's file no longer knows
    ],
)
def test_a_hold_that_forbids_letters_forbids_messages_too(
    held: str | None, severity: Severity, role: str | None, says: str
) -> None:
    holds = () if held is None else (Hold(3, held, date(2025, 11, 1), None),)
    verdict = may_write(account(points=(mail(),), holds=holds), RULES, LETTER_KINDS, EMAIL, mail())
    finding = next(f for f in verdict.findings if f.check == "hold")
    assert (finding.severity, finding.override_role) == (severity, role)
    assert says in finding.sentence
    assert verdict.allowed == (severity is Severity.ALLOW)


def test_a_hold_on_one_address_forbids_that_one() -> None:
    held = (Hold(3, "CEASE", date(2025, 11, 1), None, scope="point", target_id=1),)
    facts = account(points=(mail(1), mail(2)), holds=held)
    assert not may_write(facts, RULES, LETTER_KINDS, EMAIL, mail(1)).allowed
    assert may_write(facts, RULES, LETTER_KINDS, EMAIL, mail(2)).allowed


@pytest.mark.parametrize(
    ("points", "named", "says"),
    [
        ((mail(),), 0, None),
        ((mail(consent="in"),), 0, None),
        ((mail(consent="out"),), 0, "E-mail e1 was opted out by the customer."),
        ((mail(quality="bad"),), 0, "E-mail e1 is marked bad."),
        ((mail(quality="wrong"),), 0, "E-mail e1 is marked wrong."),
        ((mail(consent="out"),), None, "E-mail: nothing is left that may be written to."),
        ((mail(consent="out"), mail(2)), None, None),
        ((), None, None),  # there is none on file, so none was opted out
        ((phone(CHI, consent="out"),), None, None),  # a telephone says nothing of e-mail
    ],
)
def test_what_was_opted_out_or_is_bad_is_not_written_to(
    points: tuple[Point, ...], named: int | None, says: str | None
) -> None:
    point = None if named is None else points[named]
    verdict = may_write(account(points=points), RULES, LETTER_KINDS, EMAIL, point)
    assert [f.sentence for f in verdict.findings if f.severity > Severity.WARN] == ([says] if says else [])
    assert verdict.overridable_by is None


# ------------------------------------------------------------------------------------------------ when it may be again

AROUND = [NY, LA, CHI, "America/St_Johns", "Pacific/Honolulu", "Asia/Kathmandu", "Australia/Lord_Howe", "Asia/Manila"]


@given(
    zones=st.lists(st.sampled_from(AROUND), min_size=1, max_size=3, unique=True),
    now=st.datetimes(datetime(2025, 1, 10), datetime(2025, 12, 20), timezones=st.just(UTC)),
    hours_ago=st.lists(st.tuples(st.integers(0, 9 * 24), st.booleans()), max_size=12),
    rules=st.sampled_from([RULES, PAUSE, replace(PAUSE, max_attempts=2)]),
)
def test_the_time_that_is_named_for_the_next_call_is_one_at_which_it_may_be_made(
    zones: list[str], now: datetime, hours_ago: list[tuple[int, bool]], rules: ContactRules
) -> None:
    made = sorted((now - timedelta(hours=h), talked) for h, talked in hours_ago)
    attempts_ = tuple(Attempt(at_, "TM", "RP" if talked else "NA", True, talked, 1) for at_, talked in made)
    facts = someone(*zones, attempts=attempts_)
    verdict = may_call(facts, now, rules, KINDS)
    refusals = [f for f in verdict.findings if f.severity > Severity.WARN]
    if not refusals:
        return
    if any(
        f.next_ok is None for f in refusals
    ):  # the zones share no hour now; another rule may wait past a change of clocks
        assert [f.check for f in refusals if f.next_ok is None][:1] == ["window"]
        return
    assert verdict.next_ok is not None
    assert verdict.next_ok > now
    assert may_call(facts, verdict.next_ok, rules, KINDS).allowed


# ------------------------------------------------------------------------------------------------- one talk is one call


@given(
    st.lists(st.tuples(st.integers(0, 90), st.booleans(), st.integers(1, 2)), max_size=8),
    st.integers(0, 60),
)
def test_a_talk_that_is_logged_twice_counts_once(said: list[tuple[int, bool, int]], minutes: int) -> None:
    """Against the count by hand: a talk goes on while the next word of it comes soon enough, by number."""
    rules = replace(RULES, conversation_minutes=minutes)
    calls = sorted((NOON - timedelta(minutes=90 - at), number, talk) for at, talk, number in said)
    made = tuple(
        Attempt(at, "TM", "PP" if talk else "NA", True, talk, number, id=n + 1)
        for n, (at, number, talk) in enumerate(calls)
    )
    expected, last = 0, dict[int, datetime]()
    for at, number, talk in calls:
        goes_on = talk and number in last and at - last[number] < timedelta(minutes=minutes)
        expected += not goes_on
        if talk:
            last[number] = at
    assert attempts(someone(CHI, attempts=made), NOON, rules, CHI) == expected


# ------------------------------------------------------------------------------------- one call about several accounts


def logged(second: float, account: int = 0, number: int | None = 1, result: str = "LM", *, ident: int = 0) -> Attempt:
    return Attempt(NOON + timedelta(seconds=second), "TM", result, True, False, number, ident, account)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ([logged(0), logged(2, 7)], 1),
        ([logged(0), logged(2, 7), logged(4, 8)], 1),
        ([logged(0), logged(2)], 2),
        ([logged(0), logged(2), logged(4, 7)], 2),
        ([logged(0), logged(2, 7), logged(4), logged(6, 7)], 2),
        ([logged(0), logged(2, 7, number=2)], 2),
        ([logged(0, number=None), logged(2, 7, number=None)], 2),
        ([logged(0), logged(2, 7, result="NA")], 2),
        ([logged(0), logged(40, 7)], 2),
        ([logged(0), logged(20, 7), logged(40)], 2),
    ],
    ids=["two", "three", "again", "again-then-told", "both-again", "number", "none", "result", "later", "chain"],
)
def test_one_call_that_was_logged_on_several_accounts_counts_once(made: list[Attempt], expected: int) -> None:
    facts = someone(CHI, attempts=tuple(a for a in made if not a.other_account))
    facts = replace(facts, elsewhere=tuple(a for a in made if a.other_account))
    assert attempts(facts, NOON, RULES, CHI) == expected
    assert attempts(facts, NOON, replace(RULES, conversation_minutes=0), CHI) == len(made)


@given(st.lists(st.tuples(st.integers(0, 29), st.integers(0, 3)), max_size=9))
def test_of_what_is_logged_at_once_the_account_with_most_says_how_often_was_called(said: list[tuple[int, int]]) -> None:
    made = [logged(second, account, ident=n + 1) for n, (second, account) in enumerate(sorted(said))]
    most = max((sum(a.other_account == each for a in made) for each in range(4)), default=0)
    assert attempts(someone(CHI, attempts=tuple(made)), NOON, RULES, CHI) == most
