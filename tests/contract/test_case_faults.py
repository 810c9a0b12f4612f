"""What goes wrong with cases on every desk: two people at one, text that means harm in every field of every kind, who may do what."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from sqlmodel import SQLModel

from collect_tui.cli.cases import case_text
from collect_tui.common.text import clean
from collect_tui.desk.commands import Act, ChangeCase, Command, DecideCase, LinkCase, MoveCase, OpenCase, WriteCaseNote
from collect_tui.desk.errors import Forbidden, Invalid, Refused, SignedOut, Stale
from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.parse import parse
from collect_tui.desk.line.render import render_act
from collect_tui.desk.protocol import Desk
from collect_tui.domain.case.definition import FieldType
from collect_tui.services import users
from collect_tui.services.local import LocalDesk
from collect_tui.store.engine import Store
from collect_tui.store.tables import CaseFile
from contract.conftest import CORNERS, act
from support.book import NOW, catalogue
from support.casefiles import BOOK, ROSA, opening

COMBINATIONS = CORNERS
KINDS = catalogue().cases.kinds
HOSTILE = "=cmd|' /C calc'!A0 \x1b]52;c;aGk=\x07\x1b[2J[red]x[/red] \u202eevil\u2066 \x9b31m\x00{{ 7*7 }} @SUM(A1) +1 -1 %s 李 \u200b"


@pytest.fixture
def store(combination: str, tmp_path: Path) -> Iterator[Store]:
    with BOOK.store(tmp_path) if combination.endswith("sqlite") else BOOK.pg_store() as opened:
        yield opened


def do(desk: Desk, *commands: Command) -> None:
    desk.do(Act(id=uuid4(), account=ROSA, commands=commands))


def opened(desk: Desk, kind: str) -> str:
    do(desk, opening(KINDS[kind]))
    return next(each.number for each in desk.account(ROSA).cases if each.kind == kind)


def test_what_has_been_paid_since_is_not_waived_and_the_decision_says_what_is_left(desk, desks):
    lead = desks("lee")

    def open_of() -> dict[str, int]:
        return {each.doc_no: each.open for each in desk.pane(ROSA, "items").items if each.open}

    desk.do(act(desk, ROSA, 'waive INV-2 goodwill "first time"'))
    number = next(each.number for each in desk.account(ROSA).cases if each.kind == "waiver")
    desk.do(act(desk, ROSA, f'case {number} waive "please"'))
    desk.do(act(desk, ROSA, "pay 50 cash W1 INV-2=50"))
    assert open_of()["INV-2"] == 6210
    with pytest.raises(Refused, match=r"62\.10 is open, less than the 112\.10 that is to be taken off"):
        do(lead, DecideCase(case=number, agreed=True, reason="fine"))
    assert open_of()["INV-2"] == 6210
    do(lead, DecideCase(case=number, agreed=False, reason="paid since"))
    desk.do(act(desk, ROSA, f'case {number} waive amount=62.10 "what is left"'))
    do(lead, DecideCase(case=number, agreed=True, reason="fine"))
    assert "INV-2" not in open_of()


def test_who_moves_a_case_second_is_told_who_was_first_and_when(desk, desks, clock):
    number, ben = opened(desk, "dispute"), desks("ben")
    mine = act(desk, ROSA, "case void by mistake")
    clock.forward(minutes=5)
    ben.do(act(ben, ROSA, "case review seen the bill"))
    with pytest.raises(Stale) as told:
        desk.do(mine)
    assert "ben changed this account at 10:05" in told.value.message
    assert (told.value.by, told.value.at) == ("ben", clock.now)
    assert [each.did for each in desk.case(number).events] == ["is opened", "is in review"]


def test_two_who_decide_one_case_decide_it_once(desk, lead, desks):
    number = opened(desk, "legal")
    do(desk, MoveCase(case=number, move="refer", values={"counsel": "Reed"}))
    do(lead, DecideCase(case=number, agreed=True, reason="seen"))
    with pytest.raises(Refused, match="waits for no decision"):
        do(lead, DecideCase(case=number, agreed=False, reason="too late"))


@pytest.mark.parametrize("kind", KINDS)
def test_text_that_means_harm_is_text_in_every_field_of_every_kind(desk, kind):
    line = render_act((opening(KINDS[kind], HOSTILE),), context := _context(desk))
    parsed = parse(line, context)
    assert not parsed.errors, line
    desk.do(Act(id=uuid4(), account=ROSA, commands=parsed.commands, line=line))
    (case,) = desk.account(ROSA).cases
    do(desk, WriteCaseNote(case=case.number, text=HOSTILE))
    seen = desk.case(case.number)
    told = {each.name: each.value for each in seen.fields}
    texts = [name for name, field in KINDS[kind].fields.items() if field.type is FieldType.TEXT and name in told]
    assert texts or not [each for each in KINDS[kind].asked if each.type is FieldType.TEXT]
    for text in (*(told[name] for name in texts), seen.events[-1].text):
        assert clean(text) == text
        assert text.startswith("=cmd|' /C calc'!A0 ")
        assert "[red]x[/red]" in text
    whole = case_text(seen, desk.session())
    assert clean(whole, keep_newlines=True) == whole
    assert "[red]x[/red]" in whole


def test_a_megabyte_is_refused_and_leaves_nothing(desk):
    context = _context(desk)
    for kind in KINDS.values():
        assert parse(f'{kind.verb} "{"x" * 10_000}"', context).errors
    assert parse(f'{KINDS["improvement"].verb} "{"x" * 1_000_000}"', context).errors
    with pytest.raises(ValueError, match="at most 4000"):
        OpenCase(case_kind="improvement", values={"what": "x" * 1_000_000})
    assert desk.cases().total == 0


def test_whoever_has_left_decides_nothing_and_what_waits_for_them_waits_for_others(desk, store, desks, combination):
    number = opened(desk, "legal")
    do(desk, MoveCase(case=number, move="refer", values={"counsel": "Reed"}))
    users.add(store, 1, "ann", catalogue().authority, role="lead")
    lee, ann = desks("lee"), desks("ann")
    assert lee.cases("decide").total == 1
    users.change(store, 1, "lee", catalogue().authority, NOW, active=False)
    if combination.startswith("api"):  # whoever owns a file is nobody's user
        with pytest.raises(SignedOut):
            do(lee, DecideCase(case=number, agreed=True, reason="still here"))
    assert ann.case(number).asked == "refer"
    assert ann.cases("decide").total == 1
    do(ann, DecideCase(case=number, agreed=True, reason="in the place of lee"))
    assert ann.case(number).state == "REFERRED"


def test_a_case_names_cases_and_belongs_to_people_that_there_are(desk, store):
    number = opened(desk, "dispute")
    with pytest.raises(Refused, match="no case TK-NONE; expected") as raised:
        do(desk, LinkCase(case=number, other="tk-none"))
    assert (raised.value.code, raised.value.field) == ("case.none", "other")
    do(desk, OpenCase(case_kind="ticket", values={"category": "billing", "subject": "no bill"}))
    other = desk.cases(kind="ticket").rows[0].number
    with pytest.raises(Refused, match=f"did you mean {other}"):
        do(desk, LinkCase(case=number, other=f"{other}X"))
    users.change(store, 1, "ben", catalogue().authority, NOW, active=False)
    for command in (
        ChangeCase(case=number, owner="ben"),
        OpenCase(case_kind="task", values=opening(KINDS["task"]).values, owner="ben"),
    ):
        with pytest.raises(Invalid, match="Nobody of this login works here") as error:
            do(desk, command)
        assert (error.value.code, error.value.field) == ("user.unknown", "owner")
    do(desk, ChangeCase(case=number, owner="lee"))
    do(desk, ChangeCase(case=number, owner=""))
    assert desk.case(number).owner == ""


def _context(desk: Desk) -> LineContext:
    return LineContext.of(desk.account(ROSA), desk.catalogue(), desk.session())


# ------------------------------------------------------------------------------------------------- every role × every move

ROLES = catalogue().authority.roles


def expected(role: str, who: str, department: str, *, opener: bool) -> str:
    """What the files say of a move by somebody of a role, at a desk of no department's own: empty, where it is for them."""
    rules = catalogue().authority
    if not rules.of(role).allows("act.move-case"):
        return "authority.permission"
    departments = catalogue().cases.departments
    theirs = {
        "anybody": True,
        "opener": opener,
        "dept": department not in departments or not departments[department].desks,
    }
    return "" if theirs.get(who, who in ROLES and rules.outranks(role, who)) else "case.role"


@pytest.mark.parametrize("combination", ["api-sqlite"], indirect=True)
@pytest.mark.parametrize("kind", KINDS)
def test_a_move_is_for_whom_its_kind_says_by_the_line_the_api_and_the_form(kind, store, desks, clock):
    number = opened(desks("mia"), kind)
    for role in ROLES:
        users.add(store, 1, f"a-{role}", catalogue().authority, role=role)
    c = SQLModel.metadata.tables["case_file"].c
    for state in KINDS[kind].states.values():
        if state.final:
            continue
        with store.write() as db:
            db.execute(update(CaseFile).where(c.tenant_id == 1).values(state=state.name, asked=""))
            (department,) = db.execute(select(c.department).where(c.tenant_id == 1)).one()
        for login, role in [("mia", "collector"), *((f"a-{role}", role) for role in ROLES)]:
            local = LocalDesk(
                store, catalogue(), user=login, clock=clock, authority=catalogue().authority.of(role)
            )  # whose line and form it is
            for move in KINDS[kind].moves_from(state.name):
                wanted = expected(role, move.who, department, opener=login == "mia")
                made = MoveCase(case=number, move=move.name)
                by_api = refused(desks(login), made)
                assert refused(local, made) == by_api, (login, state.name, move.name)
                assert (by_api if by_api in ("case.role", "authority.permission") else "") == wanted, (
                    login,
                    state.name,
                    move.name,
                    by_api,
                )
                if wanted != "authority.permission":
                    (shown,) = (each for each in local.case(number).moves if each.name == move.name)
                    assert bool(shown.barred) == bool(wanted), (login, state.name, move.name, shown)


def refused(desk: Desk, command: Command) -> str:
    """The code with which a command is refused; empty: it is not."""
    try:
        return desk.preview(Act(id=uuid4(), account=ROSA, commands=(command,))).error_code or ""
    except Forbidden as error:
        return error.code
