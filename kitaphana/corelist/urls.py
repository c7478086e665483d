"""Addresses of the core lists."""

from __future__ import annotations

from django.urls import URLPattern, path

from kitaphana.corelist.views import downloads, groups, imports, judging, lists, proposals, versions

app_name = "corelist"

urlpatterns: list[URLPattern] = [
    path("", lists.overview, name="overview"),
    path("new/", lists.list_new, name="list_new"),
    path("waiting/", lists.board, name="waiting"),
    path("route/", lists.route, name="route"),
    path("<int:pk>/", lists.list_page, name="list"),
    path("<int:pk>/edit/", lists.list_edit, name="list_edit"),
    path("<int:pk>/change/", lists.list_change, name="list_change"),
    path("<int:pk>/calls/new/", groups.call_new, name="call_new"),
    path("<int:pk>/import/", imports.upload, name="import"),
    path("<int:pk>/import/<uuid:upload_id>/", imports.preview, name="import_preview"),
    path("<int:pk>/import/<uuid:upload_id>/confirm/", imports.confirm, name="import_confirm"),
    path("import/model.xlsx", imports.model, name="import_model"),
    path("<int:pk>/propose/", proposals.propose, name="propose"),
    path("proposals/<int:pk>/", proposals.proposal_page, name="proposal"),
    path("proposals/<int:pk>/change/", proposals.proposal_change, name="proposal_change"),
    path("proposals/<int:pk>/vote/", judging.vote, name="vote"),
    path("versions/<int:pk>/", versions.version_page, name="version"),
    path("versions/<int:pk>/titles/", versions.composition, name="composition"),
    path("versions/<int:pk>/step/", versions.step, name="step"),
    path("versions/<int:pk>/steps/<int:number>/", versions.step_page, name="step_page"),
    path("versions/<int:pk>/scores/", judging.scores, name="scores"),
    path("versions/<int:pk>/scores/save/", judging.score, name="score"),
    path("versions/<int:pk>/diff/", downloads.diff, name="diff"),
    path("versions/<int:pk>/list.csv", downloads.as_csv, name="csv"),
    path("versions/<int:pk>/list.xlsx", downloads.as_xlsx, name="xlsx"),
    path("versions/<int:pk>/list.mrc", downloads.as_marc, name="marc"),
    path("versions/<int:pk>/opds.xml", downloads.as_opds, name="opds"),
    path("versions/<int:pk>/votes/", judging.votes, name="votes"),
    path("calls/<int:pk>/", groups.call_page, name="call"),
    path("calls/<int:pk>/change/", groups.call_change, name="call_change"),
    path("groups/", groups.groups, name="groups"),
    path("groups/new/", groups.group_form, name="group_new"),
    path("groups/<int:pk>/", groups.group_page, name="group"),
    path("groups/<int:pk>/edit/", groups.group_form, name="group_edit"),
    path("groups/<int:pk>/change/", groups.group_change, name="group_change"),
    path("groups/<int:pk>/meetings/new/", groups.meeting_form, name="meeting_new"),
    path("groups/<int:pk>/meetings/<int:meeting_id>/", groups.meeting_page, name="meeting"),
    path("groups/<int:pk>/meetings/<int:meeting_id>/edit/", groups.meeting_form, name="meeting_edit"),
]
