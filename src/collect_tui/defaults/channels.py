"""Reads `channels.toml`, ours with a site's laid over it: the site's channels over HTTP, with their values and secrets.

Raises Invalid that names file, key and the nearest valid name; what a secret is never stands in it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final, cast
from urllib.parse import urlsplit

from collect_tui.common.files import read_whole
from collect_tui.common.words import expected
from collect_tui.defaults.channel_parts import parts
from collect_tui.defaults.gateway import Gateway
from collect_tui.defaults.layers import layered
from collect_tui.defaults.reading import Table
from collect_tui.domain.message.template import Channel

CHANNELS: Final = ("sms", "chat", "social")
LARGEST_SECRET: Final = 4096
"""Bytes of a file that holds a secret."""

_IN_URL: Final = re.compile(r"[A-Za-z0-9_~-]{16,200}")
"""A secret that stands in a URL: no sign of it means anything there, or to Kannel."""


def gateways(overrides: Path | None, environ: Mapping[str, str] | None) -> dict[str, Gateway]:
    """The channels that the site has, by name. Without a site's `channels.toml` there are none. `environ` None: whether the file is
    right is looked at, where secrets cannot be read; they are empty."""
    root = layered("channels.toml", overrides).table()
    shapes = dict(root.table("gateways").entries())
    made = {name: _channel(name, table, shapes, environ) for name, table in root.table("channels").entries()}
    root.done()
    for name in shapes.keys() - {each.gateway for each in made.values()}:
        _unused(shapes[name])
    return made


def _unused(shape: Table) -> None:
    """Looks at a gateway that no channel has yet."""
    shape.maybe_choice("channel", CHANNELS)
    parts(shape, {*shape.phrases("needs"), *shape.tree("values"), *shape.phrases("secrets")}, shape.phrases("secrets"))


def _channel(name: str, table: Table, shapes: Mapping[str, Table], environ: Mapping[str, str] | None) -> Gateway:
    gateway = table.choice("gateway", shapes)
    shape = shapes[gateway]
    channel = table.choice("channel", CHANNELS, shape.maybe_choice("channel", CHANNELS) or ...)
    needs, given = shape.phrases("needs"), table.table("values", {})
    values = {**shape.table("values", {}).texts(), **given.texts()}
    known = dict.fromkeys((*needs, *shape.tree("values")))
    for each in given.texts():
        if each not in known:
            raise given.error("unknown_key", each, f"no such value of {gateway}; {expected(each, list(known))}")
    for each in needs:
        given.text(each)
    for each, text in values.items():
        if not text.isprintable():
            raise table.error("type", "values", f"{each}: expected a line of text.")
    insecure = table.flag("insecure", False)
    for each in sorted(values.keys() & {"url", "callback"}):
        _check_url(table, each, values[each], insecure)
    secrets = _secrets(table.table("secrets", {}), shape.phrases("secrets"), environ)
    send, answer, hook = parts(shape, {*known, *secrets}, secrets)
    made = Gateway(
        name=name,
        gateway=gateway,
        channel=cast(Channel, channel),
        send=send,
        answer=answer,
        hook=hook,
        values={each: values.get(each, "") for each in known},
        secrets=secrets,
        connect=table.number("connect", 1, 60, 5),
        seconds=table.number("seconds", 1, 300, 30),
    )
    if (
        environ is not None
        and made.hook
        and made.hook.proof.kind == "path"
        and not _IN_URL.fullmatch(secrets[made.hook.proof.secret])
    ):
        raise table.error(
            "secret", "secrets", f"{made.hook.proof.secret} stands in a URL; expected 16 letters or more."
        )
    table.done()
    return made


def _check_url(table: Table, key: str, text: str, insecure: bool) -> None:
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    if parts.scheme not in ("http", "https") or not host or parts.username is not None or parts.fragment or parts.query:
        raise table.error("type", "values", f"{key}: expected a URL such as https://gateway.example.com/send.")
    if parts.scheme == "http" and not insecure and host not in ("127.0.0.1", "::1", "localhost"):
        raise table.error(
            "insecure",
            "values",
            f"{key}: http would send customers' data unprotected; use https, or say insecure = true where the network"
            " itself is protected.",
        )


def _secrets(table: Table, names: Collection[str], environ: Mapping[str, str] | None) -> dict[str, str]:
    made: dict[str, str] = {}
    for name in names:
        source = table.table(name)
        variable, file = source.maybe_text("environment"), source.maybe_text("file")
        source.done()
        if (variable is None) == (file is None):
            raise table.error("type", name, 'expected { environment = "NAME" } or { file = "PATH" }.')
        if environ is None:
            made[name] = ""
            continue
        try:
            text = environ[variable] if variable else _content(Path(file or ""))
        except (KeyError, OSError, ValueError):
            text = ""
        if not text or not text.isprintable():
            where = f"the variable {variable}" if variable else f"the file {file}"
            raise table.error("secret", name, f"{where} holds no secret; expected a line of text.")
        made[name] = text
    table.done()
    return made


def _content(path: Path) -> str:
    return read_whole(path.expanduser(), LARGEST_SECRET).decode().strip()
