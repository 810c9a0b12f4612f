"""What is said above the key bar: in full where it matters, in the same words as everywhere, in as many rows as that takes."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from collect_tui.cli.plain import preview_text, receipt_text
from collect_tui.desk.commands import Act
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.parse import parse
from collect_tui.desk.views.act import Said
from collect_tui.desk.views.said import ORDER, WHOLE
from collect_tui.domain.states import Stage
from collect_tui.services.local import LocalDesk, new_act
from collect_tui.tui.render.line import said_parts
from collect_tui.tui.render.styled import Line, Span
from collect_tui.tui.render.text import clean, wrap
from collect_tui.tui.widgets.saidrows import SaidRows
from support.book import SERVICES, Book, account, day
from tui import account_book
from tui.account_book import Desks
from tui.driver import DeskDriver, driving, keys_of

EVE, WANG = "4410-3100", "4410-3101"
OPEN = [":", *EVE, "enter"]
BOOK = Book(
    account(
        EVE,
        "Moreno, Eve",
        phone="+1 213 555 0147",
        items=[("INV-1", -63, 41210, {"service": "INT"}), ("INV-2", -33, 11210, {"service": "TV"})],
        services=SERVICES,
        stage=Stage.FINAL,
        notices=[{"level": "pre-cut", "channel": "letter", "status": "DELIVERED", "sent_on": day(-20)}],
    ),
    account(
        WANG,
        "王小明" * 9,
        phone="+1 312 555 0148",
        items=[(f"WNV-{n}", -40 - n, 5000, {"service": f"S{n}"}) for n in range(12)],
        services=[
            {"product": f"S{n}", "billing_system": "north", "identifier": f"S-{n}", "monthly": 100} for n in range(12)
        ],
    ),
)


@asynccontextmanager
async def at_six_in_the_morning(
    folder: Path, *before: str, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[DeskDriver, LocalDesk]]:
    """Eve's account is open at 06:36 her time; `before` was done to it."""
    desks = Desks(folder, BOOK)
    desks.clock.forward(hours=-1, minutes=-24)
    desk = desks.of("mia")
    for line in before:
        desk.do(act(desk, EVE, line))
    async with driving(desks.connect(), desks.state, size=size) as driver:
        await driver.press(*OPEN)
        yield driver, desk


def act(desk: LocalDesk, number: str, line: str) -> Act:
    view = desk.account(number)
    parsed = parse(line, LineContext.of(view, desk.catalogue(), desk.session()))
    assert not parsed.errors, parsed.errors
    return new_act(number, *parsed.commands, version=view.version, line=line)


def said_rows(driver: DeskDriver) -> list[str]:
    """The rows above the key bar, as one sees them."""
    rows = driver.app.screen.query_one("#status", SaidRows)
    return driver.rows[rows.region.y : rows.region.bottom]


HOUR = (
    "Logged all the same: Outside 08:00–21:00 where the customer may be (06:36 Los Angeles UTC-08:00); from 08:00 Los "
    "Angeles UTC-08:00."
)
PLAN = "the plan of 142.50 is replaced"


@pytest.mark.parametrize(
    ("line", "sentences"),
    [
        (
            "pa 412.10 dn100 3m 15",
            [
                HOUR,
                PLAN,
                "plan 412.10: 100.00 down today, 3 of 104.03 from Tue 15 Dec to Mon 15 Feb 2027, the last of them 104.04",
                "logs payment arrangement · call mobile · mobile …0147",
                "next check the promise Fri 27 Nov",
            ],
        ),
        (
            "t sat",
            ["Sat 28 Nov is no business day: Mon 30 Nov instead.", "next call Mon 30 Nov"],
        ),
        ("xp she lost the job", ["the plan of 142.50 is cancelled", "next call today", "allowed"]),
        ("hold medical 5d", ["hold medical until Sat 28 Nov", "next check the promise Fri 27 Nov", "allowed"]),
        ("snooze 15dec waiting", ["no: An account may be put off 5 days, until Sat 28 Nov at most.", "a lead may override it",
          "put off until Tue 15 Dec: waits for another department", "next check the promise Tue 15 Dec"]),
    ],
)  # fmt: skip
async def test_nothing_that_matters_is_cut_at_80_columns(tmp_path: Path, line: str, sentences: list[str]) -> None:
    async with at_six_in_the_morning(tmp_path, "pa 142.50 dn0.50 2m 30") as (driver, _):
        await driver.press(":", *keys_of(line))
        assert [row for row in said_rows(driver) if row] == wrap(" · ".join(sentences), 80)


async def test_what_several_acts_of_a_line_are_told_alike_is_said_once(tmp_path: Path) -> None:
    async with at_six_in_the_morning(tmp_path) as (driver, desk):
        sentences = [
            each.text for each in desk.preview(act(desk, EVE, 'na; lm; n "asked twice"; n "asked twice"')).said
        ]
        assert sentences.count(HOUR) == 1
        assert sentences.count('notes "asked twice"') == 2  # what is done twice is said twice
        assert "allowed" not in sentences
        await driver.press(":", *keys_of("na; lm"))
        assert " ".join(row.strip() for row in said_rows(driver)).count("Outside") == 1


async def test_what_is_no_method_is_refused_before_enter_and_prose_is_seen_to_be_a_note(tmp_path: Path) -> None:
    async with at_six_in_the_morning(tmp_path) as (driver, _):
        await driver.press(":", *keys_of("pay 20 chk 4411"))
        assert "chk is no method of payment. Did you mean check?" in driver.text
        await driver.press("ctrl+u", *keys_of("pay 20 left at the desk"))
        assert 'received today, other, reference P-NEW · notes "left at the desk" ·' in " ".join(
            row.strip() for row in said_rows(driver)
        )


LINES = [
    "pa 412.10 dn100 3m 15",
    "pp 70 fri",
    "cb tue 9:30",
    "lm m1 she waits",
    "pay 600",
    "pay 120 cash INV-2=60",
    "xp moved",
]


@pytest.mark.parametrize("size", [(80, 24), (60, 15), (132, 43)])
async def test_the_same_sentences_stand_on_the_screen_in_do_and_in_the_receipt(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with at_six_in_the_morning(tmp_path, "pp 60 fri", size=size) as (driver, desk):
        for line in LINES:
            await driver.press(":", "ctrl+u", *keys_of(line))
            preview = desk.preview(act(desk, EVE, line))
            assert driver.said == " · ".join(each.text for each in preview.said)
            shown = "".join(said_rows(driver)).replace(" ", "")
            for each in preview.said:
                if each.kind in WHOLE:
                    assert clean(each.text).replace(" ", "") in shown, each
            if preview.error is None:
                assert preview_text(preview).startswith("\n".join(each.text for each in preview.said))
        await driver.press(":", "ctrl+u", *keys_of("pp 80 fri"), "enter")
        receipt = desk.history(limit=1)[0]
        assert driver.said == " · ".join(each.text for each in receipt.said)
        assert receipt_text(receipt) == f"{EVE}: {driver.said}"


async def test_the_body_gives_up_rows_only_while_they_are_needed_and_the_row_under_the_cursor_stays(
    tmp_path: Path,
) -> None:
    book = Book(*(account(f"4410-{n}", f"Row {n}", items=[(f"I{n}", -4, 9000)]) for n in range(4000, 4040)))
    desks = Desks(tmp_path, book)
    async with driving(desks.connect(), desks.state) as driver:
        await driver.press(":", *keys_of("q new"), "enter")
        table = driver.queue.table
        await driver.press(*["down"] * table.page)
        top, cursor, height = table.top, table.cursor_key, table.size.height
        await driver.press(":", *keys_of("hold medical 5d because the customer is in hospital and cannot be reached"))
        await driver.type(" by anybody at all until the end of next week or even somewhat later than that, he says")
        assert table.size.height <= height
        await driver.press("f12")
        assert (table.top, table.cursor_key, table.size.height) == (top, cursor, height)


async def test_the_rest_stands_behind_one_key_that_is_named(tmp_path: Path) -> None:
    async with at_six_in_the_morning(tmp_path) as (driver, _):
        driver.screen.status(" ".join(f"word{n:03}" for n in range(60)))
        await driver.press("home")
        rows = said_rows(driver)
        assert len(rows) == 3
        assert rows[-1].endswith("e: 3 more rows")
        await driver.press("e")
        assert "word059" in driver.text
        assert said_rows(driver)[-1].endswith("e: back")
        await driver.press("e")
        assert len(said_rows(driver)) == 3
        await driver.press(":")
        driver.screen.status(" ".join(f"word{n:03}" for n in range(60)))
        await driver.press("home")
        assert said_rows(driver)[-1].endswith("F9: 3 more rows")
        await driver.press("f9")
        assert "word059" in driver.text


async def test_a_result_in_a_list_names_the_account(tmp_path: Path) -> None:
    desks = Desks(tmp_path, BOOK)
    async with driving(desks.connect(), desks.state) as driver:
        await driver.press(":", *keys_of("q new"), "enter")
        number = driver.queue.cursor
        await driver.press(":", *keys_of("n rang twice"), "enter")
        assert driver.said.startswith(f'{number}: notes "rang twice"')


async def test_a_refused_undo_says_why_first_and_in_full(tmp_path: Path) -> None:
    desks = Desks(tmp_path, BOOK)
    for user in ("mia", "ben"):
        desk = desks.of(user)
        desk.do(act(desk, EVE, "na a note that is long enough to take a row of its own below the line"))
    async with driving(desks.connect(), desks.state) as driver:
        await driver.press("u")
        assert driver.said.startswith("The account has changed since; make a new entry that corrects it. It was on")
        assert "".join(said_rows(driver)).replace(" ", "") == driver.said.replace(" ", "")


async def test_the_digits_take_no_letters_and_say_so(tmp_path: Path) -> None:
    desks = account_book.Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as driver:
        await driver.press(*account_book.OPEN, ":", *keys_of("sus int mon"), "enter", "f2")
        assert driver.context == "asking", driver.text
        await driver.press("x")
        assert "digits only" in driver.text
        assert driver.answer == ""
        await driver.press("3", "1")
        assert driver.answer == "31"
        assert "digits only" not in driver.text


WORDS = ("the", "plan", "of", "142.50", "王小明", "is", "replaced", "Šárka", "x" * 90, "customer's", "é", "12", "—")


@pytest.mark.parametrize("size", [(80, 24), (60, 15), (132, 43)])
async def test_whatever_is_said_what_matters_is_seen_in_full_and_the_rest_with_one_key(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    """Anything at all: refusals, warnings and what is replaced stand there whole, and paging shows every word."""
    chance = random.Random(f"said {size}")
    async with at_six_in_the_morning(tmp_path, size=size) as (driver, _):
        for _each in range(40):
            told = [
                Said(kind=chance.choice(ORDER), text=" ".join(chance.choices(WORDS, k=chance.randint(1, 12))))
                for _ in range(chance.randint(1, 9))
            ]
            told.sort(key=lambda each: ORDER.index(each.kind))
            driver.screen.status(Line(tuple(Span(text, role) for text, role in said_parts(told))))
            await driver.press("home")
            rows = driver.app.screen.query_one("#status", SaidRows)
            shown = "".join(said_rows(driver)).replace(" ", "")
            whole = "".join(each.text for each in told if each.kind in WHOLE).replace(" ", "")
            if rows.region.height < rows._most():
                assert whole in shown
            seen = "" if rows.hidden else shown
            while rows.hidden:
                await driver.press("e")
                seen += "".join(said_rows(driver)[:-1]).replace(" ", "")  # the last says how it goes on
            assert told[-1].text.replace(" ", "") in seen


async def test_what_is_said_of_a_line_is_wrapped_anew_when_the_window_changes(tmp_path: Path) -> None:
    async with driving(Desks(tmp_path).connect(), tmp_path) as desk:
        await desk.play([*account_book.OPEN, ":", *keys_of("pp half fri + rest 15")], fast=False)
        for size in ((50, 24), (80, 24), (60, 24), (132, 43)):
            await desk.resize(*size)
            shown = " ".join(desk.text.split())
            assert "plan 412.10: 2 of 206.05 from Fri 27 Nov to Tue 15 Dec" in shown, size
            assert size[0] < 80 or "allowed" in shown
