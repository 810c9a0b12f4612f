"""Codes, queues, holds, arrangement policies and rules as TOML that a site may override, and the loader that checks them.

A site's folder holds files of the same names: codes.toml, abbreviations.toml, queues.toml, holds.toml, arrangement.toml,
rules.toml, authority.toml, internal.toml, scripts.toml. They are laid over ours key by key; `drop = true` in an entry
takes ours away, an empty text takes away a text.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

from collect_tui.defaults import build, build_authority, build_internal, build_rules, build_scripts, case_rules
from collect_tui.defaults.layers import FILES, known_files, layered, outlines
from collect_tui.desk.catalogue import Catalogue
from collect_tui.domain.calendars import Calendar
from collect_tui.domain.case.formulas import FORMULAS
from collect_tui.domain.case.vocabulary import Site
from collect_tui.policy.authority import LIMITS

__all__ = ["FILES", "layered", "load"]


def load(overrides: Path | None = None, *, today: date) -> Catalogue:
    """The site's catalogue: our defaults with the files of the folder `overrides`, if any, laid over them.

    `today` decides for which years public holidays are worked out: this one, the one before, the one after. Raises
    Invalid "defaults.…" whose message names file and key, says what was expected and the nearest valid key or value.
    """
    if overrides is not None:
        _sound(overrides)
    gone: dict[str, tuple[str, str]] = {}
    sources = {name: layered(f"{name}.toml", overrides, gone) for name in FILES}
    roots = {name: source.table() for name, source in sources.items()}
    authority = build_authority.authority(roots["authority"])
    overriding = tuple(role.name for role in authority.roles.values() if role.rank > 0)
    holds = build.holds(roots["holds"], overriding, roots["codes"].table("party_roles", {}).texts())
    codes = build.codes(roots["codes"], holds)
    rules = build_rules.rules(roots["rules"], codes.next_actions, overriding, today)
    saved = roots["queues"].table("filters", {})
    queues, templates = build.queues(roots["queues"]), outlines(overrides)
    site = Site(
        roles=tuple(authority.roles),
        holds=holds,
        queues=tuple(queue.name for queue in queues),
        templates=templates,
        next_actions=codes.next_actions,
        limits=tuple(name for name, (unit, _) in LIMITS.items() if unit == "amount"),
        formulas=FORMULAS,
        order_reasons=codes.order_reasons,
    )
    cases = case_rules.load(overrides, site, codes, rules.zone, Calendar(rules.holidays))
    build.known_departments(roots["queues"], queues, cases.departments)
    abbreviations = roots["abbreviations"].table("abbreviations").texts()
    roots["abbreviations"].done()
    return Catalogue(
        codes=codes,
        abbreviations=abbreviations,
        queues=queues,
        filters=build.filters(saved, [queue.name for queue in queues], holds, rules.currency),
        holds=holds,
        arrangement=build.arrangement(roots["arrangement"], overriding),
        rules=rules,
        authority=authority,
        cases=cases,
        outlines=templates,
        internal=build_internal.internal(roots["internal"], templates),
        scripts=build_scripts.scripts(roots["scripts"]),
        site_folder=overrides,
    )


def _sound(site: Path) -> None:
    """Looks at what of a site's files is not in the catalogue and would be read in the middle of the work only. Raises Invalid."""
    known_files(site)
    if os.path.lexists(site / "messages.toml"):
        from collect_tui.defaults.templates import rules

        rules(site)
    if os.path.lexists(site / "channels.toml"):
        from collect_tui.defaults.channels import gateways

        gateways(site, None)
