"""`collect-tui user …` and `collect-tui token …`: who may sign in to a shared desk, on its database itself.

Passwords are asked for at the terminal or read from standard input; never taken from the command line, which others can see.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any
from uuid import UUID

from collect_tui.cli.common import add_tenant, secret, wired
from collect_tui.desk.errors import Invalid, NotFound, Refused

if TYPE_CHECKING:
    from datetime import datetime

    from pydantic import BaseModel

    from collect_tui.bootstrap import Wiring
    from collect_tui.policy.authority import AuthorityRules
    from collect_tui.store.engine import Store


def add(commands: Any) -> None:
    user = _group(commands, "user", "say who may sign in to a shared desk")
    _command(user, "list", "list the users", list_users)
    adding = _command(user, "add", "add a user", add_user, login=True)
    adding.add_argument("--name", default="", help="as people call them")
    adding.add_argument("--role", default="collector", help="a role of authority.toml (default: collector)")
    adding.add_argument("--desk", default="", help="where they sit")
    adding.add_argument("--subject", help="who they are to the OpenID provider")
    adding.add_argument("--no-password", action="store_true", help="for those who sign in through a provider")
    _stdin(adding)
    role = _command(user, "role", "give a user another role", give_role, login=True)
    role.add_argument("role", metavar="ROLE")
    _stdin(_command(user, "password", "set a user's password; ends their sessions", set_password, login=True))
    _command(user, "lock", "lock a user out and end their sessions", lock, login=True)
    _command(user, "unlock", "let a user in again, also after too many wrong passwords", unlock, login=True)
    _command(user, "remove", "remove a user; the name stays beside what they did", remove, login=True)

    token = _group(commands, "token", "make and revoke tokens for scripts")
    _command(token, "list", "list a user's sessions and tokens", list_tokens, login=True)
    making = _command(token, "create", "make a token; its text is printed this once", create_token, login=True)
    making.add_argument("--name", required=True, help="what uses it")
    making.add_argument("--scope", action="append", default=[], metavar="PERMISSION", help="give no more than this")
    making.add_argument(
        "--key", type=UUID, metavar="UUID", help="key of the token: asked for twice, it is the same token"
    )
    making.add_argument("--days", type=int, default=90, help="how long it lasts (default: 90)")
    revoking = _command(token, "revoke", "revoke one token of a user, or all", revoke, login=True)
    which = revoking.add_mutually_exclusive_group(required=True)
    which.add_argument("number", type=int, nargs="?", metavar="NUMBER")
    which.add_argument("--all", action="store_true", help="all of them")


def _group(commands: Any, name: str, help: str) -> Any:
    parser = commands.add_parser(name, help=help, description=help[:1].upper() + help[1:] + ".")
    return parser.add_subparsers(title="commands", metavar="COMMAND", required=True)


def _command(group: Any, name: str, help: str, run: Any, *, login: bool = False) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = group.add_parser(name, help=help, description=help[:1].upper() + help[1:] + ".")
    if login:
        parser.add_argument("login", metavar="LOGIN")
    add_tenant(parser)
    parser.set_defaults(run=run)
    return parser


def _stdin(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")


# ---------------------------------------------------------------------------------------------------------------- users


def list_users(args: argparse.Namespace) -> int:
    from collect_tui.common.widths import table
    from collect_tui.services import users

    with _Place(args) as place:
        found = users.users(place.store, place.tenant_id, place.now)
    rows = [(u.login, u.name, u.role, _state(u, place), str(u.sessions)) for u in found]
    return _say(args, found, table(("login", "name", "role", "may sign in", "sessions"), rows, (4,)))


def _state(user: Any, place: _Place) -> str:
    if not user.active:
        return "no: locked"
    ways = [*(["password"] if user.password else []), *(["provider"] if user.subject else [])]
    said = " and ".join(ways) or "no: no password"
    until = user.locked_until
    return f"{said}; where guesses came from not until {place.stamp(until)}" if until else said


def add_user(args: argparse.Namespace) -> int:
    from collect_tui.services import users

    with _Place(args) as place:
        password = None if args.no_password else _password(args)
        made = users.add(
            place.store,
            place.tenant_id,
            args.login,
            place.rules,
            name=args.name,
            role=args.role,
            desk=args.desk,
            subject=args.subject,
            password=password,
        )
    return _say(args, made, f"{made.login} is a {made.role} now.")


def give_role(args: argparse.Namespace) -> int:
    return _changed(args, lambda login, role: f"{login} is a {role} now.", role=args.role)


def lock(args: argparse.Namespace) -> int:
    return _changed(args, lambda login, _: f"{login} is locked out and signed out everywhere.", active=False)


def unlock(args: argparse.Namespace) -> int:
    return _changed(args, lambda login, _: f"{login} may sign in again.", active=True)


def _changed(args: argparse.Namespace, sentence: Any, **changes: Any) -> int:
    from collect_tui.services import users

    with _Place(args) as place:
        user = users.change(place.store, place.tenant_id, args.login, place.rules, place.now, **changes)
    return _say(args, user, sentence(user.login, user.role))


def set_password(args: argparse.Namespace) -> int:
    from collect_tui.services import users

    with _Place(args) as place:
        users.user(place.store, place.tenant_id, args.login)  # before anything is typed in vain
        users.set_password(place.store, place.tenant_id, args.login, _password(args), place.rules, place.now)
        user = users.user(place.store, place.tenant_id, args.login)
    return _say(args, user, f"{args.login} has a new password; all sessions have ended.")


def remove(args: argparse.Namespace) -> int:
    from collect_tui.services import users

    with _Place(args) as place:
        users.remove(place.store, place.tenant_id, args.login, place.rules, place.now)
        user = users.user(place.store, place.tenant_id, args.login)
    return _say(args, user, f"{args.login} may no longer sign in; the name stays beside what they did.")


# --------------------------------------------------------------------------------------------------------------- tokens


def list_tokens(args: argparse.Namespace) -> int:
    from collect_tui.common.widths import table
    from collect_tui.services import tokens, users

    with _Place(args) as place:
        users.user(place.store, place.tenant_id, args.login)
        found = tokens.tokens(place.store, place.tenant_id, args.login, place.now)
    rows = [
        (
            str(t.id),
            t.kind,
            t.name,
            " ".join(t.scopes) or "all of the role",
            place.stamp(t.used_at),
            place.stamp(t.expires_at),
        )
        for t in found
    ]
    return _say(args, found, table(("number", "kind", "name", "scopes", "last used", "until"), rows))


def create_token(args: argparse.Namespace) -> int:
    from collect_tui.services import tokens

    with _Place(args) as place:
        if args.key is None:  # who asks again because the answer was lost is told of the token that there is
            for one in tokens.tokens(place.store, place.tenant_id, args.login, place.now):
                if (one.kind, one.name) == ("personal", args.name):
                    raise Refused(
                        "token.name_taken",
                        f"{args.login} has a token {args.name!r} already. If its text was lost, `token revoke {args.login} {one.id}` and "
                        "make it anew; with `--key` a token made again is the same, and a second one of the name another.",
                        "name",
                    )
        made = tokens.create_token(
            place.store,
            place.tenant_id,
            args.login,
            args.name,
            args.scope,
            args.days,
            place.now,
            place.rules,
            key=args.key,
        )
    if not args.json:
        print(
            f"Token {made.view.id} of {args.login}, good until {place.stamp(made.view.expires_at)}; keep it, it is not shown again:",
            file=sys.stderr,
        )
    return _say(args, made, made.token)


def revoke(args: argparse.Namespace) -> int:
    from collect_tui.services import tokens, users

    with _Place(args) as place:
        users.user(place.store, place.tenant_id, args.login)
        count = tokens.revoke(place.store, place.tenant_id, args.login, place.now, token_id=args.number)
    if not count and not args.all:
        raise NotFound("token.not_found", f"{args.login} has no token {args.number} that is still good.", "number")
    print(f'{{"revoked": {count}}}' if args.json else f"{count} revoked.")
    return 0


# ---------------------------------------------------------------------------------------------------------------- common


class _Place:
    """The database of the command line, one tenant of it, the site's roles and the time."""

    def __init__(self, args: argparse.Namespace) -> None:
        from collect_tui import bootstrap

        self._wired: Wiring = wired(args)
        site = bootstrap.catalogue(self._wired)
        self.rules: AuthorityRules = site.authority
        self.zone = site.rules.zone
        self.now = self._wired.clock()

    def stamp(self, at: datetime) -> str:
        """An instant by the desk's clock."""
        from collect_tui.domain.dates import stamp

        return stamp(at, self.zone)

    def __enter__(self) -> _Place:
        from collect_tui import bootstrap
        from collect_tui.services import tenants

        self.store: Store = bootstrap.open_store(self._wired)
        try:
            found = tenants.named(self.store, self._wired.tenant)
            if found is None:
                raise NotFound("tenant.not_found", f"There is no portfolio yet in {self.store.place}.", "tenant")
        except BaseException:
            self.store.close()
            raise
        self.tenant_id = found
        return self

    def __exit__(self, *_: object) -> None:
        self.store.close()


def _password(args: argparse.Namespace) -> str:
    """A password from standard input, its line end apart, or typed twice at the terminal."""
    if args.password_stdin:
        return sys.stdin.readline(10_000).rstrip("\r\n")
    if not sys.stdin.isatty():
        raise Invalid(
            "password.no_terminal", "There is no terminal to ask for a password; use --password-stdin.", "password"
        )
    first = secret(f"Password for {args.login}: ")
    if secret("Once more: ") != first:
        raise Invalid("password.differs", "The two passwords differ; nothing was changed.", "password")
    return first


def _say(args: argparse.Namespace, view: BaseModel | tuple[BaseModel, ...], text: str) -> int:
    if args.json:
        import json

        whole = [v.model_dump(mode="json") for v in view] if isinstance(view, tuple) else view.model_dump(mode="json")
        print(json.dumps(whole, indent=2, ensure_ascii=False))
    else:
        print(text)
    return 0
