"""For the site: README is its first page, and a link to a file of the tree that is no page becomes its name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

README = Path(__file__).parents[1] / "README.md"
_PAGES = "|".join(path.stem for path in Path(__file__).parent.glob("*.md"))
_OUTSIDE = re.compile(rf"(?<!!)\[([^]\n]+)\]\((?!https?:|#|(?:{_PAGES})\.md[)#])[^)\n]*\)")


def on_files(files: Any, config: Any) -> Any:
    from mkdocs.structure.files import File

    first = README.read_text("utf-8").replace("](docs/", "](")
    files.append(File.generated(config, "index.md", content=first))
    return files


def on_page_markdown(markdown: str, **_rest: Any) -> str:
    return _OUTSIDE.sub(r"\1", markdown)
