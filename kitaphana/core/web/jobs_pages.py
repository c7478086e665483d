"""Background work as the person sees it: mine, its progress, its result, a way to stop it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_POST

from kitaphana.core import hooks
from kitaphana.core import jobs as background
from kitaphana.core.access import Permission
from kitaphana.core.models import Job, JobState
from kitaphana.core.web.page import Request, page
from kitaphana.core.web.paging import paginate

OVER = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED})


def _mine(request: Request) -> Any:
    if request.actor.may_somewhere(Permission.INSTALLATION):
        return Job.objects.all()
    return Job.objects.filter(actor_id=request.actor.user_id)


def _line(job: Job) -> dict[str, Any]:
    page_name = hooks.job_pages.get(job.name)
    result_url = ""
    if page_name:
        try:
            result_url = reverse(page_name, args=[job.pk])
        except NoReverseMatch:
            result_url = ""
    return {
        "job": job,
        "label": hooks.label_of(job.name),
        "is_over": job.state in OVER,
        "percent": min(100, job.done * 100 // job.total) if job.total else None,
        "result_url": result_url,
    }


@page(Permission.OWN_ACCOUNT)
def jobs(request: Request) -> HttpResponse:
    """My background work, newest first; the administrator sees everybody's."""
    rows, following = paginate(_mine(request), request.GET.get("cursor"), descending=True)
    lines = [_line(job) for job in rows]
    context = {"lines": lines, "next": following, "is_moving": any(not line["is_over"] for line in lines)}
    template = "core/_jobs.html" if request.htmx and not request.htmx.boosted else "core/jobs.html"
    return render(request, template, context)


@page(Permission.OWN_ACCOUNT)
def job(request: Request, pk: int) -> HttpResponse:
    """One job: how far it is, then what came of it."""
    found = get_object_or_404(_mine(request), pk=pk)
    figures = []
    if isinstance(found.result, dict):
        figures = [
            (name.replace("_", " "), value)
            for name, value in found.result.items()
            if isinstance(value, int | float | str) and not isinstance(value, bool)
        ]
    context = {"line": _line(found), "figures": figures}
    template = "core/_job.html" if request.htmx and not request.htmx.boosted else "core/job.html"
    return render(request, template, context)


@page(Permission.OWN_ACCOUNT)
@require_POST
def job_cancel(request: Request, pk: int) -> HttpResponse:
    """Ask a job to stop."""
    background.cancel(get_object_or_404(_mine(request), pk=pk))
    return redirect("job", pk)
