"""A queue filtered, sorted and searched by words, on every desk."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from collect_tui.desk.commands import Act, PlaceHold
from collect_tui.desk.errors import Invalid
from collect_tui.desk.queue_filter import SORTS
from collect_tui.store.engine import Store
from contract.conftest import do
from support.book import SERVICES, Book, account

#: It is 11:32 in Chicago: 7:32 in Honolulu, where nobody is called yet.
PHONES = ("+1 312 555 01{:02}", "+1 808 555 01{:02}")
BOOK = Book(
    *(
        account(
            f"7700-{i:04}",
            f"{('Alvarez', 'Petrov', 'Lindqvist')[i % 3]}, {('Rosa', 'Ivan')[i % 2]}",
            items=[(f"INV-{i}", -3 - 7 * (i % 9), 4_000 + 9_100 * (i % 7))],
            phone=PHONES[i % 5 == 0].format(i),
            **({"owner": ("mia", "ben")[i % 3 - 1]} if i % 3 else {}),
            services=SERVICES[: i % 3],
        )
        for i in range(24)
    )
)


@pytest.fixture
def store(combination: str, tmp_path: Path) -> Iterator[Store]:
    with BOOK.store(tmp_path) if combination.endswith("sqlite") else BOOK.pg_store() as opened:
        yield opened


def rows(desk, words="", limit=200):
    """All pages of the queue in which all accounts are, as one."""
    found, cursor = [], None
    while True:
        page = desk.queue("new", words=words, cursor=cursor, limit=limit)
        found += page.rows
        if (cursor := page.cursor) is None:
            return found
        assert len(page.rows) == limit


ZONE = {True: "America/Chicago", False: "Pacific/Honolulu"}
CASES = {
    "collect>220": lambda row: row.collectable > 220_00,
    "collect<=220.00": lambda row: row.collectable <= 220_00,
    "dpd>30": lambda row: row.dpd > 30,
    "dpd>=31 dpd<52": lambda row: 31 <= row.dpd < 52,
    "dpd=3": lambda row: row.dpd == 3,
    "dpd!=3": lambda row: row.dpd != 3,
    "dpd>999999999": lambda row: False,
    "dpd>=0": lambda row: True,
    "score>=300": lambda row: row.score >= 300,
    "product=INT": lambda row: row.product is not None and "INT" in row.product,
    "product=tv,xx": lambda row: row.product is not None and "TV" in row.product,
    "product!=INT": lambda row: row.product is None,
    "owner=me": lambda row: row.owner == "mia",
    "owner=ben,none": lambda row: row.owner in ("ben", ""),
    "zone=open": lambda row: row.zone == ZONE[True],
    "zone=closed": lambda row: row.zone == ZONE[False],
    "stage=past_due": lambda row: row.stage == "PAST_DUE",
    "petrov": lambda row: row.name.startswith("Petrov"),
    "PETR ivan": lambda row: row.name == "Petrov, Ivan",
    "77000012": lambda row: row.account == "7700-0012",
    "flag=hold": lambda row: False,
    "flag!=disputed": lambda row: True,
    "flag=company": lambda row: False,
    "owner=me collect>220 petrov sort dpd": lambda row: row.owner == "mia" and row.collectable > 220_00,
}
EMPTY = {words for words, wants in CASES.items() if wants.__code__.co_consts[-1] is False}


@pytest.mark.parametrize("words", CASES)
def test_what_the_words_say_and_nothing_else(desk, words):
    every, found = rows(desk), rows(desk, words, limit=3)
    assert {row.account for row in found} == {row.account for row in every if CASES[words](row)}
    if "sort" not in words:
        order = [row.account for row in every]
        assert [row.account for row in found] == sorted((row.account for row in found), key=order.index)


def test_a_page_says_what_it_was_asked_for(desk):
    assert desk.queue("new", words="  dpd>3 \x1b[31m  sort   dpd").words == "dpd>3 sort dpd"
    assert desk.queue("new").words == ""


def test_the_cases_tell_something(desk):
    every = rows(desk)
    assert len(every) == 24
    told = {words for words, wants in CASES.items() if 0 < sum(map(wants, every)) < len(every)}
    assert len(told) >= len(CASES) - 7


KEYS = {
    "collect": lambda row: row.collectable,
    "dpd": lambda row: row.dpd,
    "score": lambda row: row.score,
    "number": lambda row: row.account,
    "owner": lambda row: row.owner,
}


@pytest.mark.parametrize("way", ["asc", "desc", "up", "down"])
@pytest.mark.parametrize("name", SORTS)
def test_sorted_page_by_page(desk, name, way):
    found = rows(desk, f"sort {name} {way}", limit=5)
    assert len(found) == 24
    by_number = sorted(found, key=lambda row: row.account)
    assert found == sorted(by_number, key=KEYS[name], reverse=way in ("desc", "down"))


def test_a_flag_is_a_hold_by_its_kind(desk, lead):
    lead.do(Act(id=uuid4(), account="7700-0003", commands=(PlaceHold(hold="DECEASED"),), line="hold dec"))
    lead.do(Act(id=uuid4(), account="7700-0004", commands=(PlaceHold(hold="MEDICAL"),), line="hold med"))
    for words in ("flag=hold", "flag=medical", "flag=deceased,medical"):
        assert [row.account for row in rows(desk, words)] == ["7700-0004"]  # the other stands in no queue of calls
    assert "7700-0004" not in {row.account for row in rows(desk, "flag!=medical")}


def test_next_takes_the_next_of_what_is_wanted(desk, desks):
    """In the order of the queue, whoever may be called now; and nothing else."""
    wanted = [row.account for row in rows(desk, "dpd>30 zone=open petrov")]
    assert len(wanted) >= 2
    assert desk.next("new", words="dpd>30 petrov").account == wanted[0]
    assert desks("ben").next("new", words="dpd>30 petrov").account == wanted[1]
    assert desks("lee").next("new", words="dpd>30 nobody") is None


@pytest.mark.parametrize("queue", ["new", "mine"])
def test_what_is_left_is_of_what_is_wanted(desks, queue):
    """Of what is worked by words their rows are left, not the queue's; who may not be called, a colleague's and what is done are not."""
    mia, ben = desks("mia"), desks("ben")
    words = "dpd>3 owner=mia"
    open_now = len(mia.queue(queue, words=f"{words} zone=open").rows)
    assert 3 <= open_now < len(mia.queue(queue, words=words).rows) < len(rows(mia))
    claim = mia.next(queue, words=words)
    assert claim.left == open_now
    assert ben.next("new", words=words).left == open_now - 1
    do(mia, claim.account, "lm")
    assert mia.next(queue, words=words).left == open_now - 2
    assert desks("lee").next("new").left > open_now


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("dpd>30 or dpd<3", "'or' is no word here: all conditions must hold;"),
        ("colect>5", "'colect' is not known of an account; did you mean collect?"),
        ("collect>five", "collect is compared with an amount:"),
        ("dpd>1.5", "dpd is compared with a whole number, such as dpd>30; '1.5' is none."),
        ("product>INT", "product is compared by = or != only."),
        ("flag=promisd", "flag is never 'promisd'; did you mean promised?"),
        ("zone=opne", "zone is never 'opne'; did you mean open?"),
        ("stage=", "stage is never ''; expected one of"),
        ("owner=", "Say which owner, such as owner=me."),
        ("sort", "Say what to sort by; expected one of collect, dpd, score, number, owner."),
        ("sort colect", "'colect' sorts nothing; did you mean collect?"),
        ("sort dpd dwn", "'dwn' is no way to sort; did you mean down?"),
        ("owner~petrov", "'~' compares nothing; expected one of =, !=, <, <=, >, >=."),
        ("name=yarrow", "Names are looked for by a plain word, without a name before it: yarrow"),
        ('dpd>3 Customer~"Petrov"', "Names are looked for by a plain word, without a name before it: Petrov"),
        ("company!=", "Names are looked for by a plain word, without a name before it: yarrow"),
        ("number=4410-0087", "Account numbers are looked for by a plain word, without a name before it: 4410-0087"),
        ("account:", "Account numbers are looked for by a plain word, without a name before it: 4410"),
        ("dpd=>30", "'=>' compares nothing; expected one of"),
        ("%", "'%' has no letter or digit that could be looked for."),
        ("=5", "'=5' is no condition;"),
        ("x " * 21, "A filter has at most 20 words."),
        ("x" * 301, "A filter has at most 300 characters."),
    ],
)
def test_a_mistake_names_the_word_and_what_it_may_have_been(desk, words, told):
    for ask in (lambda: desk.queue("new", words=words), lambda: desk.next("new", words=words)):
        with pytest.raises(Invalid) as mistake:
            ask()
        assert mistake.value.code == "queue.filter"
        assert mistake.value.message.startswith(told)


@pytest.mark.parametrize("words", ["owner='--", 'product="x', "owner=\x00", "𝔘ﬀ%_", "collect>9999999999999", "owner=é"])
def test_hostile_words_find_nothing_or_are_mistakes(desk, words):
    with contextlib.suppress(Invalid):
        assert rows(desk, words) == []


def test_a_cursor_goes_on_with_what_it_was_given_for_only(desk):
    cursor = desk.queue("new", words="sort dpd", limit=2).cursor
    for words in ("", "sort collect", "sort dpd petrov"):
        with pytest.raises(Invalid, match="cursor"):
            desk.queue("new", words=words, cursor=cursor)
