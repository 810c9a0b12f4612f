"""What every command is: a frozen model with a `kind`. Amounts are minor units of the account's currency."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

Minor = Annotated[int, Field(gt=0, le=10**15, description="Amount in minor units of the account's currency")]
Text = Annotated[str, Field(max_length=4000)]
Short = Annotated[str, Field(max_length=120)]


class CommandBase(BaseModel):
    """One act of a collector.

    `outside`: it takes effect outside the building, stands alone and asks for the last four digits. `noun` is its resource
    in the API, below an account; the permission is `act.` and its kind. `offline`: it may wait for the server, because no
    limit that only the server knows stands in its way.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    outside: ClassVar[bool] = False
    noun: ClassVar[str]
    offline: ClassVar[bool] = False
