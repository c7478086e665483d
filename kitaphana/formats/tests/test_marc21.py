from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitaphana.formats import iso2709, marc21
from kitaphana.formats.bibliographic import Description, build
from kitaphana.formats.marc import Good, MarcRecord
from kitaphana.formats.marc21 import check
from kitaphana.formats.tests.records import RECORDS

pytestmark = pytest.mark.once

GOOD = [
    "=LDR 00000nam a2200000 i 4500",
    "=001 kz1",
    "=008 230801s2023    kz a   c      000 0 kaz d",
    "=020 ##$a978-601-7002-01-5",
    "=245 00$aАбай жолы",
]


def codes(*lines: str) -> list[tuple[int, str]]:
    return [(one.line, one.code) for one in check("\n".join(lines))]


def test_a_good_record_has_no_findings() -> None:
    assert codes(*GOOD) == []


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("=245 00$aЕкінші", "marc.field_twice"),
        ("=260 9#$aАлматы", "marc.bad_indicator"),
        ("=260 #7$aАлматы", "marc.bad_indicator"),
        ("=300 ##$a24 б.$d1", "marc.unknown_subfield"),
        ("=300 ##$a24 б.$bсур.$bсур.", "marc.subfield_twice"),
        ("=500 ##$5KZ", "marc.subfield_needed"),
        ("=300 ##$a24 б.$b", "marc.empty_part"),
        ("=231 ##$aX", "marc.unknown_field"),
        ("=020 ##$a978-601-7002-01-6", "marc.wrong_isbn"),
        ("=022 ##$a2310-1234", "marc.wrong_issn"),
        ("=245", "marc.line_without_subfields"),
        ("жол", "marc.line_without_tag"),
    ],
)
def test_a_bad_line_is_named(line: str, code: str) -> None:
    assert codes(*GOOD, line) == [(6, code)]


@pytest.mark.parametrize(
    ("number", "line", "code"),
    [
        (1, "=LDR 00000xam a2200000 i 4500", "marc.bad_code"),
        (3, "=008 230801s2023    kz a   c      000 0 kaz", "marc.fixed_length"),
        (3, "=008 230801s20x3    kz a   c      000 0 kaz d", "marc.bad_year"),
        (3, "=008 230801s2023    kz a   y      000 0 kaz d", "marc.bad_code"),
        (3, "=008 230801s2023    kz a   c      000 0     d", "marc.no_language"),
    ],
)
def test_fixed_fields_are_checked_by_their_material(number: int, line: str, code: str) -> None:
    lines = [line if place == number else one for place, one in enumerate(GOOD, 1)]
    assert codes(*lines) == [(number, code)]


def test_two_main_entries_and_no_title() -> None:
    assert codes(*GOOD[:4], "=100 1#$aӘуезов", "=110 2#$aАкадемия", "=245 00$bбөлігі") == [
        (6, "marc.two_main_entries"), (7, "marc.subfield_needed"), (0, "marc.no_245"),
    ]  # fmt: skip


def test_own_fields_and_subfields_are_let_be() -> None:
    assert codes(*GOOD, "=952 ##$aX$9y", "=590 ##$aX", "=650 #4$aТарих$9123") == []


@pytest.mark.parametrize(
    "kind", ["BOOK", "TEXTBOOK", "PERIODICAL", "MAP", "ELECTRONIC", "KIT", "MUSIC", "VIDEO", "AUDIO"]
)
def test_what_we_write_ourselves_has_no_errors(kind: str) -> None:
    made = build(
        Description(
            title="Абай", authors=("Әуезов, М.", "Сәтбаев, Қ."), year=2020, language="kaz", kind=kind, udc="82", bbk="84",
            isbns=("9786017002015",), series="Т", summary="А", subjects=("Тарих — Қазақстан",), age_from=7, grade=5,
            issn="0378-5955", frequency="айына бір рет", scale="1:100", url="https://a.kz/", contents=("А", "Ә"),
        )
    )  # fmt: skip
    assert [one for one in check(made.to_text()) if one.is_error] == []


def test_an_empty_record_is_filled_in_and_says_nothing_of_what_stayed_empty() -> None:
    text = marc21.skeleton(GOOD[0][5:], GOOD[2][5:], "020 100 245abc 260abc 650 856u 990")
    assert "=245 10$a$b$c" in text.split("\n")
    assert [one.code for one in check(text)] == ["marc.no_245"]
    filled = text.replace("=245 10$a", "=245 10$aАбай")
    assert [one.code for one in check(filled) if one.is_error] == []
    record, _lines = marc21.read(filled)
    assert [one.tag for one in marc21.without_empty(record).fields] == ["008", "245"]


@given(RECORDS)
def test_any_record_is_checked(one: MarcRecord) -> None:
    text = one.to_text()
    lines = len(text.split("\n"))
    for finding in check(text):
        assert 0 <= finding.line <= lines


@given(st.text(max_size=200))
def test_any_text_is_checked(text: str) -> None:
    check(text)


@pytest.mark.parametrize(
    ("name", "least", "wrong"),
    [("camel.mrc", 10, 1), ("kaz-constructed.mrc", 12, 0), ("summerland.mrc", 1, 0), ("u5278992.mrc", 1, 0)],
)
def test_the_table_is_not_stricter_than_what_libraries_write(samples: Path, name: str, least: int, wrong: int) -> None:
    with (samples / "marc" / name).open("rb") as stream:
        records = [one.record for one in iso2709.read(stream) if isinstance(one, Good)]
    assert len(records) >= least
    assert sum(any(finding.is_error for finding in check(one.to_text())) for one in records) == wrong


def test_every_name_and_code_of_the_tables_is_there_in_three_languages() -> None:
    for rule in marc21.fields().values():
        assert all((rule.names.en, rule.names.kk, rule.names.ru))
        assert set(rule.subfield_names) <= set(rule.subfields)
    for tag, size in (("LDR", 24), ("008", 40)):
        for leader in ("00000nam a2200000   4500", "00000nas a2200000   4500", "00000nem a2200000   4500"):
            places = marc21.places(tag, leader)
            ends = [one.start + one.length for one in places]
            assert all(end <= size for end in ends)
            assert all(end <= later.start for end, later in zip(ends, places[1:], strict=False))
            assert all(len(code) == one.length for one in places for code in one.values)
