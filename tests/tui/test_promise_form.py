"""The forms of promise and plan on a real desk: live schedule, every finding, the line, saving, override, drafts."""

from pathlib import Path

import pytest

from collect_tui.services import users
from collect_tui.tui.forms.form import FormScreen
from support.book import NOW
from tui.account_book import OPEN, ROSA, Desks
from tui.driver import DeskDriver, driving, keys_of
from tui.golden import expect_screen

both = pytest.mark.parametrize("fast", [False, True])
PROMISE = [*OPEN, "p", *keys_of("150"), "tab", *keys_of("fri")]
PLAN = [*OPEN, "a", "p", "tab", *keys_of("100"), "tab", "tab", "3", "tab", "m", "enter", *keys_of("15")]


def form_of(desk: DeskDriver) -> FormScreen:
    assert isinstance(desk.screen, FormScreen)
    return desk.screen


@both
async def test_a_promise_shows_its_schedule_its_verdict_and_its_line(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play(PROMISE, fast=fast)
        expect_screen("promise_form", desk.text)


@pytest.mark.parametrize("key", ["p", "a"])
@both
async def test_a_form_opens_with_what_is_owed_and_without_an_error(tmp_path: Path, key: str, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, key], fast=fast)
        assert desk.said == "Tab and Enter go on, F4 lists, F2 saves."
        owed = next(n for n, row in enumerate(desk.rows) if row.startswith("Collect 412.10 USD · past due 412.10"))
        assert [row.split()[0] for row in desk.rows[owed + 2 : owed + 5]] == ["INV-1", "INV-2", "INV-3"]
        await desk.play(["tab"], fast=fast)
        assert "Expected" in desk.said


@both
async def test_a_plan_shows_every_instalment_and_a_sum_to_the_cent(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play(PLAN, fast=fast)
        expect_screen("plan_form", desk.text)


@both
async def test_a_plan_begins_with_what_a_case_of_hardship_finds_can_be_paid(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    line = 'hardship "wages 2000" "home 1,900" 4 "lost a job"'
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, ":", *keys_of(line), "enter", "a"], fast=fast)
        assert form_of(desk).form.values["total"] == "412.10"
        assert (form_of(desk).form.values["count"], form_of(desk).form.values["frequency"]) == ("5", "m")


@both
async def test_f2_saves_and_the_account_shows_it(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*PROMISE, "f2"], fast=fast)
        assert desk.context == "account"
        logged = "logs promise to pay · call mobile · mobile …0142"
        assert desk.said == f"promise 150.00 by Fri 27 Nov · {logged} · next check the promise Mon 30 Nov"
        assert any(row.startswith("Promise    150.00 by Fri 27 Nov") for row in desk.rows)
        view = desks.of("mia").account(ROSA)
        assert view.promise is not None
        assert view.last_word == "PP 23 Nov"
        assert desk.app.line_history[-1] == "pp 150 fri"


@both
async def test_a_plan_is_saved_as_the_line_says(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*PLAN, "f2"], fast=fast)
        promise = desks.of("mia").account(ROSA).promise
        assert promise is not None
        assert [i.amount for i in promise.instalments] == [10000, 10403, 10403, 10404]
        assert sum(i.amount for i in promise.instalments) == promise.total == 41210


async def test_enter_and_tab_go_through_the_fields_and_never_save(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*PROMISE, *["enter"] * 9)
        assert desk.context == "form"
        assert desks.of("mia").account(ROSA).promise is None
        assert desk.said.startswith("F2 saves")
        await desk.press(*["shift+tab"] * 6)
        assert form_of(desk).focused is form_of(desk).form.edit("date")


@pytest.mark.parametrize(
    ("amount", "date", "note", "field", "said"),
    [
        ("", "fri", "", "amount", "Amount: Expected an amount such as 150"),
        ("150", "", "", "date", "Date: Expected a date such as fri"),
        ("abc", "fri", "", "amount", "Amount: Expected an amount such as 150"),
        ("150 200", "fri", "", "amount", "Amount: "),
        ("150", "yesterday", "", "date", "before today"),
        ("150", "fri gcash", "", "date", "Date: Expected"),
        ("9999", "fri", "", "amount", "more than the USD 522.10 that is owed"),
        ("150", "fri", "4111 1111 1111 1111", "note", "card number"),
    ],
)
async def test_a_mistake_is_said_at_its_field(
    tmp_path: Path, amount: str, date: str, note: str, field: str, said: str
) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN, "p", *keys_of(amount), "tab", *keys_of(date), *["tab"] * 5, *keys_of(note), "f2")
        assert desk.context == "form"
        assert said in desk.said
        assert form_of(desk).focused is form_of(desk).form.edit(field)
        assert desks.of("mia").account(ROSA).version == 1


async def test_a_refusal_drops_what_was_typed_ahead(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN, "p")
        await desk.burst(*keys_of("9999"), "tab", *keys_of("fri"), "f2", "x", "y", "enter")
        assert desk.said.endswith("3 keys dropped")
        assert form_of(desk).form.values["date"] == "fri"


@both
async def test_what_a_lead_may_override_asks_who_and_why(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    late = [*OPEN, "p", *keys_of("150"), "tab", *keys_of("+13")]
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play(late, fast=fast)
        await desk.settled()
        assert "not allowed; a lead may override it (F10)" in desk.text
        await desk.play(["f2"], fast=fast)
        assert "F10 asks who and why" in desk.said
        await desk.play(["f10"], fast=fast)
        assert "No password is asked: this file believes whoever opened it" in " ".join(desk.text.split())
        await desk.play(["f4"], fast=fast)
        assert "Lee, lead" in desk.text
        await desk.play(["escape", *keys_of("mia"), "tab", *keys_of("hardship"), "f2"], fast=fast)
        assert "may not override" in desk.said
        await desk.play(["ctrl+u", *keys_of("lee"), "f2"], fast=fast)
        assert desk.context == "account"
        promise = desks.of("mia").account(ROSA).promise
        assert promise is not None
        assert promise.override == "lee: hardship"


@both
async def test_whoever_has_a_password_gives_it(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    right = "correct horse battery staple"
    users.set_password(desks.store, 1, "lee", right, desks.of("mia").catalogue().authority, NOW)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, "p", *keys_of("150"), "tab", *keys_of("+13"), "f2"], fast=fast)
        await desk.play(["f10", *keys_of("lee"), "tab", *keys_of("hardship")], fast=fast)
        assert "No password is asked" not in desk.text
        await desk.play(["f2"], fast=fast)
        assert "must give their own password" in desk.said
        assert desks.of("mia").account(ROSA).promise is None
        await desk.play([*keys_of(right), "f2"], fast=fast)
        promise = desks.of("mia").account(ROSA).promise
        assert promise is not None
        assert promise.override == "lee: hardship"


async def test_a_refusal_shows_every_finding_however_fast_the_keys_were(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.burst(*OPEN, "p", *keys_of("150"), "tab", *keys_of("+13"), "f2")
        assert "F10 asks who and why" in desk.said
        assert "not allowed; a lead may override it (F10)" in desk.text
        assert desk.hints["override"]


@both
async def test_a_form_left_is_a_draft_until_it_is_saved(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*PROMISE, "f12"], fast=fast)
        assert desk.context == "account"
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, "p"], fast=fast)
        assert form_of(desk).form.values["amount"] == "150"
        assert form_of(desk).form.values["date"] == "fri"
        assert desk.said.startswith("draft")
        await desk.play(["f2", "p"], fast=fast)
        assert form_of(desk).form.values["amount"] == ""


async def test_equals_repeats_what_stood_in_the_field_last(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*PROMISE, "f2", "p", "=", "tab", "=")
        assert form_of(desk).form.values["amount"] == "150"
        assert form_of(desk).form.values["date"] == "fri"


@both
async def test_f4_narrows_by_what_is_typed_in_the_field(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*PROMISE, "tab", "tab", *keys_of("gc"), "f4"], fast=fast)
        assert "gcash" in desk.text
        assert "Bank debit" not in desk.text
        await desk.play(["enter", "f4"], fast=fast)
        assert "Bank debit" in desk.text, "of a word that is one of them all are listed"
        await desk.play(["f12", "backspace", *keys_of("x"), "f4"], fast=fast)
        assert "What is typed is none of these; all are listed." in desk.text


async def test_f4_lists_ways_to_pay(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*PROMISE, "tab", "tab", "f4", "down", "enter")
        assert form_of(desk).form.values["method"] == "card"
        assert "as a line  pp 150 fri card" in desk.text


async def test_somebody_else_changed_it_keeps_the_form(tmp_path: Path) -> None:
    from contract.conftest import do

    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*PROMISE)
        desks.of("mia").release(ROSA)
        do(desks.of("lee"), ROSA, "n lee was here")
        await desk.press("f2")
        assert "lee changed this account" in desk.said
        await desk.press("f2")
        assert desks.of("mia").account(ROSA).promise is not None


async def test_every_check_of_a_plan_is_reached_by_paging_at_80x24(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play(PLAN, fast=False)
        preview = form_of(desk).preview
        assert preview is not None
        assert "PgDn: " in desk.text
        seen: list[str] = []
        for _ in range(5):
            seen += [row[22:].strip() for row in desk.rows if row.startswith("     ")]
            await desk.press("pagedown")
        assert "that is all of it" in desk.text
        text = " ".join(seen)
        assert [f.sentence for f in preview.verdict.findings if f.sentence not in text] == []
