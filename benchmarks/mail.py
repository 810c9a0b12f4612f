"""How many e-mails a second leave, and how many come in: `PYTHONPATH=tests python benchmarks/mail.py [COUNT]`.

Out: a text and its HTML each over one line with STARTTLS and a login to aiosmtpd, which runs in this process and shares its core; the
share of writing alone is given too. In: bounces and replies from their bytes, without the server.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from channels.mail import bounces
from collect_tui.channels.mail import MailPort
from collect_tui.channels.mail.reading import read
from collect_tui.channels.mail.seal import Seal
from collect_tui.channels.mail.writing import Writer
from collect_tui.services.message.document import Values
from collect_tui.services.message.document import read as document
from collect_tui.services.message.port import Outgoing
from support.mail_servers import far_ends

COUNT: Final = 2_000
MARKDOWN: Final = (
    "# Second notice\n\nDear customer,\n\n$58.00 is past due since 11/02/2026. Please pay by **11/30/2026**.\n\n"
    + (
        "| Bill | Due | Open |\n| --- | --- | ---: |\n"
        + "| INV-1 | 11/02/2026 | $29.00 |\n" * 8
        + "\nYou may dispute this bill within 30 days.\n"
    )
)


def letters(count: int) -> list[Outgoing]:
    made = document(MARKDOWN, Values(), "en")
    return [
        Outgoing(
            key=f"1-{number}", channel="email", to=f"ann{number}@home.example", name="Ann Miller", language="en", dated=date(2026, 11, 24),
            subject="Second notice", text=made.text(), document=made,
        )
        for number in range(count)
    ]  # fmt: skip


def timed(what: str, items: Sequence[object], work: Callable[[object], object]) -> None:
    start = time.perf_counter()
    for each in items:
        work(each)
    took = time.perf_counter() - start
    print(f"{what:44} {len(items) / took:10,.0f} a second")


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder, far_ends(Path(folder)) as far:
        mail, waiting = far.settings(), letters(count)
        port, seal = MailPort(mail, far.environ), Seal(far.key_file.read_text().rstrip().encode())
        timed("e-mails written", waiting, Writer(mail, seal).write)  # type: ignore[arg-type]
        port.send(waiting[0])  # the line is there
        timed("e-mails sent", waiting, port.send)  # type: ignore[arg-type]
        port.close()
        assert len(far.smtp.taken) == count + 1
        paths = [(taken.sender, f"<{taken.sender.partition('+')[2]}>") for taken in far.smtp.taken]
    at = datetime.now(UTC)
    raw = [bounces.EXIM.format(path=path, id=reference).encode() for path, reference in paths]
    timed("bounces read", raw, lambda each: read(each, at, seal, mail.sender))  # type: ignore[arg-type]
    replies = [
        f"From: a@b.example\nIn-Reply-To: {reference}\n\n{'I have paid. ' * 50}\n".encode() for _, reference in paths
    ]
    timed("replies read", replies, lambda each: read(each, at, seal, mail.sender))  # type: ignore[arg-type]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
