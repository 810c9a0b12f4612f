"""The documents say what the program does: nothing is left out, and what is generated is up to date."""

from __future__ import annotations

import argparse
import importlib.util
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from collect_tui.cli import build_parser
from collect_tui.desk.views.access import NewToken, TenantView, UserView
from collect_tui.desk.views.account import AccountView, FindHit, PaneView
from collect_tui.desk.views.act import Preview, Receipt
from collect_tui.desk.views.event import Event
from collect_tui.desk.views.floor import FloorView
from collect_tui.desk.views.forecast import Forecast
from collect_tui.desk.views.message import InboxRow, MessagePreview, MessageView
from collect_tui.desk.views.queue import Claim, QueueBoard, QueuePage, Why
from collect_tui.desk.views.session import DayReport, OrdersReport
from collect_tui.services.intake.load import LoadReport
from collect_tui.services.intake.report import BilledReport, ImportReport
from collect_tui.services.intake.undoing import UndoReport
from collect_tui.settings import Mail, Mailbox, Oidc, PrintHouse, Serve, Settings

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
JSON = ROOT / "docs/json.md"
AGAIN = "run `python docs/generate.py`"

#: What `--json` prints, command by command.
PRINTED = (
    *(QueueBoard, QueuePage, Claim, AccountView, PaneView, FindHit, Why, Receipt, Preview),
    *(Forecast, DayReport, LoadReport, ImportReport, BilledReport, UndoReport, OrdersReport),
    *(FloorView, Event, TenantView, UserView, NewToken, MessagePreview, MessageView, InboxRow),
)


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("collect_tui_docs_generate", ROOT / "docs/generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def commands(parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from action.choices.items()


def reachable() -> list[type[BaseModel]]:
    """Every view that is in what `--json` prints, however deep."""
    found: dict[str, type[BaseModel]] = {}

    def visit(kind: Any) -> None:
        if isinstance(kind, type) and issubclass(kind, BaseModel) and kind.__name__ not in found:
            found[kind.__name__] = kind
            for field in kind.model_fields.values():
                visit(field.annotation)
        for part in get_args(kind):
            visit(part)

    for kind in PRINTED:
        visit(kind)
    return list(found.values())


def section(title: str) -> str:
    """The text under one heading of docs/json.md."""
    found = re.search(rf"^### {title}\n(.*?)(?=^##|\Z)", JSON.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert found, f"docs/json.md has no section {title}"
    return found[1]


@pytest.mark.parametrize("view", reachable(), ids=lambda view: view.__name__)
def test_json_names_exactly_the_fields_of_a_view(view: type[BaseModel]) -> None:
    text = section(view.__name__)
    missing = set(view.model_fields) - set(re.findall(r"`(\w+)`", text))
    assert not missing, f"docs/json.md, {view.__name__}: not named: {sorted(missing)}"
    heads = re.findall(r"^- (.*?):", text, re.MULTILINE)
    unknown = {name for head in heads for name in re.findall(r"`(\w+)`", head)} - set(view.model_fields)
    assert not unknown, f"docs/json.md, {view.__name__}: no such field: {sorted(unknown)}"


def test_every_command_is_in_the_page_of_the_json() -> None:
    told = JSON.read_text("utf-8")
    for name, parser in commands(build_parser()):
        assert re.search(rf"`{name}\b", told), f"docs/json.md does not name the command {name}"
        for kind, _ in commands(parser):
            assert f"`{name} {kind}" in told, f"docs/json.md does not name {name} {kind}"


def test_every_option_says_what_it_means() -> None:
    """So that --help and docs/commands.md, which is made from it, leave nothing to guess."""

    def silent(parser: argparse.ArgumentParser) -> Iterator[str]:
        for action in parser._actions:
            if action.option_strings and not action.help:
                yield f"{parser.prog} {action.option_strings[-1]}"
        for _, each in commands(parser):
            yield from silent(each)

    assert not list(silent(build_parser()))


EXIT_CODES = ["0", "1", "2", "3", "4", "5", "141"]


def test_every_exit_code_is_in_both_documents() -> None:
    assert re.findall(r"^\| (\d+) \|", JSON.read_text("utf-8"), re.MULTILINE) == EXIT_CODES
    codes = (ROOT / "docs/commands.md").read_text("utf-8").partition("Exit codes:")[2].partition(";")[0]
    assert re.findall(r"\d+", codes) == EXIT_CODES


def test_every_setting_is_in_the_documents_and_no_other() -> None:
    said = re.findall(r"^\| `(\w+)` \|", (ROOT / "docs/settings.md").read_text("utf-8"), re.MULTILINE)
    assert said == [field.name for field in fields(Settings) if "derived" not in field.metadata]
    tables = re.findall(r"^\| ([a-z_, ]+) \|", (ROOT / "docs/settings.md").read_text("utf-8"), re.MULTILINE)
    named = [name for row in tables for name in row.split(", ")]
    inner = ("oidc", "mailbox")
    known = [field.name for table in (PrintHouse, Mail, Mailbox, Serve, Oidc) for field in fields(table)]
    assert named == [name for name in known if name not in inner]


@pytest.mark.parametrize("path", list(generator().parts()), ids=lambda path: path.name)
def test_generated_parts_are_up_to_date(path: Path) -> None:
    old = path.read_text("utf-8")
    assert generator().parts()[path](old) == old, f"{path.name} differs from the program: {AGAIN}"


def test_every_page_is_within_one_step_of_the_readme() -> None:
    linked = set(re.findall(r"\]\(docs/([^)#\s]+)", README.read_text("utf-8")))
    assert {path.name for path in (ROOT / "docs").iterdir() if path.suffix in {".md", ".svg"}} <= linked


def test_the_readme_is_read_in_a_minute() -> None:
    assert len(README.read_bytes()) < 9_000


def test_links_between_documents_lead_somewhere() -> None:
    for path in (README, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))):
        text = path.read_text("utf-8")
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            file, _, heading = target.partition("#")
            if file.startswith("http"):
                continue
            other = path.parent / file if file else path
            assert other.exists(), f"{path.name} points at {target}, which is not there"
            if heading and other.suffix == ".md":
                headings = [
                    h.lower().replace(" ", "-")
                    for h in re.findall(r"^#+ (.+)$", other.read_text("utf-8"), re.MULTILINE)
                ]
                assert heading in headings, f"{path.name} points at {target}, and there is no such heading"


def test_a_lost_mark_is_an_error() -> None:
    with pytest.raises(ValueError, match="<!-- keys -->"):
        generator().section("nothing here", "keys", "body")
