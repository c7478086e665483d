from __future__ import annotations

import io
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitaphana.formats import charsets, iso2709
from kitaphana.formats.bibliographic import describe
from kitaphana.formats.marc import MESSAGES, Bad, Field, Good, MarcRecord, Outcome, Subfield
from kitaphana.formats.tests.records import LEADER, RECORDS, record

# file: records, of these byte for byte the same when written again, encoding
SAMPLES = {
    "1251.dat": (6, 0, {"windows-1251"}),
    "880_Nihon_no_chasho.mrc": (1, 1, {"utf-8"}),
    "880_with_no_6.utf8.marc": (1, 1, {"utf-8"}),
    "TEST2.ISO": (1, 0, {"windows-1251"}),
    "auth-subset100.mrc": (17, 17, {"utf-8"}),
    "bad_subfield_code.dat": (0, 0, set()),
    "bad_utf_byte.utf8.marc": (1, 0, {"utf-8"}),
    "camel.mrc": (10, 10, {"utf-8"}),
    "kaz-constructed.mrc": (12, 12, {"utf-8"}),
    "marc8.dat": (1, 0, {"marc-8"}),
    "one.dat": (1, 1, {"utf-8"}),
    "oss.marc": (42, 39, {"utf-8", "marc-8"}),
    "summerland.mrc": (1, 1, {"utf-8"}),
    "test_records.mrc": (18, 18, {"utf-8"}),
    "u5278992.mrc": (1, 0, {"marc-8"}),
    "ur.iso": (1, 1, {"utf-8"}),
}


def outcomes(data: bytes, **options: str) -> list[Outcome]:
    return list(iso2709.read(io.BytesIO(data), **options))  # type: ignore[arg-type]  # options are spelled in the tests


def good(data: bytes, **options: str) -> Good:
    (one,) = outcomes(data, **options)
    assert isinstance(one, Good)
    return one


def codes(one: Outcome) -> list[str]:
    return [one.code] if isinstance(one, Bad) else [repair.code for repair in one.repairs]


def sample(letter: str = "x", title: str = "Абай жолы") -> bytes:
    return iso2709.write(record(f"=001 {letter}", f"=245 00$a{title}", "=650 #4$aРоман"))


@pytest.mark.parametrize("name", SAMPLES)
def test_read_sample_yields_every_record_once(samples: Path, name: str) -> None:
    count, same, encodings = SAMPLES[name]
    data = (samples / "marc" / name).read_bytes()
    read = outcomes(data)
    assert len(read) == data.count(b"\x1d")
    taken = [one for one in read if isinstance(one, Good)]
    assert len(taken) == count
    assert {one.encoding for one in taken} == encodings
    assert sum(iso2709.write(one.record) == one.raw for one in taken) == same
    assert [one.number for one in read] == list(range(1, len(read) + 1))
    assert all(data[one.position : one.position + len(one.raw)] == one.raw for one in taken)
    # The round trip through the store is the same round trip.
    stored = [MarcRecord.from_json(one.record.to_json()) for one in taken]
    assert stored == [one.record for one in taken]


def test_every_sample_is_listed(samples: Path) -> None:
    assert {path.name for path in (samples / "marc").iterdir() if path.suffix != ".xml"} == set(SAMPLES)


def test_read_bad_subfield_code_names_its_byte(samples: Path) -> None:
    data = (samples / "marc" / "bad_subfield_code.dat").read_bytes()
    (one,) = outcomes(data)
    assert isinstance(one, Bad)
    assert (one.code, one.position, one.params, one.raw) == ("marc.bad_subfield", 481, {"tag": "245"}, data)
    assert data[480:482] == b"\x1f\xc3"
    assert one.message == "Field 245 has a subfield without a code."


def test_read_bad_utf8_replaces_and_notes(samples: Path) -> None:
    one = good((samples / "marc" / "bad_utf_byte.utf8.marc").read_bytes())
    assert codes(one) == ["marc.replaced_bytes"]
    assert one.record.fields[0].get("a") == "This is a bad byte: '\ufffd' and another: '\ufffd'"


def test_read_leader_with_a_stray_byte_is_repaired(samples: Path) -> None:
    read = outcomes((samples / "marc" / "oss.marc").read_bytes())
    assert {one.number: codes(one) for one in read if codes(one)} == {28: ["marc.wrong_leader"]}
    assert read[27].position == 40499


def test_read_cyrillic_without_a_word_about_it(samples: Path) -> None:
    read = outcomes((samples / "marc" / "1251.dat").read_bytes())
    titles = [describe(one.record).title for one in read if isinstance(one, Good)]
    assert titles[:3] == [
        "Основы гидравлического расчета инженерных сетей",
        "Психологический тренинг с подростками",
        "Управление проектно-строительным процессом",
    ]
    assert [codes(one) for one in read] == [["marc.wrong_encoding"]] * 6
    # It is in Unicode now, and says so.
    assert {one.record.leader[9] for one in read if isinstance(one, Good)} == {"a"}


def test_read_marc8_with_cyrillic(samples: Path) -> None:
    one = good((samples / "marc" / "u5278992.mrc").read_bytes())
    assert [field.get("a") for field in one.record.all("880")][:3] == [
        "Рубина, Дина.",
        "Синдром Петрушки :",
        "Москва :",
    ]
    assert one.record.leader == "01232cam a2200385 a 4500"
    assert codes(one) == []


@given(RECORDS)
def test_write_then_read_then_write_is_the_same_bytes(one: MarcRecord) -> None:
    data = iso2709.write(one)
    (read,) = outcomes(data)
    assert isinstance(read, Good)
    assert read.record.fields == one.fields
    assert read.repairs == ()
    assert read.raw == data
    assert iso2709.write(read.record) == data


@given(st.lists(RECORDS, max_size=4), st.sampled_from([b"", b"\n", b"\r\n", b"\x00\x00", b" \x1a"]))
def test_read_passes_over_padding(records: list[MarcRecord], padding: bytes) -> None:
    data = padding + b"".join(iso2709.write(one) + padding for one in records)
    read = outcomes(data)
    assert [one.record.fields for one in read if isinstance(one, Good)] == [one.fields for one in records]
    assert all(data[one.position : one.position + len(one.raw)] == one.raw for one in read)


@given(st.lists(RECORDS, min_size=1, max_size=3), st.data())
def test_read_of_a_damaged_file_never_raises_and_loses_no_byte(records: list[MarcRecord], draw: st.DataObject) -> None:
    data = bytearray(b"".join(map(iso2709.write, records)))
    for _ in range(draw.draw(st.integers(0, 6))):
        data = _damaged(data, draw, len(data))
    _counted(bytes(data))


def _damaged(data: bytearray, draw: st.DataObject, end: int) -> bytearray:
    """One thing done to the first bytes of a file: a byte set, some cut, some put in."""
    place = draw.draw(st.integers(0, max(min(end, len(data)) - 1, 0)))
    what = draw.draw(st.sampled_from(["set", "cut", "insert"]))
    if what == "set":
        data[place] = draw.draw(st.one_of(st.integers(0, 255), st.sampled_from(b"0123456789\x1d\x1e\x1f ")))
    elif what == "cut" and len(data) > 1:
        del data[place : place + draw.draw(st.integers(1, 30))]
    else:
        data[place:place] = draw.draw(st.binary(max_size=5))
    return data or bytearray(b"x")


LEAVES_OUT = {"marc.unlisted_data", "marc.empty_subfield", "marc.replaced_bytes", "marc.wrong_leader"}
"""Repairs after which bytes of a record stand in its raw form only; their notes say so."""


@given(RECORDS, st.data(), st.sampled_from(["utf-8", "marc-8", "windows-1251"]))
def test_what_is_read_without_such_a_note_has_all_that_the_bytes_had(
    one: MarcRecord, draw: st.DataObject, encoding: str
) -> None:
    one.fields = [_spelled(field, encoding) for field in one.fields]
    data = bytearray(iso2709.write(one, encoding))
    head = 24 + 12 * len(one.fields)
    for _ in range(draw.draw(st.integers(1, 4))):
        # Mostly the leader and the directory, which are what lies about the rest.
        data = _damaged(data, draw, draw.draw(st.sampled_from([head, len(data)])))
    for read in outcomes(bytes(data)):
        if isinstance(read, Bad):
            assert 0 <= read.position <= len(data)
            continue
        if {repair.code for repair in read.repairs} & LEAVES_OUT:
            continue
        body = read.raw[read.raw.index(b"\x1e", 24) + 1 :].removesuffix(b"\x1d")
        again = iso2709.parse(iso2709.write(read.record))
        assert isinstance(again, Good)
        pieces = [piece for piece in body.split(b"\x1e") if piece.strip(b"\r\n \t\x00\x1a")]
        # Two bytes alone are a short text, or the indicators of a field that has nothing else.
        pieces = [piece for piece in pieces if len(piece) != 2]
        decode = charsets.decoder(read.encoding)
        kept = {_letters(field) for field in read.record.fields}
        # A control field is one text whatever signs stand in it.
        assert all({_all_letters(piece, decode), decode(piece)} & kept for piece in pieces)


def _spelled(field: Field, encoding: str) -> Field:
    """The field with the letters its encoding has."""
    if encoding != "windows-1251":
        return field
    if field.data is not None:
        return Field(field.tag, data=field.data.encode(encoding, "ignore").decode(encoding))
    parts = [Subfield(part.code, part.value.encode(encoding, "ignore").decode(encoding)) for part in field.subfields]
    return Field(field.tag, field.ind1, field.ind2, parts)


def _letters(field: Field) -> str:
    if field.data is not None:
        return field.data
    return f"{field.ind1}{field.ind2}" + "".join(f"\x1f{part.code}{part.value}" for part in field.subfields)


def _all_letters(piece: bytes, decode: Callable[[bytes], str]) -> str:
    head, *parts = piece.split(b"\x1f")
    if not parts:
        return decode(piece)
    texts = [part[:1].decode("latin-1") + decode(part[1:]) for part in parts]
    return head.decode("latin-1") + "".join(f"\x1f{text}" for text in texts)


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_read_of_rubbish_never_raises_and_loses_no_byte(before: bytes, after: bytes) -> None:
    _counted(before + b"\x1d" + after)


def _counted(data: bytes) -> None:
    """Every chunk with an end mark is told of once, and what is left out between them is padding."""
    read = outcomes(data)
    assert sum(one.raw.endswith(b"\x1d") for one in read) == data.count(b"\x1d")
    assert [one.number for one in read] == list(range(1, len(read) + 1))
    assert all(0 <= one.position <= len(data) for one in read)
    for one in read:
        if isinstance(one, Bad):
            assert one.message
            assert one.code in MESSAGES
        else:
            assert all(repair.message for repair in one.repairs)
            describe(one.record)
    place = 0
    for one in read:
        found = data.index(one.raw, place)
        skipped = data[place:found]
        assert not skipped.strip(b"\r\n \t\x00\x1a") or "marc.junk_before" in codes(one)
        place = found + len(one.raw)
    assert not data[place:].strip(b"\r\n \t\x00\x1a")


def test_read_wrong_length_and_base_are_repaired() -> None:
    data = sample()
    one = good(b"00999" + data[5:])
    assert codes(one) == ["marc.wrong_length"]
    assert iso2709.write(one.record) == data
    one = good(data[:12] + b"00011" + data[17:])
    assert codes(one) == ["marc.wrong_base"]
    assert iso2709.write(one.record) == data


def test_read_directory_counted_in_letters_is_repaired() -> None:
    data = sample()
    right = iso2709.parse(data)
    assert isinstance(right, Good)
    wrong = data.replace(b"245002200002", b"245001300002")
    assert wrong != data
    one = good(wrong)
    assert codes(one) == ["marc.wrong_directory"]
    assert one.record == right.record


def test_read_directory_in_another_order_than_the_data() -> None:
    data = sample()
    base = int(data[12:17])
    entries = [data[place : place + 12] for place in range(24, base - 1, 12)]
    one = good(data[:24] + b"".join(reversed(entries)) + data[base - 1 :])
    assert codes(one) == []
    assert [field.tag for field in one.record.fields] == ["650", "245", "001"]
    assert one.record.fields[1].get("a") == "Абай жолы"


def test_read_directory_that_lists_too_little_is_noted() -> None:
    data = sample()
    base = int(data[12:17])
    shorter = b"%05d" % (len(data) - 12) + data[5:12] + b"%05d" % (base - 12) + data[17 : base - 13] + data[base - 1 :]
    one = good(shorter)
    assert codes(one) == ["marc.unlisted_data"]
    assert [field.tag for field in one.record.fields] == ["001", "245"]


def test_read_broken_directory_names_the_entry() -> None:
    data = sample()
    broken = data[:36] + b"245x" + data[40:].replace(b"\x1e", b"", 2).replace(b"\x1e", b"\x1e\x1e\x1e", 1)
    (one,) = outcomes(b"\n" + broken)
    assert codes(one) == ["marc.bad_directory"]
    (one,) = outcomes(data[:36] + b"2\x80" + data[38:])
    assert (codes(one), one.position) == (["marc.bad_directory"], 36)


def test_read_broken_record_does_not_stop_the_file() -> None:
    first, third = sample("1"), sample("3")
    broken = sample("2").replace(b"\x1fa", b"\x1f\xd0")
    read = outcomes(first + broken + third)
    assert [type(one) for one in read] == [Good, Bad, Good]
    assert len(first) < read[1].position < len(first) + len(broken)
    assert read[2].position == len(first) + len(broken)


def test_read_cut_off_record_gives_its_neighbour_back() -> None:
    first, second = sample("1"), sample("2")
    read = outcomes(first[:60] + second + first)
    assert [(type(one), codes(one), one.number, one.position) for one in read] == [
        (Bad, ["marc.truncated"], 1, 0),
        (Good, [], 2, 60),
        (Good, [], 3, 60 + len(second)),
    ]


def test_read_junk_before_a_record_is_passed_over() -> None:
    data = sample()
    one = good(b"exported by somebody\r\n" + data)
    assert (codes(one), one.position, one.raw) == (["marc.junk_before"], 22, data)


def test_read_file_that_breaks_off() -> None:
    data = sample()
    read = outcomes(data + data[:50])
    assert [(type(one), codes(one), one.position) for one in read] == [
        (Good, [], 0),
        (Bad, ["marc.truncated"], len(data)),
    ]


def test_read_last_record_without_end_mark_is_repaired() -> None:
    data = sample()
    one = good(data[:-1])
    assert codes(one) == ["marc.missing_end"]
    assert iso2709.write(one.record) == data


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\x1d", "marc.not_marc"),
        (b"Dear reader,\x1d", "marc.not_marc"),
        (b"00005\x1d", "marc.bad_leader"),
        (b"00026nam a2200025 i 4500\x1e\x1d", "marc.empty"),
        (b"00025nam a2200025 i 4500\x1d", "marc.empty"),
        (b"\x00\x01\x02\x03", "marc.not_marc"),
    ],
)
def test_read_refuses_with_a_stable_code(data: bytes, code: str) -> None:
    (one,) = outcomes(data)
    assert codes(one) == [code]


def test_read_leader_of_stray_bytes_is_refused() -> None:
    data = sample()
    (one,) = outcomes(data[:5] + b"\xff\xff\xff\xff" + data[9:])
    assert (codes(one), one.position) == (["marc.bad_leader"], 5)


def test_read_empty_subfield_is_left_out_with_a_note() -> None:
    data = sample().replace(b"\x1fa\xd0\x90", b"\x1f\x1faA")
    one = good(data)
    assert codes(one) == ["marc.empty_subfield"]
    assert one.record.fields[1].get("a") == "Aбай жолы"


def test_read_binary_rubbish_in_letters_is_refused() -> None:
    data = sample(title="Ж" * 40)
    (one,) = outcomes(data.replace("Ж".encode() * 40, b"\xff\xfe" * 40), encoding="utf-8")
    assert codes(one) == ["marc.bad_encoding"]


def test_read_of_a_file_without_end_keeps_memory_small() -> None:
    read = outcomes(b"0" * (9 * 1024 * 1024))
    assert [type(one) for one in read] == [Bad, Bad]


def test_read_with_a_given_encoding() -> None:
    data = iso2709.write(record("=245 00$aКітап"), encoding="kz1048")
    one = good(data, encoding="kz1048")
    assert (one.encoding, one.record.fields[0].get("a")) == ("kz1048", "Кітап")
    with pytest.raises(LookupError):
        iso2709.read(io.BytesIO(data), encoding="no-such")


def test_indicators_of_other_number_stay(samples: Path) -> None:
    one = good((samples / "marc" / "ur.iso").read_bytes())
    assert {(field.ind1, field.ind2) for field in one.record.all("610")} == {(" ", "  ")}
    assert MarcRecord.from_text(one.record.to_text()) == one.record


def test_write_refuses_what_does_not_fit() -> None:
    with pytest.raises(iso2709.RecordTooLong, match=re.escape("field 520 has 10005 bytes")):
        iso2709.write(MarcRecord(LEADER, [Field("520", subfields=[Subfield("a", "x" * 10_000)])]))
    many = [Field("500", subfields=[Subfield("a", "x" * 9_000)]) for _ in range(12)]
    with pytest.raises(iso2709.RecordTooLong, match=r"the record has \d+ bytes"):
        iso2709.write(MarcRecord(LEADER, many))
    assert len(iso2709.write(MarcRecord(LEADER, many[:10]))) == 90_196


def test_reading_and_describing_is_fast() -> None:
    data = sample() * 2_000
    rates = []
    for _ in range(3):
        began = time.process_time()
        for one in iso2709.read(io.BytesIO(data)):
            assert isinstance(one, Good)
            describe(one.record)
        rates.append(2_000 / (time.process_time() - began))
    assert max(rates) > 8_000
