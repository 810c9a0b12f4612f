"""The order form: suspends or restores one service, check by check.

An order leaves the building, so it takes three steps: the fields with their checks, the review, and then, after
everything typed ahead has been dropped, the last four digits of the account.  No key pressed by habit sends it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, ClassVar, Final, cast
from uuid import uuid4

from collect_tui.domain.dates import Calendar
from collect_tui.domain.errors import DomainError
from collect_tui.tui import messages
from collect_tui.tui.paint.line import refusal_words
from collect_tui.tui.paint.order import order_lines
from collect_tui.tui.roles import Role
from collect_tui.tui.screens.form import FormScreen
from collect_tui.tui.screens.promise import NOTE, add_note
from collect_tui.tui.widgets.base import Line
from collect_tui.tui.widgets.form import Field, LineBuilder

if TYPE_CHECKING:
    from collect_tui.desk.catalogue import Catalogue
    from collect_tui.desk.commands import Act, Command
    from collect_tui.desk.protocol import Desk
    from collect_tui.desk.views.account import AccountView, ServiceView
    from collect_tui.desk.views.act import Preview
    from collect_tui.desk.views.session import Session
    from collect_tui.tui.app import CollectApp

DIGITS: Final = Field("digits", "Last four digits", "of the account number")
_FIELDS: Final = {"confirm": "digits", "day": "effective", "notice": "effective", "text": "note", "state": "service"}


class OrderForm(FormScreen):
    """Service, reason, effective date and note; then the review and the digits."""

    title_words: ClassVar[str] = "Order"
    place: ClassVar[str] = "order"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("service", "Service", "F4 lists them", frozenset({"service"}), needed=True),
        Field("reason", "Reason", "nonpay to suspend, paid to restore; F4 lists them", frozenset({"suspend reason"})),
        Field("effective", "Effective", "tue, 26nov, +3", frozenset({"date"}), needed=True),
        NOTE,
    )
    last_fields: ClassVar[tuple[Field, ...]] = (DIGITS,)

    def __init__(self) -> None:
        super().__init__()
        self.reviewing = False
        self.suggested: dict[str, str] = {}

    def begin(self, view: AccountView, fence: int | None, values: dict[str, str] | None = None) -> None:
        self._review(on=False)
        super().begin(view, fence, values)

    def starting_values(self) -> dict[str, str]:
        return self.suggested

    @property
    def service(self) -> ServiceView | None:
        """The service that the first field names, by product or identifier."""
        wanted = self.form.values["service"].strip().casefold()
        return find_service(self.view, wanted) if self.view is not None else None

    def line_of(self, values: dict[str, str]) -> LineBuilder:
        from collect_tui.desk.line.lexer import word

        found = self.service
        built = LineBuilder("res" if found is not None and found.status == "SUSPENDED" else "sus")
        service = values["service"].strip()
        built.add("service", word(service) if service else "")
        built.add("effective", values["effective"])
        built.add("reason", values["reason"])
        add_note(built, values["note"])
        return built

    def paint(self, preview: Preview | None, width: int) -> list[Line]:
        return order_lines(preview, width, self.override_key)

    def choices(self, name: str) -> Sequence[tuple[str, str]]:
        if self.view is None:
            return ()
        if name == "service":
            return [(service_word(s, self.view), service_title(s)) for s in self.view.services]
        if name == "reason":
            return [(code.lower(), title) for code, title in self.desk_app.catalogue.codes.suspend_reasons.items()]
        if name == "effective" and self._line_context is not None:
            from collect_tui.desk.line.complete import complete

            return [(one.text, one.title) for one in complete("ptp 1 ", 6, self._line_context)]
        return ()

    def field_of(self, name: str | None) -> str:
        return _FIELDS.get(name or "", "") or super().field_of(name)

    # -- review and digits --------------------------------------------------------------------------------------

    def _review(self, *, on: bool) -> None:
        self.reviewing = on
        digits = self.form.edit("digits")
        digits.set_text("", quiet=True)
        digits.display = on

    def edited(self, name: str) -> None:
        """Whatever is changed after the review must be reviewed again."""
        if name != "digits" and self.reviewing:
            self._review(on=False)

    def _read(self) -> None:
        if not self.reviewing:
            super()._read()

    def at_the_end(self) -> None:
        """Enter in the last field: the review; in the digits: send, once there are four."""
        if not self.reviewing:
            self.desk_app.run_held(self._ask_digits(), self)
        elif self.form.edit("digits").has_focus and len(self.form.values["digits"].strip()) >= 4:
            self.desk_app.run_held(self._send_order(), self)
        else:
            self._say_digits(0)

    async def do_form_save(self) -> None:
        if not self.reviewing:
            await self._ask_digits()
        elif len(self.form.values["digits"].strip()) >= 4:
            await self._send_order()
        else:
            self._say_digits(0)

    async def _ask_digits(self) -> None:
        """Judge it afresh; when it may be done, drop what was typed ahead and ask for the digits."""
        parsed = self._parse()
        wrong = self._wrong(parsed)
        if wrong is not None:
            self._stop_at(*wrong)
            return
        self.forget("preview")
        preview = await self.desk_app.call(self.desk_app.desk.preview, self._act(parsed.commands, ""))
        self._previewed = parsed.commands
        self._paint(preview)
        overriding = self._overriding and bool(self.form.values["override_by"].strip())
        if preview.error is not None:
            self._stop_at(self.field_of(preview.field), preview.error)
        elif not preview.verdict.allowed and not overriding:
            self.refuse(refusal_words(preview.verdict))
        else:
            dropped = self.desk_app.flush_keys()
            self._review(on=True)
            self.form.enter("digits")
            self._say_digits(dropped)

    def _say_digits(self, dropped: int) -> None:
        said = " · ".join(self._parsed.meaning) if self._parsed is not None else ""
        ask = "Review it, then type the account's last four digits and F2"
        self.status(Line.of((messages.with_dropped(ask, dropped), Role.WARN), f" · {said}"))

    async def _send_order(self) -> None:
        parsed = self._parse()
        digits = self.form.values["digits"].strip()
        command = parsed.commands[0].model_copy(update={"confirm": digits})
        await self.send((command,), parsed.text)

    async def _refused(self, act: Act, error: DomainError) -> None:
        """Wrong digits keep the form; anything else goes back to the fields."""
        if error.code == "order.confirm":
            self.form.edit("digits").set_text("", quiet=True)
            self._stop_at("digits", "These are not the last four digits of the account; nothing was sent.")
            return
        self._review(on=False)
        await super()._refused(act, error)


def find_service(view: AccountView, wanted: str) -> ServiceView | None:
    """The service by product or identifier; None when there is none, or the product is not enough to say which."""
    found = [s for s in view.services if wanted in {s.product.casefold(), s.identifier.casefold()}]
    return found[0] if len(found) == 1 else None


def service_word(service: ServiceView, view: AccountView) -> str:
    """How the line names it: by product where that is enough."""
    alone = sum(s.product == service.product for s in view.services) == 1
    return service.product.lower() if alone else service.identifier


def service_title(service: ServiceView) -> str:
    """What F4 says of a service."""
    verdict = service.suspend or service.restore
    may = ""
    if verdict is not None:
        what = "suspended" if service.suspend is not None else "restored"
        may = f" · may be {what}" if verdict.allowed else f" · not to be {what}"
    return f"{service.identifier} {service.status.lower().replace('_', ' ')}{may}"


def likely_service(view: AccountView) -> ServiceView | None:
    """The service an order is most likely for: one that may be suspended now, one cut for non-payment that may be restored,
    else the first that is active or so cut.  One that already waits for an order is never it."""
    active = [s for s in view.services if s.status == "ACTIVE"]
    cut = [s for s in view.services if s.status == "SUSPENDED" and s.suspend_cause in {None, "nonpay"}]
    may = [s for s in (*active, *cut) if (v := s.suspend or s.restore) is not None and v.allowed]
    return next(iter([*may, *active, *cut]), None)


def first_values(desk: Desk, view: AccountView, catalogue: Catalogue, session: Session) -> dict[str, str]:
    """What stands in the form at first: the likely service, and the first day that would do.  Runs in a thread."""
    from collect_tui.desk.commands import Act, OrderSuspension
    from collect_tui.desk.line.context import LineContext
    from collect_tui.desk.line.say import day

    service = likely_service(view)
    if service is None:
        return {}
    word, context = service_word(service, view), LineContext.of(view, catalogue, session)
    if service.status == "SUSPENDED":
        return {"service": word, "effective": day(context.today, context)}
    effective = Calendar(catalogue.rules.holidays).next_business_day(context.today)
    command = OrderSuspension(service=word, effective=effective)
    preview = desk.preview(Act(id=uuid4(), account=view.number, commands=(command,)))
    later = [f.next_ok.date() for f in preview.verdict.findings if f.next_ok is not None]
    return {"service": word, "effective": day(max([effective, *later]), context)}


def values_of(command: Command, view: AccountView, catalogue: Catalogue, session: Session) -> dict[str, str]:
    """The fields of a typed order: `sus int fri`."""
    from collect_tui.desk.commands import OrderRestore, OrderSuspension
    from collect_tui.desk.line.context import LineContext
    from collect_tui.desk.line.say import day

    assert isinstance(command, OrderSuspension | OrderRestore)
    context = LineContext.of(view, catalogue, session)
    effective: date = command.effective or context.today
    default = "NONPAY" if isinstance(command, OrderSuspension) else "PAID"
    return {
        "service": command.service.lower() if find_service(view, command.service.casefold()) else command.service,
        "reason": "" if command.reason == default else command.reason.lower(),
        "effective": day(effective, context),
        "note": command.note,
    }


async def open_order(app: CollectApp, view: AccountView, fence: int | None, command: Command | None = None) -> None:
    """Open the form on an account; a typed order fills it in.  Call it while keys are held."""
    if not view.services:
        app.desk_screen(app.base_screen).refuse("This account has no services to suspend or restore.")
        return
    if command is None:
        values = None
        first = await app.call(first_values, app.desk, view, app.catalogue, app.session_view)
    else:
        first = {}
        values = values_of(command, view, app.catalogue, app.session_view)
    screen = cast("OrderForm", await app.show_screen("order"))
    screen.suggested = first
    screen.begin(view, fence, values)


SCREEN = OrderForm
