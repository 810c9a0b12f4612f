"""Turns authority.toml into typed roles. A permission, a limit or an identifier that nobody knows is an error."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from collect_tui.defaults.reading import Table
from collect_tui.desk.commands import COMMANDS
from collect_tui.desk.operations import OPERATIONS
from collect_tui.domain.money import LIMIT
from collect_tui.policy.authority import (
    EVERYTHING,
    IDENTIFIERS,
    LIMITS,
    MORE_PERMISSIONS,
    AuthorityRules,
    Deputy,
    RoleRule,
    SignInRules,
)

#: Every permission there is, without patterns.
PERMISSIONS: Final = tuple(
    dict.fromkeys(
        (
            *(o.permission for o in OPERATIONS if o.name != "do"),
            *MORE_PERMISSIONS,
            *(f"act.{kind}" for kind in COMMANDS),
        )
    )
)


def patterns() -> Collection[str]:
    """What `may` and the scopes of a token may say: permissions, `group.*` and `*`."""
    groups = dict.fromkeys(f"{p.partition('.')[0]}.*" for p in PERMISSIONS)
    return (*PERMISSIONS, *groups, EVERYTHING)


def authority(root: Table) -> AuthorityRules:
    entries = list(root.table("roles").entries())
    known = patterns()
    roles = {name: _role(name, table, known) for name, table in entries}
    if "collector" not in roles:
        raise root.error("missing", "roles", "the role collector is missing; it is what a new user gets.")
    away = root.tables("deputies") if root.peek("deputies") is not None else ()
    found = AuthorityRules(roles, _sign_in(root.table("sign_in")), tuple(map(_deputy, away)))
    root.done()
    return found


def _role(name: str, table: Table, known: Collection[str]) -> RoleRule:
    limits = table.table("limits", {})
    role = RoleRule(
        name=name,
        title=table.line("title"),
        rank=table.number("rank", 0, 100),
        may=frozenset(table.choices("may", known)),
        limits={key: value for key in LIMITS if (value := limits.maybe_number(key, 0, LIMIT)) is not None},
        masked=frozenset(table.choices("masked", IDENTIFIERS, [])),
        help=table.text("help", ""),
    )
    limits.done()
    table.done()
    return role


def _deputy(table: Table) -> Deputy:
    made = Deputy(table.text("of"), table.text("deputy"), table.day("from"), table.day("until"))
    table.done()
    if made.of == made.deputy:
        raise table.error("value", "deputy", "nobody stands in for themselves.")
    if made.until < made.since:
        raise table.error("value", "until", "expected a day that is not before from.")
    return made


def _sign_in(table: Table) -> SignInRules:
    rules = SignInRules(
        tries=table.number("tries", 1, 10),
        lock_minutes=table.number("lock_minutes", 30, 24 * 60),
        idle_minutes=table.number("idle_minutes", 2, 12 * 60),
        session_hours=table.number("session_hours", 1, 24),
        token_days=table.number("token_days", 1, 366),
        password_length=table.number("password_length", 8, 64),
    )
    table.done()
    return rules
