"""Kazakh stems: endings of nouns and adjectives are taken off from the right, slot by slot.

``predicate? ← case ← -дағы / -нікі ← possessive ← plural``. An ending counts only where its vowel agrees with the
word and its first sound with the sound before it. All readings are candidates; the shortest one the lexicon knows
wins, otherwise the longest chain of endings does. Stems are keys for comparing, not dictionary forms: a final б, г or
ғ is always written п, к, қ, so that «кітабы», «кітап» and also «клуб», «клубы» agree with themselves.
Endings that make other words (-лық, -шы, -лы, -сыз) stay.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from importlib import resources
from typing import Final

from kitaphana.core.text.kazakh import VOICELESS, VOWELS, VOWELS_BACK, VOWELS_FRONT

_NASAL: Final = frozenset("мнң")
_VOWEL_SOUND: Final = frozenset("аәоөұүыіеяюёэиу")
_RESTORE: Final = {"б": "п", "г": "к", "ғ": "қ"}
_AFTER_VOICELESS: Final = frozenset("тпқк")
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
_POSSESSIVE_AFTER_VOWEL: Final = _pairs("мыз", "ңыз", "ңдар") + ("м", "ң")

# What may end in a cluster that lost its vowel: халқ-ы from халық, орн-ы from орын. The second letter decides.
_LOST_VOWEL: Final = {
    "рн", "лқ", "рқ", "рк", "рп", "йн", "уз", "ус", "уп", "уқ", "вн", "лп", "ғз", "мқ", "йк", "уыл", "ршы", "лғ",
    "нп", "пқ", "үн", "ғр", "рғ",
}  # fmt: skip


@lru_cache(maxsize=1)
def default_lexicon() -> frozenset[str]:
    """Stems that look as if they had an ending (адам, ғылым, қозғалыс, орын) and the commonest short stems."""
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
    if first == "ғ" or first == "г":
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


class _Reading:
    """One chain of endings taken off: the rest, and the slot that may be taken next."""

    __slots__ = ("rest", "slot", "third")

    def __init__(self, rest: str, slot: int, *, third: bool = False) -> None:
        self.rest = rest
        self.slot = slot
        # The ending just taken off stands only after a third-person possessive.
        self.third = third


_CASE, _POSSESSIVE, _NUMBER, _DONE = range(4)


def _cases(word: str) -> list[_Reading]:
    found: list[_Reading] = []

    def take(endings: Collection[str], *, third: bool = False, slot: int = _POSSESSIVE) -> None:
        for ending in endings:
            if word.endswith(ending):
                rest = word[: -len(ending)]
                if not _long_enough(rest) or not _agrees(rest, ending):
                    continue
                if third:
                    if rest[-1] in "ыі" and _long_enough(rest, 3):
                        found.append(_Reading(rest, slot, third=True))
                elif _joins(rest, ending):
                    found.append(_Reading(rest, slot))

    for ending in _INSTRUMENTAL:
        if word.endswith(ending) and _long_enough(word[: -len(ending)]) and _joins(word[: -len(ending)], ending):
            found.append(_Reading(word[: -len(ending)], _POSSESSIVE))
    for endings in (_GENITIVE, _DATIVE, _ACCUSATIVE, _LOCATIVE, _ABLATIVE):
        take(endings)
    take(_AFTER_THIRD, third=True)
    if word.endswith("н") and len(word) > 4 and word[-2] in "ыі":
        found.append(_Reading(word[:-1], _POSSESSIVE, third=True))
    # After a possessive of the first or second person the dative is bare: үй-ім-е, бала-ң-а.
    if word[-1] in "ае" and len(word) > 4 and word[-2] in "мң" and _agrees(word[:-1], word[-1]):
        found.append(_Reading(word[:-1], _POSSESSIVE))
    # A word in -дағы or -нікі is a new noun: it may carry plural, possessive and case again.
    take(_ATTRIBUTE, slot=_POSSESSIVE)
    take(_ATTRIBUTE_AFTER_THIRD, third=True)
    for ending in _OWNERSHIP:
        if word.endswith(ending) and _long_enough(word[: -len(ending)]):
            found.append(_Reading(word[: -len(ending)], _POSSESSIVE))
    return found


def _bare_stems(rest: str) -> list[str]:
    """What stood before a possessive that begins with a vowel: with its voiceless end, with its lost vowel."""
    stems = [rest]
    if rest[-1] in _RESTORE:
        stems.append(rest[:-1] + _RESTORE[rest[-1]])
    cluster = stems[-1][-2:]
    if cluster in _LOST_VOWEL and (cluster[0] != "у" or (len(rest) > 2 and rest[-3] in "аәеоөыі")):
        front = next((letter in _SOFT for letter in reversed(rest) if letter in _HARD or letter in _SOFT), False)
        vowel = "і" if front else "ы"
        stems.append(stems[-1][:-1] + vowel + stems[-1][-1])
    return stems


def _possessives(word: str, *, third_only: bool) -> list[tuple[str, bool]]:
    """Readings of a possessive as (stem, whether a vowel was lost and put back)."""
    found: list[tuple[str, bool]] = []

    def add(rest: str, ending: str) -> None:
        if _long_enough(rest) and _agrees(rest, ending):
            stems = _bare_stems(rest)
            found.extend((stem, len(stem) > len(rest)) for stem in stems)

    last = word[-1]
    if last in "ыі":
        if word[-2] == "с" and len(word) > 3 and word[-3] in _VOWEL_SOUND and _agrees(word[:-2], last):
            found.append((word[:-2], False))
        if word[-2] not in _HARD and word[-2] not in _SOFT:
            add(word[:-1], last)
    if not third_only:
        for ending in _POSSESSIVE_AFTER_CONSONANT:
            if word.endswith(ending):
                rest = word[: -len(ending)]
                if rest and rest[-1] not in _HARD and rest[-1] not in _SOFT:
                    add(rest, ending)
        for ending in _POSSESSIVE_AFTER_VOWEL:
            if word.endswith(ending):
                rest = word[: -len(ending)]
                if rest and rest[-1] in _VOWEL_SOUND and _long_enough(rest, 3) and _agrees(rest, ending):
                    found.append((rest, False))
    return found


def _plurals(word: str) -> list[str]:
    return [
        word[:-3]
        for ending in _PLURAL
        if word.endswith(ending)
        and _long_enough(word[:-3])
        and _agrees(word[:-3], ending)
        and _joins(word[:-3], ending)
    ]


def candidates(word: str) -> list[tuple[str, bool]]:
    """All readings of a lower-case word as (stem, whether a lost vowel was put back); the word itself is first."""
    seen: dict[str, bool] = {word: False}
    queue: list[tuple[str, int, bool]] = [(word, _CASE, False)]
    rounds = 0
    while queue and rounds < 60:
        rounds += 1
        rest, slot, third = queue.pop()
        if len(rest) < 3:
            continue
        if slot == _CASE:
            for reading in _cases(rest):
                if not reading.third:
                    seen.setdefault(reading.rest, False)
                queue.append((reading.rest, reading.slot, reading.third))
        if slot <= _POSSESSIVE:
            for stem, restored in _possessives(rest, third_only=third):
                seen.setdefault(stem, restored)
                queue.append((stem, _NUMBER, False))
        if slot <= _NUMBER and not third:
            for stem in _plurals(rest):
                seen.setdefault(stem, False)
                queue.append((stem, _DONE, False))
    return list(seen.items())


def _unvoiced(word: str) -> str:
    return word[:-1] + _RESTORE[word[-1]] if word and word[-1] in _RESTORE else word


# -ыс and -іс make nouns (қозғалыс, жүріс); before their -ы the с belongs to the word unless one of these precedes it.
_THIRD_AFTER_VOWEL: Final = frozenset("шкғгқ")


def _slot_result(word: str, found: list[tuple[str, bool]]) -> str:
    """The reading for a word no lexicon knows: the longest chain, with the traps that tables can know."""
    best = word
    for stem, restored in found:
        if len(stem) < 3 and len(stem) < len(word) and not _plausible_short(word, stem):
            continue
        if word_loses_too_much(word, stem):
            continue
        if restored and stem[:-2] + stem[-1] == best:
            best = stem
        elif len(stem) < len(best) and not (best[:-2] + best[-1] == stem and best != word):
            best = stem
    return best


def _plausible_short(word: str, stem: str) -> bool:
    """A stem of two letters (ел, ой, су, үй) only under an ending of two letters or more."""
    return len(word) - len(stem) >= 2 and any(letter in VOWELS for letter in stem) and not stem[0] == stem[-1]


def word_loses_too_much(word: str, stem: str) -> bool:
    """Whether a reading cuts what is more often part of the word: «адам» is not «ада-м», «қозғалысы» not «қозғалы-сы»."""
    tail = word[len(stem) :] if word.startswith(stem) else ""
    if tail in ("м", "ң") and stem[-1:] in "ыіаеу":
        # Words in -ым, -ім, -ам, -ем are mostly nouns of their own.
        return stem[-1:] in "ыі" or len(stem) < 4
    if tail[:2] in ("сы", "сі") and stem[-1:] in "ыі":
        return stem[-2:-1] not in _THIRD_AFTER_VOWEL
    if tail in ("ын", "ін") and len(stem) < 4:
        return True
    return tail in ("ы", "і") and len(stem) < 3


def stem(word: str, lexicon: Collection[str] | None = None) -> str:
    """The stem of one lower-case Kazakh word; a key for comparing word forms.

    :param lexicon: known stems (lower case). ``None`` takes the built-in one, an empty collection none at all.
    """
    if len(word) < 3 or not word[-1].isalpha():
        return _unvoiced(word)
    known = default_lexicon() if lexicon is None else lexicon
    found = candidates(word)
    in_lexicon = [reading for reading, _ in found if reading in known]
    if in_lexicon:
        return _unvoiced(min(in_lexicon, key=len))
    return _unvoiced(_slot_result(word, found))


_SKELETON_ENDINGS: Final = (
    "ларимиз", "леримиз", "даримиз", "деримиз", "таримиз", "теримиз",
    "ларинин", "леринин", "даринин", "деринин", "таринин", "теринин",
    "лариниз", "лериниз", "дариниз", "дериниз", "тариниз", "териниз",
    "ларина", "лерине", "дарина", "дерине", "тарина", "терине", "ларин", "лерин", "дарин", "дерин", "тарин",
    "терин", "лари", "лери", "дари", "дери", "тари", "тери", "лар", "лер", "дар", "дер", "тар", "тер",
)  # fmt: skip
_SKELETON_CASES: Final = (
    "индаги", "индеги", "ндаги", "ндеги", "даги", "деги", "таги", "теги", "синин", "инин", "нин", "дин", "тин",
    "синан", "синен", "инан", "инен", "синда", "синде", "инда", "инде", "нда", "нде", "дан", "ден", "тан", "тен",
    "нан", "нен", "мен", "бен", "пен", "сина", "сине", "ина", "ине", "га", "ге", "ка", "ке", "ни", "ди", "ти",
    "да", "де", "та", "те", "син", "ин", "на", "не",
)  # fmt: skip
_SKELETON_POSSESSIVES: Final = ("имиз", "иниз", "миз", "низ", "им", "си", "и")
_SKELETON_VOWELS: Final = frozenset("аеиоу")


def strip_skeleton(key: str) -> str:
    """The skeleton of a word without the skeletons of Kazakh endings.

    For words that lost their harmony before they reached us (typed without Kazakh letters, in Latin): looser than
    :func:`stem`, at least three letters with a vowel stay.
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
