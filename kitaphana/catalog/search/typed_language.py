"""The language of the search box: what a reader typed, as a tree of terms.

Operators in capitals (AND, OR, NOT; И, ИЛИ, НЕ; ЖӘНЕ, НЕМЕСЕ, ЕМЕС), brackets, ``field:words``, ``field:"a phrase"``,
``field:="a whole heading"``, ``year:1990-2000``, ``-without``, ``begin*``. Anything else is plain text: nothing that
can be typed is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from kitaphana.catalog.search.expressions import And, Expression, Not, Or, Range, Term

FIELD_WORDS: Final[dict[str, str]] = {
    word: field
    for field, words in (
        ("author", "author автор авторы"),
        ("title", "title атауы атау название заглавие"),
        ("subject", "subject тақырып тақырыбы тема рубрика"),
        ("publisher", "publisher баспа баспасы издательство"),
        ("series", "series серия сериясы топтама"),
        ("isbn", "isbn"),
        ("year", "year жыл жылы год"),
        ("language", "language lang тіл тілі язык"),
        ("kind", "kind түр түрі вид"),
        ("udc", "udc әож удк"),
        ("bbk", "bbk кбж ббк"),
        ("grade", "grade сынып класс"),
    )
    for word in words.split()
}
"""What may stand before a colon."""

_KINDS: Final[dict[str, str]] = {
    word: kind
    for kind, words in (
        ("BOOK", "book кітап книга"),
        ("TEXTBOOK", "textbook оқулық учебник"),
        ("BROCHURE", "brochure кітапша брошюра"),
        ("PERIODICAL", "periodical journal журнал газет газета мерзімді"),
        ("MAP", "map карта атлас"),
        ("MUSIC", "music ноты нота"),
        ("AUDIO", "audio аудио"),
        ("VIDEO", "video видео бейне"),
        ("ELECTRONIC", "electronic электронды электрондық электронное"),
        ("KIT", "kit комплект жинақтама"),
        ("ARTICLE", "article мақала статья"),
    )
    for word in words.split()
}
_OPERATORS: Final[dict[str, Literal["and", "or", "not"]]] = {
    "AND": "and", "И": "and", "ЖӘНЕ": "and",
    "OR": "or", "ИЛИ": "or", "НЕМЕСЕ": "or",
    "NOT": "not", "НЕ": "not", "ЕМЕС": "not",
}  # fmt: skip
_NUMBERS: Final = frozenset({"year", "grade"})
_RANGE: Final = re.compile(r"(\d{0,4})\s*(?:-|–|—|\.\.)\s*(\d{0,4})")
_QUOTES: Final = str.maketrans("“”„«»", '"""""')
_PIECE: Final = re.compile(r'"([^"]*)"|([()])|([^\s()"]+)|(")')
_GRADE_DIGITS: Final = 2
_MOST_DEPTH: Final = 12
_MOST_PARTS: Final = 40


@dataclass(frozen=True, slots=True)
class _Token:
    """A sign of the language: a bracket, an operator, or something to be looked for."""

    sort: Literal["(", ")", "and", "or", "not", "term", "field"]
    text: str = ""
    field: str = "any"
    phrase: bool = False
    exact: bool = False


def parse(text: str) -> Expression | None:
    """The tree of a text, or ``None`` where it uses nothing of the language: it is plain text then."""
    tokens = list(_tokens(text))
    is_used = any(
        token.sort in {"and", "or", "not"} or token.field != "any" or (not token.phrase and token.text.endswith("*"))
        for token in tokens
    )
    if not is_used or len(tokens) > _MOST_PARTS * 3:
        return None
    found = _Reader(tokens).read()
    # An operator with nothing to join is a word: «И дольше века длится день».
    return None if isinstance(found, Term) and found == Term("any", found.text) else found


def phrases(text: str) -> tuple[list[str], str]:
    """What stands in quotes, and the rest, of plain text. A lone quote is nothing."""
    found: list[str] = []

    def take(match: re.Match[str]) -> str:
        if match.group(1).strip():
            found.append(match.group(1).strip())
        return " "

    # «…» is how titles are cited, so only the quotes of the keyboard ask for the very words.
    plain = text.translate(str.maketrans("“”„", '"""'))
    rest = re.sub(r'"([^"]*)"', take, plain)
    return found, " ".join(rest.replace('"', " ").split())


def _operators(text: str) -> bool:
    """Whether words in capitals are operators: not where everything is in capitals («ВОЙНА И МИР»)."""
    if any(letter.islower() for letter in text) or any(sign in text for sign in '(":'):
        return True
    words = text.split()
    is_latin = [word.isascii() for word in words if word not in _OPERATORS]
    return any(word in _OPERATORS and word.isascii() for word in words) and not any(is_latin)


def _tokens(text: str) -> Iterator[_Token]:
    has_operators = _operators(text)
    last = ""
    for match in _PIECE.finditer(text.translate(_QUOTES)):
        phrase, bracket, word, _stray = match.groups()
        if phrase is not None:
            if any(letter.isalnum() for letter in phrase):
                yield _Token("term", phrase, phrase=True)
        elif bracket:
            yield _Token("(" if bracket == "(" else ")")
        elif word:
            if has_operators and word in _OPERATORS:
                yield _Token(_OPERATORS[word])
            else:
                # «7 -сынып» is one thing with a blank too many.
                is_joined = last.isdecimal() and len(last) <= _GRADE_DIGITS
                if len(word) > 1 and word[0] == "-" and word[1].isalnum() and not is_joined:
                    yield _Token("not")
                    word = word[1:]
                yield _word(word)
            last = word


def _word(word: str) -> _Token:
    head, colon, tail = word.partition(":")
    field = FIELD_WORDS.get(head.casefold()) if colon else None
    if field is None:
        return _Token("term", word)
    exact = tail.startswith("=")
    tail = tail.removeprefix("=")
    if tail:
        return _Token("term", tail, field, exact=exact)
    return _Token("field", head, field, exact=exact)


class _Reader:
    """Reads tokens by the usual precedence: NOT, then AND (also where nothing stands between), then OR."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.place = 0
        self.depth = 0

    def read(self) -> Expression | None:
        parts: list[Expression] = []
        while self.place < len(self.tokens):
            found = self._either()
            if found is not None:
                parts.append(found)
            # A bracket that closes nothing.
            self.place += 1
        return _all(parts)

    def _sort(self, ahead: int = 0) -> str:
        place = self.place + ahead
        return self.tokens[place].sort if place < len(self.tokens) else ""

    def _either(self) -> Expression | None:
        parts = [self._together()]
        while self._sort() == "or":
            self.place += 1
            parts.append(self._together())
        known = [part for part in parts if part is not None]
        return known[0] if len(known) == 1 else Or(tuple(known)) if known else None

    def _together(self) -> Expression | None:
        parts: list[Expression] = []
        words: list[str] = []

        def say() -> None:
            if words:
                parts.append(Term("any", " ".join(words)))
                words.clear()

        while self._sort() not in {"", ")", "or"}:
            token = self.tokens[self.place]
            if token.sort == "and":
                say()
                self.place += 1
            elif token.sort == "term" and token.field == "any" and not token.phrase and not token.text.endswith("*"):
                # Words that stand together are looked for together: «7 сынып» is a grade.
                if any(letter.isalnum() for letter in token.text):
                    words.append(token.text)
                self.place += 1
            else:
                say()
                found = self._one()
                if found is not None:
                    parts.append(found)
        say()
        return _all(parts)

    def _one(self, field: str = "any", *, exact: bool = False) -> Expression | None:
        token = self.tokens[self.place]
        self.place += 1
        if token.sort == "not":
            if self._sort() in {"", ")", "or", "and"}:
                return None
            part = self._one(field)
            return part.part if isinstance(part, Not) else Not(part) if part is not None else None
        if token.sort == "(":
            self.depth += 1
            found = None
            if self.depth <= _MOST_DEPTH:
                found = self._either()
            else:
                self._skip()
            self.depth -= 1
            if self._sort() == ")":
                self.place += 1
            return _within(found, field)
        if token.sort == "field":
            if self._sort() in {"term", "("} and (self._sort() == "(" or self.tokens[self.place].field == "any"):
                return self._one(token.field, exact=token.exact)
            return Term("any", token.text)
        if token.sort == "term":
            return _term(token, field if token.field == "any" else token.field, exact=exact or token.exact)
        return None

    def _skip(self) -> None:
        """Brackets deeper than anybody means: their words are left out."""
        open_brackets = 1
        while self.place < len(self.tokens):
            if self._sort() == "(":
                open_brackets += 1
            elif self._sort() == ")":
                open_brackets -= 1
                if not open_brackets:
                    return
            self.place += 1


def _all(parts: list[Expression]) -> Expression | None:
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def _within(expression: Expression | None, field: str) -> Expression | None:
    """``author:(a OR b)``: words of the bracket are looked for in its field."""
    match expression:
        case Term() if field != "any" and expression.field == "any":
            token = _Token("term", expression.text + ("*" if expression.prefix else ""), phrase=expression.phrase)
            return _term(token, field, exact=False)
        case And(parts=parts) if field != "any":
            return And(tuple(one for part in parts if (one := _within(part, field)) is not None))
        case Or(parts=parts) if field != "any":
            return Or(tuple(one for part in parts if (one := _within(part, field)) is not None))
        case Not(part=part) if field != "any":
            inner = _within(part, field)
            return Not(inner) if inner is not None else None
        case _:
            return expression


def _term(token: _Token, field: str, *, exact: bool) -> Expression | None:
    text = token.text.strip()
    if field in _NUMBERS:
        match = _RANGE.fullmatch(text)
        if match and any(match.groups()):
            low, high = match.groups()
            return Range(field, int(low) if low else None, int(high) if high else None)
        if not text.rstrip("*").isdecimal():
            # «год: итоги» is no year.
            return Term("any", text) if any(letter.isalnum() for letter in text) else None
    is_prefix = text.endswith("*") and not token.phrase and not exact
    text = text.rstrip("*") if not token.phrase else text
    if not any(letter.isalnum() for letter in text):
        return None
    if field == "kind":
        text = _KINDS.get(text.casefold(), text)
    return Term(field, text, phrase=token.phrase and not exact, prefix=is_prefix, exact=exact)
