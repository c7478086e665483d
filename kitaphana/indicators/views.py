"""Pages of the indicators: scorecard, one indicator with what stands behind it, comparison, registry."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import NotFound
from kitaphana.core.web.page import Request, number, page
from kitaphana.fund.views.files import xlsx_answer
from kitaphana.indicators import queries, spreadsheets
from kitaphana.indicators.enums import Measure
from kitaphana.indicators.registry import INDICATORS, Indicator
from kitaphana.monitoring.enums import Measure as Records
from kitaphana.organizations import queries as organizations
from kitaphana.organizations.models import Organization

VIEW = Permission.NUMBERS_VIEW
CORE, TEXTBOOK = {"fund": "CORE"}, {"fund": "TEXTBOOK"}
DOORS: dict[Measure, tuple[str, dict[str, str], bool]] = {
    Measure.VISITS: (Records.VISITS, {}, True),
    Measure.LOANS: (Records.LOANS, CORE, True),
    Measure.TEXTBOOK_LOANS: (Records.LOANS, TEXTBOOK, True),
    Measure.RENEWALS: (Records.RENEWALS, {}, True),
    Measure.NEW_READERS: (Records.NEW_READERS, {}, True),
    Measure.EVENTS: (Records.EVENTS, {}, True),
    Measure.ATTENDANCE: (Records.EVENTS, {}, True),
    Measure.REFERENCES: (Records.REFERENCES, {}, True),
    Measure.RECEIVED: (Records.FUND_IN, CORE, True),
    Measure.SPENT: (Records.FUND_IN, CORE, True),
    Measure.WITHDRAWN: (Records.FUND_OUT, CORE, True),
    Measure.READERS: (Records.READERS, {}, False),
    Measure.COPIES: (Records.FUND_AT, CORE, False),
    Measure.TEXTBOOKS: (Records.FUND_AT, TEXTBOOK, False),
    Measure.WORTH: (Records.FUND_AT, CORE, False),
    Measure.ON_LOAN: (Records.ON_LOAN, CORE, False),
    Measure.OVERDUE: (Records.OVERDUE, CORE, False),
    Measure.ACTIVE: (Records.ACTIVE, {}, True),
}
"""Which list of records stands behind a measure, its filters, and whether it is of the whole year or of its last day."""
PAGES = {
    Measure.LIST_NEEDED: "renewal:overview",
    Measure.LIST_PROVIDED: "renewal:overview",
    Measure.SETS_NEEDED: "textbooks:provision",
    Measure.SETS_PROVIDED: "textbooks:provision",
    Measure.LIBRARIES: "organizations:tree",
}


def door(measure: Measure, node: Organization, year: int, today: date) -> str:
    """Address of the records that a measure counts."""
    if measure in PAGES:
        return f"{reverse(PAGES[measure])}?{urlencode({'node': node.code})}"
    records, filters, is_of_year = DOORS[measure]
    last = min(today, date(year, 12, 31))
    first = date(year, 1, 1) if is_of_year else last
    asked = {"node": node.code, "since": first.isoformat(), "until": last.isoformat(), **filters}
    return f"{reverse('monitoring:records', args=[records])}?{urlencode(asked)}"


def _node(request: Request) -> Organization:
    reach = request.actor.reach(VIEW)
    if code := request.GET.get("node"):
        return organizations.organization_by_code(code, reach)
    if request.library and reach.prefixes == (request.library.path,):
        library: Organization = request.library
        return library
    return organizations.top_nodes(reach)[0]


def _place(request: Request) -> dict[str, object]:
    node, today = _node(request), clock.today()
    year = number(request.GET.get("year"))
    year = year if year is not None and today.year - 10 <= year <= today.year else today.year
    above = organizations.lineage(node)[:-1]
    return {
        "node": node,
        "lineage": [one for one in above if request.actor.may(VIEW, one.path)],
        "year": year,
        "years": range(today.year, today.year - 6, -1),
        "query": urlencode({"node": node.code, "year": year}),
    }


def _scores(place: dict[str, object]) -> list[queries.Score]:
    node, year = place["node"], place["year"]
    assert isinstance(node, Organization)
    assert isinstance(year, int)
    beside = [other.pk for other in queries.similar(node, year)] if node.is_library else []
    return queries.scorecard(node, year, clock.today(), beside=beside)


@page(VIEW)
def scorecard(request: Request) -> HttpResponse:
    """Every indicator of a node: this year, the year before, similar libraries, twelve months."""
    place = _place(request)
    scores = _scores(place)
    parts = [(part, list(lines)) for part, lines in groupby(scores, key=lambda one: one.indicator.part)]
    is_empty = not any(one.now.numerator or one.before.numerator for one in scores)
    return render(request, "indicators/scorecard.html", {**place, "parts": parts, "is_empty": is_empty})


@page(VIEW)
def scorecard_xlsx(request: Request) -> HttpResponseBase:
    """The scorecard as a workbook."""
    node, year = _node(request), int(str(_place(request)["year"]))
    scores = _scores({"node": node, "year": year})
    return xlsx_answer(spreadsheets.scorecard_xlsx(node, year, scores), f"indicators-{node.code}-{year}")


def _indicator(code: str) -> Indicator:
    if code not in INDICATORS:
        raise NotFound
    return INDICATORS[code]


@page(VIEW)
def indicator(request: Request, code: str) -> HttpResponse:
    """One indicator: its definition, its two numbers with the records behind them, by place and by month."""
    one, place, today = _indicator(code), _place(request), clock.today()
    node, year = _node(request), int(str(place["year"]))
    (score,) = queries.scorecard(node, year, today, [code])
    children = [] if node.is_library else list(organizations.children_of(node))
    context = {
        **place,
        "one": one,
        "score": score,
        "numerator": [(measure.label, door(measure, node, year, today)) for measure in one.numerator],
        "denominator": [(measure.label, door(measure, node, year, today)) for measure in one.denominator],
        "children": [(child, found[code]) for child, found in queries.by_child(node, children, year, [code])],
    }
    return render(request, "indicators/indicator.html", context)


@page(VIEW)
def compare(request: Request) -> HttpResponse:
    """A library beside similar ones."""
    place = _place(request)
    node, year = _node(request), int(str(place["year"]))
    others = queries.similar(node, year) if node.is_library else []
    context = {
        **place,
        "others": len(others),
        "shown": [other for other in others if request.actor.may(VIEW, other.path)][:50],
        "places": queries.places(node, others, year) if others else [],
        "band": queries.band_of(int(queries.measure(node, Measure.READERS, year))) if node.is_library else None,
    }
    return render(request, "indicators/compare.html", context)


@page(VIEW)
def compare_xlsx(request: Request) -> HttpResponseBase:
    """The comparison as a workbook."""
    node, year = _node(request), int(str(_place(request)["year"]))
    if not node.is_library:
        raise NotFound
    found = queries.places(node, queries.similar(node, year), year)
    return xlsx_answer(spreadsheets.places_xlsx(node, year, found), f"comparison-{node.code}-{year}")


@page(VIEW)
def registry(request: Request) -> HttpResponse:
    """Every definition."""
    return render(request, "indicators/registry.html", {**_place(request), "indicators": INDICATORS.values()})


@page(VIEW)
def registry_xlsx(request: Request) -> HttpResponseBase:
    """The definitions as a workbook."""
    return xlsx_answer(spreadsheets.registry_xlsx(), "indicators")


@page(VIEW)
def registry_csv(request: Request) -> HttpResponse:
    """The definitions as CSV."""
    return HttpResponse(
        spreadsheets.registry_csv(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="indicators.csv"'},
    )
