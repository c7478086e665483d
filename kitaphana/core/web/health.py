"""What a supervisor asks: alive, ready, figures for monitoring."""

from __future__ import annotations

import resource

from django.db import connection
from django.http import HttpResponse

from kitaphana.core.models import Job, JobState
from kitaphana.core.web.page import Request, page


@page(None)
def alive(request: Request) -> HttpResponse:
    """200 while the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@page(None)
def ready(request: Request) -> HttpResponse:
    """200 when the database answers too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return HttpResponse("ready\n", content_type="text/plain")


@page(None)
def metrics(request: Request) -> HttpResponse:
    """Figures in the Prometheus text format: memory of the process, jobs waiting."""
    kibibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    waiting = Job.objects.filter(state=JobState.WAITING).count()
    text = (
        "# TYPE kitaphana_memory_peak_bytes gauge\n"
        f"kitaphana_memory_peak_bytes {kibibytes * 1024}\n"
        "# TYPE kitaphana_jobs_waiting gauge\n"
        f"kitaphana_jobs_waiting {waiting}\n"
    )
    return HttpResponse(text, content_type="text/plain; version=0.0.4")
