"""What an operation of the desk takes and gives, read off the protocol's method: one definition for the route and its description."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Final, get_type_hints

from fastapi import Body, Path, Query
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, create_model

from collect_tui.common.text import clean
from collect_tui.desk.commands import Act
from collect_tui.desk.errors import Invalid
from collect_tui.desk.operations import Operation
from collect_tui.desk.protocol import Desk
from collect_tui.server.described import limited
from collect_tui.server.problems import invalid
from collect_tui.server.serving import KEY_PARAMETER, DeskRequest, given_key, parse_body, parse_query, path_text

#: The most rows that one answer holds.
MOST_ROWS: Final = 1000


@dataclass(frozen=True)
class Shape:
    """What an operation takes and gives, read off the protocol's method."""

    operation: Operation

    @cached_property
    def hints(self) -> Mapping[str, Any]:
        return get_type_hints(getattr(Desk, self.operation.name), include_extras=True)

    @cached_property
    def parameters(self) -> Mapping[str, inspect.Parameter]:
        """The method's parameters that travel: not the desk itself, nor what the resource or the stream stands for."""
        given = inspect.signature(getattr(Desk, self.operation.name)).parameters
        left_out = {"self", "progress", "key", *(name for name, _ in self.operation.fixed)}
        return {name: p for name, p in given.items() if name not in left_out}

    @cached_property
    def keyed(self) -> bool:
        """Whether a repeated request is known by its key, as an act is."""
        return "key" in inspect.signature(getattr(Desk, self.operation.name)).parameters

    @cached_property
    def in_path(self) -> tuple[str, ...]:
        return tuple(re.findall(r"{(\w+)}", self.operation.path))

    @cached_property
    def rest(self) -> tuple[str, ...]:
        return tuple(name for name in self.parameters if name not in self.in_path)

    @cached_property
    def whole(self) -> type[BaseModel] | None:
        """The one model that is the whole body, when a method takes one."""
        kinds = [self.hints[name] for name in self.rest]
        return kinds[0] if len(kinds) == 1 and isinstance(kinds[0], type) and issubclass(kinds[0], BaseModel) else None

    @cached_property
    def model(self) -> type[BaseModel]:
        """Everything that is not in the path: the query of a GET, the body of anything else."""
        if self.whole:
            return self.whole
        fields: dict[str, Any] = {name: (self.typed(name), self.default(name)) for name in self.rest}
        name = "".join(part.capitalize() for part in self.operation.name.split("_")) + "Request"
        return create_model(name, __config__=ConfigDict(extra="forbid"), **fields)

    @cached_property
    def result(self) -> TypeAdapter[Any]:
        return TypeAdapter(self.hints["return"])

    @cached_property
    def optional(self) -> bool:
        """Whether nothing at all need be sent besides the path."""
        return all(self.default(name) is not ... for name in self.rest)

    def default(self, name: str) -> Any:
        default = self.parameters[name].default
        return ... if default is inspect.Parameter.empty else default

    def typed(self, name: str) -> Any:
        """The type with its description and the bounds that the desk sets."""
        return limited(name, self.hints[name])

    def arguments(self, ask: DeskRequest) -> dict[str, Any]:
        """The arguments of the call, as the method takes them."""
        found: dict[str, Any] = dict(self.operation.fixed)
        if self.keyed:
            found["key"] = given_key(ask)
        for name in self.in_path:
            found[name] = path_text(ask.request, name)
        if self.in_path:
            found |= self.checked(found)
        if self.operation.verb == "GET":
            sent = parse_query(self.model, ask.request)
        else:
            sent = parse_body(self.model, ask.body, optional=self.optional)
        if self.whole:
            return found | {self.rest[0]: _clean_act(sent)}
        if not 1 <= getattr(sent, "limit", 1) <= MOST_ROWS:
            raise Invalid(f"{self.operation.name}.limit", "The limit of a page is 1 to 1,000 rows.", "limit")
        return found | {name: _clean(getattr(sent, name)) for name in self.rest}

    @cached_property
    def _path_model(self) -> type[BaseModel]:
        fields: dict[str, Any] = {name: (self.typed(name), ...) for name in self.in_path}
        return create_model("PathOf" + self.operation.name.capitalize(), **fields)

    def checked(self, found: Mapping[str, Any]) -> Mapping[str, Any]:
        """The parts of the path as what they stand for. Invalid when one cannot be that."""
        try:
            parts = self._path_model.model_validate({name: found[name] for name in self.in_path})
            return {name: getattr(parts, name) for name in self.in_path}
        except ValidationError as error:
            raise invalid(error.errors(include_url=False, include_input=False)) from None

    def signature(self) -> inspect.Signature:
        """What the API's description is made from."""
        made = [_described(name, self.typed(name), Path) for name in self.in_path]
        if self.operation.verb == "GET":
            made += [_described(name, self.typed(name), Query, self.default(name)) for name in self.rest]
        elif self.rest:
            default = None if self.optional else inspect.Parameter.empty
            made.append(_parameter("body", Annotated[self.model, Body()], default))
        if self.keyed:
            made.append(KEY_PARAMETER)
        return inspect.Signature(made)


def _described(name: str, kind: Any, where: Any, default: Any = ...) -> inspect.Parameter:
    return _parameter(name, Annotated[kind, where()], inspect.Parameter.empty if default is ... else default)


def _parameter(name: str, kind: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)


def _clean(value: Any) -> Any:
    """Control characters come no further, and no database has to make something of them."""
    return clean(value, keep_newlines=True) if isinstance(value, str) else value


def _clean_act(act: Any) -> Any:
    return act.model_copy(update={"account": clean(act.account)}) if isinstance(act, Act) else act
