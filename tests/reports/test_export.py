from __future__ import annotations

import csv
import io
import re
import stat
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import collect_tui
from collect_tui.common.cells import Writer, as_came, cell
from collect_tui.common.files import AtomicFile
from collect_tui.common.text import clean
from collect_tui.desk.errors import Invalid, NotFound
from collect_tui.desk.views.queue import QUEUE_COLUMNS, QueueFigure, QueuePage, QueueRow
from collect_tui.reports.export import export


class Pages:
    """A desk that has one queue, in pages of two."""

    def __init__(self, *names: str) -> None:
        self.rows = [
            QueueRow(account=f"A-{n}", name=name, collectable=-1250 if n else 123456, currency="USD", dpd=n,
                     tier=2, score=7, chips=("broken", "-x"))
            for n, name in enumerate(names)
        ]  # fmt: skip

    def queue(self, name, *, cursor=None, limit=200):
        if name != "broken":
            raise NotFound("queue.not_found", "No such queue.", "queue")
        start = int(cursor or 0)
        figure = QueueFigure(
            name=name, title="", tier=2, count=len(self.rows), due_now=0, collectable=0, currency="USD"
        )
        more = str(start + 2) if start + 2 < len(self.rows) else None
        return QueuePage(queue=name, title="", rows=tuple(self.rows[start : start + 2]), cursor=more, figure=figure)


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_all_pages_in_their_order():
    out = io.StringIO()
    assert export(Pages("a", "b", "c", "d", "e"), "broken", out) == 5
    rows = read(out.getvalue())
    assert [row["account"] for row in rows] == ["A-0", "A-1", "A-2", "A-3", "A-4"]
    assert [row["collectable"] for row in rows[:2]] == ["1234.56", "-12.50"]


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1+1", "@SUM(A1)", "  =1", "=cmd|' /C calc'!A0", "＝1"])
def test_text_is_never_a_formula_unless_raw(evil):
    safe, raw = io.StringIO(), io.StringIO()
    export(Pages(evil), "broken", safe)
    export(Pages(evil), "broken", raw, raw=True)
    assert read(safe.getvalue())[0]["name"] == f"'{evil}"
    assert read(raw.getvalue())[0]["name"] == evil
    assert read(safe.getvalue())[0]["reasons"] == "broken · -x"


def test_controls_do_not_leave_either_way():
    for raw in (False, True):
        out = io.StringIO()
        export(Pages("a\x1b]52;c;aGk=\x07b\r\n=c"), "broken", out, raw=raw)
        assert read(out.getvalue())[0]["name"] == "ab =c"


@given(st.text() | st.text(";,|\t=+-@\"' 1a"))
@example("-0;")
@example("|-0")
def test_a_safe_cell_is_no_formula_by_any_delimiter_and_keeps_its_text(text):
    plain = clean(text)
    out = io.StringIO()
    Writer(out).row(["left", text, "right"])
    assert read(f"a,b,c\r\n{out.getvalue()}")[0]["b"].replace("'", "") == plain.replace("'", "")
    for delimiter in ";,|\t":
        for found in csv.reader(io.StringIO(out.getvalue()), delimiter=delimiter):
            for one in found:
                first = one.lstrip()[:1]
                assert first not in ("=", "+", "@", "＝"), (delimiter, one)
                assert first != "-" or re.fullmatch(r"-[0-9][0-9.,]*\"?", one), (delimiter, one)


@pytest.mark.parametrize("evil", ["a;=1", 'a;"=1', "a, @SUM(A1)", "x|+1", ";;-1+1", "a;\u00a0=1"])
def test_a_formula_behind_another_delimiter_is_none(evil):
    assert "'" in cell(evil)
    assert as_came(cell(evil)) == evil


@given(st.text() | st.text(";,|\t=+-@\"' 1a"))
def test_every_text_has_a_cell_of_its_own(text):
    assert as_came(cell(text)) == clean(text)


@pytest.mark.parametrize("text", ["-12.50", "-1,234.50", "4410-2231", "call +1 312", "1;-5;6", "Alvarez, Rosa"])
def test_what_is_no_formula_stays(text):
    assert cell(text) == text


def test_nothing_writes_a_csv_file_but_the_one_writer():
    source = Path(collect_tui.__file__).parent
    assert {p.relative_to(source).as_posix() for p in source.rglob("*.py") if "csv.writer" in p.read_text("utf-8")} == {
        "common/cells.py"
    }


def test_a_file_is_whole_and_private(tmp_path):
    path = tmp_path / "q.csv"
    path.write_text("old")
    assert export(Pages("a"), "broken", path) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["q.csv"]


def test_a_queue_that_is_not_there_leaves_the_old_file(tmp_path):
    path = tmp_path / "q.csv"
    path.write_text("old")
    with pytest.raises(NotFound):
        export(Pages("a"), "none", path)
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["q.csv"]


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path):
    with pytest.raises(Invalid, match=r"q.csv cannot be written"):
        export(Pages("a"), "broken", tmp_path / "none" / "q.csv")


def test_an_atomic_file_appears_at_the_end_only(tmp_path):
    path = tmp_path / "f"
    with AtomicFile(path) as out:
        out.write("x")
        out.flush()
        assert not path.exists()
    assert path.read_text() == "x"

    def fails() -> None:
        with AtomicFile(path) as out:
            out.write("y")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert path.read_text() == "x"
    assert len(list(tmp_path.iterdir())) == 1


def test_every_field_of_a_row_is_a_column():
    named = {{"reasons": "chips"}.get(column.name, column.name) for column in QUEUE_COLUMNS}
    assert named == set(QueueRow.model_fields)
