"""The app's own commands on cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, cast

from collect_tui.desk.case_pages import Loaded, load_cases
from collect_tui.tui.case_rows import CaseRows
from collect_tui.tui.team_commands import TeamCommands

if TYPE_CHECKING:
    from collect_tui.desk.case_list import CaseFilter
    from collect_tui.tui.page import CasesPage


class CaseCommands(TeamCommands):
    """A method per command on cases that no screen does itself."""

    def _wanted(self, words: str) -> CaseFilter:
        from collect_tui.desk.case_list import read

        return read(words or "mine", self._app.catalogue.cases.kinds)

    def offers_cases_show(self) -> Sequence[tuple[str, str]]:
        """The words that may follow, and what they mean."""
        from collect_tui.desk.case_list import offers

        return tuple(offers(self._app.catalogue.cases.kinds))

    def may_cases_show(self, words: str) -> Callable[[], Loaded]:
        return partial(load_cases, self._app.desk, self._wanted(words), limit=1)

    async def do_cases_show(self, words: str = "") -> None:
        """A list of cases; mine without words."""
        wanted = self._wanted(words)
        loaded = await self._app.top.ask(load_cases, self._app.desk, wanted)
        if loaded is not None:
            page = cast("CasesPage", await self._navigator.show_screen("cases"))
            page.show_rows(CaseRows(wanted, *loaded))
