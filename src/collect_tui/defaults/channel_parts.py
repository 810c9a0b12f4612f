"""Reads what a gateway of `channels.toml` says: how a message is sent, what answers mean, and what call-backs say."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final, cast, get_args

from collect_tui.common.words import expected
from collect_tui.defaults.gateway import (
    MESSAGE_WORDS,
    WORD,
    Answer,
    Condition,
    Encoding,
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
from collect_tui.defaults.reading import Table

OUTCOMES: Final = ("delivered", "failed", "returned")
CHARSETS: Final = ("utf-8", "utf-16-be", "utf-16-le", "latin-1")

#: Words of a message that cannot hold anything but digits and a few signs: they may stand in a URL and in a header.
_PLAIN_WORDS: Final = ("to", "digits", "key")
_REPORT: Final = ("key", "reference", "outcome", "at", "detail")
_INCOMING: Final = ("reference", "sender", "name", "thread", "subject", "text", "at", "answers", "automatic", "charset")
_MATCH: Final = re.compile(r"(?P<status>[1-5](?:[0-9]{2}|xx))(?:/(?P<code>[A-Za-z0-9_.-]{1,40}))?")


def parts(
    shape: Table, words: Collection[str], secrets: Collection[str]
) -> tuple[Send | None, Answer | None, Hook | None]:
    """What a gateway says of sending, of answers and of call-backs; `words`: the values and secrets that its texts may name."""
    for each in set(words).intersection(MESSAGE_WORDS):
        raise shape.error("name", None, f"{each} is a word of the message, and no value or secret.")
    send = _send(shape.table("send"), words) if shape.tree("send") else None
    answer = _answer(shape.table("answer")) if send else None
    hook = _hook(shape.table("hook"), secrets) if shape.tree("hook") else None
    shape.done()
    return send, answer, hook


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
