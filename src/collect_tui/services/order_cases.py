"""Cases that an order opens when it has been carried out: what the firm has lent with a terminated service is fetched.

They are opened when the billing system says that the service is gone, and not when that is ordered: until then the order may be taken
back or refused, or the debt be paid, and nobody is to ask a customer for equipment that is still in use.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from collect_tui.desk.catalogue import Catalogue
from collect_tui.domain.calendars import Calendar
from collect_tui.domain.case.consequences import Ground
from collect_tui.domain.case.decide import Actor, opening
from collect_tui.domain.case.definition import TERMINATED, FieldType
from collect_tui.domain.effect import Effect, Folded, Ids
from collect_tui.domain.effects import ServiceChanged
from collect_tui.domain.errors import Refused
from collect_tui.domain.facts import AccountFacts
from collect_tui.domain.states import ServiceState


def opened(
    facts: AccountFacts,
    effects: Sequence[Effect],
    by: str,
    catalogue: Catalogue,
    calendar: Calendar,
    ids: Ids,
    now: datetime,
) -> tuple[Effect, ...]:
    """The cases that follow from an answer. `by`: who ordered it. Where one is open about the service already, that one goes on."""
    fold = Folded(facts)
    fold.add(*effects)
    kinds = catalogue.cases.opened_on(TERMINATED)
    actor = Actor(by, (), lambda _: None, lambda _: False)
    opens = opening(catalogue.cases.kinds, actor, now)
    ground = Ground(ids, by, calendar, catalogue.holds, lambda *_: (), opens)
    gone = [each.id for each in effects if isinstance(each, ServiceChanged) and each.status == ServiceState.TERMINATED]
    told = len(fold.effects)
    for kind in kinds:
        for service_id in gone:
            named = {kind.of_type(FieldType.SERVICE): facts.service(service_id).identifier}
            try:
                fold.add(*opens(kind.name, named, fold.facts, ground))
            except Refused as error:
                if error.code != "case.twice":
                    raise
    return tuple(fold.effects[told:])
