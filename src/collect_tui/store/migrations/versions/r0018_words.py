"""What was written in cases, holds and promises is found by its words, what stands there already too. Format 18."""

from __future__ import annotations

from typing import Final

from alembic import op

from collect_tui.store.tables import words

revision = "0018"
down_revision = "0017"

#: Tables whose texts are found by words from now on.
FOUND: Final = ("hold", "promise", "case_file", "case_event")


def upgrade() -> None:
    connection = op.get_bind()
    for name in FOUND:
        words.make(connection, name)
    words.renew(connection, FOUND)
