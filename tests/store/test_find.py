"""Finding by number, name, telephone, e-mail, invoice and payment reference; and the keys that finding needs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, update
from sqlmodel import SQLModel

from collect_tui.desk.views.account import FindHit
from collect_tui.store.engine import Store
from collect_tui.store.find import find
from collect_tui.store.find_keys import after
from collect_tui.store.names import LONGEST_WORD, MOST_WORDS, digits, fold, point_key, reversed_digits, tokens
from support.portfolio import DAY, TENANT, add_account, add_tenant


@pytest.fixture
def book(store: Store) -> Store:
    """Rosa with everything, and others who must not be found in her place."""
    add_account(
        store,
        "4410-2231",
        name="Alvarez-Łoś, Rosa María",
        points=[
            {"kind": "mobile", "value": "+1 (312) 555-0142", "quality": "wrong"},
            {"kind": "work", "value": "020 7946 0018", "normalized": "442079460018"},
            {"kind": "email", "value": "Rosa.A@Example.com"},
            {"kind": "address", "value": "36 Hazelwood Ave, Łódź, CA 90046"},
        ],
        services=[{"identifier": "AUR-INT-004477"}],
        notes=[{"text": "Asked for the Señor at the café; ticket 88123. " + "x" * 900}],
        events=[{"note": "Plumber comes on tuesday/wednesday"}],
        holds=[{"reason": "The nurse wrote that an oxygen machine runs"}],
        promises=[{"total": 100, "note": "Sells the caravan first"}],
        inbox=[{"subject": "My bill", "text": "Why was I charged twice for the router?"}],
        items=[{"doc_no": "INV-1041", "open": 0}],
        payments=[{"ref": "CHK/77 x"}],
    )
    add_account(store, "4410-0087", name="Petrov, Ivan", points=[{"kind": "mobile", "value": "+1 718 555 9999"}])
    add_account(store, "9900-0001", name="Rosario, Ann", status="CLOSED")
    add_account(store, "9900-0002", name="Rosario, Bob")
    add_tenant(store, tenant_id=2)
    add_account(store, "4410-2231", name="Alvarez, Rosa", tenant_id=2)
    return store


def hits(store: Store, text: str, limit: int = 50, tenant_id: int = TENANT) -> tuple[FindHit, ...]:
    with store.read() as db:
        return find(db, tenant_id, text, limit)


@pytest.mark.parametrize(
    ("text", "matched"),
    [
        ("4410-2231", "account 4410-2231"),
        ("44102231", "account 4410-2231"),
        ("  4410-22 ", "account 4410-2231"),
        ("alvarez", "name alvarez"),
        ("ROSA ALV", "name rosa alv"),
        ("maria los", "name maria los"),
        ("Łoś", "name los"),
        ("312 555 0142", "phone +1 (312) 555-0142 (wrong)"),
        ("+1 312 555 0142", "phone +1 (312) 555-0142 (wrong)"),
        ("001 312-555-0142", "phone +1 (312) 555-0142 (wrong)"),
        ("0142", "phone +1 (312) 555-0142 (wrong)"),
        ("+1312555", "phone +1 (312) 555-0142 (wrong)"),
        ("020 7946 0018", "phone 020 7946 0018"),
        ("rosa.a@", "email Rosa.A@Example.com"),
        ("ROSA.A@EXAMPLE.COM", "email Rosa.A@Example.com"),
        ("inv-1041", "invoice INV-1041"),
        ("INV-10", "invoice INV-1041"),
        ("chk/77", "payment CHK/77 x"),
        ("2231", "account 4410-2231"),
        ("0-2231", "account 4410-2231"),
        ("aur-int-004477", "service AUR-INT-004477"),
        ("AURINT", "service AUR-INT-004477"),
        ("4477", "service AUR-INT-004477"),
        ("004477", "service AUR-INT-004477"),
        ("312 555", "phone +1 (312) 555-0142 (wrong)"),
        ("(312) 555-01", "phone +1 (312) 555-0142 (wrong)"),
        ("hazelwood", "address 36 Hazelwood Ave, Łódź, CA 90046"),
        ("lodz", "address 36 Hazelwood Ave, Łódź, CA 90046"),
        ("36 HAZELWOOD", "address 36 Hazelwood Ave, Łódź, CA 90046"),
        ("alvares", "name alvarez, nearly"),
        ("alwarez", "name alvarez, nearly"),
        ("lvarez", "name alvarez, nearly"),
        ("rosa alvaraz", "name rosa alvarez, nearly"),
        ("cafe senor", "note Sun 22 Nov: Asked for the Señor at the café; ticket 88123. xxxxxxxxxxxxx …"),
        ("88123", f"note Sun 22 Nov: … the café; ticket 88123. {'x' * 36} …"),
        ("wednesday plumber", "contact Sun 22 Nov: Plumber comes on tuesday/wednesday"),
        ("oxygen nurse", "hold Sat 21 Nov: The nurse wrote that an oxygen machine runs"),
        ("caravan", "promise Fri 20 Nov: Sells the caravan first"),
        ("router bill", "message Sun 22 Nov: My bill Why was I charged twice for the router?"),
    ],
)
def test_found_by_anything_a_customer_may_say(book: Store, text: str, matched: str) -> None:
    assert [(h.account, h.matched) for h in hits(book, text)] == [("4410-2231", matched)]


@pytest.mark.parametrize(
    "text", ["", "  ", "142", "vlaerz", "rosa petrov", "0012", "%", "_", "'", "\x00", "\ud800", "-", "+"]
)
def test_what_fits_nobody(book: Store, text: str) -> None:
    assert hits(book, text) == ()


def test_exact_before_prefix_and_open_before_closed(book: Store) -> None:
    found = hits(book, "rosa")
    assert [h.account for h in found] == ["4410-2231", "9900-0002", "9900-0001"]
    assert [h.status for h in found] == ["OPEN", "OPEN", "CLOSED"]
    assert [h.account for h in hits(book, "rosa", limit=2)] == ["4410-2231", "9900-0002"]
    assert hits(book, "rosa", limit=0) == ()


def test_the_name_before_the_at_sign_is_exact(book: Store) -> None:
    for number, name in (("6500-0001", "customer117"), ("6500-0002", "customer11"), ("6500-0003", "customer110")):
        add_account(book, number, name="Zed", points=[{"kind": "email", "value": f"{name}@example.com"}])
    assert [h.account for h in hits(book, "customer11")] == ["6500-0002", "6500-0001", "6500-0003"]


def test_words_follow_what_is_changed(book: Store) -> None:
    """Whoever writes: the indexes are the database's own."""
    point, message, note = (SQLModel.metadata.tables[name] for name in ("contact_point", "message", "note"))
    with book.write() as db:
        db.execute(update(point).where(point.c.kind == "address").values(value="1 Poplar St", normalized="1 poplar st"))
        db.execute(update(message).values(text="Thanks for the refund"))
        db.execute(delete(note))
    assert [h.matched for h in hits(book, "poplar")] == ["address 1 Poplar St"]
    assert [h.matched for h in hits(book, "refund")] == ["message Sun 22 Nov: My bill Thanks for the refund"]
    for text in ("hazelwood", "router", "cafe"):
        assert hits(book, text) == ()
    with book.write() as db:
        db.execute(update(point).where(point.c.normalized == "1 poplar st").values(kind="other"))
    assert hits(book, "poplar") == ()


@pytest.mark.parametrize(
    "text", ['"', "'", "cafe' OR 'x", 'cafe" OR "x', "NOT NEAR", "a AND", "x*", "(", "-\\", "𝔘 ' :*", "ﬀ"]
)
def test_no_text_is_a_query(book: Store, text: str) -> None:
    assert hits(book, text) == ()


def test_a_long_hostile_text_is_found_by_its_beginning_and_refuses_nothing(book: Store) -> None:
    add_account(book, "6600-0001", name="Zed", notes=[{"text": "zebra " + "\x1b[31m' \" ᚠ💥 " * 40_000 + "giraffe"}])
    (hit,) = hits(book, "zebra")
    assert hit.account == "6600-0001"
    assert len(hit.matched) < 100
    assert hits(book, "giraffe") == ()


def test_only_my_tenant(book: Store) -> None:
    assert [h.name for h in hits(book, "alvarez", tenant_id=2)] == ["Alvarez, Rosa"]
    for text in ("rosario", "hazelwood", "router", "cafe", "4477", "0142"):
        assert hits(book, text, tenant_id=2) == ()


def test_all_accounts_of_a_party_are_found_and_each_once(book: Store) -> None:
    first = add_account(book, "7700-0001", name="Zed, Zoe", points=[{"kind": "mobile", "value": "+1 312 555 7700"}])
    add_account(book, "7700-0002", party_id=first.party_id)
    assert [h.account for h in hits(book, "zoe zed")] == ["7700-0001", "7700-0002"]
    assert [h.account for h in hits(book, "7700")] == ["7700-0001", "7700-0002"]


def test_a_hit_tells_what_is_owed(book: Store) -> None:
    from collect_tui.store.summary import refresh

    with book.write() as db:
        refresh(db, TENANT, DAY, minutes=30)
    added = add_account(book, "8800-0001", name="Late, Lara", items=[{"amount": 70_00}])
    assert hits(book, "lara")[0].collectable == 0  # no summary yet
    with book.write() as db:
        refresh(db, TENANT, DAY, added.id, minutes=30)
    (hit,) = hits(book, "lara")
    assert (hit.collectable, hit.dpd, hit.currency, hit.name) == (70_00, 40, "USD", "Late, Lara")


# ---------------------------------------------------------------------------------------------------------------- keys


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Alvarez, Rosa", ("alvarez", "rosa")),
        ("O'Brien-Łoś, Ann", ("obrien", "los", "ann")),
        ("Åsa Lindqvist", ("asa", "lindqvist")),
        ("Straße & Söhne GmbH", ("strasse", "sohne", "gmbh")),
        ("王小明", ("王小明",)),
        ("ИВАН Петров", ("иван", "петров")),
        ("Rosa rosa ROSA", ("rosa",)),
        ("\x1b[31m[bold]x", ("31m", "bold", "x")),
        ("", ()),
    ],
)
def test_words_of_a_name(name: str, expected: tuple[str, ...]) -> None:
    assert tokens(name) == expected


@given(st.text(max_size=300))
def test_words_are_bounded_and_stand_for_themselves(name: str) -> None:
    words = tokens(name)
    assert len(words) <= MOST_WORDS
    assert len(set(words)) == len(words)
    for word in words:
        assert 0 < len(word) <= LONGEST_WORD
        assert fold(word) == word or len(word) == LONGEST_WORD


@pytest.mark.parametrize(
    ("kind", "value", "key"),
    [
        ("mobile", "+1 (312) 555-0142", "13125550142"),
        ("home", "312 555 0142", "13125550142"),
        ("work", "+44 20 7946 0018", "442079460018"),
        ("other", "ext 12", "12"),
        ("mobile", "٣١٢ ٥٥٥ ٠١٤٢", "13125550142"),
        ("email", "  Rosa.A@Example.COM ", "rosa.a@example.com"),
        ("address", "12  High St", "12 high st"),
    ],
)
def test_key_of_a_contact_point(kind: str, value: str, key: str) -> None:
    assert point_key(kind, value) == key


def test_digits_from_the_end_are_kept_of_telephones_only() -> None:
    assert reversed_digits("13125550142") == "24105552131"
    assert reversed_digits("a@b.c") == ""
    assert digits("٣x²") in {"32", "3"}


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=5), st.text(st.characters(codec="utf-8"), max_size=5))
def test_a_range_holds_all_that_begins_so_and_nothing_else(start: str, rest: str) -> None:
    end = after(start)
    assert start <= start + rest < end
    assert rest.startswith(start) or not start <= rest < end
