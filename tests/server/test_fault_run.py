"""A small fault run in each run of the tests; `benchmarks/faults.py` is the large one."""

from __future__ import annotations

import pytest

from support import pg
from support.faultrun import VERDICT, FaultRun


@pytest.mark.timeout(300)
def test_nothing_typed_is_lost_or_done_twice(tmp_path):
    pg.need()
    with FaultRun(tmp_path, typists=2, each=30, accounts=6, pace=0.05) as run:
        run.begin()
        run.until(lambda: run.look() or run.typed >= 12, "nobody types")
        run.kill(run.people[0])
        run.kill_server()
        run.until(lambda: run.look() or run.typed >= 30, "nobody types while the server is away")
        run.serve()
        run.until(lambda: run.look() or run.typed >= 40, "nobody types")
        found = run.end()
    assert {name: found[name] for name in VERDICT} == dict.fromkeys(VERDICT, 0), found
    assert found["typed"] == 60
    assert found["did"]["typist killed"] == found["did"]["server killed"] == 1
    assert found["did"]["503"] > 0
