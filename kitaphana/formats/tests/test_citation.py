"""How records are cited: GOST, RIS, BibTeX, schema.org; other people's programs read ours."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import bibtexparser
import pytest
import rispy
from hypothesis import given

from kitaphana.formats import bibtex, gost, iso2709, ris, schema_org
from kitaphana.formats.citation import cite
from kitaphana.formats.marc import Good, MarcRecord
from kitaphana.formats.tests.records import RECORDS, record

URL = "https://kitap.example.kz/catalog/records/1/"


def fixed(language: str, year: str = "2019") -> str:
    return f"=008 200315s{year}    kz {'':17}{language} d"


NOVEL = record(
    "=001 KZ0000000001",
    fixed("kaz"),
    "=020 ##$a978-601-7002-01-5",
    "=080 ##$a821.512.122",
    "=100 1#$aӘуезов, Мұхтар Омарханұлы,$d1897-1961",
    "=245 10$aАбай жолы.$n1-кітап :$bроман-эпопея /$cМ. О. Әуезов ; ред. Т. Нұртазин",
    "=250 ##$a2-ші бас.",
    "=260 ##$aА. :$bМектеп,$c2019",
    "=300 ##$a320 б. :$bсур. ;$c21 см",
    "=490 0#$aМектеп кітапханасы ;$v5",
    "=520 ##$aАбай & заман: 100% {роман}_эпопея",
    "=521 1#$a12-16",
    "=650 #4$aҚазақ әдебиеті",
    "=700 1#$aНұртазин, Т.$4edt",
)
ARTICLE = record(
    "=001 KZ0000000002",
    fixed("rus", "2017"),
    "=100 1#$aСкрипник, К.Д.",
    "=245 10$aЛингвистический поворот :$bинтерпретации",
    "=773 08$tВестник Удмуртского университета$g2017. - Т. 27, вып. 2. - С. 139-146$x1234-5679",
    leader="00000naa a2200000 i 4500",
)
JOURNAL = record(
    "=001 KZ0000000003",
    fixed("kaz", "1922"),
    "=022 ##$a0134-3475",
    "=245 00$aЖұлдыз :$bәдеби-көркем журнал",
    "=260 ##$aАлматы :$bҚаламгер,$c1922-",
    "=310 ##$aАй сайын",
    "=362 0#$a1922, № 1-",
    leader="00000nas a2200000 i 4500",
)
SITE = record(
    "=001 KZ0000000004",
    "=007 cr",
    fixed("rus", "2024"),
    "=100 1#$aИванов, И. И.",
    "=245 10$aАтлас Казахстана",
    "=260 ##$aМ. ;$aСПб. :$bНаука,$c2024",
    "=856 40$uhttps://atlas.example.kz/full",
    leader="00000nmm a2200000 i 4500",
)
MANY = record(
    fixed("rus"),
    "=100 1#$aАсанов, А. А.",
    "=245 00$aАлгебра",
    "=260 ##$aАлматы$c2019",
    "=300 ##$a200",
    *(f"=700 1#$a{name}, Б.$4aut" for name in ("Беков", "Вебер", "Гусев", "Дунаев")),
    "=700 1#$aПетров, П.$4trl",
)
EXAMPLES = (NOVEL, ARTICLE, JOURNAL, SITE, MANY)


@pytest.mark.parametrize(
    ("one", "text"),
    [
        (
            NOVEL,
            "Әуезов, М. О. Абай жолы. 1-кітап : роман-эпопея / М. О. Әуезов ; ред. Т. Нұртазин. – 2-ші бас. – "
            "А. : Мектеп, 2019. – 320 б. : сур. ; 21 см. – (Мектеп кітапханасы ; 5). – ISBN 978-601-7002-01-5.",
        ),
        (
            ARTICLE,
            "Скрипник, К. Д. Лингвистический поворот : интерпретации / К. Д. Скрипник // Вестник Удмуртского "
            "университета. – 2017. – Т. 27, вып. 2. – С. 139–146.",
        ),
        (
            JOURNAL,
            "Жұлдыз : әдеби-көркем журнал. – 1922, № 1-. – Алматы : Қаламгер, 1922–. – Ай сайын. – ISSN 0134-3475.",
        ),
        (
            SITE,
            "Иванов, И. И. Атлас Казахстана / И. И. Иванов. – М. ; СПб. : Наука, 2024. – "
            "https://atlas.example.kz/full.",
        ),
        (MANY, "Алгебра / А. А. Асанов [и др.] ; пер. П. Петров. – Алматы, 2019. – 200 с."),
    ],
)
def test_description_by_gost_7_1(one: MarcRecord, text: str) -> None:
    assert gost.description(one) == text


@pytest.mark.parametrize(
    ("one", "text"),
    [
        (
            NOVEL,
            "Әуезов, М. О. Абай жолы. 1-кітап : роман-эпопея / М. О. Әуезов ; ред. Т. Нұртазин. – 2-ші бас. – "
            "Алматы : Мектеп, 2019. – 320 б. : сур. ; 21 см. – (Мектеп кітапханасы ; 5). – ISBN 978-601-7002-01-5. – "
            "Мәтін : тікелей.",
        ),
        (
            ARTICLE,
            "Скрипник, К. Д. Лингвистический поворот : интерпретации / К. Д. Скрипник. – Текст : непосредственный // "
            "Вестник Удмуртского университета. – 2017. – Т. 27, вып. 2. – С. 139–146.",
        ),
        (
            JOURNAL,
            "Жұлдыз : әдеби-көркем журнал. – 1922, № 1-. – Алматы : Қаламгер, 1922–. – Ай сайын. – "
            "ISSN 0134-3475. – Мәтін : тікелей.",
        ),
        (
            SITE,
            "Иванов, И. И. Атлас Казахстана / И. И. Иванов. – Москва ; Санкт-Петербург : Наука, 2024. – "
            "URL: https://atlas.example.kz/full (дата обращения: 01.02.2026). – Текст : электронный.",
        ),
        (
            MANY,
            "Алгебра / А. А. Асанов, Б. Беков, Б. Вебер [и др.] ; пер. П. Петров. – Алматы, 2019. – 200 с. – "
            "Текст : непосредственный.",
        ),
    ],
)
def test_reference_by_gost_r_7_0_100(one: MarcRecord, text: str) -> None:
    assert gost.reference(one, seen_on=date(2026, 2, 1)) == text


def test_words_of_the_cataloguer_are_in_the_language_asked_for() -> None:
    assert gost.reference(ARTICLE, language="en").endswith(
        "– Text : unmediated // Вестник Удмуртского университета. – 2017. – Vol. 27, вып. 2. – P. 139–146."
    )
    assert "Алгебра / А. А. Асанов [және т.б.] ; ауд. П. Петров" in gost.description(MANY, language="kk")
    assert gost.description(MANY, language="kk").endswith("200 б.")


@pytest.mark.parametrize(
    ("place", "kind", "content"),
    [
        ("em", "MAP", "Изображение (картографическое) : непосредственное"),
        ("cm", "MUSIC", "Музыка (знаковая) : непосредственная"),
        ("im", "AUDIO", "Звуки : аудио"),
        ("gm", "VIDEO", "Изображение (движущееся ; двухмерное) : видео"),
        ("mm", "ELECTRONIC", "Текст : электронный"),
    ],
)
def test_content_and_medium_by_kind(place: str, kind: str, content: str) -> None:
    one = record(fixed("rus"), "=245 00$aX", leader=f"00000n{place} a2200000 i 4500")
    assert cite(one).about.kind == kind
    assert gost.reference(one) == f"X. – 2019. – {content}."


def test_rispy_reads_our_ris() -> None:
    text = "".join(ris.write(one, url=URL) for one in EXAMPLES)
    novel, article, journal, site, many = rispy.loads(text)
    assert (novel["type_of_reference"], novel["authors"], novel["secondary_authors"], novel["year"]) == (
        "BOOK", ["Әуезов, Мұхтар Омарханұлы"], ["Нұртазин, Т."], "2019",
    )  # fmt: skip
    assert (novel["title"], novel["tertiary_title"], novel["language"]) == (
        "Абай жолы. 1-кітап : роман-эпопея", "Мектеп кітапханасы ; 5", "kaz",
    )  # fmt: skip
    assert (novel["issn"], novel["publisher"], novel["keywords"]) == ("978-601-7002-01-5", "Мектеп", ["Қазақ әдебиеті"])
    assert (article["type_of_reference"], article["secondary_title"], article["volume"], article["number"]) == (
        "JOUR", "Вестник Удмуртского университета", "27", "2",
    )  # fmt: skip
    assert (article["start_page"], article["end_page"], article["issn"]) == ("139", "146", "1234-5679")
    assert (journal["type_of_reference"], journal["issn"]) == ("JFULL", "0134-3475")
    assert site["type_of_reference"] == "EBOOK"
    assert len(many["authors"]) == 5


def test_bibtexparser_reads_our_bibtex() -> None:
    text = "\n".join(bibtex.write(one, url=URL) for one in EXAMPLES)
    parser = bibtexparser.bparser.BibTexParser(ignore_nonstandard_types=False, common_strings=True)
    entries = bibtexparser.loads(text, parser).entries
    assert [(one["ENTRYTYPE"], one["ID"]) for one in entries] == [
        ("book", "KZ0000000001"), ("article", "KZ0000000002"), ("misc", "KZ0000000003"), ("book", "KZ0000000004"),
        ("book", "record"),
    ]  # fmt: skip
    assert (entries[0]["author"], entries[0]["editor"]) == ("Әуезов, Мұхтар Омарханұлы", "Нұртазин, Т.")
    assert entries[0]["abstract"] == r"Абай \& заман: 100\% \{роман\}\_эпопея"
    assert (entries[1]["journal"], entries[1]["pages"], entries[1]["number"]) == (
        "Вестник Удмуртского университета", "139--146", "2",
    )  # fmt: skip
    assert entries[4]["author"].count(" and ") == 4


def test_a_body_stays_in_one_piece_in_bibtex() -> None:
    text = bibtex.write(record("=001 a b", "=110 2#$aМинистерство науки and просвещения", "=245 10$aX"))
    assert "author = {{Министерство науки and просвещения}}" in text
    assert text.startswith("@book{a-b,")


def test_json_ld_of_a_book() -> None:
    other = schema_org.Edition(f"{URL}2", "Путь Абая", 1952, "rus")
    found = schema_org.json_ld(NOVEL, url=URL, image="https://kitap.example.kz/c.jpg", editions=[other])
    assert json.loads(json.dumps(found)) == found
    assert found == {
        "@context": "https://schema.org",
        "@type": "Book",
        "@id": URL,
        "url": URL,
        "name": "Абай жолы. 1-кітап : роман-эпопея",
        "author": [
            {
                "@type": "Person",
                "name": "Мұхтар Омарханұлы Әуезов",
                "familyName": "Әуезов",
                "givenName": "Мұхтар Омарханұлы",
            }
        ],
        "editor": [{"@type": "Person", "name": "Т. Нұртазин", "familyName": "Нұртазин", "givenName": "Т."}],
        "inLanguage": "kk",
        "datePublished": "2019",
        "publisher": {"@type": "Organization", "name": "Мектеп", "location": "А."},
        "description": "Абай & заман: 100% {роман}_эпопея",
        "keywords": ["Қазақ әдебиеті"],
        "audience": {"@type": "PeopleAudience", "suggestedMinAge": 12, "suggestedMaxAge": 16},
        "image": "https://kitap.example.kz/c.jpg",
        "identifier": [
            {"@type": "PropertyValue", "propertyID": "control number", "value": "KZ0000000001"},
            {"@type": "PropertyValue", "propertyID": "UDC", "value": "821.512.122"},
        ],
        "isbn": ["9786017002015"],
        "bookEdition": "2-ші бас",
        "numberOfPages": 320,
        "isPartOf": [{"@type": "CreativeWorkSeries", "name": "Мектеп кітапханасы ; 5"}],
        "exampleOfWork": {
            "@type": "Book",
            "name": "Абай жолы. 1-кітап",
            "author": found["author"],
            "workExample": [
                {
                    "@type": "Book", "@id": f"{URL}2", "url": f"{URL}2", "name": "Путь Абая", "datePublished": "1952",
                    "inLanguage": "ru",
                }
            ],
        },
    }  # fmt: skip


@pytest.mark.parametrize(
    ("one", "kind"),
    [
        (ARTICLE, "Article"),
        (JOURNAL, "Periodical"),
        (SITE, "Book"),
        (record("=245 00$aX", leader="00000nem a2200000 i 4500"), "Map"),
        (record("=245 00$aX", leader="00000ncm a2200000 i 4500"), "MusicComposition"),
        (record("=245 00$aX", leader="00000nim a2200000 i 4500"), "AudioObject"),
        (record("=245 00$aX", leader="00000ngm a2200000 i 4500"), "VideoObject"),
        (record("=245 00$aX", leader="00000nrm a2200000 i 4500"), "CreativeWork"),
    ],
)
def test_json_ld_type(one: MarcRecord, kind: str) -> None:
    assert schema_org.json_ld(one, url=URL)["@type"] == kind


def test_json_ld_of_an_article_is_part_of_an_issue() -> None:
    found = schema_org.json_ld(ARTICLE, url=URL)
    assert found["isPartOf"] == {
        "@type": "PublicationIssue",
        "issueNumber": "2",
        "datePublished": "2017",
        "isPartOf": {
            "@type": "PublicationVolume",
            "volumeNumber": "27",
            "isPartOf": {"@type": "Periodical", "name": "Вестник Удмуртского университета", "issn": "1234-5679"},
        },
    }
    assert found["pagination"] == "139–146"


WRITERS: list[Callable[[MarcRecord], object]] = [
    ris.write, bibtex.write, gost.description, gost.reference, lambda one: schema_org.json_ld(one, url=URL),
]  # fmt: skip


@given(RECORDS)
def test_any_record_can_be_cited(one: MarcRecord) -> None:
    for write in WRITERS:
        assert write(one)
    assert len(rispy.loads(ris.write(one))) == 1
    json.dumps(schema_org.json_ld(one, url=URL))


def test_sample_records_are_cited(samples: Path) -> None:
    cited = 0
    for name in ("camel.mrc", "1251.dat", "kaz-constructed.mrc", "oss.marc", "summerland.mrc"):
        with (samples / "marc" / name).open("rb") as stream:
            records = [one.record for one in iso2709.read(stream) if isinstance(one, Good)]
        parser = bibtexparser.bparser.BibTexParser(ignore_nonstandard_types=False, common_strings=True)
        assert len(bibtexparser.loads("\n".join(map(bibtex.write, records)), parser).entries) == len(records)
        assert len(rispy.loads("".join(map(ris.write, records)))) == len(records)
        for one in records:
            text = gost.reference(one)
            assert text.endswith(".")
            assert ".. –" not in text
            cited += 1
    assert cited == 71
