"""What a role may, what its limits say, what it sees in part: at the desk itself, whatever is in front of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from argon2 import PasswordHasher

from collect_tui.desk.commands import COMMANDS, Act, LogContact
from collect_tui.desk.errors import Forbidden, Invalid, NotFound, Refused, RefusedByPolicy, Unavailable
from collect_tui.desk.operations import OPERATIONS
from collect_tui.desk.views.act import Receipt
from collect_tui.policy.authority import AuthorityRules, RoleRule, judge_limits, narrowed, settled
from collect_tui.policy.verdicts import Finding, Severity, Verdict
from collect_tui.services import users
from collect_tui.services.local import LocalDesk
from collect_tui.services.mask_text import TextMask
from collect_tui.services.masking import mask
from collect_tui.store import audit, audit_check
from collect_tui.store.engine import Store
from support.book import NOW, SERVICES, Book, Clock, account, catalogue, day
from support.messages import add_message

SITE = catalogue()
RULES = SITE.authority
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
SECRET = "correct horse battery"
ROSA = "4410-2231"
BOOK = Book(
    account(
        ROSA,
        "Alvarez, Rosa",
        items=[("INV-1", -40, 9_000_000), ("INV-2", -10, 100_000)],
        services=SERVICES,
        points=[
            {"kind": "mobile", "value": "+1 312 555 0142"},
            {"kind": "home", "value": "+1 312 555 0143", "quality": "bad"},
            {"kind": "email", "value": "rosa@example.com"},
        ],
    )
)
LOGINS = {"trainee": "tim", "collector": "mia", "senior": "sue", "lead": "lee", "compliance": "cleo", "admin": "ada"}
BOOK.data["users"] = [{"login": login, "name": login, "role": role} for role, login in LOGINS.items()]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with BOOK.store(tmp_path) as made:
        yield made


def desk_of(store: Store, role: str, site=SITE) -> LocalDesk:
    return LocalDesk(store, site, user=LOGINS[role], clock=Clock(), authority=site.authority.of(role))


def owner(store: Store, login: str = "mia") -> LocalDesk:
    return LocalDesk(store, SITE, user=login, clock=Clock())


def act(*commands: dict[str, object], **rest: object) -> Act:
    return Act.model_validate({"id": uuid4(), "account": ROSA, "commands": commands, **rest})


NOTE = {"kind": "note", "text": "x"}


def promise(amount: int) -> dict[str, object]:
    return {"kind": "promise", "amount": amount, "due": day(3)}


# ----------------------------------------------------------------------------------------------------------- permissions


@pytest.mark.parametrize("role", RULES.roles)
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda o: o.name)
def test_every_operation_asks_first(store: Store, operation, role: str) -> None:
    """Without arguments: who may gets as far as Python's complaint about them, or an answer; who may not does not."""
    desk = LocalDesk(store, SITE, user="kim", clock=Clock(), authority=RULES.of(role))
    if RULES.of(role).allows(operation.permission):
        try:
            getattr(desk, operation.name)()
        except Forbidden as error:
            raise AssertionError(error.field) from error
        except (TypeError, Refused, Unavailable):
            pass  # it got past the guard
    else:
        with pytest.raises(Forbidden) as error:
            getattr(desk, operation.name)()
        assert error.value.field == operation.permission


@pytest.mark.parametrize("kind", COMMANDS)
def test_every_command_is_asked_for_by_itself(store: Store, kind: str) -> None:
    """One command that is not permitted stops the whole act, in a preview too."""
    may = RULES.of("senior").may - {"act.*"} | {f"act.{k}" for k in COMMANDS if k != kind}
    desk = LocalDesk(
        store, SITE, user="mia", clock=Clock(), authority=replace(RULES.of("collector"), may=frozenset(may))
    )
    command = COMMANDS[kind].model_construct(**{"kind": kind, **({"text": "x"} if kind in ("note", "unpin") else {})})
    given = Act.model_construct(
        id=uuid4(), account=ROSA, commands=(command,), version=None, fence=None, line="", override=None
    )
    from collect_tui.services import acts

    with pytest.raises(Forbidden) as error:
        acts._permitted(desk, given)
    assert error.value.field == f"act.{kind}"


def test_a_collector_may_do_all_but_what_is_for_their_seniors() -> None:
    collector, trainee = RULES.of("collector"), RULES.of("trainee")
    assert {kind for kind in COMMANDS if not collector.allows(f"act.{kind}")} == {
        "decide-case", "release-message", "hand-over", "terminate", "reverse-order", "re-age",
    }  # fmt: skip
    assert all(RULES.of(role).allows("act.release-message") for role in ("senior", "lead"))
    assert not any(trainee.allows(f"act.{kind}") for kind in COMMANDS if "message" in kind)


def test_a_forbidden_command_takes_the_permitted_ones_with_it(store: Store) -> None:
    desk = desk_of(store, "trainee")
    before = owner(store).account(ROSA).version
    mixed = act(NOTE, {"kind": "payment", "amount": 100})
    with pytest.raises(Forbidden) as error:
        desk.do(mixed)
    assert error.value.field == "act.payment"
    assert desk.preview(mixed).error_code == "authority.permission"
    assert owner(store).account(ROSA).version == before


def test_the_owner_of_the_file_may_do_everything(store: Store) -> None:
    desk = owner(store)
    assert desk.session().may == ("*",)
    assert desk.do(act(promise(9_000_000))).sentence
    assert desk.account(ROSA).points[0].value == "+1 312 555 0142"


def test_the_session_lists_what_the_user_may(store: Store) -> None:
    session = desk_of(store, "trainee").session()
    assert session.role == "trainee"
    assert set(session.may) == RULES.roles["trainee"].may


def test_an_act_of_a_colleague_is_undone_by_those_who_may(store: Store) -> None:
    done = desk_of(store, "collector").do(act({"kind": "next", "on": day(2)}))
    undo = act({"kind": "undo", "act": str(done.id)})
    with pytest.raises(Refused) as error:
        desk_of(store, "senior").do(undo)
    assert error.value.code == "undo.not_yours"
    assert desk_of(store, "lead").do(undo.model_copy(update={"id": uuid4()})).sentence


# ---------------------------------------------------------------------------------------------------------------- limits


@pytest.mark.parametrize(
    ("command", "limit", "role"),
    [
        (promise(1_000_001), "promise_total", "senior"),
        (promise(5_000_001), "promise_total", "lead"),
        ({"kind": "payment", "amount": 1_000_001}, "payment_amount", "senior"),
        ({"kind": "hold", "hold": "CEASE", "until": day(91)}, "hold_days", "senior"),
        ({"kind": "hold", "hold": "CEASE", "until": day(181)}, "hold_days", "lead"),
    ],
)
def test_beyond_a_limit_a_preview_names_who_may(store: Store, command: dict, limit: str, role: str) -> None:
    preview = desk_of(store, "collector").preview(act(command))
    finding = next(f for f in preview.verdict.findings if f.rule == f"authority.{limit}")
    assert (preview.verdict.allowed, finding.override_role) == (False, role)


@pytest.mark.parametrize(
    "command",
    [
        promise(1_000_000),
        {"kind": "payment", "amount": 1_000_000},
        {"kind": "hold", "hold": "CEASE", "until": day(90)},
        {"kind": "hold", "hold": "CEASE"},  # what the law asks for has no end and no limit
    ],
)
def test_at_a_limit_nothing_is_said(store: Store, command: dict) -> None:
    findings = desk_of(store, "collector").preview(act(command)).verdict.findings
    assert not [f for f in findings if f.rule.startswith("authority.")]


def test_a_long_plan_is_measured_to_its_last_instalment(store: Store) -> None:
    def months(count: int) -> list[str]:
        plan = {"kind": "plan", "total": 900_000, "count": count, "frequency": "monthly", "first": day(5)}
        return [f.rule for f in desk_of(store, "collector").preview(act(plan)).verdict.findings]

    assert "authority.plan_months" not in months(12)  # 28 November to 28 October
    assert "authority.plan_months" in months(13)


def overridden(store: Store, amount: int, by: str, proof: str | None, role: str = "collector") -> Receipt:
    given = act(promise(amount), override={"by": by, "reason": "agreed on the phone"})
    return desk_of(store, role).do(given, proof=proof)


def test_a_limit_is_overridden_by_somebody_who_is_there(store: Store) -> None:
    for login in ("sue", "lee", "tim"):
        users.set_password(store, 1, login, SECRET, RULES, NOW, hasher=CHEAP)
    with pytest.raises(RefusedByPolicy) as refusal:
        desk_of(store, "collector").do(act(promise(1_000_001)))
    assert refusal.value.code == "authority.promise_total"
    for proof in (None, "wrong"):
        with pytest.raises(Forbidden) as error:
            overridden(store, 1_000_001, "sue", proof)
        assert error.value.code == "override.proof"
    with pytest.raises(RefusedByPolicy) as refusal:
        overridden(store, 1_000_001, "tim", SECRET)
    assert refusal.value.code == "override.authority"
    with pytest.raises(RefusedByPolicy):
        overridden(store, 5_000_001, "sue", SECRET)
    receipt = overridden(store, 1_000_001, "sue", SECRET)
    with store.read() as db:
        entry = audit.entries(db, 1, _account_id(store), limit=1)[0]
    assert "overridden by sue" in entry.verdict
    assert receipt.account == ROSA


def _account_id(store: Store) -> int:
    from collect_tui.store import facts

    with store.read() as db:
        return facts.account_id(db, 1, ROSA)


def test_a_retry_is_answered_without_the_proof(store: Store) -> None:
    users.set_password(store, 1, "sue", SECRET, RULES, NOW, hasher=CHEAP)
    given = act(promise(1_000_001), override={"by": "sue", "reason": "agreed"})
    first = desk_of(store, "collector").do(given, proof=SECRET)
    again = desk_of(store, "collector").do(given)
    assert (again.repeated, again.id) == (True, first.id)


def test_ones_own_override_needs_no_proof_and_a_rank(store: Store) -> None:
    with pytest.raises(RefusedByPolicy):
        overridden(store, 1_000_001, "mia", None)
    assert overridden(store, 5_000_001, "lee", None, role="lead").account == ROSA


def test_a_locked_colleague_overrides_nothing(store: Store) -> None:
    users.set_password(store, 1, "sue", SECRET, RULES, NOW, hasher=CHEAP)
    users.change(store, 1, "sue", RULES, NOW, active=False)
    with pytest.raises(RefusedByPolicy) as refusal:
        overridden(store, 1_000_001, "sue", SECRET)
    assert refusal.value.code == "override.authority"
    given = act(promise(1), override={"by": "sue", "reason": "x"})
    with pytest.raises(RefusedByPolicy):  # on a file of one's own too
        owner(store).do(given)


def test_a_limit_that_nobody_exceeds_is_a_wall() -> None:
    one = RoleRule("only", "Only", 3, frozenset({"act.*"}), {"promise_total": 10})
    rules = AuthorityRules({"only": one}, RULES.sign_in)
    verdict = judge_limits([("promise_total", 11, "0.11")], "promise", one.authority(), rules)
    assert (verdict.severity, verdict.overridable_by) == (Severity.BLOCK, None)


def test_several_refusals_are_overridden_by_the_widest_role_only() -> None:
    """By rank: `senior` stands behind `lead` in the alphabet."""
    two = Verdict.of(
        [
            Finding("a", Severity.HOLD, "a", override_role="senior"),
            Finding("b", Severity.HOLD, "b", override_role="lead"),
        ]
    )
    assert settled(two, RULES).overridable_by == "lead"
    none = Verdict.of([*two.findings, Finding("c", Severity.BLOCK, "c")])
    assert settled(none, RULES).overridable_by is None


def test_ranks_and_patterns() -> None:
    assert RULES.outranks("lead", "senior")
    assert not RULES.outranks("collector", "senior")
    for role in ("compliance", "admin", "integration", "boss", "", None):
        assert not RULES.outranks(role, "trainee")
    assert not RULES.outranks("lead", "boss")
    assert RULES.of("boss").may == frozenset()
    assert narrowed(frozenset({"act.*", "desk.read"}), frozenset({"act.note", "day.run"})) == {"act.note"}
    assert narrowed(frozenset({"act.note"}), frozenset({"act.*"})) == {"act.note"}
    assert narrowed(frozenset({"act.note"}), frozenset({"*"})) == {"act.note"}
    assert narrowed(frozenset({"*"}), frozenset({"act.note"})) == {"act.note"}


# --------------------------------------------------------------------------------------------------------------- masking


def test_a_trainee_sees_identifiers_in_part(store: Store) -> None:
    desk = desk_of(store, "trainee")
    view = desk.account(ROSA)
    assert [p.value for p in view.points] == ["+• ••• ••• 0142", "+• ••• ••• 0143", "r•••••@example.com"]
    whole = (
        view.model_dump_json()
        + desk.pane(ROSA, "points").model_dump_json()
        + desk.pane(ROSA, "services").model_dump_json()
    )
    for secret in ("555 0142", "3125550142", "rosa@", "INT-1001", "TV-1001"):
        assert secret not in whole
    for text in ("3125550142", "+1 312 555 0143", "0143", "rosa@example.com"):
        (hit,) = desk.find(text)
        assert "•" in hit.matched
        assert "555" not in hit.matched
        assert "rosa" not in hit.matched
    assert desk.find("0143")[0].matched.endswith(" (bad)")
    assert desk.find("Alvarez")[0].matched.startswith("name ")


@pytest.mark.parametrize("text", ["50142", "5550142", "25550142", "rosa@exam", "ros"])
def test_a_masked_identifier_is_not_found_by_guessing_on(store: Store, text: str) -> None:
    """Five digits, then six: whoever may try them learns the number without a mark in the audit."""
    assert [hit for hit in desk_of(store, "trainee").find(text) if "•" in hit.matched] == []


@pytest.mark.parametrize(("text", "found"), [("0142", True), ("3125550142", True), ("50142", False)])
def test_a_point_is_not_named_by_guessing_on(store: Store, text: str, found: bool) -> None:
    desk = desk_of(store, "trainee")
    act = Act(id=uuid4(), account=ROSA, commands=(LogContact(result="NA", point=text),))
    assert (desk.preview(act).error is None) is found


def test_a_collector_sees_the_number_to_dial(store: Store) -> None:
    view = desk_of(store, "collector").account(ROSA)
    assert [p.value for p in view.points] == ["+1 312 555 0142", "+1 312 555 0143", "r•••••@example.com"]
    assert all("•" in s.identifier for s in view.services)


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        (
            "trainee",
            {"email": "r•••••@example.net", "sms": "+• ••• ••• 0155", "letter": "••••••••", "chat": "••••••••"},
        ),
        (
            "collector",
            {"email": "r•••••@example.net", "sms": "+1 312 555 0155", "letter": "9 Oak St", "chat": "••••••••"},
        ),
        ("lead", {"email": "rosa.a@example.net", "sms": "+1 312 555 0155", "letter": "9 Oak St", "chat": "thread-77"}),
    ],
)
def test_where_a_message_goes_is_seen_as_the_role_sees_such_a_point(
    store: Store, role: str, shown: dict[str, str]
) -> None:
    whole = {"email": "rosa.a@example.net", "sms": "+1 312 555 0155", "letter": "9 Oak St", "chat": "thread-77"}
    text = "Write to rosa.a@example.net or call +1 312 555 0142."
    made = {name: add_message(store, ROSA, channel=name, address=to, text=text) for name, to in whole.items()}
    desk = desk_of(store, role)
    assert {m.channel: m.address for m in desk.pane(ROSA, "messages").messages if m.id in made.values()} == shown
    for name, message_id in made.items():
        told = desk.message(ROSA, message_id)
        assert told.address == shown[name]
        assert ("rosa.a@example.net" in told.text) == (role == "lead")
        assert ("555 0142" in told.text) == (role != "trainee")


def test_a_role_that_sees_no_account_sees_no_message(store: Store) -> None:
    made = add_message(store, ROSA, text="Dear Rosa")
    with pytest.raises(Forbidden) as error:
        desk_of(store, "admin").message(ROSA, made)
    assert error.value.field == "account.read"


def test_an_error_says_no_more_of_an_identifier_than_the_view(store: Store) -> None:
    desk = desk_of(store, "collector")
    order = act({"kind": "suspend", "service": "nothing", "effective": day(3), "reason": "NONPAY", "confirm": "2231"})
    told = desk.preview(order).error or ""
    with pytest.raises(Invalid) as error:
        desk.do(order)
    assert told == error.value.message
    assert "INT (•••-••01)" in told
    assert "INT-1001" not in told
    assert "INT-1001" in (desk_of(store, "lead").preview(order).error or "")


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("phone", "+1 (312) 555-0142", "+• (•••) •••-0142"),
        ("phone", "112", "••2"),
        ("phone", "", ""),
        ("email", "a@b.example", "a•••••@b.example"),
        ("email", "@b", "•••••@b"),
        ("email", "no mailbox", "•• ••••box"),
        ("address", "12 Elm St", "•" * 8),
        ("service", "INT-1001", "•••-••01"),
    ],
)
def test_so_much_of_an_identifier_is_shown(kind: str, value: str, shown: str) -> None:
    assert mask(kind, value) == shown


def test_an_identifier_is_revealed_for_a_reason_and_on_record(store: Store) -> None:
    desk = desk_of(store, "collector")
    assert desk.reveal(ROSA, "E1", "sends the receipt").value == "rosa@example.com"
    assert desk.reveal(ROSA, "int", "asked by billing").value == "INT-1001"
    newest, before = owner(store).pane(ROSA, "audit").audit[:2]
    assert (newest.by, newest.command) == ("mia", "reveal INT: asked by billing")
    assert before.command == "reveal e1: sends the receipt"
    assert "rosa@" not in before.model_dump_json()
    with store.read() as db:
        assert audit_check.verify(db, 1) == ()


def test_no_reason_no_identifier(store: Store) -> None:
    entries = len(owner(store).pane(ROSA, "audit").audit)
    desk = desk_of(store, "collector")
    for reason in ("", "  ", "\x1b", "x" * 501):
        with pytest.raises(Invalid):
            desk.reveal(ROSA, "m1", reason)
    with pytest.raises(NotFound):
        desk.reveal(ROSA, "m9", "why not")
    with pytest.raises(Forbidden):
        desk_of(store, "trainee").reveal(ROSA, "m1", "curious")
    assert len(owner(store).pane(ROSA, "audit").audit) == entries


def test_what_cannot_be_recorded_is_not_shown(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> int:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(audit, "append", broken)
    with pytest.raises(RuntimeError):
        desk_of(store, "collector").reveal(ROSA, "m1", "must call")


def test_looking_only_where_a_value_begins_masks_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of a queue has hundreds of texts and identifiers; not each is tried on each."""
    hidden = [("email", f"q{n}.meadow@example.com") for n in range(40)] + [
        ("service", f"INT-48{n:04}") for n in range(40)
    ]
    hidden += [("social", "@rosa_pm77"), ("address", "77 Elm Avenue, Chicago"), ("phone", "+1 312 867 5309")]
    mask = TextMask(frozenset(kind for kind, _ in hidden), hidden)
    texts = [f"int 48 {n:04} of Q{n}.Meadow@EXAMPLE.com, q{n}.meadow or rosa_PM77" for n in range(0, 60, 7)]
    texts += ["lives 77-Elm  avenue/Chicago", "hint: INT48", "", "312 867 5309", "İNT-480001 ſ"]
    quick = [mask.text(text) for text in texts]
    monkeypatch.setattr(
        TextMask, "_may_hold", lambda self, _: [(k, p) for each in self._named.values() for k, _, p in each]
    )
    assert [mask.text(text) for text in texts] == quick
    assert "meadow" not in "".join(quick[:3]).casefold()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("he lives at 77 elm avenue now", True),
        ("moved from 77-Elm-Avenue, Chicago, IL 60601", True),
        ("IL 60601 is his", True),
        ("elm avenue office, Chicago", False),
        ("pays 77 on Friday", False),
    ],
)
def test_the_house_or_the_postcode_of_an_address_is_enough_to_be_masked(text: str, told: bool) -> None:
    mask = TextMask(frozenset({"address"}), [("address", "77 Elm Avenue, Chicago, IL 60601")])
    assert (mask.text(text) != text) == told
