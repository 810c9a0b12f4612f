"""The books of a database: one tenant is one agency, company or client book."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlmodel import col, func, select

from collect_tui.common.text import clean
from collect_tui.common.words import nearest
from collect_tui.desk.errors import Invalid, NotFound, Refused
from collect_tui.desk.views.access import TenantView
from collect_tui.domain.money import exponent
from collect_tui.store.engine import Store
from collect_tui.store.phone_zones import known_zones
from collect_tui.store.tables import Tenant

LONGEST: Final = 120
_NOBODY: Final = 0
"""No tenant has this number: whoever adds one has it alone."""


def tenants(store: Store) -> tuple[TenantView, ...]:
    """Every book, by its number: a question to all machines of a cluster."""
    with store.read() as db:
        rows = db.exec(select(Tenant).order_by(col(Tenant.tenant_id))).all()
    return tuple(TenantView(**{name: getattr(row, name) for name in TenantView.model_fields}) for row in rows)


def named(store: Store, wanted: str | None) -> int | None:
    """The number of the book that is meant, by its name or number; without either the only one there is, None when there is none.

    Raises NotFound `tenant.not_found`, which names the nearest; Invalid `tenant.which` when there are several to choose from.
    """
    known = tenants(store)
    if not wanted:
        if len(known) > 1:
            raise Invalid("tenant.which", f"Say which book with --tenant: {_names(known)}.", "tenant")
        return known[0].tenant_id if known else None
    text = clean(wanted).strip()
    found = [t for t in known if str(t.tenant_id) == text] or [t for t in known if t.name.casefold() == text.casefold()]
    if len(found) == 1:
        return found[0].tenant_id
    if found:
        raise Invalid("tenant.which", f"Several books are called so; take the number: {_names(found)}.", "tenant")
    near = nearest(text.casefold(), [t.name.casefold() for t in known])
    name = next((t.name for t in known if t.name.casefold() == near), None)
    hint = f"did you mean {name!r}?" if name else f"the books are {_names(known)}." if known else "there is none yet."
    raise NotFound("tenant.not_found", f"There is no such book in {store.place}; {hint}", "tenant")


def _names(known: tuple[TenantView, ...] | list[TenantView]) -> str:
    return ", ".join(f"{t.tenant_id} {t.name!r}" for t in known[:20]) + (", …" if len(known) > 20 else "")


def add(
    store: Store, name: str, *, currency: str, zone: str, now: datetime, business_date: date | None = None
) -> TenantView:
    """Adds an empty book under the next number; `load` and `import` fill it. Its business date is today's in its zone.

    Raises Invalid `tenant.name`, `tenant.zone`, `money.currency_malformed`; Refused `tenant.exists`.
    """
    name = clean(name).strip()
    if not 0 < len(name) <= LONGEST or not name.isprintable() or name.isdecimal():
        raise Invalid(
            "tenant.name", f"A book's name is 1 to {LONGEST} printable characters and no bare number.", "name"
        )
    if zone not in known_zones():
        raise Invalid("tenant.zone", "The zone is no IANA time zone, such as America/Chicago.", "zone")
    exponent(currency)
    today = business_date or now.astimezone(ZoneInfo(zone)).date()

    def work() -> int:
        with store.write(_NOBODY, alone=True) as db:
            same = func.lower(col(Tenant.name)) == name.lower()
            if db.exec(select(Tenant.tenant_id).where(same)).first() is not None:
                raise Refused("tenant.exists", "There is a book of this name already.", "name")
            number = (db.exec(select(func.max(Tenant.tenant_id))).one() or 0) + 1
            db.add(Tenant(tenant_id=number, name=name, business_date=today, currency=currency, zone=zone))
        return number

    number = store.attempt(work)
    return TenantView(tenant_id=number, name=name, business_date=today, currency=currency, zone=zone)
