"""What a desk of our own answers about cases and what waits to become one. Part of `LocalDesk`."""

from __future__ import annotations

from collect_tui.desk.views.case import CaseList, CasePage, CaseView
from collect_tui.desk.views.case_document import CaseDocument
from collect_tui.desk.views.case_report import CaseReport
from collect_tui.desk.views.message import InboxRow
from collect_tui.services.access import guarded
from collect_tui.services.desk_context import DeskContext


@guarded
class CaseDesk(DeskContext):
    """The operations of these names, each of which asks first whether the user may."""

    def inbox(self, *, unknown: bool = False) -> tuple[InboxRow, ...]:
        from collect_tui.services.message import inbox

        return inbox.waiting(self, unknown=unknown)

    def contact_file(self, message: int = 0) -> str:
        from collect_tui.services import contact_file

        return contact_file.of_message(self, message) if message else contact_file.of_office(self)

    def cases(
        self,
        which: CaseList = "open",
        *,
        kind: str = "",
        reason: str = "",
        channel: str = "",
        age: str = "",
        cursor: str | None = None,
        limit: int = 100,
    ) -> CasePage:
        from collect_tui.services import case_lists

        with self.reading() as db:
            return case_lists.page(self, db, which, kind, reason, channel, age, cursor=cursor, limit=limit)

    def case(self, number: str) -> CaseView:
        from collect_tui.services import case_views

        with self.reading() as db:
            return case_views.view(self, db, number)

    def case_document(self, number: str, *, field: str = "") -> CaseDocument:
        from collect_tui.services.message import papers

        with self.reading() as db:
            return papers.kept(self, db, number, field)

    def case_report(self, days: int = 7) -> CaseReport:
        from collect_tui.services import case_report

        with self.reading() as db:
            return case_report.report(self, db, days)
