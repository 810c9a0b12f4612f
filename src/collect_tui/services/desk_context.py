"""The context of a desk: the wiring that every use case shares. Holds no state of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlmodel import Session as Db
from sqlmodel import col, select

from collect_tui.common.ids import Ids
from collect_tui.common.text import clean
from collect_tui.common.words import nearest
from collect_tui.desk.catalogue import Catalogue
from collect_tui.desk.errors import NotFound, Unavailable
from collect_tui.domain.dates import Calendar
from collect_tui.policy.authority import Authority
from collect_tui.policy.house import House
from collect_tui.store import agents
from collect_tui.store.engine import Store
from collect_tui.store.tables import AppUser, Tenant

if TYPE_CHECKING:
    from collect_tui.services.message.lint import Library

__all__ = ["Clock", "DeskContext", "Store"]

Clock = Callable[[], datetime]


class DeskContext:
    """Who sits where, over which store, by which clock. Any number may share a store, in any thread."""

    def __init__(
        self,
        store: Store,
        catalogue: Catalogue,
        *,
        user: str,
        clock: Clock,
        tenant_id: int = 1,
        authority: Authority | None = None,
        ids: Ids | None = None,
        calendar: Calendar | None = None,
    ) -> None:
        """`authority` says what the user may do; without one they may do everything, as whoever owns the file does.

        A server hands all its desks the same `ids` and `calendar`.
        """
        self.store = store
        self.user = user
        self.clock = clock
        self.tenant_id = tenant_id
        self.authority = authority
        self.ids = ids or Ids()
        self.calendar = calendar or Calendar(catalogue.rules.holidays)
        self._catalogue = catalogue

    def catalogue(self) -> Catalogue:
        return self._catalogue

    @property
    def library(self) -> Library:
        """The templates of messages; read when they are first asked for. Raises Invalid for a `messages.toml` that is wrong."""
        from collect_tui.services.message.lint import library

        rules = self._catalogue.rules
        return library(self._catalogue.site_folder, rules.country, rules.currency)

    @property
    def house(self) -> House:
        """What settling goes by."""
        return House(self._catalogue.rules, self._catalogue.holds, self.calendar, self._catalogue.cases)

    def tenant(self, db: Db) -> Tenant:
        """The tenant's row. Unavailable when there is none yet."""
        if (found := db.get(Tenant, self.tenant_id)) is None:
            raise Unavailable(
                "store.empty",
                "This file holds no portfolio yet; bring one in with `load FILE` or `import receivables FILE`.",
            )
        return found

    @contextmanager
    def reading(self) -> Iterator[Db]:
        """A snapshot of a store that holds a portfolio. Unavailable when it holds none yet."""
        with self.store.read() as db:
            if self.tenant_id not in self.store.filled:
                self.tenant(db)
                self.store.filled.add(self.tenant_id)  # a portfolio is never taken away again
            yield db

    def departments_of(self, db: Db, login: str) -> tuple[str, ...]:
        """The departments of a login, by its desk."""
        mine = select(AppUser.desk).where(AppUser.tenant_id == self.tenant_id, AppUser.login == login)
        return self.catalogue().cases.departments_of(db.exec(mine).first() or "")

    def roles(self, db: Db) -> dict[str, str]:
        """The role of everybody who still works here, by login."""
        theirs = select(AppUser.login, AppUser.role).where(AppUser.tenant_id == self.tenant_id, col(AppUser.active))
        return dict(db.exec(theirs.order_by(AppUser.login)).all())

    def no_user(self, db: Db, login: str, field: str) -> NotFound:
        """What is said where a login is nobody's, with the nearest one."""
        near = nearest(login, self.roles(db))
        told = f"; did you mean {near}?" if near else "."
        return NotFound("user.not_found", f"There is no user {clean(login[:64])!r} at this desk{told}", field)

    def stands_for(self, db: Db, on: date) -> dict[str, Authority]:
        """In whose stead the user decides cases on a business date, with what each of them may; nobody who does not work here."""
        rules = self.catalogue().authority
        absent = {*rules.stands_for(self.user, on), *agents.deputised(db, self.tenant_id, self.user, on)}
        away = ((login, self.role_of(db, login)) for login in sorted(absent))
        return {login: rules.of(role) for login, role in away if role is not None}

    def role(self, db: Db) -> str:
        """The role of the desk's user; whoever owns the file has that of their login, or a collector's."""
        return self.authority.role if self.authority else self.role_of(db, self.user) or "collector"

    def rights(self, db: Db) -> Authority:
        """What the user may do; whoever owns the file what their role may."""
        return self.authority or self.catalogue().authority.of(self.role(db))

    def role_of(self, db: Db, login: str) -> str | None:
        """The role of a login; None when there is no such user, or none who still works here."""
        mine = select(AppUser.role).where(AppUser.tenant_id == self.tenant_id, AppUser.login == login)
        return db.exec(mine.where(col(AppUser.active))).first()
