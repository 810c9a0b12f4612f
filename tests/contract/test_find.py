"""Finding an account by anything a customer may say."""

from __future__ import annotations

import pytest

from collect_tui.desk.errors import Invalid

ROSA = "4410-2231"


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
