"""The frozen key of a remark about a page: what is the same remark, and what is another."""

import pytest

from copydesk.errata import fingerprint_v1, page_fingerprint_v1
from copydesk.errata.page_fingerprint_v1 import fingerprint

REMARK = "The second picture's link is broken"


@pytest.mark.parametrize(
    "same",
    [
        "the second picture’s link  is broken",
        " The second\npicture's link is broken\u200b ",
        "THE SECOND PICTURE'S LINK IS BROKEN",
    ],
)
def test_the_form_of_a_remark_makes_no_other(same: str) -> None:
    assert fingerprint(same) == fingerprint(REMARK)


@pytest.mark.parametrize("other", ["The first picture's link is broken", REMARK + "?", ""])
def test_another_remark_is_another_error(other: str) -> None:
    assert fingerprint(other) != fingerprint(REMARK)


def test_the_rule_is_frozen() -> None:
    # Stored keys outlive releases: another value here splits yesterday's errata.
    assert fingerprint(REMARK) == (
        "f9e218fcb8eed3a9b2c03f5293366095686d24b755c1c143b46d8c757177030f"
    )
    assert page_fingerprint_v1.VERSION == 1001 > fingerprint_v1.VERSION
