"""Finding an account by anything a customer may say."""

from __future__ import annotations

from uuid import uuid4

import pytest

from collect_tui.defaults import load
from collect_tui.desk.commands import Act, Command, OpenCase
from collect_tui.desk.errors import Invalid
from collect_tui.desk.protocol import Desk
from collect_tui.services import users
from contract.conftest import do
from support.book import TODAY

ROSA = "4410-2231"
RULES = load(None, today=TODAY).authority


@pytest.mark.parametrize(
    "text",
    [
        "4410-2231",
        "44102231",
        "alvarez",
        "rosa alv",
        "ALVAREZ",
        "312 555 0142",
        "+13125550142",
        "rosa@example.com",
        "inv-1",
    ],
)
def test_found_by(desk, text):
    assert ROSA in {h.account for h in desk.find(text)}


def test_the_beginning_of_an_e_mail_finds_it_for_those_who_see_it_whole(lead):
    assert ROSA in {h.account for h in lead.find("rosa@example")}


def test_accents_and_case_do_not_matter(desk):
    assert [h.account for h in desk.find("asa lindqvist")] == ["4410-0100"]


def test_nothing_typed_is_a_mistake(desk):
    with pytest.raises(Invalid):
        desk.find("  ")


def test_the_end_of_a_number_a_service_and_words(desk):
    for text in ("2231", "INT-1001", "friday pay", "alvares", "312 555"):
        assert ROSA in {h.account for h in desk.find(text)}, text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2231 alvarez", True),
        ("alvarez 2231", True),
        ("rosa alv 4410-2231", True),
        ("alvares 2231", True),  # misspelt
        ("alvarez 0142", True),
        ("alvarez rosa@example.com", True),
        ("2231 rosa@example.com alvarez", True),
        ("2231 petrov", False),
        ("0087 alvarez", False),
        ("2231 nobody", False),
        ("2231 alvarez petrov", False),
    ],
)
def test_keys_of_several_kinds_must_all_be_the_account_s(desk, text, found):
    assert [hit.account for hit in desk.find(text)] == ([ROSA] if found else [])


def test_a_service_and_a_name(lead):
    assert [hit.account for hit in lead.find("int-1001 alvarez")] == [ROSA]
    assert lead.find("int-1001 petrov") == ()


def test_what_is_masked_is_not_guessed_beside_a_name(desks, combination):
    if not combination.startswith("api"):
        pytest.skip("whoever owns the file sees everything")
    mia = desks("mia")
    assert [mia.find(f"alvarez {guess}") for guess in ("int-10", "55501", "rosa@exam")] == [()] * 3
    assert all("312 555" not in hit.matched for hit in mia.find("alvarez 0142"))


def test_what_somebody_wrote_is_shown_around_the_word(desk):
    (hit,) = (h for h in desk.find("friday") if h.account == ROSA)
    assert hit.matched.endswith(": will pay Friday")


@pytest.mark.parametrize(
    ("text", "found"), [("INT-1001", True), ("int1001", True), ("INT-10", False), ("NT-1001", False)]
)
def test_a_masked_service_is_found_whole_and_never_by_a_guess(desks, combination, text, found):
    if not combination.startswith("api"):
        pytest.skip("whoever owns the file sees everything")
    hits = [h for h in desks("mia").find(text) if h.matched.startswith("service")]
    assert bool(hits) == found
    assert all("INT-1001" not in h.matched for h in hits)


@pytest.mark.parametrize(
    ("line", "text", "matched"),
    [
        ('di INV-1 60 price "Charged twice for the zeppelin"', "zeppelin charged", "Charged twice for the zeppelin"),
        ("hold medical 30d zeppelin pilot is ill", "zeppelin", "zeppelin pilot is ill"),
    ],
)
def test_what_was_typed_into_a_case_or_a_hold_is_found(lead, line, text, matched):
    do(lead, ROSA, line)
    (hit,) = lead.find(text)
    assert hit.account == ROSA
    assert hit.matched.partition(" ")[0] in ("case", "hold")
    assert matched in hit.matched


def test_what_is_said_in_a_case_is_found_and_names_and_codes_of_its_fields_are_not(desk):
    do(desk, ROSA, 'di INV-1 60 price "charged twice"')
    do(desk, ROSA, "cnote has the paper zeppelin")
    assert [hit.matched.partition(": ")[2] for hit in desk.find("zeppelin")] == ["has the paper zeppelin"]
    assert [desk.find(word) for word in ("claim", "price", "inv-1 charged zzyzx")] == [()] * 3


def _done(desk: Desk, command: Command) -> None:
    version = desk.account(ROSA).version
    desk.do(Act(id=uuid4(), account=ROSA, commands=(command,), line="", version=version))


def test_a_text_of_a_case_is_found_whatever_json_makes_of_it(desk):
    claim = 'two\nlines\t"quoted"\\ of ŻEPPELIN'
    said = {"item": "INV-1", "amount": 6_000, "reason": "PRICE", "claim": claim}
    _done(desk, OpenCase(case_kind="dispute", values=said))
    for text in ("lines", "quoted", "of zeppelin", "two żeppelin"):
        assert [hit.account for hit in desk.find(text)] == [ROSA], text


def test_what_a_role_may_not_read_in_a_case_finds_nothing_for_it(desk, desks, store):
    users.add(store, 1, "tess", RULES, role="trainee")
    do(desk, ROSA, 'hardship "wages 1800" "home 650" 4 "lost a zeppelin"')
    do(desk, ROSA, 'cnote "her kangaroo helps"')
    do(desk, ROSA, 'di INV-1 60 price "charged for a giraffe"')
    for of, found in ((desk, [ROSA]), (desks("tess"), [])):
        assert [[hit.account for hit in of.find(text)] for text in ("zeppelin", "kangaroo")] == [found] * 2
        assert [hit.account for hit in of.find("giraffe")] == [ROSA]


def test_a_masked_number_in_a_note_is_no_word_of_it(desks, combination):
    if not combination.startswith("api"):
        pytest.skip("whoever owns the file sees everything")
    mia = desks("mia")
    do(mia, ROSA, "n called from 312 555 0199 about kangaroo, mail rosa@example.org")
    assert ROSA in {h.account for h in mia.find("kangaroo")}
    for guess in ("0199", "5550199", "org kangaroo"):
        assert ROSA not in {h.account for h in mia.find(guess) if h.matched.startswith("note")}, guess
