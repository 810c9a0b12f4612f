"""Which act, or which set of acts, an undo takes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from collect_tui.common.words import plural
from collect_tui.desk.errors import NotFound, Refused
from collect_tui.desk.sets import set_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from collect_tui.desk.bulk import Bulk
    from collect_tui.desk.commands import Act
    from collect_tui.desk.protocol import Desk
    from collect_tui.desk.views.act import Preview, Receipt


@dataclass(frozen=True, slots=True)
class Undoing:
    """What an undo would do. `acts`: those that take back, one or for each account of a set; `preview`: of the one; `planned`: of the set.
    `sentence`: what is taken back."""

    acts: Sequence[Act]
    sentence: str
    preview: Preview | None = None
    planned: Bulk | None = None


def find_undo(desk: Desk, *, first: bool = False) -> Undoing:
    """What takes back my last act that can be, on any account; of a set all that can be. `first`: of a set one is enough, as it is only
    asked whether there is any. Refused "undo.nothing", and what keeps it from being taken back."""
    over = ""
    stays = ""
    for last in desk.history(limit=20, sets=True):
        if last.only_written:
            stays = stays or f"{last.whose}, {last.named}"
            over = over or f" · skipped, as nothing of it can be taken back: {stays}"
            continue
        if not last.undoable:
            continue
        try:
            found = undoing(desk, last, uuid4(), first=first)
        except Refused as error:
            if error.code != "undo.nothing":
                raise Refused(error.code, f"{error.message}{over}", error.field) from None
            over = over or f" · skipped, as nothing of it can be taken back: {last.whose}, {last.named}"
        else:
            return Undoing(found.acts, f"{found.sentence}{over}", found.preview, found.planned)
    if stays:
        raise Refused("undo.nothing", f"There is nothing to undo, as what was written stays on file: {stays}.", "act")
    raise Refused("undo.nothing", f"There is no act of yours to undo{over}.", "act")


def undoing(desk: Desk, done: Receipt, base: UUID, *, by: str = "", first: bool = False) -> Undoing:
    """What takes back an act, or the set that it stands for. Refused: what keeps it from being taken back, "undo.nothing" where there was
    nothing in it that could be."""
    if done.acts > 1:
        from collect_tui.desk.bulk import plan_undo

        acts, planned = plan_undo(desk, set_of(done.id), base, by=by, first=first)
        if not acts:
            codes = {row.code for row in planned.refused} - {"undo.done"}
            code = codes.pop() if len(codes) == 1 else "undo.refused"
            raise Refused(code, f"{planned.none()} It was {done.named}", "act")
        return Undoing(acts, f"On {plural(done.acts, 'account')}: {done.named}", planned=planned)
    act = undo_of(done, base)
    preview = desk.preview(act)
    if preview.error is not None:
        sentence = f"{preview.error} It was on {done.account}: {done.sentence}"
        raise Refused(preview.error_code or "undo.refused", sentence, preview.field)
    return Undoing((act.model_copy(update={"version": preview.version}),), done.sentence, preview)


def named(desk: Desk, name: str, *, by: str = "") -> Receipt:
    """The act, or for a set the one that stands for it, whose id begins so. NotFound "act.not_found"; Refused "act.several"."""
    found = desk.history(limit=2, act=name, by=by, sets=True)
    if not found:
        raise NotFound("act.not_found", f"No act of {by or 'yours'} has an id that begins with {name}.", "act")
    if len(found) > 1:
        raise Refused("act.several", f"More than one act has an id that begins with {name}; say more of it.", "act")
    one = desk.history(limit=2, act=name, by=by)
    return one[0] if len(one) == 1 else found[0]


def undo_of(done: Receipt, act_id: UUID | None = None) -> Act:
    """The act that takes back this one."""
    from collect_tui.desk.commands import Act, Undo

    return Act(id=act_id or uuid4(), account=done.account, commands=(Undo(act=str(done.id)),), line="undo")
