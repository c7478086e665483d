from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from lxml import etree

from kitaphana.formats import detect, iso2709, marcxml
from kitaphana.formats.marc import Bad, Field, Good, MarcRecord, Outcome, Subfield
from kitaphana.formats.tests.records import LEADER, RECORDS, record

HEAD = '<collection xmlns="http://www.loc.gov/MARC21/slim">'
ONE = (
    f'<record><leader>{LEADER}</leader><controlfield tag="001">x</controlfield>'
    '<datafield tag="245" ind1="1" ind2="0"><subfield code="a">Абай  жолы</subfield></datafield></record>'
)


def read(text: str | bytes) -> list[Outcome]:
    return list(marcxml.read(io.BytesIO(text.encode() if isinstance(text, str) else text)))


def written(*records: MarcRecord) -> bytes:
    stream = io.BytesIO()
    assert marcxml.write(records, stream) == len(records)
    return stream.getvalue()


@pytest.fixture(scope="module")
def schema(samples: Path) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(samples / "schemas" / "MARC21slim.xsd")))


@pytest.mark.parametrize(
    "name", ["batch.xml", "chabon.xml", "utf8.xml", "kaz-constructed.xml", "camel.mrc", "880_Nihon_no_chasho.mrc"]
)
def test_write_what_was_read_is_valid_and_the_same(samples: Path, schema: etree.XMLSchema, name: str) -> None:
    data = (samples / "marc" / name).read_bytes()
    records = [one.record for one in detect.open_records(io.BytesIO(data)) if isinstance(one, Good)]
    xml = written(*records)
    schema.assertValid(etree.fromstring(xml))
    assert [one.record for one in read(xml) if isinstance(one, Good)] == records


def test_write_every_sample_valid(samples: Path, schema: etree.XMLSchema) -> None:
    for path in (samples / "marc").iterdir():
        with path.open("rb") as stream:
            records = [one.record for one in detect.open_records(stream) if isinstance(one, Good)]
        xml = written(*records)
        schema.assertValid(etree.fromstring(xml))
        assert len(read(xml)) == len(records)


@given(RECORDS)
def test_write_is_valid_whatever_the_text(one: MarcRecord) -> None:
    root = etree.fromstring(written(one))
    assert root.tag == f"{{{marcxml.NAMESPACE}}}collection"
    (back,) = read(written(one))
    assert isinstance(back, Good)
    assert sorted(field.tag for field in back.record.fields) == sorted(field.tag for field in one.fields)


def test_write_bends_what_the_schema_has_no_place_for(schema: etree.XMLSchema) -> None:
    one = MarcRecord(
        "00000nz  a22x0097o  45 0",
        [
            Field("245", "é", "  ", [Subfield("a", "X\x00\x1b\ud800Y"), Subfield("ә", "lost")]),
            Field("001", data="x"),
            Field("330", " ", " ", []),
            Field("9әә", data="lost"),
            Field("500", data="loose text"),
        ],
    )
    xml = written(one)
    schema.assertValid(etree.fromstring(xml))
    (back,) = read(xml)
    assert isinstance(back, Good)
    assert back.record.to_text().split("\n")[1:] == ["=001 x", "=245 ##$aXY", "=500 ##$aloose text"]


@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}{ONE}</collection>",
        ONE,
        ONE.replace("<record>", '<record xmlns="http://www.loc.gov/MARC21/slim">'),
        f'<m:wrap xmlns:m="http://www.loc.gov/MARC21/slim">{ONE}</m:wrap>',
        f"<!DOCTYPE collection>{HEAD}<!-- a --><?x y?>{ONE}</collection>",
        f"<OAI-PMH><record><header/><metadata>{ONE}</metadata></record></OAI-PMH>",
    ],
)
def test_read_namespaced_or_not(text: str) -> None:
    (one,) = read(text)
    assert isinstance(one, Good)
    assert one.record == record("=001 x", "=245 10$aАбай  жолы")
    assert (one.number, one.dialect, one.position) == (1, "marc21", 1)


def test_read_says_the_line(samples: Path) -> None:
    with (samples / "marc" / "chabon.xml").open("rb") as stream:
        assert [(one.number, one.position) for one in marcxml.read(stream)] == [(1, 2), (2, 66)]


def test_read_other_encodings() -> None:
    (one,) = read(f'<?xml version="1.0" encoding="windows-1251"?>{ONE}'.encode("windows-1251"))
    assert isinstance(one, Good)
    assert one.record.fields[1].get("a") == "Абай  жолы"


def test_read_broken_xml_keeps_the_records_before() -> None:
    read_ones = read(f"{HEAD}\n{ONE}\n{ONE}\n<record><datafield></record>\n{ONE}</collection>")
    assert [(type(one), one.number, one.position) for one in read_ones] == [(Good, 1, 2), (Good, 2, 3), (Bad, 3, 4)]
    assert isinstance(read_ones[2], Bad)
    assert read_ones[2].code == "marc.bad_xml"


def test_read_xml_that_breaks_off(samples: Path) -> None:
    data = (samples / "marc" / "chabon.xml").read_bytes()
    assert [(type(one), one.position) for one in read(data[:-5])] == [(Good, 2), (Good, 66), (Bad, 116)]
    assert [(type(one), one.position) for one in read(data[: len(data) // 2])] == [(Bad, 57)]


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (f"{HEAD}\n<record/>\n{ONE}</collection>", "marc.empty", 2),
        (f'{HEAD}\n<record>\n<datafield tag="24"/></record>\n{ONE}</collection>', "marc.bad_tag", 3),
        (
            f'{HEAD}\n<record><datafield tag="245">\n<subfield>X</subfield></datafield></record>\n{ONE}</collection>',
            "marc.bad_subfield",
            3,
        ),
    ],
)
def test_read_bad_record_does_not_stop_the_file(text: str, code: str, line: int) -> None:
    bad, good = read(text)
    assert isinstance(bad, Bad)
    assert (bad.code, bad.position, bad.number) == (code, line, 1)
    assert isinstance(good, Good)
    assert good.number == 2


def test_read_refuses_entities(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("password")
    for declared in (f'SYSTEM "{secret.as_uri()}"', '"bomb"'):
        text = f"<!DOCTYPE c [<!ENTITY e {declared}>]>{HEAD}{ONE.replace('Абай', '&e;')}</collection>"
        (one,) = read(text)
        assert isinstance(one, Bad)
        assert one.code == "marc.xml_entities"


def test_read_other_xml_is_not_marc() -> None:
    (one,) = read("<feed><entry/></feed>")
    assert isinstance(one, Bad)
    assert one.code == "marc.not_marc"
    assert read(f"{HEAD}</collection>") == []


def test_read_unimarc_in_xml(samples: Path) -> None:
    with (samples / "marc" / "ur.iso").open("rb") as stream:
        (one,) = iso2709.read(stream)
    assert isinstance(one, Good)
    (back,) = read(written(one.record))
    assert isinstance(back, Good)
    assert back.dialect == "unimarc"


def test_undeclared_prefix_is_damaged_xml_and_no_failure() -> None:
    data = b"<marc:collection><marc:record><marc:leader/></marc:record></marc:collection>"
    assert [one.code for one in read(data) if isinstance(one, Bad)] == ["marc.empty", "marc.bad_xml"]
