"""Words as a search index sees them: normalised text, tokens, and the keys of a word.

A word has several keys, each coarser than the one before: its surface, its stems (Kazakh, Russian or
English), the skeleton of the surface, the skeletons of its stems, and for names a key without -ов, -ұлы. A
key is written with one letter in front that tells its sort, so all keys of a text live in one field of the
index.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import snowballstemmer

from kitaphana.catalog.search.kazakh_stemmer import stem as kazakh_stem
from kitaphana.catalog.search.kazakh_stemmer import strip_skeleton
from kitaphana.catalog.search.name_variants import variant_class
from kitaphana.core.text.kazakh import KAZAKH_ONLY, repair_homoglyphs
from kitaphana.core.text.skeleton import name_skeleton, skeleton

if TYPE_CHECKING:
    from pymorphy3 import MorphAnalyzer

SURFACE: Final = "x"
STEM: Final = "s"
SKELETON: Final = "k"
STEM_SKELETON: Final = "z"
NAME: Final = "n"
VARIANT: Final = "v"
JOINED: Final = "j"

_APOSTROPHE: Final = "['’ʼ‘`´]"
_TOKEN: Final = re.compile(rf"[^\W_]+(?:{_APOSTROPHE}[^\W_]+)*{_APOSTROPHE}?")
_COMPOUND: Final = re.compile(r"[^\W\d_]+(?:[-‐‑][^\W\d_]+)+")
_APOSTROPHES: Final = re.compile(_APOSTROPHE)
_DROPPED: Final = re.compile("[\u00ad\u0301\u200b-\u200f\ufeff]")
_DIGIT_LETTER: Final = re.compile(r"(?<=\d)(?=[^\W\d_])|(?<=[^\W\d_])(?=\d)")
_MAX_LEMMAS: Final = 3
_MAX_WORD: Final = 60
"""Longer runs of letters are not words of a catalogue."""


def normalise(text: str) -> str:
    """NFC, lower case, ё→е, one script a word, without soft hyphens and stress marks."""
    text = unicodedata.normalize("NFC", text)
    if not text.isascii():
        text = _DROPPED.sub("", repair_homoglyphs(text))
    return text.casefold().replace("ё", "е")


def tokens(text: str) -> list[str]:
    """The words of normalised text, apostrophes inside kept; «7-сынып» and «7сынып» give 7 and сынып."""
    found: list[str] = []
    for token in _TOKEN.findall(text):
        if token.isalpha() or token.isdecimal():
            found.append(token)
        else:
            found.extend(_DIGIT_LETTER.split(token))
    return [token[:_MAX_WORD] for token in found]


def compounds(text: str) -> list[str]:
    """The joined forms of hyphenated words of normalised text: «дүние-жүзі» gives «дүниежүзі»."""
    return [re.sub(r"[-‐‑]", "", match)[:_MAX_WORD] for match in _COMPOUND.findall(text)] if "-" in text else []


class _Russian:
    """pymorphy3, loaded when the first Russian word comes; 15 MB of dictionary."""

    _morph: MorphAnalyzer | None = None

    @classmethod
    def lemmas(cls, word: str) -> tuple[str, ...]:
        """The likely dictionary forms, likeliest first: «белые» is «белый» and the noun «белые»."""
        if cls._morph is None:
            from pymorphy3 import MorphAnalyzer

            cls._morph = MorphAnalyzer(lang="ru")
        forms = (str(parse.normal_form).replace("ё", "е") for parse in cls._morph.parse(word))
        return tuple(dict.fromkeys(forms))[:_MAX_LEMMAS]


@lru_cache(maxsize=1)
def _english() -> snowballstemmer.SnowballStemmer:
    return snowballstemmer.stemmer("english")


@dataclass(frozen=True, slots=True)
class Word:
    """The keys of one word, without their letters in front."""

    surface: str
    stems: tuple[str, ...]
    skeleton: str
    stem_skeletons: tuple[str, ...]
    name: str
    variant: str
    indexed: str
    """The keys of title and subject words, ready for the index, separated by blanks."""
    indexed_name: str
    """The same for a name."""


def _analyse(token: str) -> Word:
    surface = _APOSTROPHES.sub("", token)
    bones = skeleton(token)
    if not surface.isalpha():
        # Numbers and the like have one form only.
        bones = bones or surface
        line = f"{SURFACE}{surface} {SKELETON}{bones}"
        return Word(surface, (), bones, (), "", "", line, line)
    first = surface[0]
    stems: tuple[str, ...]
    if "\u0400" <= first <= "\u04ff":
        if KAZAKH_ONLY.isdisjoint(surface):
            stems = tuple(dict.fromkeys((kazakh_stem(surface), *_Russian.lemmas(surface))))
        else:
            stems = (kazakh_stem(surface),)
    elif surface.isascii():
        stems = (_english().stemWord(surface),)
    else:
        stems = (surface,)
    bones = bones or surface
    stem_bones = tuple(
        dict.fromkeys(key for key in (*(skeleton(stem) for stem in stems), strip_skeleton(bones)) if key)
    )
    name = name_skeleton(token) or bones
    variant = variant_class(bones)
    keys = [SURFACE + surface, SKELETON + bones]
    keys += [STEM + stem for stem in stems]
    keys += [STEM_SKELETON + key for key in stem_bones]
    if variant:
        keys.append(VARIANT + variant)
    line = " ".join(keys)
    return Word(surface, stems, bones, stem_bones, name, variant, line, f"{line} {NAME}{name}")


_CACHE_WORDS: Final = 20_000
_young: dict[str, Word] = {}
_old: dict[str, Word] = {}


def word(token: str) -> Word:
    """The keys of one token; answers are kept for the words met lately (two generations of 20,000)."""
    global _young, _old  # noqa: PLW0603  one bounded cache a process
    known = _young.get(token)
    if known is not None:
        return known
    known = _old.get(token)
    if known is None:
        known = _analyse(token)
    if len(_young) >= _CACHE_WORDS:
        _old = _young
        _young = {}
    _young[token] = known
    return known


def split_words(text: str) -> tuple[list[Word], list[Word]]:
    """The words of any text in their order, and the joined forms of its hyphenated ones."""
    plain = normalise(text)
    return [word(token) for token in tokens(plain)], [word(token) for token in compounds(plain)]


def words(text: str) -> list[Word]:
    """The words of any text, with the joined forms of hyphenated ones at the end."""
    plain, joined = split_words(text)
    return plain + joined if joined else plain


@lru_cache(maxsize=4096)
def text_skeleton(text: str) -> str:
    """The skeleton of a whole text: the skeletons of its words joined by single blanks."""
    return " ".join([word(token).skeleton for token in tokens(normalise(text))])
