"""Hostile data comes out as text in every form; amounts and days are written as the language writes them."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collect_tui.domain.errors import Refused
from collect_tui.domain.message.context import sample
from collect_tui.services.message.document import BLOCKS, TAGS, Values, read
from collect_tui.services.message.formats import Formats
from collect_tui.services.message.lint import load
from collect_tui.services.message.render import render

LIBRARY = load(None, "US", "USD")
CONTEXT = sample()
MARKUP = "*_`#<>[]()!|\\~-+=.:&;{}%$ \t\n\r\x00\x1b\x9b\u202e\u200b\u2028\ue000\ue001019aBc汉é"
hostile = st.one_of(
    st.text(alphabet=MARKUP, max_size=60),
    st.text(max_size=60),
    st.sampled_from(
        [
            "<script>alert(1)</script>",
            "![x](http://evil.example/p.png) [y](javascript:alert(1))",
            "{{ firm.name }}{% for x in items %}",
            "# Heading\n\n- list\n\n| a | b |\n| - | - |",
            "a\r\nBcc: everybody@example.com",
            "\ue0000\ue001\ue0001\ue001",
            "&lt;b&gt; &#60;i&#62;",
            "    code\n```\nfence\n```",
            "\x1b]0;title\x07\x1b[31mred",
        ]
    ),
)


class Page(HTMLParser):
    """Tags opened, with their attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.opened: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.stack: list[str] = []
        self.words = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.opened.append((tag, tuple(attrs)))
        if tag not in ("meta", "br", "hr"):
            self.stack.append(tag)

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag

    def handle_data(self, data):
        self.words += data


def filled(source, channel, context, language="en", known=()):
    words = LIBRARY.rules.languages[language]
    return render(source, channel, context, words, LIBRARY.formats(language, channel), known)


def with_data(name, doc_no, service):
    party = replace(CONTEXT.party, name=name)
    items = tuple(replace(each, doc_no=doc_no) for each in CONTEXT.items)
    services = tuple(replace(each, name=service) for each in CONTEXT.services)
    return replace(CONTEXT, party=party, items=items, services=services, firm=replace(CONTEXT.firm, address=name))


def printable(text):
    return [c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cs")]


def kept(value):
    """What is left of a text that only its own characters can be: no control characters, white space as one blank."""
    values = Values()
    return values.put_in(values.mark(value))


@given(hostile, hostile, hostile)
def test_data_is_never_markup(name, doc_no, service):
    body = LIBRARY.every["pre-cut"].variants["en"].bodies[0]
    harmless, made = (filled(body.source, "email", with_data(*data)) for data in (("x",) * 3, (name, doc_no, service)))
    assert "\n" not in made.subject
    assert not [c for c in printable(made.text + made.subject + made.html) if c not in "\u200c\u200d\u0600"]
    page = Page(made.html)
    assert page.stack == []
    if all(map(kept, (name, doc_no, service))):
        assert page.opened == Page(harmless.html).opened
    assert {tag for tag, _ in page.opened} <= TAGS | BLOCKS | {"html", "head", "meta", "title", "body"}
    for value in map(kept, (name, doc_no, service)):
        if not unmasked(value):
            continue
        assert value in page.words
        assert value in made.text


def unmasked(value):
    from collect_tui.domain.card_text import mask_card

    return mask_card(value) == value


@given(hostile)
def test_data_in_the_subject_is_one_line_of_text(name):
    context = replace(CONTEXT, firm=replace(CONTEXT.firm, name=f"A {name}"))
    made = filled("# {{ firm.name }}: x\n\ny", "email", context)
    assert "\n" not in made.subject
    assert "\r" not in made.subject
    assert made.subject.startswith("A")
    assert made.subject.endswith(": x")


@given(hostile)
def test_an_sms_is_one_line_whatever_is_in_it(name):
    context = replace(CONTEXT, firm=replace(CONTEXT.firm, name=f"x{name}x"))
    made = filled("{{ firm.name }}: {{ money(due_now) }}. {{ opt_out }}", "sms", context)
    assert made.html is None
    assert not printable(made.text.replace("\u200c", "").replace("\u200d", "")) or "\u0600" in made.text
    assert "\n" not in made.text
    assert made.text.endswith(": $397.10. Reply STOP to opt out.")


def test_a_card_number_in_data_is_masked_and_a_number_of_the_file_is_not():
    context = replace(CONTEXT, party=replace(CONTEXT.party, name="Rosa 4111 1111 1111 1111"))
    source = "# x\n\n{{ party.name }}"
    assert "Rosa **** 1111" in filled(source, "email", context).text
    assert "4111 1111 1111 1111" in filled(source, "email", context, known=("4111111111111111",)).text


@pytest.mark.parametrize(
    ("language", "country", "currency", "minor", "money", "day"),
    [
        ("en", "US", "USD", 123450, "$1,234.50", "November 23, 2026"),
        ("en", "GB", "USD", 123450, "US$1,234.50", "23 November 2026"),
        ("en", "US", "KWD", -5, "-KWD 0.005", "November 23, 2026"),
        ("es", "US", "USD", 123450, "$1,234.50", "23 de noviembre de 2026"),
        ("es", "ES", "EUR", 1234500, "12.345,00 €", "23 de noviembre de 2026"),
        ("fil", "PH", "PHP", 123450, "₱1,234.50", "Nobyembre 23, 2026"),
        ("ms", "MY", "MYR", 123450, "RM 1,234.50", "23 November 2026"),
        ("zh", "CN", "CNY", 123450, "¥1,234.50", "2026年11月23日"),
        ("zh", "US", "JPY", 1234, "JP¥1,234", "2026年11月23日"),
        ("en", "US", "IQD", 1234567, "IQD 1,234.567", "November 23, 2026"),
        ("en", "US", "USD", 10**15, "$10,000,000,000,000.00", "November 23, 2026"),
    ],
)
def test_amounts_and_days(language, country, currency, minor, money, day):
    formats = Formats(language, country, currency)
    assert formats.money(minor) == money
    assert formats.day(date(2026, 11, 23)) == day


def test_an_amount_in_an_sms_keeps_to_its_alphabet():
    assert Formats("fil", "PH", "PHP", gsm=True).money(123450) == "PHP 1,234.50"
    assert Formats("es", "ES", "EUR", gsm=True).money(123450) == "1.234,50 €"


@given(st.integers(-(10**15), 10**15), st.sampled_from(["USD", "JPY", "KWD", "CLF", "MYR", "IQD"]))
def test_an_amount_is_exact_in_every_language(minor, currency):
    for language in LIBRARY.rules.languages:
        text = Formats(language, "US", currency).money(minor)
        assert int("".join(c for c in text if c.isdigit()) or 0) == abs(minor)
        assert ("-" in text) == (minor < 0)


def test_what_is_empty_leaves_no_gap():
    text = filled(
        "# x\n\n{% if credits %}{{ money(credits) }}{% endif %}\n\nend\n\n{{ opt_out }}", "letter", CONTEXT
    ).text
    assert text == "x\n=\n\n$15.00\n\nend\n"
    assert filled(
        "# x\n\n{{ firm.hours }}\n\nend", "letter", replace(CONTEXT, firm=replace(CONTEXT.firm, hours=""))
    ).text == ("x\n=\n\nend\n")


def test_what_is_missing_is_refused():
    with pytest.raises(Refused) as refused:
        filled("# x\n\n{{ money(offer.amount) }}", "letter", replace(CONTEXT, offer=None))
    assert refused.value.code == "message.missing"


def test_markdown_as_text():
    source = (
        "## Two\n\nA **strong** and\nan *emphasised* word.\\\nNext.\n\n1. one\n2. two\n   - inner\n\n---\n\n"
        "| a | long |\n| - | ---: |\n| 汉字 | 1 |\n"
    )
    document = read(source, Values(), "en")
    assert document.text() == (
        "Two\n---\n\nA strong and\nan emphasised word.\nNext.\n\n1. one\n2. two\n   - inner\n\n"
        "----------------------------------------\n\na     long\n汉字     1\n"
    )
