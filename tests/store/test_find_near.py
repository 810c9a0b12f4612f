"""Names that were spelt otherwise, against a comparison with every word there is."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from rapidfuzz.distance import OSA
from sqlalchemy import event

from collect_tui.store import find_words
from collect_tui.store.engine import Store
from collect_tui.store.find import CANDIDATES, find
from collect_tui.store.find_words import NEAREST, SHORTEST_NEAR, _near
from support.portfolio import TENANT, add_account, add_party, add_tenant

_MADE = Random(11)
SYLLABLES = ["lin", "den", "wal", "mar", "tor", "ben", "kos", "vil", "gar", "sen"]
NAMES = sorted({"".join(_MADE.choices(SYLLABLES, k=_MADE.choice((1, 2, 2, 3)))) for _ in range(220)})


@pytest.fixture
def book(store: Store) -> Store:
    for i, name in enumerate(NAMES):
        add_party(store, name=f"{name}, {NAMES[i // 40]}")  # some words are borne by forty
    add_tenant(store, tenant_id=2)
    add_party(store, name="lindonwal", tenant_id=2)
    return store


def misspelt(word: str, random: Random) -> str:
    """One or two letters left out, doubled, changed or turned round."""
    for _ in range(random.choice((1, 1, 2))):
        at = random.randrange(len(word))
        left, here, right = word[:at], word[at], word[at + 1 :]
        word = random.choice(
            (left + right, left + here + here + right, f"{left}x{right}", left + right[:1] + here + right[1:])
        )
    return word


def nearly(word: str) -> dict[str, int]:
    """The words that begin or end like it, with how far they are off; one letter is, of a long one two."""
    half, slips = len(word) // 2, 1 if len(word) < 8 else 2
    far = {
        name: OSA.distance(word, name)
        for name in NAMES
        if name[:half] == word[:half] or name[half - len(word) :] == word[half:]
    }
    return {name: off for name, off in far.items() if off <= slips}


def test_a_misspelt_word_is_taken_for_those_that_are_nearly_it(book: Store) -> None:
    random = Random(12)
    typed = [word for name in NAMES for word in (misspelt(name, random),) if len(word) >= SHORTEST_NEAR]
    told = 0
    with book.read() as db:
        for word in typed:
            found, wanted = _near(db.connection(), TENANT, word), nearly(word)
            offs = [wanted[name] for name in found]
            assert offs == sorted(wanted.values())[:NEAREST], word
            assert len(set(found)) == len(found)
            told += bool(found)
    assert told > len(typed) // 2


def test_of_many_nearly_it_the_nearest_are_kept_first_and_only_so_many_are_looked_at(store: Store) -> None:
    for n in range(CANDIDATES + 5):
        add_account(store, f"90-{n:04}", name="lindenwalgar")
    add_account(store, "10-0001", name="lindenwalger")
    add_account(store, "10-0002", name="lindenwalxor")
    with store.read() as db:
        hits = find(db, TENANT, "lindenwalker", 50)
    assert hits[0].account == "10-0001", "one letter off"
    assert "10-0002" not in {hit.account for hit in hits}, "two letters off, and there are enough of the nearer ones"
    assert len(hits) == 50


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_the_words_of_a_range_are_found_by_seeks(book: Store) -> None:
    """Not by reading all who bear them: that is milliseconds more for each thousand of them."""
    steps: list[str] = []
    with book.read() as db:
        raw = db.connection().connection.dbapi_connection

        def explain(_c: object, _cursor: object, statement: str, values: object, _ctx: object, _many: bool) -> None:
            if "RECURSIVE" in statement:
                steps.extend(step[3] for step in raw.execute(f"EXPLAIN QUERY PLAN {statement}", values))

        event.listen(db.connection(), "before_cursor_execute", explain)
        longest = max(NAMES, key=len)
        assert longest in _near(db.connection(), TENANT, f"{longest}x")
    seeks = [step for step in steps if step.startswith("SEARCH")]
    assert len(seeks) == 4
    assert all(
        step.endswith(("(tenant_id=? AND token>? AND token<?)", "(tenant_id=? AND reversed>? AND reversed<?)"))
        for step in seeks
    )
    scans = [step for step in steps if step.startswith("SCAN")]
    assert set(scans) == {"SCAN known", "SCAN CONSTANT ROW"}
    assert not [step for step in steps if "ORDER BY" in step]


def sought(store: Store, text: str) -> list[str]:
    """The words by which names are read while something is found, without those that are looked up for what they found."""
    words: list[str] = []
    with store.read() as db:

        def note(_c: object, _cursor: object, statement: str, values: Any, _ctx: object, _many: bool) -> None:
            if statement.startswith("SELECT name_token.party_id, name_token.token"):
                given = list(values.values() if isinstance(values, dict) else values)
                words.append(next(value for value in given if isinstance(value, str)))

        event.listen(db.connection(), "before_cursor_execute", note)
        find(db, TENANT, text, 50)
    return words


def test_a_common_name_is_not_read_through_for_a_word_that_few_have(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(6):
        add_account(store, f"80-{n:04}", name="lindenwalgar, marben")
    add_account(store, "80-0100", name="lindenwalgar, kosvil")
    assert sought(store, "lindenwalgar kos") == ["lindenwalgar"], "the longer finds while both are few"
    monkeypatch.setattr(find_words, "COMMON", 5)
    assert sought(store, "lindenwalgar kos") == ["kos"]
    assert sought(store, "lindenwalgar friday") == [], "nobody is called so"
    with store.read() as db:
        assert [hit.account for hit in find(db, TENANT, "kos lindenwalgar", 50)] == ["80-0100"]
