"""Acts: all commands of one Enter at `…/acts`, and each command by itself under its noun."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import unquote
from uuid import UUID

from fastapi import APIRouter, Body, Header, Path
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, create_model
from starlette.responses import Response

from collect_tui import http_contract as wire
from collect_tui.desk.commands import COMMANDS, Act, CommandBase
from collect_tui.desk.errors import Invalid
from collect_tui.desk.operations import BY_NAME
from collect_tui.desk.protocol import Desk
from collect_tui.desk.views.act import Receipt
from collect_tui.server.described import limited
from collect_tui.server.examples import example
from collect_tui.server.problems import invalid, malformed
from collect_tui.server.serving import DeskRequest, DeskRoute, given_key, parse_body, path_text, rendered, serving

_RECEIPT: TypeAdapter[Receipt] = TypeAdapter(Receipt)


def _without(model: type[BaseModel], names: frozenset[str], title: str, text: str | None) -> type[BaseModel]:
    """A model of the fields that a body has: all but those that the address and the headers say."""
    fields: dict[str, Any] = {
        name: (info.annotation, info) for name, info in model.model_fields.items() if name not in names
    }
    made: type[BaseModel] = create_model(
        title, __config__=ConfigDict(extra="forbid", frozen=True), __doc__=text, **fields
    )
    return made


#: The body of `…/acts`: an act without what the address and the headers say of it.
ActBody = _without(
    Act,
    frozenset({"id", "account", "version"}),
    "ActBody",
    "One or more commands, done all or none. `line` is the text as typed, for the audit; `fence` that of the claim.",
)

HEADERS = """

`Idempotency-Key` is the act's id, a UUID made by the client: the same key again does nothing twice and answers the first receipt
with `repeated` true. The status is 200 both times. The same key for another act is refused (`act.reused`).
`If-Match` is the version of the account that was seen, as `ETag` gave it; when the account has moved on, the answer is 412 with who
changed it and when. `If-Match: *` does not check."""


def routes() -> APIRouter:
    router = APIRouter(route_class=DeskRoute, redirect_slashes=False)
    whole = BY_NAME["do"]
    _add(
        router,
        whole.path,
        "act",
        "do",
        whole.summary,
        inspect.getdoc(Desk.do) or "",
        ActBody,
        _act_body,
        whole_example(),
    )
    for kind, command in COMMANDS.items():
        path = f"/accounts/{{account}}/{command.noun}"
        title = re.sub(r"(?<!^)(?=[A-Z])", " ", command.__name__).capitalize()
        fields = fields_of(command)
        _add(
            router,
            path,
            f"act.{kind}",
            f"act-{kind}",
            title,
            _own_words(command) or title,
            fields,
            _one(command, fields),
            example(command),
        )
    return router


def fields_of(command: type[CommandBase]) -> type[BaseModel]:
    """A command's fields as the body of its noun: all but its kind, which the address says."""
    return _without(command, frozenset({"kind"}), command.__name__ + "Fields", _own_words(command))


def _own_words(command: type[CommandBase]) -> str | None:
    """What a command says of itself; not what all of them have in common, which is for those who write one."""
    return inspect.cleandoc(command.__doc__) if command.__doc__ else None


def whole_example() -> dict[str, Any]:
    return {"commands": [{"kind": "contact"} | example(COMMANDS["contact"])], "line": "lm"}


def _add(
    router: APIRouter,
    path: str,
    permission: str,
    name: str,
    summary: str,
    text: str,
    model: type[BaseModel],
    made: Callable[[DeskRequest], dict[str, Any]],
    shown: dict[str, Any],
) -> None:
    endpoint: Any = serving(permission, _work(made))
    endpoint.__name__ = name
    endpoint.__signature__ = _signature(model, shown)
    router.add_api_route(
        path,
        endpoint,
        methods=["POST"],
        operation_id=name,
        summary=summary,
        description=f"{text}{HEADERS}\n\nNeeds the permission `{permission}`"
        + (" of some command, and that of each command in it." if permission == "act" else "."),
        tags=["acts"],
        response_model=Receipt,
    )


def _signature(model: type[BaseModel], shown: dict[str, Any]) -> inspect.Signature:
    def parameter(name: str, kind: Any, default: Any = inspect.Parameter.empty) -> inspect.Parameter:
        return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=default)

    key = Field(
        description="The act's id: a UUID made by the client", examples=["0d0f7c4e-6f1c-4d0b-9a3e-3f0d2f6a1b11"]
    )
    seen = Field(description="The version seen, quoted, or `*`", pattern=r'^(\*|"[0-9]{1,18}")$', examples=['"7"'])
    proof = Field(
        description="The password of whoever overrides for somebody else, percent-encoded UTF-8", max_length=3000
    )
    return inspect.Signature(
        [
            parameter("account", Annotated[limited("account", str), Path()]),
            parameter("key", Annotated[UUID, Header(alias=wire.KEY), key]),
            parameter("seen", Annotated[str, Header(alias="If-Match"), seen]),
            parameter("proof", Annotated[str | None, Header(alias=wire.PROOF), proof], None),
            parameter("body", Annotated[model, Body(examples=[shown])]),
        ]
    )


def _work(made: Callable[[DeskRequest], dict[str, Any]]) -> Callable[[DeskRequest], Response]:
    def work(ask: DeskRequest) -> Response:
        account, key, version = path_text(ask.request, "account"), key_of(ask), version_of(ask)
        act = Act.model_construct(id=key, account=account, version=version, **made(ask))
        if not 0 < len(account) <= 120:
            raise Invalid("request.invalid", "account: An account's number has at most 120 characters.", "account")
        proof = ask.header(wire.PROOF)
        receipt = ask.desk.do(act, proof=unquote(proof) if proof is not None else None)
        return rendered(_RECEIPT.dump_json(receipt))

    return work


def _act_body(ask: DeskRequest) -> dict[str, Any]:
    body = parse_body(ActBody, ask.body)
    return {name: getattr(body, name) for name in ActBody.model_fields}


def _one(command: type[CommandBase], fields: type[BaseModel]) -> Callable[[DeskRequest], dict[str, Any]]:
    def made(ask: DeskRequest) -> dict[str, Any]:
        sent = parse_body(fields, ask.body)
        try:
            whole = command(**{name: getattr(sent, name) for name in fields.model_fields})
        except ValidationError as error:  # a rule over several fields, which the body's own model does not know
            raise invalid(error.errors(include_url=False, include_input=False)) from None
        return {"commands": (whole,)}

    return made


def key_of(ask: DeskRequest) -> UUID:
    """The act's id. Invalid `request.malformed` when it is missing or no UUID."""
    key = given_key(ask)
    if key is None:
        raise malformed(
            f"Send {wire.KEY} with a UUID of your own making, so that a repeated request is done once.", wire.KEY
        )
    return key


def version_of(ask: DeskRequest) -> int | None:
    """The version seen; None for `*`. Invalid `act.unconditional` (428) without one."""
    text = ask.header("If-Match")
    if text is None:
        raise Invalid(
            "act.unconditional",
            'Say which version of the account you saw: If-Match with its ETag, such as "7", or * for no check.',
            "If-Match",
        )
    if text.strip() == wire.ANY_VERSION:
        return None
    if not (found := re.fullmatch(r'"([0-9]{1,18})"', text.strip(), re.ASCII)):
        raise malformed('If-Match takes one version in quotation marks, such as "7", or *.', "If-Match")
    return int(found[1])
