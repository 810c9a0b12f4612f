"""What is asked before a line is done on many accounts."""

from uuid import UUID

from collect_tui.desk.bulk import Bulk, BulkRow


def bulk(*said: str) -> Bulk:
    return Bulk(
        line="na",
        done=False,
        rows=tuple(BulkRow(account=f"{n}", act=UUID(int=n), said=each) for n, each in enumerate(said)),
    )


def test_the_number_of_one_is_not_said_of_all() -> None:
    asked = bulk(
        "logs no answer · mobile …0102 · next call Fri 27 Nov", "logs no answer · home …0153 · next call Fri 27 Nov"
    )
    assert asked.common == "logs no answer · next call Fri 27 Nov"


def test_where_each_has_something_of_its_own_the_line_is_asked() -> None:
    assert bulk("next call Fri 27 Nov", "next letter Mon 30 Nov").common == "na"
