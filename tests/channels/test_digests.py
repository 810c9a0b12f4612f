"""A digest to the firm's own people and their answer, over a real mail server and a real mailbox."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from collect_tui.channels.mail import MailPort
from collect_tui.services.message.dispatch import MessageDispatch
from collect_tui.services.message.intake import Intake
from services.message.ours import BOOK, ROSA, SOUTH, House
from support.mail_servers import FarEnds, far_ends


@pytest.fixture(scope="module")
def _far(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FarEnds]:
    with far_ends(tmp_path_factory.mktemp("far")) as running:
        yield running


@pytest.fixture
def ends(_far: FarEnds) -> Iterator[FarEnds]:
    yield _far
    _far.forget()


@pytest.fixture(params=["sqlite", "postgres"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """On Wednesday, when South has been written a digest of one order."""
    with BOOK.store(tmp_path / "book") if request.param == "sqlite" else BOOK.pg_store() as store:
        made = House(store, tmp_path)
        made.cut()
        made.night(2)
        yield made


def run(house: House, ends: FarEnds) -> Any:
    port = MailPort(ends.settings(), ends.environ)
    report = MessageDispatch(house.desk, {"email": port}, take=Intake(house.desk).take).run()
    port.close()
    return report


def written(ends: FarEnds) -> EmailMessage:
    (taken,) = ends.smtp.taken
    return message_from_bytes(taken.content, policy=policy.default)  # type: ignore[return-value]


def put(ends: FarEnds, digest: EmailMessage, text: str, sender: str = SOUTH, **head: str) -> None:
    answer = EmailMessage()
    answer["From"], answer["To"], answer["Subject"] = (
        f"South <{sender}>",
        "desk@firm.example",
        f"Re: {digest['Subject']}",
    )
    answer["In-Reply-To"] = digest["Message-ID"]
    for name, value in head.items():
        del answer[name.replace("_", "-")]
        answer[name.replace("_", "-")] = value
    answer.set_content(text)
    ends.put(answer.as_bytes())


def test_the_answer_to_a_digest_stops_the_order(house: House, ends: FarEnds) -> None:
    assert run(house, ends).sent == {"email": 1}
    digest = written(ends)
    assert digest["To"] == f"Account manager South <{SOUTH}>"
    body = digest.get_body(("plain",))
    assert body is not None
    (order,) = house.seen().orders
    assert order.number in body.get_content()
    quoted = "\n".join(f"> {line}" for line in body.get_content().splitlines())
    put(ends, digest, f"object {order.number} pays on Friday\n\nOn Wednesday the desk wrote:\n{quoted}")
    assert run(house, ends).received == {"message": 1}
    (hold,) = house.seen().holds
    assert (hold.kind, hold.placed_by, hold.reason) == ("OBJECTION", "south", "pays on Friday")
    assert house.orders().sent == ()
    house.night(3)
    assert house.orders().sent == ()


@pytest.mark.parametrize(
    "head",
    [
        {"sender": "somebody@else.example"},
        {"In_Reply_To": "<1-1=aaaaaaaaaaaaaaaa@firm.example>"},  # a seal that is not ours
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"From": "south@firm.example, evil@else.example"},
    ],
)
def test_nobody_elses_answer_and_no_programs_does(house: House, ends: FarEnds, head: dict[str, str]) -> None:
    run(house, ends)
    put(ends, written(ends), "object 4410-2231 pays on Friday", **head)
    assert run(house, ends).received == {"message": 1}
    assert house.seen().holds == ()
    assert [order.open for order in house.seen().orders] == [True]
    (row,) = house.messages(inbound=True)
    assert row.status in ("RECEIVED", "DONE")


def test_a_bounced_digest_is_returned(house: House, ends: FarEnds) -> None:
    ends.smtp.say["RCPT"] = "550 5.1.1 no such user"
    assert run(house, ends).failed == 1
    (row,) = house.digests()
    assert (row.status, row.account_id) == ("FAILED", None)
    assert house.desk.account(ROSA).points  # nothing of a customer is marked
