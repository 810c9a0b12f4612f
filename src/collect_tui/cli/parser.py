"""The parser of the command line: what is wrong with an argument is said as any other error is."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any, NoReturn

from collect_tui.cli import output
from collect_tui.common.text import clean


class Parser(argparse.ArgumentParser):
    """One that says of a wrong argument what any other error would: card data is masked, controls are taken out."""

    def error(self, message: str) -> NoReturn:
        from collect_tui.domain.card_text import mask_card

        super().error(mask_card(clean(message)))

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> Any:
        """An empty text is no path, which it would be as the folder one is in, and no name: it is what a variable without a value gives."""
        if "" in arg_strings and (action.option_strings or action.type is Path):
            raise argparse.ArgumentError(action, "expected something; an empty text is nothing")
        return super()._get_values(action, arg_strings)

    def _print_message(self, message: str, file: Any = None) -> None:
        """What cannot be written is not passed over: argparse would, and the program then end as if it had been."""
        if file is None or file is not sys.stdout:
            super()._print_message(message, file)
            return
        try:
            file.write(message)
        except OSError as error:
            raise SystemExit(output.unwritten(output.lost(error) or error)) from None

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        if (lost := output.lost()) is not None:  # the help, or the version
            status = output.unwritten(lost)
        super().exit(status, message)
