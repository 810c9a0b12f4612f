"""What each plain command does: asks the desk and prints the answer. Imports nothing heavy until it runs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from collect_tui.cli import common
from collect_tui.domain.errors import Invalid

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import BaseModel

    from collect_tui.bootstrap import Wiring
    from collect_tui.desk.protocol import Desk
    from collect_tui.services.local import LocalDesk


def _wired(args: argparse.Namespace) -> Wiring:
    from collect_tui import bootstrap

    return bootstrap.wiring(database=args.db, user=args.user, at=args.at, server=args.server, tenant=args.tenant)


def _desk(args: argparse.Namespace) -> Desk:
    """The desk that the command line and the settings name: here, or at a server."""
    from collect_tui import bootstrap

    return bootstrap.connect(_wired(args))


def _beside(args: argparse.Namespace) -> LocalDesk:
    """A desk on the database itself, for what brings in whole files. Invalid when the desk is at a server."""
    from collect_tui import bootstrap

    wired = _wired(args)
    common.beside(wired.settings.server)
    return bootstrap.open_desk(wired, create=True)


def _say(args: argparse.Namespace, view: BaseModel, text: Callable[[], str]) -> int:
    print(view.model_dump_json(indent=2) if args.json else text())
    return 0


def _progress(args: argparse.Namespace) -> Callable[[str, int, int], None] | None:
    from collect_tui.cli.plain import Bar

    return Bar(sys.stderr) if sys.stderr.isatty() and not args.json else None


def open_terminal(args: argparse.Namespace) -> int:
    from collect_tui import bootstrap

    if args.linear:
        from collect_tui.cli.linear import run

        return run(_wired(args))
    _needs_terminal()
    return bootstrap.run_terminal(_wired(args), theme=args.theme)


def _needs_terminal() -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Invalid(
            "terminal.none",
            "The desk needs a terminal; without one use --linear, or the plain commands (collect-tui --help), such as queues or show.",
            "terminal",
        )


def demo(args: argparse.Namespace) -> int:
    from dataclasses import replace

    from collect_tui import bootstrap
    from collect_tui import demo as demos

    wired = _wired(args)
    if args.reset and not args.keep:
        raise Invalid("demo.reset", "Say which demo begins anew: demo --keep PATH --reset.", "keep")
    if args.keep:
        if args.reset:
            demos.discard(args.keep)
        if args.keep.exists():
            told = f"{args.keep} exists already; name a file that does not, or begin it anew: demo --keep {args.keep} --reset."
            raise Invalid("demo.exists", told, "keep")
        kept = demos.with_rules(replace(wired, settings=wired.settings.with_database(args.keep)), args.trade)
        demos.make_demo(kept, args.trade)
        print(_kept_text(args.keep, kept.settings.site_folder if args.trade != demos.UTILITY else None, args.json))
        return 0
    if args.linear:
        from collect_tui.cli.linear import run

        with demos.demo(wired, args.trade) as shown:
            return run(shown, backend="demo")
    _needs_terminal()
    with demos.demo(wired, args.trade) as shown:
        return bootstrap.run_terminal(shown, backend="demo", theme=args.theme)


def _kept_text(database: Path, rules: Path | None, as_json: bool) -> str:
    """Where a demo that stays is, and how to go on with it. `rules`: a site folder, where it is not that of the settings."""
    import json
    from shlex import quote

    if as_json:
        return json.dumps({"database": str(database), "site_folder": str(rules) if rules else None})
    before = f"COLLECT_TUI_SITE_FOLDER={quote(str(rules))} " if rules else ""
    return f"The demo is in {database}. Work on it with\n  {before}collect-tui --db {quote(str(database))}"


def queues(args: argparse.Namespace) -> int:
    from collect_tui.cli.plain import board_text

    desk = _desk(args)
    board = desk.queues()
    return _say(args, board, lambda: board_text(board, desk.session()))


def queue(args: argparse.Namespace) -> int:
    from collect_tui.cli.plain import page_text

    desk = _desk(args)
    name, words = _wanted(args, args.name)
    page = desk.queue(name or args.name, words=words, limit=args.limit)
    return _say(args, page, lambda: page_text(page, desk.session()))


def _wanted(args: argparse.Namespace, name: str | None) -> tuple[str | None, str]:
    """A queue by its name, or what its user has saved under a name; and what is wanted of it."""
    from collect_tui.desk.own_filters import OwnFilters

    words = " ".join(args.words)
    saved = OwnFilters(_wired(args).settings.site_folder / "filters.toml").by_name(name) if name else None
    return (name, words) if saved is None else (saved.queue, f"{saved.words} {words}".strip())


def next_account(args: argparse.Namespace) -> int:
    from collect_tui.cli.plain import account_text
    from collect_tui.desk.errors import NotFound

    desk = _desk(args)
    name, words = _wanted(args, args.queue)
    claim = desk.next(name, words=words)
    if claim is None:
        raise NotFound("queue.empty", "Nothing is left to work now.", "queue")
    return _say(args, claim, lambda: account_text(desk.account(claim.account)))


def show(args: argparse.Namespace) -> int:
    from collect_tui.cli.plain import account_text, message_text, pane_text

    desk = _desk(args)
    if args.message is not None:
        message = desk.message(args.account, args.message)
        return _say(args, message, lambda: message_text(message, desk.session()))
    if args.pane:
        pane = desk.pane(args.account, args.pane)
        return _say(args, pane, lambda: pane_text(pane, desk.session()))
    account = desk.account(args.account)
    return _say(args, account, lambda: account_text(account))


def find(args: argparse.Namespace) -> int:
    from collect_tui.cli.plain import hits_json, listed
    from collect_tui.desk.errors import NotFound
    from collect_tui.desk.views.account import FIND_COLUMNS

    desk = _desk(args)
    hits = desk.find(args.text)
    if args.json:
        print(hits_json(hits))
    elif hits:
        print(listed(FIND_COLUMNS, hits, desk.session()))
    if not hits:
        raise NotFound("find.nothing", "Nothing was found.", "text")
    return 0


def why(args: argparse.Namespace) -> int:
    from collect_tui.cli.plain import why_text

    reason = _desk(args).why(args.account)
    return _say(args, reason, lambda: why_text(reason))


def _each_book(args: argparse.Namespace, work: Callable[[argparse.Namespace], int]) -> int:
    """Does a command for every book; one that is refused keeps no other from its turn. The worst exit code."""
    from collect_tui import bootstrap
    from collect_tui.cli.plain import problem
    from collect_tui.desk.errors import DomainError
    from collect_tui.services import tenants

    if args.tenant:
        raise Invalid("tenant.and_all", "Name a book or all of them, not both: --tenant or --all.", "tenant")
    wired = _wired(args)
    common.beside(wired.settings.server)
    with bootstrap.open_store(wired) as store:
        known = tenants.tenants(store)
    worst = 0
    for one in known:
        if not args.json:
            print(f"{one.tenant_id} {one.name}")
        try:
            code = work(argparse.Namespace(**{**vars(args), "all": False, "tenant": str(one.tenant_id)}))
        except DomainError as error:
            print(problem(error, args.json), file=sys.stderr)
            code = 1
        worst = max(worst, code)
    return worst


def day(args: argparse.Namespace) -> int:
    if args.all:
        return _each_book(args, day)

    from collect_tui.cli.plain import day_text

    desk = _desk(args)
    check = args.check or args.full
    to = args.date or (desk.session().business_date if check else None)  # a check alone rolls nothing
    report = desk.day(to, check=check, full=args.full, progress=_progress(args))
    _say(args, report, lambda: day_text(report))
    return 0 if report.orphans == 0 and not report.differences else 1


def export(args: argparse.Namespace) -> int:
    from collect_tui.reports import export as exporting

    desk = _desk(args)
    count = exporting.export(desk, args.queue, args.to, raw=args.raw)
    if args.to:
        print(f"{count} rows in {args.to}", file=sys.stderr)
    return 0


def orders(args: argparse.Namespace) -> int:
    if args.all:
        return _each_book(args, orders)

    from collect_tui.cli.plain import orders_text

    report = _desk(args).orders(send=args.what == "sync", progress=_progress(args))
    return _say(args, report, lambda: orders_text(report))


def schema(args: argparse.Namespace) -> int:
    import json

    from collect_tui.services.intake.portfolio import schema as portfolio_schema

    print(json.dumps(portfolio_schema(), indent=2))
    return 0


def keys(args: argparse.Namespace) -> int:
    from collect_tui.cli.about import checked_keys, keys_text

    if args.check:
        print(checked_keys(_wired(args), as_json=args.json))
        return 0
    print(keys_text(args.what, _wired(args), as_json=args.json))
    return 0


def locate(args: argparse.Namespace) -> int:
    from collect_tui.cli.about import locate_text

    print(locate_text(_wired(args), as_json=args.json))
    return 0
