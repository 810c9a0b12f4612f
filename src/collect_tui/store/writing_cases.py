"""Writes cases."""

from __future__ import annotations

from sqlalchemy import case as either

from collect_tui.domain import effects as fx
from collect_tui.store.case_values import row_of
from collect_tui.store.sql import table
from collect_tui.store.tables import Item
from collect_tui.store.writing import WriteContext, write


@write.register
def _(effect: fx.CaseOpened, here: WriteContext) -> None:
    here.add("case_file", account_id=here.account_id, **row_of(effect.case))
    _happened(here, effect.event_id, effect.case.id, effect.case.state, "opened", "is opened")


@write.register
def _(effect: fx.CaseChanged, here: WriteContext) -> None:
    before, after = effect.before, effect.after
    key = {"account_id": here.account_id, "id": before.id, "state": before.state, "ended": before.ended}
    here.set("case_file", key, **row_of(after), ended_at=here.at if after.ended else None)
    _happened(here, effect.event_id, after.id, after.state, effect.what, effect.did, text=effect.text)


@write.register
def _(effect: fx.CaseNoted, here: WriteContext) -> None:
    _happened(here, effect.event_id, effect.case_id, "", "noted", "is written in", text=effect.text)


@write.register
def _(effect: fx.CaseDocumented, here: WriteContext) -> None:
    did = f"has its {effect.name} drawn up"
    _happened(here, effect.event_id, effect.case_id, "", "documented", did, document=effect.document)


@write.register
def _(effect: fx.ItemExcluded, here: WriteContext) -> None:
    c = table(Item).c
    after = c.disputed + effect.amount
    kept = either((after < 0, 0), else_=after)
    here.one(here.change("item", id=effect.item_id, account_id=here.account_id).values(disputed=kept))


def _happened(
    here: WriteContext,
    event_id: int,
    case_id: int,
    state: str,
    what: str,
    did: str,
    *,
    text: str = "",
    document: str = "",
) -> None:
    here.add(
        "case_event",
        id=event_id,
        case_id=case_id,
        at=here.at,
        by=here.by,
        state=state,
        what=what,
        did=did,
        text=text,
        document=document,
    )
