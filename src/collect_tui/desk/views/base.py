"""What every view is: a frozen model of plain values. Amounts are minor units; instants aware UTC; dates business dates."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class View(BaseModel):
    model_config = ConfigDict(frozen=True, defer_build=True)  # a view's schema is built when first needed
