"""The order form: suspends, restores or terminates one service, check by check.

An order leaves the building: once it may be done the desk asks for the last four digits of the account, as for everything
that leaves.  No key pressed by habit sends it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final
from uuid import uuid4

from collect_tui.desk.commands import Act, OrderSuspension
from collect_tui.desk.errors import Refused
from collect_tui.desk.line import fields
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.say import day
from collect_tui.desk.line.verbs import VERBS
from collect_tui.domain.dates import Calendar
from collect_tui.domain.states import ServiceState
from collect_tui.tui.forms.form import FormScreen
from collect_tui.tui.render.order import order_lines
from collect_tui.tui.render.styled import Line

if TYPE_CHECKING:
    from collect_tui.desk.catalogue import Catalogue
    from collect_tui.desk.line.slot import Slot
    from collect_tui.desk.line.verb import Verb
    from collect_tui.desk.protocol import Desk
    from collect_tui.desk.views.account import AccountView, ServiceView
    from collect_tui.desk.views.act import Preview
    from collect_tui.desk.views.session import Session

ORDERS: Final = ("sus", "res", "term")


class OrderForm(FormScreen):
    """The form of all orders: what is to be done with a service follows from what it is, unless the line has said it."""

    goes_on: ClassVar[str] = "asks for the account's last four digits"

    def __init__(self) -> None:
        super().__init__()
        self.suggested: Mapping[str, str] = {}
        self._verbs: dict[str, str] = {}  # service → what was to be done with it when it was first named
        self.typed_verb = ""
        """One of `ORDERS`, as typed on the line: whatever becomes of the service, it stays that order."""

    async def open(
        self, view: AccountView, fence: int | None, text: str, *, whole: bool = False, why: str = ""
    ) -> None:
        """The same, for an order that is typed; of nothing typed, the order it is most likely for is suggested."""
        app = self.desk_app
        if not view.services:
            raise Refused("order.no_services", "This account has no services to suspend or restore.")
        verb, values = fields.read(text, LineContext.of(view, app.catalogue, app.session_view)) if text else (None, {})
        first = {} if text else await app.call(first_values, app.desk, view, app.catalogue, app.session_view)
        await app.navigator.show_screen("order")
        self.suggested, self.why_asked = first, why
        self.typed_verb = verb.verb if verb is not None else ""
        self.begin(view, fence, verb, values or None, whole=whole)

    @property
    def place(self) -> str:
        return "order"

    def starting_values(self) -> Mapping[str, str]:
        return self.suggested

    @property
    def service(self) -> ServiceView | None:
        """The service that the first field names, by product or identifier."""
        wanted = self.form.values.get("service", "").strip().casefold()
        return find_service(self.view, wanted) if self.view is not None else None

    def fill(self, values: Mapping[str, str], *, offered: bool = False) -> None:
        super().fill(values, offered=offered)
        self._verbs = {}
        verb = values.get("verb")
        if (found := self.service) is not None and verb in ORDERS:
            self._verbs[found.identifier] = verb

    def kept_besides(self) -> dict[str, str]:
        return {"verb": self.verb.verb}

    @property
    def verb(self) -> Verb:
        """What the order does: as typed on the line, else by what the service was when it was named here."""
        found = self.service
        if not self.form.values.get("service", "").strip():
            self._verbs = {}  # what is named next is named anew
        if self.typed_verb or found is None:
            return VERBS[self.typed_verb or ORDERS[0]]
        cut = found.status == ServiceState.SUSPENDED
        return VERBS[self._verbs.setdefault(found.identifier, ORDERS[cut])]

    def paint(self, preview: Preview | None, width: int) -> list[Line]:
        return order_lines(preview, width, self.override_key)

    def owed(self, width: int, rows: int) -> list[Line]:
        return []  # the checks say what matters of it

    def choices(self, slot: Slot) -> Sequence[tuple[str, str]]:
        if slot.name == "service" and self.view is not None:
            return [(service_word(s, self.view), service_title(s)) for s in self.view.services]
        if slot.name == "reason" and (found := self.service) is not None:
            slot = replace(slot, kind=f"{slot.kind}:{found.billing_system}")
        return super().choices(slot)

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


SCREEN = OrderForm
