"""Files that a person or another system wrote begin as their editor pleases: a mark of UTF-8 or UTF-16 is no part of the text."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from collect_tui import defaults, settings
from collect_tui.channels.folders import FolderPort
from collect_tui.ingest.mapping import read_mapping
from collect_tui.tui.keys import keymap
from collect_tui.tui.render.theme import load_theme

ROOT = Path(__file__).parents[1]
ANSWER = '{"order": "S-1", "outcome": "completed", "at": "2026-11-24T09:30:00Z"}'
MAPPING = (ROOT / "docs/examples/ar_invoices.map.toml").read_text("utf-8")
THEME = (ROOT / "themes/mono.toml").read_text("utf-8")


def answers(path: Path) -> str:
    return next(iter(FolderPort(path.parents[2]).answers())).problem


READ: dict[str, tuple[str, str, Callable[[Path], object]]] = {
    "mapping": ("m.toml", MAPPING, read_mapping),
    "settings": ("config.toml", 'zone = "Asia/Manila"\n', lambda path: settings._read(path, named=True)),
    "keys": ("keys.toml", "[keys]\n", lambda path: type(keymap.load(path))),
    "theme": ("bright.toml", THEME, lambda path: load_theme("bright", path.parent)),
    "rules of the site": ("codes.toml", "", lambda path: defaults.load(path.parent, today=date(2026, 11, 23)).codes),
    "answer to an order": ("inbox/AURORA/a.json", ANSWER, answers),
}


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
@pytest.mark.parametrize("name", READ)
def test_a_mark_at_the_start_is_no_part_of_the_text(tmp_path, name, mark):
    where, text, read = READ[name]
    plain, marked = tmp_path / "plain" / where, tmp_path / "marked" / where
    codec = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}.get(mark, "utf-8")
    for path, raw in ((plain, text.encode()), (marked, mark + text.encode(codec))):
        path.parent.mkdir(parents=True)
        path.write_bytes(raw)
    assert read(marked) == read(plain)
    assert read(plain) != "is not JSON"
