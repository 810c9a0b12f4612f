"""One error shape for the whole trade."""

import pickle

import pytest

from collect_tui.domain.errors import DomainError, Invalid, Refused


@pytest.mark.parametrize("kind", [DomainError, Refused, Invalid])
def test_an_error_carries_code_message_and_field_and_survives_a_process_border(kind: type[DomainError]) -> None:
    error = kind("promise.over_balance", "Expected at most the balance.", "amount")
    for one in (error, pickle.loads(pickle.dumps(error))):
        assert type(one) is kind
        assert (one.code, one.message, one.field) == ("promise.over_balance", "Expected at most the balance.", "amount")
        assert str(one) == "Expected at most the balance."


def test_the_field_may_be_left_out() -> None:
    assert Refused("order.dispute_open", "The dispute is open.").field is None
