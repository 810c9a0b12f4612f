"""The channels that are set up: how messages leave by each, and what reads their call-backs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from time import monotonic, sleep
from typing import TYPE_CHECKING

from collect_tui.defaults.channels import gateways
from collect_tui.settings import Settings

if TYPE_CHECKING:
    from collect_tui.services.message.hook import Called, ReadHook, Reply, Request
    from collect_tui.services.message.port import MessagePort


def message_ports(settings: Settings, environ: Mapping[str, str]) -> dict[str, MessagePort]:
    """Letters with `print_house.folder`, e-mail with `mail.host`, others with the site's `channels.toml`. Raises Invalid for settings that
    do not fit, `messages.files` for letters without that extra."""
    ports = dict[str, "MessagePort"]()
    if settings.print_house.folder is not None:
        from collect_tui.channels.print_house import PrintHousePort

        ports["letter"] = PrintHousePort(settings.print_house)
    if settings.mail.host:
        from collect_tui.channels.mail import MailPort

        ports["email"] = MailPort(settings.mail, environ)
    for gateway in gateways(settings.site_folder, environ).values():
        if gateway.send is not None:
            from collect_tui.channels.gateway import GatewayPort

            ports[gateway.channel] = GatewayPort(gateway)
    return ports


def pace_of(settings: Settings) -> Callable[[str], None]:
    """What waits, before a message leaves by a channel, as long as its rate asks for: e-mail leaves no faster than `mail.rate`."""
    gaps = {"email": 1 / settings.mail.rate} if settings.mail.rate else {}
    due: dict[str, float] = {}

    def pace(channel: str) -> None:
        if gap := gaps.get(channel, 0.0):
            sleep(max(0.0, due.get(channel, 0.0) - monotonic()))
            due[channel] = monotonic() + gap

    return pace


def hook_reader(settings: Settings, environ: Mapping[str, str]) -> ReadHook:
    """Reads what the far ends of the site's channels call us with; the channels are those of its `channels.toml` as it is now. Raises
    Invalid for a file that is wrong."""
    known = gateways(settings.site_folder, environ)

    def read(name: str, request: Request, now: datetime) -> Called | Reply | None:
        from collect_tui.channels import hooks
        from collect_tui.services.message.hook import Called, Reply

        gateway = known.get(name)
        if gateway is None or gateway.hook is None:
            return None
        said = hooks.read(gateway, request, now)
        return said if isinstance(said, Reply) else Called(gateway.channel, said)

    return read
