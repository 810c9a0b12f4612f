"""What an act would do, or did, in sentences: in the one order in which every screen, the plain commands and the wire say them.

A refusal comes first, then what must be minded, what is replaced, cancelled or revived, what is new with its amounts and
dates, the next action, and what follows outside the desk. Screens and plain output wrap these sentences and change nothing in them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from collect_tui.desk.views.act import Confirm, FindingView, Kind, Said, VerdictView

ORDER: Final[tuple[Kind, ...]] = ("refused", "warning", "replaced", "done", "next", "later", "allowed")
"""The order of the kinds; within one, sentences stand as they come."""
WHOLE: Final[frozenset[Kind]] = frozenset({"refused", "warning", "replaced"})
"""What is never cut, however little room there is."""

_STAYS: Final = frozenset({"undo.stays"})
"""Findings that forbid nothing and say what an act leaves as it is; other advice stands with the checks."""

_WHY_LATER: Final = frozenset({"contact.next_call", "next.stays"})
"""Findings that say why the next action is no sooner, or no other; beside it."""

_CLEAR: Final = frozenset({"allow", "info"})
_MILD: Final = _CLEAR | {"warn"}


def said(
    verdict: VerdictView,
    changes: Iterable[Said] = (),
    *,
    refused: Iterable[str] = (),
    next_action: str | None = None,
    later: Iterable[str] = (),
    confirm: Confirm | None = None,
    overridden: bool = False,
    done: bool = False,
) -> tuple[Said, ...]:
    """All sentences in their order.

    `changes`: what is replaced and what is new. `refused`: reasons beside the verdict's. `later`: what becomes of orders that wait.
    `overridden`: the verdict's no stands overridden. `done`: of a receipt, which need not say that it was allowed; nor does what a
    rule minds, as its warning would say otherwise. Of what nobody may do no effect is told.
    """
    forbids = not verdict.allowed and not overridden
    found = [Said(kind="refused", text=text) for text in refused]
    for finding in verdict.findings:
        if finding.severity not in _MILD:
            kind: Kind = "refused" if forbids else "warning"
            found.append(Said(kind=kind, text=f"{'no' if forbids else 'overridden'}: {finding.sentence}"))
        elif finding.severity == "warn":
            found.append(Said(kind="warning", text=finding.sentence))
    if forbids and verdict.overridable_by:
        found.append(Said(kind="refused", text=f"a {verdict.overridable_by} may override it"))
    if not forbids or verdict.overridable_by:
        if confirm is not None:
            found.append(Said(kind="warning", text=asking(confirm)))
        found += changes
        found += [Said(kind="done", text=f.sentence) for f in verdict.findings if f.rule in _STAYS]
        if next_action:
            found.append(Said(kind="next", text=f"next {next_action}"))
        found += [Said(kind="later", text=f.sentence) for f in verdict.findings if _why_later(f)]
        found += [Said(kind="later", text=text) for text in later]
    minded = any(finding.severity not in _CLEAR for finding in verdict.findings)
    if not done and not minded and not any(each.kind == "refused" for each in found):
        found.append(Said(kind="allowed", text="allowed"))
    return tuple(sorted(found, key=lambda each: ORDER.index(each.kind)))


def _why_later(finding: FindingView) -> bool:
    return finding.rule in _WHY_LATER and finding.severity in _CLEAR


def asking(confirm: Confirm) -> str:
    """What will have to be typed first."""
    return f"asks for {confirm.label}" + (f" {confirm.what}" if confirm.kind == "surplus" else "")


def refusal(verdict: VerdictView) -> str:
    """Why policy says no, all of it, as one text; empty when it does not."""
    if verdict.allowed:
        return ""
    return " ".join(f.sentence for f in verdict.findings if f.severity not in _MILD)


def final(verdict: VerdictView) -> str:
    """Why policy says no, where neither another day nor an override could make it a yes; empty otherwise."""
    refused = [f for f in verdict.findings if f.severity not in _MILD]
    beyond = any(f.override_role is None and f.next_ok is None for f in refused)
    return refusal(verdict) if beyond else ""


def text(sentences: Iterable[Said]) -> str:
    """Sentences in one line."""
    return " · ".join(each.text for each in sentences)
