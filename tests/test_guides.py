"""The guides name pages and buttons as the screens do: each «A → B» consists of words the program shows."""

from __future__ import annotations

import re
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).parent.parent
GUIDES = sorted((ROOT / "docs" / "guide").glob("*/*.md"))
ANY = {"the class", "класс", "сынып"}
"""Words of a path that stand for the one the reader chooses."""


def shown(language: str) -> set[str]:
    """Every text of the program in a language, without places for values."""
    texts = set()
    for path in ROOT.glob(f"kitaphana/**/locale/{'kk' if language == 'en' else language}/LC_MESSAGES/django.po"):
        for entry in polib.pofile(str(path)):
            texts.add(entry.msgid if language == "en" else entry.msgstr)
    return texts


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_paths_through_the_menu_exist(guide: Path) -> None:
    texts = shown(guide.parent.name)
    paths = re.findall(r"[«*]([^«»*]+ → [^«»*]+?)[.»*]", guide.read_text(encoding="utf-8"))
    words = {word.strip() for path in paths for word in re.sub(r"\s+", " ", path).split("→")} - ANY
    assert words
    assert sorted(words - texts) == []


def test_every_guide_is_written_in_three_languages() -> None:
    names = {
        language: {path.name for path in GUIDES if path.parent.name == language} for language in ("kk", "ru", "en")
    }
    assert names["kk"] == names["ru"] == names["en"]
