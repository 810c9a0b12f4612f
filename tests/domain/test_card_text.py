"""Card data in text: whatever the spelling, and nothing that is no card."""

import hashlib
import random
import time
from collections.abc import Iterator
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect_tui.domain.card_numbers import is_card_number, luhn
from collect_tui.domain.card_text import CardFinding, find_card, find_cards, forbidden, mask_card, suspicious
from support.cards import CODES, SPELLINGS

TEST_NUMBERS = """
4111111111111111 4242424242424242 4012888888881881 4000056655665556 4222222222222 4917610000000000 4000000000000002
5555555555554444 5105105105105100 5200828282828210 2223003122003222 2223000048400011 2720990000000007
378282246310005 371449635398431 378734493671000 341134113411347
30569309025904 38520000023237 36227206271667 3056930009020004
6011111111111117 6011000990139424 6011981111111113 6500000000000002 6445644564456445
3530111333300000 3566002020360505 3566111111111113
6200000000000005 6200000000000047 6205500000000000004
6759649826438453 5018000000000009 6304000000000000 5610591081018250 6771798021000008 6331101999990016
2200000000000004 6062826786276634 5066991111111118
""".split()  # noqa: SIM905


def grouped(number: str, mark: str) -> str:
    shape = (4, 6, 5) if len(number) == 15 else (4, 6, 4) if len(number) == 14 else (4, 4, 4, 4, 3)
    parts, at = [], 0
    for size in shape:
        parts.append(number[at : at + size])
        at += size
    return mark.join(part for part in parts if part)


@pytest.mark.parametrize("number", TEST_NUMBERS)
def test_every_test_number_is_found_however_it_is_written(number: str) -> None:
    written = [number, *(grouped(number, mark) for mark in (" ", "-", ".", " - ", "\u00a0", "\u2013", "\u200b"))]
    written += [" ".join(number), number[:7] + " " + number[7:]]
    written += ["".join(chr(ord(digit) + 0xFEE0) for digit in number)]  # fullwidth
    written += ["".join(chr(ord(digit) - 48 + 0x660) for digit in number)]  # Arabic-Indic
    for one in written:
        for before, after in (
            ("", ""),
            ("card ", " exp soon"),
            ("pd w/(", ")"),
            ("visa:", "."),
            ("x", "x"),
            ("n°1, ", "\n"),
        ):
            found = find_card(before + one + after)
            assert found == CardFinding("card", len(before), len(before) + len(one)), (before, one, after)
    assert find_card(number) is not None


@pytest.mark.parametrize("mark", ["", " ", "-"])
def test_an_expiry_date_or_an_amount_beside_it_does_not_hide_it(mark: str) -> None:
    for number in TEST_NUMBERS:
        if mark and len(number) in (13, 19):
            continue
        one = grouped(number, mark)
        for text in (f"{one} 12/27", f"{one} 1227 123", f"150.00 {one}", f"24.11.2026 {one} - 412.10", f"1. {one}"):
            found = find_card(text)
            assert found is not None, text
            assert found.kind == "card"


NOT_CARDS = [
    "4111-1111-1111-1112",  # policy D3 V2: the check digit is wrong
    "4111 1111 1111",
    "1234567812345670",  # right check digit, no issuer
    "0000000000000000",
    "41111111111111111",  # 17 digits
    "account 4410-2231, invoice INV-1041, 412.10 by 28 Nov",
    "call +1 312 555 0123 or 0917 555 0199",
    "+4915112345678",  # 13 digits, an international number
    "2026-11-24 2026-12-24",
    "24/11/2026 14:30 412.10 150.00 75.50",
    "tracking 1Z999AA10123456784",
    "IBAN DE89370400440532013000",
    "4111 1111 paid, 1111 1111 open",
    "+44 (0)20 7946 0958",
    "call +44 20 7946 0958, +49 151 1234 5678 or 0044 20 7946 0958",
    "IBAN DE89 3704 0044 0532 0130 00 and CH93 0076 2011 6238 5295 7",
    "3/08/2026 02:30:05 30/09/2026 02:30:05",
    "paid 1.412,10 and 4'110.50 on 4/12/2026 10:15:22",
    "one of two, four of seven, nine of one; five, six, two, one of eight",
    "2026-11-24T14:30:05.123456+08:00",
    "41111111-1111-4111-8111-1111111111ab",
    "Tool, Oil, Lilo and lol OIlI llll IIII oooo OOOO",
    "",
    "no digits at all",
    "accounts 4410-2231 and 4410-0087, then 150.00 on 24.11.2026",
    "owes 4410, cvv not taken",
    "paid 4111 in 2024 and 1111 in 2025",
    "8944110068523456783",  # a SIM's number
    "<b>4111</b> open, <b>1111</b> paid",
    "4111-1111 and 1111-1111",  # two accounts
    "41111111 replaces 11111111",
    "4111 2222 0000 since 2010",  # the check digit would be right
    "4111 1111 or, after a week, 1111 1111",
    "4111 owes 1111 pays 1111 leaves 1111",
]


@pytest.mark.parametrize("text", NOT_CARDS)
def test_what_is_no_card(text: str) -> None:
    assert find_card(text) is None
    assert mask_card(text) == text


@pytest.mark.parametrize(
    "known", ["4111111111111111", "4111-1111-1111-1111", "ACC 4111 1111 1111 1111", "４１１１１１１１１１１１１１１１"]
)
def test_a_known_account_or_invoice_number_is_no_card(known: str) -> None:
    text = "acct 4111 1111 1111 1111 pays"
    assert find_card(text, [known]) is None
    assert mask_card(text, [known]) == text
    assert find_card(text, ["4111", ""]) is not None
    assert find_card(text + " 5555555555554444", [known]) == CardFinding("card", 30, 46)


@pytest.mark.parametrize("spelling", SPELLINGS, ids=ascii)
def test_every_spelling_is_found_and_masked(spelling: str) -> None:
    for text in (spelling, f"card {spelling} exp soon", f"paid 150.00 with {spelling}", f"{spelling}, tel 0142"):
        assert suspicious(text)
        found = find_card(text)
        assert found is not None, text
        assert found.kind == "card"
        assert find_card(mask_card(text)) is None
        assert "1111111" not in "".join(c for c in mask_card(text) if c.isdigit())


@pytest.mark.parametrize("text", CODES, ids=ascii)
def test_every_spelling_of_a_security_code_is_found(text: str) -> None:
    for one in (text, f"exp 12/27, {text}.", f"paid by card; {text} ok"):
        assert suspicious(one)
        found = find_card(one)
        assert found is not None, one
        assert found.kind == "cvv"
        assert find_card(mask_card(one)) is None


@given(st.text(max_size=80) | st.text("0123456789OoIl .,-/_cvonetwhridlb%&#;", max_size=80))
def test_whatever_is_found_was_suspicious(text: str) -> None:
    if forbidden(text) is not None:
        assert suspicious(text)


@pytest.mark.parametrize("known", ["4410-2231", "(0)20 7946 0958", "INV 41041977"])
def test_a_number_of_the_file_makes_no_card_with_what_stands_beside_it(known: str) -> None:
    bare = "".join(filter(str.isdigit, known))
    for filler in range(10 ** (16 - len(bare) - 1), 10 ** (16 - len(bare) - 1) + 200):
        assert find_card(f"{known} {filler}", [known]) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("cvv 123", "123"),
        ("CVV: 123", "123"),
        ("cvc: 1234", "1234"),
        ("cvv2 123", "123"),
        ("cvc=123", "123"),
        ("cvv123", "123"),
        ("cvv is 123", "123"),
        ("cvv no. 123", "123"),
        ("CVV on the back 123", "123"),
        ("cvv 1 2 3", "1 2 3"),
        ("security code 123", "123"),
        ("Security Code: 1234.", "1234"),
        ("card security code was 123", "123"),
        ("card verification value 123", "123"),
        ("exp 12/27 cvv-123", "123"),
        ("ｃｖｖ １２３", "１２３"),
    ],
)
def test_security_codes(text: str, code: str) -> None:
    found = find_card(text)
    assert found is not None
    assert (found.kind, text[found.start : found.end]) == ("cvv", code)
    assert mask_card(text) == text.replace(code, "***")


@pytest.mark.parametrize(
    "text",
    [
        "cvv 12",
        "cvv 12345",
        "security code 123456",
        "cvv refused",
        "cvvx 123",
        "acvv 123",
        "postal code 1234",
        "code 123",
        "150 on the back order",
        "paid 1200 on the back of the invoice",
        "300 on the back end",
        "last three digits 123",
    ],
)
def test_what_is_no_security_code(text: str) -> None:
    assert find_card(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("ssn 123-45-6789", "123-45-6789"),
        ("123-45-6789", "123-45-6789"),
        ("123 45 6789", "123 45 6789"),
        ("born 1970, 899-12-3456.", "899-12-3456"),
        ("ssn 123456789", "123456789"),
        ("social security number: 123456789", "123456789"),
        ("123\u201345\u20136789", "123\u201345\u20136789"),
    ],
)
def test_social_security_numbers_are_reported(text: str, number: str) -> None:
    found = find_card(text)
    assert found is not None
    assert (found.kind, text[found.start : found.end]) == ("ssn", number)
    assert mask_card(text) == text.replace(number, "***-**-" + number[-4:])


IMPOSSIBLE = ["000-12-3456", "666-12-3456", "900-12-3456", "999-12-3456", "123-00-4567", "123-45-0000"]
IMPOSSIBLE += [
    "123-45 6789",
    "1123-45-6789",
    "123-45-67890",
    "1-123-45-6789",
    "123-45-6789-0",
    "123456789",
    "312-555-0123",
]


@pytest.mark.parametrize("text", IMPOSSIBLE)
def test_what_is_no_social_security_number(text: str) -> None:
    assert find_card(text) is None


@pytest.mark.parametrize("between", [" ", ", ", "/", " / ", "; ", ","])
def test_other_accounts_beside_each_other_are_no_card(between: str) -> None:
    beside = [f"{a}{between}{b}" for a in ("4410-0012", "4410-0193", "4410-0249") for b in ("4410-0081", "4410-0249")]
    seeming = [f"4410-{n:04}{between}4410-0249" for n in range(200)]
    assert any(find_card(text) for text in seeming)
    assert not [text for text in beside + seeming if find_card(f"sister has {text}", ["4410-2231"])]
    triple = "4410-0193 4410-0249 4410-0081"
    assert find_card(triple, ["4410-2231"]) is None


@pytest.mark.parametrize("card", ["4410-0000 0000-0005", "4410-0000-0000-0005", "4410 0000-0000 0005"])
def test_a_card_that_begins_like_an_account_is_one(card: str) -> None:
    number = next(f"{card[:-1]}{last}" for last in "0123456789" if find_card(f"{card[:-1]}{last}") is not None)
    assert find_card(number, ["4410-2231"]) is not None


@pytest.mark.parametrize("known", ["41111111", "4111 1111", "411111111111"])
def test_a_number_of_the_file_makes_no_card_with_what_comes_after_a_word(known: str) -> None:
    rest = "1111111111111111"[len(known.replace(" ", "")) :]
    text = f"4111 1111 {known[-4:] + ' ' if len(known) > 9 else ''}called {' '.join(rest[at : at + 4] for at in range(0, len(rest), 4))}"
    assert find_card(text) is not None
    assert find_card(text, [known]) is None


def test_a_known_number_is_no_social_security_number() -> None:
    assert find_card("acct 123-45-6789", ["123456789"]) is None


def test_the_gravest_finding_comes_first_and_all_are_listed_in_order() -> None:
    text = "ssn 123-45-6789 cvv 123 card 4111 1111 1111 1111"
    assert [found.kind for found in find_cards(text)] == ["ssn", "cvv", "card"]
    found = find_card(text)
    assert found is not None
    assert found.kind == "card"
    assert mask_card(text) == "ssn ***-**-6789 cvv *** card **** 1111"


def test_a_finding_never_shows_the_digits() -> None:
    assert repr(find_card("4111111111111111")) == "CardFinding(kind='card', start=0, end=16)"


def test_mask_keeps_the_last_four() -> None:
    assert mask_card("visa 4111-1111-1111-1111 exp 12/27") == "visa **** 1111 exp 12/27"
    assert mask_card("４１１１１１１１１１１１１１１１ and 378282246310005") == "**** 1111 and **** 0005"


@given(
    st.lists(
        st.sampled_from([*TEST_NUMBERS, *map(" ".join, TEST_NUMBERS), "cvv", "ssn", "123-45-6789"])
        | st.text(alphabet="0123456789 .-４cv\u200b", max_size=12),
        max_size=6,
    ),
    st.sampled_from(["", " ", ", ", "-"]),
)
def test_a_masked_text_holds_nothing_to_find(parts: list[str], joiner: str) -> None:
    assert find_card(mask_card(joiner.join(parts))) is None


@given(st.text(max_size=80))
def test_any_text_gives_findings_within_it(text: str) -> None:
    for found in find_cards(text):
        assert 0 <= found.start < found.end <= len(text)


@given(st.text("0123456789", min_size=12, max_size=18))
def test_one_check_digit_in_ten_is_right(digits: str) -> None:
    assert sum(luhn(digits + check) for check in "0123456789") == 1


def test_few_random_numbers_are_taken_for_cards() -> None:
    source = random.Random(4410)
    for size in range(13, 20):
        numbers = ["".join(source.choices("0123456789", k=size)) for _ in range(4000)]
        assert sum(map(is_card_number, numbers)) / len(numbers) < 0.04, size


HEXADECIMAL = {
    "SHA-256": lambda some: hashlib.sha256(some).hexdigest(),
    "SHA-1": lambda some: hashlib.sha1(some).hexdigest(),
    "UUID": lambda some: str(UUID(bytes=hashlib.md5(some).digest())),
    "message of a gateway": lambda some: f"SM{hashlib.md5(some).hexdigest()}",
}


@pytest.mark.parametrize("kind", HEXADECIMAL)
def test_no_digest_and_no_id_is_a_card(kind: str) -> None:
    made = [HEXADECIMAL[kind](str(n).encode()) for n in range(20_000)]
    assert [one for one in made if forbidden(f"its manifest has the {kind} {one}")] == []
    assert any(forbidden(one.replace("-", "")[4:30]) for one in made)  # only what is whole is one


@pytest.mark.parametrize(
    "text", ["4111111111111111abcdefabcdefabcd", "abcdefab4111111111111111cdefabcd", "a4111111111111111b"]
)
def test_letters_around_a_card_make_no_digest_of_it(text: str) -> None:
    assert forbidden(text) is not None
    assert forbidden(f"{UUID(int=7)} {text} {hashlib.sha256(b'').hexdigest()}") is not None


def _amex_after_amex(size: int) -> Iterator[str]:
    """Groups of which the first is masked to the four digits that make a card with the next two, and so on."""
    yield "4111111111111111"
    last = "1111"
    for _ in range(size // 13):
        last = "3711" if last[:2] != "37" else last
        five = next(f"0{n}" for n in range(3700, 3800) if luhn(f"{last}111111{0}{n}"))
        yield f"111111 {five}"
        last = five[1:]


def _nested(size: int) -> str:
    """Each card is between the halves of the next, and seen once it is masked."""
    return "4000 0000 " * (size // 20) + "1234 0008 " * (size // 20)


HOSTILE = {
    "digits": lambda size: "4" * size,
    "digits, then a name": lambda size: "1" * size + "onez",
    "names of digits, then a letter": lambda size: "one1" * (size // 4) + "z",
    "letters that look like digits": lambda size: "O" * size + "z",
    "an end that is none": lambda size: "1-" * (size // 2) + "z",
    "cards": lambda size: "4111 1111 1111 1111 " * (size // 20),
    "a word": lambda size: "4111 1111 1111 1111 1" + "a" * size + "1",
    "expiry dates": lambda size: "12/25 1234 " * (size // 11),
    "dates": lambda size: "4111 1111 1111 1111 " + "12/11/2025 4000 " * (size // 16),
    "printed groups": lambda size: "4000 " * (size // 5),
    "a card in a card": _nested,
    "a card that ends in a card": lambda size: " ".join(_amex_after_amex(size)),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_masking_takes_as_long_as_the_text_is_and_no_longer(kind: str) -> None:
    """Texts come from outside: one of 20,000 digits took two seconds, and one of cards within cards minutes."""

    def effort(size: int) -> float:
        text = HOSTILE[kind](size)
        began = time.process_time()  # this process's own work: other programs on the machine do not count
        mask_card(text)
        return time.process_time() - began

    mask_card(HOSTILE[kind](500))  # what is compiled at the first use is not of the text
    assert any(effort(16_000) < 3 * 8 * effort(2_000) + 0.01 for _ in range(3)), (
        "eight times the text, eight times the work"
    )


def test_cards_within_cards_are_all_masked() -> None:
    masked = mask_card("Rosa said: " + _nested(2_000) + "and no more " + "ok " * 500)
    assert masked.startswith("Rosa said: ")
    assert masked.endswith("ok ok ")
    assert find_card(masked) is None
