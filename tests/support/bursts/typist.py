"""What somebody types next who sees the screen: keys of the registry, lines of the grammar, names of the book; and flows as text.

/thistle<down><down><enter>,n               a flow: letters as they are, other keys in angle brackets
<paste:two words><size:132x43><f2>
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable
from typing import Any, Final

from collect_tui.desk.catalogue import Catalogue
from collect_tui.tui.dialogs.asking import AskingScreen
from collect_tui.tui.dialogs.choosing import ChoosingScreen
from collect_tui.tui.dialogs.signin import PasswordScreen
from collect_tui.tui.forms.fields import FormField
from collect_tui.tui.forms.form import FormScreen
from collect_tui.tui.keys.actions import in_context
from collect_tui.tui.widgets.lineedit import LineEdit
from support.bursts import lines

_TOKEN: Final = re.compile(r"<([^<>]{2,})>|(.)", re.DOTALL)
#: Keys that a flow never types: they end the program, or pass the gate ahead of others.
NEVER: Final = frozenset({"ctrl+q", "ctrl+l"})
SIZES: Final = ("80x24", "132x43", "60x20", "100x30")
QUEUES: Final = ("broken", "new", "followup", "callback", "suspend", "stuck", "predue", "nosuch")
WORDS: Final = ("floor", "outbox", "keys", "why", "whynot", "help pay", "theme mono", "reveal m1 asked", "undo", "next", "base",
                "back", "previous", "refresh", "q", "find oak", "signin", "form", "form pp", "form pay 12", "form t", "form undo",
            "form cb tue", "form sus", "form skip", "form lm m1", "form nix")  # fmt: skip


def flow_of(tokens: Iterable[str]) -> str:
    """The keys as one text."""
    return "".join({"space": " ", "<": "<lt>"}.get(one, one if len(one) == 1 else f"<{one}>") for one in tokens)


def tokens_of(flow: str) -> list[str]:
    """The keys of a flow."""
    return [{"lt": "<", " ": "space"}.get(one or two, one or two) for one, two in _TOKEN.findall(flow)]


def typed(text: str) -> list[str]:
    """A text as keys."""
    return ["space" if char == " " else char for char in text]


class Typist:
    """Chooses what to type by the screen in front of it."""

    def __init__(self, chance: random.Random, names: list[str], numbers: list[str]) -> None:
        self.chance = chance
        self.names = names
        self.numbers = numbers

    def next(self, app: Any) -> list[str]:
        """The next few keys."""
        pick, screen = self.chance, app.screen
        if pick.random() < 0.03:
            return [f"size:{pick.choice(SIZES)}"]
        if isinstance(screen, AskingScreen):
            return self._answer(app)
        if isinstance(screen, PasswordScreen):
            return pick.choice((["f12"], [*typed("no"), "enter"]))
        if isinstance(screen, ChoosingScreen):
            return [*["down"] * pick.randrange(4), pick.choice(("enter", "enter", "a", "f12"))]
        focused = screen.focused
        if isinstance(screen, FormScreen):
            return self._form(app, focused)
        if isinstance(focused, LineEdit):
            return self._in_find(focused) if screen.context == "find" else self._in_line(focused, app)
        return self._keys(app, screen.context)

    # -- where letters act ----------------------------------------------------------------------------------------

    def _keys(self, app: Any, context: str) -> list[str]:
        pick = self.chance
        doing: list[tuple[int, Callable[[], list[str]]]] = [
            (4, lambda: [pick.choice(self._registry(context))]),
            (3, lambda: self._find()),
            (4, lambda: [":", *self._line(app)]),
            (2, lambda: self._moves()),
            (1, lambda: self._paste()),
        ]
        if context in {"board", "queue", "find", "outbox", "floor"}:
            doing += [(6, lambda: [*self._moves(), "enter"]), (3, lambda: [*str(pick.randrange(1, 9)), "enter"])]
        if context == "account":
            hot = app.catalogue.codes.hot
            doing += [
                (8, lambda: [pick.choice((",", "space")), pick.choice([*hot, *hot, "k", "b", ","])]),
                (4, lambda: [pick.choice("123456789")]),
                (3, lambda: [pick.choice(("p", "a", "o"))]),
                (1, lambda: ["9", *self._moves(), "enter"]),
            ]
        if context in {"queue", "account"}:
            doing.append((5, lambda: [pick.choice("ncstzhl"), *self._rest(app)]))
        weights, ways = zip(*doing, strict=True)
        return pick.choices(ways, weights)[0]()

    def _registry(self, context: str) -> list[str]:
        return [key for one in in_context(context) for key in one.all_keys if key not in NEVER and len(key) > 0]

    def _moves(self) -> list[str]:
        pick = self.chance
        key = pick.choice(("down", "down", "down", "j", "up", "pgdn", "pgup", "end", "home"))
        return [key] * pick.randrange(1, 5)

    def _find(self) -> list[str]:
        return ["/", *self._found()]

    def _found(self) -> list[str]:
        pick = self.chance
        text = pick.choice((self._name, self._name, self._name, self._number, lambda: "xyzzy"))()
        after: list[str] = []
        if pick.random() < 0.25:
            after = [pick.choice(("f12", "enter", "backspace", "tab"))]
        return [*typed(text), *after, *["down"] * pick.choice((0, 0, 1, 2, 3)), "enter"]

    def _name(self) -> str:
        name = self.chance.choice(self.names)
        return name[: self.chance.randrange(3, len(name) + 1)]

    def _number(self) -> str:
        number = self.chance.choice(self.numbers)
        return number[: self.chance.choice((3, 6, len(number), len(number)))]

    def _paste(self) -> list[str]:
        return [f"paste:{self.chance.choice(('pp 150 fri', 'n two words', 'thistle', 'na', '4410', ',n'))}"]

    # -- in the line ------------------------------------------------------------------------------------------------

    def _line(self, app: Any) -> list[str]:
        """A line and its end: of the desk's language, a word of the program, a number."""
        pick = self.chance
        what = pick.choices(("line", "queue", "word", "number"), (5, 2, 2, 2))[0]
        if what == "queue":
            return [*typed(f"q {pick.choice(QUEUES)}"), "enter"]
        if what == "word":
            return [*typed(pick.choice(WORDS)), "enter"]
        if what == "number":
            return [*typed(pick.choice(self.numbers)), "enter"]
        return [*self._whole(lines.line(pick, app.catalogue.codes, app.catalogue.cases.kinds)), *self._end()]

    def _rest(self, app: Any) -> list[str]:
        """What follows a key that has begun a line."""
        text = lines.line(self.chance, app.catalogue.codes, app.catalogue.cases.kinds)
        return [*self._whole(text.partition(" ")[2] or text), *self._end()]

    def _whole(self, text: str) -> list[str]:
        """A text typed to its end, completed half-way by Tab, or pasted."""
        pick = self.chance.random()
        if pick < 0.1:
            return [f"paste:{text}"] if text else []
        if pick < 0.3 and len(text) > 2:
            return [
                *typed(text[: self.chance.randrange(1, len(text))]),
                self.chance.choice(("tab", "tab", "right", "f4")),
            ]
        return typed(text)

    def _end(self) -> list[str]:
        return self.chance.choice((["enter"], ["enter"], ["enter"], ["enter"], ["f10"], ["f12"], []))

    def _in_line(self, field: LineEdit, app: Any) -> list[str]:
        pick = self.chance
        if pick.random() < 0.3:
            return [
                pick.choice(
                    (
                        "tab",
                        "f4",
                        "f10",
                        "f10",
                        "up",
                        "down",
                        "right",
                        "end",
                        "home",
                        "backspace",
                        "ctrl+u",
                        "f12",
                        "f1",
                        "f5",
                        "f8",
                    )
                )
            ]
        if pick.random() < 0.5 and field.text.strip():
            return ["enter"]
        return [*(["ctrl+u"] if field.text else []), *self._line(app)]

    def _in_find(self, field: LineEdit) -> list[str]:
        pick = self.chance
        if pick.random() < 0.5:
            return [pick.choice(("down", "up", "enter", "tab", "f12", "backspace", "f11", "f8", "pgdn", "f3"))]
        return [*(["ctrl+u"] if field.text else []), *self._found()]

    # -- forms and questions ------------------------------------------------------------------------------------------

    def _form(self, app: Any, focused: Any) -> list[str]:
        pick = self.chance
        way = pick.random()
        if way < 0.2:
            return [pick.choice(("f2", "f2", "f2", "f10", "f12", "f4", "f3", "f1"))]
        if way < 0.3:
            return [pick.choice(("tab", "shift+tab", "up", "down", "enter", "pgdn", "pgup", "right"))]
        if isinstance(focused, FormField) and focused.slot is not None:
            again = ["ctrl+u"] if focused.text and pick.random() < 0.5 else []
            return [
                *again,
                *typed(self._value(focused, app.catalogue)),
                pick.choice(("tab", "enter", "down", "f2", "f10")),
            ]
        return ["f12"]

    def _value(self, field: FormField, site: Catalogue) -> str:
        """What may be typed in a field: what the line has in its place, nothing, or a slip."""
        assert field.slot is not None
        who = {
            "override_by": ("lee", "omar", "mia"),
            "override_why": ("asked on the phone", ""),
            "override_proof": ("correct horse battery staple", "wrong"),
        }.get(field.slot.name)
        if ":" in field.slot.kind and not who:  # a field of a case
            text = lines.value(self.chance, field.slot, site.cases.kinds)
        else:
            text = self.chance.choice(who) if who else lines.expanded(self.chance, field.slot.word, site.codes)
        return self.chance.choice((text, text, text, text, "", "xyzzy"))

    def _answer(self, app: Any) -> list[str]:
        pick, screen = self.chance, app.screen
        leaving = len(app.screen_stack) == 2 and screen.text.startswith("Leave the program")
        if not screen.query("#answer"):
            return [pick.choice(("n", "b", "enter", "x") if leaving else ("y", "y", "y", "n", "b", "enter", "x"))]
        last = re.findall(r"\d", app.base_asked() if hasattr(app, "base_asked") else "")
        claim = app.navigator.claim.account if app.navigator.claim is not None else ""
        digits = "".join(char for char in claim if char.isdigit())[-4:] or "".join(last)[-4:] or "2231"
        return [*typed(pick.choice((digits, digits, digits, "0000", ""))), pick.choice(("enter", "f2", "f12"))]
