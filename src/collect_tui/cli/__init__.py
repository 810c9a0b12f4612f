"""The program's commands and their plain output, a module for each family of commands. No rule and no SQL; nothing heavy
is imported until a command needs it."""

from collect_tui.cli.program import build_parser, main

__all__ = ["build_parser", "main"]
