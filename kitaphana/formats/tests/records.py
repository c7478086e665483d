"""Records for tests: strategies of hypothesis and a few lines to write one down."""

from __future__ import annotations

from hypothesis import strategies as st

from kitaphana.formats.marc import Field, MarcRecord, Subfield

LEADER = "00000nam a2200000 i 4500"


def record(*lines: str, leader: str = LEADER) -> MarcRecord:
    """A record from lines of the editor's form."""
    return MarcRecord.from_text("\n".join([f"=LDR {leader}", *lines]))


def texts(*, least: int = 0) -> st.SearchStrategy[str]:
    """Any text a field can hold: no separators of ISO 2709, no surrogates."""
    return st.text(
        st.characters(blacklist_categories=["Cs"], blacklist_characters="\x1b\x1d\x1e\x1f"), min_size=least, max_size=40
    )


def printable() -> st.SearchStrategy[str]:
    """Letters, digits and marks of the languages of our libraries."""
    letters = "АӘБВГҒДЕЁЖЗИЙКҚЛМНҢОӨПРСТУҰҮФХҺЦЧШЩЪЫІЬЭЮЯаәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя abcXYZ 0129.,-$é"
    return st.text(letters, max_size=40)


_INDICATORS = st.sampled_from(" 0123456789")
_CODES = st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789")
_SUBFIELDS = st.lists(st.builds(Subfield, _CODES, texts()), min_size=1, max_size=4)
_CONTROL = st.builds(lambda tag, data: Field(tag, data=data), st.sampled_from(["001", "003", "005", "008"]), texts())
_DATA = st.builds(Field, st.integers(10, 999).map("{:03d}".format), _INDICATORS, _INDICATORS, _SUBFIELDS)
RECORDS = st.builds(
    MarcRecord,
    st.builds(
        lambda kind, level: f"00000n{kind}{level} a2200000 i 4500", st.sampled_from("acdegij"), st.sampled_from("ams")
    ),
    st.lists(st.one_of(_CONTROL, _DATA), min_size=1, max_size=8),
)
"""Any records that are right."""
