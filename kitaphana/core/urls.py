"""Addresses of the core's own pages: jobs and the journal."""

from __future__ import annotations

from django.urls import URLPattern, path

from kitaphana.core.web import jobs_pages
from kitaphana.core.web.journal import journal

urlpatterns: list[URLPattern] = [
    path("jobs/", jobs_pages.jobs, name="jobs"),
    path("jobs/<int:pk>/", jobs_pages.job, name="job"),
    path("jobs/<int:pk>/cancel/", jobs_pages.job_cancel, name="job_cancel"),
    path("journal/", journal, name="journal"),
]
