"""The files that the pages show are taken by the program as they stand."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from collect_tui import cli, defaults, settings
from collect_tui.defaults.build_contact import VERIFICATION
from collect_tui.tui.keys import keymap
from collect_tui.tui.render import theme

ROOT = Path(__file__).resolve().parents[2]


def shown(page: str, language: str) -> list[str]:
    text = (ROOT / "docs" / page).read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def test_keys_of_your_own(tmp_path: Path) -> None:
    (tmp_path / "keys.toml").write_text(shown("keys.md", "toml")[0], "utf-8")
    assert keymap.load(tmp_path / "keys.toml").keys_of("note.new") == ("i", "f6")


def test_the_names_of_keys_are_those_that_can_be_given() -> None:
    told = (ROOT / "docs/keys.md").read_text("utf-8").partition("A key is a letter")[2].partition("Escape and")[0]
    named = set(re.findall(r"`([a-z+0-9]+)`", told)) - {"ctrl+"}
    assert named | {f"f{n}" for n in range(1, 13)} == keymap._SPECIAL - keymap.KEPT_QUIET


def test_a_site_of_your_own(tmp_path: Path) -> None:
    holds, rules, methods, billing, reminders, mine = shown("site.md", "toml")
    (tmp_path / "holds.toml").write_text(holds, "utf-8")
    (tmp_path / "rules.toml").write_text(rules + reminders, "utf-8")
    (tmp_path / "codes.toml").write_text(methods + billing, "utf-8")
    made = defaults.load(tmp_path, today=date(2026, 11, 23))
    assert made.holds["REVIEW"].default_days == 14
    assert made.holds["HARDSHIP"].default_days == 45
    assert (made.codes.method("postdated"), made.codes.method("paypal")) == ("pdc", None)
    assert made.codes.billing["AURORA"].orders["suspend"] == "DISC"
    assert made.rules.suspend.of("MOB").reconnect_fee == 1500
    assert {(r.kind, r.days) for r in made.rules.reminders_of("real-estate")} >= {
        ("instalment", (14, 1)),
        ("balloon", (90, 60, 30, 7)),
    }
    (tmp_path / "mine.toml").write_text(mine, "utf-8")
    assert theme.load_theme("mine", tmp_path).name == "mine"


def test_every_file_of_a_site_has_its_row() -> None:
    rows = re.findall(r"^\| `(\w+\.toml)` \|", (ROOT / "docs/site.md").read_text("utf-8"), re.MULTILINE)
    ours = {path.name for path in Path(defaults.__file__).parent.glob("*.toml")}
    assert set(rows) == ours | {"keys.toml", "filters.toml"}
    settings_page = (ROOT / "docs/settings.md").read_text("utf-8")
    assert all(f"`{name}`" in settings_page for name in rows)


@pytest.mark.parametrize("number", range(len(shown("settings.md", "toml"))))
def test_settings_as_they_are_shown(tmp_path: Path, number: int) -> None:
    file = tmp_path / "config.toml"
    file.write_text(shown("settings.md", "toml")[number], "utf-8")
    assert settings.load({"COLLECT_TUI_CONFIG": str(file)}).file == file


def test_the_portfolio_as_it_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLLECT_TUI_STATE_FOLDER", str(tmp_path / "state"))
    (tmp_path / "one.json").write_text(shown("portfolio.md", "json")[0], "utf-8")
    assert cli.main(["--db", str(tmp_path / "desk.db"), "load", str(tmp_path / "one.json")]) == 0


def test_the_invoices_as_they_are_shown() -> None:
    assert (ROOT / "docs/examples/ar_invoices.csv").read_text("utf-8") == shown("importing.md", "csv")[0]


def test_the_rules_of_verification_as_they_are_shown(tmp_path: Path) -> None:
    (tmp_path / "rules.toml").write_text(shown("trainer.md", "toml")[0], "utf-8")
    rules = defaults.load(tmp_path, today=date(2026, 11, 23)).rules.verification
    assert (rules.mode, rules.needed, rules.facts["card"]) == ("warn", 2, "last four of the card")
    assert "dob" in rules.facts, "beside the program's"
    page = (ROOT / "docs/trainer.md").read_text("utf-8").partition("\n## Verification\n")[2]
    assert tuple(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)[1:]) == VERIFICATION, "and the head"
    assert defaults.load(today=date(2026, 11, 23)).rules.verification.mode == "off"
    (tmp_path / "rules.toml").write_text('[verification.facts]\nmeter = ""\n', "utf-8")
    assert "meter" not in defaults.load(tmp_path, today=date(2026, 11, 23)).rules.verification.facts
