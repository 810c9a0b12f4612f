"""Every verb of the line has a form: opened by keys, filled in from a line, it says what the line says, slowly and in one burst."""

from __future__ import annotations

import json
from itertools import cycle
from pathlib import Path

import pytest
from sqlalchemy import insert

from collect_tui.desk.line import fields
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.parse import parse
from collect_tui.desk.line.verbs import VERBS
from collect_tui.store import facts
from collect_tui.store.sql import table
from collect_tui.store.tables import CaseFile
from collect_tui.tui.dialogs.choosing import ChoosingScreen
from collect_tui.tui.forms.form import FormScreen
from collect_tui.tui.forms.order import OrderForm
from support.book import NOW, SERVICES, Book, account, day
from support.thin import EXPLORE
from tui.account_book import OPEN, ROSA, Desks
from tui.driver import DeskDriver, driving, keys_of
from tui.test_order_form import CUT

both = pytest.mark.parametrize("fast", [False, True])

#: What the examples of the verbs speak of.
BOOK = Book(
    account(
        ROSA,
        "Alvarez, Rosa",
        items=[("INV-1041", -63, 30000), ("INV-1042", 7, 11000), ("CR-77", -3, -6000, {"kind": "credit"})],
        services=SERVICES,
        points=[
            {"kind": "mobile", "value": "+1 312 555 0142"},
            {"kind": "mobile", "value": "+1 312 555 0143"},
            {"kind": "email", "value": "rosa@example.com"},
        ],
        notices=[{"level": "pre-cut", "channel": "letter", "status": "DRAFT"}],
        orders=[
            {"number": "S-123", "service": SERVICES[1]["identifier"], "kind": "suspend", "reason": "NONPAY", "effective": day(3),
             "status": "DRAFT", "requested_on": day(0), "requested_by": "mia"},
        ],
    )
)  # fmt: skip


def desks_for(example: str, folder: Path) -> Desks:
    """The book, with the case that an example speaks of; it waits for a decision where that is what the example gives."""
    desks = Desks(folder, BOOK)
    if "DI-1A2B" in example:
        asked = {"move": "grant", "by": "ben", "on": "2026-11-23", "amount": 6000, "values": {}}
        waits = json.dumps(asked) if example.startswith(("agree", "reject")) else ""
        with desks.store.write() as db:
            row = {"tenant_id": 1, "id": 59_699, "account_id": facts.load(db, 1, ROSA).id, "number": "DI-1A2B"}
            row |= {
                "kind": "dispute",
                "version": 1,
                "state": "NEW",
                "since": NOW.date(),
                "opened_at": NOW,
                "opened_by": "mia",
            }
            row |= {"moved_by": "mia", "department": "billing", "fields": "{}", "asked": waits}
            db.connection().execute(insert(table(CaseFile)), row)
    return desks


def form_of(desk: DeskDriver) -> FormScreen:
    assert isinstance(desk.screen, FormScreen), desk.text
    return desk.screen


def context_of(desk: DeskDriver) -> LineContext:
    context = form_of(desk).line_context
    assert context is not None
    return context


@pytest.mark.parametrize(("name", "fast"), zip(VERBS, cycle([True, False]), strict=False))
async def test_every_verb_has_a_form_that_amounts_to_its_line(tmp_path: Path, name: str, fast: bool) -> None:
    """`:form VERB`, then field by field what its example says."""
    example = VERBS[name].example
    desks = desks_for(example, tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN)
        view = desks.of("mia").account(ROSA)
        _, values = fields.read(example, LineContext.of(view, desk.app.catalogue, desk.app.session_view))
        keys = [":", *keys_of(f"form {name}"), "enter"]
        for slot in VERBS[name].fields:
            keys += [*keys_of(values.get(slot.name, "")), "tab"]
        await desk.play(keys, fast=fast)
        form = form_of(desk)
        assert {key: text for key, text in form.form.values.items() if text} == values
        wanted = parse(example, context_of(desk))
        assert wanted.complete, wanted.errors
        assert form.wrong() is None, desk.said
        assert form.parsed().commands == wanted.commands
        assert "as a line  " in desk.text


@pytest.mark.parametrize(("name", "fast"), zip(list(VERBS)[:: 1 if EXPLORE else 2], cycle([False, True]), strict=False))
async def test_a_typed_line_becomes_its_form(tmp_path: Path, name: str, fast: bool) -> None:
    """Of every second verb; `test_line_fields` takes the lines of all apart."""
    example = VERBS[name].example
    desks = desks_for(example, tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN)
        await desk.play([":", *keys_of(example), "f10"], fast=fast)
        form = form_of(desk)
        assert form.parsed().commands == parse(example, context_of(desk)).commands
        await desk.play(["f12"], fast=fast)
        assert desk.context == "account"
        line = desk.screen.line_edit
        assert line is not None
        assert line.text == ""
        await desk.press(":", "up")
        assert line.text == example


@both
@pytest.mark.parametrize(
    ("line", "values", "here"),
    [
        ("pp 150 ", {"amount": "150"}, "date"),
        ("pp 150 fri m9", {"amount": "150", "date": "fri", "point": "m9"}, "point"),
        ("pa 300 dn20 3m", {"total": "300", "down": "20", "count": "3", "frequency": "m"}, "first"),
        ("pay 12 card", {"amount": "12", "method": "card"}, "amount"),
        ("tm rp m1", {"point": "m1", "action": "tm"}, "reason"),
        ("snoo fri", {"until": "fri"}, "reason"),
        ("n", {}, "text"),
        ("lm", {}, "point"),
    ],
)
async def test_a_line_typed_half_way_fills_in_what_is_there(
    tmp_path: Path, line: str, values: dict[str, str], here: str, fast: bool
) -> None:
    desks = Desks(tmp_path, BOOK)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN)
        await desk.play([":", *keys_of(line), "f10"], fast=fast)
        form = form_of(desk)
        assert {name: text for name, text in form.form.values.items() if text} == values
        assert form.focused is form.form.edit(here)


@both
async def test_what_a_form_saves_is_what_the_line_does(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path, BOOK)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN)
        await desk.play([":", *keys_of("pay 12"), "f10", "tab", *keys_of("card"), "f2"], fast=fast)
        assert desk.context == "account"
        assert desk.said.startswith("payment 12.00")
        assert desk.app.line_history[-1] == "pay 12 card"
        assert desks.of("mia").account(ROSA).total == 33800


@both
@pytest.mark.parametrize("line", ["skip research", "snooze fri research", "na", "t fri", "n two words", "pp 60 fri"])
async def test_what_a_form_does_shows_as_what_the_line_does(tmp_path: Path, line: str, fast: bool) -> None:
    shown = []
    for end in (["enter"], ["f10", "f2"]):
        desks = Desks(tmp_path / end[0])
        async with driving(desks.connect(), desks.state) as desk:
            await desk.press("w")
            await desk.play([":", *keys_of(line), *end], fast=fast)
            shown.append((desk.said, desk.text if desk.context != "form" else ""))
    assert shown[0][0] == shown[1][0]
    assert not shown[1][1] or shown[0] == shown[1]


@both
async def test_what_a_form_takes_back_is_confirmed(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN, ":", *keys_of("na"), "enter")
        await desk.play([":", *keys_of("form undo"), "enter", "f2", "y"], fast=False)
        assert desks.of("mia").history(limit=1)[0].sentence != ""
        assert desk.context == "account"
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN, ":", *keys_of("na"), "enter")
        version = desks.of("mia").account(ROSA).version
        await desk.burst(":", *keys_of("form undo"), "enter", "f2", "y")
        assert "key" in desk.question
        assert "dropped" in desk.question
        assert desks.of("mia").account(ROSA).version == version


@both
@pytest.mark.parametrize("line", ["sus int mon", "sus int mon #2231", "res int"])
async def test_the_form_of_an_order_asks_for_the_digits(tmp_path: Path, line: str, fast: bool) -> None:
    desks = Desks(tmp_path, CUT) if line.startswith("res") else Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN)
        await desk.play([":", *keys_of(line), "f10"], fast=fast)
        form = form_of(desk)
        assert isinstance(form, OrderForm)
        assert form.verb.verb == line[:3]
        await desk.press("f2")
        if line.startswith("res"):
            await desk.press("f10", *keys_of("lee"), "tab", *keys_of("courtesy"), "f2")
        assert "last four digits" in desk.question
        assert desk.answer == ""
        assert desks.of("mia").account(ROSA).orders == ()


@both
async def test_of_an_empty_line_first_what_is_to_be_done_is_chosen(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN)
        await desk.play(["f10"], fast=fast)
        screen = desk.app.screen
        assert isinstance(screen, ChoosingScreen)
        words = [word for word, _ in screen.words]
        assert set(VERBS) <= set(words)
        at = next(n for n, (_, title) in enumerate(screen.words) if len(title) > 80)
        await desk.play(["down"] * at, fast=fast)
        assert screen.words[at][1] in " ".join(desk.text.split()), "what a row has no room for stands below the list"
        await desk.play(["up"] * at, fast=fast)
        await desk.play([*["down"] * words.index("t"), "enter", *keys_of("fri"), "f2"], fast=fast)
        assert desk.context == "account"
        assert desk.said == "next call Fri 27 Nov"


@both
@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ([*OPEN, ":", *keys_of("form nix"), "enter"], "Expected a result code or a verb"),
        ([*OPEN, ":", *keys_of("lm; na"), "f10"], "A form is for one act"),
        ([*OPEN, ":", *keys_of("find rosa"), "f10"], "Expected a result code or a verb"),
        ([":", *keys_of("form pp"), "enter"], "There is no account here"),
    ],
)
async def test_what_has_no_form_is_refused_and_stays_in_the_line(
    tmp_path: Path, keys: list[str], said: str, fast: bool
) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play(keys, fast=fast)
        assert said in desk.said
        assert desk.screen.line_edit is not None
        assert desk.screen.line_edit.text
        assert desk.context != "form"


@both
async def test_a_draft_gives_way_to_what_is_typed_and_is_not_lost(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN)
        await desk.play(
            ["p", *keys_of("60"), "f12", ":", *keys_of("pp 150 fri"), "f10", "f12", ":", "up", "up"], fast=fast
        )
        assert desk.screen.line_edit is not None
        assert desk.screen.line_edit.text == "pp 150 fri"
        await desk.press("down")
        assert desk.screen.line_edit.text == "pp 60"
        await desk.press("ctrl+u", "f12", "p")
        assert form_of(desk).form.values["amount"] == "150"


@both
@pytest.mark.parametrize(("size", "rows"), [((80, 24), 11), ((60, 20), 9)])
async def test_a_form_with_many_fields_scrolls_where_it_must(
    tmp_path: Path, size: tuple[int, int], rows: int, fast: bool
) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state, size=size) as desk:
        await desk.press(*OPEN)
        await desk.play(
            ["a", *keys_of("c"), *["tab"] * 8, *keys_of("income"), "tab", *keys_of("said so"), "tab"], fast=fast
        )
        form = form_of(desk).form
        assert len(form.shown) == 11
        assert sum(edit.display for edit in form.shown) == (rows if rows == 11 else rows - 1)
        assert form_of(desk).focused is form.edit("action")
        assert form.edit("action").display
        assert any(row.startswith("Action") for row in desk.rows)
        assert ("more above" in desk.text) is (rows < 11)
        await desk.play(["tab", *["up"] * 10, "1"], fast=fast)
        assert form.values["total"] == "c1"
        assert any(row.startswith("Total") for row in desk.rows)


async def test_a_refusal_leads_to_its_field(tmp_path: Path) -> None:
    desks = Desks(tmp_path, BOOK)
    async with driving(desks.connect(), desks.state) as desk:
        for line, field in (
            ("snooze y waiting", "until"),
            ("retpay nix", "ref"),
            ("t 15nov", "date"),
        ):
            await desk.press(*OPEN, ":", *keys_of(line), "f10", "f2")
            form = form_of(desk)
            assert form.refused, desk.said
            assert form.focused is form.form.edit(field), (line, desk.said, form.focused)
            await desk.press("f12")


@both
async def test_typing_in_a_field_lays_nothing_out_anew(tmp_path: Path, fast: bool) -> None:
    """What is said of it has one row or two, key by key: that must not move the screen."""
    async with driving(Desks(tmp_path, BOOK).connect(), tmp_path / "state") as desk:
        await desk.press(*OPEN, ":", *keys_of("form n"), "enter", *keys_of("left"))
        laid_out: list[object] = []
        desk.screen.screen_layout_refresh_signal.subscribe(
            desk.screen.query_one("#keys"), laid_out.append, immediate=True
        )
        await desk.play(keys_of(" a word with the spouse, who pays on Friday"), fast=fast)
        assert not laid_out
