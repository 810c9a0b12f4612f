"""What the law asks of the shipped texts cannot be left out of them, in any language."""

from __future__ import annotations

from pathlib import Path

import pytest

from collect_tui.defaults.templates import templates
from collect_tui.domain.message.template import LANGUAGES
from collect_tui.services.message.lint import load

OURS = Path(templates.__code__.co_filename).parent / "messages"
LIBRARY = load(None, "US", "USD")


def faults(site: Path, file: str, old: str, new: str) -> list[str]:
    """The faults of a shipped template where a site has one of its files with this change."""
    text = (OURS / file).read_text("utf-8")
    assert old in text
    (site / "messages").mkdir()
    (site / "messages" / file).write_text(text.replace(old, new), "utf-8")
    return [fault.message for fault in load(site, "US", "USD").faults_of(file.partition(".")[0])]


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("cancellation", "{{ date(cancellation.grace_until) }}", "x", "grace: always print cancellation.grace_until (Republic Act"),
        ("cancellation", "{{ cancellation.years_paid }}", "2", "grace: always print cancellation.years_paid"),
        ("cancellation", "{{ money(cancellation.surrender_value) }}", "0", "surrender: always print cancellation.surrender_value"),
        ("cancellation", "{{ money(cancellation.paid_total) }}", "0", "surrender: always print cancellation.paid_total"),
        ("cancellation", "{{ date(cancellation.effective) }}", "x", "thirty-days: always print cancellation.effective"),
        ("cancellation", "{{ party.salutation }}", "You go to jail.", "conduct: do not say “jail”"),
        ("validation", "{{ firm.address }}", "", "itemisation: always print firm.address (12 CFR 1006.34(c)(2)"),
        ("validation", "+ {{ money(validation.interest) }}", "-", "itemisation: always print validation.interest"),
        ("validation", "{{ validation.creditor }}", "us", "itemisation: always print validation.creditor"),
        ("validation", "{{ party.salutation }}", "Pay immediately.", "overshadow: do not say “immediately”"),
        ("b2b-final", "{{ dispute_right }}", "", "b2b-ar, demand: always print dispute_right"),
        ("b2b-final", "{{ party.salutation }}", "We call the police.", "b2b-ar, tone: do not say “police”"),
        ("dispute-part", "{{ opt_out }}", "", "dispute by email says how to have no more of it: print opt_out."),
    ],
)  # fmt: skip
def test_what_is_printed_or_never_said(tmp_path, name, old, new, said):
    found = faults(tmp_path, f"{name}.md", old, new)
    assert [each for each in found if said in each], found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["cancellation", "validation"])
def test_words_that_are_said_in_each_language(tmp_path, name, language):
    head = LIBRARY.every[name].head
    demands = [
        d for pack in head.packs for d in LIBRARY.rules.packs[pack] if d.says and d.concerns(head, head.channels)
    ]
    assert len(demands) >= 5
    file = f"{name}.md" if language == "en" else f"{name}.{language}.md"
    for n, demand in enumerate(demands):
        (phrase,) = demand.says[language]
        (site := tmp_path / str(n)).mkdir()
        text = (OURS / file).read_text("utf-8").replace("**", "")
        spoken = next(each for each in (phrase, phrase.capitalize()) if each in text)
        found = faults(site, file, spoken if spoken in (OURS / file).read_text("utf-8") else f"**{spoken}**", "…")
        assert [each for each in found if f"{demand.name}: say “{phrase}”" in each], (demand.name, found)
