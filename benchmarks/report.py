"""Figures of the scenarios as one table: each beside its peers, its budget and its stretch goal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

PEERS = {"empty": "empty Textual", "mutt": "mutt", "visidata": "visidata"}
Results = Mapping[str, Mapping[str, Any]]


def figure(result: Mapping[str, Any] | None, path: str) -> float | None:
    """A figure by its path (`slow.0.key_p50`); paths joined by ` + ` are added. None when it was not measured."""
    total = 0.0
    for part in path.split(" + "):
        value: Any = result
        for step in part.split("."):
            if isinstance(value, list):
                value = value[int(step)] if step.isdigit() and int(step) < len(value) else None
            else:
                value = value.get(step) if isinstance(value, Mapping) else None
        if value is None:
            return None
        total += float(value)
    return total


@dataclass(frozen=True)
class Row:
    """One line of the table. `judged`: what is held against budget and stretch, the figure itself or its ratio to a peer."""

    what: str
    value: float
    unit: str
    peers: Mapping[str, float | None]
    judged: float
    of_ratio: bool
    budget: float | None
    stretch: float | None

    @property
    def met(self) -> str:
        if self.budget is None:
            return ""
        if self.stretch is not None and self.judged <= self.stretch:
            return "stretch"
        return "yes" if self.judged <= self.budget else "NO"

    def cells(self) -> tuple[str, ...]:
        ratios = tuple(
            f"{self.value / peer:.2f}× ({number(peer)})" if peer else "0" if peer == 0 else ""
            for peer in self.peers.values()
        )
        sign = "×" if self.of_ratio else ""
        goals = tuple("" if goal is None else f"{number(goal)}{sign}" for goal in (self.budget, self.stretch))
        return (self.what, f"{number(self.value)} {self.unit}".strip(), *ratios, *goals, self.met)


def number(value: float) -> str:
    """Three figures are enough; thousands are parted."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def rows(scenario: Mapping[str, Any], results: Results, name: str) -> Iterable[Row]:
    """The lines a scenario asks for, of what was measured."""
    for asked in scenario.get("row", ()):
        value = figure(results.get(name), asked["figure"])
        if value is None:
            continue
        per = asked.get("per", 1)
        swapped = asked.get("peers", {})
        peers = {peer: figure(results.get(swapped.get(peer, peer)), asked["figure"]) for peer in PEERS}
        peers = {peer: None if found is None else found / per for peer, found in peers.items()}
        judged = value / per
        if ratio := asked.get("ratio"):
            peer, _, path = ratio.partition(":")
            own = results[name].get("beside") if scenario.get("beside") == peer else None
            against = figure(own or results.get(peer), path or asked["figure"])
            if not against:
                continue
            peers[peer] = against
            judged /= against
        yield Row(
            asked["what"],
            value / per,
            asked["unit"],
            peers,
            judged,
            bool(ratio),
            asked.get("budget"),
            asked.get("stretch"),
        )


def markdown(head: Iterable[str], lines: Iterable[Iterable[str]]) -> str:
    """A Markdown table with columns as wide as their widest cell."""
    table = [tuple(head), *(tuple(line) for line in lines)]
    wide = [max(len(line[i]) for line in table) for i in range(len(table[0]))]
    shown = ["| " + " | ".join(cell.ljust(w) for cell, w in zip(line, wide, strict=True)) + " |" for line in table]
    shown.insert(1, "|" + "|".join("-" * (w + 2) for w in wide) + "|")
    return "\n".join(shown) + "\n"


def table(found: Iterable[Row]) -> str:
    head = ("What", "Figure", *(f"× {name}" for name in PEERS.values()), "Budget", "Stretch", "Met")
    return markdown(head, (row.cells() for row in found))


def million(text: str) -> str:
    """The fixed columns that `million.py` prints, as a Markdown table. Lines without figures are left out."""
    lines = [re.split(r"\s{2,}", line.strip()) for line in text.splitlines() if line.strip()]
    if not lines:
        return ""
    made = []
    for cells in lines[1:]:
        full = cells if len(cells) == 5 else [cells[0], cells[1], "", *cells[2:]] if len(cells) == 4 else None
        if full is not None:
            p95 = seconds(full[2]) if full[2] else seconds(full[1])
            made.append((*full, met(p95, seconds(full[3]), seconds(full[4]))))
    return markdown((*lines[0], "Met"), made)


def seconds(text: str) -> float:
    value, unit = text.split()
    return float(value) / (1000 if unit == "ms" else 1)


def met(value: float, budget: float, stretch: float) -> str:
    return "stretch" if value <= stretch else "yes" if value <= budget else "NO"
