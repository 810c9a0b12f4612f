"""A typed line from the shell as an act: the same grammar as the desk's line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from pydantic import ValidationError

from collect_tui.common.files import LARGEST
from collect_tui.common.text import clean
from collect_tui.common.widths import width
from collect_tui.desk.bulk import Bulk, do_each, plan
from collect_tui.desk.commands import Act, Command, Override
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.parse import parse
from collect_tui.desk.protocol import Desk
from collect_tui.domain.errors import Invalid

if TYPE_CHECKING:
    from collect_tui.bootstrap import Wiring

AROUND = 40
"""How many characters of a line are shown on either side of what is wrong with it."""


def act_of(
    desk: Desk,
    account: str,
    line: str,
    *,
    confirm: str | None = None,
    act_id: str | None = None,
    override: tuple[str | None, str | None] = (None, None),
) -> Act:
    """Parses `line` on the account as it is now. Raises Invalid that shows the line and points at the word."""
    view = desk.account(account)
    parsed = parse(line, LineContext.of(view, desk.catalogue(), desk.session()))
    if parsed.errors:
        error = parsed.errors[0]
        raise Invalid("line.malformed", f"{error.message}\n{_pointed(line, error.start, error.end)}", "line")
    if not parsed.commands:
        raise Invalid("line.empty", "The line is empty; `collect-tui keys line` lists what can be typed.", "line")
    by, reason = override
    if (by is None) != (reason is None):
        raise Invalid(
            "override.incomplete", "An override names who and why: --override-by and --override-reason.", "override"
        )
    try:
        return Act(
            id=_id(act_id),
            account=view.number,
            commands=_confirmed(parsed.commands, confirm, view.currency),
            line=line,
            override=None if by is None or reason is None else Override(by=by, reason=reason),
        )
    except ValidationError as error:  # too long, or too many acts on one line
        first = error.errors()[0]
        name = str(first["loc"][0] if first["loc"] else "override")
        raise Invalid("act.malformed", f"The {name} cannot be taken: {first['msg'].lower()}.", name) from None


def do_line_on_each(args: argparse.Namespace, wired: Wiring) -> int:
    """Does a line on many accounts, each by itself; what is refused on one keeps no other from it. 3 when one was refused."""
    from collect_tui import bootstrap

    if args.confirm or args.override_by or args.override_reason:
        raise Invalid(
            "bulk.confirm", "What asks to be confirmed or overridden is done on each account by itself.", "account"
        )
    desk = bootstrap.connect(wired)
    given = _given() if args.account == "-" else args.account.split(",")
    base = _id(args.id)
    acts, found = plan(desk, given, args.line, base, again=args.id is not None)
    return told_each(args, wired, desk, acts, found)


def told_each(args: argparse.Namespace, wired: Wiring, desk: Desk, acts: Sequence[Act], found: Bulk) -> int:
    """Does what was planned, but for a dry run, and prints what became of it. 3 when it was refused on an account."""
    from collect_tui import bootstrap

    if not args.dry_run:
        found = do_each(partial(bootstrap.sent_from(wired, desk).do, desk), acts, found)
    print(found.model_dump_json(indent=2) if args.json else found.text())
    return 3 if found.refused else 0


def _given() -> list[str]:
    """The accounts that standard input names, which may never end."""
    text = sys.stdin.read(LARGEST + 1)
    if len(text) > LARGEST:
        raise Invalid("bulk.many", f"Standard input holds more than {LARGEST:,} characters of accounts.", "account")
    return text.replace(",", " ").split()


def _pointed(line: str, start: int, end: int) -> str:
    """The line with a mark below the word meant; a long one shows what stands around it, and controls never show."""
    low, high = max(0, start - AROUND), min(len(line), max(end, start + 1) + AROUND, start + 2 * AROUND)
    before, word, after = (clean(part) for part in (line[low:start], line[start:high][: end - start], line[end:high]))
    before = "…" + before if low else before
    after = after + "…" if high < len(line) else after
    return f"  {before}{word}{after}\n  {' ' * width(before)}{'^' * max(1, width(word))}"


def _confirmed(commands: tuple[Command, ...], typed: str | None, currency: str) -> tuple[Command, ...]:
    """What was typed to confirm answers the last command that may ask and is not answered on the line: of several payments it
    is the last that goes beyond what is owed. It rests on the line alone, so that a retry is the same act."""
    asking = [at for at, c in enumerate(commands) if c.asks and getattr(c, c.asks) is None]
    if not typed or not asking:
        return commands
    at = asking[-1]
    return (*commands[:at], commands[at].answered(typed, currency), *commands[at + 1 :])


def _id(text: str | None) -> UUID:
    try:
        return UUID(text) if text else uuid4()
    except ValueError:
        raise Invalid("act.id", f"{text!r} is no UUID.", "id") from None
