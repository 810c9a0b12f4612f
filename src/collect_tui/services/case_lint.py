"""What a changed definition, a department or a login that is gone means for the cases that are open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlmodel import Session as Db

from collect_tui.common.words import plural
from collect_tui.domain.case.rules import CaseRules
from collect_tui.store import cases


def problems(db: Db, tenant_id: int, rules: CaseRules) -> tuple[str, ...]:
    """What is wrong with the definitions for the open cases of a book, each with what to do; sentences."""
    kept = cases.definitions(db, tenant_id)
    told = (*_kinds(kept, rules), *_departments(kept, rules), *_owners(db, tenant_id))
    return tuple(told)


def _kinds(kept: Counter[cases.Kept], rules: CaseRules) -> Iterator[str]:
    gone: Counter[str] = Counter()
    states: Counter[tuple[str, str]] = Counter()
    changed: Counter[tuple[str, int]] = Counter()
    for each, count in kept.items():
        kind = rules.kinds.get(each.kind)
        if kind is None:
            gone[each.kind] += count
            continue
        if each.state not in kind.states:
            states[each.kind, each.state] += count
        if each.digest and each.digest != kind.digest and kind.version <= each.version:
            changed[each.kind, each.version] += count
    for name, count in sorted(gone.items()):
        yield f"{plural(count, 'open case')} of {name}, a kind that the site has no more; put cases/{name}.toml back."
    for (name, state), count in sorted(states.items()):
        yield (
            f"{plural(count, 'open case')} of {name} in the state {state}, which it has no more; put it back with a move out of it."
        )
    for (name, version), count in sorted(changed.items()):
        yield (
            f"{name} has changed, and {plural(count, 'open case')} began under version {version};"
            f" give it version {version + 1} or more."
        )


def _departments(kept: Counter[cases.Kept], rules: CaseRules) -> Iterator[str]:
    gone: Counter[str] = Counter()
    for each, count in kept.items():
        if each.department and each.department not in rules.departments:
            gone[each.department] += count
    for name, count in sorted(gone.items()):
        yield (
            f"{plural(count, 'open case')} of the department {name}, which is not there; put it back into cases.toml, or give each"
            " another: assign CASE dept=NAME."
        )


def _owners(db: Db, tenant_id: int) -> Iterator[str]:
    for login, count in cases.of_nobody(db, tenant_id):
        yield (
            f"{plural(count, 'open case')} of {login}, who does not work here; give each another: assign CASE user=LOGIN."
        )
