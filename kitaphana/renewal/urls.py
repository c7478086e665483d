"""Addresses of renewal."""

from __future__ import annotations

from django.urls import URLPattern, path

from kitaphana.renewal import views

app_name = "renewal"

urlpatterns: list[URLPattern] = [
    path("", views.overview, name="overview"),
    path("coverage.xlsx", views.overview_xlsx, name="overview_xlsx"),
    path("recount/", views.recount, name="recount"),
    path("titles/<int:pk>/", views.title_page, name="title"),
    path("plan/", views.plan_page, name="plan"),
    path("plan/make/", views.make_plan, name="make_plan"),
    path("plans/<int:pk>/<int:year>/", views.year_page, name="year"),
    path("plans/<int:pk>/<int:year>/estimate/", views.make_estimate, name="make_estimate"),
    path("plans/<int:pk>/<int:year>/plan.xlsx", views.year_xlsx, name="year_xlsx"),
]
