"""A text in Markdown as a small tree, and the tree as plain text and as HTML. Letters are set from the same tree.

Of Markdown a template has headings, paragraphs, strong and emphasised words, lists, tables and rules. Values come in after it was
parsed, so that nothing in them is ever markup: in the text stands a mark for each (`Values`), and the writers put it in, escaped for
their form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Final

from collect_tui.common.text import clean
from collect_tui.common.widths import table, width

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

BLOCKS: Final = frozenset(("h1", "h2", "h3", "p", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "hr"))
TAGS: Final = BLOCKS | {"strong", "em", "br"}
OPEN: Final = "\ue000"
CLOSE: Final = "\ue001"
_VALUE: Final = re.compile(f"{OPEN}([0-9]+){CLOSE}")


class NotMarkup(ValueError):
    """Something of Markdown that a message has not: its name."""


class Values:
    """Texts that are put into a document, each by its mark. Control characters and line breaks do not get in."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def mark(self, text: str) -> str:
        """What stands for it in a text until it is written; nothing for what is empty."""
        if not (plain := " ".join(clean(text).split())):
            return ""
        self._texts.append(plain)
        return f"{OPEN}{len(self._texts) - 1}{CLOSE}"

    def put_in(self, text: str) -> str:
        return _VALUE.sub(lambda found: self._texts[int(found[1])], text)


@dataclass(frozen=True, slots=True)
class Node:
    """`tag`: as in HTML; empty for a text, which then stands in `text`. `right`: a cell whose column stands to the right."""

    tag: str
    text: str = ""
    children: tuple[Node, ...] = ()
    right: bool = False

    @property
    def words(self) -> str:
        """Its text alone, line breaks where they are written."""
        return "\n" if self.tag == "br" else self.text + "".join(each.words for each in self.children)

    def find(self, tag: str) -> Iterator[Node]:
        for each in self.children:
            yield from (each,) if each.tag == tag else each.find(tag)


@dataclass(frozen=True, slots=True)
class Document:
    """`language` as in `lang` of HTML."""

    language: str
    blocks: tuple[Node, ...] = field(default=())

    @property
    def title(self) -> str:
        """Its first heading, on one line; empty without one."""
        return next((" ".join(block.words.split()) for block in self.blocks if block.tag == "h1"), "")

    def text(self) -> str:
        """As plain text: a blank line between blocks, tables in columns."""
        return "\n\n".join("\n".join(_lines(block)) for block in self.blocks) + "\n"

    def html(self) -> str:
        """As a page of HTML of its own, with nothing in it that is loaded from elsewhere."""
        body = "\n".join(_html(block) for block in self.blocks)
        head = f'<meta charset="utf-8">\n<title>{escape(self.title)}</title>'
        return f'<!DOCTYPE html>\n<html lang="{self.language}">\n<head>\n{head}\n</head>\n<body>\n{body}\n</body>\n</html>\n'


def read(markdown: str, values: Values, language: str) -> Document:
    """The document of a text in which marks stand for values. Raises NotMarkup."""
    from markdown_it.tree import SyntaxTreeNode

    tree = SyntaxTreeNode(_parser().parse(markdown))
    blocks = (block for node in tree.children for block in _nodes(node, values))
    return Document(language, tuple(block for block in blocks if block.tag != "p" or block.words.strip()))


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _nodes(node: SyntaxTreeNode, values: Values) -> Iterator[Node]:
    if node.type == "inline" or (node.type == "paragraph" and node.hidden):
        for each in node.children:
            yield from _nodes(each, values)
    elif node.type == "text":
        yield Node("", clean(values.put_in(node.content)))
    elif node.type == "softbreak":
        yield Node("", "\n")
    elif node.tag in TAGS:
        children = tuple(made for each in node.children for made in _nodes(each, values))
        yield Node(node.tag, "", children, node.attrs.get("style") == "text-align:right")
    else:
        raise NotMarkup(node.type.replace("_", " "))


def _html(node: Node) -> str:
    if not node.tag:
        return escape(node.text)
    if node.tag in ("br", "hr"):
        return f"<{node.tag}>"
    style = ' style="text-align:right"' if node.right else ""
    return f"<{node.tag}{style}>{''.join(map(_html, node.children))}</{node.tag}>"


def _lines(block: Node) -> Iterator[str]:
    match block.tag:
        case "ul" | "ol":
            for number, item in enumerate(block.children, 1):
                sign = f"{number}. " if block.tag == "ol" else "- "
                for at, line in enumerate(_item(item)):
                    yield (" " * len(sign) if at else sign) + line
        case "table":
            rows = [[cell.words for cell in row.children] for row in block.find("tr")]
            right = [at for at, cell in enumerate(next(block.find("tr")).children) if cell.right]
            yield from table(rows[0], rows[1:], right).split("\n")
        case "hr":
            yield "-" * 40
        case _:
            words = block.words.split("\n")
            yield from words
            if block.tag in ("h1", "h2"):
                yield ("=" if block.tag == "h1" else "-") * max(map(width, words))


def _item(item: Node) -> Iterator[str]:
    """The lines of an item of a list: its own words, and lists or paragraphs in it."""
    inline: list[Node] = []
    for each in item.children:
        if each.tag in BLOCKS:
            yield from _flushed(inline)
            yield from _lines(each)
        else:
            inline.append(each)
    yield from _flushed(inline)


def _flushed(inline: list[Node]) -> Sequence[str]:
    words = "".join(each.words for each in inline)
    inline.clear()
    return words.split("\n") if words else ()


BREAK = "¶"
"""Begins a new paragraph in what is typed on one line."""


def paragraphs(text: str) -> list[str]:
    """Its lines with something to read in them: what underlines a heading is made again."""
    lines = clean(text, keep_newlines=True).replace("\n", BREAK).split(BREAK)
    return [part for line in lines if (part := " ".join(line.split())).strip("=- ")]
