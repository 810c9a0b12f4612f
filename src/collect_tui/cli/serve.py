"""`collect-tui serve`: the desk for many, from one command.

collect-tui serve                    on the database of the settings, else on a PostgreSQL of its own
collect-tui serve --demo             for a class: the fixture portfolio, gone at the end, with users and passwords
collect-tui --db embedded COMMAND    any other command on the server's own PostgreSQL, whether it runs or not
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from collect_tui.cli import common

if TYPE_CHECKING:
    from collect_tui.bootstrap import Wiring
    from collect_tui.settings import Settings
    from collect_tui.store.engine import Store

#: Users of a class: one for each role that the fixture portfolio has none of.
_MORE_USERS = (("ria", "Ria Ledger", "compliance"), ("ada", "Ada Keystone", "admin"))
#: Of one-time passwords: no two that look alike.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "serve",
        help="serve the desk to many",
        description="Serve the desk to many, on PostgreSQL: that of the settings, else one of its own (docs/serving.md).",
    )
    parser.add_argument("--host", metavar="ADDRESS", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", metavar="N", help="port to listen on (default 8765)")
    parser.add_argument("--workers", metavar="N", help="processes that answer requests (default 1)")
    parser.add_argument("--certificate", metavar="FILE", help="PEM: speak HTTPS")
    parser.add_argument("--key", metavar="FILE", help="PEM: the certificate's key")
    parser.add_argument("--insecure", action="store_const", const="true", help="allow plain HTTP to other machines")
    parser.add_argument("--demo", action="store_true", help="serve the fixture portfolio, moved to today, to a class")
    parser.add_argument("--trade", default="utility", metavar="NAME", help="whose portfolio, as of the command demo")
    parser.add_argument("--log", type=Path, metavar="FILE", help="where the log goes (default: stderr)")
    parser.set_defaults(run=run)


@dataclass(frozen=True, slots=True)
class Plan:
    """What each process of a server is started with. `shift`: how far its clock is from the real one; `frozen` stops it."""

    settings: Settings
    user: str
    shift: timedelta
    frozen: datetime | None
    folder: Path
    log: Path | None
    parent: int | None

    def wiring(self) -> Wiring:
        from collect_tui.bootstrap import Wiring

        shift, at = self.shift, self.frozen
        clock: Callable[[], datetime] = (lambda: at) if at else (lambda: datetime.now(UTC) + shift)
        return Wiring(self.settings, self.user, clock, frozen=at is not None)


def application(plan: Plan) -> Any:
    """The app of one process."""
    from collect_tui import bootstrap
    from collect_tui.server.metrics import Meter
    from collect_tui.server.run import watched

    _begin_log(plan.log)
    meter = Meter(plan.folder)
    return watched(bootstrap.serve_hub(plan.wiring(), meter), plan.settings.serve, meter, parent=plan.parent)


def _begin_log(path: Path | None) -> None:
    from collect_tui.desk.errors import Invalid
    from collect_tui.server import logs

    try:
        logs.begin(path)
    except OSError as error:
        raise Invalid("serve.log", f"The log {path} cannot be written: {error.strerror}.", "log") from None


def run(args: argparse.Namespace) -> int:
    from collect_tui import bootstrap, demo
    from collect_tui import settings as site
    from collect_tui.common.urls import masked
    from collect_tui.server import run as server

    wired = common.wired(args)
    given = {
        name: value
        for name in ("host", "port", "workers", "certificate", "key", "insecure")
        if (value := getattr(args, name)) is not None
    }
    settings: Settings = site.overlay(
        wired.settings, {"serve": given}, "the command line", lambda key: "--" + key.rpartition(".")[2], texts=True
    )
    there = f"--db {masked(args.db)} " if args.db else ""
    if not settings.url and args.db is None:
        settings, there = settings.with_database(site.EMBEDDED), "--db embedded "
    server.check(settings.serve)
    with ExitStack() as stack:
        stack.enter_context(server.interruptible())
        made = stack.enter_context(server.listen(settings.serve))
        wired = replace(wired, settings=settings)
        if args.demo:
            wired = stack.enter_context(_class(demo.with_rules(wired, args.trade), own=args.db is None))
        url = server.url(settings.serve, made)
        wired = stack.enter_context(_database(wired, url))
        store = stack.enter_context(bootstrap.open_store(wired, create=True))
        users = _fill(wired, store, args.trade) if args.demo else []
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="collect-tui-serve-")))
        _begin_log(args.log)
        stack.enter_context(_relay(store, wired))
        _say(args, url, store, wired, users, there)
        return server.run(partial(application, _plan(wired, folder, args.log)), settings.serve, made)


def _plan(wired: Wiring, folder: Path, log: Path | None) -> Plan:
    import os

    now = wired.clock()
    shift = now - datetime.now(UTC)
    return Plan(
        settings=wired.settings,
        user=wired.user,
        shift=shift if abs(shift) > timedelta(seconds=1) else timedelta(0),
        frozen=now if wired.frozen else None,
        folder=folder,
        log=log.absolute() if log else None,
        parent=os.getpid() if wired.settings.serve.workers > 1 else None,
    )


@contextmanager
def _database(wired: Wiring, url: str) -> Iterator[Wiring]:
    """With the embedded PostgreSQL: runs it while the server does, which no second server may at the same time."""
    import os

    from collect_tui import settings as site

    if wired.settings.url != site.EMBEDDED:
        yield wired
        return
    from collect_tui import bootstrap
    from collect_tui.server.embedded_host import Claim

    database = bootstrap.embedded(wired.settings)
    claim = Claim(database.folder)
    try:
        claim.tell(f"{url}, process {os.getpid()}")
        database.start()
        try:
            yield replace(wired, settings=wired.settings.with_database(database.url))
        finally:
            database.stop()
    finally:
        claim.release()


@contextmanager
def _class(wired: Wiring, *, own: bool) -> Iterator[Wiring]:
    """The demo's clock and folders. `own`: a database of its own that is gone at the end."""
    from collect_tui import bootstrap, demo
    from collect_tui import settings as site

    clock = wired.clock if wired.frozen else demo.demo_clock(bootstrap.catalogue(wired).rules)
    with tempfile.TemporaryDirectory(prefix="collect-tui-class-") as folder:
        place = Path(folder)
        settings = replace(wired.settings, orders_folder=place / "orders", state_folder=place / "state")
        if own:
            settings = replace(settings.with_database(site.EMBEDDED), data_folder=place)
        yield replace(wired, settings=settings, clock=clock)


def _fill(wired: Wiring, store: Store, trade: str) -> list[tuple[str, str, str]]:
    """Loads the fixture portfolio of a trade and gives everybody a password: (role, login, password)."""
    import secrets

    from collect_tui import bootstrap, demo
    from collect_tui.services import users

    demo.make_demo(wired, trade)
    site, now = bootstrap.catalogue(wired), wired.clock()
    for login, name, role in _MORE_USERS:
        users.add(store, 1, login, site.authority, name=name, role=role)
    told = []
    for user in users.users(store, 1, now):
        password = "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(3))
        users.set_password(store, 1, user.login, password, site.authority, now)
        told.append((user.role, user.login, password))
    return told


@contextmanager
def _relay(store: Store, wired: Wiring) -> Iterator[None]:
    from collect_tui.server.poster import Poster
    from collect_tui.services.relay import Relay

    private = wired.settings.serve.allow_private_webhooks
    relay = Relay(store, wired.clock, post=Poster(allow_private=private), allow_private_webhooks=private)
    relay.start()
    try:
        yield
    finally:
        relay.stop()


def _say(
    args: argparse.Namespace, url: str, store: Store, wired: Wiring, users: list[tuple[str, str, str]], there: str
) -> None:
    """What whoever started it needs to know, before the log begins. `there`: how other commands name the database."""
    from collect_tui.common.widths import table
    from collect_tui.store import event_log

    with store.read() as db:
        empty = not event_log.tenants(db)
    if args.json:
        rows = [{"role": role, "login": login, "password": password} for role, login, password in users]
        print(json.dumps({"url": url, "database": store.place, "empty": empty, "users": rows}), flush=True)
        return
    lines = [f"The desk is served at {url} from {store.place}; Ctrl+C ends it."]
    if wired.settings.serve.insecure and not wired.settings.serve.certificate:
        lines.append("It speaks plain HTTP: whoever sits on the way can read along.")
    if users:
        lines += ["Each client types", f"  collect-tui login {url} --user LOGIN", f"  collect-tui --server {url}"]
        lines += ["with one of these logins:", ""]
        lines += [
            table(("role", "login", "password"), users),
            "",
            "The passwords are shown this once; the class is gone when it ends.",
        ]
    elif empty:
        lines += [
            "It holds no portfolio yet. In another window:",
            f"  collect-tui {there}load FILE",
            f"  collect-tui {there}user add LOGIN --role admin",
        ]
    print("\n".join(lines), flush=True)
