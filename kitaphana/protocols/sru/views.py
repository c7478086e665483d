"""The one address of SRU."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from django.conf import settings
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt

from kitaphana.catalog import indexing, queries
from kitaphana.catalog.models import Record
from kitaphana.catalog.search.expressions import BROWSED_FIELDS
from kitaphana.catalog.search.index import Query
from kitaphana.core.web.page import Request, page
from kitaphana.formats import cql
from kitaphana.protocols.sru import asking, writing
from kitaphana.protocols.sru.diagnostics import Diagnostic
from kitaphana.protocols.sru.writing import V2_SCAN, Answer

log = logging.getLogger(__name__)

VERSIONS = ("1.1", "1.2", "2.0")
DEFAULT, MOST = 10, 100
DEEPEST = 10_000
TITLE = "Kitaphana"


@csrf_exempt
@page(None)
def sru(request: Request) -> HttpResponse:
    """Explain, searchRetrieve or scan, by GET or POST; what is wrong is answered by a diagnostic."""
    given = request.POST if request.method == "POST" else request.GET
    parameters = {key: str(value).replace("\x00", "")[:8000] for key, value in given.items()}
    operation, version, wrong = _asked(parameters)
    try:
        if wrong is not None:
            answer = _refused(operation, "1.2" if version not in VERSIONS else version, wrong)
        elif operation == "searchRetrieve":
            answer = _search(parameters, version)
        elif operation == "scan":
            answer = _scan(parameters, version)
        else:
            answer = _explain(request, parameters, version)
    except Diagnostic as diagnostic:
        answer = _refused(operation, version, diagnostic)
    response = HttpResponse(answer.data(), content_type="application/xml; charset=utf-8")
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _asked(given: Mapping[str, str]) -> tuple[str, str, Diagnostic | None]:
    """The operation and version of a request; version 2.0 has no operation: what is given decides."""
    version, operation = given.get("version", ""), given.get("operation", "")
    named = operation
    if not operation:
        operation = "searchRetrieve" if "query" in given else "scan" if "scanClause" in given else "explain"
    if not version:
        version = "2.0" if not named and operation != "explain" else "1.2"
    if version not in VERSIONS:
        return operation, version, Diagnostic(5, version)
    if operation not in {"searchRetrieve", "scan", "explain"}:
        return "explain", version, Diagnostic(4, operation)
    return operation, version, None


def _refused(operation: str, version: str, diagnostic: Diagnostic) -> Answer:
    answer = _answer(operation, version)
    if operation == "searchRetrieve":
        answer.add(answer.root, "numberOfRecords", 0)
    answer.diagnostics([diagnostic])
    return answer


def _answer(operation: str, version: str) -> Answer:
    is_scan = operation == "scan"
    return Answer(version, f"{operation}Response", namespace=V2_SCAN if is_scan and version == "2.0" else "")


def _number(given: Mapping[str, str], name: str, default: int, least: int) -> int:
    text = given.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 10) or int(text) < least:
        raise Diagnostic(6, name)
    return int(text)


def _search(given: Mapping[str, str], version: str) -> Answer:
    text = given.get("query", "")
    if not text.strip():
        raise Diagnostic(7, "query")
    if given.get("queryType", "cql") not in {"cql", "searchTerms"}:
        raise Diagnostic(6, "queryType")
    start = _number(given, "startRecord", 1, 1)
    limit = min(_number(given, "maximumRecords", DEFAULT, 0), MOST)
    schema = writing.schema_of(given.get("recordSchema", ""))
    escaping = given.get("recordXMLEscaping" if version == "2.0" else "recordPacking", "xml") or "xml"
    if escaping not in {"xml", "string"}:
        raise Diagnostic(71, escaping)
    if given.get("queryType") == "searchTerms":
        query = cql.Query(cql.Clause("cql.serverChoice", "=", (), text))
    else:
        query = asking.parsed(text)
    expression = asking.expression_of(query.root)
    order = asking.order_of(query, given.get("sortKeys", ""))
    found = indexing.index().search(
        Query(expression=expression, sort=order, offset=min(start - 1, DEEPEST), limit=max(limit, 1))
    )
    if start > max(found.total, 1) or (start > DEEPEST and limit):
        raise Diagnostic(61, str(start))
    answer = _answer("searchRetrieve", version)
    answer.add(answer.root, "numberOfRecords", found.total)
    ids = [hit.id for hit in found.hits][:limit]
    records = Record.objects.only("pk", "control_number", "marc").in_bulk(ids)
    if records:
        list_ = answer.add(answer.root, "records")
        for position, pk in enumerate(ids, start):
            if pk in records:
                writing.record_into(
                    answer, list_, queries.marc_of(records[pk]), schema, position=position,
                    is_escaped=escaping == "string", number=records[pk].control_number,
                )  # fmt: skip
    following = start + limit
    if limit and following <= min(found.total, DEEPEST):
        answer.add(answer.root, "nextRecordPosition", following)
    answer.echo("echoedSearchRetrieveRequest", {"version": version, **given})
    return answer


def _scan(given: Mapping[str, str], version: str) -> Answer:
    text = given.get("scanClause", "")
    if not text.strip():
        raise Diagnostic(7, "scanClause")
    position = _number(given, "responsePosition", 1, 0)
    limit = min(_number(given, "maximumTerms", 20, 1), MOST)
    if position > limit + 1:
        raise Diagnostic(120, str(position))
    root = asking.parsed(text).root
    if not isinstance(root, cql.Clause):
        raise Diagnostic(10, "one clause is expected")
    field = asking.field_of(root.index)
    if field == "any":
        field = "title"
    if field not in BROWSED_FIELDS:
        raise Diagnostic(16, root.index)
    back = max(position - 1, 0)
    skip = 1 if position == 0 else 0
    entries = indexing.index().browse(field, root.term, limit=limit - back + skip, back=back)[skip:]
    answer = _answer("scan", version)
    writing.terms_into(answer, [(one.text, one.count) for one in entries])
    answer.echo("echoedScanRequest", {"version": version, **given})
    return answer


def _explain(request: Request, given: Mapping[str, str], version: str) -> Answer:
    answer = _answer("explain", version)
    record = answer.add(answer.root, "record")
    answer.add(record, "recordSchema", writing.ZEEREX)
    answer.add(record, "recordXMLEscaping" if answer.is_new else "recordPacking", "xml")
    host, _, port = request.get_host().partition(":")
    answer.add(record, "recordData").append(
        writing.explain_record(
            host=host, port=int(port or (443 if request.is_secure() else 80)), path=request.path,
            title=getattr(settings, "SITE_NAME", TITLE), most=MOST, default=DEFAULT,
        )
    )  # fmt: skip
    answer.echo("echoedExplainRequest", {"version": version, **given})
    return answer
