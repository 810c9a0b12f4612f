"""Cases whole, and what follows from the rest of each, such as its clocks: it is worked out anew whenever a case changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, and_, bindparam, exists, func, or_, select, update
from sqlmodel import Session

from collect_tui.desk.errors import NotFound
from collect_tui.domain.case.case import Case
from collect_tui.domain.case.clocks import Reading, Span, Stretch, read, stretches
from collect_tui.domain.case.definition import FieldType, Kind
from collect_tui.domain.case.effects import PARTS
from collect_tui.domain.case.rules import CaseRules
from collect_tui.policy.cases import A_SECOND, acts_on
from collect_tui.store.case_values import COLUMNS, case_of
from collect_tui.store.sql import table
from collect_tui.store.tables import Account, AppUser, CaseEvent, CaseFile, Item, Party, Payment, Service, Tenant
from collect_tui.store.tables.cases import NEVER

_c, _e = table(CaseFile).c, table(CaseEvent).c
_a, _p, _t = table(Account).c, table(Party).c, table(Tenant).c


_BATCH: Final = 500
"""Cases that are worked out at a time, and accounts that one statement names."""

_FOLLOWS: Final = ("first_due", "resolve_due", "press_at", "acts_on", "awaits", "reason", "channel")
"""What follows from the rest of a case."""


def refresh(session: Session, tenant_id: int, rules: CaseRules, now: datetime, accounts: Collection[int] | None) -> int:
    """Works the clocks of open cases out again, of some accounts or of all (None), and of those that have just ended; and what they are
    told apart by. Returns how many differ from what was kept."""
    wanted = [_c.tenant_id == tenant_id, or_(~_c.ended, _c.press_at < NEVER, _c.acts_on.is_not(None))]
    query = select(*(_c[name] for name in (*COLUMNS.split(), *_FOLLOWS[2:]))).where(*wanted)
    changed = 0
    if accounts is not None:
        ids = sorted(accounts)
        for start in range(0, len(ids), _BATCH):
            mine = query.where(_c.account_id.in_(ids[start : start + _BATCH]))
            changed += _refresh(session, tenant_id, rules, now, session.execute(mine).all())
        return changed
    session.execute(update(table(Tenant)).where(_t.tenant_id == tenant_id).values(case_clocks=worked_out_by(rules)))
    last, pages = 0, query.order_by(_c.id).limit(_BATCH)
    while some := session.execute(pages.where(_c.id > last)).all():
        changed += _refresh(session, tenant_id, rules, now, some)
        last = some[-1].id
    return changed


def _refresh(session: Session, tenant_id: int, rules: CaseRules, now: datetime, found: Sequence[Any]) -> int:
    events = history(session, tenant_id, [row.id for row in found])
    new: list[dict[str, Any]] = []
    for row in found:
        case = case_of(row)
        kind = rules.kinds.get(case.kind)
        was = tuple(getattr(row, name) for name in _FOLLOWS)
        follows: tuple[Any, ...] = (None, None, NEVER, None, "", *was[5:])
        if kind is not None and not case.ended:
            first, resolve, press = _dues(kind, case, rules, events[case.id], now)
            timed = replace(case, first_due=first, resolve_due=resolve)
            acts = acts_on(kind, timed, rules.hours[kind.hours].calendar)
            told = (str(case.values.get(name, "")) for name in told_by(kind))
            follows = (first, resolve, press or NEVER, acts, A_SECOND if case.asked is not None else "", *told)
        if follows != was:
            named = zip(_FOLLOWS, follows, strict=True)
            new.append({"case": case.id, **{f"new_{name}": value for name, value in named}})
    if new:
        mine = update(table(CaseFile)).where(_c.tenant_id == tenant_id, _c.id == bindparam("case"))
        session.connection().execute(mine.values({name: bindparam(f"new_{name}") for name in _FOLLOWS}), new)
    return len(new)


def told_by(kind: Kind) -> tuple[str, str]:
    """The fields that hold the reason and the channel of a case; empty: it has none."""
    return kind.sorted_by, kind.of_type(FieldType.CHANNEL)


def worked_out_by(rules: CaseRules) -> str:
    """A mark of all that clocks and lists rest on beside what happened: hours, holidays, spans, escalations, moves. Another one, and
    what follows for every case is to be worked out again."""
    hours = sorted(
        (name, each.zone, sorted(each.calendar.holidays), sorted(each.calendar.weekend), sorted(each.open.items()))
        for name, each in rules.hours.items()
    )
    kinds = sorted(
        (
            each.name,
            each.hours,
            repr((each.first, each.resolve, each.warn, each.routes, tuple(each.states.values()))),
            _told_apart(each),
        )
        for each in rules.kinds.values()
    )
    return sha256(repr((hours, kinds)).encode()).hexdigest()[:16]


def _told_apart(kind: Kind) -> list[tuple[str, ...]]:
    """What the lists of cases rest on."""
    return [told_by(kind), *sorted((move.name, move.who, *sorted(move.origins)) for move in kind.moves.values())]


def rest_on(session: Session, tenant_id: int, rules: CaseRules) -> bool:
    """Whether the clocks of cases were worked out by these hours, holidays and kinds."""
    mark = session.execute(select(_t.case_clocks).where(_t.tenant_id == tenant_id)).scalar()
    return mark == worked_out_by(rules)


def history(session: Session, tenant_id: int, ids: Collection[int]) -> dict[int, list[tuple[datetime, str]]]:
    """From when each case was in which state."""
    found: dict[int, list[tuple[datetime, str]]] = {each: [] for each in ids}
    query = select(_e.case_id, _e.at, _e.state).where(_e.tenant_id == tenant_id, _e.state != "", _e.case_id.in_(ids))
    for case_id, at, state in session.execute(query.order_by(_e.case_id, _e.at, _e.id)) if ids else ():
        found[case_id].append((at, state))
    return found


def _dues(
    kind: Kind, case: Case, rules: CaseRules, history: Iterable[tuple[datetime, str]], now: datetime
) -> tuple[datetime | None, datetime | None, datetime | None]:
    first, resolve = readings(kind, case, rules, history, now)
    running = [each for each in (first, resolve) if each is not None and not each.stopped and each.due is not None]
    press = min((at for each in running if (at := each.warn or each.due) is not None), default=None)
    first_due = None if first is None or first.stopped else first.due
    return first_due, resolve.due if resolve else None, press


def readings(
    kind: Kind, case: Case, rules: CaseRules, history: Iterable[tuple[datetime, str]], now: datetime
) -> tuple[Reading | None, Reading | None]:
    """The clock for a first answer, which runs until the case first leaves the states that wait for one, and that for its end, which runs
    in every state that neither is final nor waits for somebody outside."""
    hours, known = rules.hours[kind.hours], list(history)
    clocks = [(at, kind.states[state].clock if state in kind.states else "") for at, state in known]
    ends = [kind.states[state].final if state in kind.states else True for _, state in known]

    def of(span: Span, runs: tuple[Stretch, ...], stopped: bool) -> Reading:
        return read(hours, span, runs, now, stopped=stopped, warn=kind.warn)

    first = resolve = None
    if kind.first is not None:
        answered = next((at for at, clock in clocks if clock != "first"), None)
        begun = [(at, True) for at, clock in clocks[:1] if clock == "first"]
        runs = stretches([*begun, *([(answered, False)] if answered else [])])
        first = of(kind.first.of(case.values), runs, answered is not None) if runs else None
    if kind.resolve is not None:
        going = [(at, clock != "paused" and not end) for (at, clock), end in zip(clocks, ends, strict=True)]
        runs = stretches(going)
        resolve = of(kind.resolve.of(case.values), runs, bool(ends) and ends[-1]) if runs else None
    return first, resolve


def whole_rows(tenant_id: int) -> Select[Any]:
    case, item, service, payment = table(CaseFile), table(Item), table(Service), table(Payment)

    def of(other: Any, column: Any) -> Any:
        return and_(other.c.tenant_id == tenant_id, other.c.id == column)

    joined = (
        case.join(table(Account), of(table(Account), _c.account_id))
        .join(table(Party), of(table(Party), _a.party_id))
        .outerjoin(item, of(item, _c.item_id))
        .outerjoin(service, of(service, _c.service_id))
        .outerjoin(payment, of(payment, _c.payment_id))
    )
    about = func.coalesce(item.c.doc_no, service.c.product, payment.c.ref, "")
    columns = (*(_c[name] for name in COLUMNS.split()), _c.press_at)
    names = (_a.number.label("account"), _a.currency, _p.name.label("customer"), about.label("about"))
    return select(*columns, *names).select_from(joined).where(_c.tenant_id == tenant_id)


def one(session: Session, tenant_id: int, number: str) -> Any:
    """A case by its number, open or not. NotFound "case.not_found"."""
    query = whole_rows(tenant_id)
    wanted = number.strip().upper()
    row = session.execute(query.where(_c.number == wanted)).first()
    if row is None:
        raise NotFound("case.not_found", f"There is no case {number.strip()[:40]}.", "case")
    return row


def of_number(session: Session, tenant_id: int, account: str, kind: str) -> list[Any]:
    """The open cases of a kind of the account of a number."""
    query = whole_rows(tenant_id).where(_a.tenant_id == tenant_id, _a.number == account, ~_c.ended, _c.kind == kind)
    return list(session.execute(query.order_by(_c.id)))


def ended(session: Session, tenant_id: int, account_id: int, number: str) -> Case | None:
    """A case of an account that has ended, by its number."""
    query = whole_rows(tenant_id).where(_c.account_id == account_id, _c.ended)
    row = session.execute(query.where(_c.number == number.strip().upper())).first()
    return None if row is None else case_of(row)


def parts(session: Session, tenant_id: int, case_id: int) -> frozenset[str]:
    """Who ever had a part in a case: opened, moved, changed or asked in it."""
    query = select(_e.by).where(_e.tenant_id == tenant_id, _e.case_id == case_id, _e.what.in_(PARTS)).distinct()
    return frozenset(session.execute(query).scalars())


def of_kind(session: Session, tenant_id: int, kind: str, after: int, limit: int) -> list[Any]:
    """The open cases of a kind in the order of their ids, from one on."""
    query = whole_rows(tenant_id).where(~_c.ended, _c.kind == kind, _c.id > after)
    return list(session.execute(query.order_by(_c.id).limit(limit)))


def events(session: Session, tenant_id: int, case_id: int) -> list[Any]:
    query = select(_e.at, _e.by, _e.state, _e.what, _e.did, _e.text).where(
        _e.tenant_id == tenant_id, _e.case_id == case_id
    )
    return list(session.execute(query.order_by(_e.at, _e.id)))


class Kept(NamedTuple):
    """Under what a case was opened, and where it is."""

    kind: str
    version: int
    digest: str
    state: str
    department: str


def definitions(session: Session, tenant_id: int) -> Counter[Kept]:
    """How many cases are open under which definition, where."""
    columns = [_c[name] for name in Kept._fields]
    query = select(*columns, func.count()).where(_c.tenant_id == tenant_id, ~_c.ended).group_by(*columns)
    return Counter({Kept(*row[:-1]): row[-1] for row in session.execute(query)})


def of_nobody(session: Session, tenant_id: int) -> list[tuple[str, int]]:
    """Owners of open cases who do not work here, or not any more, with how many they have."""
    u = table(AppUser).c
    works = exists().where(u.tenant_id == tenant_id, u.login == _c.owner, u.active)
    query = select(_c.owner, func.count()).where(_c.tenant_id == tenant_id, ~_c.ended, _c.owner != "", ~works)
    return [(row[0], row[1]) for row in session.execute(query.group_by(_c.owner).order_by(_c.owner))]


def kinds_of(session: Session, tenant_id: int, account_id: int) -> dict[str, str]:
    """The kinds of all cases of an account, by number."""
    query = select(_c.number, _c.kind).where(_c.tenant_id == tenant_id, _c.account_id == account_id)
    return {row.number: row.kind for row in session.execute(query)}


def kinds(session: Session, tenant_id: int, numbers: Collection[str]) -> dict[str, str]:
    """The kinds of the tenant's cases of these numbers, by number."""
    query = select(_c.number, _c.kind).where(_c.tenant_id == tenant_id, _c.number.in_(numbers))
    return {row.number: row.kind for row in session.execute(query)} if numbers else {}


def documents(session: Session, tenant_id: int, case_id: int) -> list[Any]:
    """What was drawn up in a case, the oldest first."""
    query = select(_e.at, _e.by, _e.document).where(_e.tenant_id == tenant_id, _e.case_id == case_id, _e.document != "")
    return list(session.execute(query.order_by(_e.at, _e.id)))


def of_account(session: Session, tenant_id: int, account_id: int) -> list[Any]:
    """All cases of an account, the open ones first, the newest first."""
    return list(
        session.execute(
            whole_rows(tenant_id).where(_c.account_id == account_id).order_by(_c.ended, _c.id.desc()).limit(200)
        )
    )


def values_of(kind: Kind | None, case: Case) -> Mapping[str, Any]:
    """The values of a case in the order of its kind's fields."""
    names = list(kind.fields) if kind is not None else []
    return {name: case.values[name] for name in (*names, *sorted(set(case.values) - set(names))) if name in case.values}
