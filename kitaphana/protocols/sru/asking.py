"""From CQL to what the catalogue's search understands."""

from __future__ import annotations

from typing import Final

from kitaphana.catalog.models import Record
from kitaphana.catalog.search.expressions import And, Expression, Not, Or, Range, Term
from kitaphana.formats import cql
from kitaphana.formats.cql import Boolean, Clause, Node
from kitaphana.protocols.sru.diagnostics import Diagnostic

CONTEXT_SETS: Final = {
    "cql": "info:srw/cql-context-set/1/cql-v1.2",
    "dc": "info:srw/cql-context-set/1/dc-v1.1",
    "bath": "http://zing.z3950.org/cql/bath/2.0/",
    "rec": "info:srw/cql-context-set/2/rec-1.1",
    "sort": "info:srw/cql-context-set/1/sort-v1.0",
}
INDEXES: Final[dict[str, str]] = {
    "cql.serverchoice": "any", "cql.anywhere": "any", "cql.anyindexes": "any", "cql.allindexes": "any",
    "cql.keywords": "any", "bath.any": "any",
    "dc.title": "title", "bath.title": "title", "bath.seriestitle": "series",
    "dc.creator": "author", "dc.contributor": "author", "bath.author": "author", "bath.name": "author",
    "bath.personalname": "author", "bath.corporatename": "author",
    "dc.subject": "subject", "bath.subject": "subject", "bath.topicalsubject": "subject",
    "dc.publisher": "publisher", "bath.publisher": "publisher",
    "dc.date": "year", "bath.publicationdate": "year",
    "dc.language": "language", "bath.language": "language",
    "dc.identifier": "isbn", "bath.isbn": "isbn", "bath.standardidentifier": "isbn",
    "dc.relation": "series",
    "rec.identifier": "id", "rec.id": "id",
}  # fmt: skip
"""Indexes of the context sets and the fields they look in; a name without its set is looked for in all of them."""
_OWN: Final = {
    "title": "title", "author": "author", "creator": "author", "subject": "subject", "publisher": "publisher",
    "year": "year", "date": "year", "language": "language", "isbn": "isbn", "series": "series", "udc": "udc",
    "bbk": "bbk", "kind": "kind", "grade": "grade", "any": "any", "id": "id",
}  # fmt: skip
_NUMBERS: Final = frozenset({"year", "grade"})
_ORDER: Final = {"<": (None, -1), "<=": (None, 0), ">": (1, None), ">=": (0, None)}
_KNOWN_MODIFIERS: Final = frozenset(
    {"relevant", "cql.relevant", "string", "cql.string", "word", "cql.word", "ignorecase", "cql.ignorecase",
     "masked", "cql.masked", "unmasked", "cql.unmasked", "ignoreaccents", "cql.ignoreaccents"}
)  # fmt: skip
MOST_CLAUSES: Final = 50


def field_of(index: str) -> str:
    """The field an index looks in.

    :raises Diagnostic: the set or the index is unknown.
    """
    name = index.casefold()
    if name in INDEXES:
        return INDEXES[name]
    prefix, dot, bare = name.rpartition(".")
    if not dot and bare in _OWN:
        return _OWN[bare]
    if dot and prefix not in CONTEXT_SETS:
        raise Diagnostic(15, prefix)
    raise Diagnostic(16, index)


def expression_of(node: Node) -> Expression:
    """The search a tree of CQL asks for.

    :raises Diagnostic: something in it is not supported.
    """
    if isinstance(node, Boolean):
        if node.operator == "prox":
            raise Diagnostic(39)
        left, right = expression_of(node.left), expression_of(node.right)
        if node.operator == "or":
            return Or((left, right))
        return And((left, Not(right) if node.operator == "not" else right))
    return _clause(node)


def _clause(clause: Clause) -> Expression:
    name = clause.index.casefold()
    if name == "cql.allrecords":
        return And(())
    if name == "cql.resultsetid":
        raise Diagnostic(50)
    field = field_of(clause.index)
    for modifier in clause.modifiers:
        if modifier.name not in _KNOWN_MODIFIERS:
            raise Diagnostic(20, modifier.name)
    term = clause.term.strip()
    if not term:
        raise Diagnostic(27)
    if field == "id":
        return _record(term, clause.relation)
    if field in _NUMBERS:
        return _number(field, term, clause.relation)
    return _words(field, term, clause.relation)


def _record(term: str, relation: str) -> Expression:
    """A record by our control number or by its number in the addresses."""
    if relation not in {"=", "==", "exact", "all", "any"}:
        raise Diagnostic(19, relation)
    pk = Record.objects.filter(control_number=term).values_list("pk", flat=True).first()
    if pk is None and term.isascii() and term.isdecimal() and len(term) < 19:
        pk = int(term)
    return Range("id", pk, pk) if pk is not None else Or(())


def _number(field: str, term: str, relation: str) -> Expression:
    parts = term.split()
    if not all(part.isascii() and part.isdecimal() and len(part) < 10 for part in parts):
        raise Diagnostic(36, term)
    numbers = [int(part) for part in parts]
    if relation == "within":
        if len(numbers) != 2:
            raise Diagnostic(36, term)
        return Range(field, numbers[0], numbers[1])
    if relation in {"any"}:
        return Or(tuple(Range(field, number, number) for number in numbers))
    if len(numbers) != 1:
        raise Diagnostic(36, term)
    number = numbers[0]
    if relation in {"=", "==", "exact", "all", "adj"}:
        return Range(field, number, number)
    if relation == "<>":
        return Not(Range(field, number, number))
    if relation in _ORDER:
        low, high = _ORDER[relation]
        return Range(field, None if low is None else number + low, None if high is None else number + high)
    raise Diagnostic(19, relation)


def _words(field: str, term: str, relation: str) -> Expression:
    if "^" in term:
        raise Diagnostic(31, "^")
    bare = term.rstrip("*")
    is_prefix = bare != term
    if "*" in bare.replace("\\*", "") or "?" in bare.replace("\\?", ""):
        raise Diagnostic(28, term)
    bare = bare.replace("\\", "")
    if not bare.strip():
        raise Diagnostic(28, term)
    if relation in {"=", "all", "scr"}:
        return Term(field, bare, prefix=is_prefix)
    if relation == "any":
        words = bare.split()
        return Or(tuple(Term(field, word, prefix=is_prefix and word == words[-1]) for word in words))
    if relation == "adj":
        return Term(field, bare, prefix=True) if is_prefix else Term(field, bare, phrase=True)
    if relation in {"==", "exact"}:
        return Term(field, bare, prefix=True) if is_prefix else Term(field, bare, exact=True)
    if relation == "<>":
        return Not(Term(field, bare, prefix=is_prefix))
    if relation in {"<", "<=", ">", ">=", "within", "encloses"}:
        raise Diagnostic(22, f"{relation} {field}")
    raise Diagnostic(19, relation)


def parsed(text: str) -> cql.Query:
    """A query that can be read and is not beyond measure.

    :raises Diagnostic: else.
    """
    try:
        query = cql.parse(text)
    except cql.CqlError as error:
        raise Diagnostic(10, str(error)) from error
    if _size(query.root) > MOST_CLAUSES:
        raise Diagnostic(10, f"more than {MOST_CLAUSES} clauses")
    return query


def _size(node: Node) -> int:
    return _size(node.left) + _size(node.right) if isinstance(node, Boolean) else 1


def order_of(query: cql.Query, sort_keys: str) -> str:
    """The order asked for, by ``sortBy`` of the query or by the parameter ``sortKeys`` of version 1.1.

    :raises Diagnostic: it is not one we have.
    """
    if query.sort:
        first = query.sort[0]
        is_descending = any(one.name in {"sort.descending", "descending"} for one in first.modifiers)
        return _order(first.index, is_descending=is_descending)
    if sort_keys.strip():
        path, _, rest = sort_keys.split(maxsplit=1)[0].partition(",")
        flags = rest.split(",")
        return _order(path, is_descending=len(flags) > 1 and flags[1] in {"0", "false"})
    return "relevance"


def _order(index: str, *, is_descending: bool) -> str:
    field = field_of(index.rpartition("/")[2])
    if field == "title" and not is_descending:
        return "title"
    if field == "year":
        return "year_new" if is_descending else "year_old"
    raise Diagnostic(81, index)
