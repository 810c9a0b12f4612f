"""Writes contact points and what is set of an account and its customer."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert, select
from sqlmodel import SQLModel

from collect_tui.domain import effects as fx
from collect_tui.domain.facts import Point
from collect_tui.store.customers import name_rows
from collect_tui.store.names import reversed_digits
from collect_tui.store.writing import WriteContext, write
from collect_tui.store.writing_work import have_work_item

_T = SQLModel.metadata.tables


@write.register
def _(effect: fx.PointMarked, here: WriteContext) -> None:
    given = {"consent_source": effect.consent_source, "consent_on": effect.consent_on}
    marks = {"quality": effect.quality, "consent": effect.consent, **given}
    here.one(here.change("contact_point", id=effect.point_id).values(**marks))


@write.register
def _(effect: fx.PointAdded, here: WriteContext) -> None:
    here.add("contact_point", party_id=_party(here), **_columns(effect.point))


@write.register
def _(effect: fx.PointRemoved, here: WriteContext) -> None:
    point = _T["contact_point"].c
    mine = (point.tenant_id == here.tenant_id, point.party_id == _party(here), point.id == effect.point.id)
    if here.db.execute(delete(_T["contact_point"]).where(*mine)).rowcount != 1:
        raise here.stale()


@write.register
def _(effect: fx.PointChanged, here: WriteContext) -> None:
    as_it_was = {"id": effect.old.id, "normalized": effect.old.normalized}
    here.one(here.change("contact_point", **as_it_was).values(**_columns(effect.new)))


@write.register
def _(effect: fx.PartyAdded, here: WriteContext) -> None:
    party = effect.party
    who = {"name": party.name, "kind": party.kind, "lang": party.lang, "zone": party.zone, "times": party.times}
    here.add("party", id=party.id, **who)
    for row in name_rows(here.tenant_id, party.id, party.name):
        here.add("name_token", **row)
    here.add("account_party", account_id=here.account_id, party_id=party.id, role=party.role, ord=party.order)
    for point in party.points:
        here.add("contact_point", party_id=party.id, **_columns(point))


@write.register
def _(effect: fx.PartyRemoved, here: WriteContext) -> None:
    for name in ("account_party", "contact_point", "name_token", "party"):
        table = _T[name]
        mine = table.c.id if name == "party" else table.c.party_id
        gone = here.db.execute(delete(table).where(table.c.tenant_id == here.tenant_id, mine == effect.party.id))
        if name == "party" and gone.rowcount != 1:
            raise here.stale()


def _columns(point: Point) -> dict[str, Any]:
    return {
        "id": point.id,
        "kind": point.kind,
        "value": point.value,
        "normalized": point.normalized,
        "reversed": reversed_digits(point.normalized),
        "ord": point.order,
        "quality": point.quality,
        "consent": point.consent,
        "consent_source": point.consent_source,
        "consent_on": point.consent_on,
        "zones": ",".join(point.zones),
    }


def _party(here: WriteContext) -> int:
    account = _T["account"].c
    mine = (account.tenant_id == here.tenant_id, account.id == here.account_id)
    return int(here.db.execute(select(account.party_id).where(*mine)).scalar_one())


@write.register
def _(effect: fx.Verified, here: WriteContext) -> None:
    have_work_item(here)
    known = {"verified_by": effect.by, "verified_at": effect.at, "verified_fence": effect.fence}
    here.set("work_item", {"account_id": here.account_id}, **known)


@write.register
def _(effect: fx.AttributeSet, here: WriteContext) -> None:
    attribute = effect.attribute
    key = {"id": here.account_id}
    if attribute.table == "party":
        key = {"id": _party(here)}
    column = _T[attribute.table].c[attribute.column]
    as_it_was = here.change(attribute.table, **key).where(column.is_not_distinct_from(effect.before))
    here.one(as_it_was.values({column: effect.after}))
    if effect.name == "party.name":
        token = _T["name_token"].c
        mine = (token.tenant_id == here.tenant_id, token.party_id == key["id"])
        here.db.execute(delete(_T["name_token"]).where(*mine))
        if rows := name_rows(here.tenant_id, key["id"], str(effect.after)):
            here.db.execute(insert(_T["name_token"]), rows)
