"""A message as a letter: a PDF of A4 or US Letter with the address where the window of the envelope is, set by typst.

What the letter says goes to typst as data, which `letter.typ` walks. The PDF is PDF/A: fonts are in it, it can be kept for as long as
a notice must be proved, and typst refuses characters that no font has, where it would else draw boxes. The same message with the same
settings makes the same bytes.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from collect_tui.common.text import clean
from collect_tui.domain.errors import Invalid
from collect_tui.services.message.document import Document, Node
from collect_tui.services.message.port import Outgoing, Rejected
from collect_tui.settings import PrintHouse

if TYPE_CHECKING:
    import typst

TEMPLATE: Final = Path(__file__).with_name("letter.typ")
LATIN: Final = "Libertinus Serif"
CHINESE: Final = ("Noto Serif SC", "Noto Sans SC")
"""For the text, and for what is emphasised in it."""
_LINES: Final = {"a4": 6, "letter": 5}
"""That the window takes, the name among them."""
_MISSING: Final = re.compile(r'the text `"(.+?)"` could not be displayed')
_PAGE: Final = re.compile(rb"/Type\s*/Page\b")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?![a-z])")


@dataclass(frozen=True, slots=True)
class Letter:
    pdf: bytes
    pages: int


class Typesetter:
    """Sets letters by the settings of a print house. Raises Invalid "messages.files", "messages.font"."""

    def __init__(self, house: PrintHouse) -> None:
        if find_spec("typst") is None:
            raise Invalid(
                "messages.files", "Letters need the extra of files: pip install 'collect-tui[files]'.", "print_house"
            )
        import typst

        fonts = typst.Fonts(False, True, [str(folder) for folder in (house.font_folder, _chinese()) if folder])
        families = {family.casefold(): family for family in fonts.families()}
        if house.font and house.font.casefold() not in families:
            listed = ", ".join(families.values())
            raise Invalid("messages.font", f"There is no font {house.font!r}; there are {listed}.", "font")
        # Fonts that nobody named are left out: those for formulas have letters of other scripts, and cannot join them to words.
        own = typst.Fonts(False, False, [str(house.font_folder)]).families() if house.font_folder else []

        def known(*names: str) -> list[str]:
            return [name for name in (house.font, *names, *own) if name.casefold() in families]

        self._fonts, self._emphasis = known(LATIN, *CHINESE), known(LATIN, *reversed(CHINESE))
        self._house = house
        # Its root is where the template lies: there are programs there and no data, and the template reads none of them.
        self._compiler: typst.Compiler = typst.Compiler(TEMPLATE, root=TEMPLATE.parent, font_paths=fonts)

    def letter(self, message: Outgoing) -> Letter:
        """Sets one. Raises Rejected when the address does not fit its window, or no font has a character of the text."""
        import typst

        try:
            pdf = self._compiled(self._data(message), message.dated)
        except typst.TypstError as error:
            raise _refusal(error, message) from None
        return Letter(pdf, len(_PAGE.findall(pdf)))

    def paper(self, document: Document, key: str, dated: date) -> bytes:
        """Sets a document that goes to nobody by post: no address, in smaller type for its tables. Invalid "messages.font" when no font
        has a character of it."""
        import typst

        data = {**self._sheet(key, document.language, document.blocks), "window": False, "size": 9}
        try:
            return self._compiled(data, dated)
        except typst.TypstError as error:
            raise Invalid("messages.font", _unset(error), "font") from None

    def _compiled(self, data: Mapping[str, Any], dated: date) -> bytes:
        made: Any = self._compiler.compile(
            format="pdf",
            sys_inputs={"letter": json.dumps(data, ensure_ascii=False)},
            pdf_standards=["a-2u"],
            pdf_tags=False,
            timestamp=int(datetime.combine(dated, time(), UTC).timestamp()),
        )
        found: bytes = made
        return found

    def _data(self, message: Outgoing) -> Mapping[str, Any]:
        house = self._house
        address = [line for each in (message.name, *message.to.splitlines()) if (line := _line(each))]
        if not 2 <= len(address) <= _LINES[house.paper]:
            raise Rejected(
                f"The name and the postal address take 2 to {_LINES[house.paper]} lines, this has {len(address)}.",
                point=True,
            )
        document = message.document
        blocks = document.blocks if document else _paragraphs(message.text)
        tag = document.language if document else message.language
        day = _day(message, tag)
        opening = "\n".join(block.words for block in blocks[:3])
        return {
            **self._sheet(message.key, tag, blocks),
            "sender": _line(house.sender),
            "head": [part for each in house.sender.split("·") if (part := _line(each))] if house.letterhead else [],
            "folds": [0, 1] if house.fold_marks else [],
            "address": address,
            # Texts that begin with the date say it once.
            "date": "" if re.search(rf"(?<!\d){re.escape(day)}(?!\d)", opening) else day,
        }

    def _sheet(self, key: str, tag: str, blocks: Iterable[Node]) -> Mapping[str, Any]:
        return {
            "key": key,
            "paper": self._house.paper,
            "language": found[0] if (found := _LANGUAGE.match(tag)) else "en",
            "fonts": self._fonts,
            "emphasis": self._emphasis,
            "window": True,
            "size": 10.5,
            "blocks": [_node(block) for block in blocks],
        }


def _chinese() -> Path | None:
    """Where the fonts of the extra files-zh are."""
    spec = find_spec("pylopdf_fonts_zh_cn")
    return Path(spec.origin).parent if spec and spec.origin else None


def _line(text: str) -> str:
    return " ".join(clean(text).split())


def _paragraphs(text: str) -> tuple[Node, ...]:
    """A text without marks: a blank line between paragraphs, whose line breaks stay."""
    return tuple(
        Node("p", children=tuple(node for line in part.splitlines() for node in (Node("", line), Node("br")))[:-1])
        for part in re.split(r"\n\s*\n", clean(text, keep_newlines=True).strip())
        if part.strip()
    )


def _node(node: Node, longest: int = 40) -> Mapping[str, Any]:
    """As `letter.typ` walks it; a table by its rows. `long`: from how many characters on words are broken anywhere, where there are
    such; of a whole line, and of a column of a table."""
    if not node.tag:
        text = clean(node.text)
        return {"tag": "", "text": text, "long": longest if any(len(word) >= longest for word in text.split()) else 0}
    if node.tag != "table":
        return {"tag": node.tag, "children": [_node(child, longest) for child in node.children]}
    rows = [row.children for row in node.find("tr")]
    cells = [[_node(cell, 14) for cell in row] for row in rows]
    return {"tag": node.tag, "rows": cells, "right": [cell.right for cell in rows[0]]}


def _day(message: Outgoing, tag: str) -> str:
    """The date of the letter as its language writes it."""
    from babel import Locale, UnknownLocaleError
    from babel.dates import format_date

    try:
        return format_date(message.dated, "long", locale=Locale.parse(tag, sep="-"))
    except (UnknownLocaleError, ValueError):
        return message.dated.isoformat()


def _refusal(error: typst.TypstError, message: Outgoing) -> Rejected:
    """Why a letter cannot be set, without a word of it."""
    if _MISSING.search(error.diagnostic):
        return Rejected(_unset(error))
    if error.message.endswith("panicked with: window"):
        longest = max(map(len, message.to.splitlines()), default=0)  # a long name is no fault of the address
        told = "A line of the name or postal address is too long for the window of the envelope."
        return Rejected(told, point=longest >= len(message.name))
    return Rejected(_unset(error))


def _unset(error: typst.TypstError) -> str:
    if not (missing := _MISSING.findall(error.diagnostic)):
        return "The letter cannot be set."
    scripts = {unicodedata.name(text[0], "CONTROL").split()[0] for text in missing if not text.startswith("\\")}
    named = f" ({', '.join(sorted(scripts)[:3])})" if scripts else ""
    return (
        f"No font at hand has all characters of the letter{named}: Chinese comes with the extra files-zh, and "
        "font_folder in the settings of the print house names a folder of other fonts."
    )
