"""Scanners under the Kazakh and the Russian keyboard layout."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitaphana.core.text.scanner import decode_scan, looks_like_code

KAZAKH_KEYS = dict(zip("1234567890-=", '"әіңғ,.үұқөһ', strict=True)) | dict(
    zip("qwertyuiopasdfghjklzxcvbnm", "йцукенгшщзфывапролдячсмить", strict=True)
)
RUSSIAN_KEYS = dict(zip("qwertyuiopasdfghjklzxcvbnm", "йцукенгшщзфывапролдячсмить", strict=True))


def _typed(text, keys):
    return "".join(keys.get(sign, keys[sign.lower()].upper() if sign.lower() in keys else sign) for sign in text)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ('ұ.ү,қ".ққәқ"ғ', "9786017002015"),
        ("Ұ:Ү;Қ!:ҚҚӘҚ!Ғ", "9786017002015"),
        ("  9786017002015\r\n", "9786017002015"),
        ("978-601-7002-01-5", "978-601-7002-01-5"),
        ("KT000123", "KT000123"),
        ("ЛЕ000123", "KT000123"),
        ('ЛЕқққ"әі', "KT000123"),
        ('""".', "1117"),
        ("ле000123", "kt000123"),
        ("әқәғөққ", "2025-00"),
        ("", ""),
        ("1.2", "1.2"),
    ],
)
def test_decode_scan(typed, meant):
    assert decode_scan(typed) == meant


@given(st.text(alphabet="0123456789", min_size=1, max_size=20))
def test_decode_scan_undoes_the_kazakh_layout_for_any_digits(digits):
    assert decode_scan(_typed(digits, KAZAKH_KEYS)) == digits


@given(st.from_regex(r"[A-Z]{1,3}[0-9]{4,12}", fullmatch=True))
def test_decode_scan_undoes_both_layouts_for_codes(code):
    assert decode_scan(_typed(code, KAZAKH_KEYS)) == code
    assert decode_scan(_typed(code, RUSSIAN_KEYS)) == code


@given(st.text(alphabet="0123456789-ABCabcXYZ", max_size=20))
def test_decode_scan_leaves_clean_codes_alone(code):
    assert decode_scan(code) == code.strip()
    assert decode_scan(decode_scan(code)) == decode_scan(code)


@given(st.text(max_size=30))
def test_decode_scan_takes_anything(text):
    decode_scan(text)


@pytest.mark.parametrize(
    ("text", "answer"), [("KT000123", True), ("12", True), ("Abai", False), ("two 2", False), ("", False)]
)
def test_looks_like_code(text, answer):
    assert looks_like_code(text) is answer
