"""What leaves the building is asked for at every door: without the account's digits, with wrong ones, with the right ones.

`reloc` is a third kind that the program does not know: what is asked for follows from its class alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from collect_tui import cli
from collect_tui.cli.shell import act_of
from collect_tui.client.desk import ApiDesk
from collect_tui.desk.commands import COMMANDS, Act, Command, CommandBase, OutsideCommand
from collect_tui.desk.errors import Unavailable, Unconfirmed
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.parse import parse
from collect_tui.desk.protocol import Desk
from collect_tui.domain.confirm import last_four
from collect_tui.domain.states import Stage
from collect_tui.server.app import create_app
from collect_tui.server.context import ServerContext
from collect_tui.server.examples import example
from collect_tui.store.engine import Store
from support.book import SERVICES, Book, Clock, account, day, local_desk
from support.server import bearer, server_context
from support.third import Relocate, relocates

ROSA = "4410-2231"
CUT = {**SERVICES[1], "status": "SUSPENDED", "suspend_cause": "nonpay"}
ERRED = {**CUT, "product": "EL", "identifier": "EL-1"}
BOOK = Book(
    account(
        ROSA,
        "Alvarez, Rosa",
        items=[("INV-1", -63, 30000, {"service": "INT"})],
        services=[SERVICES[0], CUT, ERRED],
        orders=[
            {
                "number": "S-7",
                "service": "EL-1",
                "kind": "suspend",
                "reason": "NONPAY",
                "effective": day(-3),
                "status": "COMPLETED",
                "requested_on": day(-4),
                "requested_by": "mia",
            },
        ],
        stage=Stage.FINAL,
        notices=[{"level": "pre-cut", "channel": "letter", "status": "DELIVERED", "sent_on": day(-20)}],
    )
)
LINES = {
    "suspend": "sus int tue",
    "restore": "res tv",
    "terminate": "term tv tue voluntary",
    "relocate": "reloc int",
    "reverse-order": "revorder el error",
    "downgrade": "down int INT50 20 tue",
}
COURTESY = {"by": "lee", "reason": "courtesy"}  # a restore before all is paid


def test_the_lines_below_are_all_there_are() -> None:
    with relocates():
        assert set(LINES) == {kind for kind, command in COMMANDS.items() if command.outside}


def test_what_leaves_the_building_cannot_be_defined_without_the_question() -> None:
    with pytest.raises(TypeError, match="OutsideCommand"):

        class Refund(CommandBase):
            outside: ClassVar[bool] = True
            kind: Literal["refund"] = "refund"

    for command in (Relocate, *COMMANDS.values()):
        assert command.outside == issubclass(command, OutsideCommand)
        assert ("confirm" in example(command)) == command.outside, "the API's description shows the digits"
        assert command.asks is None or command.model_fields[command.asks].default is None


@dataclass
class World:
    """A fresh book, and every way into it."""

    store: Store
    context: ServerContext
    client: TestClient
    home: Path

    def __post_init__(self) -> None:
        self.desk = local_desk(self.store, "lee", Clock())
        self.thin = ApiDesk(
            "http://desk",
            token=bearer(self.context, "lee")["Authorization"].removeprefix("Bearer "),
            user="1/lee",
            state_folder=self.home / "thin",
            clock=self.context.clock,
            transport=self.client._transport,
            background=False,
        )

    def commands(self, line: str) -> tuple[Command, ...]:
        view = self.desk.account(ROSA)
        parsed = parse(line, LineContext.of(view, self.desk.catalogue(), self.desk.session()))
        assert not parsed.errors, parsed.errors
        return parsed.commands

    def act(self, line: str, typed: str | None) -> Act:
        """What another program makes of a line."""
        commands = tuple(c if typed is None else c.model_copy(update={"confirm": typed}) for c in self.commands(line))
        return Act.model_validate(
            {"id": uuid4(), "account": ROSA, "commands": commands, "line": line, "override": override(line)}
        )

    def stored(self) -> tuple[int, int]:
        """What an act leaves behind: the version of the account, and how many entries its audit has."""
        return self.desk.account(ROSA).version, len(self.desk.pane(ROSA, "audit").audit)


def override(line: str) -> dict[str, str] | None:
    return COURTESY if line.startswith("res") else None


def ask(do: Callable[[], object]) -> str | None:
    """The code of the refusal; None when it was done."""
    try:
        do()
    except Unconfirmed as error:
        asked = error.confirm
    else:
        return None
    assert (asked.kind, asked.what, asked.field) == ("digits", "2231", "confirm")
    return asked.code


def at_a_desk(desk: Desk, world: World, line: str, typed: str | None) -> str | None:
    act = world.act(line, typed)
    shown = desk.preview(act)
    assert shown.outside
    assert shown.ok
    said = ask(lambda: desk.do(act))
    assert (shown.confirm is None) == (said is None)
    return said


def at_the_desk(world: World, line: str, typed: str | None) -> str | None:
    return at_a_desk(world.desk, world, line, typed)


def on_the_thin_client(world: World, line: str, typed: str | None) -> str | None:
    said = at_a_desk(world.thin, world, line, typed)
    assert world.thin.outbox.held() == (), "what is refused is not kept to go out later"
    return said


def as_the_last_word(world: World, line: str, typed: str | None) -> str | None:
    by = (COURTESY["by"], COURTESY["reason"]) if override(line) else (None, None)
    whole = line if typed is None else f"{line} #{typed}"
    return ask(lambda: world.desk.do(act_of(world.desk, ROSA, whole, override=by)))


def in_the_shell(world: World, line: str, typed: str | None) -> str | None:
    by = ("--override-by", "lee", "--override-reason", "courtesy") if override(line) else ()
    given = () if typed is None else ("--confirm", typed)
    database = ("--db", str(world.store.path))
    try:
        code = cli.main([*database, "--as", "lee", "--at", "2026-11-23T16:00Z", "do", ROSA, line, *given, *by])
    except SystemExit as ended:  # an empty text is no argument
        code = 3 if (ended.code, typed) == (2, "") else -1
    return {0: None, 3: "order.confirm"}[code]


def posted(world: World, path: str, body: dict[str, Any]) -> str | None:
    headers = {**bearer(world.context, "lee"), "If-Match": "*", "Idempotency-Key": str(uuid4())}
    answer = world.client.post(f"/v1/accounts/{ROSA}/{path}", json=body, headers=headers)
    if answer.status_code == 200:
        return None
    told = answer.json()
    assert (answer.status_code, told["title"], told["field"]) == (409, "refused", "confirm")
    assert (told["confirm"]["value"], told["confirm"]["command"]) == ("2231", 0)
    return str(told["type"]).removeprefix("urn:collect-tui:problem:")


def as_an_act_over_http(world: World, line: str, typed: str | None) -> str | None:
    body = world.act(line, typed).model_dump(mode="json", include={"commands", "line", "override"})
    return posted(world, "acts", body)


def under_its_noun(world: World, line: str, typed: str | None) -> str | None:
    if override(line):
        pytest.skip("a noun takes no override")
    (command,) = world.act(line, typed).commands
    return posted(world, command.noun, command.model_dump(mode="json", exclude={"kind"}))


DOORS = (
    at_the_desk,
    on_the_thin_client,
    as_the_last_word,
    in_the_shell,
    as_an_act_over_http,
    under_its_noun,
)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    with ExitStack() as stack:
        stack.enter_context(relocates())
        store = stack.enter_context(BOOK.store(tmp_path))
        context, app = server_context(store, Clock()), create_app()

        async def with_hub(scope: Any, receive: Any, send: Any) -> None:
            await app({**scope, "state": {"context": context}}, receive, send)

        made = World(store, context, TestClient(with_hub, base_url="http://desk"), tmp_path)
        yield made
        made.thin.close()


@pytest.mark.parametrize("line", LINES.values())
@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_without_the_digits_it_stays_at_every_door(
    world: World, door: Callable[[World, str, str | None], str | None], line: str
) -> None:
    before = world.stored()
    for typed in (None, "", "0000", "22310", "231"):
        if typed == "" and door is as_the_last_word:
            continue
        assert door(world, line, typed) == "order.confirm", typed
        assert world.stored() == before, "what is not confirmed leaves no trace"
    assert door(world, line, "2231") is None
    assert world.stored() == (before[0] + 1, before[1] + 1)


@pytest.mark.parametrize("line", LINES.values())
def test_while_the_server_is_away_it_is_refused_and_never_goes_out_later(world: World, line: str) -> None:
    class Away:
        def handle_request(self, request: Any) -> Any:
            import httpx

            raise httpx.ConnectError("the line is out", request=request)

        def close(self) -> None: ...

    far = ApiDesk(
        "http://desk",
        token="ct_1_" + "a" * 43,
        user="1/lee",
        state_folder=world.home / "away",
        clock=Clock(),
        transport=Away(),
        background=False,
        rest=lambda _: None,
    )
    with pytest.raises(Unavailable):
        far.do(world.act(line, "2231"))
    assert far.outbox.held() == ()
    far.close()


def test_a_third_kind_is_a_command_like_any_other(world: World) -> None:
    world.desk.do(world.act("reloc int", "2231"))
    assert any("int relocated" in entry.text for entry in world.desk.pane(ROSA, "timeline").timeline)
    assert isinstance(world.act("reloc int", None).commands[0], Relocate)
    assert last_four(ROSA) == "2231"
