"""Ports: to a gateway's far end, and to a print house."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from channels.far_gateway import FarGateway, far_gateway, site
from collect_tui.channels.gateway import GatewayPort
from collect_tui.channels.print_house import PrintHousePort
from collect_tui.settings import PrintHouse
from support.mail_servers import FarEnds, far_ends


@pytest.fixture
def far() -> Iterator[FarGateway]:
    with far_gateway() as made:
        yield made


@pytest.fixture
def port(far: FarGateway, tmp_path: Path):
    opened: list[GatewayPort] = []

    def make(name: str, url: str = "", more: str = "", **changed: float) -> GatewayPort:
        opened.append(GatewayPort(replace(site(tmp_path, name, url or far.url, more), **changed)))
        return opened[-1]

    yield make
    for each in opened:
        each.close()


@pytest.fixture
def gateway(tmp_path):
    return lambda name, more="": site(tmp_path, name, more=more)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[PrintHousePort]:
    made = PrintHousePort(PrintHouse(folder=tmp_path / "house"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def _ends(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FarEnds]:
    with far_ends(tmp_path_factory.mktemp("far")) as running:
        yield running


@pytest.fixture
def ends(_ends: FarEnds) -> Iterator[FarEnds]:
    """The mail servers of this module, with nothing told to them and the mailbox empty."""
    yield _ends
    _ends.forget()
