"""A document that a case draws up: a template like a message's, filled with the case, and what it says as data. Both are kept in the case
with their hash; the PDF is set from them, and is the same bytes whenever it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import date
from typing import Any, Final

from sqlmodel import Session as Db

from collect_tui.desk.errors import NotFound
from collect_tui.desk.views.case_document import CaseDocument
from collect_tui.domain.case.case import Case
from collect_tui.domain.case.consequences import digest
from collect_tui.domain.case.definition import Field, FieldType, Kind
from collect_tui.domain.case.split import day_of, open_before
from collect_tui.domain.dates import local_time, named_day
from collect_tui.domain.errors import Refused
from collect_tui.domain.facts import AccountFacts
from collect_tui.domain.message import records as said
from collect_tui.domain.message.provable import provable
from collect_tui.domain.message.template import LANGUAGES
from collect_tui.domain.money import format_minor
from collect_tui.services.case_privacy import CaseReader
from collect_tui.services.desk_context import DeskContext
from collect_tui.services.message.compose import Composer, dump, load
from collect_tui.services.message.filling import completed
from collect_tui.services.message.formats import Formats
from collect_tui.services.message.placeholders import examine
from collect_tui.services.message.render import render
from collect_tui.store import cases as rows
from collect_tui.store.case_values import case_of

CHANNEL: Final = "letter"


def draw(composer: Composer, seen: AccountFacts, kind: Kind, case: Case, name: str) -> str:
    """A document of a case by a template, in the language of the base, as JSON: what it says (`data`, amounts in minor units) and its
    text (`document`). Refused "message.missing" for what it speaks of and nobody knows; "case.ledger" where what is open by the ledger
    and what is open on the account are not the same."""
    library, language = composer.library, LANGUAGES[0]
    template = library.template(name)
    variant, words = template.in_language(language), library.rules.languages[language]
    body = variant.body(template.head.channels[0])
    formats = library.formats(language, CHANNEL, seen.currency)
    ledger = composer.ledger(seen)
    standing = next((s.standing for s in kind.states.values() if s.standing.split), None)
    day = day_of(case, standing.split) if standing is not None else None
    set_off = case.amount(standing.set_off) if standing is not None and standing.set_off else 0
    context = composer.context(seen, template.head, words, ledger)
    proved, debts = provable(ledger, day, set_off) if day is not None else (None, ())
    if proved is not None and day is not None and proved.left != open_before(seen, day):
        open_, left = (format_minor(n, seen.currency) for n in (open_before(seen, day), proved.left))
        raise Refused(
            "case.ledger", f"{open_} is open from before the day, and the ledger comes to {left}; look at it.", name
        )
    rows = list(_fields(kind, case))
    opened = case.opened_at.date()
    context = replace(
        context,
        case=said.Case(
            ref=case.number,
            subject=kind.title,
            opened_on=opened,
            days=(seen.business_date - opened).days,
            owner=case.owner,
        ),
        case_fields=(
            said.CaseField(label="Account", value=seen.number),
            *(said.CaseField(label=f.title, value=_shown(f, value, formats)) for f, value in rows),
        ),
        provable=proved,
        debts=tuple(replace(each, kind=words.items.get(each.kind, each.kind)) for each in debts),
    )
    needed = {*examine(body.source).requires, *template.head.needs}
    context, _ = completed(context, needed, sampled=False)
    made = render(body.source, body.channels[0], context, words, formats, seen.numbers)
    data: dict[str, Any] = {
        "case": case.number,
        "kind": kind.name,
        "account": seen.number,
        "currency": seen.currency,
        "creditor": asdict(context.firm),
        "debtor": context.party.name,
        "fields": {f.name: value for f, value in rows},
        "ledger": asdict(proved) if proved else None,
        "debts": [asdict(each) for each in debts],
    }
    whole = {
        "template": name,
        "version": variant.version,
        "language": language,
        "on": seen.business_date,
        "data": data,
        "document": json.loads(dump(made.document)),
    }
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, default=date.isoformat)


def kept(desk: DeskContext, db: Db, number: str, field: str = "") -> CaseDocument:
    """A document of a case, of the field that is named or the last that was drawn up, for who may read that. NotFound "case.not_found";
    "case.no_document" when there is none of which the case has the hash."""
    row = rows.one(db, desk.tenant_id, number)
    case = case_of(row)
    found = desk.catalogue().cases.kinds.get(case.kind)
    fields = found.fields if found is not None else {}
    reader = CaseReader(desk.role(db), desk.catalogue().cases.kinds)
    hashes = {
        str(value): name
        for name, value in case.values.items()
        if name in fields
        and fields[name].type is FieldType.DOCUMENT
        and field in ("", name)
        and reader.field(case.kind, name)
    }
    papers = [each for each in rows.documents(db, desk.tenant_id, case.id) if digest(each.document) in hashes]
    if not papers:
        told = f"There is no document {f'{field[:40]} ' if field else ''}in {case.number} that is what it was when it was drawn up."
        raise NotFound("case.no_document", told, "case")
    paper = papers[-1]
    text = json.loads(paper.document)
    made = load(document := json.dumps(text.pop("document"), ensure_ascii=False))
    assert made is not None
    return CaseDocument(
        case=case.number,
        field=hashes[digest(paper.document)],
        title=made.title,
        drawn_at=paper.at,
        drawn_by=paper.by,
        sha256=digest(paper.document),
        document=document,
        text=made.text(),
        **text,
    )


def names(desk: DeskContext, db: Db, case: Case) -> dict[str, str]:
    """What was drawn up in a case, by the hash that its field has: the title, the day and by whom."""
    today, zone = desk.tenant(db).business_date, desk.catalogue().rules.zone
    found = {}
    for paper in rows.documents(db, desk.tenant_id, case.id):
        made = load(json.dumps(json.loads(paper.document)["document"]))
        day = named_day(local_time(paper.at, zone).date(), today.year)
        found[digest(paper.document)] = f"{made.title if made else 'document'}, drawn up {day} by {paper.by}"
    return found


def _fields(kind: Kind, case: Case) -> Iterator[tuple[Field, Any]]:
    """What a document may say: nothing that not everybody may read, and no other document. What was asked for with it and not given is
    none, and said to be."""
    asked = {
        name for move in kind.moves.values() if any(one.name == "document" for one in move.does) for name in move.asks
    }
    for field in kind.fields.values() if not kind.private else ():
        if not field.private and field.type is not FieldType.DOCUMENT and field.name in {*case.values, *asked}:
            yield field, case.values.get(field.name)


def _shown(field: Field, value: Any, formats: Formats) -> str:
    if value is None:
        return "none"
    match field.type:
        case FieldType.MONEY:
            return formats.money(int(value))
        case FieldType.DATE:
            return formats.day(date.fromisoformat(str(value)))
        case FieldType.YES_NO:
            return "yes" if value else "no"
        case FieldType.TABLE:
            rows = ([_shown(c, row[c.name], formats) for c in field.columns if c.name in row] for row in value)
            return "; ".join(" ".join(cells) for cells in rows)
        case _:
            return field.choices.get(str(value), str(value))
