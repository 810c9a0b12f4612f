"""What a template may say between braces: names of the context, three functions, `if` and `for`. Everything else is refused when it is
loaded, by the tree that jinja2 parses it to; it is run in jinja2's sandbox besides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from collect_tui.common.words import expected
from collect_tui.domain.message.context import Slot, slots

if TYPE_CHECKING:
    from jinja2 import Template, nodes
    from jinja2.sandbox import SandboxedEnvironment

FUNCTIONS: Final = {
    "money": "an amount, as the language writes it: `{{ money(due_now) }}`",
    "date": "a day, as the language writes it: `{{ date(pay_by) }}`",
    "table": 'a table of a list, with these columns: `{{ table(items, "doc_no", "due", "owed") }}`',
}
_WANTS: Final = {"money": "amount", "date": "day"}
_PRINTED: Final = {"amount": "money({})", "day": "date({})", "record": "{}.…", "list": "table({}, …)"}
_IN_PART: Final = ("number", "identifier")
"""What is never printed whole."""


@cache
def environment() -> SandboxedEnvironment:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    return SandboxedEnvironment(undefined=StrictUndefined)


@lru_cache(maxsize=1024)
def compiled(source: str) -> Template:
    """A text that was checked, ready to be filled."""
    return environment().from_string(source)


@dataclass(slots=True)
class Found:
    """What a text says. `always`: placeholders that it prints whatever is known; `requires`: what may be missing and is printed all the
    same; `columns`: of tables; `faults`: (line, code, sentence)."""

    always: set[str] = field(default_factory=set)
    requires: set[str] = field(default_factory=set)
    columns: set[str] = field(default_factory=set)
    faults: list[tuple[int, str, str]] = field(default_factory=list)


def examine(source: str, *, piece: bool = False) -> Found:
    """Everything that a text says and everything that is wrong with it. `piece`: of `messages.toml`; it prints no other."""
    from jinja2 import TemplateSyntaxError

    found = Found()
    try:
        tree = environment().parse(source)
    except TemplateSyntaxError as error:
        found.faults.append((error.lineno, "syntax", f"{(error.message or 'cannot be read').rstrip('.')}."))
    else:
        scope = {name: slot for name, slot in slots().items() if not piece or slot.kind != "words"}
        _Walk(found).statements(tree.body, _Place(scope))
    return found


class _Place(NamedTuple):
    """Where in a text something stands: the names that there are, those that an `if` around has found to be there, and whether it is
    written whatever is known."""

    scope: Mapping[str, Slot]
    sure: frozenset[str] = frozenset()
    certain: bool = True

    def within(self, sure: frozenset[str] = frozenset(), scope: Mapping[str, Slot] | None = None) -> _Place:
        return _Place(scope or self.scope, self.sure | sure, certain=False)


class _Walk:
    """Goes through a tree."""

    def __init__(self, found: Found) -> None:
        self._found = found

    def statements(self, tree: Iterable[nodes.Node], place: _Place) -> None:
        from jinja2 import nodes

        for node in tree:
            match node:
                case nodes.Output():
                    for part in node.nodes:
                        if not isinstance(part, nodes.TemplateData):
                            self._printed(part, place)
                case nodes.If():
                    self.statements(node.body, place.within(self._condition(node.test, place)))
                    self.statements((*node.elif_, *node.else_), place.within())
                case nodes.For(target=nodes.Name(name=name), test=None, recursive=False):
                    self._loop(node, name, place)
                case _:
                    said = type(node).__name__.lower()
                    self._wrong(node, "statement", f"{said} is nothing a template does; it has if and for.")

    def _loop(self, node: nodes.For, name: str, place: _Place) -> None:
        each = self._value(node.iter, place)
        if name in place.scope or name in FUNCTIONS:
            self._wrong(node, "loop", f"{name} is a name of something else; call it otherwise in the loop.")
        elif each is not None and each.kind != "list":
            self._wrong(node, "loop", f"a loop goes over a list, and {_text(node.iter)} is none.")
        elif each is not None:
            if place.certain:
                self._found.always |= _names(node.iter)
            one = Slot(name, "record", each.record, False, "", None, None)
            self.statements(node.body, place.within(scope={**place.scope, name: one}))
        self.statements(node.else_, place.within())

    def _printed(self, node: nodes.Node, place: _Place) -> None:
        if (slot := self._value(node, place)) is None:
            return
        name = _text(node)
        if slot.kind in _PRINTED and name != "date":
            self._wrong(node, "print", f"{name} cannot be printed as it is; write {_PRINTED[slot.kind].format(name)}.")
        elif place.certain:
            self._found.always |= _names(node)

    def _condition(self, node: nodes.Node, place: _Place) -> frozenset[str]:
        """Looks through a condition; the names that are there where it holds."""
        from jinja2 import nodes

        match node:
            case nodes.And():
                left = self._condition(node.left, place)
                return left | self._condition(node.right, place.within(left))
            case nodes.Or():
                self._condition(node.left, place)
                self._condition(node.right, place)
            case nodes.Not():
                self._condition(node.node, place)
            case nodes.Compare(ops=[nodes.Operand(op="eq" | "ne", expr=nodes.Const(value=int()))]):
                compared = self._value(node.expr, place)
                if compared is not None and compared.kind != "count":
                    self._wrong(node, "compare", f"{_text(node.expr)} is no count; only counts are compared.")
            case nodes.Name():
                self._value(node, place.within(asked := frozenset({node.name})))
                return asked
            case _:
                self._value(node, place)
        return frozenset()

    def _value(self, node: nodes.Node, place: _Place) -> Slot | None:
        """What an expression comes to; None after a fault."""
        from jinja2 import nodes

        match node:
            case nodes.Name():
                found = self._known(node, node.name, place.scope, "placeholder")
                if found is not None and found.optional and node.name not in place.sure:
                    self._found.requires.add(node.name)
                return found
            case nodes.Getattr():
                base = self._value(node.node, place)
                if base is not None and base.kind != "record":
                    self._wrong(node, "attribute", f"{_text(node.node)} has no parts, so no {node.attr}.")
                    return None
                what = f"part of {_text(node.node)}"
                return base and self._known(node, node.attr, slots(base.record), what)
            case nodes.Call(node=nodes.Name(name=name), kwargs=[], dyn_args=None, dyn_kwargs=None) if name in FUNCTIONS:
                return self._call(name, node, place)
            case nodes.Call():
                said = f"there is no function {_text(node.node)}"
            case nodes.Filter():
                said = f"there is no filter {node.name}"
            case _:
                said = f"{type(node).__name__.lower()} is nothing that may stand in braces"
        self._wrong(node, "expression", f"{said}; a template has placeholders and {', '.join(FUNCTIONS)}.")
        return None

    def _call(self, name: str, node: nodes.Call, place: _Place) -> Slot | None:
        from jinja2 import nodes

        first = self._value(node.args[0], place) if node.args else None
        if node.args and first is None:
            return None
        columns = [each.value if isinstance(each, nodes.Const) else None for each in node.args[1:]]
        if name == "table" and first is not None and first.kind == "list" and columns:
            known = {key: slot for key, slot in slots(first.record).items() if slot.record is None}
            for column in columns:
                if column not in known:
                    self._wrong(node, "column", f"there is no column {column}; {expected(str(column), known)}")
            self._found.columns |= known.keys() & columns
        elif name == "table" or first is None or columns or first.kind != _WANTS[name]:
            self._wrong(node, "arguments", f"{name} writes {FUNCTIONS[name].replace('`', '')}.")
        return Slot(name, "text", None, False, "", None, None)

    def _known(self, node: nodes.Node, name: str, among: Mapping[str, Slot], what: str) -> Slot | None:
        if name in among:
            return among[name]
        masked = name in _IN_PART and "masked" in among
        hint = "it is printed masked only: write masked." if masked else expected(name, among)
        self._wrong(node, "placeholder", f"there is no {what} {name}; {hint}")
        return None

    def _wrong(self, node: nodes.Node, code: str, sentence: str) -> None:
        self._found.faults.append((node.lineno, code, sentence))


def _text(node: nodes.Node) -> str:
    """An expression as it was written, as far as a fault names it."""
    from jinja2 import nodes

    match node:
        case nodes.Name():
            return node.name
        case nodes.Getattr():
            return f"{_text(node.node)}.{node.attr}"
        case _:
            return "this"


def _names(node: nodes.Node) -> set[str]:
    """The placeholders that an expression prints: `firm.name` is `firm` too."""
    from jinja2 import nodes

    every = [node, *node.find_all((nodes.Name, nodes.Getattr))]
    return {_text(each) for each in every if isinstance(each, nodes.Name | nodes.Getattr)}
