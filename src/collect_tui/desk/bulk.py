"""One line for many accounts: notes, dates, results and owners. Each account has an act of its own, judged, kept and taken back by
itself; what leaves the building or moves money is never done so. Together they are a set, which can be taken back at once.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Sequence
from typing import Final
from uuid import UUID

from collect_tui.common.words import plural
from collect_tui.desk.commands import Act, Command, Undo
from collect_tui.desk.errors import DomainError, Refused, Unavailable
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.parse import parse
from collect_tui.desk.protocol import Desk, Progress
from collect_tui.desk.sets import MOST, alike, member, set_of, short
from collect_tui.desk.views.act import AGAIN, STAYS, Preview, Receipt
from collect_tui.desk.views.base import View

UNDO: Final = "undo"
_SHOWN: Final = 6
"""Accounts that are named of those on which it cannot be done."""
_LEAVES: Final = frozenset({"MessageWritten", "MessageReleased", "OrderRequested"})


class BulkRow(View):
    """What a bulk act would do on one account, or did; `code`: of the error that keeps it from being done, else empty."""

    account: str
    act: UUID
    said: str
    code: str = ""

    @classmethod
    def refused(cls, act: Act, error: DomainError) -> BulkRow:
        return cls(account=act.account, act=act.id, said=error.message, code=error.code)

    @classmethod
    def of(cls, receipt: Receipt) -> BulkRow:
        said = [each.kind for each in receipt.said]
        more = (
            {"replaced", "next"} if _moves(receipt) and "done" in said else {"replaced"}
        )  # else it is all that is said
        told = [receipt.sentence, *(each.text for each in receipt.said if each.kind in more)]
        return cls(
            account=receipt.account, act=receipt.id, said=" · ".join((AGAIN, *told) if receipt.repeated else told)
        )


class Bulk(View):
    """What became of a bulk act, account by account; `done` false: what would become of it. Of one that takes a set back, `line` is
    `undo`."""

    line: str
    done: bool
    rows: tuple[BulkRow, ...]

    @property
    def refused(self) -> tuple[BulkRow, ...]:
        return tuple(row for row in self.rows if row.code)

    @property
    def again(self) -> int:
        """On how many it had been done before."""
        return sum(row.said.startswith(AGAIN) for row in self.rows)

    @property
    def common(self) -> str:
        """What it would do on each account that may have it: what is said of all of them alike, and never one's number for another's."""
        said = [row.said.removeprefix(f"{AGAIN} · ") for row in self.rows if not row.code]
        return alike(said) or self.line

    @property
    def _done(self) -> str:
        return "taken back" if self.line == UNDO else "done"

    def became(self, rows: Iterable[BulkRow]) -> Bulk:
        """The same when it has been done, with what became of it on these accounts."""
        known = {row.act: row for row in rows}
        return self.model_copy(update={"done": True, "rows": tuple(known.get(row.act, row) for row in self.rows)})

    def none(self) -> str:
        """That it can be done on none of them, and why."""
        return f"It can be {self._done} on none of {plural(len(self.rows), 'account')}. {named(self.refused)}"

    def may(self) -> str:
        """Of how many it can be taken back, and of which not."""
        said = f"{len(self.rows) - len(self.refused)} of {len(self.rows)} can be taken back"
        return f"{said}; {len(self.refused)} not: {named(self.refused)}" if self.refused else said

    def each(self) -> tuple[str, ...]:
        """What it would do, account by account, but for those on which it is refused."""
        return tuple(f"{row.account}  {row.said}" for row in self.rows if not row.code)

    def came_to(self) -> str:
        """What it has come to; of a line that all stay marked."""
        done = f"{self._done.capitalize()} on {plural(len(self.rows) - len(self.refused), 'account')}."
        more = [left_out(self.refused)] if self.refused else []
        if self.line == UNDO:
            return " ".join((done, *more))
        return f"{done} {' · '.join((*more, 'They stay marked: marks none.'))}"

    def text(self) -> str:
        """A row for each account, the count, and how the set is called."""
        count = len(self.rows) - len(self.refused)
        told = [f"{row.account}  {'refused: ' if row.code else ''}{row.said}" for row in self.rows]
        said = f"{count} of {len(self.rows)} {'' if self.done else 'would be '}{self._done}"
        name = f" · set {short(set_of(self.rows[0].act))}" if self.done and count > 1 else ""
        return "\n".join((*told, said + name))


def left_out(rows: Sequence[BulkRow]) -> str:
    """On which it is not done, and why; the first of them."""
    return f"Not on {plural(len(rows), 'account')}: {named(rows)}"


def named(rows: Sequence[BulkRow]) -> str:
    """Rows with what is said of them, the first of many."""
    more = f" … and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else ""
    return " · ".join(f"{row.account}: {row.said}" for row in rows[:_SHOWN]) + more


def plan(
    desk: Desk,
    accounts: Iterable[str],
    line: str,
    base: UUID,
    *,
    again: bool = False,
    progress: Progress | None = None,
) -> tuple[Sequence[Act], Bulk]:
    """The acts of a line on each of the accounts that may have it, and what it would do on all. Writes nothing.

    `base`: the same one makes the same acts again, so that a retry is done once. `again`: it may be a retry; what was done then is
    not judged anew, as the desk answers it with its receipt. Raises Refused "bulk.command" for what is not done on
    many at once, "bulk.none" and "bulk.many"; what is wrong on one account stands in its row.
    """
    wanted = list(dict.fromkeys(filter(None, map(str.strip, accounts))))
    if not wanted:
        raise Refused("bulk.none", "There is no account to do it on.", "account")
    if len(wanted) > MOST:
        raise Refused("bulk.many", f"Expected at most {MOST} accounts at once, not {len(wanted):,}.", "account")
    catalogue, session = desk.catalogue(), desk.session()
    acts: list[Act] = []
    rows: list[BulkRow] = []
    before = _done_before(desk, base) if again else {}
    for count, number in enumerate(wanted, start=1):
        act_id = member(base, number)
        try:
            view = desk.account(number)
            parsed = parse(line, LineContext.of(view, catalogue, session))
            _check(parsed.commands)
            if parsed.errors or not parsed.commands:
                said = parsed.errors[0].message if parsed.errors else "The line is empty."
                rows.append(BulkRow(account=view.number, act=act_id, said=said, code="line.malformed"))
                continue
            act = Act(id=act_id, account=view.number, version=view.version, commands=parsed.commands, line=line)
            if (known := before.get(act_id)) is not None:
                rows.append(known)
                acts.append(act)
                continue
            preview = desk.preview(act)
        except DomainError as error:
            if error.code == "bulk.command":
                raise
            rows.append(BulkRow(account=number, act=act_id, said=error.message, code=error.code))
            continue
        rows.append(row := _row(act, preview))
        if not row.code:
            acts.append(act)
        if progress is not None:
            progress("look", count, len(wanted))
    return acts, Bulk(line=line, done=False, rows=tuple(rows))


def plan_undo(
    desk: Desk, name: str, base: UUID, *, by: str = "", first: bool = False, progress: Progress | None = None
) -> tuple[Sequence[Act], Bulk]:
    """The acts that take back those of a set, as far as they can be, and what they would do on all. Writes nothing.

    `base`: as of `plan`; `by`: whose set it is, mine without; `first`: only as far as one that can be taken back.
    """
    acts: list[Act] = []
    rows: list[BulkRow] = []
    found = desk.history(limit=2 * MOST, act=name, by=by)[::-1]
    for count, each in enumerate(found, start=1):
        act = Act(id=member(base, each.account), account=each.account, commands=(Undo(act=str(each.id)),), line=UNDO)
        if not each.undoable:
            said, code = (STAYS, "undo.nothing") if each.only_written else ("taken back already", "undo.done")
            rows.append(BulkRow(account=act.account, act=act.id, said=said, code=code))
            continue
        preview = desk.preview(act)
        rows.append(row := _row(act, preview))
        if not row.code:
            acts.append(act.model_copy(update={"version": preview.version}))
            if first:
                break
        if progress is not None:
            progress("look", count, len(found))
    return acts, Bulk(line=UNDO, done=False, rows=tuple(rows))


def do_each(do: Callable[[Act], Receipt], acts: Sequence[Act], planned: Bulk) -> Bulk:
    """Does what was planned, each by itself. What is refused on one account keeps no other from it."""
    rows: list[BulkRow] = []
    for count, act in enumerate(acts, start=1):
        try:
            rows.append(BulkRow.of(do(act)))
        except DomainError as error:
            rows.append(BulkRow.refused(act, error))
            if ends_all(error):
                rows += [BulkRow.refused(each, error) for each in acts[count:]]
                break
    return planned.became(rows)


def _done_before(desk: Desk, base: UUID) -> dict[UUID, BulkRow]:
    """What was done already of the set of a base; nothing where the desk cannot be asked, which then answers each act by its id."""
    with contextlib.suppress(Unavailable):
        done = desk.history(limit=2 * MOST, act=set_of(member(base, "")))
        return {each.id: BulkRow.of(each.model_copy(update={"repeated": True})) for each in done}
    return {}


def ends_all(error: DomainError) -> bool:
    """Whether the other accounts would wait as long to hear the same."""
    return isinstance(error, Unavailable) and error.code != "act.unsettled"


def _check(commands: Sequence[Command]) -> None:
    for command in commands:
        if not command.bulk:
            sentence = (
                f"On many accounts only notes, dates, results and owners; `{command.kind}` is done on each by itself."
            )
            raise Refused("bulk.command", sentence, "line")


def _row(act: Act, preview: Preview) -> BulkRow:
    refusal = next((each.text for each in preview.said if each.kind == "refused"), "")
    leaves = next((each.sentence for each in preview.effects if each.kind in _LEAVES), "")
    if preview.error is not None:
        said, code = preview.error, preview.error_code or "act.refused"
    elif not preview.ok:
        finding = preview.verdict.findings[0] if preview.verdict.findings else None
        said, code = (
            refusal or (finding.sentence if finding else "It is refused."),
            finding.rule if finding else "act.refused",
        )
    elif leaves:
        said, code = f"It would leave the building ({leaves}); do it on the account.", "bulk.outside"
    elif preview.confirm is not None:
        said, code = "It must be confirmed; do it on the account.", "bulk.confirm"
    else:
        said, code = _told(preview, "done", "replaced", *(["next"] if _moves(preview) else [])), ""
    return BulkRow(account=preview.account, act=act.id, said=said, code=code)


def _moves(found: Preview | Receipt) -> bool:
    """Whether it gives the account another next action, which is told of each: a date is on many what it is for."""
    return any(each.kind == "NextActionSet" for each in found.effects)


def _told(preview: Preview, *kinds: str) -> str:
    return " · ".join(each.text for each in preview.said if each.kind in kinds)


__all__ = ["MOST", "UNDO", "Bulk", "BulkRow", "do_each", "ends_all", "left_out", "plan", "plan_undo"]
