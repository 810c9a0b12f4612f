"""Notes: whole words expand, card data never passes."""

import re
import tomllib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect_tui.domain.account.notes import expand, open_slot

ABBREVIATIONS: dict[str, str] = tomllib.loads(
    files("collect_tui").joinpath("defaults/abbreviations.toml").read_text(encoding="utf-8")
)["abbreviations"]


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("lm", "left message"),
        ("lm w/ sp, wcb.", "left message w/ spouse, will call back."),
        ("na/bz", "no answer/busy"),
        ("3p", "third party, no disclosure"),
        ("cb fri", "call back fri"),
        ("tt sp; bp", "talked to spouse; broken promise"),
        ("(lm)", "(left message)"),
        ('"lm"', '"left message"'),
        (r"\lm", "lm"),
        (r"\lm lm", "lm left message"),
        (r"\film", r"\film"),
        (r"a\lm", r"a\lm"),
        (r"\\lm", r"\\lm"),
        ("film almanac lm2 2lm lm_", "film almanac lm2 2lm lm_"),
        ("LM Lm", "LM Lm"),
        ("sp@example.com", "sp@example.com"),
        ("ana@sp.com www.sp.com", "ana@sp.com www.sp.com"),
        ("cd-rom na-na", "cd-rom na-na"),
        ("sp's", "sp's"),
        ("señorsp ñlm", "señorsp ñlm"),
        ("", ""),
        ("pays 15 dec", "pays 15 dec"),
        ("dec 15", "dec 15"),
        ("by 3dec", "by 3dec"),
        ("customer dec, son called", "customer deceased, son called"),
        ("cb 15 lm", "call back 15 left message"),
        ("cb", "call back {when}"),
        ("cb, lm", "call back {when}, left message"),
        ("cb tue 9, lm", "call back tue 9, left message"),
        ("lm; cb tomorrow", "left message; call back tomorrow"),
        (r"\cb fri", "cb fri"),
        ("aty Jane Roe, tel 0142", "represented by Jane Roe, tel 0142"),
        ("aty by Jane Roe", "represented by Jane Roe"),
        ("ptp 50 fri", "promises 50 on fri"),
        ("ptp 50 on fri w/ sp", "promises 50 on fri w/ spouse"),
        ("ptp 1,250 fri", "promises 1,250 on fri"),
        ("ptp 50, fri", "promises 50 on {date}, fri"),
        ("ppa 3 100 15dec", "plan 3 × 100 from 15dec"),
        ("dsp INV-1 price too high", "disputes INV-1: price too high"),
        ("hs lost job; sp", "hardship: lost job; spouse"),
        ("cb\ntomorrow", "call back {when}\ntomorrow"),
    ],
)
def test_expand(typed: str, written: str) -> None:
    assert expand(typed, ABBREVIATIONS) == written


@pytest.mark.parametrize(
    ("typed", "word", "slot"),
    [
        ("cb", "cb", "{when}"),
        ("lm, cb; sp", "cb", "{when}"),
        ("cb .", "cb", "{when}"),
        ("ptp 50", "ptp", "{date}"),
        ("ptp", "ptp", "{amt}"),
        ("cb hs", "hs", "{why}"),
        ("says {when}", None, ""),
        (r"\cb", None, ""),
        ("cb tomorrow, ptp 50 fri", None, ""),
    ],
)
def test_a_slot_that_nothing_fills_is_found_at_its_abbreviation(typed: str, word: str | None, slot: str) -> None:
    found = open_slot(typed, ABBREVIATIONS)
    if word is None:
        assert found is None
    else:
        assert found is not None
        assert (typed[found.start : found.end], found.slot) == (word, slot)


def test_the_shipped_abbreviations() -> None:
    assert len(ABBREVIATIONS) == 27
    for key, text in ABBREVIATIONS.items():
        assert re.fullmatch(r"[a-z0-9]{2,3}", key)
        assert expand(key, ABBREVIATIONS) == text
        assert expand(re.sub(r"\{\w+\}", "", text), ABBREVIATIONS) == re.sub(r"\{\w+\}", "", text)


def test_an_empty_meaning_takes_an_abbreviation_away() -> None:
    assert expand("lm sp", {**ABBREVIATIONS, "sp": ""}) == "left message sp"


@given(st.text(max_size=60))
def test_without_abbreviations_nothing_changes(text: str) -> None:
    assert expand(text, {}) == text
