"""One line for many accounts: notes, dates, results and owners. Each account has an act of its own, judged, kept and taken back by
itself; what leaves the building or moves money is never done so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID, uuid5

from collect_tui.common.words import plural
from collect_tui.desk.commands import Act, Command
from collect_tui.desk.errors import DomainError, Refused
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.parse import parse
from collect_tui.desk.protocol import Desk, Progress
from collect_tui.desk.views.act import Preview, Receipt
from collect_tui.desk.views.base import View

MOST: Final = 500
"""Accounts of one bulk act."""
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
        replaced = (each.text for each in receipt.said if each.kind == "replaced")
        return cls(account=receipt.account, act=receipt.id, said=" · ".join((receipt.sentence, *replaced)))


class Bulk(View):
    """What became of a bulk act, account by account; `done` false: what would become of it."""

    line: str
    done: bool
    rows: tuple[BulkRow, ...]

    @property
    def refused(self) -> tuple[BulkRow, ...]:
        return tuple(row for row in self.rows if row.code)

    @property
    def first(self) -> str:
        """What it would do on the first account that may have it."""
        return next(row.said for row in self.rows if not row.code)

    def none(self) -> str:
        """That it can be done on none of them, and why."""
        return f"It can be done on none of {plural(len(self.rows), 'account')}. {_named(self.refused)}"

    def came_to(self, refused: Sequence[BulkRow]) -> str:
        """What it has come to, but for these rows, and that all stay marked."""
        done = f"Done on {plural(len(self.rows) - len(refused), 'account')}."
        return f"{done} {f'{left_out(refused)} · ' if refused else ''}They stay marked: marks none."

    def text(self) -> str:
        """A row for each account, and the count."""
        count = len(self.rows) - len(self.refused)
        told = [f"{row.account}  {'refused: ' if row.code else ''}{row.said}" for row in self.rows]
        return "\n".join((*told, f"{count} of {len(self.rows)} {'done' if self.done else 'would be done'}"))


def left_out(rows: Sequence[BulkRow]) -> str:
    """On which it is not done, and why; the first of them."""
    return f"Not on {plural(len(rows), 'account')}: {_named(rows)}"


def _named(rows: Sequence[BulkRow]) -> str:
    more = f" … and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else ""
    return " · ".join(f"{row.account}: {row.said}" for row in rows[:_SHOWN]) + more


def plan(
    desk: Desk, accounts: Iterable[str], line: str, base: UUID, *, progress: Progress | None = None
) -> tuple[Sequence[Act], Bulk]:
    """The acts of a line on each of the accounts that may have it, and what it would do on all. Writes nothing.

    `base`: the same one makes the same acts again, so that a retry is done once. Raises Refused "bulk.command" for what is not done on
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
    for count, number in enumerate(wanted, start=1):
        act_id = uuid5(base, number)
        try:
            view = desk.account(number)
            parsed = parse(line, LineContext.of(view, catalogue, session))
            _check(parsed.commands)
            if parsed.errors or not parsed.commands:
                said = parsed.errors[0].message if parsed.errors else "The line is empty."
                rows.append(BulkRow(account=view.number, act=act_id, said=said, code="line.malformed"))
                continue
            act = Act(id=act_id, account=view.number, version=view.version, commands=parsed.commands, line=line)
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
        said, code = " · ".join(each.text for each in preview.said if each.kind in ("done", "replaced")), ""
    return BulkRow(account=preview.account, act=act.id, said=said, code=code)


__all__ = ["MOST", "Bulk", "BulkRow", "left_out", "plan"]
