"""What PostgreSQL does in its own way: addresses, versions, locks, transactions done again, connections that are lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text, update

from collect_tui.desk.errors import Invalid, Unavailable
from collect_tui.store import locks, postgres
from collect_tui.store.engine import ATTEMPTS, Store
from collect_tui.store.sql import table
from collect_tui.store.tables import Account, Party, Tenant, version
from support import pg
from support.portfolio import TENANT, add_account, add_tenant, make_pg_store

SECRET = "hunter2"


@pytest.fixture
def store() -> Iterator[Store]:
    with make_pg_store() as made:
        yield made


@pytest.fixture
def empty() -> Iterator[str]:
    with pg.database() as url:
        yield url


def sql(session: Any, statement: str) -> Any:
    return session.execute(text(statement))


# ---------------------------------------------------------------------------------------------------------- the address


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://joe:{SECRET}@127.0.0.1:1/book",
        f"postgresql://joe:{SECRET}@/book?host=/nowhere",
        f"postgresql://joe:{SECRET}@127.0.0.1:1/book?sslmode=never-heard-of",
    ],
)
def test_no_message_holds_the_password(url: str) -> None:
    pg.need()
    with pytest.raises(Unavailable) as told:
        Store.connect(url)
    assert told.value.code == "store.unreadable"
    assert SECRET not in f"{told.value.message}{told.value!r}"
    assert "/book" in told.value.message


@pytest.mark.parametrize("url", [f"postgresql//joe:{SECRET}@h/book", f"mysql://joe:{SECRET}@h/b", "postgresql://h", ""])
def test_what_is_no_address_is_told_without_repeating_it(url: str) -> None:
    with pytest.raises(Invalid) as told:
        Store.connect(url)
    assert told.value.code == "store.url"
    assert SECRET not in told.value.message


def test_a_password_that_is_wrong_is_not_told_from_a_database_that_is_not_there(empty: str) -> None:
    with pytest.raises(Unavailable) as told:
        Store.connect(empty.replace("/t", "/no_such_t"))
    assert told.value.code == "store.unreadable"


def test_the_place_names_host_and_database_only() -> None:
    assert postgres.place(f"postgresql://joe:{SECRET}@db:5433/book?sslmode=require") == "postgresql://db:5433/book"


# ---------------------------------------------------------------------------------------------------------- the tables


def test_an_empty_database_gets_its_tables_when_asked(empty: str) -> None:
    with pytest.raises(Unavailable) as told:
        Store.connect(empty)
    assert told.value.code == "store.empty_file"
    with Store.connect(empty, create=True) as made:
        add_tenant(made, tenant_id=TENANT)
    with Store.connect(empty, create=True) as again, again.read() as db:
        assert db.get_one(Tenant, TENANT).zone == "America/Chicago"


def test_several_programs_make_the_tables_of_one_database_at_once(empty: str) -> None:
    together(4, lambda _: Store.connect(empty, create=True).close())
    Store.connect(empty).close()


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        (f"UPDATE {version.TABLE} SET version_num = '{version.revision(version.SCHEMA_VERSION + 1)}'", "store.newer"),
        (f"UPDATE {version.TABLE} SET version_num = '{version.revision(version.SCHEMA_VERSION - 1)}'", "store.older"),
        (f"UPDATE {version.TABLE} SET version_num = '4f1c9a'", "store.foreign"),
        (f"DROP TABLE {version.TABLE}", "store.foreign"),
    ],
)
def test_tables_of_another_version_or_program_are_refused(empty: str, statement: str, code: str) -> None:
    import psycopg

    Store.connect(empty, create=True).close()
    with psycopg.connect(empty, autocommit=True) as other:
        other.execute(statement.encode())
    for create in (False, True):
        with pytest.raises(Unavailable) as told:
            Store.connect(empty, create=create)
        assert told.value.code == code


# -------------------------------------------------------------------------------------------------------------- locks


def together(count: int, work: Any) -> None:
    """Does the work in threads that all begin at once; the first error of any is raised."""
    errors: list[BaseException] = []
    gate = threading.Barrier(count)

    def one(number: int) -> None:
        try:
            gate.wait(30)
            work(number)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=one, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    if errors:
        raise errors[0]


@pytest.fixture
def impatient(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """Another store on the database, that waits for nobody."""
    monkeypatch.setattr(postgres, "LOCK_MS", 100)
    url = store.engine.url.set(drivername="postgresql")
    with Store.connect(url.render_as_string(hide_password=False), pool=1) as made:
        yield made


@pytest.mark.parametrize(("one", "other", "waits"), [(False, False, False), (False, True, True), (True, False, True)])
def test_acts_of_a_tenant_go_together_and_a_day_run_goes_alone(
    store: Store, impatient: Store, one: bool, other: bool, waits: bool
) -> None:
    with store.write(TENANT, alone=one):
        with impatient.write(TENANT + 1, alone=True):
            pass  # another tenant's affair
        if not waits:
            with impatient.write(TENANT, alone=other):
                return
        with pytest.raises(Unavailable) as told, impatient.write(TENANT, alone=other):
            pytest.fail("it was not to be had")
    assert told.value.code == "store.busy"


def test_accounts_of_one_customer_stand_in_line(store: Store, impatient: Store) -> None:
    first = add_account(store)
    second, stranger = add_account(store, party_id=first.party_id), add_account(store)
    with store.write(TENANT) as db:
        locks.customer(db, TENANT, first.number)
        with impatient.write(TENANT) as free:
            locks.customer(free, TENANT, stranger.number)
        with pytest.raises(Unavailable) as told, impatient.write(TENANT) as waiting:
            locks.customer(waiting, TENANT, second.number)
    assert told.value.code == "store.busy"


def test_when_all_connections_are_lent_the_desk_is_busy(impatient: Store) -> None:
    with impatient.read() as one, impatient.read() as two:
        for session in (one, two):
            session.connection()
        with pytest.raises(Unavailable) as told, impatient.read() as three:
            three.connection()
    assert told.value.code == "store.busy"


def test_a_deadlock_is_done_again_and_nobody_hears_of_it(store: Store) -> None:
    accounts = [add_account(store).id for _ in range(2)]
    tries: list[int] = []
    crossed = threading.Barrier(2)

    def work(number: int) -> None:
        first_try = True

        def cross() -> None:
            nonlocal first_try
            tries.append(number)
            order = accounts if number else accounts[::-1]
            a = table(Account)
            with store.write() as db:
                for account in order:
                    mine = (a.c.tenant_id == TENANT, a.c.id == account)
                    db.execute(update(a).where(*mine).values(version=a.c.version + 1))
                    if first_try:
                        first_try = False
                        crossed.wait(30)

        store.attempt(cross)

    together(2, work)
    assert len(tries) == 3, "one gave way, once"
    with store.read() as db:
        assert [db.get_one(Account, (TENANT, account)).version for account in accounts] == [3, 3]


def test_a_use_case_that_always_gives_way_is_busy_in_the_end(store: Store) -> None:
    tries: list[int] = []

    def never() -> None:
        tries.append(1)
        with store.write() as db:
            sql(db, "DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = 'serialization_failure'; END $$")

    with pytest.raises(Unavailable) as told:
        store.attempt(never)
    assert (type(told.value), told.value.code, len(tries)) == (Unavailable, "store.busy", ATTEMPTS)


# ------------------------------------------------------------------------------------------------------ lent connections


def test_what_was_prepared_outlives_a_reader_and_a_writer(store: Store) -> None:
    wanted = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%prepared once%'"
    for _ in range(3):
        with store.read() as db:
            sql(db, "SELECT 'prepared once'")
        with store.write() as db:
            sql(db, "SELECT 'prepared once'")
    with store.read() as db:
        assert sql(db, wanted).scalar_one() == 1


def test_what_a_writer_left_open_is_undone_by_the_pool(store: Store) -> None:
    with store.read() as db:  # the connection that is lent next has read before
        sql(db, "SELECT 1")
    left = store._writer.connect()
    left.begin()
    left.execute(update(table(Tenant)).where(table(Tenant).c.tenant_id == TENANT).values(name="left open"))
    fairy = left.connection
    fairy.close()  # goes back to the pool as it is
    with store.read() as db:
        assert sql(db, "SELECT name FROM tenant").scalar_one() != "left open"


# ---------------------------------------------------------------------------------------------------- lost connections


def cut(store: Store) -> None:
    """Ends every other connection to the database, as a server does that starts anew."""
    import psycopg

    url = store.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_connections_that_rest_are_made_anew(store: Store) -> None:
    with store.read() as one, store.read() as two:
        one.get(Tenant, TENANT), two.get(Tenant, TENANT)
    cut(store)
    with store.read() as db:
        assert db.get(Tenant, TENANT) is not None
    with store.write() as db:
        db.add(Party(tenant_id=TENANT, id=1, name="x"))


def test_a_connection_lost_in_the_middle_writes_nothing(store: Store) -> None:
    with pytest.raises(Unavailable) as told, store.write() as db:  # noqa: PT012
        db.add(Party(tenant_id=TENANT, id=1, name="x"))
        db.flush()
        cut(store)
        db.add(Party(tenant_id=TENANT, id=2, name="y"))
    assert told.value.code == "store.unreadable"
    with store.read() as db:
        assert db.get(Party, (TENANT, 1)) is None
