"""Addresses of the quality of the catalogue."""

from __future__ import annotations

from django.urls import URLPattern, path

from kitaphana.quality.views import batches, overview, pairs, proposals

app_name = "quality"

urlpatterns: list[URLPattern] = [
    path("", overview.overview, name="overview"),
    path("rules/<slug:rule>/", overview.flagged, name="flagged"),
    path("duplicates/", pairs.duplicates, name="duplicates"),
    path("duplicates/look/", pairs.look, name="look"),
    path("duplicates/<int:pk>/different/", pairs.different, name="different"),
    path("merge/", pairs.choose, name="choose"),
    path("merge/<int:first>/<int:second>/", pairs.merge, name="merge"),
    path("merges/", pairs.merges, name="merges"),
    path("merges/<int:pk>/undo/", pairs.undo, name="undo"),
    path("proposals/", proposals.proposals, name="proposals"),
    path("proposals/<int:pk>/", proposals.proposal, name="proposal"),
    path("batches/", batches.batches, name="batches"),
    path("batches/new/", batches.batch_new, name="batch_new"),
    path("batches/<int:pk>/", batches.batch, name="batch"),
    path("batches/job/<int:pk>/", batches.batch_job, name="batch_job"),
]
