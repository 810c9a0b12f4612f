"""Reads `channels.toml`, ours with a site's laid over it: the site's channels over HTTP, with their values and secrets.

Raises Invalid that names file, key and the nearest valid name; what a secret is never stands in it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, cast, get_args
from urllib.parse import urlsplit

from collect_tui.common.words import expected
from collect_tui.defaults.gateway import (
    MESSAGE_WORDS,
    WORD,
    Answer,
    Condition,
    Encoding,
    Gateway,
    Hook,
    Match,
    Outcome,
    Place,
    Places,
    Proof,
    ProofKind,
    Rule,
    Send,
)
from collect_tui.defaults.layers import layered
from collect_tui.defaults.reading import Table
from collect_tui.domain.message.template import Channel

CHANNELS: Final = ("sms", "chat", "social")
OUTCOMES: Final = ("delivered", "failed", "returned")
CHARSETS: Final = ("utf-8", "utf-16-be", "utf-16-le", "latin-1")
LARGEST_SECRET: Final = 4096
"""Bytes of a file that holds a secret."""

#: Words of a message that cannot hold anything but digits and a few signs: they may stand in a URL and in a header.
_PLAIN_WORDS: Final = ("to", "digits", "key")
_REPORT: Final = ("key", "reference", "outcome", "at", "detail")
_INCOMING: Final = ("reference", "sender", "name", "thread", "subject", "text", "at", "answers", "automatic", "charset")
_MATCH: Final = re.compile(r"(?P<status>[1-5](?:[0-9]{2}|xx))(?:/(?P<code>[A-Za-z0-9_.-]{1,40}))?")
_IN_URL: Final = re.compile(r"[A-Za-z0-9_~-]{16,200}")
"""A secret that stands in a URL: no sign of it means anything there, or to Kannel."""


def gateways(overrides: Path | None, environ: Mapping[str, str]) -> dict[str, Gateway]:
    """The channels that the site has, by name. Without a site's `channels.toml` there are none."""
    root = layered("channels.toml", overrides).table()
    shapes = dict(root.table("gateways").entries())
    made = {name: _channel(name, table, shapes, environ) for name, table in root.table("channels").entries()}
    root.done()
    return made


def _channel(name: str, table: Table, shapes: Mapping[str, Table], environ: Mapping[str, str]) -> Gateway:
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
    words = {*known, *secrets}
    for each in words.intersection(MESSAGE_WORDS):
        raise shape.error("name", None, f"{each} is a word of the message, and no value or secret.")
    send = _send(shape.table("send"), words) if shape.tree("send") else None
    made = Gateway(
        name=name,
        gateway=gateway,
        channel=cast(Channel, channel),
        send=send,
        answer=_answer(shape.table("answer")) if send else None,
        hook=_hook(shape.table("hook"), secrets) if shape.tree("hook") else None,
        values={each: values.get(each, "") for each in known},
        secrets=secrets,
        connect=table.number("connect", 1, 60, 5),
        seconds=table.number("seconds", 1, 300, 30),
    )
    if made.hook and made.hook.proof.kind == "path" and not _IN_URL.fullmatch(secrets[made.hook.proof.secret]):
        raise table.error(
            "secret", "secrets", f"{made.hook.proof.secret} stands in a URL; expected 16 letters or more."
        )
    for read in (table, shape):
        read.done()
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


def _secrets(table: Table, names: Collection[str], environ: Mapping[str, str]) -> dict[str, str]:
    made: dict[str, str] = {}
    for name in names:
        source = table.table(name)
        variable, file = source.maybe_text("environment"), source.maybe_text("file")
        source.done()
        if (variable is None) == (file is None):
            raise table.error("type", name, 'expected { environment = "NAME" } or { file = "PATH" }.')
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
    with path.expanduser().open("rb") as file:
        raw = file.read(LARGEST_SECRET + 1)
    if len(raw) > LARGEST_SECRET:
        raise ValueError("too large")
    return raw.decode().strip()


# sending -----------------------------------------------------------------------------------------------------------
def _send(table: Table, words: Collection[str]) -> Send:
    all_words, plain = {*words, *MESSAGE_WORDS}, {*words, *_PLAIN_WORDS}
    made = Send(
        method=cast(Any, table.choice("method", ("GET", "POST", "PUT"))),
        url=table.text("url"),
        headers=table.table("headers", {}).texts(),
        query=table.table("query", {}).texts(),
        form=table.table("form", {}).texts(),
        json=table.tree("json"),
        basic=table.phrases("basic"),
        unicode=table.phrases("unicode") or ("", ""),
        idempotency=table.text("idempotency", ""),
        repeatable=table.flag("repeatable", False),
    )
    for key, limit, least in (("basic", (0, 2), words), ("unicode", (2,), ())):
        if len(getattr(made, key)) not in limit:
            raise table.error("type", key, "expected a list of two texts.")
        _check_words(table, key, getattr(made, key), least)
    for key, tree, allowed in (
        ("url", made.url, plain),
        ("headers", made.headers, plain),
        ("query", made.query, all_words),
        ("form", made.form, all_words),
        ("json", made.json, all_words),
    ):
        _check_words(table, key, _texts(tree), allowed)
    if made.form and made.json:
        raise table.error("type", "form", "a request has a form or JSON, not both.")
    table.done()
    return made


def _texts(tree: Any) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, Mapping | list):
        for each in tree.values() if isinstance(tree, Mapping) else tree:
            yield from _texts(each)


def _check_words(table: Table, key: str, texts: Iterator[str] | tuple[str, ...], allowed: Collection[str]) -> None:
    for text in texts:
        for word in WORD.findall(text):
            if word not in allowed:
                raise table.error(
                    "unknown_word", key, f"no such word as {word} here; {expected(word, sorted(allowed))}"
                )


def _answer(table: Table) -> Answer:
    pattern = table.text("pattern", "")
    try:
        compiled = re.compile(pattern) if pattern else None
    except re.error as error:
        raise table.error("type", "pattern", f"no regular expression ({error}).") from None
    if compiled is not None and not compiled.groups:
        raise table.error("type", "pattern", "expected a regular expression with a group: the reference.")
    made = Answer(
        meanings={each: tuple(_match(table, each, text) for text in table.phrases(each)) for each in get_args(Outcome)},
        code=_places(table.text("code", "")),
        reference=_places(table.text("reference", "")),
        pattern=compiled,
        price=_places(table.text("price", "")),
        currency=_places(table.text("currency", "")),
        own_key=table.flag("own_key", False),
    )
    if not made.meanings["accepted"]:
        raise table.error("missing", "accepted", 'say which answers mean that it was taken, such as ["2xx"].')
    table.done()
    return made


def _match(table: Table, key: str, text: str) -> Match:
    if not (found := _MATCH.fullmatch(text)):
        raise table.error("type", key, f"expected 200, 2xx or 200/CODE, not {text}.")
    return Match(found["status"], found["code"] or "")


# call-backs --------------------------------------------------------------------------------------------------------
def _hook(table: Table, secrets: Collection[str]) -> Hook:
    proof = table.table("proof")
    made = Hook(
        body=cast(Encoding, table.choice("body", ("query", "form", "json", "any"))),
        proof=Proof(
            kind=cast(ProofKind, proof.choice("kind", get_args(ProofKind))),
            secret=proof.choice("secret", secrets),
            header=proof.text("header", ""),
            prefix=proof.text("prefix", ""),
            signed=proof.text("signed", "{body}"),
            timestamp=proof.text("timestamp", ""),
            algorithm=proof.choice("algorithm", ("sha256", "sha512"), "sha256"),
            age=proof.number("age", 10, 7 * 86400, 300),
        ),
        handshake=table.maybe_choice("handshake", secrets) or "",
        reports=_rule(table.table("reports"), _REPORT) if table.tree("reports") else None,
        incoming=_rule(table.table("incoming"), _INCOMING) if table.tree("incoming") else None,
    )
    if made.proof.kind in ("header", "hmac") and not made.proof.header:
        raise proof.error("missing", "header", "the header that holds the proof is missing.")
    _check_words(proof, "signed", (made.proof.signed,), ("body", "timestamp"))
    if "{body}" not in made.proof.signed or bool(made.proof.timestamp) != ("{timestamp}" in made.proof.signed):
        raise proof.error("type", "signed", "expected {body}, and {timestamp} where there is a header with it.")
    for each in (proof, table):
        each.done()
    return made


def _rule(table: Table, fields: Collection[str]) -> Rule:
    outcomes, charsets = table.table("outcomes", {}), table.table("charsets", {})
    for each in outcomes.texts():
        outcomes.choice(each, OUTCOMES)
    for each in charsets.texts():
        charsets.choice(each, CHARSETS)
    made = Rule(
        each=_place(table.text("each", "")),
        when=_conditions(table, "when"),
        unless=_conditions(table, "unless"),
        fields={each: _places(table.text(each, "")) for each in fields},
        outcomes=outcomes.texts(),
        always=table.maybe_choice("always", OUTCOMES) or "",
        final=_conditions(table, "final"),
        charsets=charsets.texts(),
    )
    table.done()
    return made


def _conditions(table: Table, key: str) -> tuple[Condition, ...]:
    made = []
    for phrase in table.phrases(key):
        place, equal, texts = phrase.partition("=")
        made.append(Condition(_place(place), tuple(text.strip() for text in texts.split("|")) if equal else ()))
    return tuple(made)


def _places(text: str) -> Places:
    return tuple(_place(each) for each in text.split("|") if each.strip())


def _place(text: str) -> Place:
    return tuple(step for step in text.strip().split(".") if step)
