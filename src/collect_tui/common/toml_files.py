"""TOML files that people write: read whole, or refused in one sentence, however they are damaged."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final

from collect_tui.common.files import read_whole
from collect_tui.common.text import decoded

_WAY_OUT: Final = "; mend the file, or move it away to go on without it."


def load(path: Path) -> dict[str, Any] | None:
    """The file's tables; None where nothing is. OSError, or ValueError for what it holds: one sentence that names the file, what
    is wrong and the way out."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        pass  # reading says why
    try:
        return parse(read_whole(path))
    except OSError as error:
        raise OSError(f"{path}: cannot be read ({error.strerror}){_WAY_OUT}") from None
    except ValueError as error:
        raise ValueError(f"{path}: {error}{_WAY_OUT}") from None


def parse(content: bytes) -> dict[str, Any]:
    """The tables of a file's content. ValueError says what is wrong with it, without a full stop."""
    try:
        return tomllib.loads(decoded(content))
    except UnicodeDecodeError as error:
        wrong = f"is no text in UTF-8 (byte {error.start + 1})"
    except RecursionError:
        wrong = "is nested too deeply"
    except ValueError as error:  # also of numbers without end
        wrong = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "holds a number with too many digits"
    raise ValueError(wrong)
