"""Writes cases."""

from __future__ import annotations

from sqlalchemy import case as either

from collect_tui.domain import effects as fx
from collect_tui.domain.case.case import Case
from collect_tui.store.case_values import row_of
from collect_tui.store.sql import table
from collect_tui.store.tables import Item
from collect_tui.store.writing import WriteContext, write


@write.register
def _(effect: fx.CaseOpened, here: WriteContext) -> None:
    here.add("case_file", account_id=here.account_id, **row_of(effect.case))
    _happened(here, effect.event_id, effect.case, "opened", "is opened", "")


@write.register
def _(effect: fx.CaseChanged, here: WriteContext) -> None:
    before, after = effect.before, effect.after
    key = {"account_id": here.account_id, "id": before.id, "state": before.state, "ended": before.ended}
    here.set("case_file", key, **row_of(after), ended_at=here.at if after.ended else None)
    _happened(here, effect.event_id, after, effect.what, effect.did, effect.text)


@write.register
def _(effect: fx.CaseNoted, here: WriteContext) -> None:
    here.add(
        "case_event",
        id=effect.event_id,
        case_id=effect.case_id,
        at=here.at,
        by=here.by,
        state="",
        what="noted",
        did="is written in",
        text=effect.text,
    )


@write.register
def _(effect: fx.CaseDocumented, here: WriteContext) -> None:
    here.add(
        "case_event",
        id=effect.event_id,
        case_id=effect.case_id,
        at=here.at,
        by=here.by,
        state="",
        what="documented",
        did=f"has its {effect.name} drawn up",
        text="",
        document=effect.document,
    )


@write.register
def _(effect: fx.ItemExcluded, here: WriteContext) -> None:
    c = table(Item).c
    after = c.disputed + effect.amount
    kept = either((after < 0, 0), else_=after)
    here.one(here.change("item", id=effect.item_id, account_id=here.account_id).values(disputed=kept))


def _happened(here: WriteContext, event_id: int, case: Case, what: str, did: str, text: str) -> None:
    here.add(
        "case_event",
        id=event_id,
        case_id=case.id,
        at=here.at,
        by=here.by,
        state=case.state,
        what=what,
        did=did,
        text=text,
    )
