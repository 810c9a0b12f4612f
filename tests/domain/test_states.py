"""States are compared as states: a state written as a text would not be found missing by the type checker; and by their value, as
a row of the database has it as a text."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import collect_tui
from collect_tui.domain.states import MACHINES, State

SOURCE = Path(collect_tui.__file__).parent
KINDS = frozenset(kind.__name__ for kind in State.__subclasses__())
NAMES = frozenset(state.value for kind in State.__subclasses__() for state in kind)


def compared(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and text of each state that a status or stage is compared with as a text."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Compare):
            continue
        sides = [node.left, *node.comparators]
        if any(isinstance(side, ast.Attribute) and side.attr.endswith(("status", "stage")) for side in sides):
            for inner in (each for side in sides for each in ast.walk(side)):
                if isinstance(inner, ast.Constant) and inner.value in NAMES:
                    yield inner.lineno, str(inner.value)


def identical(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and text of each comparison with a state by `is`: what comes of the database is equal to it and not the same."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and any(isinstance(op, ast.Is | ast.IsNot) for op in node.ops):
            for side in (node.left, *node.comparators):
                if isinstance(side, ast.Attribute) and isinstance(side.value, ast.Name) and side.value.id in KINDS:
                    yield node.lineno, ast.unparse(node)


def test_no_state_is_compared_by_identity() -> None:
    found = [
        f"{path.relative_to(SOURCE)}:{line} {text}"
        for path in SOURCE.rglob("*.py")
        for line, text in identical(ast.parse(path.read_text("utf-8")))
    ]
    assert found == []
    assert list(identical(ast.parse("a.status is not OrderState.SENT"))) == [(1, "a.status is not OrderState.SENT")]


def test_no_state_is_compared_as_a_text() -> None:
    found = [
        f"{path.relative_to(SOURCE)}:{line} {text}"
        for path in SOURCE.rglob("*.py")
        for line, text in compared(ast.parse(path.read_text("utf-8")))
    ]
    assert found == []


def test_the_search_finds_such_a_comparison() -> None:
    assert list(compared(ast.parse('a.status in {"OPEN", "x"} or b.stage == "FINAL"'))) == [(1, "OPEN"), (1, "FINAL")]


@pytest.mark.parametrize("kind", MACHINES)
def test_a_state_is_its_name(kind: type[State]) -> None:
    assert all(state == state.value == state.name == str(state) for state in kind)
