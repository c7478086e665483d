"""UNIMARC, RUSMARC and KAZMARC to MARC 21 and back, by readable tables; what can't be carried over is named.

Plain fields are rows of ``RULES``. Coded data (100, 102, 105, 106, 110, 115 ↔ 008), the title, the imprint, names and
links to other records have functions of their own below. Punctuation between areas (ISBD) is put in on the way to
MARC 21, which keeps it in the text, and taken away on the way back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from kitaphana.formats.marc import Field, MarcRecord, Subfield

BOTH: Final = "↔"
FORTH: Final = "→"


@dataclass(frozen=True, slots=True)
class Converted:
    """The converted record, and what was lost, once each: tags (``995``), subfields (``010$9``), positions (``105$a/04``)."""

    record: MarcRecord
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A plain field. ``codes`` are pairs UNIMARC=MARC 21; ``marks`` is what stands before a MARC 21 subfield."""

    unimarc: str
    way: str
    marc21: str
    indicators: str
    """Of MARC 21; ``=`` in the first: that of UNIMARC; ``?`` in the second: 7 with a source in $2, else 4."""
    codes: dict[str, str]
    marks: dict[str, str] = field(default_factory=dict)


def _rule(unimarc: str, way: str, marc21: str, indicators: str, codes: str, marks: str = "") -> Rule:
    pairs = dict(pair.split("=", 1) for pair in codes.split())
    return Rule(unimarc, way, marc21, indicators, pairs, {mark[0]: mark[1:] for mark in marks.split()})


RULES: Final = (
    # identifiers
    _rule("010", BOTH, "020", "  ", "a=a b=q d=c z=z", "c:"),
    _rule("011", BOTH, "022", "  ", "a=a y=y z=z"),
    _rule("020", BOTH, "015", "  ", "b=a a=2 z=z"),
    _rule("021", BOTH, "017", "  ", "b=a a=b z=z"),
    _rule("073", BOTH, "024", "3 ", "a=a d=c z=z"),
    # language, edition, series
    _rule("101", BOTH, "041", "0 ", "a=a d=b h=e e=f i=g c=h j=j b=k"),
    _rule("205", BOTH, "250", "  ", "a=a f=b", "b/"),
    _rule("215", BOTH, "300", "  ", "a=a c=b d=c e=e", "b: c; e+"),
    _rule("207", BOTH, "362", "0 ", "a=a z=z"),
    _rule("208", BOTH, "254", "  ", "a=a"),
    # notes
    _rule("300", BOTH, "500", "  ", "a=a"),
    _rule("301", FORTH, "500", "  ", "a=a"),
    _rule("302", BOTH, "546", "  ", "a=a"),
    _rule("303", FORTH, "500", "  ", "a=a"),
    _rule("304", FORTH, "500", "  ", "a=a"),
    _rule("305", FORTH, "500", "  ", "a=a"),
    _rule("306", FORTH, "500", "  ", "a=a"),
    _rule("307", FORTH, "500", "  ", "a=a"),
    _rule("308", FORTH, "500", "  ", "a=a"),
    _rule("310", FORTH, "500", "  ", "a=a"),
    _rule("311", BOTH, "580", "  ", "a=a"),
    _rule("312", FORTH, "500", "  ", "a=a"),
    _rule("313", FORTH, "500", "  ", "a=a"),
    _rule("314", FORTH, "500", "  ", "a=a"),
    _rule("316", FORTH, "500", "  ", "a=a"),
    _rule("317", BOTH, "561", "  ", "a=a"),
    _rule("320", BOTH, "504", "  ", "a=a"),
    _rule("321", BOTH, "510", "4 ", "a=a"),
    _rule("322", BOTH, "508", "  ", "a=a"),
    _rule("323", BOTH, "511", "0 ", "a=a"),
    _rule("324", BOTH, "534", "  ", "a=n"),
    _rule("325", BOTH, "533", "  ", "a=n"),
    _rule("326", BOTH, "310", "  ", "a=a b=b"),
    _rule("327", BOTH, "505", "0 ", "a=a"),
    _rule("328", BOTH, "502", "  ", "a=a"),
    _rule("330", BOTH, "520", "  ", "a=a"),
    _rule("332", BOTH, "524", "  ", "a=a"),
    _rule("333", BOTH, "521", "  ", "a=a"),
    _rule("334", BOTH, "586", "  ", "a=a"),
    _rule("336", BOTH, "516", "  ", "a=a"),
    _rule("337", BOTH, "538", "  ", "a=a"),
    # other titles
    _rule("500", BOTH, "240", "10", "a=a h=n i=p k=f l=k m=l"),
    _rule("510", BOTH, "246", "31", "a=a e=b h=n i=p"),
    _rule("512", BOTH, "246", "34", "a=a e=b h=n i=p"),
    _rule("513", BOTH, "246", "35", "a=a e=b h=n i=p"),
    _rule("514", BOTH, "246", "36", "a=a e=b"),
    _rule("515", BOTH, "246", "37", "a=a"),
    _rule("516", BOTH, "246", "38", "a=a e=b"),
    _rule("517", BOTH, "246", "3 ", "a=a e=b h=n i=p"),
    _rule("518", FORTH, "246", "3 ", "a=a"),
    _rule("520", BOTH, "247", "10", "a=a e=b x=x"),
    _rule("530", BOTH, "222", " 0", "a=a b=b"),
    _rule("531", BOTH, "210", "0 ", "a=a b=b"),
    _rule("532", FORTH, "246", "3 ", "a=a"),
    _rule("540", FORTH, "246", "3 ", "a=a"),
    _rule("541", BOTH, "242", "00", "a=a e=b z=y"),
    # subjects; 600-602 are names and have functions
    _rule("605", BOTH, "630", "0?", "a=a h=n i=p j=v x=x y=z z=y 2=2 3=0"),
    _rule("606", BOTH, "650", "=?", "a=a j=v x=x y=z z=y 2=2 3=0"),
    _rule("607", BOTH, "651", " ?", "a=a j=v x=x y=z z=y 2=2 3=0"),
    _rule("608", BOTH, "655", " ?", "a=a j=v x=x y=z z=y 2=2 3=0"),
    _rule("610", BOTH, "653", "= ", "a=a"),
    _rule("620", BOTH, "752", "  ", "a=a b=b c=c d=d"),
    _rule("675", BOTH, "080", "  ", "a=a v=2"),
    _rule("676", BOTH, "082", "04", "a=a v=2"),
    _rule("680", BOTH, "050", " 4", "a=a b=b"),
    _rule("686", BOTH, "084", "  ", "a=a b=b 2=2"),
    _rule("899", BOTH, "852", "  ", "a=a b=b j=j x=x"),
    _rule("856", BOTH, "856", "4 ", "u=u z=z q=q s=s 3=3"),
)  # fmt: skip
_TO_MARC21: Final = {rule.unimarc: rule for rule in RULES}
_TO_UNIMARC: Final = {
    (rule.marc21, rule.indicators[1] if rule.marc21 == "246" else ""): rule for rule in RULES if rule.way == BOTH
}

# UNIMARC link → MARC 21 link: which other record it is.
_LINKS: Final = {
    "410": ("830", " 0"), "411": ("762", "08"), "421": ("770", "08"), "422": ("772", "08"), "423": ("777", "08"),
    "430": ("780", "00"), "431": ("780", "01"), "432": ("780", "02"), "433": ("780", "03"), "434": ("780", "05"),
    "435": ("780", "06"), "436": ("780", "04"), "437": ("780", "07"), "440": ("785", "00"), "441": ("785", "01"),
    "442": ("785", "02"), "443": ("785", "03"), "444": ("785", "04"), "445": ("785", "05"), "446": ("785", "06"),
    "447": ("785", "07"), "448": ("785", "08"), "451": ("775", "08"), "452": ("776", "08"), "453": ("767", "08"),
    "454": ("765", "08"), "455": ("776", "18"), "456": ("776", "08"), "461": ("773", "18"), "462": ("773", "18"),
    "463": ("773", "08"), "464": ("774", "08"), "470": ("787", "18"), "481": ("777", "18"), "482": ("777", "18"),
    "488": ("787", "08"),
}  # fmt: skip
_LINKS_BACK: Final = {
    "760": "411", "762": "411", "765": "454", "767": "453", "770": "421", "772": "422", "773": "463", "774": "464",
    "775": "451", "776": "452", "777": "423", "780": "430", "785": "440", "787": "488", "830": "410",
}  # fmt: skip

# ISO 3166 (UNIMARC 102) ↔ MARC 21 country codes; the region first, then others a school library meets.
_COUNTRIES: Final = {
    "KZ": "kz", "RU": "ru", "KG": "kg", "UZ": "uz", "TJ": "ta", "TM": "tk", "AZ": "aj", "AM": "ai", "GE": "gs",
    "BY": "bw", "UA": "un", "MD": "mv", "LT": "li", "LV": "lv", "EE": "er", "MN": "mp", "CN": "cc", "TR": "tu",
    "IR": "ir", "IN": "ii", "JP": "ja", "KR": "ko", "DE": "gw", "FR": "fr", "GB": "xxk", "US": "xxu", "CA": "xxc",
    "AU": "at", "AT": "au", "BE": "be", "BG": "bu", "CH": "sz", "CZ": "xr", "DK": "dk", "EG": "ua", "ES": "sp",
    "FI": "fi", "GR": "gr", "HU": "hu", "IL": "is", "IT": "it", "NL": "ne", "NO": "no", "PL": "pl", "PT": "po",
    "RO": "rm", "RS": "rb", "SA": "su", "SE": "sw", "SK": "xo",
}  # fmt: skip
_COUNTRIES_BACK: Final = {code: iso for iso, code in _COUNTRIES.items()} | {"enk": "GB", "nyu": "US"}

# Coded letters: UNIMARC → MARC 21.
_RECORD_TYPES: Final = {"b": "t", "l": "m", "m": "o"}
_DATE_TYPES: Final = {
    "a": "c", "b": "d", "c": "u", "d": "s", "e": "r", "f": "q", "g": "m", "h": "t", "i": "p", "j": "e", "u": "n",
}  # fmt: skip
_AUDIENCES: Final = {"a": "j", "b": "a", "c": "b", "d": "c", "e": "d", "k": "e", "m": "g"}
_CONTENTS: Final = {
    "a": "b", "b": "c", "c": "i", "d": "a", "e": "d", "f": "e", "g": "r", "i": "s", "j": "p", "k": "j", "l": "u",
    "m": "m", "n": "l", "p": "t", "s": "z", "t": "6",
}  # fmt: skip
_LITERARY: Final = {"a": "1", "b": "d", "c": "e", "d": "h", "e": "i", "f": "j", "g": "p", "h": "s", "y": "0", "z": "m"}
_FREQUENCIES: Final = {
    "a": "d", "b": "c", "c": "w", "d": "e", "e": "s", "f": "m", "g": "b", "h": "q", "i": "t", "j": "f", "k": "a",
    "l": "g", "m": "h", "n": "i", "o": "j", "u": "u", "z": "z",
}  # fmt: skip
_SERIALS: Final = {"a": "p", "b": "m", "c": "n", "e": "l", "f": "d"}
_FORMS: Final = {"d": "d", "e": "|", "f": "f", "s": "s", "t": "b"}
_LEVELS: Final = {" ": " ", "1": "1", "2": "7", "3": "3"}
_RELATORS: Final = {
    "005": "act", "010": "adp", "020": "ann", "030": "arr", "040": "art", "065": "auc", "070": "aut", "072": "aqt",
    "075": "aft", "080": "aui", "090": "aut", "100": "ant", "130": "bkd", "160": "bsl", "180": "ctg", "190": "cns",
    "205": "ctb", "210": "cmm", "212": "cwt", "220": "com", "230": "cmp", "250": "cnd", "273": "cur", "290": "dte",
    "300": "drt", "310": "dst", "320": "dnr", "340": "edt", "350": "egr", "370": "flm", "395": "fmo", "400": "fnd",
    "410": "grt", "440": "ill", "460": "ive", "470": "ivr", "475": "isb", "490": "lse", "500": "lso", "545": "mus",
    "550": "nrt", "557": "orm", "570": "oth", "590": "prf", "600": "pht", "610": "prt", "630": "pro", "635": "prg",
    "640": "pfr", "650": "pbl", "651": "pbd", "660": "rcp", "670": "rce", "673": "rth", "675": "rev", "690": "aus",
    "710": "sec", "720": "sgn", "721": "sng", "723": "spn", "727": "ths", "730": "trl", "755": "voc",
}  # fmt: skip


def _turned(table: dict[str, str]) -> dict[str, str]:
    """The way back; of several the first one."""
    return {value: key for key, value in reversed(table.items())}


class _Lost:
    """What was lost, in order and once each."""

    def __init__(self) -> None:
        self._items: dict[str, None] = {}

    def note(self, item: str) -> None:
        self._items[item] = None

    def note_except(self, one: Field, codes: Iterable[str]) -> None:
        """Note the subfields of a field that have a text and none of the codes."""
        kept = set(codes)
        for part in one.subfields:
            if part.code not in kept and part.value.strip():
                self._items[f"{one.tag}${part.code}"] = None

    def note_again(self, one: Field, codes: Iterable[str]) -> None:
        """Note the subfields of which only the first was taken."""
        for code in codes:
            if len([value for value in one.all(code) if value.strip()]) > 1:
                self._items[f"{one.tag}${code}"] = None

    def all(self) -> tuple[str, ...]:
        return tuple(self._items)


def _push(parts: list[Subfield], code: str, value: str, mark: str, *, joined: bool = True) -> None:
    """Add a text after its mark: within the last subfield if that has the same code (and ``joined``), or as a new one."""
    value = value.strip()
    if not value:
        return
    if not parts:
        parts.append(Subfield(code, value))
        return
    last = parts[-1]
    tight = mark in {".", ","}
    before = last.value.rstrip()
    ended = (before + mark) if tight and not before.endswith(mark) else before if tight else f"{before} {mark}"
    if joined and last.code == code:
        last.value = f"{ended} {value}"
    else:
        last.value = ended
        parts.append(Subfield(code, value))


_LEVELS_OF_TERMS: Final = frozenset("012")
"""First indicator of subjects and keywords, the same in both families: level not told, main, secondary."""


def _apply(rule: Rule, one: Field, lost: _Lost) -> Field | None:
    """A UNIMARC field by a rule."""
    parts: list[Subfield] = []
    for part in one.subfields:
        value = part.value.strip()
        code = rule.codes.get(part.code)
        if code is None or not value:
            continue
        if parts and (mark := rule.marks.get(code)):
            _push(parts, code, value, mark)
        else:
            parts.append(Subfield(code, value))
    lost.note_except(one, rule.codes)
    if not parts:
        return None
    second = rule.indicators[1]
    if second == "?":
        second = "7" if any(part.code == "2" for part in parts) else "4"
    first = (one.ind1 if one.ind1 in _LEVELS_OF_TERMS else " ") if rule.indicators[0] == "=" else rule.indicators[0]
    return Field(rule.marc21, first, second, parts)


# --- UNIMARC to MARC 21 ---------------------------------------------------------------------------------------------


def to_marc21(record: MarcRecord) -> Converted:
    """A UNIMARC record as MARC 21, sorted by tag."""
    lost = _Lost()
    result = MarcRecord(_leader_to_marc21(record.leader))
    has_main = any(one.tag in {"700", "710", "720"} for one in record.fields)
    result.fields += _control_to_marc21(record)
    result.fields.append(Field("008", data=_fixed_to_marc21(record, lost)))
    result.fields += _content_to_marc21(record, lost)
    result.fields += _origin_to_marc21(record, lost)
    title_seen = False
    for one in record.fields:
        tag = one.tag
        if tag in _CONSUMED:
            continue
        if one.data is not None:
            lost.note(tag)
        elif tag == "200":
            title = _title_to_marc21(one, record, title_seen, "1" if has_main else "0", lost)
            if title is not None:
                result.fields.append(title)
                title_seen = True
        elif tag in _LINKS:
            link = _link_to_marc21(one, lost)
            if link is not None:
                result.fields.append(link)
        else:
            special = _SPECIAL_TO_MARC21.get(tag)
            rule = _TO_MARC21.get(tag)
            if special is not None:
                made = special(one, lost)
            elif rule is not None:
                made = _apply(rule, one, lost)
                if made is not None and tag == "101":
                    made.ind1 = "0" if one.ind1 in {"0", " "} else "1"
            else:
                lost.note(tag)
                continue
            if made is not None:
                result.fields.append(made)
    _one_main_entry(result)
    result.fields.sort(key=lambda item: item.tag)
    return Converted(result, lost.all())


_CONSUMED: Final = {"001", "003", "005", "100", "102", "105", "106", "110", "115", "203", "801"}
"""Read by functions that look at the whole record."""


def _leader_to_marc21(leader: str) -> str:
    leader = f"{leader[:24]:24}"
    status = leader[5] if leader[5] in "cdnp" else "n"
    kind = _RECORD_TYPES.get(leader[6], leader[6])
    level = leader[7] if leader[7] in "amsci" else "m"
    rules = " " if leader[18] == "n" else "i"
    return f"00000{status}{kind if kind.isalpha() else 'a'}{level} a2200000{_LEVELS.get(leader[17], ' ')}{rules} 4500"


def _control_to_marc21(record: MarcRecord) -> list[Field]:
    """001 and 005 as they are; 003 is the agency in MARC 21, and a persistent address in UNIMARC."""
    found = [Field(one.tag, data=one.data) for one in record.fields if one.tag in {"001", "005"} and one.data]
    agency = _agency(record)
    if agency:
        found.append(Field("003", data=agency))
    address = record.agency
    if address and "/" in address:
        found.append(Field("024", "7", " ", [Subfield("a", address), Subfield("2", "uri")]))
    elif address and not agency:
        found.append(Field("003", data=address))
    return found


def _agency(record: MarcRecord) -> str:
    """Who made the record: 801 with second indicator 0, else the first one."""
    sources = sorted(record.all("801"), key=lambda one: one.ind2 != "0")
    return next((value.strip() for one in sources if (value := one.get("b")) and value.strip()), "")


def _origin_to_marc21(record: MarcRecord, lost: _Lost) -> list[Field]:
    """040 from 801, 044 from a 102 of several countries."""
    found = []
    parts: list[Subfield] = []
    codes = {"0": "a", "1": "c", "2": "d", "3": "d"}
    rules = ""
    for one in record.all("801"):
        lost.note_except(one, "b2g")
        value = (one.get("b") or "").strip()
        part = Subfield(codes.get(one.ind2, "a"), value)
        if value and part not in parts:
            parts.append(part)
        rules = rules or (one.get("g") or "").strip()
    if parts:
        language = _coded(record, "100")[22:25]
        if language.isalpha():
            parts.insert(1, Subfield("b", language))
        if rules:
            parts.append(Subfield("e", rules.lower()))
        parts.sort(key=lambda part: "abecd".index(part.code))
        found.append(Field("040", " ", " ", parts))
    countries = [value.strip() for one in record.all("102") for value in one.all("a") if value.strip()]
    for one in record.all("102"):
        lost.note_except(one, "a")
    if len(countries) > 1 or any(country.upper() not in _COUNTRIES for country in countries):
        found.append(Field("044", " ", " ", [Subfield("c", country.lower()) for country in countries]))
    return found


def _coded(record: MarcRecord, tag: str) -> str:
    one = record.first(tag)
    return ((one.get("a") if one else "") or "").ljust(40)


def _content_to_marc21(record: MarcRecord, lost: _Lost) -> list[Field]:
    """336 and 337 from field 203 of RUSMARC: «Текст», «непосредственный»."""
    found: list[Field] = []
    for one in record.all("203"):
        for code, tag in (("a", "336"), ("c", "337")):
            found += [Field(tag, subfields=[Subfield("a", value.strip())]) for value in one.all(code) if value.strip()]
        lost.note_except(one, "ac")
    return found


def _fixed_to_marc21(record: MarcRecord, lost: _Lost) -> str:
    """Field 008 from the coded fields; what nobody coded is ``|``."""
    general = _coded(record, "100")
    entered = general[2:8] if general[2:8].isdigit() else "000000"
    first, second = general[9:13], general[13:17]
    kind = _DATE_TYPES.get(general[8], "s")
    if not first.strip():
        first = _year_of(record)
        kind = "s" if first.strip() else "n"
    first, second = (re.sub(r"[^0-9u ]", "u", year) for year in (first, second))
    country = record.first("102")
    iso = ((country.get("a") if country else "") or "").strip().upper()
    place = _COUNTRIES.get(iso, "xx")
    language = record.first("101")
    tongue = ((language.get("a") if language else "") or "").strip().lower()[:3]
    return (
        f"{entered}{kind}{first:4}{second if kind != 's' else '':4}{place:3}{_material(record, general, lost)}"
        f"{tongue if tongue.isalpha() else '':3} d"
    )


def _year_of(record: MarcRecord) -> str:
    for one in record.all("210", "214"):
        match = re.search(r"(1[4-9]\d\d|20\d\d)", one.get("d") or "")
        if match:
            return match[1]
    return "    "


_NOT_SAID: Final = frozenset(" |#yuz")
"""Fills, «unknown», «none» and «other»."""


def _material(record: MarcRecord, general: str, lost: _Lost) -> str:
    """Positions 18-34 of field 008: a serial's, a video's or a book's."""
    audience = next((_AUDIENCES[letter] for letter in general[17:20] if letter in _AUDIENCES), " ")
    if len([letter for letter in general[17:20] if letter not in _NOT_SAID]) > (audience != " "):
        # There is room for one audience.
        lost.note("100$a/17")
    printed = _coded(record, "106")[0]
    form = _FORMS.get(printed, " ")
    if form == " " and printed not in {*_NOT_SAID, "r"}:
        lost.note("106$a/00")
    official = "|" if general[20] == " " else " " if general[20] == "y" else general[20]
    if record.leader[7:8] == "s":
        serial = _coded(record, "110")
        regularity = {"a": "r", "b": "n", "y": "x"}.get(serial[2], "u")
        return (
            f"{_FREQUENCIES.get(serial[1], '|')}{regularity} {_SERIALS.get(serial[0], '|')} {form}||||{official}|   ||"
        )
    if record.leader[6:7] == "g":
        video = _coded(record, "115")
        minutes = video[1:4] if video[1:4].isdigit() else "|||"
        sort = {"a": "m", "b": "s", "c": "v"}.get(video[0], "|")
        return f"{minutes} {audience}     {official}{form}   {sort}|"
    if record.first("105") is None:
        return f"||||{audience}{form}||||{official}||| ||"
    book = _coded(record, "105")
    pictures = "".join({"o": "p", "n": " ", "y": " "}.get(letter, letter) for letter in book[:4]).ljust(4)
    contents = "".join(_CONTENTS.get(letter, letter if letter == "|" else " ") for letter in book[4:8])
    if any(letter not in _CONTENTS and letter not in _NOT_SAID for letter in book[4:8]):
        lost.note("105$a/04")
    flags = "".join(letter if letter in "01" else "|" for letter in book[8:11])
    life = book[12] if book[12] in "abcd" else "|" if book[12] == "|" else " "
    return f"{pictures}{audience}{form}{contents}{official}{flags} {_LITERARY.get(book[11], '|')}{life}"


_VOLUME: Final = re.compile(
    r"(?:т|том|ч|часть|кн|книга|вып|выпуск|бөлім|кітап|vol|part|t)\b\.?\s*\w{1,4}$|\d+-\w+$", re.I
)


def _title_to_marc21(one: Field, record: MarcRecord, again: bool, added: str, lost: _Lost) -> Field | None:
    parts: list[Subfield] = []
    series = _set_title(one, record)
    if series:
        parts.append(Subfield("a", series))
    responsible = False
    after_number = False
    for part in one.subfields:
        code, value = part.code, part.value.strip()
        if not value:
            continue
        if code in "fg":
            # A statement that nothing precedes still stands in $c.
            _push(parts, "c", value, ";" if responsible else "/")
            responsible = True
        elif responsible and code in "acdehi":
            _push(parts, "c", value, {"a": ".", "c": ".", "d": "=", "e": ":", "h": ".", "i": "."}[code])
        elif code == "a":
            if series and not after_number:
                _push(parts, "n", value, ".")
                after_number = True
            else:
                _push(parts, "b" if parts else "a", value, ";")
        elif code == "b":
            _push(parts, "h", f"[{value.strip('[]')}]", "") if parts else None
        elif code in "cde":
            _push(parts, "b", value, {"c": ".", "d": "=", "e": ":"}[code])
        elif code in "hv":
            _push(parts, "n", value, ".")
            after_number = True
        elif code == "i":
            _push(parts, "p", value, "," if after_number else ".")
    lost.note_except(one, "abcdefghiv")
    if not parts:
        return None
    for part in parts:
        part.value = part.value.rstrip()
    if again:
        lost.note_except(one, "acdehiv")
        return Field("246", "3", " ", [part for part in parts if part.code in "abnp"])
    return Field("245", added, "0", parts)


def _set_title(one: Field, record: MarcRecord) -> str:
    """The title of the whole where a volume is described under «Т. 1» and linked to the whole by 461."""
    own = (one.get("a") or "").strip()
    if not _VOLUME.fullmatch(own):
        return ""
    whole = record.first("461")
    return next((value for tag, code, value in _embedded(whole) if (tag, code) == ("200", "a")), "") if whole else ""


def _embedded(one: Field, lost: _Lost | None = None) -> list[tuple[str, str, str]]:
    """What a link says as (tag, code, value), for links with embedded fields ($1) and with plain subfields."""
    plain = {"t": ("200", "a"), "a": ("700", "a"), "x": ("011", "a"), "y": ("010", "a"), "v": ("200", "v"),
             "d": ("210", "d"), "c": ("210", "a"), "n": ("210", "c"), "e": ("205", "a"), "3": ("001", ""),
             "0": ("001", "")}  # fmt: skip
    tag = ""
    found = []
    for part in one.subfields:
        value = part.value.strip()
        if part.code == "1":
            tag = value[:3]
            if tag < "010":
                found.append((tag, "", value[3:].strip()))
            continue
        if tag:
            found.append((tag, part.code, value))
        elif part.code in plain:
            found.append((*plain[part.code], value))
        elif lost is not None and value:
            lost.note(f"{one.tag}${part.code}")
    return [item for item in found if item[2]]


_LINK_PARTS: Final = {
    ("001", ""), ("010", "a"), ("011", "a"), ("200", "a"), ("200", "h"), ("200", "i"), ("200", "v"), ("205", "a"),
    ("210", "a"), ("210", "c"), ("210", "d"), ("700", "a"), ("700", "b"),
}  # fmt: skip
"""What a MARC 21 link has room for."""


def _link_to_marc21(one: Field, lost: _Lost) -> Field | None:
    target, indicators = _LINKS[one.tag]
    said: dict[tuple[str, str], str] = {}
    for tag, code, value in _embedded(one, lost):
        if (tag, code) not in _LINK_PARTS or (tag, code) in said:
            lost.note(f"{one.tag}/{tag}${code}")
        said.setdefault((tag, code), value)
    title = said.get(("200", "a"), "")
    if numbers := [said[key] for key in (("200", "h"), ("200", "i")) if key in said]:
        title = ". ".join([title, *numbers]).strip(". ")
    volume = said.get(("200", "v"), "")
    if target == "830":
        if not title:
            lost.note(one.tag)
            return None
        parts: list[Subfield] = [Subfield("a", title)]
        _push(parts, "v", volume, ";")
    else:
        initials = said.get(("700", "b"), "")
        author = f"{said.get(('700', 'a'), '')}, {initials}" if initials else said.get(("700", "a"), "")
        imprint: list[Subfield] = []
        for code, mark in (("a", ""), ("c", ":"), ("d", ",")):
            _push(imprint, "d", said.get(("210", code), ""), mark)
        rows = (
            ("a", author), ("t", title), ("b", said.get(("205", "a"), "")), ("d", imprint[0].value if imprint else ""),
            ("g", volume), ("x", said.get(("011", "a"), "")), ("z", said.get(("010", "a"), "")),
            ("w", said.get(("001", ""), "")),
        )  # fmt: skip
        parts = [Subfield(code, value) for code, value in rows if value]
    if not parts:
        lost.note(one.tag)
        return None
    return Field(target, indicators[0], indicators[1], parts)


def _series_to_marc21(one: Field, lost: _Lost) -> Field | None:
    parts: list[Subfield] = []
    marks = {"a": ";", "d": "=", "e": ":", "f": "/", "g": ";", "h": ".", "i": "."}
    for part in one.subfields:
        if part.code in marks:
            _push(parts, "a", part.value, marks[part.code])
        elif part.code == "x":
            _push(parts, "x", part.value, ",")
        elif part.code == "v":
            _push(parts, "v", part.value, ";")
    lost.note_except(one, "adefghivx")
    return Field("490", "0", " ", parts) if parts else None


def _imprint_to_marc21(one: Field, lost: _Lost) -> Field | None:
    codes = {"a": "a", "c": "b", "d": "c", "e": "e", "g": "f", "h": "g"}
    marks = {"a": ";", "c": ":", "d": ",", "e": "(", "g": ":", "h": ","}
    parts: list[Subfield] = []
    for part in one.subfields:
        if part.code not in codes or not part.value.strip():
            continue
        if part.code == "e":
            parts.append(Subfield("e", f"({part.value.strip()}"))
        else:
            _push(parts, codes[part.code], part.value, marks[part.code], joined=False)
    if parts and any(part.code == "e" for part in parts):
        parts[-1].value += ")"
    lost.note_except(one, codes)
    if not parts:
        return None
    if one.tag == "214":
        return Field("264", " ", {"1": "0", "2": "2", "3": "3", "4": "4"}.get(one.ind2, "1"), parts)
    return Field("260", " ", " ", parts)


def _edition_to_marc21(one: Field, lost: _Lost) -> Field | None:
    parts: list[Subfield] = []
    for part in one.subfields:
        if part.code in "abd":
            _push(parts, "b" if parts and parts[-1].code == "b" else "a", part.value, "=" if part.code == "d" else ",")
        elif part.code in "fg":
            _push(parts, "b", part.value, "/" if part.code == "f" else ";")
    lost.note_except(one, "abdfg")
    return Field("250", " ", " ", parts) if parts else None


def _contents_to_marc21(one: Field, lost: _Lost) -> Field | None:
    values = [value.strip() for value in one.all("a") if value.strip()]
    lost.note_except(one, "a")
    return Field("505", "0", " ", [Subfield("a", " -- ".join(values))]) if values else None


_PERSONS: Final = {
    "700": "100",
    "701": "700",
    "702": "700",
    "720": "100",
    "721": "700",
    "722": "700",
    "600": "600",
    "602": "600",
}
_BODIES: Final = {"710": "110", "711": "710", "712": "710", "601": "610"}


def _name_to_marc21(one: Field, lost: _Lost) -> Field | None:
    """A person: «Фамилия, И. О. (Имя Отчество)», or a family."""
    surname = (one.get("a") or "").strip(" ,")
    if not surname:
        lost.note_except(one, "")
        return None
    initials, full = (one.get("b") or "").strip(" ,"), (one.get("g") or "").strip(" ,()")
    given = initials or full
    parts = [Subfield("a", f"{surname}, {given}" if given else surname)]
    if full and full != given:
        parts.append(Subfield("q", f"({full})"))
    if numeral := (one.get("d") or "").strip():
        parts.insert(1, Subfield("b", numeral))
    if titles := [value.strip() for value in one.all("c") if value.strip()]:
        _push(parts, "c", ", ".join(titles), ",")
    if dates := (one.get("f") or "").strip():
        _push(parts, "d", dates, ",")
    parts += _relations(one, {"p": "u", "3": "0"})
    lost.note_again(one, "abdfg")
    lost.note_except(one, "abcdfgp34xyzj2" if one.tag.startswith("6") else "abcdfgp34")
    family = one.tag in {"602", "720", "721", "722"}
    first = "3" if family else "1" if given or one.ind2 == "1" else "0"
    return _heading(_PERSONS[one.tag], first, parts, one)


def _body_to_marc21(one: Field, lost: _Lost) -> Field | None:
    """A corporate body or a meeting."""
    parts: list[Subfield] = []
    meeting = one.ind1 == "1"
    for part in one.subfields:
        if part.code == "a":
            _push(parts, "a", part.value, ".")
        elif part.code == "b":
            _push(parts, "e" if meeting else "b", part.value, ".")
        elif part.code in "dfe" and part.value.strip():
            parts.append(Subfield({"d": "n", "f": "d", "e": "c"}[part.code], part.value.strip()))
    if not parts:
        lost.note_except(one, "")
        return None
    parts += _relations(one, {"p": "u", "3": "0"})
    lost.note_except(one, "abdefp34xyzj2" if one.tag.startswith("6") else "abdefp34")
    target = _BODIES[one.tag]
    if meeting:
        target = f"{target[0]}11"
    return _heading(target, one.ind2 if one.ind2 in "012" else "2", parts, one)


def _relations(one: Field, others: dict[str, str]) -> list[Subfield]:
    parts = []
    for part in one.subfields:
        value = part.value.strip()
        if part.code == "4" and value:
            parts.append(Subfield("4", _RELATORS.get(value, value)))
        elif part.code in others and value:
            parts.append(Subfield(others[part.code], value))
    return parts


def _heading(tag: str, first: str, parts: list[Subfield], one: Field) -> Field:
    """An entry, or a subject heading with its subdivisions and source."""
    if not tag.startswith("6"):
        return Field(tag, first, " ", parts)
    codes = {"j": "v", "x": "x", "y": "z", "z": "y", "2": "2"}
    parts += [Subfield(codes[part.code], part.value) for part in one.subfields if part.code in codes and part.value]
    return Field(tag, first, "7" if one.get("2") else "4", parts)


def _one_main_entry(record: MarcRecord) -> None:
    """MARC 21 has one main entry: further ones become added entries."""
    seen = False
    for one in record.fields:
        if one.tag in {"100", "110", "111"}:
            if seen:
                one.tag = f"7{one.tag[1:]}"
            seen = True


_Maker = Callable[[Field, _Lost], Field | None]
_SPECIAL_TO_MARC21: Final[dict[str, _Maker]] = {
    "205": _edition_to_marc21, "210": _imprint_to_marc21, "214": _imprint_to_marc21, "225": _series_to_marc21,
    "327": _contents_to_marc21,
    **dict.fromkeys(_PERSONS, _name_to_marc21), **dict.fromkeys(_BODIES, _body_to_marc21),
}  # fmt: skip


# --- MARC 21 to UNIMARC ---------------------------------------------------------------------------------------------

_MARKS: Final = re.compile(r"\s*[/:;=+]\s*$|\s*,\s*$")


def _bare(text: str) -> str:
    """Without the mark that announces the next area."""
    return _MARKS.sub("", text.strip())


def to_unimarc(record: MarcRecord) -> Converted:
    """A MARC 21 record as UNIMARC in Unicode (RUSMARC practice), sorted by tag."""
    lost = _Lost()
    leader = f"{record.leader[:24]:24}"
    kind = _turned(_RECORD_TYPES).get(leader[6], leader[6])
    level = {"b": "a", "d": "a"}.get(leader[7], leader[7])
    full = _turned(_LEVELS).get(leader[17], " ")
    result = MarcRecord(f"00000{leader[5]}{kind}{level}0 2200000{full}  450 ")
    fixed = ((found.data if (found := record.first("008")) else "") or "").ljust(40)
    result.fields += _coded_to_unimarc(record, leader, fixed, lost)
    result.fields += _content_to_unimarc(record, lost)
    for one in record.fields:
        tag = one.tag
        if tag in {"001", "005"}:
            result.fields.append(Field(tag, data=one.data))
        elif tag in _CONSUMED_BACK:
            continue
        elif one.data is not None:
            lost.note(tag)
        elif tag == "024" and one.get("2") == "uri" and record.first("003") is not None:
            result.fields.append(Field("003", data=one.get("a") or ""))
        else:
            made = _field_to_unimarc(one, lost)
            if made is not None:
                result.fields.append(made)
    result.fields += _origin_to_unimarc(record, lost)
    result.fields.sort(key=lambda item: item.tag)
    return Converted(result, lost.all())


_CONSUMED_BACK: Final = {"003", "008", "040", "044", "336", "337"}
"""Read by functions that look at the whole record."""


def _content_to_unimarc(record: MarcRecord, lost: _Lost) -> list[Field]:
    """203 from the words of 336 and 337; their codes say the same once more."""
    for one in record.all("336", "337"):
        lost.note_except(one, "ab2")
    parts = [
        Subfield(code, value.strip())
        for tag, code in (("336", "a"), ("337", "c"))
        for one in record.all(tag)
        for value in one.all("a")
        if value.strip()
    ]
    return [Field("203", subfields=parts)] if parts else []


def _field_to_unimarc(one: Field, lost: _Lost) -> Field | None:
    special = _SPECIAL_TO_UNIMARC.get(one.tag)
    if special is not None:
        return special(one, lost)
    if one.tag in _LINKS_BACK:
        return _link_to_unimarc(one, lost)
    rule = _TO_UNIMARC.get((one.tag, one.ind2 if one.tag == "246" else "")) or (
        _TO_UNIMARC[("246", " ")] if one.tag == "246" else None
    )
    if rule is None or (one.tag == "024" and one.ind1 != "3"):
        lost.note(one.tag)
        return None
    codes = _turned(rule.codes)
    last = one.subfields[-1] if one.subfields else None
    parts = [
        # «12+» is no mark of what follows where nothing follows.
        Subfield(codes[part.code], _bare(part.value) if rule.marks or part is not last else part.value.strip())
        for part in one.subfields
        if part.code in codes
    ]
    lost.note_except(one, codes)
    first = " "
    if one.tag == "041":
        first = one.ind1 if one.ind1 in "01" else "0"
    elif rule.indicators[0] == "=":
        first = one.ind1 if one.ind1 in _LEVELS_OF_TERMS else " "
    elif one.tag == "246":
        first = "1"
    elif one.tag == "856":
        first = one.ind1
    return Field(rule.unimarc, first, " ", parts) if parts else None


def _coded_to_unimarc(record: MarcRecord, leader: str, fixed: str, lost: _Lost) -> list[Field]:
    """100, 101, 102, 105 and 106 from field 008."""
    century = "20" if fixed[:2] < "70" else "19"
    entered = f"{century}{fixed[:6]}" if fixed[:6].isdigit() and fixed[:6] != "000000" else "        "
    dates = _turned(_DATE_TYPES).get(fixed[6], "d")
    audience = _turned(_AUDIENCES).get(fixed[22], "m" if leader[6] in "at" else "u")
    official = fixed[28] if fixed[28].isalpha() else "y"
    source = record.first("040")
    language = ((source.get("b") if source else "") or "rus")[:3]
    coded = f"{entered}{dates}{fixed[7:15]}{audience:3}{official}0{language:3}y50      ca"
    found = [_one("100", "  ", "a", coded)]
    if fixed[35:38].strip("| ") and record.first("041") is None:
        found.append(_one("101", "0 ", "a", fixed[35:38]))
    country = _COUNTRIES_BACK.get(fixed[15:18].strip())
    several = [value.upper() for one in record.all("044") for value in one.all("c")]
    if several or country:
        found.append(Field("102", " ", " ", [Subfield("a", code) for code in several or [country or ""]]))
    if leader[7] == "s":
        kind = _turned(_SERIALS).get(fixed[21], "z")
        regularity = {"r": "a", "n": "b", "x": "y"}.get(fixed[19], "u")
        found.append(_one("110", "  ", "a", f"{kind}{_turned(_FREQUENCIES).get(fixed[18], 'u')}{regularity}        "))
    elif leader[6] not in "at":
        # Positions of maps, music, films … have fields of their own in UNIMARC.
        if f"{fixed[18:22]}{fixed[24:28]}{fixed[29:35]}".strip("| "):
            lost.note("008/18")
    elif f"{fixed[18:22]}{fixed[24:28]}{fixed[29:35]}".strip("| "):
        pictures = "".join({"p": "o"}.get(letter, letter) for letter in fixed[18:22])
        contents = "".join(_turned(_CONTENTS).get(letter, " ") for letter in fixed[24:28])
        flags = "".join(letter if letter in "01" else "|" for letter in fixed[29:32])
        literary = {"f": "a"}.get(fixed[33]) or _turned(_LITERARY).get(fixed[33], "|")
        life = fixed[34] if fixed[34] in "abcd" else "|" if fixed[34] == "|" else "y"
        found.append(_one("105", "  ", "a", f"{pictures}{contents}{flags}{literary}{life}"))
    if fixed[23] in _turned(_FORMS) and fixed[23] != "|":
        found.append(_one("106", "  ", "a", _turned(_FORMS)[fixed[23]]))
    return found


def _one(tag: str, indicators: str, code: str, value: str) -> Field:
    return Field(tag, indicators[0], indicators[1], [Subfield(code, value)])


def _origin_to_unimarc(record: MarcRecord, lost: _Lost) -> list[Field]:
    found: list[Field] = []
    indicators = {"a": "0", "c": "1", "d": "2"}
    for one in record.all("044"):
        lost.note_except(one, "c")
    for one in record.all("040"):
        rules = (one.get("e") or "").upper()
        for part in one.subfields:
            if part.code in indicators:
                parts = [Subfield("b", part.value)] + ([Subfield("g", rules)] if rules and not found else [])
                found.append(Field("801", " ", indicators[part.code], parts))
        lost.note_except(one, "abcde")
    if not found and record.agency:
        found.append(Field("801", " ", "0", [Subfield("b", record.agency)]))
    return found


def _title_to_unimarc(one: Field, lost: _Lost) -> Field | None:
    parts: list[Subfield] = []
    for part in one.subfields:
        text = _bare(part.value)
        if part.code == "a":
            parts += [Subfield("a", piece) for piece in text.split(" ; ")]
        elif part.code == "b":
            # In «повесть ; рассказ» after «Роман ;» further works follow, elsewhere the mark belongs to the text.
            before = _mark_before(one, part)
            marks = r"[:=;]" if before == ";" else r"[:=]"
            for place, piece in enumerate(re.split(rf"(?<=\S) (?={marks} )|^(?={marks} )", text)):
                mark = piece[:1] if re.match(f"{marks} ", piece) else before if place == 0 else ""
                code = {"=": "d", ";": "a"}.get(mark, "e")
                said = piece[1:] if re.match(f"{marks} ", piece) else piece
                parts.append(Subfield(code, said.strip()))
        elif part.code in "np":
            parts.append(Subfield("h" if part.code == "n" else "i", text.rstrip(".") if part.code == "n" else text))
        elif part.code == "h":
            parts.append(Subfield("b", text.strip("[]. ")))
        elif part.code == "c":
            statements = text.rstrip(".") if text.count(".") == 1 else text
            parts += [Subfield("g" if place else "f", piece) for place, piece in enumerate(statements.split(" ; "))]
    if any(part.code in "hi" for part in parts):
        for part in parts:
            if part.code == "a":
                part.value = part.value.removesuffix(".")
    lost.note_except(one, "abcnph")
    return Field("200", "1", " ", [part for part in parts if part.value]) if parts else None


def _mark_before(one: Field, part: Subfield) -> str:
    """The mark at the end of what precedes a subfield: = of a parallel title, ; of a further work, else a colon.

    A general material designation stands between a title and the mark of its parallel title.
    """
    text = ""
    for other in one.subfields:
        if other is part:
            break
        if other.code != "h" or other.value.rstrip()[-1:] in {"=", ";", ":"}:
            text = other.value.rstrip()
    return text[-1:] if text[-1:] in {"=", ";"} else ":"


def _imprint_to_unimarc(one: Field, lost: _Lost) -> Field | None:
    codes = {"a": "a", "b": "c", "c": "d", "e": "e", "f": "g", "g": "h"}
    parts = []
    for part in one.subfields:
        if part.code not in codes:
            continue
        text = _bare(part.value)
        if part.code in "efg":
            text = text.strip("()")
        split = " ; " if part.code == "a" else " : " if part.code == "b" else None
        parts += [Subfield(codes[part.code], piece) for piece in (text.split(split) if split else [text]) if piece]
    lost.note_except(one, codes)
    if not parts:
        return None
    if one.tag == "264":
        return Field("214", " ", {"0": "1", "2": "2", "3": "3", "4": "4"}.get(one.ind2, "0"), parts)
    return Field("210", " ", " ", parts)


def _series_to_unimarc(one: Field, lost: _Lost) -> Field | None:
    parts: list[Subfield] = []
    for part in one.subfields:
        if part.code == "a":
            pieces = re.split(r" (?=[:=/] )", _bare(part.value))
            codes = {":": "e", "=": "d", "/": "f"}
            parts += [Subfield(codes.get(piece[:2].strip(), "a"), re.sub(r"^[:=/] ", "", piece)) for piece in pieces]
        elif part.code in "vx":
            parts.append(Subfield(part.code, _bare(part.value)))
    lost.note_except(one, "avx")
    return Field("225", "1", " ", parts) if parts else None


def _contents_to_unimarc(one: Field, lost: _Lost) -> Field | None:
    parts = [Subfield("a", piece.strip()) for value in one.all("a") for piece in value.split(" -- ") if piece.strip()]
    lost.note_except(one, "a")
    return Field("327", "1", " ", parts) if parts else None


def _name_to_unimarc(one: Field, lost: _Lost) -> Field | None:
    surname, _, given = (one.get("a") or "").strip(" ,").partition(",")
    given, full = given.strip(" ,"), (one.get("q") or "").strip(" (),")
    if re.search(r"\w\w\.$", given):
        # The point ends the field, not an initial.
        given = given[:-1]
    parts = [Subfield("a", surname.strip())]
    if given:
        words = given.replace(".", ". ").split()
        initials = " ".join(word if word.endswith(".") else f"{word[0]}." for word in words)
        parts.append(Subfield("b", initials))
        if not full and initials != " ".join(words):
            full = given
    if full:
        parts.append(Subfield("g", full))
    for code, target in (("b", "d"), ("c", "c"), ("d", "f"), ("u", "p"), ("0", "3")):
        parts += [Subfield(target, _bare(value)) for value in one.all(code)]
    parts += [Subfield("4", _turned(_RELATORS).get(value, value)) for value in one.all("4")]
    lost.note_again(one, "aq")
    lost.note_except(one, "abcdqu04xyzv2" if one.tag == "600" else "abcdqu04")
    return _subject(_entry_tag(one), " ", "1" if given else "0", parts, one)


def _body_to_unimarc(one: Field, lost: _Lost) -> Field | None:
    meeting = one.tag.endswith("11")
    codes = (
        {"a": "a", "e": "b", "n": "d", "d": "f", "c": "e"}
        if meeting
        else {"a": "a", "b": "b", "n": "d", "d": "f", "c": "e"}
    )
    parts = [
        Subfield(codes[part.code], part.value.strip(" ,;:()").removesuffix(".") or part.value)
        for part in one.subfields
        if part.code in codes
    ]
    parts += [Subfield("3", value) for value in one.all("0")]
    parts += [Subfield("4", _turned(_RELATORS).get(value, value)) for value in one.all("4")]
    lost.note_except(one, {*codes, *"04xyzv2"} if one.tag.startswith("6") else {*codes, *"04"})
    return _subject(_entry_tag(one), "1" if meeting else "0", one.ind1 if one.ind1 in "012" else "2", parts, one)


def _entry_tag(one: Field) -> str:
    """The UNIMARC tag of a name: main, of the same weight, or of a helper by the relator."""
    if one.tag.startswith("6"):
        return "600" if one.tag == "600" else "601"
    family = "0" if one.tag.endswith("00") else "1"
    if one.tag.startswith("1"):
        return f"7{family}0"
    relators = one.all("4")
    return f"7{family}1" if not relators or "aut" in relators else f"7{family}2"


def _subject(tag: str, ind1: str, ind2: str, parts: list[Subfield], one: Field) -> Field | None:
    if tag.startswith("6"):
        codes = {"v": "j", "x": "x", "z": "y", "y": "z", "2": "2"}
        parts += [Subfield(codes[part.code], part.value) for part in one.subfields if part.code in codes]
    parts = [part for part in parts if part.value]
    return Field(tag, ind1, ind2, parts) if parts else None


_PLACED: Final = re.compile(r"(?P<a>.*?)(?: : (?P<c>.*?))?(?:(?:^|, )(?P<d>\d{4}[\d–-]*))?")


def _link_to_unimarc(one: Field, lost: _Lost) -> Field | None:
    """A link with embedded fields ($1), which RUSMARC asks for and UNIMARC allows."""
    tag = _LINKS_BACK[one.tag]
    if one.tag in {"780", "785", "773", "776", "787", "777"}:
        tag = next((key for key, value in _LINKS.items() if value == (one.tag, f"{one.ind1}{one.ind2}")), tag)
    is_series = one.tag == "830"

    def text(code: str) -> str:
        return _bare(one.get(code) or "")

    surname, _, given = ("" if is_series else text("a")).partition(",")
    placed = _PLACED.fullmatch("" if is_series else text("d"))
    imprint = placed.groupdict(default="") if placed else {"a": text("d"), "c": "", "d": ""}
    rows: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
        ("700 1" if given else "700 0", (("a", surname.strip()), ("b", given.strip()))),
        ("2001 ", (("a", text("a" if is_series else "t")), ("v", text("v" if is_series else "g")))),
        ("205  ", (("a", "" if is_series else text("b")),)),
        ("210  ", tuple(imprint.items())),
        ("010  ", (("a", "" if is_series else text("z")),)),
        ("011  ", (("a", text("x")),)),
    )
    parts = [Subfield("1", f"001{number}")] if (number := text("w")) else []
    for head, said in rows:
        filled = [Subfield(code, value) for code, value in said if value]
        parts += [Subfield("1", head), *filled] if filled else []
    lost.note_again(one, "atbgxzwdv")
    lost.note_except(one, "avxw" if is_series else "atbgxzwd")
    return Field(tag, " ", "0", parts) if parts else None


_SPECIAL_TO_UNIMARC: Final[dict[str, _Maker]] = {
    "245": _title_to_unimarc, "260": _imprint_to_unimarc, "264": _imprint_to_unimarc, "490": _series_to_unimarc,
    "440": _series_to_unimarc, "505": _contents_to_unimarc,
    **dict.fromkeys(("100", "600", "700"), _name_to_unimarc),
    **dict.fromkeys(("110", "111", "610", "611", "710", "711"), _body_to_unimarc),
}  # fmt: skip
