from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitaphana.formats.isbn import check_digit, find_isbns, hyphenate, is_valid, normalize


@pytest.mark.parametrize(
    ("text", "isbn"),
    [
        ("9786017002015", "9786017002015"),
        ("978-601-7002-01-5", "9786017002015"),
        (" ISBN 978 601 7002 01 5 ", "9786017002015"),
        ("ISBN: 978–601–7002–01–5", "9786017002015"),
        ("0-471-38314-7", "9780471383147"),
        ("5-699-45611-2", "9785699456116"),
        ("080442957X", "9780804429573"),
        ("080442957x", "9780804429573"),
        ("080442957Х", "9780804429573"),
        ("9786017002016", None),
        ("0471383148", None),
        ("9776017002015", None),
        ("4006381333931", None),
        ("", None),
        ("X", None),
        ("12345X6789", None),
        ("٩٧٨٦٠١٧٠٠٢٠١٥", None),
    ],
)
def test_normalize(text: str, isbn: str | None) -> None:
    assert normalize(text) == isbn
    assert is_valid(text) == (isbn is not None)


@pytest.mark.parametrize(
    ("isbn", "text"),
    [
        ("9786017002015", "978-601-7002-01-5"),
        ("9789965123450", "978-9965-12-345-0"),
        ("9785699456116", "978-5-699-45611-6"),
        ("9780471383147", "978-0-471-38314-7"),
        ("9785991616621", "978-5-9916-1662-1"),
    ],
)
def test_hyphenate(isbn: str, text: str) -> None:
    assert hyphenate(isbn) == text


@given(st.text("0123456789", min_size=9, max_size=9), st.sampled_from(["978", "979"]))
def test_hyphens_never_change_the_number(body: str, prefix: str) -> None:
    isbn = prefix + body + check_digit(prefix + body)
    assert is_valid(isbn)
    assert normalize(hyphenate(isbn)) == isbn


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ISBN 978-601-7002-01-5 (1-бөлім), 5-699-45611-2.", ["9786017002015", "9785699456116"]),
        ("9786017002015 978-601-7002-01-5", ["9786017002015"]),
        ("tel. 8 727 123 45 67, 2005", []),
        ("", []),
    ],
)
def test_find_isbns(text: str, found: list[str]) -> None:
    assert find_isbns(text) == found
