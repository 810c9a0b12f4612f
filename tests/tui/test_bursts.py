"""Whatever is typed, slow keys, a burst and chunks do the same over late answers, on the local desk and on the thin client."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import nullcontext
from unittest import mock

import pytest

from collect_tui.desk.line.context import LineContext
from collect_tui.desk.line.parse import parse
from collect_tui.desk.line.verbs import VERBS
from collect_tui.tui.app import CollectApp
from support.bursts import lines
from support.bursts.clockless import passing_time
from support.bursts.play import WAYS, run, shrunk
from support.bursts.stage import Stage
from support.bursts.typist import flow_of, tokens_of
from support.thin import EXPLORE, few

#: Sequences, and how many of them a test plays.
SEQUENCES, PART = few(80, of=200), 20
#: Keys of a sequence, about; `benchmarks/bursts.py` plays longer ones.
KEYS = 12


DESKS = ("local", "thin")


@pytest.fixture(scope="module", params=DESKS)
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    with Stage(request.param) as opened:
        yield opened


@pytest.mark.parametrize("first", range(0, SEQUENCES, PART))
def test_every_way_of_typing_does_the_same(stage: Stage, first: int) -> None:
    """Every second sequence is played on the local desk, the others on the thin client; as one burst and in chunks by turns."""
    for seed in range(first + (stage.desk == "thin"), first + PART, 2):
        found = run(stage, seed, length=KEYS, ways=[WAYS[seed // 2 % 2]])
        assert found is None, shrunk(stage, found)


WENT_WRONG = [
    "/ros<down><down><enter>,n",
    "/oakensh<down><down><down><enter>",
    "/4410-3601<f12><down><down><enter>",
    "/eske<tab><enter>",
    ":q broken<enter>/marsh<f12><down><enter>:pay 12 card r881<enter>",
    ":q new<enter><down>csa <tab><enter>",
    "1<enter>3<enter>a300<tab><tab><tab>12<f10>lee<tab>asked<f2>",
    ":good m1; <tab><f12><enter>",
    "1<enter><enter>9<down><enter><pgdn>b<size:132x43><down><enter>w9<enter>",
    "<size:100x30>:skip bank-error<enter>",
    ":<paste:bx m7><enter><home><size:60x20><ctrl+u><paste:12,5 m7><enter>",
    "<down><down><enter>csa <tab><enter><down>revpay r881 wrong-po<enter>",
    "<down><down><enter>6<enter>o<pgdn>",
    "w,h t2<f8>,h<enter><down>",
    ":base<enter>n<up><up><up><enter><size:132x43>ccust ptp fri wp; sa m7 cust will call<enter>",
    "jjjj<enter>/xyzzy<enter><size:60x20>/4410-9396<enter>",
    "/<f8>s<tab><size:100x30><enter><enter> zb",
    "/441<down><enter>o<ctrl+u>el<f2><tab>nonpay<f10><size:132x43><f12>",
    "<enter><f11><size:60x20><end>",
]


@pytest.mark.parametrize(
    ("stage", "flow"),
    [(desk, flow) for n, flow in enumerate(WENT_WRONG) for desk in (DESKS if EXPLORE else (DESKS[n % 2],))],
    indirect=["stage"],
)
def test_what_once_went_wrong(stage: Stage, flow: str) -> None:
    """Each on one of the two desks."""
    assert run(stage, 1, tokens_of(flow)) is None


def test_rows_that_were_asked_for_before_an_act_are_not_shown_after_it(stage: Stage) -> None:
    """The answers come as late as they did when it went wrong."""
    flow = "<enter>qt<enter><f4><size:100x30><enter><enter>"
    assert run(stage, 202063, tokens_of(flow)) is None


def test_a_gate_that_does_not_hold_is_found_out() -> None:
    """Keys that do not wait for the desk go astray in one of the first sequences."""
    with Stage("local") as stage, mock.patch.object(CollectApp, "hold_keys", return_value=nullcontext()):
        assert any(run(stage, seed, length=KEYS) for seed in range(10))


def test_a_flow_is_read_as_it_is_written() -> None:
    flow = "/this tle<down><down><enter>,n<paste:two words><size:132x43><lt>"
    assert flow_of(tokens_of(flow)) == flow


def test_every_verb_is_typed_and_many_lines_are_valid() -> None:
    with Stage("local") as stage:
        desk = stage.open("mia")
        context = LineContext.of(desk.account(stage.numbers[0]), stage.site, desk.session())
    chance = random.Random(1)
    typed = [lines.line(chance, stage.site.codes, stage.site.cases.kinds) for _ in range(600)]
    many = [lines.line(chance, stage.site.codes, stage.site.cases.kinds) for _ in range(6000)]
    verbs = {verb.verb for verb in VERBS.values()} | {kind.verb for kind in stage.site.cases.kinds.values()}
    assert verbs <= {line.split()[0] for line in many if line}
    assert sum(not parse(line, context).errors for line in typed) > len(typed) / 3


def test_a_second_of_waiting_costs_nothing_and_all_comes_in_its_order() -> None:
    came: list[str] = []

    async def later(seconds: float, what: str) -> None:
        await asyncio.sleep(seconds)
        came.append(what)

    async def all_of_them() -> float:
        begin = asyncio.get_running_loop().time()
        await asyncio.gather(later(3600, "late"), later(0.1, "soon"), later(60, "then"))
        return asyncio.get_running_loop().time() - begin

    with passing_time() as runner:
        assert runner.run(all_of_them()) == pytest.approx(3600, abs=0.01)
    assert came == ["soon", "then", "late"]
