"""Words of a query that say what kind of book is meant: grade, textbook, form, language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from kitaphana.catalog.search.analysis import Word

# All by skeleton, so that any script and keyboard gives them.
_GRADE: Final = re.compile(r"^(синип|клас(а|е|у|и|ам|ов|ом)?$|кл$|граде)")
_KAZAKH_GRADE: Final = re.compile(r"^(синип|окули[кг])")
_RUSSIAN_GRADE: Final = re.compile(r"^(клас(а|е|у|и|ам|ов|ом)?$|кл$|ушебник)")
_TEXTBOOK: Final = re.compile(r"^(окули[кг]|ушебник|тексбок|тексбоок)")
_PERIODICAL: Final = re.compile(r"^(журнал|газет)")
# Words that describe many books: they help the ranking but need not be there.
_OPTIONAL: Final = re.compile(
    r"^(роман|повес|повест|кита(п|птар|птари|би)$|книг|книжк|жинак|жинаг|сборник|окули[кг]|ушебник|тексбок|"
    r"шигармалар|сошинени|соизведени|хикаиат|дастан$|поем|аудармаси|перевод|том$|авторы?$|атти$|турали$|арналган$|"
    r"жане$|мен$|пен$|бен$|ушин$|дла$|длиа$|в$|на$|и$|о$|об$|по$|с$|из$|к$|от$|за$|до$|под$|над$|при$|про$|без$|"
    r"у$|во$|со$|ко$|жаили$|жаинда$|боинша$|тхе$|оф$|анд$|фор$|витх$|шигармаси)"
)

_ARTICLES: Final = frozenset({"a", "an", "the", "of", "and", "to", "in", "for", "with", "by", "mr", "mrs", "dr"})
"""Told by their letters: the skeleton of «an» is that of «ән» as well."""
_ORDINAL: Final = frozenset({"ши", "и", "ии", "го", "ом", "ми"})
"""What stands behind a number: «9-шы сынып», «8-й класс»."""
GRADES: Final = range(13)


@dataclass(frozen=True, slots=True)
class Hints:
    """What a query's words say besides naming a book."""

    grade: int | None = None
    grade_words: frozenset[int] = frozenset()
    """Positions of the words that make up the grade («7», «сынып»)."""
    optional_words: frozenset[int] = frozenset()
    kind: str = ""
    language: str = ""


def read_hints(words: list[Word]) -> Hints:
    """Find grade, kind and language in the words of a query."""
    grade: int | None = None
    grade_words: set[int] = set()
    optional: set[int] = set()
    kind = language = ""
    for position, word in enumerate(words):
        bones = word.skeleton
        if _GRADE.match(bones):
            is_ordinal = position > 1 and words[position - 1].skeleton in _ORDINAL
            for near in (position - 2 if is_ordinal else position - 1, position + 1):
                if 0 <= near < len(words) and words[near].surface.isdecimal() and len(words[near].surface) <= 2:
                    number = int(words[near].surface)
                    if number in GRADES and grade is None:
                        grade = number
                        grade_words = set(range(min(near, position), max(near, position) + 1))
        if _KAZAKH_GRADE.match(bones):
            language = "kk"
        elif _RUSSIAN_GRADE.match(bones):
            language = "ru"
        if _TEXTBOOK.match(bones):
            kind = "TEXTBOOK"
        elif _PERIODICAL.match(bones):
            kind = "PERIODICAL"
        if _OPTIONAL.match(bones) or word.surface in _ARTICLES:
            optional.add(position)
    if not language and any(letter in "әғқңөұүһі" for word in words for letter in word.surface):
        language = "kk"
    if grade is not None and not kind:
        kind = "TEXTBOOK"
    return Hints(grade, frozenset(grade_words), frozenset(optional - grade_words), kind, language)
