"""Offers to all who qualify: each account is judged by its facts and by the verdict of a message, and gets a draft, which a run releases.
The same customer gets the same offer once within the site's interval, on whichever account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from collect_tui.common.words import expected
from collect_tui.desk.errors import Invalid
from collect_tui.desk.protocol import Progress
from collect_tui.desk.views.message import Excluded
from collect_tui.desk.views.offer import OffersRun, Uptake
from collect_tui.domain.effects import MessageWritten
from collect_tui.domain.facts import AccountFacts, Message
from collect_tui.domain.message import decide
from collect_tui.domain.message.effects import Content
from collect_tui.domain.message.offers import standing
from collect_tui.domain.states import MessageState
from collect_tui.policy.message import may_send
from collect_tui.services.desk_context import DeskContext
from collect_tui.services.unit_of_work import unit_of_work
from collect_tui.store import facts
from collect_tui.store import offers as rows

_PAGE: Final = 400
"""Accounts that are loaded at once."""
_SAMPLES: Final = 5
"""Accounts that are named, of those that get the offer and for each reason."""
_RECENT: Final = ("recent", "The customer was made this offer not long enough ago.")

Why = tuple[str, str]
"""Why an account gets no offer: a code, and in words; both empty: it does."""


def offer(
    desk: DeskContext, name: str, *, dry_run: bool = False, limit: int | None = None, progress: Progress | None = None
) -> OffersRun:
    """Drafts an offer to every account that qualifies, or to so many at most; with `dry_run` nothing is written. What is broken off has
    done what it has done; again, it goes on. Raises Invalid "offer.unknown", and for a template that is not sound."""
    offers = _Offers(desk, name)
    drafted: list[str] = []
    given: set[int] = set()
    excluded: defaultdict[Why, list[str]] = defaultdict(list)
    looked = 0
    for row, seen in offers.candidates():
        if limit is not None and len(drafted) >= limit:
            break
        looked += 1
        why = _RECENT if row.recent or row.party_id in given else offers.judged(seen)
        if not any(why) and not dry_run:
            why = offers.draft(row.number)
        if any(why):
            excluded[why].append(row.number)
        else:
            drafted.append(row.number)
            given.add(row.party_id)
        if progress is not None and looked % _PAGE == 0:
            progress("Offer", looked, looked)
    found = sorted(excluded.items(), key=lambda each: -len(each[1]))
    return OffersRun(
        offer=name,
        template=offers.rule.message,
        looked=looked,
        drafted=len(drafted),
        accounts=tuple(drafted[:_SAMPLES]),
        excluded=tuple(
            Excluded(reason=why, told=told, count=len(those), accounts=tuple(those[:_SAMPLES]))
            for (why, told), those in found
        ),
    )


def nightly(desk: DeskContext) -> None:
    """Drafts the offers that the site's nights make, as many as are left of this night's."""
    for name, rule in desk.catalogue().rules.offers.items():
        if not rule.nightly:
            continue
        with desk.reading() as db:
            done = rows.drafted(db, desk.tenant_id, rule.message, desk.tenant(db).business_date)
        if done < rule.nightly:
            offer(desk, name, limit=rule.nightly - done)


def uptake(desk: DeskContext, since: date | None = None) -> tuple[Uptake, ...]:
    """What became of the offers made from a day on, by offer and currency."""
    catalogue = desk.catalogue()
    with desk.reading() as db:
        found = rows.uptake(db, desk.tenant_id, catalogue.rules, catalogue.codes, since)
    return tuple(Uptake(**row._mapping) for row in found)


class _Offers:
    def __init__(self, desk: DeskContext, name: str) -> None:
        catalogue = desk.catalogue()
        self._desk, self._name, self._catalogue = desk, name, catalogue
        if name not in catalogue.rules.offers:
            raise Invalid(
                "offer.unknown", f"There is no offer {name!r}; {expected(name, catalogue.rules.offers)}", "offer"
            )
        self.rule = catalogue.rules.offers[name]
        self._head = desk.library.template(self.rule.message).head
        self._results = rows.made_by(catalogue.codes, name)

    def candidates(self) -> Iterator[tuple[Any, AccountFacts]]:
        """Accounts that may qualify, with their facts, by id; of one whose customer was offered it recently only the row counts."""
        plans = self._catalogue.arrangement.values()
        stages = {stage for plan in plans for stage, percent in plan.offers.settlement.items() if percent}
        after = -1
        while True:
            with self._desk.reading() as db:
                page = rows.candidates(
                    db,
                    self._desk.tenant_id,
                    template=self.rule.message,
                    results=self._results,
                    since=self._since(self._desk.tenant(db).business_date),
                    stages=stages if self._name == "settlement" else None,
                    after=after,
                    most=_PAGE,
                )
                known = {f.id: f for f in facts.load_many(db, self._desk.tenant_id, [row.id for row in page])}
            if not page:
                return
            yield from ((row, known[row.id]) for row in page if row.id in known)
            after = page[-1].id

    def _since(self, today: date) -> date:
        return today - timedelta(days=self.rule.every_days)

    def judged(self, seen: AccountFacts) -> Why:
        """Why an account gets no draft of the offer."""
        plans = self._catalogue.arrangement
        if standing(self._name, seen, plans.get(seen.segment, plans["default"]).offers) is None:
            return "figures", "By the site's figures it is offered nothing."
        found = decide.route(seen, self._head.channels)
        verdict = may_send(seen, self._catalogue.rules, self._catalogue.holds, found and found[1])
        if verdict.allowed:
            return "", ""
        return verdict.findings[0].check.removeprefix("message."), verdict.findings[0].sentence

    def draft(self, number: str) -> Why:
        """Drafts it, if nothing has come between: the customer is locked meanwhile."""
        with unit_of_work(self._desk, number) as work:
            seen = work.load(number)
            since = self._since(work.today)
            if rows.recent(work.db, work.tenant_id, seen.id, self.rule.message, self._results, since):
                return _RECENT
            if any(why := self.judged(seen)):
                return why
            items, amounts = decide.about(seen, self._head)
            message = Message(
                id=work.ids(),
                level="",
                channel="",
                status=MessageState.DRAFT,
                served_on=None,
                template=self.rule.message,
                made_on=work.today,
                items=items,
            )
            written = MessageWritten(message, Content("", "", "", ""), "", self._head.title, amounts=amounts)
            work.change(seen, (written,), line=f"offer {self._name}")
            return "", ""
