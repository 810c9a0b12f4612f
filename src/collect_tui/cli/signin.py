"""Signing in at a server, out, and saying who one is there."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from collect_tui.cli.common import secret

if TYPE_CHECKING:
    from collect_tui.client.http import Http
    from collect_tui.client.signin import DeviceCode
    from collect_tui.desk.views.access import SignedIn


def add(commands: Any) -> None:
    login = commands.add_parser("login", help="sign in at a server", description="Sign in at a server.")
    login.add_argument(
        "url", metavar="URL", nargs="?", help="the server's address (default: --server, or the settings)"
    )
    login.add_argument("--user", dest="login", metavar="NAME", help="login at the server (default: the system's user)")
    login.add_argument(
        "--tenant", default=argparse.SUPPRESS, metavar="NAME", help="whose desk it is, where a server has several"
    )
    login.add_argument("--sso", action="store_true", help="sign in at the provider, with a code on another device")
    login.add_argument("--insecure", action="store_true", help="allow http:// to another machine")
    login.set_defaults(run=sign_in)
    for name, run, told in (
        ("logout", sign_out, "sign out: the token is revoked and forgotten"),
        ("whoami", whoami, "say who is signed in at the server, and in what role"),
    ):
        sub = commands.add_parser(name, help=told, description=told[:1].upper() + told[1:] + ".")
        sub.add_argument(
            "url", metavar="URL", nargs="?", help="the server's address (default: --server, or the settings)"
        )
        sub.set_defaults(run=run)


def _place(args: argparse.Namespace) -> tuple[str, Path]:
    """The server's address as given, and the state folder."""
    import os

    from collect_tui import settings
    from collect_tui.domain.errors import Invalid

    loaded = settings.load(os.environ)
    url = args.url or getattr(args, "server", None) or loaded.server
    if not url:
        raise Invalid("server.missing", "Which server? Write its address, such as https://desk.example.com.", "server")
    return url, loaded.state_folder


def sign_in(args: argparse.Namespace) -> int:
    from collect_tui import settings
    from collect_tui.client.credentials import Credential, Credentials
    from collect_tui.client.http import Http, server_url
    from collect_tui.client.signin import methods

    given, folder = _place(args)
    url = server_url(given, insecure=args.insecure)
    server = Http(url)
    try:
        offered = methods(server)
        if offered.issuer and (args.sso or not offered.password):
            granted = _with_code(server, offered, args)
        else:
            granted = _with_password(server, args.login or args.user or settings.login(), args)
    finally:
        server.close()
    expires = granted.expires_at.isoformat()
    Credentials(folder).keep(url, Credential(granted.token, granted.session.user, expires, insecure=args.insecure))
    if granted.warning:
        print(granted.warning, file=sys.stderr)
    return _say(args, url, granted.session)


def _with_password(server: Http, login: str, args: argparse.Namespace) -> SignedIn:
    from collect_tui.client.signin import with_password
    from collect_tui.domain.errors import Refused

    if args.sso:
        raise Refused("sso.none", "This server offers no single sign-on; sign in with a password.", None)
    return with_password(server, login, secret(f"Password of {login} at {server.url}: "), args.tenant)


def _with_code(server: Http, offered: Any, args: argparse.Namespace) -> SignedIn:
    from collect_tui.client.http import Http, TransportFailed
    from collect_tui.client.signin import device_code, with_id_token
    from collect_tui.desk.errors import Unavailable

    def show(device: DeviceCode) -> None:
        print(f"Open {device.uri} on any device and type {device.code}", file=sys.stderr)
        if device.whole:
            print(f"or open {device.whole}", file=sys.stderr)
        sys.stderr.flush()

    provider = Http(offered.issuer)
    try:
        id_token = device_code(provider, offered, show)
    except TransportFailed:
        raise Unavailable("sso.unreachable", f"The sign-in provider {offered.issuer} cannot be reached.") from None
    finally:
        provider.close()
    return with_id_token(server, id_token, args.tenant)


def sign_out(args: argparse.Namespace) -> int:
    """The token is forgotten here even when the server cannot be told."""
    from collect_tui.client import signin
    from collect_tui.client.credentials import Credentials
    from collect_tui.client.http import Http, server_url
    from collect_tui.common.text import clean
    from collect_tui.desk.errors import SignedOut, Unavailable

    given, folder = _place(args)
    url = server_url(given, insecure=True)
    kept = Credentials(folder).of(url)
    if kept is None:
        raise SignedOut("signed_out", f"You are not signed in at {url}.")
    Credentials(folder).forget(url)
    server = Http(server_url(given, insecure=kept.insecure))
    try:
        signin.sign_out(server, kept.token)
    except SignedOut:
        pass  # it had ended already
    except Unavailable:
        print(f"{url} cannot be reached: you are signed out here, the session there ends by itself.", file=sys.stderr)
        return 1
    finally:
        server.close()
    print(clean(f"{kept.login} is signed out at {url}"))
    return 0


def whoami(args: argparse.Namespace) -> int:
    from datetime import UTC, datetime

    from collect_tui.client.connect import connect

    given, folder = _place(args)
    desk = connect(given, folder, clock=lambda: datetime.now(UTC), background=False)
    try:
        return _say(args, desk.url, desk.session())
    finally:
        desk.close()


def _say(args: argparse.Namespace, url: str, session: Any) -> int:
    from collect_tui.common.text import clean  # a server may call somebody anything

    if args.json:
        print(json.dumps({"server": url, **session.model_dump(mode="json")}, indent=2))
    else:
        print(clean(f"{session.user} ({session.role}) at {url}, business date {session.business_date}"))
    return 0
