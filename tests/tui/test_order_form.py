"""The order form on a real desk: check by check, the question, the digits, and that nothing typed ahead sends it."""

from pathlib import Path

import pytest

from collect_tui.tui.forms.order import OrderForm, likely_service
from support.book import SERVICES, Book, account, day
from tui.account_book import IVAN, OPEN, ROSA, Desks
from tui.driver import DeskDriver, driving, keys_of
from tui.golden import expect_screen

both = pytest.mark.parametrize("fast", [False, True])

CUT = Book(
    account(
        ROSA,
        "Alvarez, Rosa",
        items=[("INV-1", 7, 5000)],
        services=[{**SERVICES[0], "status": "SUSPENDED", "suspend_cause": "nonpay"}],
    )
)


def form_of(desk: DeskDriver) -> OrderForm:
    assert isinstance(desk.screen, OrderForm)
    return desk.screen


def orders(desks: Desks) -> list[str]:
    return [f"{o.kind} {o.product} {o.status}" for o in desks.of("mia").account(ROSA).orders]


@both
async def test_the_form_opens_with_the_likely_service_and_the_first_day_that_would_do(
    tmp_path: Path, fast: bool
) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, "o"], fast=fast)
        expect_screen("order_form", desk.text)


@pytest.mark.parametrize(
    ("states", "likely"),
    [
        ("active! active", 0),
        ("active active!", 1),
        ("pending_suspend active", 1),
        ("pending_suspend! suspended!", 1),
        ("suspended! active!", 1),
        ("suspended! active", 0),
        ("terminated suspended", 1),
        ("pending_restore pending_suspend", None),
    ],
)
def test_the_likely_service_can_be_ordered(tmp_path: Path, states: str, likely: int | None) -> None:
    """`!`: its order is allowed now."""
    view = Desks(tmp_path).of("mia").account(ROSA)
    yes = view.services[0].suspend
    assert yes is not None
    assert yes.allowed
    no = yes.model_copy(update={"allowed": False})
    services = []
    for state in states.split():
        verdict = yes if state.endswith("!") else no
        status = state.removesuffix("!").upper()
        cut = status == "SUSPENDED"
        update = {
            "status": status,
            "suspend": None if cut else verdict,
            "restore": verdict if cut else None,
            "suspend_cause": "nonpay" if cut else None,
        }
        services.append(view.services[0].model_copy(update=update))
    found = likely_service(view.model_copy(update={"services": tuple(services)}))
    assert found is (None if likely is None else services[likely])


@both
async def test_fields_question_digits_and_only_then_it_is_sent(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, "o", "enter", "enter", "enter", "enter"], fast=fast)
        assert "last four digits" in desk.question
        assert desk.question.startswith("suspend order S-NEW for INT, effective tomorrow")
        assert "every check is met" in desk.text
        await desk.play(["enter", "enter", "f2"], fast=fast)
        assert orders(desks) == []
        await desk.play([*keys_of("2231"), "enter"], fast=fast)
        assert orders(desks) == ["suspend INT REQUESTED"]
        assert desk.context == "account"
        assert "INT pending suspend" in desk.text


@pytest.mark.parametrize("last", ["enter", "f2"])
async def test_nothing_typed_ahead_of_the_question_answers_it(tmp_path: Path, last: str) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.burst(*OPEN, "o", "f2", *keys_of("2231"), last, last)
        assert orders(desks) == []
        assert "6 keys dropped" in desk.question
        assert desk.answer == ""
        await desk.burst(*keys_of("2231"), last)
        assert orders(desks) == ["suspend INT REQUESTED"]


@both
async def test_wrong_digits_ask_again(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN, "o", "f2")
        await desk.play([*keys_of("1234"), "f2"], fast=fast)
        assert "not the account's last four digits" in desk.question
        assert desk.answer == ""
        assert orders(desks) == []
        await desk.play([*keys_of("2231"), "f2"], fast=fast)
        assert orders(desks) == ["suspend INT REQUESTED"]


@both
@pytest.mark.parametrize("out", ["f12", "f3"])
async def test_the_way_out_goes_back_to_the_form_and_it_is_asked_for_anew(tmp_path: Path, fast: bool, out: str) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN, "o", "f2")
        await desk.play([*keys_of("2231"), out, "tab", "tab", "tab", *keys_of("moved"), "f2"], fast=fast)
        assert orders(desks) == []
        assert "moved" in desk.question
        assert desk.answer == ""


@both
async def test_a_typed_order_opens_the_form_filled_in(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, ":", *keys_of("sus tv mon moving out #2231"), "enter"], fast=fast)
        values = form_of(desk).form.values
        assert (values["service"], values["effective"]) == ("tv", "mon")
        assert orders(desks) == []
        await desk.play(["f2"], fast=fast)
        assert "Type the account's last four digits" in desk.question
        assert desk.answer == ""


@both
async def test_a_day_on_which_nothing_is_cut_is_refused_with_the_first_that_would_do(
    tmp_path: Path, fast: bool
) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, ":", *keys_of("sus int fri"), "enter"], fast=fast)
        assert "not eligible" in desk.text
        assert "the first day that would do is Mon 30 Nov." in " ".join(desk.text.split())
        await desk.play(["f2"], fast=fast)
        assert desk.said.startswith("No service is cut on a Friday")


@pytest.mark.parametrize(
    ("service", "effective", "said"),
    [("gas", "tue", "Expected a service"), ("int", "xx", "Expected a date"), ("", "tue", "Service")],
)
async def test_a_mistake_is_said_at_its_field(tmp_path: Path, service: str, effective: str, said: str) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN, "o", "ctrl+u", *keys_of(service), "tab", "ctrl+u", *keys_of(effective), "f2")
        assert said in desk.said
        assert form_of(desk).said == desk.said
        assert desk.said.startswith("Nothing was done. ")
        await desk.press("tab", "f2")
        assert desk.said.startswith("Nothing was done. ")
        assert said in desk.said
        name = "service" if "service" in said.lower() else "effective"
        assert form_of(desk).focused is form_of(desk).form.edit(name)


async def test_f4_lists_services_and_reasons(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN, "o", "f4", "down", "enter")
        assert form_of(desk).form.values["service"] == "tv"
        await desk.press("tab", "tab", "f4", "enter")
        assert form_of(desk).form.values["reason"]


async def test_an_account_without_services_says_so(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(":", *IVAN, "enter", "o")
        assert desk.context == "account"
        assert "no services" in desk.said
        assert not desk.hints["orders"]


@both
async def test_a_service_that_was_cut_is_restored(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path, CUT)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.play([*OPEN, "o", "f2"], fast=fast)
        if "not eligible" in desk.text:
            await desk.play(["f10", *keys_of("lee"), "tab", *keys_of("courtesy"), "f2"], fast=fast)
        assert "restore order R-NEW for INT" in desk.question
        await desk.play([*keys_of("2231"), "f2"], fast=fast)
        assert orders(desks) == ["restore INT REQUESTED"]


def in_state(status: str, order: str) -> Book:
    """Rosa owes what lets INT be cut; INT is in a state, with an order (`restore DRAFT`) or none."""
    kind, _, stands = order.partition(" ")
    known = {"number": "R-1", "service": "INT-1001", "kind": kind, "reason": "PAID", "effective": day(0)}
    asked = {"requested_on": day(0), "requested_by": "mia"}
    orders = [{**known, **asked, "status": stands}] if order else []
    cause = {"suspend_cause": "nonpay"} if "SUSPEND" in status or status == "PENDING_RESTORE" else {}
    return Book(
        account(
            ROSA,
            "Alvarez, Rosa",
            items=[("INV-1", -63, 30000)],
            services=[{**SERVICES[0], "status": status, **cause}, SERVICES[1]],
            orders=orders,
        )
    )


@pytest.mark.parametrize("typed", ["sus int mon", "sus int fri #2231", "res int", "res int mon courtesy"])
@pytest.mark.parametrize(
    ("status", "order"),
    [
        ("ACTIVE", ""),
        ("ACTIVE", "suspend DRAFT"),
        ("PENDING_SUSPEND", "suspend REQUESTED"),
        ("SUSPENDED", ""),
        ("SUSPENDED", "restore DRAFT"),
        ("PENDING_RESTORE", "restore REQUESTED"),
        ("TERMINATED", ""),
    ],
)
async def test_an_order_typed_on_the_line_never_becomes_another(
    tmp_path: Path, status: str, order: str, typed: str
) -> None:
    """It is refused on the line, which stays; or the form holds it, whatever is put in a field or comes of the service."""
    desks = Desks(tmp_path, in_state(status, order))
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN)
        await desk.burst(":", *keys_of(typed), "enter")
        if desk.context == "account":
            assert desk.screen.refused
            assert desk.said.startswith("Nothing was ordered. ")
            assert desk.screen.line_edit is not None
            assert desk.screen.line_edit.text == typed
            return
        form = form_of(desk)
        assert f"as a line  {typed[:7]}" in desk.text.replace("INT", "int")
        assert form.view is not None
        for other in ("ACTIVE", "SUSPENDED", "PENDING_RESTORE"):
            services = tuple(s.model_copy(update={"status": other}) for s in form.view.services)
            form.view = form.view.model_copy(update={"services": services})
            await desk.press("tab", "shift+tab")
            assert f"as a line  {typed[:3]} " in desk.text
    if not order:
        assert orders(desks) == []


async def test_a_suspension_of_what_waits_for_its_restoration_opens_nothing(tmp_path: Path) -> None:
    desks = Desks(tmp_path, in_state("SUSPENDED", "restore DRAFT"))
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN, ":", *keys_of("sus int mon"))
        assert "Order R-1 to restore INT is draft already; `xo R-1 REASON` cancels it." in desk.said
        await desk.press("enter")
        assert desk.context == "account"
        assert (
            desk.said == "Nothing was ordered. Order R-1 to restore INT is draft already; `xo R-1 REASON` cancels it."
        )
        await desk.press(*keys_of("2231"), "enter")
        assert orders(desks) == ["restore INT DRAFT"]


async def test_a_kept_order_stays_what_it_was(tmp_path: Path) -> None:
    """What was typed and left is read anew: not as the contrary because its service has changed; named anew, it is."""
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN, ":", *keys_of("sus int mon"), "enter", "f12", "o")
        form = form_of(desk)
        assert form.view is not None
        services = tuple(s.model_copy(update={"status": "SUSPENDED"}) for s in form.view.services)
        form.begin(form.view.model_copy(update={"services": services}), form.fence)
        await desk.press("tab", "shift+tab")
        assert "as a line  sus INT mon" in desk.text
        await desk.press("ctrl+u", *keys_of("int"))
        assert "as a line  res INT mon" in desk.text


@both
async def test_no_key_by_habit_changes_a_typed_order(tmp_path: Path, fast: bool) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN)
        await desk.play([":", *keys_of("sus int mon"), "enter", *keys_of("2231")], fast=fast)
        form = form_of(desk)
        assert desk.said.startswith("Not taken here: F2 asks for the account's last four digits")
        assert form.form.values["service"] == "int"
        assert form.focused is None
        await desk.press("tab")
        assert form.focused is form.form.edit("service")
        await desk.press("f12", ":", *keys_of("sus int mon"), "enter", "enter")
        assert desk.question.startswith("suspend order S-NEW for INT")
        assert desk.answer == ""
        await desk.press(*keys_of("2231"), "enter")
        assert orders(desks) == ["suspend INT REQUESTED"]


async def test_digits_on_the_line_are_said_not_to_count(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        await desk.press(*OPEN, ":", *keys_of("sus int mon"))
        assert "asks for the account's last four digits · " in desk.said
        for digits in ("2231", "9999"):
            await desk.press(*keys_of(f" #{digits}"))
            assert (
                "asks for the account's last four digits again after Enter: those on the line do not count" in desk.said
            )
            await desk.press(*["backspace"] * 6)


async def test_what_follows_is_on_a_screen_of_24_rows(tmp_path: Path) -> None:
    desks = Desks(tmp_path)
    async with driving(desks.connect(), desks.state) as desk:
        for keys in (["o"], ["f12", ":", *keys_of("sus int mon"), "enter"], ["tab"] * 4 + keys_of("moved")):
            await desk.press(*keys) if keys != ["o"] else await desk.press(*OPEN, "o")
            assert "Then       suspend order S-NEW for INT" in desk.text
            assert "INT waits for suspension" in desk.text
