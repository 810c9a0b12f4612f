"""The ladder at night moves every account as the pure rule says, of any book."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlmodel import Session

from collect_tui.defaults import load
from collect_tui.domain.account.ladder import cured, due_stage
from collect_tui.domain.states import Stage
from collect_tui.store import summary
from collect_tui.store.day.base import Day
from collect_tui.store.day.ladder import advance, cure, segments_of
from collect_tui.store.facts import load_by_id
from collect_tui.store.sql import table
from collect_tui.store.tables import Account
from support.books import ACCOUNT, fill
from support.portfolio import DAY, NOW, TENANT, ids, make_store

CATALOGUE = load(None, today=DAY)
REACHED = st.none() | st.sampled_from([DAY, DAY - timedelta(days=1)])
HELD = st.sampled_from([None, None, "hold 1"])
BOOK = st.lists(st.tuples(ACCOUNT, REACHED, HELD), min_size=1, max_size=6)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(BOOK)
def test_every_account_moves_as_the_rule_says(book):
    with make_store() as store:
        accounts = [added.id for added in fill(store, [spec for spec, _, _ in book])]
        with store.write() as db:
            for account_id, (_, reached, held) in zip(accounts, book, strict=True):
                mine = update(table(Account)).where(table(Account).c.id == account_id)
                db.execute(mine.values(stage_on=reached, ladder_paused_by=held))
            summary.refresh(db, TENANT, DAY, minutes=30)
            ways = [way(db, account_id, reached) for account_id, (_, reached, _) in zip(accounts, book, strict=True)]
            day = Day(TENANT, DAY, None, CATALOGUE, NOW, "day", ids, lambda *_: None)
            moved = cure(db, day) + advance(db, day, segments_of(db, day))
            db.expire_all()
            assert [load_by_id(db, TENANT, account_id).stage for account_id in accounts] == [one[-1] for one in ways]
            assert moved == sum(len(one) - 1 for one in ways)


def way(db: Session, account_id: int, reached: date | None) -> list[str]:
    """The stages of an account in one night, in turn: whoever is cured advances anew."""
    facts = load_by_id(db, TENANT, account_id)
    stages = [facts.stage]
    if cured(facts, CATALOGUE.rules):
        facts, reached = replace(facts, stage=Stage.CURRENT), None
        stages.append("CURRENT")
    stage = due_stage(facts, reached, CATALOGUE.rules)
    return [*stages, stage.stage] if stage else stages
