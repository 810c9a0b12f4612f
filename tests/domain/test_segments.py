"""Parts of an SMS: examples of the standards and of providers' pages, and laws that hold for every text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect_tui.domain.message.segments import Segments, is_gsm, segments

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = "\f^{}\\[~]|€"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ("GSM", 0, 0)),
        ("a" * 160, ("GSM", 160, 1)),
        ("a" * 161, ("GSM", 161, 2)),
        ("a" * 306, ("GSM", 306, 2)),
        ("a" * 307, ("GSM", 307, 3)),
        ("€" * 80, ("GSM", 160, 1)),
        ("€" * 81, ("GSM", 162, 2)),
        ("a" * 152 + "€" + "a" * 152, ("GSM", 306, 3)),  # no escaped character is split: the 153rd septet stays empty
        ("汉" * 70, ("UCS-2", 70, 1)),
        ("汉" * 71, ("UCS-2", 71, 2)),
        ("汉" * 134, ("UCS-2", 134, 2)),
        ("汉" * 135, ("UCS-2", 135, 3)),
        ("😀" * 35, ("UCS-2", 70, 1)),
        ("😀" * 36, ("UCS-2", 72, 2)),
        ("😀" * 67, ("UCS-2", 134, 3)),  # 33 whole ones in a part of 67
        ("más", ("UCS-2", 3, 1)),  # á is not in the alphabet, though à, é and ñ are
        ("Señor, ¿qué?", ("GSM", 12, 1)),
    ],
)
def test_known_lengths(text, expected):
    assert segments(text) == Segments(*expected)


def test_the_alphabet_is_that_of_the_standard():
    assert len(BASIC) == 127  # and the escape
    assert len(EXTENDED) == 10
    assert is_gsm(BASIC + EXTENDED)
    assert [chr(n) for n in range(0x2FFF) if is_gsm(chr(n))] == sorted(BASIC + EXTENDED)


@given(st.text(alphabet=st.one_of(st.sampled_from(BASIC + EXTENDED), st.characters(codec="utf-8"))))
def test_units_are_what_the_encodings_take_and_the_parts_hold_them(text):
    found = segments(text)
    if found.encoding == "UCS-2":
        assert found.units == len(text.encode("utf-16-le")) // 2
        alone, joined = 70, 67
    else:
        assert found.units == len(text) + sum(c in EXTENDED for c in text)
        alone, joined = 160, 153
    if found.units <= alone:
        assert found.count == bool(text)
    else:
        # A part that ends before a character of two loses one place at most.
        assert -(-found.units // joined) <= found.count <= -(-found.units // (joined - 1))


@given(st.text(alphabet=BASIC + EXTENDED, max_size=400), st.sampled_from(BASIC))
def test_a_longer_text_takes_no_fewer_parts(text, more):
    assert segments(text + more).count >= segments(text).count
