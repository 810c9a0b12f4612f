"""What a site saves of queues, in its queues.toml."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from collect_tui.defaults import load
from collect_tui.desk.errors import Invalid
from collect_tui.domain.rules import SavedFilter

TODAY = date(2026, 11, 23)


def of(folder: Path, text: str):
    (folder / "queues.toml").write_text(text, "utf-8")
    return load(folder, today=TODAY).filters


def test_ours_has_none() -> None:
    assert load(today=TODAY).filters == {}


def test_a_filter_of_a_site(tmp_path: Path) -> None:
    text = '[filters.big]\nqueue = "followup"\nwords = "collect>500 flag=dispute"\ncolumns = ["account", "owner"]\n'
    assert of(tmp_path, text) == {
        "big": SavedFilter("big", "followup", "collect>500 flag=dispute", ("account", "owner"))
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[filters.big]\nqueue = "folowup"\nwords = ""', "followup"),
        ('[filters.big]\nqueue = "followup"\nwords = "colect>5"', "did you mean collect?"),
        ('[filters.new]\nqueue = "followup"\nwords = "dpd>5"', "is no queue's"),
        ('[filters.big]\nqueue = "followup"\nwords = "dpd>5"\ncolumns = ["acount"]', "account"),
        ('[filters.big]\nqueue = "followup"\nword = "dpd>5"', "words"),
    ],
)
def test_a_mistake_names_the_file_and_what_it_may_have_been(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(Invalid) as mistake:
        of(tmp_path, text)
    assert "queues.toml" in mistake.value.message
    assert told in mistake.value.message
