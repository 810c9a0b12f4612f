"""What this program knows of itself: keys, codes, and where its files are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collect_tui.bootstrap import Wiring
from collect_tui.common.widths import table


def keys_text(what: str, wired: Wiring, *, as_json: bool) -> str:
    """Keys, verbs of the line or codes, each from the one place that defines it."""
    from collect_tui import bootstrap

    head: tuple[str, ...]
    rows: list[tuple[str, ...]]
    if what == "keys":
        from collect_tui.tui.keys import keymap

        mine = keymap.load(wired.settings.site_folder / "keys.toml")

        head = ("id", "keys", "F-key", ":", "meaning")
        rows = [(c.id, " ".join(c.keys), c.fkey, c.mnemonic or c.text.strip(), c.help) for c in mine.commands]
    elif what == "line":
        from collect_tui.desk.line.verbs import table as verbs

        head = ("verb", "usage", "meaning", "example")
        rows = [(v.verb, v.usage, v.summary, v.example) for v in verbs(bootstrap.catalogue(wired).cases.kinds.values())]
    else:
        from collect_tui.desk.catalogue import code_lists

        codes = bootstrap.catalogue(wired).codes
        head = ("list", "code", "title", "what it does")
        rows = [("Results", r.code, r.title, r.explained) for r in codes.results.values()]
        rows += [("Actions", a.code, a.title, a.help) for a in codes.actions.values()]
        rows += [(name, code, title, "") for name, table in code_lists(codes) for code, title in table.items()]
    if as_json:
        return json.dumps([dict(zip(head, row, strict=True)) for row in rows], indent=2, ensure_ascii=False)
    return table(head, rows)


def checked_keys(wired: Wiring, *, as_json: bool) -> str:
    """That the keys of the site's `keys.toml` can be used, and what it changes. Raises Invalid, which names every clash."""
    from collect_tui.tui.keys import keymap
    from collect_tui.tui.keys.actions import action

    path = wired.settings.site_folder / "keys.toml"
    mine = keymap.load(path)
    changed = {each.id: list(each.all_keys) for each in mine.commands if each.all_keys != action(each.id).all_keys}
    if as_json:
        return json.dumps({"file": str(path) if path.is_file() else None, "changed": changed}, indent=2)
    if not path.is_file():
        return f"There is no {path}: the keys are the program's own."
    return "\n".join(
        (f"{path} can be used.", *(f"{name}: {' '.join(keys) or 'no key'}" for name, keys in changed.items()))
    )


def locate_text(wired: Wiring, *, as_json: bool) -> str:
    from collect_tui.common.faults import log_path
    from collect_tui.common.urls import masked
    from collect_tui.demo import fixtures

    s = wired.settings
    places = {
        "settings": str(s.file or "none"),
        "database": masked(s.url) if "://" in s.url else s.url or str(s.database),
        "orders": str(s.orders_folder),
        "site files": str(s.site_folder),
        "themes": str(s.themes_folder),
        "drafts and history": str(s.state_folder),
        "log": str(log_path()),
        "fixtures": str(fixtures()),
    }
    return json.dumps(places, indent=2) if as_json else table(("what", "where"), places.items())
