"""Users and their tokens, as those who run the desk see them. No password and no token is ever in a view but the one just made."""

from __future__ import annotations

from datetime import date, datetime

from collect_tui.desk.views.base import View
from collect_tui.desk.views.session import Session


class UserView(View):
    """`password`: one is set. `locked_until`: so long some place is locked out after wrong
    passwords. `sessions`: tokens that are valid now."""

    login: str
    name: str
    role: str
    desk: str = ""
    active: bool = True
    password: bool = False
    subject: str | None = None
    locked_until: datetime | None = None
    sessions: int = 0


class TenantView(View):
    """A book of a database. `zone`: where its desk is."""

    tenant_id: int
    name: str
    business_date: date
    currency: str
    zone: str


class TokenView(View):
    """A token without its text. `kind`: session, personal. `scopes` empty: all that the role may."""

    id: int
    login: str
    kind: str
    name: str = ""
    scopes: tuple[str, ...] = ()
    created_at: datetime
    used_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None


class NewToken(View):
    """A token that was just made: the only time its text is shown. `warning`: what its owner must hear of, in a sentence."""

    token: str
    view: TokenView
    warning: str = ""


class SignedIn(View):
    """What signing in answers. `warning`: wrong tries at this login since the last time, in a sentence; empty when there were none."""

    token: str
    expires_at: datetime
    session: Session
    warning: str = ""
