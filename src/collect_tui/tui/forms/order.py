"""The order form: suspends or restores one service, check by check.

An order leaves the building: once it may be done the desk asks for the last four digits of the account, as for everything
that leaves.  No key pressed by habit sends it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, ClassVar, Final, cast
from uuid import uuid4

from collect_tui.domain.dates import Calendar
from collect_tui.domain.states import ServiceState
from collect_tui.tui.dialogs.asking import SEEN_FIRST
from collect_tui.tui.forms.fields import Field, LineBuilder
from collect_tui.tui.forms.form import FormScreen
from collect_tui.tui.forms.promise import NOTE, add_note
from collect_tui.tui.render.order import order_lines
from collect_tui.tui.render.styled import Line

if TYPE_CHECKING:
    from collect_tui.desk.catalogue import Catalogue
    from collect_tui.desk.commands import Command, OrderRestore, OrderSuspension
    from collect_tui.desk.protocol import Desk
    from collect_tui.desk.views.account import AccountView, ServiceView
    from collect_tui.desk.views.act import Preview
    from collect_tui.desk.views.session import Session

_VERBS: Final = ("sus", "res")
_FIELDS: Final = {"day": "effective", "notice": "effective", "text": "note", "state": "service"}


class OrderForm(FormScreen):
    """Service, reason, effective date and note, and the checks below."""

    title_words: ClassVar[str] = "Order"
    place: ClassVar[str] = "order"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("service", "Service", "F4 lists them", frozenset({"service"}), needed=True),
        Field("reason", "Reason", "nonpay to suspend, paid to restore; F4 lists them", frozenset({"suspend reason"})),
        Field("effective", "Effective", "tue, 26nov, +3", frozenset({"date"}), needed=True),
        NOTE,
    )

    goes_on: ClassVar[str] = "asks for the account's last four digits"

    def __init__(self) -> None:
        super().__init__()
        self.suggested: dict[str, str] = {}
        self.typed_verb = ""
        """`sus` or `res`, as typed on the line: whatever becomes of the service, it stays that order."""
        self._verbs: dict[str, str] = {}  # service → what was to be done with it when it was first named

    async def open(self, view: AccountView, fence: int | None, command: Command | None = None) -> None:
        app = self.desk_app
        if not view.services:
            app.top.refuse("This account has no services to suspend or restore.")
            return
        order = cast("OrderSuspension | OrderRestore | None", command)
        if order is None:
            values = None
            first = await app.call(first_values, app.desk, view, app.catalogue, app.session_view)
        else:
            first = {}
            values = values_of(order, view, app.catalogue, app.session_view)
        await app.navigator.show_screen(self.place)
        self.suggested = first
        self.typed_verb = "" if order is None else _VERBS[order.kind == "restore"]
        self.why_asked = SEEN_FIRST if order is not None and order.confirm else ""
        self.begin(view, fence, values)

    def starting_values(self) -> dict[str, str]:
        return self.suggested

    @property
    def service(self) -> ServiceView | None:
        """The service that the first field names, by product or identifier."""
        wanted = self.form.values["service"].strip().casefold()
        return find_service(self.view, wanted) if self.view is not None else None

    def fill(self, values: Mapping[str, str]) -> None:
        super().fill(values)
        self._verbs = {}
        verb = values.get("verb")
        if (found := self.service) is not None and verb in _VERBS:
            self._verbs[found.identifier] = verb

    def kept_besides(self) -> dict[str, str]:
        return {"verb": self.verb}

    @property
    def verb(self) -> str:
        """What the order does: as typed on the line, else by what the service was when it was named here."""
        found = self.service
        if not self.form.values["service"].strip():
            self._verbs = {}  # what is named next is named anew
        if self.typed_verb or found is None:
            return self.typed_verb or _VERBS[0]
        return self._verbs.setdefault(found.identifier, _VERBS[found.status == ServiceState.SUSPENDED])

    def line_of(self, values: dict[str, str]) -> LineBuilder:
        from collect_tui.desk.line.lexer import word

        built = LineBuilder(self.verb)
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

    def at_the_end(self) -> None:
        """Enter in the last field, or where all was typed already: it is judged, and asked for."""
        self.desk_app.run_held(self.do_form_save(), self)


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
    active = [s for s in view.services if s.status == ServiceState.ACTIVE]
    cut = [s for s in view.services if s.status == ServiceState.SUSPENDED and s.suspend_cause in {None, "nonpay"}]
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
    if service.status == ServiceState.SUSPENDED:
        return {"service": word, "effective": day(context.today, context)}
    effective = Calendar(catalogue.rules.holidays).next_business_day(context.today)
    command = OrderSuspension(service=word, effective=effective)
    preview = desk.preview(Act(id=uuid4(), account=view.number, commands=(command,)))
    later = [f.next_ok.date() for f in preview.verdict.findings if f.next_ok is not None]
    return {"service": word, "effective": day(max([effective, *later]), context)}


def values_of(
    command: OrderSuspension | OrderRestore, view: AccountView, catalogue: Catalogue, session: Session
) -> dict[str, str]:
    """The fields of a typed order: `sus int fri`."""
    from collect_tui.desk.line.context import LineContext
    from collect_tui.desk.line.say import day

    context = LineContext.of(view, catalogue, session)
    effective: date = command.effective or context.today
    default = type(command).model_fields["reason"].default
    return {
        "service": command.service.lower() if find_service(view, command.service.casefold()) else command.service,
        "reason": "" if command.reason == default else command.reason.lower(),
        "effective": day(effective, context),
        "note": command.note,
    }


SCREEN = OrderForm
