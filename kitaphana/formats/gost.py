"""The bibliographic description by GOST 7.1-2003 and the reference by GOST R 7.0.100-2018.

Words of the cataloguer («с.», «[и др.]», «Текст : непосредственный») stand in the language of the text: Kazakh,
Russian, else English; ``language`` overrides that. What the title page says is never translated.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from kitaphana.formats.citation import Citation, Name, cite
from kitaphana.formats.isbn import hyphenate
from kitaphana.formats.marc import MarcRecord

Language = Literal["kk", "ru", "en"]
SEPARATOR: Final = ". – "


@dataclass(frozen=True, slots=True)
class _Terms:
    """The cataloguer's words in a language."""

    pages: str
    """After the number of pages of an edition."""
    on_pages: str
    """Before the pages of an article."""
    volume: str
    issue: str
    others: str
    seen: str
    roles: Mapping[str, str]
    contents: Mapping[str, str]
    """Kind of content by kind of edition (``""``: text)."""
    direct: str
    electronic: str
    audio: str
    video: str


TERMS: Final[Mapping[Language, _Terms]] = {
    "kk": _Terms(
        pages="б.", on_pages="Б.", volume="Т.", issue="№", others="[және т.б.]", seen="қаралған күні",
        roles={"editor": "ред.", "compiler": "құраст.", "translator": "ауд.", "illustrator": "сурет."},
        contents={
            "": "Мәтін", "MAP": "Бейне (картографиялық)", "MUSIC": "Музыка (таңбалы)", "AUDIO": "Дыбыстар",
            "VIDEO": "Бейне (қозғалмалы ; екі өлшемді)", "KIT": "Мазмұнның бірнеше түрі", "OTHER": "Зат",
        },
        direct="тікелей", electronic="электрондық", audio="аудио", video="бейне",
    ),
    "ru": _Terms(
        pages="с.", on_pages="С.", volume="Т.", issue="№", others="[и др.]", seen="дата обращения",
        roles={"editor": "ред.", "compiler": "сост.", "translator": "пер.", "illustrator": "худож."},
        contents={
            "": "Текст", "MAP": "Изображение (картографическое)", "MUSIC": "Музыка (знаковая)", "AUDIO": "Звуки",
            "VIDEO": "Изображение (движущееся ; двухмерное)", "KIT": "Несколько видов содержания", "OTHER": "Предмет",
        },
        direct="непосредственный", electronic="электронный", audio="аудио", video="видео",
    ),
    "en": _Terms(
        pages="p.", on_pages="P.", volume="Vol.", issue="No.", others="[et al.]", seen="accessed",
        roles={"editor": "ed.", "compiler": "comp.", "translator": "transl.", "illustrator": "ill."},
        contents={
            "": "Text", "MAP": "Image (cartographic)", "MUSIC": "Music (notated)", "AUDIO": "Sounds",
            "VIDEO": "Image (moving ; two-dimensional)", "KIT": "Multiple content forms", "OTHER": "Object",
        },
        direct="unmediated", electronic="electronic", audio="audio", video="video",
    ),
}  # fmt: skip
_RUSSIAN_GENDERS: Final = {"MAP": "непосредственное", "MUSIC": "непосредственная", "VIDEO": "непосредственное"}
_RUSSIAN_ELECTRONIC: Final = {"MAP": "электронное", "MUSIC": "электронная", "VIDEO": "электронное"}
_PLACES: Final = {
    "М.": "Москва", "СПб.": "Санкт-Петербург", "Л.": "Ленинград", "А.": "Алматы", "А.-А.": "Алма-Ата",
    "Н. Новгород": "Нижний Новгород", "Ростов н/Д.": "Ростов-на-Дону", "Ростов н/Д": "Ростов-на-Дону",
    "L.": "London", "N. Y.": "New York", "P.": "Paris",
}  # fmt: skip
"""Places that GOST 7.1 let be shortened; GOST R 7.0.100 wants them in full."""
_UNIT: Final = re.compile(r"\d\s*$|\d\]\s*$")


def language_of(record: Citation) -> Language:
    """The language of the cataloguer's words: that of the text where we have it."""
    return "kk" if record.about.language == "kaz" else "ru" if record.about.language == "rus" else "en"


def description(record: MarcRecord, *, language: Language | None = None) -> str:
    """The description by GOST 7.1-2003, with notes, on one line."""
    one = cite(record)
    terms = TERMS[language or language_of(one)]
    areas = [_title_area(one, terms, most=3)]
    if one.host is not None:
        return _finished(_heading(one), [f"{areas[0]} // {_host(one, terms)}"])
    areas += [one.about.edition, one.numbering if one.is_serial else "", _imprint(one, " ; ".join(_places(one)))]
    areas.append(_extent(one, terms))
    areas.append(_series(one))
    if one.is_serial:
        areas.append(one.frequency)
    areas += one.notes
    areas += _numbers(one)
    if one.is_remote:
        areas.append(one.url)
    return _finished(_heading(one), areas)


def reference(record: MarcRecord, *, language: Language | None = None, seen_on: date | None = None) -> str:
    """The reference by GOST R 7.0.100-2018, on one line; ``seen_on`` is the day a link was looked at."""
    one = cite(record)
    terms = TERMS[language or language_of(one)]
    russian = terms is TERMS["ru"]
    content = _content(one, terms, russian=russian)
    title = _title_area(one, terms, most=4)
    link = _link(one, terms, seen_on)
    if one.host is not None:
        host = _host(one, terms)
        areas = [f"{title}{SEPARATOR}{content} // {host}", link]
        return _finished(_heading(one), areas)
    areas = [title, one.about.edition, one.numbering if one.is_serial else "", _imprint(one, _full_places(one))]
    areas += [_extent(one, terms), _series(one), one.frequency if one.is_serial else "", *_numbers(one), link, content]
    return _finished(_heading(one), areas)


def _heading(one: Citation) -> str:
    """The first of up to three authors; nobody where there are more."""
    return one.authors[0].inverted if 0 < len(one.authors) <= 3 else ""


def _finished(heading: str, areas: Sequence[str]) -> str:
    shown = [area.rstrip() for area in areas if area.strip()]
    body = SEPARATOR.join(area.removesuffix(".") for area in shown)
    text = f"{heading.rstrip('.') + '.' if heading else ''} {body}".strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _title_area(one: Citation, terms: _Terms, *, most: int) -> str:
    text = one.title
    if one.medium:
        text += f" [{one.medium}]"
    if one.subtitle:
        text += f" {one.subtitle_mark} {one.subtitle}"
    responsible = one.about.responsibility or _responsible(one, terms, most=most)
    return f"{text} / {responsible}" if responsible else text


def _responsible(one: Citation, terms: _Terms, *, most: int) -> str:
    """The statement that the title page would have, made of the names."""
    authors = one.authors
    statements = []
    if authors:
        # Of more than may be named the first is (GOST 7.1), or the first three are (GOST R 7.0.100).
        shown = authors if len(authors) <= most else authors[: 1 if most == 3 else 3]
        text = ", ".join(name.direct for name in shown)
        statements.append(text if len(shown) == len(authors) else f"{text} {terms.others}")
    statements += [name.surname for name in one.bodies]
    for role, word in terms.roles.items():
        if names := one.having(role):
            statements.append(f"{word} {_some(names, terms)}")
    return " ; ".join(statements)


def _some(names: tuple[Name, ...], terms: _Terms) -> str:
    text = ", ".join(name.direct for name in names[:3])
    return text if len(names) <= 3 else f"{text} {terms.others}"


def _imprint(one: Citation, place: str) -> str:
    text = " : ".join(part for part in (place, one.about.publisher) if part)
    when = one.date.replace("-", "–") if one.is_serial else one.date
    if when:
        text = f"{text}, {when}" if text else when
    return text


def _full_places(one: Citation) -> str:
    return " ; ".join(_PLACES.get(place, place) for place in _places(one))


def _places(one: Citation) -> list[str]:
    """The places of «М. ; СПб.», with the points that were taken for the end of an area."""
    places = [place.strip() for place in one.about.place.split(" ; ")] if one.about.place else []
    return [f"{place}." if f"{place}." in _PLACES else place for place in places]


def _extent(one: Citation, terms: _Terms) -> str:
    extent, mark, rest = one.physical.partition(" : ")
    if not mark:
        extent, mark, rest = one.physical.partition(" ; ")
    if _UNIT.search(extent):
        extent = f"{extent.rstrip()} {terms.pages}"
    return f"{extent}{mark}{rest}"


def _series(one: Citation) -> str:
    return " ".join(f"({text})" for text in one.series)


def _numbers(one: Citation) -> list[str]:
    return [*(f"ISBN {hyphenate(isbn)}" for isbn in one.about.isbns[:2]), *(f"ISSN {issn}" for issn in one.issns[:1])]


def _content(one: Citation, terms: _Terms, *, russian: bool) -> str:
    """«Текст : непосредственный»."""
    kind = one.about.kind
    content = terms.contents.get(kind, terms.contents[""])
    if kind == "AUDIO":
        return f"{content} : {terms.audio}"
    if kind == "VIDEO" and not one.is_remote:
        return f"{content} : {terms.video}"
    if one.is_remote or kind == "ELECTRONIC" or (one.url and one.host is not None):
        return f"{content} : {_RUSSIAN_ELECTRONIC.get(kind, terms.electronic) if russian else terms.electronic}"
    return f"{content} : {_RUSSIAN_GENDERS.get(kind, terms.direct) if russian else terms.direct}"


def _link(one: Citation, terms: _Terms, seen_on: date | None) -> str:
    if not (one.is_remote or (one.url and one.host is not None)):
        return f"DOI {one.doi}" if one.doi else ""
    text = f"URL: {one.url}"
    if seen_on is not None:
        text += f" ({terms.seen}: {seen_on:%d.%m.%Y})"
    return f"DOI {one.doi}{SEPARATOR}{text}" if one.doi else text


def _host(one: Citation, terms: _Terms) -> str:
    """«Жұлдыз. – 2020. – № 5. – Б. 12–15»."""
    host = one.host
    if host is None:
        return ""
    title = f"{host.title} / {host.responsible}" if host.responsible else host.title
    areas = [title]
    if host.imprint:
        areas.append(host.imprint)
    if host.year and host.year not in host.imprint:
        areas.append(host.year)
    numbers = [f"{terms.volume} {host.volume}"] if host.volume else []
    numbers += [f"{host.issue_word or terms.issue} {host.issue}"] if host.issue else []
    if numbers:
        areas.append(", ".join(numbers))
    if host.pages:
        areas.append(f"{terms.on_pages} {host.pages}")
    if not numbers and not host.pages and host.where:
        areas.append(host.where)
    return SEPARATOR.join(area.removesuffix(".") for area in areas)
