"""IIN and BIN: check digits against numbers known to be valid, and properties of the algorithm."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitaphana.core.text.identifiers import (
    bin_is_valid,
    birth_date_of_iin,
    check_digit,
    iin_is_valid,
    kato_is_valid,
    masked,
    sex_of_iin,
)


@pytest.mark.parametrize(
    ("iin", "born", "sex"),
    [("791028302728", date(1979, 10, 28), "M"), ("061211600012", date(2006, 12, 11), "F")],
)
def test_a_valid_iin_tells_birth_date_and_sex(iin: str, born: date, sex: str) -> None:
    assert iin_is_valid(iin)
    assert birth_date_of_iin(iin) == born
    assert sex_of_iin(iin) == sex


@pytest.mark.parametrize(
    "iin",
    [
        "",
        "79102830272",
        "7910283027289",
        "791028302729",
        "791328302728",
        "79102830272x",
        "٧٩١٠٢٨٣٠٢٧٢٨",
        "000000000000",
    ],
)
def test_other_texts_are_no_iin(iin: str) -> None:
    assert not iin_is_valid(iin)


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.booleans(), st.integers(0, 9999))
def test_every_made_iin_is_valid_and_no_other_last_digit_is(born: date, male: bool, serial: int) -> None:
    century = (3 if born.year < 2000 else 5) + (not male)
    body = f"{born:%y%m%d}{century}{serial:04d}"
    last = check_digit(body)
    valid = [digit for digit in "0123456789" if iin_is_valid(body + digit)]
    assert valid == ([] if last is None else [last])
    if last is not None:
        assert birth_date_of_iin(body + last) == born


def test_bin_needs_month_residence_and_check_digit() -> None:
    body = "06014000123"
    assert bin_is_valid(body + str(check_digit(body)))
    assert not bin_is_valid("061340001234")
    assert not bin_is_valid("061211600012")  # an IIN: the fifth digit is no residence


def test_kato_begins_with_a_region() -> None:
    assert kato_is_valid("110000000")
    assert not kato_is_valid("990000000")
    assert not kato_is_valid("11000000")


def test_masked_shows_the_last_four() -> None:
    assert masked("791028302728") == "••••••2728"
    assert masked("") == ""
