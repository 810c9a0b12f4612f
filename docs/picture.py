"""Draws docs/account.svg, the README's picture: the real program on the fixture portfolio, 80×24.

python docs/picture.py
"""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from collect_tui.tui.terminal.terminal import TerminalProfile

from collect_tui import bootstrap
from collect_tui.tui.app import CollectApp

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


async def draw(target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        wired = bootstrap.wiring(database=Path(folder) / "demo.db", user="mia", at=NOW)
        wired = replace(wired, settings=replace(wired.settings, state_folder=Path(folder) / "state"))
        bootstrap.make_demo(wired)
        app = CollectApp(lambda: bootstrap.open_desk(wired), terminal=TerminalProfile("true"), theme="ansi")
        async with app.run_test(size=(80, 24)) as pilot:
            while not app.connected:
                await pilot.pause(0.05)
            await pilot.press(*":4410-2231", "enter")
            await app.keys_idle()
            await pilot.press(*":pp 150 fri")
            await app.keys_idle()
            await pilot.pause(0.5)
            target.write_text(app.export_screenshot(title="collect-tui"), "utf-8")


if __name__ == "__main__":
    asyncio.run(draw(Path(__file__).with_name("account.svg")))
