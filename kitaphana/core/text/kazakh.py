"""The Kazakh alphabet: order, folding, look-alike letters and endings that follow vowel harmony.

Everything here is a pure function of its text: no locale of the machine, no database.
"""

from __future__ import annotations

import enum
import re
import unicodedata
from typing import Final

ALPHABET: Final = "АӘБВГҒДЕЁЖЗИЙКҚЛМНҢОӨПРСТУҰҮФХҺЦЧШЩЪЫІЬЭЮЯ"
"""The 42 letters of the Kazakh Cyrillic alphabet in their order."""

KAZAKH_ONLY: Final = frozenset("әғқңөұүһі")
"""Lower-case letters that Russian lacks."""

# Other Cyrillic letters sort right after the letter they resemble (Ukrainian, Kyrgyz, Tatar, Mongolian
# names).
_FOREIGN_CYRILLIC: Final = {"ґ": "г", "є": "е", "ї": "и", "ў": "у", "җ": "ж", "ј": "й", "љ": "л", "њ": "н"}

# Case matters here: a capital Latin H looks like Cyrillic Н, a small h like Kazakh һ.
_LATIN_LOOKALIKES: Final = {
    "A": "А", "B": "В", "C": "С", "E": "Е", "H": "Н", "I": "І", "K": "К", "M": "М", "O": "О", "P": "Р",
    "T": "Т", "X": "Х", "Y": "У", "a": "а", "c": "с", "e": "е", "h": "һ", "i": "і", "k": "к", "m": "м",
    "o": "о", "p": "р", "t": "т", "x": "х", "y": "у", "ə": "ә", "Ə": "Ә", "ǝ": "ә", "Ǝ": "Ә", "ɵ": "ө",
    "Ɵ": "Ө", "ŋ": "ң", "Ŋ": "Ң", "ë": "ё", "Ë": "Ё", "ï": "ї", "ı": "і",
}  # fmt: skip
_CYRILLIC_LOOKALIKES: Final = {
    "А": "A", "В": "B", "С": "C", "Е": "E", "Н": "H", "І": "I", "К": "K", "М": "M", "О": "O", "Р": "P",
    "Т": "T", "Х": "X", "У": "Y", "а": "a", "с": "c", "е": "e", "һ": "h", "і": "i", "к": "k", "м": "m",
    "о": "o", "р": "p", "т": "t", "х": "x", "у": "y",
}  # fmt: skip
_KEYBOARD: Final = str.maketrans("әіңғүұқөһёӘІҢҒҮҰҚӨҺЁ", "аинг" + "уукохеАИНГУУКОХЕ")
_LETTER_RUN: Final = re.compile(r"[^\W\d_]+")
_MIXED: Final = re.compile(r"[a-zA-ZəƏɵƟǝƎŋŊıëËïÏ]")
_CYRILLIC: Final = re.compile(r"[\u0400-\u04ff]")


def _repair_run(match: re.Match[str]) -> str:
    run = match.group()
    if not (_MIXED.search(run) and _CYRILLIC.search(run)):
        return run
    cyrillic = [letter for letter in run if "\u0400" <= letter <= "\u04ff"]
    latin = [letter for letter in run if not "\u0400" <= letter <= "\u04ff"]
    if all(letter in _LATIN_LOOKALIKES for letter in latin):
        return "".join(_LATIN_LOOKALIKES.get(letter, letter) for letter in run)
    if len(latin) > len(cyrillic) and all(letter in _CYRILLIC_LOOKALIKES for letter in cyrillic):
        return "".join(_CYRILLIC_LOOKALIKES.get(letter, letter) for letter in run)
    return run


def repair_homoglyphs(text: str) -> str:
    """Give every word that mixes Latin and Cyrillic letters one script.

    A word whose Latin letters all have a Cyrillic twin becomes Cyrillic («Aбай» with a Latin A, «Әуeзов» with
    a Latin e, «əдебиет» with U+0259); a Latin word with a few Cyrillic twins becomes Latin. Words of one
    script, and words that are really mixed («IT-сынып» is two words), stay as they are.
    """
    if text.isascii():
        return text
    return _LETTER_RUN.sub(_repair_run, text)


def fold(text: str) -> str:
    """Reduce text to what a reader without Kazakh letters would type: lower case, ё→е, ә→а, қ→к, і→и and so
    on.
    """
    text = unicodedata.normalize("NFC", text)
    while True:
        folded = repair_homoglyphs(text).casefold().translate(_KEYBOARD)
        # Folding can leave a letter that now has a Latin twin (Ё→е): a folded text must stay as it is.
        if folded == text:
            return folded
        text = folded


def _sort_table() -> dict[str, str]:
    table: dict[str, str] = {}
    # Steps of four leave room for foreign Cyrillic letters behind the letter they resemble.
    for position, letter in enumerate(ALPHABET.lower()):
        table[letter] = chr(0x100 + position * 4)
    for letter, like in _FOREIGN_CYRILLIC.items():
        table[letter] = chr(ord(table[like]) + 1)
    # CLDR puts Cyrillic before Latin for Kazakh.
    for position, letter in enumerate("abcdefghijklmnopqrstuvwxyz"):
        table[letter] = chr(0x200 + position * 4)
    table["ı"] = chr(ord(table["i"]) + 1)
    table["ə"] = chr(ord(table["a"]) + 1)
    table["ø"] = chr(ord(table["o"]) + 1)
    table["ß"] = table["s"] * 2
    return table


_SORT: Final = _sort_table()
_IGNORED: Final = frozenset("«»\"'“”„‘’ʼ`´\u00ad\u200b\ufeff")
_DIGITS: Final = re.compile(r"[0-9]+")


def sort_key(text: str) -> str:
    """A string whose code-point order is Kazakh alphabetical order.

    Cyrillic (all 42 letters, each its own place) comes before Latin, digits before letters and by value
    («7-сынып» before «11-сынып»), blanks and punctuation before digits; case, quotation marks and accents do
    not count. Compare keys by code point: Python's own order, SQLite's BINARY, PostgreSQL's COLLATE "C".
    """
    text = repair_homoglyphs(unicodedata.normalize("NFC", text)).casefold()
    key: list[str] = []
    position, end = 0, len(text)
    while position < end:
        letter = text[position]
        if "0" <= letter <= "9":
            match = _DIGITS.match(text, position)
            assert match is not None  # the letter at this position is a digit
            digits = match.group().lstrip("0") or "0"
            # The length in front makes 7 < 11 < 100.
            key.append(chr(0x30 + min(len(digits), 60)) + digits)
            position = match.end()
            continue
        position += 1
        known = _SORT.get(letter)
        if known is not None:
            key.append(known)
        elif letter in _IGNORED or unicodedata.combining(letter):
            continue
        elif letter.isalpha():
            decomposed = unicodedata.normalize("NFD", letter)
            base = _SORT.get(decomposed[0])
            # Unknown scripts follow Latin in their own order.
            key.append(base if base is not None else chr(0x400) + decomposed[0])
        elif key and key[-1] != " ":
            key.append(" ")
    return "".join(key).strip(" ")


def compare(left: str, right: str) -> int:
    """Compare two texts in Kazakh order: -1, 0 or 1. Fit to be registered as an SQLite collation."""
    left_key, right_key = sort_key(left), sort_key(right)
    return (left_key > right_key) - (left_key < right_key)


class Ending(enum.Enum):
    """Endings of Kazakh nouns that change with the word before them."""

    PLURAL = "plural"
    GENITIVE = "genitive"
    DATIVE = "dative"
    ACCUSATIVE = "accusative"
    LOCATIVE = "locative"
    ABLATIVE = "ablative"
    INSTRUMENTAL = "instrumental"
    LOCATIVE_ATTRIBUTE = "locative attribute"
    ORDINAL = "ordinal"


VOWELS_BACK: Final = frozenset("аоұыяюё")
VOWELS_FRONT: Final = frozenset("әеөүіэ")
VOWELS_NEUTRAL: Final = frozenset("уи")
VOWELS: Final = VOWELS_BACK | VOWELS_FRONT | VOWELS_NEUTRAL
VOICELESS: Final = frozenset("пфкқтсшщчцхһбвгд")
"""Letters after which an ending starts voiceless; б в г д sound so at the end of a borrowed word."""
_NASALS: Final = frozenset("мнң")

_UNITS: Final = ("нөл", "бір", "екі", "үш", "төрт", "бес", "алты", "жеті", "сегіз", "тоғыз")
_TENS: Final = ("", "он", "жиырма", "отыз", "қырық", "елу", "алпыс", "жетпіс", "сексен", "тоқсан")


def last_number_word(number: int) -> str:
    """The last word of a number when read aloud in Kazakh; endings agree with it (7 → «жеті», 40 →
    «қырық»).
    """
    number = abs(number)
    if number % 10 or number == 0:
        return _UNITS[number % 10]
    if number % 100:
        return _TENS[number // 10 % 10]
    if number % 1000:
        return "жүз"
    if number % 1_000_000:
        return "мың"
    if number % 1_000_000_000:
        return "миллион"
    return "миллиард"


def is_front(word: str) -> bool:
    """Whether endings of the word take front vowels (-ге, -дің): its last vowel that has a side decides."""
    word = word.casefold()
    if word.endswith("ь"):
        return True
    for letter in reversed(word):
        if letter in VOWELS_BACK:
            return False
        if letter in VOWELS_FRONT:
            return True
    # Only у and и: би → биге, but су → суға.
    return next((letter == "и" for letter in reversed(word) if letter in VOWELS_NEUTRAL), False)


def suffix_variant(stem: str | int, ending: Ending, *, possessed: bool = False) -> str:
    """The form of an ending that fits a word or a number, without a hyphen.

    :param stem: a word («7-сынып» counts as «сынып») or a number, also as digits («2025» is read «жиырма
        бес»).
    :param possessed: the word ends in the third-person possessive («мектебі», «баласы»), whose case forms
        differ (-на, -нда, -нан, -н).
    """
    word = str(stem).strip().casefold()
    trailing_digits = re.search(r"[0-9]+$", word)
    if trailing_digits:
        word = last_number_word(int(trailing_digits.group()))
    word = "".join(letter for letter in word if letter.isalpha()) or "а"
    front = is_front(word)
    sound = word.rstrip("ьъ")[-1:] or "а"
    after_vowel = sound in VOWELS_BACK or sound in VOWELS_FRONT
    if sound == "ю":
        after_vowel = False
    voiceless = sound in VOICELESS
    nasal = sound in _NASALS
    low, high = ("е", "і") if front else ("а", "ы")
    if ending is Ending.PLURAL:
        if voiceless:
            return f"т{low}р"
        return f"л{low}р" if after_vowel or sound in "рйуию" else f"д{low}р"
    if ending is Ending.GENITIVE:
        if voiceless:
            return f"т{high}ң"
        return f"н{high}ң" if after_vowel or nasal else f"д{high}ң"
    if ending is Ending.DATIVE:
        if possessed:
            return f"н{low}"
        if voiceless:
            return "ке" if front else "қа"
        return "ге" if front else "ға"
    if ending is Ending.ACCUSATIVE:
        if possessed:
            return "н"
        if voiceless:
            return f"т{high}"
        return f"н{high}" if after_vowel else f"д{high}"
    if ending in (Ending.LOCATIVE, Ending.LOCATIVE_ATTRIBUTE):
        start = "нд" if possessed else "т" if voiceless else "д"
        tail = "" if ending is Ending.LOCATIVE else "гі" if front else "ғы"
        return f"{start}{low}{tail}"
    if ending is Ending.ABLATIVE:
        start = "т" if voiceless else "н" if nasal or possessed else "д"
        return f"{start}{low}н"
    if ending is Ending.INSTRUMENTAL:
        return "пен" if voiceless else "бен" if sound in "зж" else "мен"
    # Ordinal numbers: жетінші is written 7-ші only in full words; after digits the short form -шы/-ші stands.
    return f"ш{high}"


def with_ending(stem: str | int, ending: Ending, *, possessed: bool = False) -> str:
    """The word with its ending: «7-сынып» → «7-сыныпқа»; numbers and codes take a hyphen: 40 → «40-қа»."""
    text = str(stem)
    joint = "-" if text[-1:].isdigit() else ""
    return f"{text}{joint}{suffix_variant(text, ending, possessed=possessed)}"
