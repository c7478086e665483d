"""Addresses of submissions."""

from __future__ import annotations

from django.urls import URLPattern, path

from kitaphana.submissions import views

app_name = "submissions"

urlpatterns: list[URLPattern] = [
    path("", views.submissions, name="submissions"),
    path("deadline/", views.set_deadline, name="set_deadline"),
    path("draft/", views.draft, name="submission_draft"),
    path("<int:pk>/", views.submission, name="submission"),
    path("<int:pk>/report.<slug:form>", views.submission_file, name="submission_file"),
    path("consolidated/", views.consolidated, name="consolidated"),
    path("consolidated/report.<slug:form>", views.consolidated_file, name="consolidated_file"),
    path("consolidated/figures/<slug:code>/", views.figure, name="figure"),
    path("nedb/schema.xsd", views.xsd, name="xsd"),
    path("nedb/schema.json", views.json_schema, name="json_schema"),
]
