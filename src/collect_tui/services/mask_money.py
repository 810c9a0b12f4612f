"""What is owed, in whatever a desk says of an account whose customer nobody has verified yet, where the site hides it before.

The first screen and the panes leave it out themselves (`masking.unverified`). Previews, receipts, reasons and refusals say it again in
sentences, so every answer passes here (`access.guarded`). Cases are shown whole: who decides one has nobody on the line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel
from sqlalchemy import and_, select
from sqlmodel import SQLModel

from collect_tui.desk.commands import Act
from collect_tui.desk.errors import DomainError, Unavailable
from collect_tui.desk.views.account import AccountView
from collect_tui.desk.views.act import Confirm, Preview
from collect_tui.desk.views.queue import QueueFigure, ScoreTerm, Why
from collect_tui.domain.money import exponent
from collect_tui.services.masking import DOT
from collect_tui.store.find import BARE

if TYPE_CHECKING:
    from collect_tui.services.desk_context import DeskContext

_T = SQLModel.metadata.tables

HIDDEN: Final = DOT * 4
"""Stands in the place of an amount."""

#: With decimals, or in groups; in the signs of any language in which messages are written.
_AMOUNT: Final = re.compile(
    r"(?<!\d)-?\d{1,3}(?:[.,'’\u00a0\u202f]?\d{3})*[.,]\d{2,4}(?!\d)|(?<!\d)-?\d+[.,]\d{2,4}(?!\d)"
)
#: Of a currency without decimals: three digits are an amount, but for a year, a day and the number of something.
_WHOLE: Final = re.compile(r"(?<![\w-])\d{3,}(?![\w-])")
_FIGURE: Final = re.compile(r"\d+")
#: Fields of views that are amounts in minor units, or tell how late they are.
_AMOUNTS: Final = frozenset(
    [
        "amount",
        "total",
        "collectable",
        "past_due",
        "disputed",
        "promised",
        "unapplied",
        "paid",
        "open",
        "dpd",
        "required_to_restore",
        "asked_amount",
    ]
)
#: What names things, or says where a rule stands.
_KEPT: Final = frozenset(["account", "number", "doc_no", "ref", "cursor", "cite", "currency", "rule", "code", "kind"])
#: Operations that speak of no debt of a customer one talks to.
_SHOWN: Final = frozenset(
    (
        "session",
        "catalogue",
        "reveal",
        "floor",
        "cases",
        "case",
        "case_document",
        "case_report",
        "orders",
        "day",
    )
)


class MoneyMask:
    """Masks amounts in what is said of accounts, but for those of `verified` (bare numbers). `whole`: amounts have no decimals."""

    def __init__(self, verified: Collection[str], *, whole: bool = False) -> None:
        self._verified, self._whole = frozenset(verified), whole

    def text(self, text: str) -> str:
        masked = _AMOUNT.sub(HIDDEN, text)
        return _WHOLE.sub(HIDDEN, masked) if self._whole else masked

    def value(self, value: Any) -> Any:
        """A view, or what holds views, as it may be shown; the outermost that names an account says whose it is."""
        if isinstance(value, BaseModel):
            number = _account(value)
            if number is None:
                return _no_account_alone(value) if isinstance(value, QueueFigure) else _changed(value, self.value)
            return value if _bare(number) in self._verified else self._hidden(value)
        return type(value)(map(self.value, value)) if isinstance(value, tuple | list) else value

    def error(self, error: DomainError) -> None:
        """Masks what an error says, in place."""
        error.message = self.text(error.message)
        error.args = (error.code, error.message, error.field)
        for name in ("verdict", "confirm"):
            if (view := getattr(error, name, None)) is not None:
                setattr(error, name, self._hidden(view))

    def _hidden(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, tuple | list):
            return type(value)(map(self._hidden, value))
        if not isinstance(value, BaseModel):
            return value
        shown = _changed(value, self._hidden)
        new: dict[str, Any] = {name: 0 for name, each in shown if name in _AMOUNTS and type(each) is int}
        match value:
            case Preview():
                new["schedule"] = ()  # of a plan that is taken up again it is what is left of it
            case Confirm(kind="surplus"):
                new["value"] = HIDDEN
            case ScoreTerm():
                new["explanation"] = _FIGURE.sub(DOT, value.explanation)
            case AccountView() | Why():
                new["chips"] = ()
        return shown.model_copy(update=new) if new else shown


def _no_account_alone(figure: QueueFigure) -> QueueFigure:
    """The figure without sums that are of one account: those would say what it owes."""
    others = tuple(each for each in figure.other_currencies if each.count > 1)
    own = figure.count - sum(each.count for each in figure.other_currencies)
    return figure.model_copy(update={"other_currencies": others, "collectable": figure.collectable if own > 1 else 0})


def _changed(view: BaseModel, masked: Callable[[Any], Any]) -> BaseModel:
    """The view with what its fields hold masked, but for what names things."""
    old = {name: each for name, each in view if name not in _KEPT and isinstance(each, str | tuple | list | BaseModel)}
    new = {name: made for name, each in old.items() if (made := masked(each)) != each}
    return view.model_copy(update=new) if new else view


def hides(operation: str) -> bool:
    """Whether an operation may say what an account owes: it does so only once the customer was verified."""
    return operation not in _SHOWN


def hide(desk: DeskContext, value: Any) -> Any:
    """What an operation answers, as the user of the desk may see it now."""
    return _mask_for(desk, {_bare(number) for number in _accounts(value)})[0].value(value)


def hide_error(desk: DeskContext, error: DomainError, given: Mapping[str, Any]) -> None:
    """The same of an error, in place. `given`: what the operation was asked with, by name."""
    named = {each.account for each in given.values() if isinstance(each, Act)}
    named |= {str(given[name]) for name in ("account", "number") if name in given}
    numbers = {_bare(number) for number in named}
    try:
        mask, verified = _mask_for(desk, numbers)
    except Unavailable:
        mask, verified = MoneyMask(()), set()
    if not numbers or numbers - verified:
        mask.error(error)


def _mask_for(desk: DeskContext, numbers: set[str]) -> tuple[MoneyMask, set[str]]:
    """A mask, and those accounts whose customers the user has verified: as `domain.contact.verification.is_verified`."""
    if not numbers:
        return MoneyMask(()), set()
    rules = desk.catalogue().rules
    account, work = _T["account"].c, _T["work_item"].c
    here = and_(work.tenant_id == account.tenant_id, work.account_id == account.id)
    mine = and_(
        work.verified_by == desk.user,
        work.verified_fence == work.fence,
        work.verified_at > desk.clock() - timedelta(minutes=rules.verification.minutes),
    )
    query = select(BARE).select_from(_T["account"].join(_T["work_item"], here)).where(mine)
    wanted, verified = sorted(numbers), set()
    with desk.store.read() as db:
        for start in range(0, len(wanted), 500):
            some = BARE.in_(wanted[start : start + 500])
            verified |= set(db.connection().execute(query.where(account.tenant_id == desk.tenant_id, some)).scalars())
    return MoneyMask(verified, whole=not exponent(rules.currency)), verified


def _accounts(value: Any) -> Iterator[str]:
    """The accounts that a view speaks of."""
    if isinstance(value, BaseModel):
        if (number := _account(value)) is not None:
            yield number
        else:
            yield from _accounts(tuple(each for _, each in value))
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _accounts(each)


def _account(view: BaseModel) -> str | None:
    number = view.number if isinstance(view, AccountView) else getattr(view, "account", None)
    return number if isinstance(number, str) else None


def _bare(number: str) -> str:
    return number.replace("-", "")


__all__ = ["MoneyMask", "hide", "hide_error", "hides"]
