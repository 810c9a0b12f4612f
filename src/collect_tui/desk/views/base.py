"""What every view is: a frozen model of plain values. Amounts are minor units; instants aware UTC; dates business dates."""

from __future__ import annotations

from functools import cache
from typing import Any, Self

from pydantic import BaseModel, ConfigDict


class View(BaseModel):
    model_config = ConfigDict(frozen=True, defer_build=True)  # a view's schema is built when first needed

    @classmethod
    def made_of(cls, value: object, **otherwise: Any) -> Self:
        """The view of a value: each field is the value's attribute of that name, but for those that are otherwise."""
        same = {name: getattr(value, name) for name in _fields(cls) if name not in otherwise}
        return cls(**same, **otherwise)


class Sum(View):
    """What is in one currency; `count`: of how many accounts, where that is told."""

    currency: str
    amount: int
    count: int = 0


@cache  # every account that is opened asks for them dozens of times
def _fields(kind: type[View]) -> tuple[str, ...]:
    return tuple(kind.model_fields)
