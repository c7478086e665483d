from __future__ import annotations

import unicodedata
from pathlib import Path

import pymarc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymarc.marc8 import marc8_to_unicode

from kitaphana.formats import charsets, iso2709
from kitaphana.formats.marc import Field, Good, Subfield
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
    data = iso2709.write(record(f"=245 00$a{text}"), encoding)
    read = iso2709.parse(data[:9] + (b"a" if says_utf8 else b" ") + data[10:])
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


WORDS = st.text(
    "abc XYZ019.,-&#x;éåŁøßñ©®АБВгдёйіїўґ әғқңөұүһӘҒҚҢӨҰҮҺ\u0301\u0308\u0323\u0332中あ\u0627\u200d\n[]", max_size=40
)


@given(WORDS | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x1d\x1e\x1f")), st.booleans())
def test_marc8_comes_back_letter_for_letter(text: str, high: bool) -> None:
    data = charsets.to_marc8(text, high=high)
    assert charsets.from_marc8(data) == unicodedata.normalize("NFC", text)
    assert high or data.isascii()


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("plain & simple", b"plain & simple"),
        ("México", b"M\xe2exico"),
        ("Łódź", b"\xa1\xe2od\xe2z"),
        ("юба x", b"\x1b(N@BA \x1b(Bx"),
        ("Ёлка", b"\x1b)Q\xe4\x1b(NLKA\x1b(B"),
        ("Әке", b"&#x04D8;\x1b(NKE\x1b(B"),
        ("&#x41;", b"&#x0026;#x41;"),
    ],
)
def test_marc8_as_others_write_it(text: str, data: bytes) -> None:
    assert charsets.to_marc8(text) == data


@given(st.text("abc XYZ019.,-&éåŁøßñАБВгдйЖ", max_size=40) | st.text("abc АБВгдйЖёіїўґЄ", max_size=40))
def test_pymarc_reads_our_marc8(text: str) -> None:
    assert marc8_to_unicode(charsets.to_marc8(text), True) == text


@given(st.lists(WORDS | st.text("©®АБ ßŁØÐąЯ", max_size=6), min_size=1, max_size=4))
def test_record_in_marc8_is_read_back_and_says_so(texts: list[str]) -> None:
    one = record("=245 00$ax")
    one.fields += [Field("500", subfields=[Subfield("a", text)]) for text in texts]
    data = iso2709.write(one, "marc-8")
    assert data[9:10] == b" "
    read = iso2709.parse(data)
    assert isinstance(read, Good)
    assert [field.get("a") for field in read.record.fields[1:]] == [
        unicodedata.normalize("NFC", text) for text in texts
    ]
    assert read.repairs == ()
    # What is not pure ASCII is Unicode once it is read, and goes out as such.
    if not data.isascii() or b"\x1b" in data or b"&#x" in data:
        assert read.record.leader[9] == "a"
        again = iso2709.parse(iso2709.write(read.record))
        assert isinstance(again, Good)
        assert (again.record.fields, again.repairs) == (read.record.fields, ())


def test_pymarc_reads_our_record_in_marc8() -> None:
    data = iso2709.write(record("=001 x1", "=245 00$aВойна и мир /$cЛ. Н. Толстой ; пер. Ж. Дюма-père"), "marc-8")
    (read,) = pymarc.MARCReader(data)
    assert read["245"]["a"] == "Война и мир /"
    assert read["245"]["c"] == "Л. Н. Толстой ; пер. Ж. Дюма-père"


@given(st.binary())
def test_marc8_never_raises(data: bytes) -> None:
    assert isinstance(charsets.from_marc8(data), str)
