"""Kazakh stems: endings of nouns and adjectives are taken off from the right, slot by slot.

``case ← -дағы / -нікі ← possessive ← plural``. An ending counts only where its vowel agrees with
the word and its first sound with the sound before it. All readings are candidates; the shortest one the
lexicon knows wins, otherwise the longest chain of endings does. Stems are keys for comparing, not dictionary
forms: a final б, г or ғ is always written п, к, қ, so that «кітабы», «кітап» and also «клуб», «клубы» agree
with themselves. Endings that make other words (-лық, -шы, -лы, -сыз) stay.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Final

from kitaphana.core.text.kazakh import VOICELESS, VOWELS, VOWELS_BACK, VOWELS_FRONT

_NASAL: Final = frozenset("мнң")
_VOWEL_SOUND: Final = frozenset("аәоөұүыіеяюёэиу")
_RESTORE: Final = {"б": "п", "г": "к", "ғ": "қ"}
_HARD: Final = VOWELS_BACK
_SOFT: Final = VOWELS_FRONT


def _pairs(*back: str) -> tuple[str, ...]:
    """The back-vowel endings with their front twins."""
    twin = str.maketrans("аықғ", "еікг")
    return tuple(dict.fromkeys(form for ending in back for form in (ending, ending.translate(twin))))


# Each row: endings, and what must stand before them.
_INSTRUMENTAL: Final = ("мен", "бен", "пен", "менен")
_GENITIVE: Final = _pairs("ның", "дың", "тың")
_DATIVE: Final = _pairs("ға", "қа")
_ACCUSATIVE: Final = _pairs("ны", "ды", "ты")
_LOCATIVE: Final = _pairs("да", "та")
_ABLATIVE: Final = _pairs("дан", "тан", "нан")
_AFTER_THIRD: Final = _pairs("на", "нда", "нан")
_ATTRIBUTE: Final = _pairs("дағы", "тағы")
_ATTRIBUTE_AFTER_THIRD: Final = _pairs("ндағы")
_OWNERSHIP: Final = ("нікі", "дікі", "тікі")
_PLURAL: Final = _pairs("лар", "дар", "тар")
_POSSESSIVE_AFTER_CONSONANT: Final = _pairs("ымыз", "ыңыз", "ыңдар", "ым", "ың")
_POSSESSIVE_AFTER_VOWEL: Final = (*_pairs("мыз", "ңыз", "ңдар"), "м", "ң")

# What may end in a cluster that lost its vowel: халқ-ы from халық, орн-ы from орын. The second letter
# decides.
_LOST_VOWEL: Final = {
    "рн", "лқ", "рқ", "рк", "рп", "йн", "уз", "ус", "уп", "уқ", "лп", "ғз", "йк", "пқ",
}  # fmt: skip


@lru_cache(maxsize=1)
def default_lexicon() -> frozenset[str]:
    """Stems that look as if they had an ending (адам, ғылым, қозғалыс, орын) and common short ones."""
    text = resources.files("kitaphana.catalog.search").joinpath("data/lexicon_kk.txt").read_text("utf-8")
    words: set[str] = set()
    for line in text.splitlines():
        words.update(line.partition("#")[0].split())
    return frozenset(words)


def _agrees(rest: str, ending: str) -> bool:
    """Whether the ending's vowel is on the side of the rest's last vowel."""
    side = next((letter for letter in ending if letter in _HARD or letter in _SOFT), "")
    if not side:
        return True
    soft = side in _SOFT
    if rest.endswith("ь"):
        return True
    for letter in reversed(rest):
        if letter in _HARD:
            return not soft
        if letter in _SOFT:
            return soft
    # Only у and и in the rest: either side occurs.
    return True


def _joins(rest: str, ending: str) -> bool:
    """Whether the ending's first sound may follow the last sound of the rest."""
    last = rest.rstrip("ьъ")[-1:]
    first = ending[0]
    voiceless = last in VOICELESS
    vowel = last in _VOWEL_SOUND
    if first in "тпқк":
        return voiceless
    if first in "ғг":
        return not voiceless
    if ending in _PLURAL:
        if first == "л":
            return vowel or last in "рй"
        return last in "лмнңзж"
    if first == "д":
        return not voiceless
    if first == "н":
        return vowel or last in _NASAL
    if first == "б":
        return last in "зж"
    if first == "м":
        return not voiceless
    return True


def _long_enough(rest: str, minimum: int = 2) -> bool:
    return len(rest) >= minimum and any(letter in VOWELS for letter in rest)


_CASE, _POSSESSIVE, _NUMBER, _DONE = range(4)


@dataclass(frozen=True, slots=True)
class Reading:
    """One chain of endings taken off.

    ``weak``: a piece of the chain is more often part of a stem (ада-м, жа-сы); only a lexicon can vouch for
    it.
    ``third``: the ending last taken off stands only after a third-person possessive.
    """

    rest: str
    slot: int
    weak: bool = False
    third: bool = False


def _is_short(rest: str) -> bool:
    """Whether a rest of two letters is no likely stem: it ends in a vowel (жа, ба)."""
    return len(rest) < 3 and rest[-1] in _VOWEL_SOUND


def _cases(word: str, weak: bool) -> list[Reading]:
    found: list[Reading] = []

    def take(endings: Collection[str], *, third: bool = False) -> None:
        for ending in endings:
            if not word.endswith(ending):
                continue
            rest = word[: -len(ending)]
            if not _long_enough(rest) or not _agrees(rest, ending):
                continue
            if third:
                if rest[-1] in "ыі" and len(rest) > 2:
                    found.append(Reading(rest, _POSSESSIVE, weak, third=True))
            elif _joins(rest, ending):
                found.append(Reading(rest, _POSSESSIVE, weak or _is_short(rest)))

    for ending in _INSTRUMENTAL:
        rest = word[: -len(ending)]
        if word.endswith(ending) and _long_enough(rest) and _joins(rest, ending):
            found.append(Reading(rest, _POSSESSIVE, weak or _is_short(rest)))
    for endings in (_GENITIVE, _DATIVE, _ACCUSATIVE, _LOCATIVE, _ABLATIVE):
        take(endings)
    take(_AFTER_THIRD, third=True)
    if word[-1] == "н" and word[-2] in "ыі" and len(word) > 3:
        found.append(Reading(word[:-1], _POSSESSIVE, weak, third=True))
    # After a possessive of the first or second person the dative is bare: үй-ім-е, бала-ң-а.
    if word[-1] in "ае" and len(word) > 4 and word[-2] in "мң" and _agrees(word[:-1], word[-1]):
        found.append(Reading(word[:-1], _POSSESSIVE, weak=True))
    # A word in -дағы or -нікі is a new noun: it may carry plural and possessive again.
    take(_ATTRIBUTE)
    take(_ATTRIBUTE_AFTER_THIRD, third=True)
    found.extend(
        Reading(word[: -len(ending)], _POSSESSIVE, weak)
        for ending in _OWNERSHIP
        if word.endswith(ending) and _long_enough(word[: -len(ending)], 3)
    )
    return found


def _bare_stems(rest: str) -> list[str]:
    """What stood before a possessive with a vowel: also with its voiceless end and its lost vowel."""
    stems = [rest]
    if rest[-1] in _RESTORE:
        stems.append(rest[:-1] + _RESTORE[rest[-1]])
    cluster = stems[-1][-2:]
    if cluster in _LOST_VOWEL and (cluster[0] != "у" or (len(rest) > 2 and rest[-3] in _HARD | _SOFT)):
        front = next((letter in _SOFT for letter in reversed(rest) if letter in _HARD or letter in _SOFT), False)
        stems.append(stems[-1][:-1] + ("і" if front else "ы") + stems[-1][-1])
    return stems


# -ыс and -іс make nouns (қозғалыс, жүріс): before -ы the с belongs to the word unless one of these precedes
# it.
_THIRD_AFTER_VOWEL: Final = frozenset("шкғгқ")


def _possessives(reading: Reading) -> list[Reading]:
    word, weak = reading.rest, reading.weak
    found: list[Reading] = []

    def add(rest: str, ending: str) -> None:
        if _long_enough(rest) and _agrees(rest, ending):
            stems = _bare_stems(rest)
            # Where a vowel was lost, the form without it is no stem; the others are.
            restored = len(stems[-1]) > len(rest)
            found.extend(Reading(stem, _NUMBER, weak or (restored and stem is not stems[-1])) for stem in stems)

    last = word[-1]
    if last in "ыі" and len(word) > 2:
        if word[-2] == "с" and word[-3] in _VOWEL_SOUND and _agrees(word[:-2], last) and _long_enough(word[:-2]):
            doubtful = word[-3] in "ыі" and word[-4:-3] not in _THIRD_AFTER_VOWEL
            found.append(Reading(word[:-2], _NUMBER, weak or doubtful or _is_short(word[:-2])))
        if word[-2] not in _HARD and word[-2] not in _SOFT:
            add(word[:-1], last)
    if reading.third:
        return found
    for ending in _POSSESSIVE_AFTER_CONSONANT:
        if word.endswith(ending):
            rest = word[: -len(ending)]
            if rest and rest[-1] not in _HARD and rest[-1] not in _SOFT:
                add(rest, ending)
    for ending in _POSSESSIVE_AFTER_VOWEL:
        if word.endswith(ending):
            rest = word[: -len(ending)]
            if _long_enough(rest, 3) and rest[-1] in _VOWEL_SOUND and _agrees(rest, ending):
                # Words in -ым, -ім and short ones in -ам, -ем are mostly nouns of their own (адам, әлем).
                doubtful = len(ending) == 1 and (rest[-1] in "ыі" or len(rest) < 4)
                found.append(Reading(rest, _NUMBER, weak or doubtful))
    return found


def _plurals(reading: Reading) -> list[Reading]:
    word = reading.rest
    return [
        Reading(word[:-3], _DONE, reading.weak or _is_short(word[:-3]))
        for ending in _PLURAL
        if word.endswith(ending)
        and _long_enough(word[:-3])
        and _agrees(word[:-3], ending)
        and _joins(word[:-3], ending)
    ]


_MAX_READINGS: Final = 60


def readings(word: str) -> list[Reading]:
    """All readings of a lower-case word; the word itself is first."""
    found = [Reading(word, _CASE)]
    for reading in found:
        if len(reading.rest) < 3 or len(found) > _MAX_READINGS:
            continue
        if reading.slot == _CASE:
            found.extend(_cases(reading.rest, reading.weak))
        if reading.slot <= _POSSESSIVE:
            found.extend(_possessives(reading))
        if reading.slot <= _NUMBER and not reading.third:
            found.extend(_plurals(reading))
    return [reading for reading in found if not reading.third]


def _unvoiced(word: str) -> str:
    return word[:-1] + _RESTORE[word[-1]] if word and word[-1] in _RESTORE else word


def stem(word: str, lexicon: Collection[str] | None = None) -> str:
    """The stem of one lower-case Kazakh word; a key for comparing word forms.

    :param lexicon: known stems (lower case). ``None`` takes the built-in one, an empty collection none at
        all.
    """
    if len(word) < 3 or not word.isalpha():
        return _unvoiced(word)
    known = default_lexicon() if lexicon is None else lexicon
    found = readings(word)
    if word in known:
        # A stem that looks like another one with an ending: орын is not ор-ын.
        return _unvoiced(word)
    in_lexicon = [reading.rest for reading in found if reading.rest in known]
    if in_lexicon:
        return _unvoiced(min(in_lexicon, key=len))
    # Of equally long rests the later one is further analysed: ауыз rather than аузы.
    strong = [reading.rest for reading in found if not reading.weak]
    return _unvoiced(min(reversed(strong), key=len))


_SKELETON_ENDINGS: Final = (
    "ларимиз", "леримиз", "даримиз", "деримиз", "таримиз", "теримиз",
    "ларинин", "леринин", "даринин", "деринин", "таринин", "теринин",
    "лариниз", "лериниз", "дариниз", "дериниз", "тариниз", "териниз",
    "ларина", "лерине", "дарина", "дерине", "тарина", "терине", "ларин", "лерин", "дарин", "дерин", "тарин",
    "терин", "лари", "лери", "дари", "дери", "тари", "тери", "лар", "лер", "дар", "дер", "тар", "тер",
)  # fmt: skip
_SKELETON_CASES: Final = (
    "индаги", "индеги", "ндаги", "ндеги", "даги", "деги", "таги", "теги", "синин", "инин", "нин", "дин",
    "тин", "синан", "синен", "инан", "инен", "синда", "синде", "инда", "инде", "нда", "нде", "дан", "ден",
    "тан", "тен", "нан", "нен", "мен", "бен", "пен", "сина", "сине", "ина", "ине", "га", "ге", "ка", "ке",
    "ни", "ди", "ти", "да", "де", "та", "те", "син", "ин", "на", "не",
)  # fmt: skip
_SKELETON_POSSESSIVES: Final = ("имиз", "иниз", "миз", "низ", "им", "си", "и")
_SKELETON_VOWELS: Final = frozenset("аеиоу")


def strip_skeleton(key: str) -> str:
    """The skeleton of a word without the skeletons of Kazakh endings.

    For words that lost their harmony before they reached us (typed without Kazakh letters, in Latin): looser
    than :func:`stem`; at least three letters with a vowel stay.
    """

    def cut(text: str, endings: tuple[str, ...]) -> str:
        for ending in endings:
            if text.endswith(ending):
                rest = text[: -len(ending)]
                if len(rest) >= 3 and any(letter in _SKELETON_VOWELS for letter in rest):
                    return rest
        return text

    result = cut(key, _SKELETON_CASES)
    result = cut(result, _SKELETON_POSSESSIVES)
    result = cut(result, _SKELETON_ENDINGS)
    if result.endswith("б"):
        return result[:-1] + "п"
    return result[:-1] + "к" if result.endswith("г") else result
