from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitaphana.formats.issn import normalize

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0378-5955", "0378-5955"),
        ("ISSN 0378 5955", "0378-5955"),
        ("2434561X", "2434-561X"),
        ("2434-561х", "2434-561X"),
        ("9770378595001", "0378-5955"),
        ("977037859500105", "0378-5955"),
        ("0378-5954", None),
        ("9780471383147", None),
        ("", None),
    ],
)
def test_normalize(text: str, number: str | None) -> None:
    assert normalize(text) == number


@given(st.text(max_size=20))
def test_normalize_never_raises(text: str) -> None:
    found = normalize(text)
    assert found is None or normalize(found) == found
