"""What a desk at a server asks it for and hands on as it comes: one call each."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import date
from typing import Any, Literal

from collect_tui.desk.views.account import AccountView, FindHit, PaneName, PaneView
from collect_tui.desk.views.agent import AgentView
from collect_tui.desk.views.case import CaseList, CasePage, CaseView
from collect_tui.desk.views.case_document import CaseDocument
from collect_tui.desk.views.case_report import CaseReport
from collect_tui.desk.views.floor import FloorView, Revealed
from collect_tui.desk.views.me import MeView
from collect_tui.desk.views.message import InboxRow, MessageView
from collect_tui.desk.views.queue import Claim, QueueBoard, QueuePage, Why
from collect_tui.desk.views.script import ScriptView


class Asked(ABC):
    @abstractmethod
    def _call(self, name: str, /, **arguments: Any) -> Any:
        """One operation: the server's answer, or what was seen before when it cannot be reached."""

    def queues(self) -> QueueBoard:
        return self._call("queues")  # type: ignore[no-any-return]

    def queue(self, name: str, *, words: str = "", cursor: str | None = None, limit: int = 200) -> QueuePage:
        return self._call("queue", name=name, words=words, cursor=cursor, limit=limit)  # type: ignore[no-any-return]

    def claim(self, account: str) -> Claim:
        return self._call("claim", account=account)  # type: ignore[no-any-return]

    def heartbeat(self, account: str) -> Claim:
        return self._call("heartbeat", account=account)  # type: ignore[no-any-return]

    def reassign(self, account: str, to: str, reason: str, *, do: bool = True) -> Claim:
        return self._call("reassign", account=account, to=to, reason=reason, do=do)  # type: ignore[no-any-return]

    def agent(self, state: Literal["", "available", "pause"] = "", code: str = "", heard: int = 0) -> AgentView:
        return self._call("agent", state=state, code=code, heard=heard)  # type: ignore[no-any-return]

    def me(self, login: str = "") -> MeView:
        return self._call("me", login=login)  # type: ignore[no-any-return]

    def word(self, login: str, text: str) -> None:
        self._call("word", login=login, text=text)

    def absent(self, login: str, until: date | None = None, deputy: str = "", reason: str = "") -> None:
        self._call("absent", login=login, until=until, deputy=deputy, reason=reason)

    def lock_order(self, queue: str, locked: bool, reason: str = "") -> None:
        self._call("lock_order", queue=queue, locked=locked, reason=reason)

    def floor(self) -> FloorView:
        return self._call("floor")  # type: ignore[no-any-return]

    def why(self, account: str) -> Why:
        return self._call("why", account=account)  # type: ignore[no-any-return]

    def account(self, number: str) -> AccountView:
        return self._call("account", number=number)  # type: ignore[no-any-return]

    def pane(self, number: str, pane: PaneName, *, cursor: str | None = None, limit: int = 200) -> PaneView:
        return self._call("pane", number=number, pane=pane, cursor=cursor, limit=limit)  # type: ignore[no-any-return]

    def script(self, number: str) -> ScriptView:
        return self._call("script", number=number)  # type: ignore[no-any-return]

    def message(self, number: str, id: int) -> MessageView:
        return self._call("message", number=number, id=id)  # type: ignore[no-any-return]

    def inbox(self, *, unknown: bool = False) -> tuple[InboxRow, ...]:
        return self._call("inbox", unknown=unknown)  # type: ignore[no-any-return]

    def contact_file(self, message: int = 0) -> str:
        return self._call("contact_file", message=message)  # type: ignore[no-any-return]

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
        named = {"kind": kind, "reason": reason, "channel": channel, "age": age}
        return self._call("cases", which=which, **named, cursor=cursor, limit=limit)  # type: ignore[no-any-return]

    def case(self, number: str) -> CaseView:
        return self._call("case", number=number)  # type: ignore[no-any-return]

    def case_document(self, number: str, *, field: str = "") -> CaseDocument:
        return self._call("case_document", number=number, field=field)  # type: ignore[no-any-return]

    def case_report(self, days: int = 7) -> CaseReport:
        return self._call("case_report", days=days)  # type: ignore[no-any-return]

    def find(self, text: str, *, limit: int = 50) -> tuple[FindHit, ...]:
        return self._call("find", text=text, limit=limit)  # type: ignore[no-any-return]

    def reveal(self, number: str, what: str, reason: str) -> Revealed:
        return self._call("reveal", number=number, what=what, reason=reason)  # type: ignore[no-any-return]
