"""From a server's address to the desk of whoever is signed in there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from collect_tui.client.credentials import Credentials, known, renewed, tenant_of
from collect_tui.client.desk import ApiDesk
from collect_tui.client.http import Http
from collect_tui.domain.errors import Invalid


def connect(
    url: str, state_folder: Path, *, clock: Callable[[], datetime], login: str | None = None, background: bool = True
) -> ApiDesk:
    """The desk at a server; asks nobody yet. `login`: who it must be. SignedOut when nobody is signed in there."""
    found = known(url, state_folder)
    mine, scripted = found.credential, found.scripted
    if login is not None and login != mine.login and not scripted:
        raise Invalid("server.user", f"At {found.url} you are signed in as {mine.login}, not {login}.", "as")

    def sign_in(password: str) -> tuple[str, str]:
        from collect_tui.client.signin import with_password

        server = Http(found.url)
        try:
            granted = with_password(server, mine.login, password, tenant_of(mine.token))
        finally:
            server.close()
        fresh = replace(mine, token=granted.token, expires_at=granted.expires_at.isoformat())
        Credentials(state_folder).keep(found.url, fresh)
        return granted.token, granted.warning or ""

    return ApiDesk(
        found.url,
        token=mine.token,
        renew=None if scripted else lambda: renewed(found.url, state_folder, mine),
        user=mine.desk,
        state_folder=state_folder,
        clock=clock,
        sign_in=None if scripted else sign_in,
        background=background,
    )
