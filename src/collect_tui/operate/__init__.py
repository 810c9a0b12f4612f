"""Commands of those who run the desk for others: each module adds its own commands and loads what they need when run."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

#: Modules of this package in the order of `--help`; each has `add(commands)`, which adds to argparse's subparsers.
MODULES: Final[tuple[str, ...]] = (
    "signin",
    "serve",
    "migrate",
    "audit",
    "evidence",
    "backup",
    "tenants",
    "users",
    "floor",
    "outbox",
)


def add_all(commands: Any) -> None:
    for name in MODULES:
        add: Callable[[Any], None] = import_module(f"{__name__}.{name}").add
        add(commands)
