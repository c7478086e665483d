"""Make the fonts of the pages and of the printed papers from a release of Inter.

Run it again only when Inter has a new release:

    npm pack inter-ui@4.1.1 && tar xzf inter-ui-4.1.1.tgz
    .venv/bin/python tools/subset_fonts.py package

For pages: one variable font with the weight axis 400…700 and the letters of Kazakh (both scripts), Russian
and English. For papers: static TrueType files with all Latin and Cyrillic letters, because names of authors
come from everywhere.
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

CORE = Path(__file__).resolve().parent.parent / "kitaphana" / "core"

KAZAKH = "АаӘәБбВвГгҒғДдЕеЁёЖжЗзИиЙйКкҚқЛлМмНнҢңОоӨөПпРрСсТтУуҰұҮүФфХхҺһЦцЧчШшЩщЪъЫыІіЬьЭэЮюЯя"
KAZAKH_LATIN = "ÄäĞğİıÑñÖöŞşŪūÜü"
# Signs of text, of money and of our own pages.
SIGNS = "«»„“”‘’–—…№₸•·→←↑↓✓×−\u00a0\u202f\u2009\u2011"
PAGE_LETTERS = {
    *range(0x20, 0x7F),
    *range(0xA0, 0x100),
    *range(0x400, 0x460),
    *map(ord, KAZAKH + KAZAKH_LATIN + SIGNS),
}
PAPER_LETTERS = PAGE_LETTERS | {
    *range(0x100, 0x250),
    *range(0x300, 0x370),
    *range(0x460, 0x530),
    *range(0x1E00, 0x1F00),
    *range(0x2010, 0x2040),
    *range(0x2070, 0x20C0),
    *range(0x2190, 0x2194),
    0x25A1,
    0x2610,
    0x2611,
}
PAPER_STYLES = ("Regular", "Italic", "Bold", "BoldItalic")


def subset(font: TTFont, letters: set[int], features: list[str]) -> None:
    """Drop from ``font`` what the letters and the typographic features do not need."""
    options = Options()
    options.layout_features = features
    options.hinting = False
    options.desubroutinize = True
    options.name_IDs = ["*"]
    options.notdef_outline = True
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=letters)
    subsetter.subset(font)


def page_font(source: Path) -> Path:
    """The variable font of the pages: weight only, tabular figures kept."""
    pinned = BytesIO()
    instantiateVariableFont(TTFont(source), {"opsz": 14, "wght": (400, 700)}).save(pinned)
    pinned.seek(0)
    # Read anew: the subsetter does not find its way in tables the instancer has half unpacked.
    font = TTFont(pinned)
    subset(font, PAGE_LETTERS, ["kern", "mark", "mkmk", "ccmp", "locl", "tnum", "case"])
    font.flavor = "woff2"
    target = CORE / "static" / "core" / "fonts" / "inter.woff2"
    font.save(target)
    return target


def paper_font(source: Path, style: str) -> Path:
    """A static TrueType file for the papers."""
    font = TTFont(source)
    subset(font, PAPER_LETTERS, ["kern", "mark", "mkmk", "ccmp", "locl", "tnum"])
    font.flavor = None
    target = CORE / "documents" / "fonts" / f"Inter-{style}.ttf"
    font.save(target)
    return target


def missing(path: Path) -> str:
    """Letters and signs of our languages that the file lacks."""
    known = TTFont(path).getBestCmap()
    return "".join(sorted(sign for sign in KAZAKH + KAZAKH_LATIN + "«»№₸—" if ord(sign) not in known))


def main() -> None:
    """Write the fonts, say their sizes, stop when a letter is missing."""
    package = Path(sys.argv[1])
    made = [page_font(package / "variable" / "InterVariable.woff2")]
    made += [paper_font(package / "web" / f"Inter-{style}.woff2", style) for style in PAPER_STYLES]
    for folder in (CORE / "static" / "core" / "fonts", CORE / "documents" / "fonts"):
        (folder / "LICENSE.txt").write_bytes((package / "LICENSE.txt").read_bytes())
    for path in made:
        if gap := missing(path):
            sys.exit(f"{path.name} lacks {gap}")
        print(f"{path.name}: {path.stat().st_size / 1024:.0f} KB")


if __name__ == "__main__":
    main()
