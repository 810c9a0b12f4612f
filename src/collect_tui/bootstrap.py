"""The only wiring: settings → Desk → terminal or plain command. Nothing else knows concrete classes."""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from collect_tui import settings as site
from collect_tui.common.urls import masked
from collect_tui.domain.errors import Invalid

if TYPE_CHECKING:
    from collect_tui.desk.catalogue import Catalogue
    from collect_tui.desk.protocol import Desk, Progress
    from collect_tui.desk.views.session import OrdersReport
    from collect_tui.server.embedded import Embedded
    from collect_tui.server.metrics import Meter
    from collect_tui.server.watch import MeteredContext
    from collect_tui.services.local import LocalDesk
    from collect_tui.services.message.dispatch import MessageDispatch
    from collect_tui.services.message.lint import Library
    from collect_tui.store.engine import Store
    from collect_tui.tui.sent import Sent

Clock = Callable[[], datetime]

#: Seconds after the desk was opened when the rest of the program is loaded: the first queue has been painted by then.
WARM_AFTER = 0.2


@dataclass(frozen=True, slots=True)
class Wiring:
    """What a command line decided: the settings, who sits there and what time it is."""

    settings: site.Settings
    user: str
    clock: Clock
    frozen: bool = False  # the clock was set with --at
    named: bool = False  # the user was, with --as
    tenant: str | None = None  # the book, by name or number; None: the only one there is

    @property
    def database(self) -> Path:
        return self.settings.database


def wiring(
    *,
    database: str | Path | None = None,
    user: str | None = None,
    at: datetime | None = None,
    server: str | None = None,
    tenant: str | None = None,
) -> Wiring:
    """Settings, then what the command line says: a database goes before a server. `at` freezes the clock. Raises Invalid."""
    from dataclasses import replace

    settings = site.load(os.environ)
    if database is not None and server:
        raise Invalid("server.and_db", "Name a server or a database, not both: --server or --db.", "server")
    if database is not None:
        settings = replace(settings.with_database(database), server="")
    if server is not None:
        settings = replace(settings, server=server)
    who = user or settings.user or site.login()
    if not who.isprintable() or not 0 < len(who) <= 64:
        raise Invalid("user.malformed", "A user's login is 1 to 64 printable characters.", "as")
    clock: Clock = (lambda: at) if at else (lambda: datetime.now(UTC))
    return Wiring(settings, who, clock, frozen=at is not None, named=user is not None, tenant=tenant)


def catalogue(wired: Wiring, folder: Path | None = None) -> Catalogue:
    """The program's data files with those of a site's folder (None: that of the settings) laid over them."""
    from collect_tui import defaults

    return defaults.load(folder or wired.settings.site_folder, today=wired.clock().date())


def messages(wired: Wiring, folder: Path | None = None) -> Library:
    """The templates of messages, with those of a site's folder (None: that of the settings) laid over the program's."""
    from collect_tui import defaults
    from collect_tui.services.message import lint

    site_folder = folder or wired.settings.site_folder
    rules = defaults.load(site_folder, today=wired.clock().date()).rules
    return lint.load(site_folder, rules.country, rules.currency)


def open_store(wired: Wiring, *, create: bool = False) -> Store:
    """The database that the settings name: a SQLite file, or PostgreSQL. Unavailable when it is not there.

    `create`: a SQLite file that is not there is made, and an empty database gets its tables.
    """
    from collect_tui.store.engine import Store

    if not wired.settings.url:
        return Store.open(wired.database, create=create)
    return Store.connect(database_url(wired), create=create)


def book(wired: Wiring, store: Store) -> int:
    """The tenant that the command line means; the first where there is none yet. Raises NotFound, or Invalid to say which."""
    from collect_tui.services import tenants

    return tenants.named(store, wired.tenant) or 1


def database_url(wired: Wiring) -> str:
    """The URL of PostgreSQL. The embedded one is started when it does not run; the last program that uses it stops it."""
    if wired.settings.url != site.EMBEDDED:
        return wired.settings.url
    server = embedded(wired.settings)
    server.start()
    atexit.register(server.stop)
    return server.url


def embedded(settings: site.Settings) -> Embedded:
    """The PostgreSQL in the user's data folder; it runs when it is started."""
    from collect_tui.server.embedded import Embedded

    return Embedded(settings.data_folder / "postgresql")


def open_desk(wired: Wiring, *, create: bool = False, backend: str = "local") -> LocalDesk:
    """The desk on the database of the settings. Unavailable when it is not there and may not be made."""
    from collect_tui.services.local import LocalDesk

    store = open_store(wired, create=create)
    try:
        tenant_id = book(wired, store)
    except BaseException:
        store.close()
        raise
    return LocalDesk(
        store,
        catalogue(wired),
        tenant_id=tenant_id,
        user=wired.user,
        clock=wired.clock,
        send_orders=orders_port(wired.settings.orders_folder),
        keep_seals=seals_port(wired),
        backend=backend,
    )


def connect(wired: Wiring, *, create: bool = False, backend: str = "local") -> Desk:
    """The desk that the settings name: at a server, or on a database of our own. SignedOut when nobody is signed in there."""
    if not wired.settings.server:
        return open_desk(wired, create=create, backend=backend)
    from collect_tui.client.connect import connect as at_server

    if wired.tenant:
        raise Invalid(
            "server.tenant",
            "At a server the book is said when signing in: `collect-tui login URL --tenant NAME`.",
            "tenant",
        )
    login = wired.user if wired.named else None
    return at_server(wired.settings.server, wired.settings.state_folder, clock=wired.clock, login=login)


def serve_hub(wired: Wiring, meter: Meter) -> MeteredContext:
    """What a server process works with; `meter` counts what its desks do."""
    from collect_tui.channels.ports import hook_reader
    from collect_tui.server.oidc import OidcSettings, Provider
    from collect_tui.server.watch import MeteredContext

    oidc = wired.settings.serve.oidc
    known = OidcSettings(oidc.issuer, oidc.client_id, oidc.claim, oidc.tenant) if oidc.issuer else None
    return MeteredContext.of(
        meter,
        open_store(wired),
        catalogue(wired),
        wired.clock,
        send_orders=orders_port(wired.settings.orders_folder),
        keep_seals=seals_port(wired),
        provider=Provider(known) if known else None,
        allow_private_webhooks=wired.settings.serve.allow_private_webhooks,
        read_hook=hook_reader(wired.settings, os.environ),
    )


def orders_port(folder: Path) -> Callable[[LocalDesk, bool, Progress | None], OrdersReport]:
    """Orders leave and answers arrive as files in `folder`, one sub-folder per billing system; those of every book but the first
    in a folder of its own below it, because an answer is looked for in the book whose folder it is in."""

    def exchange(desk: LocalDesk, send: bool, progress: Progress | None) -> OrdersReport:
        from collect_tui.channels.folders import FolderPort
        from collect_tui.services.order_dispatch import OrderDispatch

        dispatch = OrderDispatch(desk, FolderPort(folder if desk.tenant_id == 1 else folder / f"book-{desk.tenant_id}"))
        return dispatch.run(progress) if send else dispatch.look()

    return exchange


def message_dispatch(wired: Wiring, desk: LocalDesk, *, now: Sequence[str] = ()) -> MessageDispatch:
    """The messages of a desk, with the channels that are set up (`channels/ports.py`)."""
    from collect_tui.channels.ports import message_ports, pace_of
    from collect_tui.services.message.dispatch import MessageDispatch
    from collect_tui.services.message.intake import Intake

    ports = message_ports(wired.settings, os.environ)
    return MessageDispatch(desk, ports, pace=pace_of(wired.settings), take=Intake(desk).take, now=now)


def seals_port(wired: Wiring) -> Callable[[Store, int], int]:
    """The seals of the audit are written down in `seals.log` of the state folder, and told to the server's log."""

    def keep(store: Store, tenant_id: int) -> int:
        from collect_tui.reports import seals

        return seals.write_down(store, tenant_id, wired.settings.state_folder / seals.NAME, database_scope(wired))

    return keep


def database_scope(wired: Wiring) -> str:
    """Tells the database of the settings from others, without naming its place."""
    return scope_of(wired.settings.url or wired.database)


def scope_of(database: Path | str) -> str:
    """Tells one database (its path or URL) from another where drafts and history are kept, without naming its place."""
    from hashlib import sha256

    place = masked(database) if isinstance(database, str) else database.absolute()
    return sha256(os.fsencode(place)).hexdigest()[:16]


def desk_scope(wired: Wiring) -> str:
    """Tells the desk of the settings, here or at a server, from others where drafts and history are kept."""
    if not wired.settings.server:
        return database_scope(wired) + (f"/{wired.tenant}" if wired.tenant else "")
    from collect_tui.client.credentials import known

    found = known(wired.settings.server, wired.settings.state_folder)
    return scope_of(f"{found.url} {found.credential.desk}")


def sent_from(wired: Wiring, desk: Desk) -> Sent:
    """The acts of a desk whose answer is not known yet, its terminal's among them."""
    from collect_tui.tui.drafts import Drafts, whose
    from collect_tui.tui.sent import Sent

    return Sent(Drafts(wired.settings.state_folder, whose(desk_scope(wired), desk.session())))


def run_terminal(wired: Wiring, *, backend: str = "local", theme: str | None = None) -> int:
    """Opens the desk in the terminal, while the first screen is painted; its exit code. SignedOut before anything is, when it is at a
    server where nobody is signed in."""
    import gc
    import threading

    from collect_tui.tui.terminal.profile import prepare

    settings, scope = wired.settings, desk_scope(wired)
    gc.disable()  # an eighth of the start: the collector walks what the imports make, and none of that is garbage
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # it would look through every package for some
    profile = prepare(os.environ, function_keys=settings.function_keys)  # before Textual is imported
    from collect_tui.tui.app import CollectApp

    def settled() -> None:
        """The first queue has been painted: what was loaded for it stays."""
        gc.freeze()
        gc.enable()
        if not settings.server:
            from collect_tui.services.local import warm

            warm()

    def open_it() -> Desk:
        later = threading.Timer(WARM_AFTER, settled)
        later.daemon = True
        try:
            return connect(wired, create=True, backend=backend)
        finally:
            later.start()

    app = CollectApp(
        open_it,
        theme=theme or settings.theme,
        terminal=profile,
        state_folder=settings.state_folder,
        themes_folder=settings.themes_folder,
        keys_file=settings.site_folder / "keys.toml",
        scope=scope,
        throwaway=backend == "demo",
        first_words=f"The demo is in {wired.database}" if backend == "demo" else "",
    )
    app.lock_after = settings.lock_after
    app.run(mouse=False)
    return app.return_code or 0
