"""The one address of OAI-PMH.

Lists are read in the order of (time of change, number) from an index; a resumption token says after which record to go
on and carries what was asked for, signed: it survives a restart, and the server keeps nothing of anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.core import signing
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.views.decorators.csrf import csrf_exempt
from lxml import etree

from kitaphana.catalog import hooks, queries
from kitaphana.catalog.models import Record
from kitaphana.core import clock
from kitaphana.core.web.page import Request, page
from kitaphana.formats import dublin_core, marcxml, mods
from kitaphana.formats.marc import MarcRecord
from kitaphana.fund.enums import CopyState
from kitaphana.fund.models import Copy, Stock
from kitaphana.organizations.models import Organization

PAGE: Final = 100
SETS_PAGE: Final = 500
OAI: Final = "http://www.openarchives.org/OAI/2.0/"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_SCHEMA: Final = "http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd"
_SALT: Final = "oai.resumption"
_LIBRARY: Final = "library"


@dataclass(frozen=True, slots=True)
class Format:
    """A form in which records are given."""

    prefix: str
    schema: str
    namespace: str
    make: Callable[[MarcRecord], etree._Element]


FORMATS: Final = {
    one.prefix: one
    for one in (
        Format("oai_dc", dublin_core.OAI_DC_SCHEMA, dublin_core.OAI_DC, dublin_core.element_of),
        Format("marc21", "http://www.loc.gov/standards/marcxml/schema/MARC21slim.xsd", marcxml.NAMESPACE, marcxml.element_of),
        Format("mods", mods.SCHEMA, mods.MODS, mods.element_of),
    )
}  # fmt: skip


class OaiError(Exception):
    """A refusal of the protocol: its code and a sentence."""

    def __init__(self, code: str, text: str = "") -> None:
        self.code = code
        self.text = text
        super().__init__(f"{code}: {text}")


_ARGUMENTS: Final[dict[str, tuple[frozenset[str], frozenset[str]]]] = {
    "Identify": (frozenset(), frozenset()),
    "ListMetadataFormats": (frozenset(), frozenset({"identifier"})),
    "ListSets": (frozenset(), frozenset()),
    "GetRecord": (frozenset({"identifier", "metadataPrefix"}), frozenset()),
    "ListIdentifiers": (frozenset({"metadataPrefix"}), frozenset({"from", "until", "set"})),
    "ListRecords": (frozenset({"metadataPrefix"}), frozenset({"from", "until", "set"})),
}
"""Arguments that each verb needs and those it may have."""
_RESUMED: Final = frozenset({"ListSets", "ListIdentifiers", "ListRecords"})


@csrf_exempt
@page(None)
def oai(request: Request) -> HttpResponse:
    """Any of the six verbs, by GET or POST."""
    given = request.POST if request.method == "POST" else request.GET
    root = etree.Element(f"{{{OAI}}}OAI-PMH", nsmap={None: OAI, "xsi": _XSI})
    root.set(f"{{{_XSI}}}schemaLocation", f"{OAI} {_SCHEMA}")
    _add(root, "responseDate", _stamp(clock.now()))
    asked = _add(root, "request", request.build_absolute_uri(request.path))
    try:
        verb, arguments = _checked(given)
        for name, value in {"verb": verb, **arguments}.items():
            asked.set(name, value)
        root.append(_VERBS[verb](request, arguments))
    except OaiError as error:
        if error.code in {"badVerb", "badArgument"}:
            for name in list(asked.attrib):
                del asked.attrib[name]
        _add(root, "error", error.text, code=error.code)
    data = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return HttpResponse(data, content_type="text/xml; charset=utf-8")


def _checked(given: QueryDict) -> tuple[str, dict[str, str]]:
    verbs = given.getlist("verb")
    if len(verbs) != 1 or verbs[0] not in _ARGUMENTS:
        raise OaiError("badVerb", "One verb of the protocol is expected.")
    verb = verbs[0]
    names = set(given) - {"verb"}
    if any(len(given.getlist(name)) > 1 for name in names):
        raise OaiError("badArgument", "An argument is repeated.")
    arguments = {name: _clean(str(given[name])) for name in names}
    if "resumptionToken" in names and verb in _RESUMED:
        if names != {"resumptionToken"}:
            raise OaiError("badArgument", "resumptionToken is an exclusive argument.")
        return verb, arguments
    needed, allowed = _ARGUMENTS[verb]
    if missing := needed - names:
        raise OaiError("badArgument", f"Missing: {', '.join(sorted(missing))}.")
    if unknown := names - needed - allowed:
        raise OaiError("badArgument", f"Unknown: {_clean(', '.join(sorted(unknown)))}.")
    return verb, arguments


def _clean(text: str) -> str:
    return "".join(one for one in text if one.isprintable())[:2000]


def _add(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    child = etree.SubElement(parent, f"{{{OAI}}}{name}", attributes)
    if text:
        child.text = _clean(text)
    return child


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _host(request: Request) -> str:
    """The name of the repository in identifiers: as configured, else that of the site."""
    name: str = getattr(settings, "OAI_REPOSITORY", "") or request.get_host().partition(":")[0]
    return name if "." in name else f"{name}.kitaphana"


def _identifier(request: Request, record: Record) -> str:
    return f"oai:{_host(request)}:{record.control_number}"


def _identify(request: Request, arguments: Mapping[str, str]) -> etree._Element:
    verb = etree.Element(f"{{{OAI}}}Identify")
    earliest = Record.objects.order_by("changed_at", "id").values_list("changed_at", flat=True).first()
    for name, text in (
        ("repositoryName", getattr(settings, "SITE_NAME", "Kitaphana")),
        ("baseURL", request.build_absolute_uri(request.path)),
        ("protocolVersion", "2.0"),
        ("adminEmail", getattr(settings, "OAI_EMAIL", "") or f"admin@{_host(request)}"),
        ("earliestDatestamp", _stamp(earliest or clock.now())),
        ("deletedRecord", "persistent"),
        ("granularity", "YYYY-MM-DDThh:mm:ssZ"),
    ):
        _add(verb, name, text)
    return verb


def _formats(request: Request, arguments: Mapping[str, str]) -> etree._Element:
    if "identifier" in arguments:
        _record_of(request, arguments["identifier"])
    verb = etree.Element(f"{{{OAI}}}ListMetadataFormats")
    for one in FORMATS.values():
        element = _add(verb, "metadataFormat")
        _add(element, "metadataPrefix", one.prefix)
        _add(element, "schema", one.schema)
        _add(element, "metadataNamespace", one.namespace)
    return verb


def _sets(request: Request, arguments: Mapping[str, str]) -> etree._Element:
    verb = etree.Element(f"{{{OAI}}}ListSets")
    after = _opened(arguments["resumptionToken"], "sets").get("after", "") if "resumptionToken" in arguments else ""
    found = Organization.objects.filter(is_library=True, code__gt=after).order_by("code")
    nodes = list(found[: SETS_PAGE + 1])
    if not after:
        _set(verb, _LIBRARY, "Libraries")
    for node in nodes[:SETS_PAGE]:
        _set(verb, f"{_LIBRARY}:{node.code}", node.name)
    if len(nodes) > SETS_PAGE:
        _add(verb, "resumptionToken", _token({"kind": "sets", "after": nodes[SETS_PAGE - 1].code}))
    elif after:
        _add(verb, "resumptionToken")
    return verb


def _set(verb: etree._Element, spec: str, name: str) -> None:
    element = _add(verb, "set")
    _add(element, "setSpec", spec)
    _add(element, "setName", name)


def _token(facts: Mapping[str, Any]) -> str:
    return signing.dumps(facts, salt=_SALT, compress=True)


def _opened(token: str, kind: str) -> dict[str, Any]:
    try:
        facts = signing.loads(token, salt=_SALT)
    except signing.BadSignature as error:
        raise OaiError("badResumptionToken", "The token is not one of ours.") from error
    if not isinstance(facts, dict) or facts.get("kind") != kind:
        raise OaiError("badResumptionToken", "The token belongs to another list.")
    return facts


def _record_of(request: Request, identifier: str) -> Record:
    start = f"oai:{_host(request)}:"
    found = None
    if identifier.startswith(start):
        found = Record.objects.filter(control_number=identifier.removeprefix(start)).first()
    if found is None:
        raise OaiError("idDoesNotExist", identifier)
    return found


def _format(prefix: str) -> Format:
    if prefix not in FORMATS:
        raise OaiError("cannotDisseminateFormat", prefix)
    return FORMATS[prefix]


def _get(request: Request, arguments: Mapping[str, str]) -> etree._Element:
    record = _record_of(request, arguments["identifier"])
    form = _format(arguments["metadataPrefix"])
    verb = etree.Element(f"{{{OAI}}}GetRecord")
    _record(verb, request, record, form, _codes([record]))
    return verb


def _header(parent: etree._Element, request: Request, record: Record, codes: Mapping[int, list[str]]) -> None:
    header = _add(parent, "header", **({"status": "deleted"} if record.removed_at else {}))
    _add(header, "identifier", _identifier(request, record))
    _add(header, "datestamp", _stamp(record.changed_at))
    for code in codes.get(record.pk, ()):
        _add(header, "setSpec", f"{_LIBRARY}:{code}")


def _record(
    parent: etree._Element, request: Request, record: Record, form: Format, codes: Mapping[int, list[str]]
) -> None:
    element = _add(parent, "record")
    _header(element, request, record, codes)
    if record.removed_at is None:
        _add(element, "metadata").append(form.make(queries.marc_of(record)))


def _codes(records: list[Record]) -> dict[int, list[str]]:
    """Codes of the libraries that hold each record (two statements)."""
    held = hooks.library_ids_of([one.pk for one in records if one.removed_at is None])
    ids = {pk for places in held.values() for pk in places}
    codes = dict(Organization.objects.filter(pk__in=ids).values_list("pk", "code"))
    return {pk: sorted(codes[place] for place in places if place in codes) for pk, places in held.items()}


def _moment(text: str, *, is_end: bool) -> tuple[datetime, bool]:
    """A date or a second in UTC; the end of a day for an ``until`` by dates. Also whether it was a date only."""
    try:
        if len(text) == len("2026-01-01"):
            day = datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
            return (day + timedelta(days=1, seconds=-1) if is_end else day), True
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC), False
    except ValueError as error:
        raise OaiError("badArgument", f"Not a date: {text}.") from error


def _wanted(arguments: Mapping[str, str]) -> dict[str, Any]:
    """What a list was asked for, as a token carries it."""
    facts: dict[str, Any] = {"kind": "records", "prefix": _format(arguments["metadataPrefix"]).prefix}
    kinds = set()
    for name in ("from", "until"):
        if name in arguments:
            moment, is_date = _moment(arguments[name], is_end=name == "until")
            kinds.add(is_date)
            facts[name] = moment.isoformat()
    if len(kinds) > 1:
        raise OaiError("badArgument", "from and until have different granularity.")
    if "from" in facts and "until" in facts and facts["from"] > facts["until"]:
        raise OaiError("badArgument", "from is later than until.")
    if spec := arguments.get("set", ""):
        root, _, code = spec.partition(":")
        if root != _LIBRARY:
            raise OaiError("noRecordsMatch", "There is no such set.")
        facts["set"] = code
    return facts


def _matching(facts: Mapping[str, Any]) -> QuerySet[Record, Record]:
    found = Record.objects.all()
    if "from" in facts:
        found = found.filter(changed_at__gte=datetime.fromisoformat(facts["from"]))
    if "until" in facts:
        # The last second whole: times are kept finer than the protocol tells them.
        found = found.filter(changed_at__lt=datetime.fromisoformat(facts["until"]) + timedelta(seconds=1))
    if "set" in facts:
        mine = {"library__code": facts["set"]} if facts["set"] else {}
        copies = Copy.objects.filter(record=OuterRef("pk"), state=CopyState.IN_FUND, **mine)
        counted = Stock.objects.filter(record=OuterRef("pk"), quantity__gt=0, **mine)
        found = found.filter(Exists(copies) | Exists(counted))
    return found


def _list(request: Request, arguments: Mapping[str, str], verb: str) -> etree._Element:
    if "resumptionToken" in arguments:
        facts = _opened(arguments["resumptionToken"], "records")
    else:
        facts = _wanted(arguments)
        facts |= {"size": _matching(facts).count(), "done": 0}
    form = _format(str(facts["prefix"]))
    found = _matching(facts)
    if "at" in facts:
        at = datetime.fromisoformat(facts["at"])
        found = found.filter(Q(changed_at__gt=at) | Q(changed_at=at, id__gt=facts["id"]))
    if verb == "ListIdentifiers":
        found = found.only("pk", "control_number", "changed_at", "removed_at")
    records = list(found.order_by("changed_at", "id")[: PAGE + 1])
    if not records and "at" not in facts:
        raise OaiError("noRecordsMatch", "Nothing matches.")
    element = etree.Element(f"{{{OAI}}}{verb}")
    codes = _codes(records[:PAGE])
    for record in records[:PAGE]:
        if verb == "ListIdentifiers":
            _header(element, request, record, codes)
        else:
            _record(element, request, record, form, codes)
    size = {"completeListSize": str(facts["size"]), "cursor": str(facts["done"])}
    if len(records) > PAGE:
        last = records[PAGE - 1]
        following = {**facts, "at": last.changed_at.isoformat(), "id": last.pk, "done": facts["done"] + PAGE}
        _add(element, "resumptionToken", _token(following), **size)
    elif "at" in facts:
        _add(element, "resumptionToken", **size)
    return element


_VERBS: Final[dict[str, Callable[[Request, Mapping[str, str]], etree._Element]]] = {
    "Identify": _identify,
    "ListMetadataFormats": _formats,
    "ListSets": _sets,
    "GetRecord": _get,
    "ListIdentifiers": lambda request, arguments: _list(request, arguments, "ListIdentifiers"),
    "ListRecords": lambda request, arguments: _list(request, arguments, "ListRecords"),
}
