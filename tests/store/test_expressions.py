"""An expression has the same value in Python and in SQL, whatever it is and whatever is unknown."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Date, Integer, String, bindparam, select

from collect_tui.domain import expression as ex
from collect_tui.domain.expression import Constant, Field, Operation, Param
from collect_tui.store.expressions import compiled

DAY = date(2026, 11, 23)
COLUMNS = {"n": Integer, "k": Integer, "on": Date, "until": Date, "word": String}
WHOLE = st.integers(-50, 50)
ROWS = st.fixed_dictionaries(
    {
        "n": st.none() | WHOLE,
        "k": WHOLE,
        "on": st.none() | st.integers(-3, 3).map(lambda n: DAY + timedelta(days=n)),
        "until": st.none() | st.integers(-3, 3).map(lambda n: DAY + timedelta(days=n)),
        "word": st.none() | st.sampled_from(["OPEN", "CLOSED"]),
    }
)
PARAMS = {"least": 7, "today": DAY}

# The databases differ on the least and the greatest of what is not known: no rule asks for that.
_known = st.recursive(
    st.sampled_from([Field("k"), Param("least"), Constant(0), Constant(3)]),
    lambda inner: (
        st.builds(
            lambda name, a, b: Operation(name, (a, b)),
            st.sampled_from(["add", "sub", "mul", "least", "greatest"]),
            inner,
            inner,
        )
        | st.builds(lambda a, b: ex.greatest(0, a) // ex.greatest(1, b), inner, inner)
    ),
    max_leaves=3,
)
_numbers = st.recursive(
    _known | st.just(Field("n")),
    lambda inner: st.builds(
        lambda name, a, b: Operation(name, (a, b)), st.sampled_from(["add", "sub", "mul"]), inner, inner
    ),
    max_leaves=3,
)
_days = st.sampled_from([Field("on"), Field("until"), Param("today", date)])
_compared = st.sampled_from(["lt", "le", "gt", "ge", "eq"])
_conditions = st.recursive(
    st.builds(lambda name, a, b: Operation(name, (a, b)), _compared, _numbers, _numbers)
    | st.builds(lambda name, a, b: Operation(name, (a, b)), _compared, _days, _days)
    | st.builds(ex.unknown, _numbers | _days | st.just(Field("word")))
    | st.just(Field("word").one_of("OPEN", "SHUT")),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: ex.all_of(*parts))
        | st.lists(inner, min_size=1, max_size=3).map(lambda parts: ex.any_of(*parts))
        | inner.map(ex.negated)
    ),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_conditions, min_size=1, max_size=8), _numbers, ROWS)
def test_python_and_sql_agree(store, conditions, number, row):
    columns = {name: bindparam(f"row_{name}", type_=kind) for name, kind in COLUMNS.items()}
    values = {f"row_{name}": value for name, value in row.items()} | PARAMS
    chosen = ex.choose(*((c, n) for n, c in enumerate(conditions, start=1)), otherwise=number)
    seen = SimpleNamespace(**row)
    with store.read() as db:
        found = db.execute(select(*(compiled(one, columns) for one in (*conditions, chosen))), values).one()
    assert [None if v is None else int(v) for v in found] == [
        None if v is None else int(v) for v in (ex.evaluate(one, seen, PARAMS) for one in (*conditions, chosen))
    ]
