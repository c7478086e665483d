"""CQL, the query language of SRU: versions 1.1 and 1.2 (Library of Congress), which SRU 2.0 carries on.

``parse`` makes a tree of clauses; what the indexes mean is decided by whoever searches.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

BOOLEANS: Final = frozenset({"and", "or", "not", "prox"})
COMPARISONS: Final = frozenset({"=", "==", "<>", "<", ">", "<=", ">="})
MOST_LETTERS: Final = 4000
MOST_DEPTH: Final = 60


class CqlError(ValueError):
    """A query that can't be read; ``position`` counts letters from 0."""

    def __init__(self, message: str, position: int) -> None:
        self.position = position
        super().__init__(f"{message} (at letter {position + 1})")


@dataclass(frozen=True, slots=True)
class Modifier:
    """``/name``, ``/name=value``: the comparison is empty where there is none."""

    name: str
    comparison: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """An index, a relation and a term. A term alone has the index ``cql.serverChoice`` and the relation ``=``."""

    index: str
    relation: str
    modifiers: tuple[Modifier, ...]
    term: str


@dataclass(frozen=True, slots=True)
class Boolean:
    """Two queries joined by ``and``, ``or``, ``not`` or ``prox`` (lower case)."""

    operator: str
    modifiers: tuple[Modifier, ...]
    left: Node
    right: Node


Node = Clause | Boolean


@dataclass(frozen=True, slots=True)
class SortKey:
    """An index to sort by with its modifiers (``sort.descending``)."""

    index: str
    modifiers: tuple[Modifier, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """A whole query: the tree, the order asked for and the prefixes it has named (prefix → address)."""

    root: Node
    sort: tuple[SortKey, ...] = ()
    prefixes: tuple[tuple[str, str], ...] = ()


_TOKEN: Final = re.compile(
    r"""\s*(?:
    (?P<quoted>"(?:[^"\\]|\\.)*")
  | (?P<mark>==|<>|<=|>=|[()=<>/])
  | (?P<word>[^\s()=<>/"]+)
    )""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    position: int


def _tokens(text: str) -> list[_Token]:
    found = []
    position = 0
    while position < len(text):
        if text[position:].isspace():
            break
        match = _TOKEN.match(text, position)
        if match is None:
            raise CqlError("a quotation mark is not closed", position)
        kind = match.lastgroup or ""
        value = match[kind]
        found.append(_Token(kind, value, match.start(kind)))
        position = match.end()
    return found


def unescaped(term: str) -> str:
    """A term with ``\\"`` and the like as they are meant; ``\\*`` and other masks keep their backslash."""
    return term.replace('\\"', '"')


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _tokens(text)
        self.place = 0
        self.depth = 0

    def peek(self) -> _Token | None:
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def take(self) -> _Token:
        token = self.peek()
        if token is None:
            raise CqlError("the query breaks off", len(self.text))
        self.place += 1
        return token

    def is_mark(self, *marks: str) -> bool:
        token = self.peek()
        return token is not None and token.kind == "mark" and token.text in marks

    def is_word(self, *words: str) -> bool:
        token = self.peek()
        return token is not None and token.kind == "word" and token.text.casefold() in words

    def query(self) -> Query:
        prefixes = []
        while self.is_mark(">"):
            prefixes.append(self.prefix())
        root = self.scoped()
        sort: list[SortKey] = []
        if self.is_word("sortby"):
            self.take()
            while self.peek() is not None:
                token = self.take()
                if token.kind == "mark":
                    raise CqlError("an index to sort by is expected", token.position)
                sort.append(SortKey(_bare(token), self.modifiers()))
            if not sort:
                raise CqlError("an index to sort by is expected", len(self.text))
        if (left := self.peek()) is not None:
            raise CqlError(f"«{left.text}» is not expected here", left.position)
        return Query(root, tuple(sort), tuple(prefixes))

    def prefix(self) -> tuple[str, str]:
        self.take()
        first = self.take()
        if self.is_mark("="):
            self.take()
            return _bare(first), _bare(self.take())
        return "", _bare(first)

    def scoped(self) -> Node:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise CqlError("the query is nested too deeply", 0)
        left = self.clause()
        while self.is_word(*BOOLEANS):
            operator = self.take().text.casefold()
            modifiers = self.modifiers()
            left = Boolean(operator, modifiers, left, self.clause())
        self.depth -= 1
        return left

    def clause(self) -> Node:
        if self.is_mark("("):
            self.take()
            inner = self.scoped()
            closing = self.take()
            if closing.text != ")" or closing.kind != "mark":
                raise CqlError("a closing parenthesis is expected", closing.position)
            return inner
        first = self.take()
        if first.kind == "mark":
            raise CqlError(f"«{first.text}» is not expected here", first.position)
        relation = self.relation() if first.kind == "word" or self.is_mark(*COMPARISONS) else None
        if relation is None:
            return Clause("cql.serverChoice", "=", (), _bare(first))
        name, modifiers = relation
        term = self.take()
        if term.kind == "mark":
            raise CqlError(f"«{term.text}» is not expected here", term.position)
        return Clause(_bare(first), name, modifiers, _bare(term))

    def relation(self) -> tuple[str, tuple[Modifier, ...]] | None:
        """A comparison, or a word that is followed by a term and is no boolean («title any …»)."""
        token = self.peek()
        if token is None:
            return None
        if token.kind == "mark":
            if token.text not in COMPARISONS:
                return None
            self.take()
            return token.text, self.modifiers()
        if token.kind != "word" or token.text.casefold() in BOOLEANS | {"sortby"}:
            return None
        self.take()
        return token.text.casefold().removeprefix("cql."), self.modifiers()

    def modifiers(self) -> tuple[Modifier, ...]:
        found = []
        while self.is_mark("/"):
            self.take()
            name = self.take()
            comparison = value = ""
            if self.is_mark(*COMPARISONS):
                comparison, value = self.take().text, _bare(self.take())
            found.append(Modifier(_bare(name).casefold(), comparison, value))
        return tuple(found)


def _bare(token: _Token) -> str:
    return unescaped(token.text[1:-1]) if token.kind == "quoted" else token.text


def parse(text: str) -> Query:
    """Read a query.

    :raises CqlError: it can't be read.
    """
    if not text.strip():
        raise CqlError("the query is empty", 0)
    if len(text) > MOST_LETTERS:
        raise CqlError("the query is too long", MOST_LETTERS)
    return _Parser(text).query()
