"""Forms of one name that rules of spelling do not bring together (Жансүгіров, Джансугуров)."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources

from kitaphana.core.text.skeleton import skeleton


@lru_cache(maxsize=1)
def _classes() -> dict[str, str]:
    text = resources.files("kitaphana.catalog.search").joinpath("data/name_variants.txt").read_text("utf-8")
    classes: dict[str, str] = {}
    for line in text.splitlines():
        forms = line.partition("#")[0].split()
        if not forms:
            continue
        keys = [skeleton(re.sub(r"\W", "", form)) for form in forms]
        for key in keys:
            classes.setdefault(key, keys[0])
    return classes


def variant_class(word_skeleton: str) -> str:
    """The name's class for a word's skeleton, or "" when the seed list does not know it."""
    return _classes().get(word_skeleton, "")
