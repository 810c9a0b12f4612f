"""Finds by words: of an address, a note, what was said in a call or a case, a message, a hold, a promise; and names that were spelt
otherwise."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from itertools import islice, product
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Connection,
    Select,
    String,
    and_,
    bindparam,
    column,
    exists,
    func,
    literal_column,
    select,
    table,
    text,
)
from sqlmodel import SQLModel

from collect_tui.domain.dates import format_day
from collect_tui.store.find_keys import Asked, Found, after, begins, span
from collect_tui.store.names import fold, tokens
from collect_tui.store.sql import tenant
from collect_tui.store.tables import words as texts

_T = SQLModel.metadata.tables
_word, _tenant = _T["name_token"], _T["tenant"].c
_WORD: Final = re.compile(r"[^\W_]+")

MOST_WORDS: Final = 8
SNIPPET: Final = 60
"""Characters that are shown of a text that was found."""
SHORTEST_NEAR: Final = 4
"""Letters: of a shorter word half of all names are a misspelling."""
NEAR: Final = 1000
"""Different words that are compared with what was typed, of those that begin or end like it."""
NEAREST: Final = 10
COMMON: Final = 1000
"""Names that a word begins, from which on others had better find."""
TEXTS: Final = 50
"""Texts of one kind that are read at least, of those in which the words stand."""
SAMPLED: Final = 2000
"""Rows of a common word among which PostgreSQL looks; it has no order in which the newest come first."""
_SAMPLE: Final = text(f"SET LOCAL gin_fuzzy_search_limit = {SAMPLED}")
_INDEXES: Final = {name: table(f"{name}_words", column("rowid", BigInteger)) for name in texts.TEXTS}
"""The indexes of SQLite; they belong to no tenant, and what they find is looked at with its own."""


def by_name(asked: Asked) -> Iterator[Found]:
    """All words must fit, in any order: the longest that is not common finds, the others are looked up for what it found. One that
    begins no name is taken for a misspelling of those that are nearly like it; nobody is looked up for the others then."""
    words = tokens(asked.wanted)
    alone = len(words) == 1
    begun = dict.fromkeys(words, 1)
    for word in () if alone else sorted(words, key=len, reverse=True)[:MOST_WORDS]:
        begun[word] = asked.rows(_BEGUN, common=COMMON, **span(word)).scalar_one()
    as_typed = [(word, False) for word in words if all(begun.values())]
    found = list(_named(asked, words, as_typed, begun)) if as_typed else []
    yield from found
    astray = [word for word in words if alone or not begun[word]]
    if found or not astray:
        return
    spelt = {word: [(word, False)] for word in words}
    for word in astray:
        spelt[word] = [(other, True) for other in _near(asked.db, asked.tenant_id, word)]
        if not spelt[word]:
            return
    nearly = (each for some in islice(product(*spelt.values()), NEAREST) for each in _named(asked, words, some, begun))
    yield from islice(nearly, asked.most)


def _named(
    asked: Asked, typed: Sequence[str], words: Sequence[tuple[str, bool]], begun: Mapping[str, int]
) -> Iterator[Found]:
    """`begun`: how many names each word begins, up to `COMMON`."""

    def order(word: tuple[str, bool]) -> tuple[bool, bool, int]:
        return word[1], begun.get(word[0], 0) < COMMON, len(word[0])

    ranked = sorted(words, key=order, reverse=True)
    (first, otherwise), *others = ranked
    values = {f"{end}_{place}": at for place, (word, _) in enumerate(ranked) for end, at in span(word).items()}
    for row in asked.rows(_whose(tuple(also for _, also in ranked)), **values):
        if otherwise:
            yield Found(f"name {' '.join(word for word, _ in words)}, nearly", False, 5, party_id=row.party_id)
        else:
            yield Found(
                f"name {' '.join(typed) if others else row.token}", row.token == first, 5, party_id=row.party_id
            )


_BEGUN: Final = select(func.count()).select_from(
    select(_word.c.token)
    .where(_word.c.tenant_id == tenant(), begins(_word.c.token))
    .limit(bindparam("common"))
    .subquery()
)


@lru_cache(maxsize=64)
def _whose(exact: tuple[bool, ...]) -> Select[Any]:
    """Who has words, each as it is or beginning so; the first is found, the others are looked up for it."""

    def fits(token: Any, place: int) -> Any:
        start, end = bindparam(f"start_{place}", type_=token.type), bindparam(f"end_{place}", type_=token.type)
        return token == start if exact[place] else and_(token >= start, token < end)

    query = select(_word.c.party_id, _word.c.token).where(_word.c.tenant_id == tenant(), fits(_word.c.token, 0))
    for place in range(1, len(exact)):
        other = _word.alias(f"other_{place}").c
        same = (other.tenant_id == tenant(), other.party_id == _word.c.party_id)
        query = query.where(exists().where(*same, fits(other.token, place)))
    return query.order_by(_word.c.token).limit(bindparam("most"))


def by_words(asked: Asked) -> Iterator[Found]:
    words = _words_of(asked.wanted)
    today: date | None = None
    for told in _told(asked, words, max(TEXTS, asked.most // 4)):
        today = today or asked.db.execute(_TODAY, {"tenant": asked.tenant_id}).scalar_one()
        yield Found(
            told.shown(words, today),
            False,
            7 if told.name == "address" else 8,
            account_id=told.account_id,
            party_id=told.party_id,
            whole=f"{told.name} {told.whole}",
        )


_CASES: Final = select(*(_T["case_file"].c[name] for name in ("id", "account_id", "kind"))).where(
    _T["case_file"].c.tenant_id == tenant(), _T["case_file"].c.id.in_(bindparam("some", expanding=True))
)
_TODAY: Final = select(_tenant.business_date).where(_tenant.tenant_id == tenant())


@dataclass(frozen=True, slots=True)
class _Told:
    """A text in which the words stand. `whole`: all of it, as it may be judged whether it may be told."""

    name: str
    whole: str
    on: date | None
    account_id: int | None = None
    party_id: int | None = None

    def shown(self, words: Collection[tuple[str, str]], today: date) -> str:
        """What is told of it, around the first of the words: `note 12 Nov: … will pay Friday …`."""
        when = f" {format_day(self.on, today)}:" if self.on is not None else ""
        return f"{self.name}{when} {_snippet(self.whole, words)}"


def _words_of(wanted: str) -> tuple[tuple[str, str], ...]:
    """The words typed, each as it is and without accents, in small letters."""
    found = _WORD.findall(unicodedata.normalize("NFC", wanted[:200]).lower())
    return tuple(dict.fromkeys((word[:60], fold(word)[:60]) for word in found))[:MOST_WORDS]


def _snippet(whole: str, words: Collection[tuple[str, str]]) -> str:
    """At most `SNIPPET` characters of a text around the first of the words."""
    line = " ".join(whole.split())
    wanted = {each for pair in words for each in pair}
    at = next((m.start() for m in _WORD.finditer(line) if fold(m[0]) in wanted or m[0].lower() in wanted), 0)
    start = 0 if len(line) <= SNIPPET or at < SNIPPET // 2 else line.rfind(" ", 0, max(1, at - SNIPPET // 4)) + 1
    part = line[start : start + SNIPPET]
    return f"{'… ' if start else ''}{part}{' …' if start + SNIPPET < len(line) else ''}"


def _told(asked: Asked, words: Collection[tuple[str, str]], most: int) -> Iterator[_Told]:
    """Texts in which all words stand, the newest first where the database knows."""
    if not words or all(len(plain) < 2 for _, plain in words):
        return
    db, tenant_id = asked.db, asked.tenant_id
    point, note, event, message = (_T[name].c for name in ("contact_point", "note", "contact_event", "message"))
    for row in _found(db, tenant_id, "contact_point", words, most, point.party_id, point.value):
        yield _Told("address", row.value, None, party_id=row.party_id)
    for row in _found(db, tenant_id, "note", words, most, note.account_id, note.at, note.text):
        yield _Told("note", row.text, row.at.date(), row.account_id)
    for row in _found(db, tenant_id, "contact_event", words, most, event.account_id, event.at, event.note):
        yield _Told("contact", row.note, row.at.date(), row.account_id)
    sent = (message.account_id, message.made_on, message.subject, message.text)
    for row in _found(db, tenant_id, "message", words, most, *sent):
        if row.account_id is not None:
            yield _Told("message", f"{row.subject} {row.text}", row.made_on, row.account_id)
    hold, promise = _T["hold"].c, _T["promise"].c
    for name, t, on, said in ("hold", hold, "placed_on", "reason"), ("promise", promise, "made_on", "note"):
        for account_id, day, whole in _found(db, tenant_id, name, words, most, t.account_id, t[on], t[said]):
            yield _Told(name, whole, day, account_id)
    yield from _in_cases(asked, words, most)


def _in_cases(asked: Asked, words: Collection[tuple[str, str]], most: int) -> Iterator[_Told]:
    """Texts of cases, of which only what may be read counts: the words may stand in another field."""
    case, said = _T["case_file"].c, _T["case_event"].c
    held = (case.account_id, case.opened_at, case.kind, case.fields)
    for row in _found(asked.db, asked.tenant_id, "case_file", words, most, *held):
        fields = json.loads(row.fields).items()
        whole = " ".join(text for name, value in fields if asked.reads(row.kind, name) for text in _texts_in(value))
        there = {each for found in _WORD.findall(whole) for each in (found.lower(), fold(found))}
        if all(there.intersection(pair) for pair in words):
            yield _Told("case", whole, row.opened_at.date(), row.account_id)
    events = _found(asked.db, asked.tenant_id, "case_event", words, most, said.case_id, said.at, said.text)
    if not events:
        return
    some = {"tenant": asked.tenant_id, "some": sorted({row.case_id for row in events})}
    cases = {row.id: row for row in asked.db.execute(_CASES, some)}
    for row in events:
        of = cases[row.case_id]
        if asked.reads(of.kind, ""):
            yield _Told("case", row.text, row.at.date(), of.account_id)


def _texts_in(value: Any) -> Iterator[str]:
    """The texts of a value of a case: itself, or those in the rows of a table."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts_in(each)


def _found(
    db: Connection, tenant_id: int, table: str, words: Collection[tuple[str, str]], most: int, *columns: Any
) -> Any:
    dialect = db.dialect.name
    if dialect == "postgresql":
        db.execute(_SAMPLE)
    values = {"tenant": tenant_id, "most": most, "asked": _asked(dialect, words)}
    return db.execute(_with_words(dialect, table, columns), values).all()


@cache
def _with_words(dialect: str, table: str, columns: tuple[Any, ...]) -> Select[Any]:
    t, kept = _T[table], texts.TEXTS[table]
    mine, asked = (
        select(*columns).where(t.c.tenant_id == tenant()).limit(bindparam("most")),
        bindparam("asked", type_=String),
    )
    if dialect == "postgresql":
        stands = literal_column(texts.vector(kept)).op("@@")(func.to_tsquery("simple", asked))
        return mine.where(literal_column(kept.counts()), stands)
    index = _INDEXES[table]
    there = index.join(t, t.c.id == index.c.rowid)
    return mine.select_from(there).where(literal_column(index.name).op("MATCH")(asked)).order_by(index.c.rowid.desc())


def _asked(dialect: str, words: Collection[tuple[str, str]]) -> str:
    """All of the words, each with its accents or without, as the database is asked for them."""
    quote, either, both = ("'", " | ", " & ") if dialect == "postgresql" else ('"', " OR ", " AND ")
    spelt = (either.join(f"{quote}{each}{quote}" for each in dict.fromkeys(pair)) for pair in words)
    return both.join(f"({each})" for each in spelt)


@cache
def _each(column: Any) -> Select[Any]:
    """The different words of a range, in their order: each found from the one before by a seek in the index, since a common one stands
    there once for each of the many who bear it."""
    t = _word.alias("t")
    spelt = t.c[column.name]
    first = select(spelt).where(t.c.tenant_id == tenant(), spelt < bindparam("end")).order_by(spelt).limit(1)
    known = select(first.where(spelt >= bindparam("start")).scalar_subquery().label("spelt")).cte(
        "known", recursive=True
    )
    following = first.where(spelt > known.c.spelt).correlate(known).scalar_subquery()
    known = known.union_all(select(following).where(known.c.spelt.is_not(None)))
    fits = func.length(known.c.spelt).between(bindparam("least"), bindparam("longest"))
    return select(known.c.spelt).where(fits).limit(bindparam("most"))


def _near(db: Connection, tenant_id: int, word: str) -> list[str]:
    """Words of names that are spelt almost so, the nearest first: one letter off, of a longer word two.

    One half of such a word is mostly right, so only words are compared that begin or end like it.
    """
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    if len(word) < SHORTEST_NEAR or any(c.isdigit() for c in word):
        return []
    half, slips = len(word) // 2, 1 if len(word) < 8 else 2
    known: dict[str, None] = {}
    for spelling, part, turn in ((_word.c.token, word[:half], 1), (_word.c.reversed, word[: half - 1 : -1], -1)):
        given = {"tenant": tenant_id, "start": part, "end": after(part), "least": len(word) - slips}
        words = db.execute(_each(spelling), given | {"longest": len(word) + slips, "most": NEAR}).scalars()
        known |= dict.fromkeys(other[::turn] for other in words)
    found = process.extract(word, list(known), scorer=OSA.distance, score_cutoff=slips, limit=NEAREST)
    return [token for token, _, _ in found]
