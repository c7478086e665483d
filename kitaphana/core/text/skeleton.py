"""One letter space for Kazakh in Cyrillic, without Kazakh letters, in every Latin alphabet and in Arabic
(töte).

A skeleton is not for showing: it is a lossy key under which «Құнанбайұлы», «Кунанбайулы», «Qunanbaiuly» and
«قۇنانبايۇلى» are the same word.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_CYRILLIC: Final = {
    "ә": "а", "ө": "о", "ұ": "у", "ү": "у", "қ": "к", "ғ": "г", "ң": "н", "һ": "х", "ы": "и", "і": "и",
    "й": "и", "э": "е", "ё": "е", "ч": "ш", "щ": "ш", "ц": "с", "я": "иа", "ю": "иу", "ь": "", "ъ": "",
    "ї": "и", "є": "е", "ґ": "г", "ў": "у",
}  # fmt: skip
_LATIN: Final = {
    "a": "а", "ä": "а", "á": "а", "ə": "а", "ǝ": "а", "o": "о", "ö": "о", "ó": "о", "ɵ": "о", "u": "у",
    "ū": "у", "ü": "у", "ú": "у", "ý": "у", "w": "у", "ŭ": "у", "y": "и", "ı": "и", "i": "и", "ï": "и",
    "ī": "и", "í": "и", "e": "е", "é": "е", "q": "к", "k": "к", "g": "г", "ğ": "г", "ǵ": "г", "n": "н",
    "ñ": "н", "ń": "н", "ŋ": "н", "h": "х", "x": "х", "j": "ж", "ž": "ж", "ş": "ш", "š": "ш", "ș": "ш",
    "ç": "ш", "č": "ш", "c": "с", "v": "в", "b": "б", "d": "д", "z": "з", "l": "л", "m": "м", "p": "п",
    "r": "р", "s": "с", "t": "т", "f": "ф", "ß": "с",
}  # fmt: skip
_ARABIC: Final = {
    "ا": "а", "أ": "а", "آ": "а", "ب": "б", "ۆ": "в", "گ": "г", "ع": "г", "غ": "г", "د": "д", "ە": "е",
    "ج": "ж", "ز": "з", "ي": "и", "ى": "и", "ی": "и", "ك": "к", "ق": "к", "ک": "к", "ل": "л", "م": "м",
    "ن": "н", "ڭ": "н", "و": "о", "پ": "п", "ر": "р", "س": "с", "ت": "т", "ۋ": "у", "ۇ": "у", "ف": "ф",
    "ح": "х", "ھ": "х", "ه": "х", "خ": "х", "ش": "ш", "چ": "ш", "ء": "", "ٴ": "", "ـ": "",
}  # fmt: skip
_APOSTROPHES: Final = "'ʼ’‘`´ʹ′"
_LETTERS: Final = _CYRILLIC | _LATIN | _ARABIC
_DIGRAPHS: Final = (
    ("shch", "ш"), ("sch", "ш"), ("sh", "ш"), ("ch", "ш"), ("zh", "ж"), ("kh", "х"), ("gh", "г"),
)  # fmt: skip
# The apostrophe alphabet of 2017 wrote ш, ч and у with a mark behind the letter; the other marks just fall
# away.
_MARKED: Final = re.compile(rf"([scy])[{_APOSTROPHES}]")
_MARKED_AS: Final = {"s": "ш", "c": "ш", "y": "у"}
_DOUBLED: Final = re.compile(r"(\D)\1+")
_HAS_LATIN: Final = re.compile(r"[a-z]")


def _settle(word: str) -> str:
    """Apply the rules of the common letter space until nothing changes, so that a skeleton is its own
    skeleton.
    """
    while True:
        changed = _DOUBLED.sub(r"\1", word)
        if "тс" in changed:
            changed = changed.replace("тс", "с")
        if "дж" in changed:
            changed = changed.replace("дж", "ж")
        if "ио" in changed:
            changed = changed.replace("ио", "е")
        if changed.startswith("уа"):
            changed = "в" + changed[1:]
        if changed == word:
            return word
        word = changed


@lru_cache(maxsize=30_000)
def skeleton(word: str) -> str:
    """The skeleton of one word (any case, any of the scripts); digits stay, other signs fall away.

    Remembered: in a catalogue few words make up most of the titles.
    """
    word = unicodedata.normalize("NFC", word).casefold()
    if _HAS_LATIN.search(word):
        word = _MARKED.sub(lambda match: _MARKED_AS[match.group(1)], word)
        for letters, sound in _DIGRAPHS:
            if letters in word:
                word = word.replace(letters, sound)
    parts: list[str] = []
    for letter in word:
        known = _LETTERS.get(letter)
        if known is not None:
            parts.append(known)
        elif letter.isalnum():
            plain = unicodedata.normalize("NFD", letter)[0]
            parts.append(_LETTERS.get(plain, plain))
    return _settle("".join(parts))


_NAME_ENDINGS: Final = (
    "ович", "евич", "овна", "евна", "овиш", "евиш", "кизи", "киси", "ули", "ова", "ева", "ина", "ов", "ев",
    "ин", "и",
)  # fmt: skip


def name_skeleton(word: str) -> str:
    """The skeleton of a name without what differs between its Kazakh and Russian form (-ов, -ұлы, -қызы,
    -ин).

    At least four letters stay: «Кунанбаев» = «Құнанбайұлы», but «Лев» stays «лев».
    """
    key = skeleton(word)
    for ending in _NAME_ENDINGS:
        if key.endswith(ending) and len(key) - len(ending) >= 4:
            key = key[: -len(ending)]
            break
    # Құнанбай-, Құнанба- (Кунанба-ев): the й belongs to the base only in the Kazakh form.
    if key.endswith("и") and len(key) >= 5:
        key = key[:-1]
    return key
