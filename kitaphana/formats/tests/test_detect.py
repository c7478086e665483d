from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest

from kitaphana.formats import detect
from kitaphana.formats.dialects import detect_dialect, is_authority
from kitaphana.formats.marc import Bad, Good, Outcome
from kitaphana.formats.tests.records import record


def opened(data: bytes, format: str = "auto") -> list[Outcome]:
    return list(detect.open_records(io.BytesIO(data), format=format))


@pytest.mark.parametrize(
    ("name", "dialect", "good", "bad"),
    [
        ("1251.dat", "marc21", 6, 0),
        ("880_Nihon_no_chasho.mrc", "marc21", 1, 0),
        ("880_with_no_6.utf8.marc", "marc21", 1, 0),
        ("TEST2.ISO", "unimarc", 1, 0),
        ("auth-subset100.mrc", "marc21", 17, 0),
        ("bad_subfield_code.dat", "", 0, 1),
        ("bad_utf_byte.utf8.marc", "marc21", 1, 0),
        ("batch.xml", "marc21", 2, 0),
        ("camel.mrc", "marc21", 10, 0),
        ("chabon.xml", "marc21", 2, 0),
        ("kaz-constructed.mrc", "marc21", 12, 0),
        ("kaz-constructed.xml", "marc21", 12, 0),
        ("marc8.dat", "marc21", 1, 0),
        ("one.dat", "marc21", 1, 0),
        ("oss.marc", "marc21", 42, 0),
        ("summerland.mrc", "marc21", 1, 0),
        ("test_records.mrc", "unimarc", 18, 0),
        ("u5278992.mrc", "marc21", 1, 0),
        ("ur.iso", "unimarc", 1, 0),
        ("utf8.xml", "marc21", 1, 0),
    ],
)
def test_open_sample(samples: Path, name: str, dialect: str, good: int, bad: int) -> None:
    data = (samples / "marc" / name).read_bytes()
    read = opened(data)
    assert [one.dialect for one in read if isinstance(one, Good)] == [dialect] * good
    assert sum(isinstance(one, Bad) for one in read) == bad
    packed = opened(gzip.compress(data))
    assert packed == read


def test_counts_agree_with_other_programs(samples: Path) -> None:
    lines = (samples / "marc-expected.tsv").read_text().splitlines()[1:]
    expected = {line.split("\t")[0]: int(line.split("\t")[6]) for line in lines}
    found = {name: len(opened((samples / name).read_bytes())) for name in expected}
    assert found == expected


def test_bom_counts_in_positions(samples: Path) -> None:
    data = b"\xef\xbb\xbf" + (samples / "marc" / "camel.mrc").read_bytes()
    read = opened(data)
    assert [one.position for one in read[:2]] == [3, 758]
    assert all(data[one.position : one.position + len(one.raw)] == one.raw for one in read)


def test_bom_and_utf16_before_xml() -> None:
    text = '<record><controlfield tag="001">ә</controlfield></record>'
    for data in (text.encode("utf-8-sig"), text.encode("utf-16"), b"\n <!-- x -->" + text.encode()):
        (one,) = opened(data)
        assert isinstance(one, Good)
        assert one.record.control_number == "ә"


def test_dialect_may_be_insisted_on(samples: Path) -> None:
    data = (samples / "marc" / "camel.mrc").read_bytes()
    assert {one.dialect for one in opened(data, "unimarc") if isinstance(one, Good)} == {"unimarc"}


def test_damaged_archive_keeps_what_could_be_unpacked(samples: Path) -> None:
    data = (samples / "marc" / "camel.mrc").read_bytes() * 30
    packed = gzip.compress(data)
    read = opened(packed[: len(packed) - 8 - 30])
    assert isinstance(read[-1], Bad)
    assert read[-1].code == "marc.truncated"
    assert sum(isinstance(one, Bad) for one in read) == 1
    whole_then_broken = opened(packed[:-4])
    assert [type(one) for one in whole_then_broken] == [Good] * 300 + [Bad]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        b"name,class\nAidar,5\n",
        b"12345,Aidar\n",
        b"<html><body>records</body></html>",
        b"PK\x03\x04\x14\x00\x06\x00\x1d\x1e\x1f\x00\x00",
        gzip.compress(b"hello", mtime=0),
        b"\x1f\x8b broken",
    ],
)
def test_something_else_is_not_marc(data: bytes) -> None:
    with pytest.raises(detect.NotMarc):
        opened(data)


def test_samples_of_other_kinds_are_not_marc(samples: Path) -> None:
    for path in [
        *samples.glob("pdf/*.pdf"),
        *samples.glob("epub/*.epub"),
        *samples.glob("names/*"),
        *samples.glob("counter/*"),
    ]:
        with pytest.raises(detect.NotMarc), path.open("rb") as stream:
            detect.open_records(stream)


def test_iso2709_is_not_marcxml(samples: Path) -> None:
    with pytest.raises(detect.NotMarc):
        opened((samples / "marc" / "one.dat").read_bytes(), "marcxml")


@pytest.mark.parametrize(
    ("lines", "leader", "dialect"),
    [
        (["=245 00$aX"], "00000nam  2200000   4500", "marc21"),
        (["=200 1#$aX"], "00000nam  2200000   4500", "unimarc"),
        (["=100 ##$a20111108d2012    km y0rusy50      ca"], "00000nam0 2200000   450 ", "unimarc"),
        (["=100 1#$aАбай"], "00000nam  2200000   4500", "marc21"),
        (["=008 x", "=200 1#$aX", "=245 00$aX"], "00000nam  2200000   4500", "marc21"),
        (["=101 0#$akaz", "=700 #1$aАбай"], "00000nam  2200000   4500", "unimarc"),
        (["=700 1#$aАбай"], "00000nam0 2200000   450 ", "unimarc"),
    ],
)
def test_detect_dialect(lines: list[str], leader: str, dialect: str) -> None:
    assert detect_dialect(record(*lines, leader=leader)) == dialect


def test_is_authority(samples: Path) -> None:
    authorities = opened((samples / "marc" / "auth-subset100.mrc").read_bytes())
    assert [is_authority(one.record) for one in authorities if isinstance(one, Good)] == [True] * 17
    books = opened((samples / "marc" / "camel.mrc").read_bytes())
    assert [is_authority(one.record) for one in books if isinstance(one, Good)] == [False] * 10
