"""Pages of submissions: the library's own, those of the levels that accept, the consolidated report."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kitaphana.acquisitions.documents import XLSX, as_pdf, as_xlsx
from kitaphana.core import clock
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError, NotFound
from kitaphana.core.web.page import Request, command_id_of, number, page
from kitaphana.fund.views.files import pdf_answer
from kitaphana.organizations import queries as organizations
from kitaphana.organizations.models import Organization
from kitaphana.submissions import exports, figures, queries, services, validation
from kitaphana.submissions.enums import UNDECIDED, Kind, Move, Severity, State
from kitaphana.submissions.errors import SubmissionNotFound
from kitaphana.submissions.models import Submission
from kitaphana.submissions.queries import VIEW


def _node(request: Request) -> Organization:
    reach = request.actor.reach(VIEW)
    if code := (request.GET.get("node") or request.POST.get("node")):
        return organizations.organization_by_code(code, reach)
    if request.library and reach.prefixes == (request.library.path,):
        library: Organization = request.library
        return library
    return organizations.top_nodes(reach)[0]


def _year(request: Request) -> int:
    today = clock.today()
    year = number(request.GET.get("year") or request.POST.get("year"))
    return year if year is not None and today.year - 10 <= year <= today.year else today.year


def _kind(request: Request) -> Kind:
    asked = request.GET.get("kind") or request.POST.get("kind") or Kind.ANNUAL
    return Kind(asked) if asked in Kind.values else Kind.ANNUAL


def _language(request: Request) -> str:
    asked = request.GET.get("language", "")
    return asked if asked in ("kk", "ru", "en") else get_language() or "kk"


def _place(request: Request) -> dict[str, Any]:
    node, year, kind = _node(request), _year(request), _kind(request)
    above = organizations.lineage(node)[:-1]
    return {
        "node": node,
        "year": year,
        "kind": kind,
        "kinds": Kind,
        "lineage": [one for one in above if request.actor.may(VIEW, one.path)],
        "years": range(clock.today().year, clock.today().year - 6, -1),
        "query": urlencode({"node": node.code, "year": year, "kind": kind.value}),
    }


def _common(request: Request) -> dict[str, Any]:
    return {"actor": request.actor, "at": clock.now(), "command_id": command_id_of(request)}


def _refuse(request: Request, refusal: DomainError) -> None:
    messages.error(request, f"{refusal} {refusal.advice_text}")


@page(VIEW)
def submissions(request: Request) -> HttpResponse:
    """A library's reports of a year; for a level above the state of everybody's."""
    place = _place(request)
    node, year, today = place["node"], place["year"], clock.today()
    if node.is_library:
        cards = [(kind, queries.current(node, kind, year), queries.deadline_for(node, kind, year)) for kind in Kind]
        past = Submission.objects.filter(library=node).defer("content").order_by("-year", "kind", "-version")
        context = {**place, "cards": cards, "past": past[:50], "today": today,
                   "may_send": request.actor.may(Permission.REPORTS_SUBMIT, node.path)}  # fmt: skip
        return render(request, "submissions/library.html", context)
    found = queries.lines(node, place["kind"], year, today)
    only = request.GET.get("only", "")
    shown = [line for line in found if _matches(line, only)]
    late = [line.library.code for line in found if line.is_late]
    counts = queries.counts(found)
    context = {
        **place,
        "lines": shown[:500],
        "all": len(found),
        "only": only,
        "late": late,
        "late_query": urlencode({"to": ",".join(late[:100])}),
        "states": [("none", _("Not begun"), counts.get("", 0)),
                   *((state.value, state.label, counts.get(state.value, 0)) for state in State)],
        "deadline": queries.deadline_for(node, place["kind"], year),
        "may_accept": request.actor.may(Permission.REPORTS_ACCEPT, node.path),
    }  # fmt: skip
    return render(request, "submissions/overview.html", context)


def _matches(line: queries.Line, only: str) -> bool:
    if not only:
        return True
    if only == "late":
        return line.is_late
    return (line.submission.state if line.submission else "none") == only


@page(Permission.REPORTS_ACCEPT)
@require_POST
def set_deadline(request: Request) -> HttpResponse:
    """Say until when everybody below submits."""
    place = _place(request)
    try:
        services.set_deadline(
            node=place["node"], kind=place["kind"], year=place["year"],
            on=date.fromisoformat(request.POST.get("on", "")), **_common(request),
        )  # fmt: skip
        messages.success(request, _("The deadline is set."))
    except ValueError:
        messages.error(request, _("Enter a day."))
    except DomainError as refusal:
        _refuse(request, refusal)
    return redirect(f"{reverse('submissions:submissions')}?{place['query']}")


def _entered(request: Request, kind: Kind) -> dict[str, int]:
    return {
        field.code: value
        for field in figures.typed(kind)
        if (value := number(request.POST.get(field.code, ""))) is not None
    }


@page(VIEW)
def draft(request: Request) -> HttpResponse:
    """A report as it stands now: it fills itself; what is wrong; sending it to the director."""
    place = _place(request)
    node, year, kind = place["node"], place["year"], place["kind"]
    if not node.is_library:
        raise NotFound
    entered = _entered(request, kind)
    if request.method == "POST":
        try:
            made = services.send(
                library=node,
                kind=kind,
                year=year,
                entered=entered,
                note=request.POST.get("note", ""),
                **_common(request),
            )
        except DomainError as refusal:
            _refuse(request, refusal)
        else:
            messages.success(request, _("The director sees the report now."))
            return redirect("submissions:submission", made.pk)
    last = queries.last_before(node, kind, year)
    if not entered and last is not None:
        entered = {one.code: last.content[one.code] for one in figures.typed(kind) if one.code in last.content}
    content = figures.count(node, kind, year, clock.today(), entered)
    found, standing = validation.findings(node, kind, content), queries.current(node, kind, year)
    context = {
        **place,
        "changes": validation.compare(kind, content, last.content if last else None),
        "doors": _doors(node, kind, year),
        "last": last,
        "findings": found,
        "errors": sum(1 for one in found if one.severity == Severity.ERROR),
        "standing": standing,
        "is_on_its_way": standing is not None and standing.state in UNDECIDED,
        "typed": [(field, figures.label_of(field), entered.get(field.code, "")) for field in figures.typed(kind)],
        "may_send": request.actor.may(Permission.REPORTS_SUBMIT, node.path),
        "note": request.POST.get("note", ""),
    }
    return render(request, "submissions/draft.html", context)


def _doors(library: Organization, kind: str, year: int) -> dict[str, str]:
    """Addresses of the records behind figures."""
    today, found = clock.today(), {}
    for field in figures.FIELDS[kind]:
        if field.door is not None:
            measure, filters, is_of_year = field.door
            last = min(today, date(year, 12, 31))
            first = date(year, 1, 1) if is_of_year else last
            asked = {"node": library.code, "since": first.isoformat(), "until": last.isoformat(), **filters}
            found[field.code] = f"{reverse('monitoring:records', args=[measure.value])}?{urlencode(asked)}"
    return found


@page(VIEW)
def submission(request: Request, pk: int) -> HttpResponse:
    """A report as it was sent, beside the last one, with its steps and what may be done with it."""
    one = queries.submission_within(pk, request.actor.reach(VIEW))
    if request.method == "POST":
        move = request.POST.get("move", "")
        try:
            if move in Move.values:
                services.decide(
                    submission=one, move=Move(move), comment=request.POST.get("comment", ""), **_common(request)
                )
                messages.success(request, _("Done."))
        except DomainError as refusal:
            _refuse(request, refusal)
        return redirect("submissions:submission", pk)
    levels = queries.levels_of(one.library)
    node = services.decider(one, levels)
    last = queries.last_before(one.library, one.kind, one.year, one.version)
    order = [State.DIRECTOR, *levels, State.ACCEPTED]
    context = {
        "one": one,
        "node": one.library,
        "changes": validation.compare(one.kind, one.content, last.content if last else None),
        "last": last,
        "steps": one.steps.order_by("pk"),
        "road": [
            (state.label, state == one.state, one.state in order and order.index(state) < order.index(State(one.state)))
            for state in order
        ],
        "may_decide": services.may_decide(request.actor, one, node),
        "is_director": one.state == State.DIRECTOR,
        "may_repeat": one.state == State.RETURNED and request.actor.may(Permission.REPORTS_SUBMIT, one.library.path),
        "holds": services.digest_of(one.content) == one.digest,
        "findings": validation.findings(one.library, one.kind, one.content) if node is not None else [],
    }
    return render(request, "submissions/submission.html", context)


@page(VIEW)
def submission_file(request: Request, pk: int, form: str) -> HttpResponseBase:
    """A report as a file; JSON and XML are for data sets."""
    one, language = queries.submission_within(pk, request.actor.reach(VIEW)), _language(request)
    name = f"{one.kind.lower()}-{one.library.code}-{one.year}-{one.version}"
    if form == "pdf":
        return pdf_answer(as_pdf(exports.paper(one, language=language), language=language), name)
    if form == "xlsx":
        paper = exports.paper(one, language=language)
        return FileResponse(as_xlsx(paper), as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)
    disposition = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    if form == "json":
        return HttpResponse(exports.as_json(one), content_type="application/json", headers=disposition)
    if form == "xml" and one.kind == Kind.NEDB:
        parts = exports.xml_parts(one.library, one.year, [one], clock.now())
        return StreamingHttpResponse(parts, content_type="application/xml", headers=disposition)
    raise SubmissionNotFound


@page(VIEW)
def consolidated(request: Request) -> HttpResponse:
    """The accepted reports below a node added up, and what was signed."""
    place = _place(request)
    node, year, kind = place["node"], place["year"], place["kind"]
    if request.method == "POST":
        try:
            services.consolidate(
                node=node, kind=kind, year=year, comment=request.POST.get("comment", ""), **_common(request)
            )
            messages.success(request, _("The consolidated report is signed."))
        except DomainError as refusal:
            _refuse(request, refusal)
        return redirect(f"{reverse('submissions:consolidated')}?{place['query']}")
    reports = queries.accepted(node, kind, year)
    sums = figures.added(kind, [one.content for one in reports])
    told = {one.library_id for one in reports}
    context = {
        **place,
        "reports": reports,
        "rows": [
            (field.code, str(field.section), figures.label_of(field), figures.value_of(field, sums), field.sort)
            for field in figures.FIELDS[kind]
            if field.code in sums
        ],
        "missing": [library for library in queries.expected(node) if library.pk not in told],
        "signed": list(queries.consolidations(node, kind, year)[:50]),
        "may_sign": request.actor.may(Permission.REPORTS_ACCEPT, node.path),
    }
    return render(request, "submissions/consolidated.html", context)


@page(VIEW)
def figure(request: Request, code: str) -> HttpResponse:
    """One figure of the consolidated report: each library's number."""
    place = _place(request)
    field = next((one for one in figures.FIELDS[place["kind"]] if one.code == code), None)
    if field is None:
        raise NotFound
    reports = queries.accepted(place["node"], place["kind"], place["year"])
    rows = [(one, figures.value_of(field, one.content)) for one in reports]
    whole = figures.added(place["kind"], [one.content for one in reports]).get(code)
    context = {**place, "field": field, "label": figures.label_of(field), "rows": rows, "whole": whole}
    return render(request, "submissions/figure.html", context)


@page(VIEW)
def consolidated_file(request: Request, form: str) -> HttpResponseBase:
    """The consolidated report as PDF or XLSX; the data sets of everybody as XML."""
    place, language = _place(request), _language(request)
    node, year, kind = place["node"], place["year"], place["kind"]
    reports = queries.accepted(node, kind, year)
    name = f"{kind.lower()}-{node.code}-{year}"
    if form == "xml" and kind == Kind.NEDB:
        headers = {"Content-Disposition": f'attachment; filename="{name}.xml"'}
        parts = exports.xml_parts(node, year, reports, clock.now())
        return StreamingHttpResponse(parts, content_type="application/xml", headers=headers)
    sums = figures.added(kind, [one.content for one in reports])
    if form == "pdf":
        paper = exports.consolidated(node, kind, year, sums, reports, language=language)
        return pdf_answer(as_pdf(paper, language=language), name)
    if form != "xlsx":
        raise NotFound
    stream = exports.consolidated_xlsx(node, kind, year, sums, reports, language=language)
    return FileResponse(stream, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)


@page(None)
def xsd(request: Request) -> HttpResponse:
    """The XML schema of data sets."""
    return HttpResponse(exports.xsd(), content_type="application/xml")


@page(None)
def json_schema(request: Request) -> HttpResponse:
    """The JSON Schema of a data set."""
    return JsonResponse(exports.json_schema(), json_dumps_params={"ensure_ascii": False, "indent": 1})
