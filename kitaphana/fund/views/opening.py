"""Pages of the opening balance: upload, columns and preview, taking, report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kitaphana.core import clock, jobs
from kitaphana.core.access import Permission
from kitaphana.core.errors import DomainError
from kitaphana.core.models import Job, JobState
from kitaphana.core.web.page import Request, page
from kitaphana.fund import opening
from kitaphana.fund import services as fund
from kitaphana.fund.enums import FundType
from kitaphana.fund.forms import OpeningForm
from kitaphana.fund.jobs import OPENING
from kitaphana.fund.spreadsheets import opening_problems_xlsx, opening_template_xlsx
from kitaphana.fund.views.files import xlsx_answer
from kitaphana.fund.views.library import chosen_date, chosen_language, with_library
from kitaphana.organizations.models import Organization
from kitaphana.people import roster, uploads
from kitaphana.people.errors import FileTooLarge

SHOWN = 50
SHOWN_PROBLEMS = 300


@dataclass(frozen=True, slots=True)
class Choice:
    """What the person says of a file: the day of the balance, the fund of rows that name none, the columns."""

    start: date
    fund: str
    columns: tuple[str, ...]

    def query(self, library: Organization) -> str:
        """As the query of an address."""
        columns = [(f"c{number}", column) for number, column in enumerate(self.columns)]
        return urlencode([("library", library.code), ("start", self.start.isoformat()), ("fund", self.fund), *columns])


def _choice(given: Any) -> Choice:
    columns: list[str] = []
    while len(columns) < opening.MOST_COLUMNS and (name := f"c{len(columns)}") in given:
        column = given[name]
        # Two columns can't both be the title: the first one is.
        columns.append(column if column in opening.COLUMNS and column not in columns else "")
    fund_type = given.get("fund", "")
    return Choice(
        chosen_date(given.get("start")) or clock.today(),
        fund_type if fund_type in FundType.values else FundType.CORE.value,
        tuple(columns),
    )


@page(Permission.FUND_RECEIVE)
@with_library(Permission.FUND_RECEIVE)
@require_http_methods(["GET", "POST"])
def upload(request: Request, library: Organization) -> HttpResponse:
    """Choose a file; it is kept and shown as it would be taken."""
    form = OpeningForm(request.POST or None, request.FILES or None, initial={"start": clock.today()})
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        choice = Choice(form.cleaned_data["start"], form.cleaned_data["fund"], ())
        try:
            if file.size > roster.MOST_BYTES:
                raise FileTooLarge(rows=roster.MOST_ROWS, megabytes=roster.MOST_BYTES // 2**20)
            data = file.read()
            # Read once already: a file that is no table is refused here, beside the field.
            opening.find_head(roster.read_cells(data, file.name))
        except DomainError as refusal:
            form.add_error("file", f"{refusal} {refusal.advice_text}")
        else:
            kept = uploads.keep(library_id=library.pk, user_id=request.actor.user_id, file_name=file.name, data=data)
            return redirect(f"{reverse('fund:opening_preview', args=[kept.id])}?{choice.query(library)}")
    context = {"node": library, "form": form, "columns": opening.COLUMN_TITLES.values()}
    return render(request, "fund/opening.html", context, status=422 if form.errors else 200)


@page(Permission.FUND_RECEIVE)
@require_safe
def template_xlsx(request: Request) -> HttpResponseBase:
    """An empty table with the right columns."""
    language = chosen_language(request)
    return xlsx_answer(opening_template_xlsx(language=language), f"opening-balance-{language}")


def _plan(
    request: Request, library: Organization, kept: uploads.Upload, choice: Choice
) -> tuple[fund.OpeningPlan | None, DomainError | None]:
    try:
        plan = fund.plan_opening(
            actor=request.actor,
            library=library,
            data=kept.data,
            file_name=kept.file_name,
            start=choice.start,
            at=clock.now(),
            columns=choice.columns,
            default_fund=choice.fund,
        )
    except DomainError as refusal:
        return None, refusal
    return plan, None


@page(Permission.FUND_RECEIVE)
@with_library(Permission.FUND_RECEIVE)
@require_safe
def preview(request: Request, library: Organization, upload_id: UUID) -> HttpResponse:
    """What taking the file would do, with every bad row and what to do about it; nothing is written yet."""
    kept = uploads.find(upload_id, library_id=library.pk, user_id=request.actor.user_id)
    choice = _choice(request.GET)
    plan, refused = _plan(request, library, kept, choice)
    context: dict[str, Any] = {
        "node": library,
        "upload": kept,
        "choice": choice,
        "funds": FundType.choices,
        "today": clock.today(),
        "refused": refused,
        "titles": opening.COLUMN_TITLES.items(),
    }
    if plan is not None:
        choice = Choice(choice.start, choice.fund, tuple(plan.head.columns))
        context |= {
            "plan": plan,
            "total": plan.total,
            "head": [
                (f"c{index}", name, column, [row[index] for row in plan.head.samples if index < len(row)])
                for index, (name, column) in enumerate(zip(plan.head.names, plan.head.columns, strict=True))
            ],
            "query": choice.query(library),
            "chosen": [(f"c{index}", column) for index, column in enumerate(choice.columns)],
            "sums": [(FundType(name).label, sums) for name, sums in sorted(plan.sums.items())],
            "problems": plan.problems[:SHOWN_PROBLEMS],
            "hidden_problems": max(0, len(plan.problems) - SHOWN_PROBLEMS),
            "notes": plan.book.notes[:SHOWN],
            "hidden_notes": max(0, len(plan.book.notes) - SHOWN),
            "rows": plan.rows[:SHOWN],
            "hidden_rows": max(0, len(plan.rows) - SHOWN),
        }
    return render(request, "fund/opening_preview.html", context, status=refused.status if refused else 200)


@page(Permission.FUND_RECEIVE)
@with_library(Permission.FUND_RECEIVE)
@require_safe
def problems_xlsx(request: Request, library: Organization, upload_id: UUID) -> HttpResponseBase:
    """The bad rows of a file as a workbook."""
    kept = uploads.find(upload_id, library_id=library.pk, user_id=request.actor.user_id)
    plan, refused = _plan(request, library, kept, _choice(request.GET))
    if plan is None:
        assert refused is not None
        raise refused
    stream = opening_problems_xlsx(kept.file_name, plan.problems, language=chosen_language(request))
    return xlsx_answer(stream, "bad-rows")


@page(Permission.FUND_RECEIVE)
@with_library(Permission.FUND_RECEIVE)
@require_POST
def take(request: Request, library: Organization, upload_id: UUID) -> HttpResponse:
    """Take exactly the file that was previewed, in the background."""
    kept = uploads.find(upload_id, library_id=library.pk, user_id=request.actor.user_id)
    choice = _choice(request.POST)
    # The button pressed twice leads to the job that runs already.
    running = Job.objects.filter(
        name=OPENING, library_id=library.pk, state__in=[JobState.WAITING, JobState.RUNNING]
    ).order_by("-pk")
    job = next((one for one in running[:20] if one.arguments.get("upload") == str(kept.id)), None)
    if job is None:
        with transaction.atomic():
            job = jobs.enqueue(
                OPENING, actor_id=request.actor.user_id, library_id=library.pk, upload=str(kept.id),
                library=library.pk, user=request.actor.user_id, start=choice.start.isoformat(), fund=choice.fund,
                columns=list(choice.columns),
            )  # fmt: skip
    address = reverse("fund:opening_run", args=[job.pk])
    return redirect(f"{address}?library={library.code}")


@page(Permission.FUND_RECEIVE)
@with_library(Permission.FUND_RECEIVE)
@require_POST
def discard(request: Request, library: Organization, upload_id: UUID) -> HttpResponse:
    """Forget an uploaded file without taking it."""
    kept = uploads.find(upload_id, library_id=library.pk, user_id=request.actor.user_id)
    uploads.forget(kept.id)
    return redirect(f"{reverse('fund:opening')}?library={library.code}")


def _job(request: Request, pk: int) -> Job:
    job = get_object_or_404(Job, pk=pk, name=OPENING)
    library = get_object_or_404(Organization, pk=job.library_id)
    request.actor.require(Permission.FUND_RECEIVE, library.path)
    return job


def _problems(job: Job) -> list[opening.Problem]:
    stored = (job.result or {}).get("problems", [])
    return [opening.Problem(one["row"], one["column"], one["code"], one["params"]) for one in stored]


@page(Permission.FUND_RECEIVE)
@require_safe
def run(request: Request, pk: int) -> HttpResponse:
    """How far the taking is, then its report."""
    job = _job(request, pk)
    result = job.result or {}
    context = {
        "job": job,
        "node": Organization.objects.get(pk=job.library_id),
        "is_over": job.state in {JobState.DONE, JobState.FAILED, JobState.CANCELLED},
        "percent": min(100, job.done * 100 // job.total) if job.total else 0,
        "result": result,
        "problems": _problems(job)[:SHOWN_PROBLEMS],
        "acts": result.get("acts", [])[:40],
    }
    template = "fund/_opening_run.html" if request.htmx and not request.htmx.boosted else "fund/opening_run.html"
    return render(request, template, context)


@page(Permission.FUND_RECEIVE)
@require_safe
def run_problems_xlsx(request: Request, pk: int) -> HttpResponseBase:
    """The rows that were not taken, as a workbook."""
    job = _job(request, pk)
    name = (job.result or {}).get("file", "")
    return xlsx_answer(opening_problems_xlsx(name, _problems(job), language=chosen_language(request)), "bad-rows")
