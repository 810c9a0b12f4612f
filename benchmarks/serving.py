"""A server for the thin client's figures: the demo portfolio on a PostgreSQL of its own, and mia signed in at it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def served(env: Mapping[str, str], at: str, user: str) -> Iterator[str]:
    """The address of a real `collect-tui serve --demo` on this machine; it ends, and all of it goes, when the block is left.

    The credentials of `user` are where a client with `env` looks for them. RuntimeError when the server does not start.
    """
    words = ["--json", "--at", at, "serve", "--demo", "--port", "0"]
    limits = {"COLLECT_TUI_SERVE_RATE": "0"}  # twenty accounts typed ahead are more than a hand does
    server = subprocess.Popen(
        [sys.executable, "-m", "collect_tui", *words, "--log", str(Path(env["HOME"]) / "serve.log")],
        env={**env, **limits},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        told = server.stdout.readline()
        if not told:
            raise RuntimeError(f"the server did not start (exit code {server.wait()})")
        made = json.loads(told)
        password = next(each["password"] for each in made["users"] if each["login"] == user)
        _sign_in(made["url"], user, password, Path(env["COLLECT_TUI_STATE_FOLDER"]))
        yield made["url"]
    finally:
        server.terminate()
        server.wait(30)


def _sign_in(url: str, user: str, password: str, folder: Path) -> None:
    from collect_tui.client.credentials import Credential, Credentials
    from collect_tui.client.http import Http
    from collect_tui.client.signin import with_password
    from collect_tui.desk.errors import Unavailable

    http = Http(url)
    try:
        for _ in range(100):
            try:
                granted = with_password(http, user, password)
                break
            except Unavailable:
                time.sleep(0.1)
        else:
            raise RuntimeError(f"{url} does not answer")
    finally:
        http.close()
    Credentials(folder).keep(url, Credential(granted.token, user, granted.expires_at.isoformat()))
