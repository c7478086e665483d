"""Pages of the roadmap: the board, a measure, the comparison of places."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError, NotFound
from kitaphana.core.web.page import Request, command_id_of, page
from kitaphana.fund.views.files import pdf_answer, xlsx_answer
from kitaphana.mailings import attachments
from kitaphana.mailings.attachments import File
from kitaphana.organizations import queries as organizations
from kitaphana.organizations.models import Organization
from kitaphana.roadmap import charts, exports, queries, services
from kitaphana.roadmap.enums import Light
from kitaphana.roadmap.forms import number_of, year_of
from kitaphana.roadmap.models import FIRST_YEAR, LAST_YEAR, Evidence, LightRule, Measure

VIEW = Permission.NUMBERS_VIEW
FIRST_SHOWN = 2021
"""The first year of the draft roadmap."""


def _node(request: Request) -> Organization:
    """The node in the address within reach, else the highest one, else the library one works in.

    :raises UnknownOrganization, NotFound: out of reach, or the reach is empty.
    """
    reach = request.actor.reach(VIEW)
    if code := (request.GET.get("node") or request.POST.get("node") or "").strip():
        return organizations.organization_by_code(code, reach)
    tops = organizations.top_nodes(reach)
    if not tops:
        raise NotFound
    if request.library and any(top.pk == request.library.pk for top in tops):
        found: Organization = request.library
        return found
    return tops[0]


def _year(request: Request) -> int:
    text = (request.GET.get("year") or request.POST.get("of") or "").strip()
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else 0
    return year if FIRST_YEAR <= year <= LAST_YEAR else clock.today().year


def _place(request: Request, node: Organization, year: int) -> dict[str, Any]:
    """What every page says of where and when it is."""
    above = [one for one in organizations.lineage(node)[:-1] if request.actor.may(VIEW, one.path)]
    this_year = clock.today().year
    years = sorted({*range(FIRST_SHOWN, this_year + 2), year})
    return {
        "node": node,
        "lineage": above,
        "year": year,
        "this_year": this_year,
        "next_year": this_year + 1,
        "years": years,
        "may_edit": request.actor.may(Permission.ROADMAP_EDIT, node.path) and node.kind in services.HIGH,
        "may_prove": request.actor.may(Permission.ROADMAP_EDIT, node.path),
        "query": urlencode({"node": node.code, "year": year}),
    }


@page(VIEW)
def board(request: Request) -> HttpResponse:
    """Five directions, their measures, what was to be reached and what was."""
    node, year = _node(request), _year(request)
    sections = queries.board(node, year, today=clock.today())
    lights = {light: sum(section.lights[light] for section in sections) for light in Light}
    only = request.GET.get("light", "")
    shown = []
    for section in sections:
        rows = [
            {
                "row": row,
                "trend": charts.trend(row.trend),
                "has_trend": any(line.actual.value is not None for line in row.trend),
            }
            for row in section.rows
            if only not in Light.values or row.line.light == only
        ]
        if rows:
            shown.append((section.direction, rows))
    context = {
        **_place(request, node, year),
        "sections": shown,
        "lights": [
            (light, number, f"?{urlencode({'node': node.code, 'year': year, 'light': light.value})}")
            for light, number in lights.items()
        ],
        "only": Light(only) if only in Light.values else None,
        "rule": queries.Rules().general,
        "has_targets": any(row.line.goal is not None for section in sections for row in section.rows),
        "children": [] if node.is_library else list(organizations.children_of(node).filter(is_closed=False)),
        "may_rule": _may_rule(request),
    }
    return render(request, "roadmap/board.html", context)


def _may_rule(request: Request) -> bool:
    tops = organizations.top_nodes(request.actor.reach(Permission.ROADMAP_EDIT))
    return any(top.depth == 1 for top in tops)


@page(VIEW)
def board_csv(request: Request) -> HttpResponse:
    """The board as CSV."""
    node, year = _node(request), _year(request)
    content = exports.board_csv(queries.board(node, year, today=clock.today()))
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="roadmap-{node.code}-{year}.csv"'
    return response


@page(VIEW)
def board_xlsx(request: Request) -> HttpResponseBase:
    """The board as a workbook."""
    node, year = _node(request), _year(request)
    sections = queries.board(node, year, today=clock.today())
    return xlsx_answer(exports.board_xlsx(node, year, sections), f"roadmap-{node.code}-{year}")


@page(VIEW)
def board_pdf(request: Request) -> HttpResponse:
    """The board on paper."""
    node, year = _node(request), _year(request)
    today = clock.today()
    sections = queries.board(node, year, today=today)
    content = exports.board_pdf(
        node, year, sections, queries.Rules().general, today=today, language=get_language() or "kk"
    )
    return pdf_answer(content, f"roadmap-{node.code}-{year}")


@page(VIEW)
def measure_page(request: Request, code: str) -> HttpResponse:
    """A measure: its formula, years, places below, evidence, history of targets."""
    measure = queries.measure_by_code(code)
    node, year = _node(request), _year(request)
    today = clock.today()
    lines = queries.years_of(node, measure, today=today)
    shown = next((line for line in lines if line.year == year), None)
    if shown is None:
        shown = queries.year_of(node, measure, year, today=today)
    formula = queries.formula_of(measure)
    places = [] if node.is_library else queries.places(node, measure, year, today=today)
    context = {
        **_place(request, node, year),
        "measure": measure,
        "formula": formula,
        "line": shown,
        "lines": lines,
        "chart": charts.years([line for line in lines if line.goal is not None or line.actual.value is not None]),
        "places": places,
        "doors": [
            (door.words, address)
            for door in (formula.doors if formula else ())
            if (address := door.address(node, year))
        ],
        "evidence": queries.evidence_of(node, measure),
        "history": queries.history(node, measure)[:100],
        "rule": queries.Rules().of(measure),
        "own_rule": LightRule.objects.filter(measure=measure).exists(),
        "may_rule": _may_rule(request),
        "accept": attachments.ACCEPT,
        "may_enter": formula is None or year < today.year,
    }
    return render(request, "roadmap/measure.html", context)


def _file(request: Request) -> File | None:
    """The file that came with a form."""
    came = request.FILES.get("file")
    if came is None or not came.name:
        return None
    # One byte more than is taken is enough to be refused; the rest is not read.
    return File(came.name, came.read(attachments.LARGEST_BYTES + 1))


def _back(node: Organization, measure: Measure, year: int) -> HttpResponse:
    return redirect(f"{reverse('roadmap:measure', args=[measure.code])}?{urlencode({'node': node.code, 'year': year})}")


@page(Permission.ROADMAP_EDIT)
@require_POST
def set_target(request: Request, code: str) -> HttpResponse:
    """Set or change a target."""
    measure, node = queries.measure_by_code(code), _node(request)
    try:
        services.set_target(
            actor=request.actor,
            measure=measure,
            node=node,
            year=year_of(request.POST.get("year", "")),
            value=number_of(request.POST.get("value", "")),
            reason=request.POST.get("reason", ""),
            note=request.POST.get("note", ""),
            at=clock.now(),
            command_id=command_id_of(request),
        )
    except DomainError as refusal:
        messages.error(request, f"{refusal} {refusal.advice_text}")
    else:
        messages.success(request, _("The target is set."))
    return _back(node, measure, _year(request))


@page(Permission.ROADMAP_EDIT)
@require_POST
def enter_value(request: Request, code: str) -> HttpResponse:
    """Enter a value that no record tells."""
    measure, node = queries.measure_by_code(code), _node(request)
    try:
        services.enter_value(
            actor=request.actor,
            measure=measure,
            node=node,
            year=year_of(request.POST.get("year", "")),
            value=number_of(request.POST.get("value", "")),
            text=request.POST.get("text", ""),
            link=request.POST.get("link", ""),
            file=_file(request),
            at=clock.now(),
            command_id=command_id_of(request),
        )
    except DomainError as refusal:
        messages.error(request, f"{refusal} {refusal.advice_text}")
    else:
        messages.success(request, _("The value is entered."))
    return _back(node, measure, _year(request))


@page(Permission.ROADMAP_EDIT)
@require_POST
def add_evidence(request: Request, code: str) -> HttpResponse:
    """Add evidence to a measure."""
    measure, node = queries.measure_by_code(code), _node(request)
    try:
        services.add_evidence(
            actor=request.actor,
            measure=measure,
            node=node,
            year=year_of(request.POST.get("year", "")),
            text=request.POST.get("text", ""),
            link=request.POST.get("link", ""),
            file=_file(request),
            at=clock.now(),
            command_id=command_id_of(request),
        )
    except DomainError as refusal:
        messages.error(request, f"{refusal} {refusal.advice_text}")
    else:
        messages.success(request, _("The evidence is added."))
    return _back(node, measure, _year(request))


@page(Permission.ROADMAP_EDIT)
@require_POST
def withdraw_evidence(request: Request, pk: int) -> HttpResponse:
    """Strike a piece of evidence out."""
    evidence = Evidence.objects.select_related("node", "measure").filter(pk=pk).first()
    if evidence is None or not request.actor.may(Permission.ROADMAP_EDIT, evidence.node.path):
        raise NotFound
    try:
        services.withdraw_evidence(actor=request.actor, evidence=evidence, at=clock.now())
    except DomainError as refusal:
        messages.error(request, f"{refusal} {refusal.advice_text}")
    else:
        messages.success(request, _("The evidence is struck out."))
    return _back(evidence.node, evidence.measure, evidence.year)


@page(VIEW)
def evidence_file(request: Request, pk: int) -> HttpResponseBase:
    """The file of a piece of evidence; always saved, never opened inside the site."""
    evidence = Evidence.objects.select_related("node").exclude(stored="").filter(pk=pk).first()
    if evidence is None or not request.actor.may(VIEW, evidence.node.path):
        raise NotFound
    try:
        stream = default_storage.open(evidence.stored)
    except FileNotFoundError:
        raise NotFound from None
    response = FileResponse(stream, as_attachment=True, filename=evidence.file_name, content_type=evidence.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


@page(Permission.ROADMAP_EDIT)
@require_POST
def load_targets(request: Request) -> HttpResponse:
    """Take over the numbers of the draft roadmap."""
    node, year = _node(request), _year(request)
    try:
        number = services.load_targets(
            actor=request.actor, node=node, at=clock.now(), command_id=command_id_of(request)
        )
    except DomainError as refusal:
        messages.error(request, f"{refusal} {refusal.advice_text}")
    else:
        messages.success(request, _("Targets set: %(number)s.") % {"number": number})
    return redirect(f"{reverse('roadmap:board')}?{urlencode({'node': node.code, 'year': year})}")


@page(Permission.ROADMAP_EDIT)
@require_POST
def set_rule(request: Request) -> HttpResponse:
    """Set the bounds of the traffic light, of all measures or of one."""
    node, year = _node(request), _year(request)
    code = request.POST.get("measure", "")
    measure = queries.measure_by_code(code) if code else None
    try:
        services.set_rule(
            actor=request.actor,
            measure=measure,
            green_from=number_of(request.POST.get("green_from", "")),
            amber_from=number_of(request.POST.get("amber_from", "")),
            at=clock.now(),
        )
    except DomainError as refusal:
        messages.error(request, f"{refusal} {refusal.advice_text}")
    else:
        messages.success(request, _("The rule of the traffic light is set."))
    if measure:
        return _back(node, measure, year)
    return redirect(f"{reverse('roadmap:board')}?{urlencode({'node': node.code, 'year': year})}")


@page(VIEW)
def compare(request: Request) -> HttpResponse:
    """A measure in the places below a node: on the map where they are regions, ranked, as a table."""
    node, year = _node(request), _year(request)
    measures = list(Measure.objects.select_related("direction"))
    wanted = request.GET.get("measure", "")
    measure = next((one for one in measures if one.code == wanted), None) or next(
        (one for one in measures if one.code == "L6"), measures[0] if measures else None
    )
    if measure is None:
        raise NotFound
    places = [] if node.is_library else queries.places(node, measure, year, today=clock.today())
    ranks = charts.ranking(places)
    ranked = {rank.place.node.pk for rank in ranks}
    context = {
        **_place(request, node, year),
        "measures": measures,
        "measure": measure,
        "map": charts.country(places),
        "ranks": ranks,
        "untold": [place for place in places if place.node.pk not in ranked],
        "places": places,
        "lights": [
            (light, charts.SYMBOLS[light], sum(place.line.light == light for place in places)) for light in Light
        ],
        "rule": queries.Rules().of(measure),
    }
    return render(request, "roadmap/compare.html", context)


@page(VIEW)
def compare_csv(request: Request) -> HttpResponse:
    """The comparison as CSV."""
    node, year = _node(request), _year(request)
    measure = queries.measure_by_code(request.GET.get("measure", "L6"))
    places = queries.places(node, measure, year, today=clock.today())
    response = HttpResponse(exports.places_csv(measure, places), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{measure.code}-{node.code}-{year}.csv"'
    return response
