"""Files that commands write: set as PDF by the site's print house, whole or not at all, readable by their owner only."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collect_tui.bootstrap import Wiring
    from collect_tui.services.message.document import Document


def write_pdf(wired: Wiring, document: Document, target: Path, *, key: str, dated: date) -> None:
    """`key`: at the foot of each page. The same document makes the same bytes. Invalid "messages.files", "messages.font",
    "report.unwritable"."""
    from collect_tui.channels.letter import Typesetter
    from collect_tui.common.files import AtomicFile
    from collect_tui.domain.errors import Invalid

    pdf = Typesetter(wired.settings.print_house).paper(document, key, dated)
    try:
        with AtomicFile(target) as out:
            out.buffer.write(pdf)
    except OSError as error:
        raise Invalid("report.unwritable", f"{target.name} cannot be written: {error.strerror}.", "pdf") from None
