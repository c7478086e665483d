"""MARC 21 as Dublin Core and as MODS."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from kitaphana.formats import dublin_core, mods
from kitaphana.formats.marc import Field, MarcRecord, Subfield

LEADER = "00000nam a2200000   4500"


def field(tag: str, indicators: str, *parts: str) -> Field:
    return Field(tag, indicators[0], indicators[1], [Subfield(part[0], part[1:]) for part in parts])


RECORD = MarcRecord(LEADER, [
    Field("001", data="KZ0000000007"), Field("003", data="KZ-NB"),
    Field("008", data="261101s2013    kz            000 1 kaz  "),
    field("020", "  ", "a9786017002015"),
    field("080", "  ", "a821.512.122-31"), field("084", "  ", "a84(5Қаз)", "2rubbk"),
    field("100", "1 ", "aӘуезов, Мұхтар,", "d1897-1961"),
    field("245", "10", "aАбай жолы :", "bроман-эпопея /", "cМұхтар Әуезов"),
    field("246", "3 ", "aПуть Абая"),
    field("260", "  ", "aАлматы :", "bЖазушы,", "c2013"),
    field("300", "  ", "a608 б."), field("490", "0 ", "aМектеп кітапханасы"),
    field("520", "  ", "aРоман."), field("505", "0 ", "aБірінші бөлім -- Екінші бөлім"),
    field("521", "1 ", "a14-17"),
    field("650", " 4", "aҚазақ әдебиеті", "yХХ ғ."), field("651", " 4", "aҚазақстан"),
    field("700", "1 ", "aҚабдолов, Зейнолла", "eредактор"),
    field("773", "0 ", "tЖұлдыз", "g2020, № 3", "x0132-4403"),
    field("856", "40", "uhttps://example.org/1"),
])  # fmt: skip


def test_dublin_core() -> None:
    values = dublin_core.values_of(RECORD)
    for pair in (
        ("title", "Абай жолы : роман-эпопея"), ("title", "Путь Абая"), ("creator", "Әуезов, Мұхтар, 1897-1961"),
        ("contributor", "Қабдолов, Зейнолла"), ("subject", "UDC: 821.512.122-31"), ("publisher", "Алматы : Жазушы"),
        ("date", "2013"), ("language", "kaz"), ("identifier", "URN:ISBN:9786017002015"), ("coverage", "Қазақстан"),
        ("type", "text"), ("description", "Роман"), ("identifier", "https://example.org/1"),
    ):  # fmt: skip
        assert pair in values, pair
    element = dublin_core.element_of(RECORD)
    assert element.tag == f"{{{dublin_core.OAI_DC}}}dc"
    assert dublin_core.srw_element_of(RECORD).tag == f"{{{dublin_core.SRW_DC}}}dc"


def test_mods() -> None:
    element = mods.element_of(RECORD)

    def texts(path: str) -> list[str | None]:
        return [one.text for one in element.findall(path, {"m": mods.MODS})]

    assert texts("m:titleInfo/m:title")[:1] == ["Абай жолы"]
    assert texts("m:titleInfo/m:subTitle") == ["роман-эпопея"]
    assert texts("m:titleInfo[@type='alternative']/m:title") == ["Путь Абая"]
    assert texts("m:name[@usage='primary']/m:namePart") == ["Әуезов, Мұхтар", "1897-1961"]
    assert texts("m:name/m:role/m:roleTerm") == ["creator", "редактор"]
    assert texts("m:originInfo/m:publisher") == ["Жазушы"]
    assert texts("m:language/m:languageTerm") == ["kaz"]
    assert texts("m:subject/m:topic") == ["Қазақ әдебиеті"]
    assert texts("m:subject/m:geographic") == ["Қазақстан"]
    assert texts("m:classification[@authority='bbk']") == ["84(5Қаз)"]
    assert texts("m:relatedItem[@type='host']/m:titleInfo/m:title") == ["Жұлдыз"]
    assert texts("m:relatedItem[@type='series']/m:titleInfo/m:title") == ["Мектеп кітапханасы"]
    assert texts("m:identifier[@type='isbn']") == ["9786017002015"]
    assert texts("m:tableOfContents") == ["Бірінші бөлім -- Екінші бөлім"]
    assert texts("m:recordInfo/m:recordIdentifier") == ["KZ0000000007"]


TEXT = st.text(max_size=20)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["100", "245", "260", "300", "505", "520", "600", "650", "653", "700", "773", "856"]),
            st.lists(st.tuples(st.sampled_from("abcdegntuxyz4"), TEXT), max_size=4),
        ),
        max_size=8,
    )
)
def test_any_record_becomes_well_formed_xml(fields: list[tuple[str, list[tuple[str, str]]]]) -> None:
    record = MarcRecord(LEADER, [Field(tag, subfields=[Subfield(*part) for part in parts]) for tag, parts in fields])
    for element in (dublin_core.element_of(record), dublin_core.srw_element_of(record), mods.element_of(record)):
        etree.fromstring(etree.tostring(element, encoding="utf-8"))
