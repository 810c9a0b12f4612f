"""The site's file of its own people: what it says, and that a mistake is named by file, key and nearest name."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from collect_tui.defaults import load
from collect_tui.domain.errors import Invalid
from collect_tui.domain.message.internal import Digest, Internal, InternalContact

TODAY = date(2026, 11, 23)
SOUTH = '[contacts.south]\ntitle = "South"\nemail = "south@firm.example"\ndigests = ["suspensions"]\n'


@pytest.fixture
def site(tmp_path: Path):
    def made(text: str) -> Internal:
        (tmp_path / "internal.toml").write_text(text, "utf-8")
        return load(tmp_path, today=TODAY).internal

    return made


def test_nobody_is_named_by_us_and_the_digests_are_there() -> None:
    ours = load(None, today=TODAY).internal
    assert ours.contacts == ()
    assert {name: (d.template, d.ahead, d.weekday) for name, d in ours.digests.items()} == {
        "suspensions": ("internal-suspends", 2, None),
        "channels": ("internal-channels", 0, None),
        "reasons": ("internal-reasons", 0, 0),
        "cases": ("weekly-unresolved", 0, 0),
    }
    assert ours.told("suspensions") == ()


def test_a_site_names_its_people_and_moves_a_digest(site) -> None:
    found = site(SOUTH + 'language = "es"\nanswers_for = { products = ["INT"] }\n[digests.reasons]\nwhen = "fri"\n')
    (south,) = found.told("suspensions")
    assert (south.language, south.products, found.digests["reasons"].weekday) == ("es", ("INT",), 4)
    assert found.told("reasons") == ()


def test_a_digest_that_is_dropped_tells_nobody(site) -> None:
    found = site("[digests.channels]\ndrop = true\n")
    assert list(found.digests) == ["suspensions", "reasons", "cases"]
    assert found.told("channels") == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SOUTH.replace("suspensions", "suspension"), "contacts.south.digests: no such value; .*suspensions"),
        (SOUTH + 'langage = "es"\n', "contacts.south.langage: no such key; .*language"),
        (SOUTH + 'language = "fr"\n', "contacts.south.language: no such value"),
        (SOUTH.replace("south@firm.example", "south"), "contacts.south.email: expected one address"),
        (SOUTH.replace("south@firm.example", "a@b.example, c@d.example"), "contacts.south.email: expected one address"),
        (
            SOUTH.replace("south@firm.example", "a@b.example\\r\\nBcc: c@d.example"),
            "contacts.south.email: expected one",
        ),
        (SOUTH.replace('"South"', '"South\\nBcc: c@d.example"'), "contacts.south.title: a sign that moves"),
        (SOUTH.replace('"South"', '""'), "contacts.south.title"),
        (
            SOUTH + 'answers_for = { product = ["INT"] }\n',
            "contacts.south.answers_for.product: no such key; .*products",
        ),
        (SOUTH + 'answers_for = { products = "INT" }\n', "contacts.south.answers_for.products: expected a list"),
        (SOUTH.replace(".south]", '."so uth"]'), "contacts.so uth: a name that cannot be typed"),
        ('[digests.suspensions]\ntemplate = "internal-suspend"\n', "template: no such value; .*internal-suspends"),
        ("[digests.suspensions]\nahead = 0\n", "ahead: expected a whole number from 1 to 10"),
        ('[digests.reasons]\nwhen = "monday"\n', "digests.reasons.when: no such value; .*mon"),
        ("[digests.reasons]\nahead = 2\n", "digests.reasons.ahead: no such key"),
        (
            '[digests.trends]\ntemplate = "internal-reasons"\nwhen = "mon"\n',
            "digests.trends: no such digest; .*suspensions, channels",
        ),
        ("[contact]\n", "contact: no such key; .*contacts"),
        ("[contacts.south\n", "internal.toml"),
    ],
)
def test_a_mistake_is_named(site, text: str, said: str) -> None:
    with pytest.raises(Invalid, match=said) as error:
        site(text)
    assert error.value.code.startswith("defaults.")
    assert "internal.toml" in error.value.message


@pytest.mark.parametrize(
    ("limits", "fits"),
    [
        ({}, True),
        ({"products": ("INT", "TV")}, True),
        ({"products": ("TV",)}, False),
        ({"systems": ("north",), "segments": ("business",)}, True),
        ({"systems": ("north",), "segments": ("home",)}, False),
        ({"accounts": ("5500-", "4410-")}, True),
        ({"accounts": ("5500-",)}, False),
    ],
)
def test_who_answers_for_what(limits: dict[str, tuple[str, ...]], fits: bool) -> None:
    contact = InternalContact("south", "South", "south@firm.example", "en", ("suspensions",), **limits)
    assert contact.answers_for("4410-2231", "business", "INT", "north") is fits


@pytest.mark.parametrize(("weekday", "due"), [(None, 23), (0, 23), (1, 17), (6, 22)])
def test_the_last_day_on_which_a_digest_was_due(weekday: int | None, due: int) -> None:
    assert Digest("reasons", "internal-reasons", weekday=weekday).due(TODAY) == date(2026, 11, due)
