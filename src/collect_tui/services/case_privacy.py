"""What of cases a role may read: kinds and fields that name roles are for these and for nobody else."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from collect_tui.domain.case.definition import FieldType, Kind, Move

HIDDEN: Final = "(not for your role)"
"""Stands in the place of what the reader's role may not see."""


@dataclass(frozen=True, slots=True)
class CaseReader:
    """What somebody of a role reads of cases. What no definition speaks of any more is for nobody: it may have been private."""

    role: str
    kinds: Mapping[str, Kind]

    def kind(self, name: str) -> bool:
        """Whether what is said in cases of a kind is for them."""
        kind = self.kinds.get(name)
        return kind is not None and self._among(kind.private)

    def field(self, name: str, field: str) -> bool:
        """Whether what a field holds is for them."""
        found = self.kinds[name].fields.get(field) if name in self.kinds else None
        return found is not None and self.kind(name) and self._among(found.private)

    def text(self, name: str, field: str) -> bool:
        """Whether a field is one that somebody writes into, and for them; of no field: what is said as a case moves."""
        if not field:
            return self.kind(name)
        found = self.kinds[name].fields.get(field) if name in self.kinds else None
        return found is not None and found.type in (FieldType.TEXT, FieldType.TABLE) and self.field(name, field)

    def asked(self, name: str, move: str) -> bool:
        """Whether it is for them of what amount a move waits to be agreed to."""
        kind = self.kinds.get(name)
        made = kind.moves.get(move) if kind is not None else None
        return made is not None and self._amount(name, made)

    def any_asked(self, name: str) -> bool:
        """The same of every move of a kind: what is kept of one that was asked for does not say which it was."""
        return self.kind(name) and all(self._amount(name, move) for move in self.kinds[name].moves.values())

    def _amount(self, name: str, move: Move) -> bool:
        return move.approval is None or self.field(name, move.approval.of.partition(".")[0])

    def _among(self, roles: Collection[str]) -> bool:
        return not roles or self.role in roles

    def whole(self, name: str) -> bool:
        """Whether all that may ever be said in cases of a kind is for them."""
        return self.any_asked(name) and all(self.field(name, field) for field in self.kinds[name].fields)

    def may_read(self, commands: Sequence[Any], kind_of: Mapping[str, str]) -> bool:
        """Whether all that these commands said of cases is for them. `kind_of`: the kinds of the account's cases, by number."""
        return all(self._reads(command, kind_of) for command in commands if isinstance(command, dict))

    def _reads(self, command: Mapping[str, Any], kind_of: Mapping[str, str]) -> bool:
        name = command.get("case_kind") or kind_of.get(str(command.get("case", "")).upper())
        if name is None:
            return "case" not in command
        values = command.get("values") or {}
        return self.kind(name) and all(self.field(name, field) for field in values)
