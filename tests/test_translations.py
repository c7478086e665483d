"""No text of the interface is left untranslated, in Kazakh or in Russian."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import polib
import pytest

PACKAGE = Path(__file__).parent.parent / "kitaphana"
APPS = sorted(str(path.parent.relative_to(PACKAGE)) for path in PACKAGE.glob("**/apps.py"))


def messages_in_code(app: str, folder: Path) -> set[tuple[str, str]]:
    """Every (context, msgid) that the app's code and templates mark for translation, as makemessages finds them."""
    copy = folder / app
    shutil.copytree(PACKAGE / app, copy, ignore=shutil.ignore_patterns("locale", "static", "tests", "migrations"))
    (copy / "locale").mkdir()
    subprocess.run(
        ["django-admin", "makemessages", "-l", "kk", "--no-location", "--verbosity", "0"],
        cwd=copy,
        check=True,
        env={"PATH": f"{PACKAGE.parent / '.venv/bin'}:/usr/local/bin:/usr/bin:/bin", "DJANGO_SETTINGS_MODULE": ""},
    )
    catalogue = copy / "locale/kk/LC_MESSAGES/django.po"
    if not catalogue.exists():
        return set()
    return {(entry.msgctxt or "", entry.msgid) for entry in polib.pofile(str(catalogue)) if not entry.obsolete}


def translated(language: str) -> set[tuple[str, str]]:
    """Every (context, msgid) with a whole translation in any of our catalogues: Django reads them as one."""
    found = set()
    for path in PACKAGE.glob(f"**/locale/{language}/LC_MESSAGES/django.po"):
        for entry in polib.pofile(str(path)):
            complete = all(entry.msgstr_plural.values()) if entry.msgid_plural else bool(entry.msgstr)
            if complete and not entry.obsolete and "fuzzy" not in entry.flags:
                found.add((entry.msgctxt or "", entry.msgid))
    return found


@pytest.mark.parametrize("app", APPS)
def test_catalogues_are_complete(app: str, tmp_path: Path) -> None:
    needed = messages_in_code(app, tmp_path)
    missing = {language: sorted(msgid for _, msgid in needed - translated(language)) for language in ("kk", "ru")}
    assert missing == {"kk": [], "ru": []}


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_placeholders_survive_translation(language: str) -> None:
    import re

    wrong = []
    for path in PACKAGE.glob(f"**/locale/{language}/LC_MESSAGES/django.po"):
        for entry in polib.pofile(str(path)):
            holes = set(re.findall(r"%\((\w+)\)[sd]", entry.msgid))
            texts = list(entry.msgstr_plural.values()) or [entry.msgstr]
            wrong += [
                f"{path.parts[-5]}: {entry.msgid}"
                for text in texts
                if text and set(re.findall(r"%\((\w+)\)[sd]", text)) - holes - {"count", "counter"}
            ]
    assert wrong == []


def test_kazakh_is_not_left_in_english() -> None:
    wrong = []
    for path in PACKAGE.glob("*/locale/kk/LC_MESSAGES/django.po"):
        for entry in polib.pofile(str(path)):
            letters = [letter for letter in entry.msgstr if letter.isalpha()]
            if len(letters) > 12 and entry.msgid == entry.msgstr:
                wrong.append(entry.msgid)
    assert wrong == []


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_one_text_has_one_translation(language: str) -> None:
    """Django reads all catalogues as one: where two apps mean different things by a text, it needs a context."""
    said: dict[tuple[str, str], dict[str, str]] = {}
    for path in sorted(PACKAGE.glob(f"**/locale/{language}/LC_MESSAGES/django.po")):
        for entry in polib.pofile(str(path)):
            texts = "|".join(entry.msgstr_plural.values()) or entry.msgstr
            if texts and not entry.obsolete:
                said.setdefault((entry.msgctxt or "", entry.msgid), {})[path.parent.parent.parent.parent.name] = texts
    assert {key: apps for key, apps in said.items() if len(set(apps.values())) > 1} == {}
