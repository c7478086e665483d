"""Makes the table of author marks, kitaphana/catalog/data/author_marks.txt.

The numbers 11 to 99 of every first letter are shared out among its second and, where there is room, third letters by
how often these follow in our own lists of Kazakh words and of works (authors, titles); letters that never follow get
a small share, so that no word is without a number. Marks stand on spines for decades: make the table anew only on
purpose, and with a decision record.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent / "kitaphana"
CYRILLIC = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
LATIN = "abcdefghijklmnopqrstuvwxyz"
VOWELS = set("аәеёиоөуұүыіэюя" + "aeiouy")
FIRST, LAST = 11, 99
HEADER = """\
# The author marks of Kitaphana: a table of our own (made by tools/author_marks.py), free to be used and changed.
# One first letter a line: the letter, then pairs of the beginning of a word and the number from which it counts.
# A word gets the number of the last beginning that does not stand after it in alphabetical order.
"""


def words() -> list[str]:
    """Words of our own lists."""
    lexicon = (ROOT / "catalog/search/data/lexicon_kk.txt").read_text(encoding="utf-8")
    names = (ROOT / "catalog/search/data/name_variants.txt").read_text(encoding="utf-8")
    works = (ROOT / "project/demo/works.tsv").read_text(encoding="utf-8")
    people = (ROOT / "project/demo/names.py").read_text(encoding="utf-8")
    text = "\n".join(line for line in f"{lexicon}\n{names}".splitlines() if not line.startswith("#"))
    return re.findall(r"[^\W\d_]{3,}", f"{text}\n{works}\n{people}".lower())


def shares(alphabet: str, counted: Counter[str]) -> list[tuple[str, float]]:
    """Every letter with its share of one: what was counted, and a little for the others."""
    total = sum(counted[letter] for letter in alphabet) or 1
    smooth = 0.25 / len(alphabet)
    return [(letter, (0.75 * counted[letter] / total) + smooth) for letter in alphabet]


def line(first: str, alphabet: str, second: Counter[str], third: dict[bool, Counter[str]]) -> str:
    """The line of a first letter."""
    room = LAST - FIRST + 1
    pairs = [(first, FIRST)]
    done = 0.0
    for letter, share in shares(alphabet, second):
        start, end = done, done + share * room
        done = end
        if int(start) + FIRST > pairs[-1][1]:
            pairs.append((first + letter, int(start) + FIRST))
        if end - start < 3:
            continue
        inside = start
        for further, part in shares(alphabet, third[letter in VOWELS]):
            if (number := min(int(inside) + FIRST, LAST)) > pairs[-1][1]:
                pairs.append((first + letter + further, number))
            inside += part * (end - start)
    return " ".join([first.upper(), *(f"{prefix} {number}" for prefix, number in pairs)])


def main() -> None:
    """Write the table."""
    lines = []
    for alphabet in (CYRILLIC, LATIN):
        known = [word for word in words() if all(letter in alphabet for letter in word[:3])]
        third = {True: Counter[str](), False: Counter[str]()}
        after = {True: Counter[str](), False: Counter[str]()}
        for word in known:
            third[word[1] in VOWELS][word[2]] += 1
            after[word[0] in VOWELS][word[1]] += 1
        for first in alphabet:
            own = Counter(word[1] for word in known if word[0] == first)
            # Few words with this letter say little: its kind, vowel or consonant, speaks as well.
            kind = after[first in VOWELS]
            weight = 20 / (sum(kind.values()) or 1)
            second = Counter({letter: own[letter] + kind[letter] * weight for letter in alphabet})
            lines.append(line(first, alphabet, second, third))
    path = ROOT / "catalog/data/author_marks.txt"
    path.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
