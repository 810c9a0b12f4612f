"""Cases as they are shown: what may be seen by its reader, and what may be done by them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any, Final

from sqlmodel import Session as Db

from collect_tui.desk.line.case_rows import said
from collect_tui.desk.views.case import (
    AccountCase,
    CaseEventView,
    CaseFieldView,
    CaseMoveView,
    CaseRow,
    CaseView,
)
from collect_tui.domain.case.case import Case, Value
from collect_tui.domain.case.clocks import ended_on
from collect_tui.domain.case.decide import may, waits
from collect_tui.domain.case.definition import OPENER, OWN_DEPARTMENT, REOPEN, Field, FieldType, Kind
from collect_tui.domain.case.formulas import affordable
from collect_tui.domain.dates import Calendar
from collect_tui.domain.facts import AccountFacts
from collect_tui.services.access import actor
from collect_tui.services.case_privacy import HIDDEN, CaseReader
from collect_tui.services.desk_context import DeskContext
from collect_tui.store import cases as rows
from collect_tui.store.case_values import case_of
from collect_tui.store.tables.cases import NEVER

WAITS: Final = "waits for somebody to agree"
"""How it begins what is said of a move that was asked for; behind it stand the move and the amount."""
_WAITS: Final = "off until it is decided"


def reader_of(desk: DeskContext, db: Db) -> CaseReader:
    """The desk's user as one who reads cases."""
    return CaseReader(desk.role(db), desk.catalogue().cases.kinds)


def row_of(desk: DeskContext, row: Any, reader: CaseReader) -> CaseRow:
    return CaseRow(**_named(desk, row, reader))


def of_account(desk: DeskContext, db: Db, account_id: int) -> tuple[CaseRow, ...]:
    """The cases of an account, the open ones first, then the newest."""
    reader = reader_of(desk, db)
    return tuple(row_of(desk, each, reader) for each in rows.of_account(db, desk.tenant_id, account_id))


def open_cases(facts: AccountFacts, desk: DeskContext, db: Db) -> tuple[AccountCase, ...]:
    """The open cases of an account whose facts are loaded."""
    reader = reader_of(desk, db) if facts.cases else None
    return tuple(_open_case(case, facts, reader) for case in facts.cases if reader is not None)


def _open_case(case: Case, facts: AccountFacts, reader: CaseReader) -> AccountCase:
    kind = reader.kinds.get(case.kind)
    return AccountCase.made_of(
        case,
        **_words(case, reader),
        about=_about(case, facts),
        asked=case.asked.move if case.asked else "",
        asked_by=case.asked.by if case.asked else "",
        moves=tuple(move.name for move in kind.moves_from(case.state)) if kind else (),
        affordable=(affordable(case, kind) or 0) if kind and reader.kind(case.kind) else 0,
    )


def _about(case: Case, facts: AccountFacts) -> str:
    named = (
        *(i.doc_no for i in (*facts.items, *facts.settled) if i.id == case.item_id),
        *(s.product for s in facts.services if s.id == case.service_id),
        *(p.ref for p in (*facts.payments, *facts.named) if p.id == case.payment_id),
    )
    return next(iter(named), "")


def _words(case: Case, reader: CaseReader) -> dict[str, Any]:
    """What a case and its state are called, and the amount that it is about, where it may be read."""
    kind = reader.kinds.get(case.kind)
    state = kind.states.get(case.state) if kind else None
    return {
        "title": kind.title if kind else case.kind,
        "label": state.label if state else case.state.replace("_", " ").lower(),
        "amount": case.amount("amount") if reader.field(case.kind, "amount") else 0,
    }


def _named(desk: DeskContext, row: Any, reader: CaseReader) -> dict[str, Any]:
    case, now = case_of(row), desk.clock()
    due = min((each for each in (row.first_due, row.resolve_due) if each is not None), default=None)
    names = "number kind state department owner opened_at opened_by ended"
    return {
        **{name: getattr(case, name) for name in names.split()},
        "account": row.account,
        "customer": row.customer,
        "currency": row.currency,
        **_words(case, reader),
        "about": row.about,
        "due": due,
        "press_at": None if row.press_at == NEVER else row.press_at,
        "asked": case.asked.move if case.asked else "",
        "overdue": due is not None and due < now,
    }


def view(desk: DeskContext, db: Db, number: str) -> CaseView:
    """A case whole. NotFound "case.not_found"."""
    row = rows.one(db, desk.tenant_id, number)
    case = case_of(row)
    kind = desk.catalogue().cases.kinds.get(case.kind)
    reader = reader_of(desk, db)
    kinds = rows.kinds(db, desk.tenant_id, case.links)
    apart = {number for number, name in kinds.items() if not reader.kind(name)}
    fields = []
    asked = replace(case, values={**case.values, **case.asked.values}) if case.asked is not None else case
    for name, value in rows.values_of(kind, asked).items():
        field = kind.fields.get(name) if kind else None
        hidden = not reader.field(case.kind, name)
        drawn = field is not None and field.type is FieldType.DOCUMENT and not hidden
        type_ = (FieldType.TEXT if hidden else field.type).value if field else FieldType.TEXT.value
        fields.append(
            CaseFieldView(
                name=name,
                title=field.title if field else name,
                type=type_,
                document=_paper(desk, db, case, str(value)) if drawn else "",
                value=HIDDEN if hidden else _shown(field, value, row.currency),
                rows=value if isinstance(value, tuple) and not hidden else (),
            )
        )
    return CaseView(
        **_named(desk, row, reader),
        fields=tuple(fields),
        events=tuple(
            CaseEventView.model_validate(_said(dict(e._mapping), case.kind, reader, apart))
            for e in rows.events(db, desk.tenant_id, case.id)
        ),
        moves=tuple(_moves(desk, db, kind, case, reader.role)) if kind is not None else (),
        first_due=row.first_due,
        resolve_due=row.resolve_due,
        asked_by=case.asked.by if case.asked else "",
        asked_amount=case.asked.amount if case.asked and reader.asked(case.kind, case.asked.move) else 0,
        links=tuple(HIDDEN if number in apart else number for number in case.links),
        **_passing(case, kind, desk.calendar),
    )


def _paper(desk: DeskContext, db: Db, case: Case, known: str) -> str:
    """A document that was drawn up, by its hash, as people name it."""
    from collect_tui.services.message import papers

    return papers.names(desk, db, case).get(known, "is not there as it was drawn up")


def _passing(case: Case, kind: Kind | None, calendar: Calendar) -> dict[str, Any]:
    """When its state passes by itself, and to which."""
    state = kind.states.get(case.state) if kind else None
    if kind is None or state is None or state.after is None:
        return {}
    return {"passes_on": ended_on(case.since, state.after, calendar), "passes_to": kind.states[state.then].label}


def _said(event: dict[str, Any], name: str, reader: CaseReader, apart: Collection[str]) -> dict[str, Any]:
    """What happened in a case of a kind, and what was said with it where that may be read. `apart`: the numbers of those that it names and
    whose kind is not for the reader."""
    what, did, readable = event.pop("what"), event["did"], reader.kind(name)
    if did.startswith(WAITS) and what in ("asked", "brought") and not reader.any_asked(name):
        did = WAITS
    if what == "linked":
        did = " ".join(HIDDEN if word in apart else word for word in did.split(" "))
    if not readable and event["state"]:
        did = did.partition(": ")[0]
    return {**event, "did": did, "text": HIDDEN if event["text"] and not readable else event["text"]}


def _shown(field: Field | None, value: Value, currency: str) -> bool | int | str:
    """A value as it is read: what a code means, what the rows of a table say."""
    if isinstance(value, tuple):
        return said(field, value, currency) if field is not None else f"{len(value)} rows"
    if field is not None and isinstance(value, str):
        return field.choices.get(value, value)
    return value


def _moves(desk: DeskContext, db: Db, kind: Kind, case: Case, role: str) -> Iterator[CaseMoveView]:
    """The moves that there are now; of one that has ended the one that brings it back."""
    if case.ended:
        state = kind.states.get(case.state)
        if state is not None and state.reopens:
            yield CaseMoveView(name=REOPEN, label="open it again", key="o", needs=())
        return
    rules = desk.catalogue().authority
    reader = actor(desk.user, desk.departments_of(db, desk.user), desk.authority or rules.of(role), rules, role)
    for move in kind.moves_from(case.state):
        barred = "" if may(case, move, reader) else f"for {_whose(move.who, case)}"
        if waits(case, move, desk.user):
            barred = _WAITS
        yield CaseMoveView(name=move.name, label=move.label, key=move.key, needs=move.needs, barred=barred)


def _whose(who: str, case: Case) -> str:
    told = {OPENER: f"whoever opened it ({case.opened_by})", OWN_DEPARTMENT: f"whoever is of {case.department}"}
    return told.get(who, who)
