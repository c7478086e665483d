from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitaphana.formats import iso2709
from kitaphana.formats.bibliographic import KINDS, Description, build, clean, describe, with_isbns
from kitaphana.formats.marc import Good, MarcRecord
from kitaphana.formats.tests.records import RECORDS, printable, record

TEXTBOOK = (
    "=001 kz1",
    "=003 KZ-RNPB",
    "=008 230801s2023    kz a   c      000 0 kaz d",
    "=020 ##$a978-601-7002-01-5 (қатты) :$c900 тг",
    "=020 ##$a9786017002016",
    "=041 0#$akaz",
    "=080 ##$a512(075.3)",
    "=084 ##$a22.14я72$2rubbk",
    "=100 1#$aӘбілқасымова, А.,$d1947-$4aut",
    "=245 10$aАлгебра :$bжалпы білім беретін мектептің 7-сыныбына арналған оқулық /$cА. Әбілқасымова, Т. Кучер.",
    "=246 31$aАлгебра 7",
    "=250 ##$a2-ші бас.",
    "=264 #1$aАлматы :$bМектеп,$c2023.",
    "=264 #4$c©2022",
    "=300 ##$a240 б. :$bсур. ;$c24 см",
    "=490 0#$aМектеп ;$v5",
    "=520 ##$aАннотация.",
    "=521 1#$a12-13",
    "=650 #7$aАлгебра$xОқыту әдістемесі$2lcsh",
    "=653 ##$aматематика$aесеп",
    "=655 #4$aОқулық",
    "=700 1#$aКучер, Т.$4aut",
    "=880 10$6245-01$aAlgebra",
    "=952 ##$aown",
)
DESCRIBED = Description(
    title="Алгебра",
    control_number="kz1",
    agency="KZ-RNPB",
    subtitle="жалпы білім беретін мектептің 7-сыныбына арналған оқулық",
    alternative_titles=("Алгебра 7", "Algebra"),
    responsibility="А. Әбілқасымова, Т. Кучер",
    authors=("Әбілқасымова, А.", "Кучер, Т."),
    isbns=("9786017002015",),
    invalid_isbns=("9786017002016",),
    year=2023,
    publisher="Мектеп",
    place="Алматы",
    language="kaz",
    extent="240 б.",
    pages=240,
    series="Мектеп ; 5",
    edition="2-ші бас",
    summary="Аннотация.",
    subjects=("Алгебра — Оқыту әдістемесі", "математика", "есеп"),
    genres=("Оқулық",),
    udc="512(075.3)",
    bbk="22.14я72",
    age_from=12,
    age_to=13,
    grade=7,
    kind="TEXTBOOK",
)


def test_describe_reads_everything() -> None:
    assert describe(record(*TEXTBOOK)) == DESCRIBED


def test_describe_of_nothing_is_empty() -> None:
    assert describe(MarcRecord("")) == Description(title="")


@given(RECORDS)
def test_describe_never_raises_and_has_no_control_characters(one: MarcRecord) -> None:
    found = describe(one)
    for text in (
        found.title,
        found.subtitle,
        found.extent,
        found.summary,
        *found.authors,
        *found.subjects,
        *found.genres,
    ):
        assert "\x00" not in text
    assert found.kind in KINDS


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Абай жолы /", "Абай жолы"),
        ("Абай жолы :", "Абай жолы"),
        ("Абай жолы.", "Абай жолы"),
        ("Әуезов, М. О.", "Әуезов, М. О."),
        ("Әуезов, М.,", "Әуезов, М."),
        ("240 б. :", "240 б."),
        ("240 б.", "240 б."),
        ("Кім?", "Кім?"),
        ("a\x00b ;", "a b"),
        ("", ""),
    ],
)
def test_clean(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    ("leader", "lines", "kind"),
    [
        ("00000nam a2200000 i 4500", ["=300 ##$a240 б."], "BOOK"),
        ("00000nam a2200000 i 4500", ["=300 ##$a48 б."], "BROCHURE"),
        ("00000nam a2200000 i 4500", ["=300 ##$a4 с."], "BOOK"),
        ("00000nam a2200000 i 4500", ["=300 ##$a49 p."], "BOOK"),
        ("00000nam a2200000 i 4500", ["=655 #4$aУчебник", "=300 ##$a30 с."], "TEXTBOOK"),
        ("00000nam a2200000 i 4500", ["=650 #4$aAlgebra$vTextbooks"], "TEXTBOOK"),
        ("00000nam a2200000 i 4500", ["=084 ##$a22.1я721$2rubbk"], "TEXTBOOK"),
        ("00000nam a2200000 i 4500", ["=084 ##$a22.1я73$2rubbk"], "BOOK"),
        ("00000nas a2200000 i 4500", [], "PERIODICAL"),
        ("00000nem a2200000 i 4500", [], "MAP"),
        ("00000ncm a2200000 i 4500", [], "MUSIC"),
        ("00000njm a2200000 i 4500", [], "AUDIO"),
        ("00000ngm a2200000 i 4500", [], "VIDEO"),
        ("00000nmm a2200000 i 4500", [], "ELECTRONIC"),
        ("00000nom a2200000 i 4500", [], "KIT"),
        ("00000nrm a2200000 i 4500", [], "OTHER"),
        ("00000nam a2200000 i 4500", ["=007 cr"], "ELECTRONIC"),
        ("00000nam a2200000 i 4500", ["=007 co"], "BOOK"),
        ("00000nam a2200000 i 4500", ["=008 230801s2023    kz a   co"], "ELECTRONIC"),
        ("00000nam a2200000 i 4500", ["=655 #7$amap$2kitaphana"], "MAP"),
    ],
)
def test_kind(leader: str, lines: list[str], kind: str) -> None:
    found = describe(record(*lines, leader=leader))
    assert found.kind == kind
    assert "map" not in found.genres


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("##$a12+", (12, None, None)),
        ("##$a12-15 жас", (12, 15, None)),
        ("1#$a6", (6, None, None)),
        ("##$aОт 14 лет", (14, None, None)),
        ("##$a7 жастан 9 жасқа дейін", (7, 9, None)),
        ("##$aДля детей до 10 лет", (None, 10, None)),
        ("##$a5-7 сынып", (None, None, 5)),
        ("##$a7-сынып оқушыларына", (None, None, 7)),
        ("2#$a9", (None, None, 9)),
        ("##$aдля 5 класса", (None, None, 5)),
        ("##$aДля широкого круга", (None, None, None)),
        ("##$a1941-1945", (None, None, None)),
        ("##$a15-12", (None, None, None)),
        ("2#$a90", (None, None, None)),
    ],
)
def test_audience(note: str, expected: tuple[int | None, int | None, int | None]) -> None:
    found = describe(record(f"=521 {note}"))
    assert (found.age_from, found.age_to, found.grade) == expected


@pytest.mark.parametrize(
    ("lines", "year"),
    [
        (["=260 ##$c2005."], 2005),
        (["=260 ##$cc1999"], 1999),
        (["=260 ##$c[1998-2003]"], 1998),
        (["=264 #4$c©2021", "=264 #1$c2020"], 2020),
        (["=008 230801s2023    kz", "=260 ##$c[б. г.]"], 2023),
        (["=008 230801n        kz"], None),
    ],
)
def test_year(lines: list[str], year: int | None) -> None:
    assert describe(record(*lines)).year == year


def test_alternative_titles_of_the_original_script(samples: Path) -> None:
    with (samples / "marc" / "u5278992.mrc").open("rb") as stream:
        (one,) = iso2709.read(stream)
    assert isinstance(one, Good)
    found = describe(one.record)
    assert (found.title, found.alternative_titles, found.pages) == ("Sindrom Petrushki", ("Синдром Петрушки",), 427)


# --- building


def test_build_of_what_was_described_changes_nothing(samples: Path) -> None:
    count = 0
    for path in (samples / "marc").iterdir():
        if path.suffix == ".xml":
            continue
        with path.open("rb") as stream:
            for one in iso2709.read(stream):
                if isinstance(one, Good):
                    assert build(describe(one.record), one.record) == one.record
                    count += 1
    assert count == 114


def test_build_from_nothing_and_back() -> None:
    plain = replace(DESCRIBED, agency="", alternative_titles=(), invalid_isbns=(), edition="2-ші бас", series="Мектеп")
    made = build(plain)
    assert describe(made) == plain
    assert made.to_text().split("\n") == [
        "=LDR 00000nam a2200000   4500",
        "=001 kz1",
        "=008 000000s2023    xx            000 0 kaz  ",
        "=020 ##$a978-601-7002-01-5",
        "=080 ##$a512(075.3)",
        "=084 ##$a22.14я72$2rubbk",
        "=100 1#$aӘбілқасымова, А.",
        "=245 10$aАлгебра :$bжалпы білім беретін мектептің 7-сыныбына арналған оқулық /$cА. Әбілқасымова, Т. Кучер",
        "=250 ##$a2-ші бас",
        "=260 ##$aАлматы :$bМектеп,$c2023",
        "=300 ##$a240 б.",
        "=490 0#$aМектеп",
        "=520 ##$aАннотация.",
        "=521 2#$a7",
        "=521 1#$a12-13",
        "=650 #4$aАлгебра$xОқыту әдістемесі",
        "=650 #4$aматематика",
        "=650 #4$aесеп",
        "=655 #4$aОқулық",
        "=700 1#$aКучер, Т.",
    ]


def changed(before: MarcRecord, after: MarcRecord) -> tuple[list[str], list[str]]:
    """Lines that are gone and lines that are new."""
    old, new = before.to_text().split("\n"), after.to_text().split("\n")
    return [one for one in old if one not in new], [one for one in new if one not in old]


@pytest.mark.parametrize(
    ("change", "gone", "new"),
    [
        (
            {"title": "Алгебра 7"},
            ["245"],
            [
                "=245 10$aАлгебра 7 :$bжалпы білім беретін мектептің 7-сыныбына арналған оқулық /$cА. Әбілқасымова, Т. Кучер"
            ],
        ),
        ({"authors": ("Әбілқасымова, А.",)}, ["700"], []),
        (
            {"authors": ("Кучер, Т.", "Әбілқасымова, А.")},
            ["100", "700"],
            ["=100 1#$aКучер, Т.$4aut", "=700 1#$aӘбілқасымова, А.,$d1947-$4aut"],
        ),
        ({"authors": ("Әбілқасымова, А.", "Кучер, Т.", "Абай")}, [], ["=700 0#$aАбай"]),
        ({"isbns": ("9786017002015", "9780471383147")}, [], ["=020 ##$a978-0-471-38314-7"]),
        ({"isbns": ()}, ["020"], []),
        (
            {"year": 2024},
            ["008", "264"],
            ["=008 230801s2024    kz a   c      000 0 kaz d", "=264 #1$aАлматы :$bМектеп,$c2024"],
        ),
        ({"publisher": ""}, ["264"], ["=264 #1$aАлматы,$c2023."]),
        ({"extent": "250 б."}, ["300"], ["=300 ##$a250 б. :$bсур. ;$c24 см"]),
        ({"subjects": ("Алгебра — Оқыту әдістемесі", "есеп")}, ["653"], ["=650 #4$aесеп"]),
        ({"age_from": 6, "age_to": None}, ["521"], ["=521 2#$a7", "=521 1#$a6+"]),
        ({"language": "rus"}, ["008", "041"], ["=008 230801s2023    kz a   c      000 0 rus d", "=041 0#$arus"]),
        ({"udc": ""}, ["080"], []),
        ({"bbk": "22.1"}, ["084"], ["=084 ##$a22.1$2rubbk"]),
        ({"summary": "Басқа"}, ["520"], ["=520 ##$aБасқа"]),
        ({"series": ""}, ["490"], []),
        ({"edition": "3-ші бас"}, ["250"], ["=250 ##$a3-ші бас"]),
    ],
)
def test_build_touches_only_what_changed(change: dict[str, object], gone: list[str], new: list[str]) -> None:
    base = record(*TEXTBOOK)
    made = build(replace(DESCRIBED, **change), base)  # type: ignore[arg-type]  # names of fields
    removed, added = changed(base, made)
    assert [one[1:4] for one in removed] == gone
    assert added == new
    assert base == record(*TEXTBOOK)
    found = describe(made)
    for name, value in change.items():
        assert getattr(found, name) == value


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("lines", [TEXTBOOK, ("=245 00$aX", "=300 ##$a24 б."), ("=007 cr", "=245 00$aX")])
def test_build_kind_is_what_was_asked_for(kind: str, lines: tuple[str, ...]) -> None:
    base = record(*lines)
    made = build(replace(describe(base), kind=kind), base)
    assert describe(made).kind == kind
    again = build(replace(describe(made), kind=describe(base).kind), made)
    assert describe(again).kind == describe(base).kind
    assert build(describe(made), made) == made


@given(
    title=printable().filter(clean),
    subtitle=printable(),
    publisher=printable(),
    year=st.one_of(st.none(), st.integers(1400, 2099)),
    language=st.sampled_from(["kaz", "rus", "eng", ""]),
    kind=st.sampled_from(sorted(KINDS)),
)
def test_build_then_describe_gives_the_form_back(
    title: str, subtitle: str, publisher: str, year: int | None, language: str, kind: str
) -> None:
    form = Description(
        title=clean(title),
        subtitle=clean(subtitle),
        publisher=clean(publisher),
        year=year,
        language=language,
        kind=kind,
    )
    found = describe(build(form))
    assert (found.title, found.publisher, found.year, found.language, found.kind) == (
        form.title, form.publisher, form.year, form.language, form.kind,
    )  # fmt: skip


def test_with_isbns_sorts_good_from_wrong() -> None:
    found = with_isbns(DESCRIBED, "978-601-7002-01-5, 0471383147; 123")
    assert (found.isbns, found.invalid_isbns) == (("9786017002015", "9780471383147"), ("123",))


def test_contents_periodicals_maps_and_addresses_come_back() -> None:
    form = Description(
        title="Балдырған", kind="PERIODICAL", issn="2310-1234", frequency="айына бір рет", numbering="1958, № 1–",
        scale="1:5 000 000", url="https://example.kz/kitap?id=1", contents=("Кіріспе", "1-тарау. Жол -- жолы", "Соңы"),
    )  # fmt: skip
    found = describe(build(form))
    assert (found.issn, found.frequency, found.numbering, found.scale, found.url) == (
        form.issn, form.frequency, form.numbering, form.scale, form.url,
    )  # fmt: skip
    assert found.contents == ("Кіріспе", "1-тарау. Жол – жолы", "Соңы")
    bare = describe(
        build(replace(found, issn="", frequency="", numbering="", scale="", url="", contents=()), build(form))
    )
    assert (bare.issn, bare.frequency, bare.numbering, bare.scale, bare.url, bare.contents) == ("", "", "", "", "", ())


def test_an_address_that_is_a_script_is_none() -> None:
    assert describe(record("=245 00$aX", "=856 40$ujavascript:alert(1)")).url == ""
    assert describe(record("=245 00$aX", "=856 42$uhttps://a.kz/mazmun", "=856 40$uhttps://a.kz/kitap")).url == (
        "https://a.kz/kitap"
    )


@pytest.mark.parametrize(("level", "code"), [("s", "b"), ("m", "a")])
def test_an_article_stands_in_its_host(level: str, code: str) -> None:
    form = Description(
        title="Күз", kind="ARTICLE", host_title="Балдырған", host_number="KZ0000000007", host_level=level,
        host_part="2026, № 5, 3–4-б.",
    )  # fmt: skip
    made = build(form)
    assert made.leader[7] == code
    found = describe(made)
    assert (found.kind, found.host_title, found.host_number, found.host_part, found.host_level) == (
        "ARTICLE", form.host_title, form.host_number, "2026, № 5, 3–4-б", level,
    )  # fmt: skip
    assert (
        describe(record("=LDR 00000nab a2200000   4500", "=245 00$aX", "=773 0#$w(KZ-Ast)123$tЖ")).host_number == "123"
    )
