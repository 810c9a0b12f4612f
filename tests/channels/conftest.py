from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collect_tui.channels.print_house import PrintHousePort
from collect_tui.settings import PrintHouse


@pytest.fixture
def port(tmp_path: Path) -> Iterator[PrintHousePort]:
    made = PrintHousePort(PrintHouse(folder=tmp_path / "house"))
    yield made
    made.close()
