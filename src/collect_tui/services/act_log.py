"""The log of acts: by it a repeated act is answered and not done again, an undo finds what it takes back, an agent looks back."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, Final

from sqlalchemy import case, func, true
from sqlmodel import Session as Db
from sqlmodel import col, select

from collect_tui.common.text import clean
from collect_tui.desk.commands import Act
from collect_tui.desk.errors import Invalid
from collect_tui.desk.sets import BEGINNING, MOST, PART, alike, set_of
from collect_tui.desk.views.act import Receipt
from collect_tui.domain.effects import ActUndone, Effect
from collect_tui.domain.undo import only_written
from collect_tui.services import codec
from collect_tui.services.access import require
from collect_tui.services.case_privacy import CaseReader
from collect_tui.services.case_views import reader_of
from collect_tui.services.context import PastAct
from collect_tui.services.desk_context import DeskContext
from collect_tui.services.unit_of_work import UnitOfWork
from collect_tui.store import audit, cases, floor
from collect_tui.store.find_keys import starts
from collect_tui.store.sql import table
from collect_tui.store.tables import Account, ActLog

LOOKED_AT: Final = 5000
"""Acts among which words and sets are looked for; those of a set are one, so that a few sets do not hide what was done before them."""
READ: Final = 10
"""How many times as many are read at most, for what is of sets."""
_AT_ONCE: Final = 200


ON_A_CASE: Final = "an act on a case, which its own screen tells of"
"""Said of a colleague's act: what stands in a case may be private."""

_SENTENCES: Final = 2
"""Told of a set, where nothing is so on all its accounts: what is so on most of them."""


def known(desk: DeskContext, act: Act) -> bool:
    """Whether the act has been done before: a retry, which is only answered."""
    with desk.store.read() as db:
        return db.get(ActLog, (desk.tenant_id, str(act.id))) is not None


def fingerprint(work: UnitOfWork, act: Act) -> str:
    """Tells an act from another one that has its id. What of the account was seen is no part of it: who asks again has looked again."""
    said = act.model_dump_json(exclude={"version", "fence"})
    return audit.sign(audit.checked_key(work.tenant.audit_key), "act", said)


def answer(work: UnitOfWork, act: Act, made: str) -> Receipt | None:
    """The receipt of an act that was done before; None for a new one. Invalid `act.reused`: the id is another act's."""
    if (known := work.db.get(ActLog, (work.tenant_id, str(act.id)))) is None:
        return None
    if known.fingerprint not in (made, "") or known.by != work.by:
        raise Invalid("act.reused", "This act's id was used for another act; make a new one.", "id")
    return Receipt.model_validate_json(known.receipt).model_copy(update={"repeated": True})


def add(
    work: UnitOfWork, act: Act, made: str, account_id: int, effects: Sequence[dict[str, Any]], receipt: Receipt
) -> None:
    """Keeps an act with its receipt, and marks the one that it takes back. `effects`: as `codec.dump` writes them."""
    for effect in effects:
        if effect["kind"] == ActUndone.__name__ and (past := work.db.get(ActLog, (work.tenant_id, effect["act_id"]))):
            past.undone_by = str(act.id)
    work.db.add(
        ActLog(
            tenant_id=work.tenant_id,
            act_id=str(act.id),
            id=work.ids(),
            account_id=account_id,
            by=work.by,
            at=work.now,
            fingerprint=made,
            version=receipt.version,
            effects=json.dumps(effects),
            receipt=receipt.model_dump_json(),
        )
    )


def past_acts(db: Db, tenant_id: int, account_id: int, user: str, which: str | None) -> Iterator[PastAct]:
    """The user's acts on the account that are neither undone nor themselves an undo, newest first; or the one that is meant:
    by its number, 1 being the newest of these, or by the beginning of its id, whoever did it and whatever became of it."""
    number = int(which) if which and which.isdecimal() and len(which) < 4 else None
    count = 0
    query = select(ActLog).where(ActLog.tenant_id == tenant_id, ActLog.account_id == account_id)
    version = db.get_one(Account, (tenant_id, account_id)).version
    standing = False
    for row in db.exec(query.order_by(col(ActLog.version).desc(), col(ActLog.id).desc()).limit(200)):
        effects: Sequence[Effect] = codec.load(row.effects)
        undo = any(isinstance(e, ActUndone) for e in effects)
        # What the day run or a billing system changed left no act, only a version that no act accounts for.
        standing = standing or row.version != version
        version = row.version - bool(effects)
        stands = row.undone_by is None and not undo
        mine = row.by == user and stands
        count += mine
        by_id = which is not None and number is None
        if row.act_id.startswith(which or "") if by_id else mine and number in {None, count}:
            said = Receipt.model_validate_json(row.receipt).sentence
            yield PastAct(row.act_id, row.by, row.at, standing, effects, row.undone_by, said)
        standing = standing or (stands and not only_written(effects))


def history(
    desk: DeskContext, limit: int, words: str = "", by: str = "", act: str = "", sets: bool = False
) -> tuple[Receipt, ...]:
    """The last acts of a user that have all the words, among their last `LOOKED_AT`; `act`: of those whose id begins so; `sets`: each
    set told as one. Invalid "history.limit", "history.act"; NotFound "user.not_found": nobody of this login works here or ever acted."""
    if not 1 <= limit <= 1000:
        raise Invalid("history.limit", "The history shows 1 to 1,000 acts.", "limit")
    if act and not BEGINNING.fullmatch(act):
        raise Invalid("history.act", "Expected 4 characters or more of an act's id (0-9, a-f).", "act")
    if by and by != desk.user:
        require(desk.authority, "undo.others")
    wanted = clean(words).casefold().split()
    theirs = (col(ActLog.tenant_id) == desk.tenant_id, col(ActLog.by) == (by or desk.user))
    mine = select(ActLog).where(*theirs, col(ActLog.act_id).startswith(act.lower()) if act else true())
    found: list[tuple[ActLog, Receipt]] = []
    told: set[str] = set()
    looked, names = 0, set[str]()
    with desk.store.read() as db:
        known = by in ("", desk.user) or floor.user(db, desk.tenant_id, by) is not None
        if not known and db.exec(select(ActLog.id).where(*theirs).limit(1)).first() is None:
            raise desk.no_user(db, by, "by")
        told_to = partial(_told, db=db, user=desk.user, reader=reader_of(desk, db))
        rows = db.exec(
            mine.order_by(col(ActLog.id).desc()).limit(LOOKED_AT * READ if wanted or sets else limit),
            execution_options={"yield_per": _AT_ONCE},
        )
        for row in rows:
            name = set_of(row.act_id)
            looked += name not in names
            if looked > LOOKED_AT:
                break
            names |= {name} - {""}
            if sets and name in told:
                continue
            receipt = told_to(row)
            said = f"{receipt.account} {receipt.at:%Y-%m-%d} {receipt.sentence}".casefold()
            if all(word in said for word in wanted):
                found.append((row, receipt))
                told |= {name} - {""} if sets else set()
            if len(found) == limit:
                break
        rows.close()
        ids = {row.account_id for row, _ in found}, {row.act_id for row, _ in found}
        places = audit.places(db, desk.tenant_id, *ids)
        counts = {name: _count(db, theirs, name) for name in told}
        seen = []
        for row, receipt in found:
            name = set_of(row.act_id)
            acts, standing = counts.get(name, (1, row.undone_by is None))
            whole: dict[str, Any] = {"entry": places.get(row.act_id), "acts": acts}
            each: Sequence[ActLog] = [row]
            if acts > 1:
                each = db.exec(select(ActLog).where(*theirs, starts(table(ActLog).c.act_id, name)).limit(MOST)).all()
                whole |= _of_all(receipt, [told_to(one) for one in each])
            written = all(_only_written(one) for one in each)
            may = (receipt.undoable or receipt.only_written) and standing > 0
            seen.append(receipt.model_copy(update={**whole, "undoable": may and not written, "only_written": written}))
    return tuple(seen)


def _only_written(row: ActLog) -> bool:
    effects = codec.load(row.effects)
    return bool(effects) and only_written(effects)


def _told(row: ActLog, db: Db, user: str, reader: CaseReader) -> Receipt:
    """The receipt of an act, as far as this user may read it."""
    receipt = Receipt.model_validate_json(row.receipt)
    if row.by != user and not all(map(reader.whole, _kinds_of(row, db))):
        return receipt.model_copy(update={"sentence": ON_A_CASE, "effects": (), "said": ()})
    return receipt


def _kinds_of(row: ActLog, db: Db) -> Iterator[str]:
    """The kinds of the cases that an act is about; an empty one for a case that is not there."""
    for effect in json.loads(row.effects):
        if effect["kind"].startswith("Case"):
            case = effect.get("case") or effect.get("after") or {}
            number = effect.get("number", "")
            yield case.get("kind") or cases.kinds(db, row.tenant_id, [number]).get(number, "")


def _of_all(receipt: Receipt, each: Sequence[Receipt]) -> dict[str, Any]:
    """What is said of a set: what is so on each of its accounts."""
    said = []
    for one in receipt.said:
        others = [PART.join(x.text for x in other.said if x.kind == one.kind) for other in each]
        if text := alike([one.text, *others]):
            said.append(one.model_copy(update={"text": text}))
    sentences = [one.sentence for one in each]
    return {"sentence": alike([receipt.sentence, *sentences]) or _most(sentences), "said": tuple(said)}


def _most(sentences: Sequence[str]) -> str:
    """What is so on most accounts of a set, and on how many: `12× owner: tam (was mia) / 9× owner: omar (was mia) / …`."""
    counts = Counter(sentences)
    told = [f"{n}× {sentence}" for sentence, n in counts.most_common(_SENTENCES)]
    return " / ".join((*told, *(["…"] if len(counts) > _SENTENCES else [])))


def _count(db: Db, theirs: Sequence[Any], name: str) -> tuple[int, int]:
    """Of a set of theirs: how many acts it has, and how many of them have not been taken back."""
    standing = case((col(ActLog.undone_by).is_(None), 1), else_=0)
    query = select(func.count(), func.coalesce(func.sum(standing), 0)).where(
        *theirs, starts(table(ActLog).c.act_id, name)
    )
    acts, left = db.exec(query).one()
    return acts, left
