"""Signing in, tokens, lock-out: on SQLite and on PostgreSQL."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlmodel import select

from collect_tui.desk.errors import DomainError, Forbidden, Invalid, NotFound, Refused, SignedOut
from collect_tui.services import passwords, signin, tokens, users
from collect_tui.store.engine import Store
from collect_tui.store.tables import AccessToken, AppUser
from support.book import NOW, Book, account, catalogue

RULES = catalogue().authority
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
SECRET = "correct horse battery"
BOOK = Book(account("4410-0001", "Alvarez, Rosa", items=[("INV-1", -10, 5000)]))
MINUTE = timedelta(minutes=1)


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with BOOK.store(tmp_path) if request.param == "sqlite" else BOOK.pg_store() as opened:
        users.set_password(opened, 1, "mia", SECRET, RULES, NOW, hasher=CHEAP)
        yield opened


def sign_in(store: Store, password: str = SECRET, login: str = "mia", now=NOW, tenant=None, place=""):
    return signin.sign_in(store, tenant, login, password, now, RULES, place=place, hasher=CHEAP)


def refused(store: Store, **how: object) -> None:
    with pytest.raises(SignedOut) as error:
        sign_in(store, **how)
    assert error.value.code == "signin.refused"


def why_out(store: Store, token: str | None, now) -> str:
    with pytest.raises(SignedOut) as error:
        tokens.authenticate(store, token, now, RULES)
    return error.value.code


def test_a_session_knows_who_asks_and_what_they_may(store: Store) -> None:
    made = sign_in(store)
    caller = tokens.authenticate(store, made.token, NOW, RULES)
    assert (caller.tenant_id, caller.login, caller.kind, caller.authority.role) == (1, "mia", "session", "collector")
    assert caller.authority.allows("act.promise")
    assert not caller.authority.allows("day.run")


def test_only_the_digest_of_a_token_is_kept(store: Store) -> None:
    made = sign_in(store)
    assert tokens.TOKEN.fullmatch(made.token)
    with store.read() as db:
        rows = db.exec(select(AccessToken).where(AccessToken.tenant_id == 1)).all()
    kept = " ".join(str(value) for row in rows for value in row.model_dump().values())
    assert made.token not in kept
    assert made.token.rpartition("_")[2] not in kept
    assert tokens.digest(made.token) in kept


def test_password_hash_is_argon2id_with_the_librarys_defaults() -> None:
    hashed = signin.hashed(SECRET, passwords.default_hasher.__wrapped__())
    default = PasswordHasher()
    assert hashed.startswith(f"$argon2id$v=19$m={default.memory_cost},t={default.time_cost},p={default.parallelism}$")


def test_what_looks_the_same_is_the_same_password(store: Store) -> None:
    users.set_password(store, 1, "ben", "pässwort-länger", RULES, NOW, hasher=CHEAP)
    sign_in(store, "pa\u0308sswort-la\u0308nger", "ben")


@pytest.mark.parametrize(
    ("login", "password", "tenant"),
    [
        ("mia", "wrong", None),
        ("mia", "", None),
        ("mia", SECRET + " ", None),
        ("mia", "x" * 100_000, None),
        ("mia", "\ud800 not text", None),
        ("nobody", SECRET, None),
        ("", SECRET, None),
        ("MIA", SECRET, None),
        ("ben", SECRET, None),  # has no password
        ("mia", SECRET, "No such book"),
        ("mia", SECRET, 2),
        ("mia' or '1'='1", SECRET, None),
    ],
)
def test_everything_wrong_has_one_answer(store: Store, login: str, password: str, tenant: object) -> None:
    refused(store, login=login, password=password, tenant=tenant)


@pytest.mark.parametrize("tenant", [None, "", 1, "1", "Test book"])
def test_the_tenant_is_found_by_number_name_or_alone(store: Store, tenant: object) -> None:
    assert sign_in(store, tenant=tenant).token.startswith("ct_1_")


def test_an_unknown_login_takes_as_long_as_a_wrong_password(store: Store) -> None:
    slow = PasswordHasher(time_cost=3, memory_cost=16_384, parallelism=1)
    users.set_password(store, 1, "mia", SECRET, RULES, NOW, hasher=slow)

    def took(login: str) -> float:
        began = time.process_time()  # this process's own work: other programs on the machine do not count
        with pytest.raises(SignedOut):
            signin.sign_in(store, None, login, "wrong", NOW, RULES, hasher=slow)
        return time.process_time() - began

    took("nobody")
    known, unknown = min(took("mia") for _ in range(3)), min(took("nobody") for _ in range(3))
    assert 0.5 < unknown / known < 2, (known, unknown)


# -------------------------------------------------------------------------------------------------------------- lock-out


def test_wrong_tries_lock_the_login_for_half_an_hour(store: Store) -> None:
    for _ in range(RULES.sign_in.tries):
        refused(store, password="wrong")
    refused(store)  # the right one, too late
    refused(store, now=NOW + 29 * MINUTE)
    sign_in(store, now=NOW + 30 * MINUTE)


def test_a_right_password_forgets_the_wrong_ones(store: Store) -> None:
    for _ in range(3):
        for _ in range(RULES.sign_in.tries - 1):
            refused(store, password="wrong")
        sign_in(store)


def test_tries_during_the_lock_do_not_lengthen_it(store: Store) -> None:
    for minute in range(RULES.sign_in.tries + 10):
        refused(store, password="wrong", now=NOW + minute * MINUTE)
    sign_in(store, now=NOW + (RULES.sign_in.tries - 1 + 30) * MINUTE)


def test_the_count_survives_a_restart(tmp_path: Path) -> None:
    with BOOK.store(tmp_path) as store:
        users.set_password(store, 1, "mia", SECRET, RULES, NOW, hasher=CHEAP)
        for _ in range(RULES.sign_in.tries):
            refused(store, password="wrong")
    with Store.open(tmp_path / "desk.db", create=False) as again:
        refused(again)


def test_many_at_once_get_no_more_tries(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str | None] = []
    real = signin.fits
    monkeypatch.setattr(signin, "fits", lambda cost, kept, text: compared.append(kept) or real(cost, kept, text))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: refused(store, password="wrong"), range(24)))
    assert sum(kept is not None for kept in compared) == RULES.sign_in.tries


def test_a_lock_does_not_end_sessions_that_run(store: Store) -> None:
    made = sign_in(store)
    for _ in range(RULES.sign_in.tries):
        refused(store, password="wrong")
    assert tokens.authenticate(store, made.token, NOW, RULES).login == "mia"


def test_wrong_proofs_count_against_whoever_types_them(store: Store) -> None:
    signin.proof(store, 1, "mia", SECRET, NOW, RULES, typist="ben", hasher=CHEAP)
    for password in ["wrong"] * RULES.sign_in.tries + [SECRET]:
        with pytest.raises(Forbidden) as error:
            signin.proof(store, 1, "mia", password, NOW, RULES, typist="ben", hasher=CHEAP)
        assert error.value.code == "override.proof"
    signin.proof(store, 1, "mia", SECRET, NOW, RULES, typist="lee", hasher=CHEAP)
    assert "wrong tries at your login, from an override by ben, since 2026-" in sign_in(store).warning


def test_only_the_place_of_the_wrong_tries_is_locked_out(store: Store) -> None:
    for _ in range(RULES.sign_in.tries + 1):
        refused(store, password="wrong", place="192.0.2.1")
    refused(store, place="192.0.2.1")  # the right one, too late
    made = sign_in(store, place="198.51.100.7")
    assert made.warning == (
        f"{RULES.sign_in.tries} wrong tries at your login, from 192.0.2.1, since {NOW:%Y-%m-%d %H:%M} UTC."
    )
    assert sign_in(store, place="198.51.100.7").warning == "", "it is told once"
    refused(store, place="192.0.2.1")  # that the owner came in does not help the guesser
    sign_in(store, place="192.0.2.1", now=NOW + 30 * MINUTE)


def test_guesses_from_everywhere_are_few_and_the_owner_comes_in_from_where_they_always_did(store: Store) -> None:
    sign_in(store, place="198.51.100.7")
    for n in range(40):
        for _ in range(RULES.sign_in.tries):
            refused(store, password="wrong", place=f"10.0.0.{n}")
    with store.read() as db:
        counted = db.exec(select(AppUser.failures).where(AppUser.login == "mia")).one()
    assert counted <= 100, "NIST SP 800-63B: no more in a row on one account"
    assert "and 13 more, since" in sign_in(store, place="198.51.100.7").warning


def test_an_unlocked_login_is_open_to_every_place_again(store: Store) -> None:
    for _ in range(RULES.sign_in.tries):
        refused(store, password="wrong", place="192.0.2.1")
    assert {u.login for u in users.users(store, 1, NOW) if u.locked_until} == {"mia"}
    users.unlock(store, 1, "mia", RULES, NOW)
    assert not any(u.locked_until for u in users.users(store, 1, NOW))
    sign_in(store, place="192.0.2.1")


@pytest.mark.parametrize("password", [None, ""])
def test_no_proof_is_no_proof_and_no_try(store: Store, password: str | None) -> None:
    for _ in range(RULES.sign_in.tries + 1):
        with pytest.raises(Forbidden):
            signin.proof(store, 1, "mia", password, NOW, RULES, typist="ben", hasher=CHEAP)
    sign_in(store)


# ---------------------------------------------------------------------------------------------------------------- tokens


def test_a_session_ends_after_rest(store: Store) -> None:
    made = sign_in(store)
    idle = RULES.sign_in.idle_minutes * MINUTE
    now = NOW
    for _ in range(5):  # used, it goes on
        now += idle
        tokens.authenticate(store, made.token, now, RULES)
    assert why_out(store, made.token, now + idle + MINUTE) == "signin.idle"


def test_a_session_ends_after_its_hours_however_busy(store: Store) -> None:
    made = sign_in(store)
    end = NOW + timedelta(hours=RULES.sign_in.session_hours)
    now = NOW
    while now + 20 * MINUTE < end:
        now += 20 * MINUTE
        tokens.authenticate(store, made.token, now, RULES)
    assert made.view.expires_at == end
    assert why_out(store, made.token, end) == "signin.expired"


def test_use_is_written_at_most_once_a_minute(store: Store) -> None:
    made = sign_in(store)

    def used() -> object:
        return tokens.tokens(store, 1, "mia", NOW)[0].used_at

    tokens.authenticate(store, made.token, NOW + timedelta(seconds=59), RULES)
    assert used() == NOW
    tokens.authenticate(store, made.token, NOW + MINUTE, RULES)
    assert used() == NOW + MINUTE
    tokens.authenticate(store, made.token, NOW + timedelta(seconds=61), RULES)
    assert used() == NOW + MINUTE


def test_signing_out_revoking_and_locking_work_at_once(store: Store) -> None:
    one, two = sign_in(store), sign_in(store)
    tokens.sign_out(store, tokens.authenticate(store, one.token, NOW, RULES), NOW)
    assert why_out(store, one.token, NOW) == "signin.revoked"
    assert tokens.authenticate(store, two.token, NOW, RULES).login == "mia"
    assert tokens.revoke(store, 1, "mia", NOW) == 1
    assert why_out(store, two.token, NOW) == "signin.revoked"
    three = sign_in(store)
    users.change(store, 1, "mia", RULES, NOW, active=False)
    assert why_out(store, three.token, NOW) == "signin.locked"
    refused(store)
    users.unlock(store, 1, "mia", RULES, NOW)
    assert why_out(store, three.token, NOW) == "signin.revoked"
    sign_in(store)


def test_a_new_password_ends_all_sessions(store: Store) -> None:
    made = sign_in(store)
    users.set_password(store, 1, "mia", "another long one", RULES, NOW, hasher=CHEAP)
    assert why_out(store, made.token, NOW) == "signin.revoked"
    refused(store)
    sign_in(store, "another long one")


class Meanwhile(PasswordHasher):
    """Something happens while a password is compared."""

    def __init__(self, what) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.what = what

    def verify(self, hash, password):
        right = super().verify(hash, password)
        self.what()
        return right


def test_a_password_that_is_taken_away_while_it_is_compared_opens_nothing_and_stays_away(store: Store) -> None:
    def changed() -> None:
        users.set_password(store, 1, "mia", "another long one", RULES, NOW, hasher=CHEAP)

    with pytest.raises(SignedOut) as error:
        signin.sign_in(store, None, "mia", SECRET, NOW, RULES, hasher=Meanwhile(changed))
    assert error.value.code == "signin.refused"
    assert tokens.tokens(store, 1, "mia", NOW) == ()
    refused(store)
    sign_in(store, "another long one")


@pytest.mark.parametrize("change", ["password", "lock"])
def test_who_is_locked_out_between_password_and_token_gets_none(store: Store, change: str) -> None:
    user = signin.verified(store, 1, "mia", SECRET, NOW, RULES, hasher=CHEAP)
    assert user is not None
    if change == "password":
        users.set_password(store, 1, "mia", "another long one", RULES, NOW, hasher=CHEAP)
    else:
        users.change(store, 1, "mia", RULES, NOW, active=False)
    with pytest.raises(SignedOut) as error:
        signin.opened(store, user, NOW, RULES)
    assert error.value.code == "signin.refused"
    assert tokens.tokens(store, 1, "mia", NOW) == ()


def test_few_passwords_are_compared_at_once(store: Store) -> None:
    turn, now, most = threading.Lock(), 0, 0

    class Counting(PasswordHasher):
        def verify(self, hash, password):
            nonlocal now, most
            with turn:
                now, most = now + 1, max(most, now + 1)
            try:
                return CHEAP.verify(hash, password)
            finally:
                time.sleep(0.005)  # so that the others come in between
                with turn:
                    now -= 1

    hasher = Counting(time_cost=1, memory_cost=8, parallelism=1)
    kept = CHEAP.hash(SECRET)
    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(lambda _: passwords.fits(hasher, kept, SECRET), range(32)))
    assert most <= passwords.AT_ONCE


def test_a_new_role_holds_from_the_next_request_on(store: Store) -> None:
    made = sign_in(store)
    users.change(store, 1, "mia", RULES, NOW, role="trainee")
    caller = tokens.authenticate(store, made.token, NOW, RULES)
    assert caller.authority.role == "trainee"
    assert not caller.authority.allows("act.suspend")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (None, "signin.required"),
        ("", "signin.required"),
        ("x", "signin.unknown"),
        ("ct_1_" + "a" * 43, "signin.unknown"),
        ("ct_9_" + "a" * 43, "signin.unknown"),
        ("ct_1_" + "a" * 42, "signin.unknown"),
        ("ct_99999999999999999999_" + "a" * 43, "signin.unknown"),
        ("ct_1_" + "a" * 43 + "\n", "signin.unknown"),
        ("ct_١_" + "a" * 43, "signin.unknown"),
        ("ct_1_" + "é" * 43, "signin.unknown"),
    ],
)
def test_texts_that_are_no_token(store: Store, text: str | None, code: str) -> None:
    assert why_out(store, text, NOW) == code


def test_the_tenant_in_a_token_cannot_be_exchanged(store: Store) -> None:
    made = sign_in(store)
    assert why_out(store, made.token.replace("ct_1_", "ct_2_"), NOW) == "signin.unknown"
    assert why_out(store, made.token.replace("ct_1_", "ct_01_"), NOW) == "signin.unknown"


def test_a_personal_token_is_no_wider_than_scopes_and_role(store: Store) -> None:
    made = tokens.create_token(store, 1, "mia", "nightly", ["account.read", "act.*"], 30, NOW, RULES)
    later = NOW + timedelta(days=29)  # it may rest
    caller = tokens.authenticate(store, made.token, later, RULES)
    assert caller.kind == "personal"
    assert caller.authority.allows("account.read")
    assert caller.authority.allows("act.note")
    assert not caller.authority.allows("queue.work")
    users.change(store, 1, "mia", RULES, NOW, role="trainee")
    narrowed = tokens.authenticate(store, made.token, later, RULES).authority
    assert narrowed.allows("act.note")
    assert not narrowed.allows("act.suspend")
    assert why_out(store, made.token, NOW + timedelta(days=30)) == "signin.expired"


@pytest.mark.parametrize(
    ("name", "scopes", "days", "kind", "code"),
    [
        ("x", ["day.run"], 1, Forbidden, "token.scope"),
        ("x", ["user.*"], 1, Forbidden, "token.scope"),
        ("x", ["nonsense"], 1, Forbidden, "token.scope"),
        ("x", [""], 1, Invalid, "token.scope"),
        ("x", ["act.note queue.work"], 1, Invalid, "token.scope"),
        ("x", [], 0, Invalid, "token.expiry"),
        ("x", [], RULES.sign_in.token_days + 1, Invalid, "token.expiry"),
        (" ", [], 1, Invalid, "token.name"),
        ("\x1b[2J", [], 1, Invalid, "token.name"),
    ],
)
def test_tokens_that_are_not_made(
    store: Store, name: str, scopes: list[str], days: int, kind: type[DomainError], code: str
) -> None:
    with pytest.raises(kind) as error:
        tokens.create_token(store, 1, "mia", name, scopes, days, NOW, RULES)
    assert error.value.code == code
    assert tokens.tokens(store, 1, "mia", NOW) == ()


def test_star_as_a_scope_gives_what_the_role_has(store: Store) -> None:
    made = tokens.create_token(store, 1, "mia", "all", ["*"], 1, NOW, RULES)
    assert tokens.authenticate(store, made.token, NOW, RULES).authority.may == RULES.roles["collector"].may


def test_nobody_gets_a_token_for_somebody_who_is_not_there(store: Store) -> None:
    with pytest.raises(NotFound):
        tokens.mint(store, 1, "nobody", NOW, RULES)
    with pytest.raises(NotFound):
        tokens.mint(store, 2, "mia", NOW, RULES)


# ----------------------------------------------------------------------------------------------------------------- users


@pytest.mark.parametrize("password", ["short", "x" * 257, "mia", "mia12345678", "\ud800" * 20])
def test_passwords_that_are_not_taken(store: Store, password: str) -> None:
    with pytest.raises(Invalid) as error:
        users.set_password(store, 1, "mia", password, RULES, NOW, hasher=CHEAP)
    assert error.value.code == "user.password"
    sign_in(store)


def test_the_last_who_manages_users_stays(store: Store) -> None:
    users.add(store, 1, "ada", RULES, role="admin")
    for change in ({"role": "lead"}, {"active": False}):
        with pytest.raises(Refused) as error:
            users.change(store, 1, "ada", RULES, NOW, **change)
        assert error.value.code == "user.last_admin"
    users.add(store, 1, "bob", RULES, role="admin")
    assert not users.change(store, 1, "ada", RULES, NOW, active=False).active


def test_two_administrators_cannot_take_the_right_from_each_other_at_once(store: Store, monkeypatch) -> None:
    for login in ("ada", "bob"):
        users.add(store, 1, login, RULES, role="admin")
    keep, both = users._keep_an_admin, threading.Barrier(2)

    def at_once(*given) -> None:
        with suppress(threading.BrokenBarrierError):  # one of them is kept from getting so far
            both.wait(0.3)
        keep(*given)

    def demote(login: str) -> str:
        try:
            return users.change(store, 1, login, RULES, NOW, role="collector").role
        except Refused as refused:
            return refused.code

    monkeypatch.setattr(users, "_keep_an_admin", at_once)
    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(demote, ("ada", "bob"))) == ["collector", "user.last_admin"]


def test_users_that_cannot_be(store: Store) -> None:
    for login in ("", " x", "x" * 65, "\x1b", "a\nb"):
        with pytest.raises(Invalid):
            users.add(store, 1, login, RULES)
    with pytest.raises(Refused):
        users.add(store, 1, "mia", RULES)
    with pytest.raises(Invalid):
        users.add(store, 1, "zoe", RULES, role="boss")
    users.change(store, 1, "mia", RULES, NOW, subject="s-1")
    with pytest.raises(Refused) as error:
        users.add(store, 1, "zoe", RULES, subject="s-1")
    assert error.value.code == "user.subject"
    assert "zoe" not in [u.login for u in users.users(store, 1, NOW)]


def test_a_removed_user_keeps_the_name_alone(store: Store) -> None:
    made = sign_in(store)
    users.remove(store, 1, "mia", RULES, NOW)
    assert why_out(store, made.token, NOW) == "signin.locked"
    refused(store)
    with store.read() as db:
        row = db.get_one(AppUser, (1, "mia"))
    assert (row.name, row.password, row.subject, row.active) == ("Mia", None, None, False)


# ------------------------------------------------------------------------------------------------------------------- log


def test_the_log_names_login_and_tenant_and_no_secret(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "collect_tui.access"):
        made = sign_in(store)
        refused(store, login=SECRET, password="mia")  # typed into the wrong field
        for _ in range(RULES.sign_in.tries):
            refused(store, password="wrong-secret")
        refused(store)
        tokens.revoke(store, 1, "mia", NOW)
    events = [(r.event, r.tenant, r.login) for r in caplog.records]
    assert events[0] == ("signin.done", 1, "mia")
    assert events[1] == ("signin.failed", 1, "")
    assert events[2:].count(("signin.failed", 1, "mia")) == RULES.sign_in.tries
    assert ("signin.lock", 1, "mia") in events
    assert ("signin.locked", 1, "mia") in events
    assert events[-1] == ("token.revoked", 1, "mia")
    told = " ".join(str(vars(r)) for r in caplog.records)
    assert SECRET not in told
    assert "wrong-secret" not in told
    assert made.token not in told
