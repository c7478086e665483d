"""Addresses of roadmap."""

from __future__ import annotations

from django.urls import URLPattern, path

from kitaphana.roadmap import views

app_name = "roadmap"

urlpatterns: list[URLPattern] = [
    path("", views.board, name="board"),
    path("roadmap.csv", views.board_csv, name="board_csv"),
    path("roadmap.xlsx", views.board_xlsx, name="board_xlsx"),
    path("roadmap.pdf", views.board_pdf, name="board_pdf"),
    path("compare/", views.compare, name="compare"),
    path("compare.csv", views.compare_csv, name="compare_csv"),
    path("targets/load/", views.load_targets, name="load_targets"),
    path("rule/", views.set_rule, name="set_rule"),
    path("evidence/<int:pk>/file/", views.evidence_file, name="evidence_file"),
    path("evidence/<int:pk>/withdraw/", views.withdraw_evidence, name="withdraw_evidence"),
    path("measures/<slug:code>/", views.measure_page, name="measure"),
    path("measures/<slug:code>/target/", views.set_target, name="set_target"),
    path("measures/<slug:code>/value/", views.enter_value, name="enter_value"),
    path("measures/<slug:code>/evidence/", views.add_evidence, name="add_evidence"),
]
