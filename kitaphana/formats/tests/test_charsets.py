from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymarc.marc8 import marc8_to_unicode

from kitaphana.formats import charsets, iso2709
from kitaphana.formats.marc import Good
from kitaphana.formats.tests.records import record

RUSSIAN = "Педагогика и психология ненасилия в образовании"
KAZAKH = "Қазақ әдебиетінің тарихы: ғылыми еңбек"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (RUSSIAN, "utf-8"),
        (RUSSIAN, "windows-1251"),
        (RUSSIAN, "cp866"),
        (RUSSIAN, "koi8-r"),
        (RUSSIAN.upper(), "windows-1251"),
        (KAZAKH, "utf-8"),
        (KAZAKH, "kz1048"),
        ("Абай жолы", "windows-1251"),
        (RUSSIAN.upper(), "cp866"),
        (RUSSIAN.upper(), "koi8-r"),
        ("Мио, мой Мио!", "windows-1251"),
        ("Plain words", "utf-8"),
    ],
)
@pytest.mark.parametrize("says_utf8", [False, True])
def test_encoding_is_found_by_content(text: str, encoding: str, says_utf8: bool) -> None:
    one = record(f"=245 00$a{text}", leader="00000nam a2200000 i 4500" if says_utf8 else "00000nam  2200000 i 4500")
    read = iso2709.parse(iso2709.write(one, encoding))
    assert isinstance(read, Good)
    assert (read.encoding, read.record.fields[0].get("a")) == (encoding, text)
    told = text.isascii() or (encoding == "utf-8" and says_utf8)
    assert [repair.code for repair in read.repairs] == ([] if told else ["marc.wrong_encoding"])


@pytest.mark.parametrize(
    ("code", "encoding", "is_true"),
    [
        ("89", "windows-1251", True),
        ("79", "cp866", True),
        ("99", "koi8-r", True),
        ("50", "utf-8", True),
        ("89", "utf-8", False),
    ],
)
def test_encoding_of_unimarc_is_compared_with_field_100(code: str, encoding: str, is_true: bool) -> None:
    coded = f"20111108d2012    km y0rusy01{code}    ca"
    one = record(f"=100 ##$a{coded}", f"=200 1#$a{RUSSIAN}", leader="00000nam0 2200000 i 450 ")
    read = iso2709.parse(iso2709.write(one, encoding))
    assert isinstance(read, Good)
    assert (read.dialect, read.encoding) == ("unimarc", encoding)
    assert read.record == one.__class__(read.record.leader, one.fields)
    assert [repair.code for repair in read.repairs] == ([] if is_true else ["marc.wrong_encoding"])


def test_a_bad_byte_in_much_utf8_is_replaced_alone() -> None:
    data = iso2709.write(record(f"=245 00$a{RUSSIAN}", "=500 ##$aXYZ")).replace(b"XYZ", b"X\xc0Z")
    read = iso2709.parse(data)
    assert isinstance(read, Good)
    assert (read.encoding, read.record.fields[1].get("a")) == ("utf-8", "X\ufffdZ")
    assert read.record.fields[0].get("a") == RUSSIAN
    assert [(repair.code, repair.params) for repair in read.repairs] == [("marc.replaced_bytes", {"tag": "500"})]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"plain", "plain"),
        (b"M\xe2exico", "M\u00e9xico"),
        (b"J\xe8og", "J\u00f6g"),
        (b"\x1b(N@BA\x1b(B x", "юба x"),
        (b"\x1b)N\xc0\xc2\xc1", "юба"),
        (b"H\x1bb2\x1bsO", "H\u2082O"),
        (b"a\xffb", "a\ufffdb"),
        (b"\x1b", ""),
        (b"\xe2", "\u0301"),
    ],
)
def test_marc8(data: bytes, text: str) -> None:
    assert charsets.from_marc8(data) == text


def test_marc8_agrees_with_pymarc(samples: Path) -> None:
    compared = 0
    for name in ("marc8.dat", "u5278992.mrc"):
        data = (samples / "marc" / name).read_bytes()
        for field in data.rstrip(b"\x1e\x1d").split(b"\x1e"):
            for part in field.split(b"\x1f"):
                assert charsets.from_marc8(part) == marc8_to_unicode(part, True)
                compared += 1
    assert compared == 169


@given(st.binary())
def test_marc8_never_raises(data: bytes) -> None:
    assert isinstance(charsets.from_marc8(data), str)
