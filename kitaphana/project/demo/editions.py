"""The demo's editions as MARC 21 records: works of literature and a shelf of textbooks."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from kitaphana.formats.marc import Field, MarcRecord, Subfield

FOLDER = Path(__file__).parent
AGENCY = "KZ-DEMO"
ON_THE_SCREEN = {"Қара сөз": "qara-soz", "Көксерек": "kokserek", "Құлагер": "qulager", "Капитанская дочка": "dochka"}
"""Works whose text has an address (MARC 856); the addresses are made up."""
ORIGINALS = {"Путь Абая": "Абай жолы", "Слова назидания": "Қара сөз"}
"""Translations and the works they are translations of (MARC 240)."""
_ROMAN_PLACES = {"Алматы": "kz ", "Астана": "kz ", "Москва": "ru ", "Санкт-Петербург": "ru ", "London": "xxk"}


def isbn(number: int) -> str:
    """A valid ISBN-13 of Kazakhstan from a running number; made up."""
    body = f"978601{number % 1_000_000:06d}"
    return body + str(-sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body)) % 10)


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


def _field(tag: str, indicators: str, *parts: tuple[str, str]) -> Field:
    return Field(tag, indicators[0], indicators[1], [Subfield(code, value) for code, value in parts if value])


def _spoken(author: str) -> str:
    surname, _, given = author.partition(", ")
    return f"{given} {surname}".strip()


def works() -> Iterator[MarcRecord]:
    """Works of literature, reference and popular science from ``works.tsv``."""
    for number, work in enumerate(_rows("works.tsv"), 1):
        authors = [author.strip() for author in work["author"].split(";") if author.strip()]
        country = _ROMAN_PLACES.get(work["place"], "xx ")
        pages = "б." if work["language"] == "kaz" else "с." if work["language"] == "rus" else "p."
        fields = [
            Field("001", data=f"demo{number:06d}"),
            Field("003", data=AGENCY),
            Field("008", data=f"261101s{work['year']}    {country}          |000 1 {work['language']}  "),
            _field("020", "  ", ("a", isbn(100_000 + number * 17))),
            _field("080", "  ", ("a", work["udc"])),
            _field("084", "  ", ("a", work["bbk"]), ("2", "rubbk")),
        ]
        fields += [_field("100", "1 ", ("a", author)) for author in authors[:1]]
        title = [("a", work["title"] + (" :" if work["subtitle"] else " /" if authors else ""))]
        if work["subtitle"]:
            title.append(("b", work["subtitle"] + (" /" if authors else "")))
        title.append(("c", ", ".join(_spoken(author) for author in authors)))
        if original := ORIGINALS.get(work["title"]):
            fields.append(_field("240", "10", ("a", original), ("l", "орысша")))
        fields += [
            _field("245", "10" if authors else "00", *title),
            _field("260", "  ", ("a", f"{work['place']} :"), ("b", f"{work['publisher']},"), ("c", work["year"])),
            _field("300", "  ", ("a", f"{work['pages']} {pages}")),
        ]
        if work["summary"]:
            fields.append(_field("520", "  ", ("a", work["summary"])))
        until = work["age_to"]
        fields.append(
            _field("521", "1 ", ("a", f"{work['age_from']}+" if until == "99" else f"{work['age_from']}-{until}"))
        )
        fields += [_field("650", " 4", ("a", subject.strip())) for subject in work["subjects"].split(";")]
        fields += [_field("700", "1 ", ("a", author)) for author in authors[1:]]
        if work["title"] in ON_THE_SCREEN:
            fields.append(_field("856", "40", ("u", f"https://example.org/books/{ON_THE_SCREEN[work['title']]}")))
        yield MarcRecord("00000nam a2200000   4500", fields)


def subjects() -> list[dict[str, str]]:
    """Lines of ``textbooks.tsv``: subject in two languages, grades, author, publisher.

    ``role`` says what an edition is in the textbook sets (``sets.py``): empty — the main one, ``second`` — may
    replace it, ``new`` — from this year on, ``electronic``, ``workbook``.
    """
    return _rows("textbooks.tsv")


def textbooks() -> Iterator[MarcRecord]:
    """Textbooks by subject, grade and language of instruction from ``textbooks.tsv``."""
    number = 0
    for subject in subjects():
        workbook = subject["role"] == "workbook"
        for grade in range(int(subject["from"]), int(subject["to"]) + 1):
            for language, title, form in (
                ("kaz", subject["subject_kk"], "жалпы білім беретін мектептің {grade}-сыныбына арналған {kind}"),
                ("rus", subject["subject_ru"], "{kind} для {grade} класса общеобразовательной школы"),
            ):
                kinds = ("жұмыс дәптері", "рабочая тетрадь") if workbook else ("оқулық", "учебник")
                kind = kinds[language == "rus"]
                number += 1
                year = (2024, 2023, 2024, 2024, 2022, 2023, 2024, 2021, 2024, 2023)[(grade * 3 + number) % 10]
                author = subject["author"]
                fields = [
                    Field("001", data=f"demot{number:05d}"),
                    Field("003", data=AGENCY),
                    Field("008", data=f"261101s{year}    kz           |000 0 {language}  "),
                    _field("020", "  ", ("a", isbn(500_000 + number * 13))),
                    _field("080", "  ", ("a", f"{subject['udc']}(075.3)")),
                    _field("084", "  ", ("a", "74.26"), ("2", "rubbk")),
                    _field("100", "1 ", ("a", author)),
                    _field(
                        "245",
                        "10",
                        ("a", f"{title} :"),
                        ("b", form.format(grade=grade, kind=kind) + " /"),
                        ("c", _spoken(author)),
                    ),
                    _field("260", "  ", ("a", "Алматы :"), ("b", f"{subject['publisher']},"), ("c", str(year))),
                    _field("300", "  ", ("a", "240 б." if language == "kaz" else "240 с.")),
                    _field("521", "2 ", ("a", str(grade))),
                    _field("650", " 4", ("a", title)),
                    _field("655", " 4", ("a", "Оқулық" if language == "kaz" else "Учебник")),
                ]
                yield MarcRecord("00000nam a2200000   4500", fields)
