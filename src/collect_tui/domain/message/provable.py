"""What was owed on the day at which a ledger is split, as a proof of debt sets it out: SI 2018/719 r.5.4 (policy.md F4). Pure; amounts are
minor units."""

from __future__ import annotations

from collections import Counter
from datetime import date

from collect_tui.domain.account.ledger import Ledger
from collect_tui.domain.message.records import Debt, Provable


def provable(ledger: Ledger, day: date, set_off: int) -> tuple[Provable, tuple[Debt, ...]]:
    """The debt by its documents, those issued before the day of which something was open then, and what became of it since. `set_off`:
    credits and money from before the day that were set against it when the ledger was split; what is left of such is set off as well.
    Credits that were used before that count as the document being less."""
    since: Counter[int] = Counter()
    for paid in ledger.payments:
        if paid.received_on >= day:
            since.update({part.item_id: part.amount for part in paid.allocations})
    before = [i for i in ledger.items if i.issued < day]
    debts = tuple(
        Debt(
            doc_no=i.doc_no,
            kind=i.kind,
            issued=i.issued,
            due=i.due,
            amount=i.amount,
            open=i.open + since[i.id],
            paid=since[i.id],
            left=i.open,
        )
        for i in sorted(before, key=lambda i: (i.issued, i.doc_no))
        if i.amount > 0 and (i.open or since[i.id])
    )
    unused = sum(i.credit for i in before) + sum(p.unapplied for p in ledger.payments if p.received_on < day)
    total, paid_since = sum(each.open for each in debts) + set_off, sum(each.paid for each in debts)
    return Provable(
        on=day,
        total=total,
        set_off=set_off + unused,
        paid=paid_since,
        left=max(0, total - set_off - unused - paid_since),
        later=sum(i.open for i in ledger.items if i.issued >= day and i.open > 0),
    ), debts
