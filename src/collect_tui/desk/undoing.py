"""Which act an undo takes back."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from collect_tui.desk.errors import Refused

if TYPE_CHECKING:
    from collect_tui.desk.commands import Act
    from collect_tui.desk.protocol import Desk
    from collect_tui.desk.views.act import Preview, Receipt


def find_undo(desk: Desk) -> tuple[Act, Preview, str]:
    """The act that takes back my last one that can be, on any account, what it would do, and it in a sentence.
    Refused "undo.nothing", and what keeps it from being taken back."""
    over = ""
    for last in desk.history(limit=20):
        if not last.undoable:
            continue
        act = undo_of(last)
        preview = desk.preview(act)
        if preview.error_code == "undo.nothing":
            over = over or f" · skipped, as nothing of it can be taken back: {last.account}, {last.sentence}"
        elif preview.error is not None:
            sentence = f"{preview.error} It was on {last.account}: {last.sentence}{over}"
            raise Refused(preview.error_code or "undo.refused", sentence, preview.field)
        else:
            return act.model_copy(update={"version": preview.version}), preview, f"{last.sentence}{over}"
    raise Refused("undo.nothing", f"There is no act of yours to undo{over}.", "act")


def undo_of(done: Receipt) -> Act:
    """The act that takes back this one."""
    from collect_tui.desk.commands import Act, Undo

    return Act(id=uuid4(), account=done.account, commands=(Undo(act=str(done.id)),), line="undo")
