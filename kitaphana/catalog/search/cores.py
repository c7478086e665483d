"""What a title says at its heart: «Математика. 6 класс» and «учебник по математике для 6 класса» both say математика.

A core is the stems of the words in their order, without grades, helping words («роман», «учебник») and prepositions.
Where a word has several stems the title has several cores; two texts are alike when they share one.
"""

from __future__ import annotations

from collections.abc import Sequence

from kitaphana.catalog.search.analysis import Word
from kitaphana.catalog.search.hints import read_hints
from kitaphana.core.text.skeleton import skeleton


def cores(words: Sequence[Word]) -> list[str]:
    """The cores of a text, at most three; none for a text without words."""
    hints = read_hints(list(words))
    left = [
        word
        for position, word in enumerate(words)
        if position not in hints.grade_words and position not in hints.optional_words
    ] or list(words)
    if not left:
        return []
    # The first stem is the Kazakh or English one, the second the likeliest Russian one, the last key is cut from the
    # skeleton: what a query without Kazakh letters has in common with the title.
    stems = [[skeleton(stem) or word.skeleton for stem in word.stems] or [word.skeleton] for word in left]
    chosen = (
        [found[0] for found in stems],
        [found[:2][-1] for found in stems],
        [(word.stem_skeletons or (word.skeleton,))[-1] for word in left],
    )
    return list(dict.fromkeys(" ".join(found) for found in chosen))
