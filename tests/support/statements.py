"""Every statement that reaches the database, and which of its tables lack their tenant.

On a cluster that is distributed by tenant a statement goes to one machine only if each table it names carries
`tenant_id = <constant>` of its own; an equality between two tables is not enough (measured: 84 claims a second against 3,900).
So the text as the database gets it is taken apart here: scopes (each SELECT, UPDATE, DELETE), the tables of each, and the
conditions that hold for all of its rows.

    with watched() as seen: …
    assert lacking(seen) == []
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import Engine, event
from sqlmodel import SQLModel

from collect_tui.store import tables  # noqa: F401 — fills SQLModel.metadata

TABLES = frozenset(SQLModel.metadata.tables)

_TOKEN = re.compile(
    r"""'(?:[^']|'')*' | "(?:[^"]|"")*" | %\(\w+\)s | \?\d* | :\w+ | \$\d+ | ::\w+(?:\s+with\s+time\s+zone)?
    | \w+(?:\.(?:\w+|"(?:[^"]|"")*"|\*))* | <> | <= | >= | != | \|\| | \S""",
    re.VERBOSE | re.IGNORECASE,
)
_CONSTANT = re.compile(r"^(?:%\(\w+\)s|\?\d*|:\w+|\$\d+|\d+)$")
_SETS = {"UNION", "INTERSECT", "EXCEPT"}
_STARTS = {"SELECT", "UPDATE", "DELETE", "INSERT", "WITH", "VALUES"}
_CLAUSES = {
    "WHERE",
    "ON",
    "GROUP",
    "ORDER",
    "HAVING",
    "LIMIT",
    "OFFSET",
    "RETURNING",
    "SET",
    "FROM",
    "USING",
    "FOR",
    "WINDOW",
}
_JOINS = {"JOIN", "LEFT", "RIGHT", "FULL", "INNER", "OUTER", "CROSS", "NATURAL", "LATERAL"}

Tree = list[Any]  # tokens, and lists for what stands in parentheses


@contextmanager
def watched() -> Iterator[set[str]]:
    """The texts of all statements while it lasts, of every engine."""
    seen: set[str] = set()

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.add(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def lacking(statements: set[str]) -> list[str]:
    """`table: statement` for every table of ours without its tenant."""
    return sorted(f"{table}: {statement}" for statement in statements for table in missing(statement))


@lru_cache(maxsize=4096)
def missing(statement: str) -> tuple[str, ...]:
    """The tables of one statement that lack `tenant_id = <constant>`, by the names they go by in it."""
    tree = _tree(statement)
    return tuple(name for scope in _scopes(tree) for name in _missing(scope)) if _is_query(tree) else ()


def _tree(statement: str) -> Tree:
    root: Tree = []
    stack = [root]
    for token in _TOKEN.findall(re.sub(r"--[^\n]*", "", statement)):
        if token == "(":
            inner: Tree = []
            stack[-1].append(inner)
            stack.append(inner)
        elif token == ")":
            stack.pop()
        elif not token.startswith("::"):  # a cast changes nothing here
            stack[-1].append(token)
    return root


def _word(token: Any) -> str:
    return token.upper() if isinstance(token, str) else ""


def _is_query(tree: Tree) -> bool:
    return bool(tree) and (_word(tree[0]) in _STARTS or (isinstance(tree[0], list) and _is_query(tree[0])))


def _scopes(tree: Tree) -> Iterator[Tree]:
    """Each query of the tree by itself; those inside it stand in it still, as lists."""
    part: Tree = []
    for token in [*tree, "UNION"]:
        if _word(token) not in _SETS:
            part.append(token)
            continue
        yield from _split(part)
        part = []


def _split(part: Tree) -> Iterator[Tree]:
    """INSERT … SELECT is two scopes, WITH … SELECT as many as there are; whatever is in parentheses comes after."""
    starts = [
        i
        for i, token in enumerate(part)
        if _word(token) in {"SELECT", "UPDATE", "DELETE", "INSERT"}
        and not (i and _word(part[i - 1]) in {"FOR", "KEY", "DO", "BEFORE", "OR"})
    ]
    for start, end in zip(starts, [*starts[1:], len(part)], strict=False):
        yield part[start:end]
    for inner in _queries(part):
        yield from _scopes(inner)


def _queries(tree: Tree) -> Iterator[Tree]:
    for token in tree:
        if isinstance(token, list):
            if _is_query(token):
                yield token
            else:
                yield from _queries(token)


def _missing(scope: Tree) -> list[str]:
    kind = _word(scope[0])
    if kind == "INSERT":
        name = next((t for t in scope[2:3]), "")
        columns = scope[3] if len(scope) > 3 and isinstance(scope[3], list) else []
        return [name] if name in TABLES and "tenant_id" not in columns else []
    references = dict(_references(scope, kind))
    held = {alias for segment in _conditions(scope) for alias in _constants(segment)}
    alone = len(references) == 1
    return [
        table if table == alias else f"{table} AS {alias}"
        for alias, table in references.items()
        if table in TABLES and alias not in held and not (alone and "" in held)
    ]


def _references(scope: Tree, kind: str) -> Iterator[tuple[str, str]]:
    """(alias, table) of what a scope reads or changes, itself."""
    if kind == "UPDATE":
        yield from _named(scope, 1)
    inside = False
    for i, token in enumerate(scope):
        word = _word(token)
        if word in {"FROM", "USING"} and _word(scope[i - 1]) != "DISTINCT":
            inside = True
            yield from _named(scope, i + 1)
        elif inside and (word == "," or word in {"JOIN", "LATERAL"}):
            yield from _named(scope, i + 1)
        elif word in _CLAUSES - {"ON"}:
            inside = False


def _named(scope: Tree, at: int) -> Iterator[tuple[str, str]]:
    if at >= len(scope):
        return
    token = scope[at]
    if isinstance(token, list):
        if not _is_query(token):  # joins in parentheses
            yield from _references(["SELECT", "FROM", *token], "SELECT")
        return
    if _word(token) in {"LATERAL", "ONLY"}:
        yield from _named(scope, at + 1)
        return
    rest = [t for t in scope[at + 1 : at + 3] if isinstance(t, str)]
    if rest and rest[0].upper() == "AS":
        rest = rest[1:]
    named = rest and re.fullmatch(r"\w+", rest[0]) and rest[0].upper() not in _CLAUSES | _JOINS | _SETS | {"SKIP"}
    yield (rest[0] if named else token), token


def _conditions(tree: Tree) -> Iterator[Tree]:
    """What must hold for every row: the words after WHERE and ON, those in parentheses of joins too."""
    part: Tree | None = None
    inside = False
    for i, token in enumerate(tree):
        word = _word(token)
        if word in {"FROM", "JOIN"}:
            inside = True
        elif word in _CLAUSES - {"ON", "USING"}:
            inside = False
        if word in {"WHERE", "ON"} and _word(tree[i + 1] if i + 1 < len(tree) else "") != "CONFLICT":
            if part is not None:
                yield part
            part = []
        elif word in _CLAUSES | _JOINS or (word == "," and inside):
            if part is not None and not (word == "FROM" and _word(tree[i - 1]) == "DISTINCT"):
                yield part
                part = None
        elif part is not None:
            part.append(token)
        elif inside and isinstance(token, list) and not _is_query(token):
            yield from _conditions(["SELECT", "FROM", *token])
    if part is not None:
        yield part


def _constants(tree: Tree) -> Iterator[str]:
    """The aliases whose tenant is a constant by a condition that is not one of several alternatives."""
    if any(_word(token) == "OR" for token in tree):
        return
    for i, token in enumerate(tree):
        if isinstance(token, list):
            before = _word(tree[i - 1]) if i else ""
            if not _is_query(token) and before in {"", "AND"}:
                yield from _constants(token)
        elif token == "=" and 0 < i < len(tree) - 1:
            if i > 1 and _word(tree[i - 2]) == "NOT":
                continue
            for column, value in ((tree[i - 1], tree[i + 1]), (tree[i + 1], tree[i - 1])):
                if isinstance(column, str) and column.split(".")[-1] == "tenant_id" and _is_constant(value, tree, i):
                    yield column.rpartition(".")[0].strip('"')


def _is_constant(value: Any, tree: Tree, at: int) -> bool:
    if value == "CAST" and at + 2 < len(tree) and isinstance(tree[at + 2], list):
        value = tree[at + 2][0]
    return isinstance(value, str) and bool(_CONSTANT.match(value))
