"""Offers: to which accounts one may be made, and what became of those that were."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Date, and_, case, exists, func, literal, or_, select, union_all
from sqlmodel import Session

from collect_tui.domain.codes import ANSWERS, Codes
from collect_tui.domain.message.message import SERVED
from collect_tui.domain.rules import Rules
from collect_tui.domain.states import GIVEN_BACK, LOST_MESSAGE, AccountState, ServiceState
from collect_tui.store.sql import table, total
from collect_tui.store.tables import Account, AccountSummary, ContactEvent, Message, Payment, Service


def made_by(codes: Codes, offer: str) -> list[str]:
    """Results of contacts in which an offer is made."""
    return [code for code, result in codes.results.items() if result.offer == offer and not result.answer]


def candidates(
    session: Session,
    tenant_id: int,
    *,
    template: str,
    results: Collection[str],
    since: date,
    stages: Collection[str] | None,
    after: int,
    most: int,
) -> list[Any]:
    """Open accounts that may qualify for an offer, by id, from the one that follows `after`, at most so many: id, number, party, and
    `recent`: the customer was offered it after `since`. `stages`: what is owed is to be settled, on these; None: nothing is past due,
    and a service is in use. Whether an account qualifies its facts say."""
    a, s, v = table(Account).c, table(AccountSummary).c, table(Service).c
    mine = and_(s.tenant_id == tenant_id, s.account_id == a.id)
    used = exists().where(
        v.tenant_id == tenant_id, v.account_id == a.id, v.status == ServiceState.ACTIVE, v.monthly > 0
    )
    may = (s.past_due == 0, used) if stages is None else (a.stage.in_(sorted(stages)), s.collectable > 0)
    query = (
        select(a.id, a.number, a.party_id, _recent(tenant_id, template, results, since, a.party_id).label("recent"))
        .select_from(table(Account).join(table(AccountSummary), mine))
        .where(a.tenant_id == tenant_id, a.status == AccountState.OPEN, a.id > after, *may)
        .order_by(a.id)
        .limit(most)
    )
    return list(session.execute(query))


def recent(
    session: Session, tenant_id: int, account_id: int, template: str, results: Collection[str], since: date
) -> bool:
    """Whether the customer of an account was offered it after a day, on any account: what was lost on its way does not count."""
    a = table(Account).c
    found = select(_recent(tenant_id, template, results, since, a.party_id))
    return bool(session.execute(found.where(a.tenant_id == tenant_id, a.id == account_id)).scalar_one())


def _recent(tenant_id: int, template: str, results: Collection[str], since: date, party_id: Any) -> Any:
    every, m, e = table(Account).alias("every"), table(Message).c, table(ContactEvent).c
    of = and_(every.c.tenant_id == tenant_id, every.c.party_id == party_id)
    sent = and_(m.template == template, m.inbound.is_(False), m.status.not_in(sorted(LOST_MESSAGE)), m.made_on > since)
    told = and_(e.result.in_(list(results)), e.offered_on > since, ~_voided(tenant_id))
    return or_(
        exists().where(of, m.tenant_id == tenant_id, m.account_id == every.c.id, sent),
        exists().where(of, e.tenant_id == tenant_id, e.account_id == every.c.id, told),
    )


def drafted(session: Session, tenant_id: int, template: str, on: date) -> int:
    """How many messages of a template were written on a day."""
    m = table(Message).c
    query = select(func.count()).where(m.tenant_id == tenant_id, m.template == template, m.made_on == on)
    return int(session.execute(query).scalar_one())


def uptake(session: Session, tenant_id: int, rules: Rules, codes: Codes, since: date | None = None) -> list[Any]:
    """By offer and currency, of offers made from a day on: how many by messages that left and did not come back, and in contacts; how
    many of them were accepted, declined or are considered, by the last answer to each; how many were paid, in payments that stand and
    came while the offer stood, before it was made again, of no less than was offered; and how much came in by these (minor units)."""
    offers = _offers(tenant_id, rules, codes)
    answered = _answers(tenant_id, codes, offers)
    a, p = table(Account).c, table(Payment).c
    again = offers.c.again
    stood = and_(
        p.received_on >= offers.c.made_on, p.received_on <= offers.c.until, or_(again.is_(None), p.received_on < again)
    )
    came = select(total(p.amount - p.returned)).where(
        p.tenant_id == tenant_id, p.account_id == offers.c.account_id, p.status.not_in(sorted(GIVEN_BACK)), stood
    )
    known = (
        select(offers.c.offer, a.currency, offers.c.called, offers.c.offered, answered.c.answer)
        .add_columns(came.correlate(offers).scalar_subquery().label("came"))
        .select_from(
            offers.join(table(Account), and_(a.tenant_id == tenant_id, a.id == offers.c.account_id)).outerjoin(
                answered, answered.c.to == offers.c.id
            )
        )
    )
    if since is not None:
        known = known.where(offers.c.made_on >= since)
    k = known.subquery().c
    paid = and_(k.offered > 0, k.came >= k.offered)
    query = select(
        k.offer,
        k.currency,
        total(1 - k.called).label("messages"),
        total(k.called).label("contacts"),
        *(total(case((k.answer == answer, 1), else_=0)).label(answer) for answer in ANSWERS),
        total(case((paid, 1), else_=0)).label("paid"),
        total(case((paid, k.came), else_=0)).label("amount"),
    )
    return list(session.execute(query.group_by(k.offer, k.currency).order_by(k.offer, k.currency)))


def _offers(tenant_id: int, rules: Rules, codes: Codes) -> Any:
    """Every offer that was made, with the day on which the same was made again."""
    m, e = table(Message).c, table(ContactEvent).c
    templates = {each.message: name for name, each in rules.offers.items()}
    results = {code: name for name in rules.offers for code in made_by(codes, name)}
    sent = select(
        m.account_id,
        m.id,
        _named(m.template, templates).label("offer"),
        literal(0).label("called"),
        m.sent_at.label("at"),
        m.sent_on.label("made_on"),
        m.offered,
        m.offer_until.label("until"),
    ).where(
        m.tenant_id == tenant_id, m.inbound.is_(False), m.status.in_(sorted(SERVED)), m.template.in_(list(templates))
    )
    told = select(
        e.account_id, e.id, _named(e.result, results), literal(1), e.at, e.offered_on, e.offered, e.offer_until
    ).where(e.tenant_id == tenant_id, e.result.in_(list(results)), e.offered_on.is_not(None), ~_voided(tenant_id))
    made = union_all(sent, told).subquery()
    of = (made.c.account_id, made.c.offer)
    again = func.lead(made.c.made_on, type_=Date()).over(partition_by=of, order_by=(made.c.at, made.c.id))
    return select(*made.c, again.label("again")).subquery()


def _answers(tenant_id: int, codes: Codes, offers: Any) -> Any:
    """The last answer to each offer: one to the last offer before it, of any name unless it is to one of its own."""
    e = table(ContactEvent).c
    answers = {code: result for code, result in codes.results.items() if result.answer}
    named = _named(e.result, {code: result.offer for code, result in answers.items()})
    before = and_(e.account_id == offers.c.account_id, offers.c.at <= e.at, or_(named == "", named == offers.c.offer))
    found = (
        select(
            offers.c.id.label("to"),
            e.id,
            e.at,
            _named(e.result, {c: r.answer for c, r in answers.items()}).label("answer"),
        )
        .add_columns(_last(e.id, offers))
        .select_from(table(ContactEvent).join(offers, before))
        .where(e.tenant_id == tenant_id, e.result.in_(list(answers)), ~_voided(tenant_id))
        .subquery()
    )
    final = select(found.c.to, found.c.answer, _last(found.c.to, found)).where(found.c.place == 1).subquery()
    return select(final.c.to, final.c.answer).where(final.c.place == 1).subquery()


def _last(of: Any, rows: Any) -> Any:
    """The place of a row among those of the same, the last one first."""
    return func.row_number().over(partition_by=of, order_by=(rows.c.at.desc(), rows.c.id.desc())).label("place")


def _named(column: Any, names: Mapping[str, str]) -> Any:
    return case(names, value=column, else_="") if names else literal("")


def _voided(tenant_id: int) -> Any:
    """Of a contact: it was taken back."""
    back = table(ContactEvent).alias("back")
    return exists().where(back.c.tenant_id == tenant_id, back.c.supersedes == table(ContactEvent).c.id)
