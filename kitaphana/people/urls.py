"""Addresses of people."""

from __future__ import annotations

from django.urls import URLPattern, path

from kitaphana.people.views import classes, imports, readers, roles

app_name = "people"

urlpatterns: list[URLPattern] = [
    path("", readers.readers, name="readers"),
    path("new/", readers.reader_new, name="reader_new"),
    path("export/", readers.export, name="export"),
    path("cards/", readers.cards, name="cards"),
    path("accounts/", readers.accounts, name="accounts"),
    path("renew/", readers.renew_chosen, name="renew_chosen"),
    path("reader/<int:pk>/", readers.reader, name="reader"),
    path("reader/<int:pk>/edit/", readers.reader_edit, name="reader_edit"),
    path("reader/<int:pk>/class/", readers.reader_class, name="reader_class"),
    path("reader/<int:pk>/renew/", readers.reader_renew, name="reader_renew"),
    path("reader/<int:pk>/leave/", readers.reader_leave, name="reader_leave"),
    path("reader/<int:pk>/return/", readers.reader_return, name="reader_return"),
    path("import/", imports.upload, name="import"),
    path("import/<uuid:upload_id>/", imports.preview, name="import_preview"),
    path("import/<uuid:upload_id>/confirm/", imports.confirm, name="import_confirm"),
    path("import/<uuid:upload_id>/discard/", imports.discard, name="import_discard"),
    path("import/run/<int:pk>/", imports.run, name="import_run"),
    path("classes/", classes.classes, name="classes"),
    path("classes/new/", classes.class_new, name="class_new"),
    path("classes/promote/", classes.promote, name="promote"),
    path("classes/<int:pk>/", classes.school_class, name="school_class"),
    path("classes/<int:pk>/edit/", classes.class_edit, name="class_edit"),
    path("workplaces/", roles.workplaces, name="workplaces"),
    path("tokens/", roles.tokens, name="tokens"),
    path("roles/<str:code>/", roles.roles, name="roles"),
    path("roles/<str:code>/<int:pk>/revoke/", roles.role_revoke, name="role_revoke"),
    path("roles/<str:code>/<int:pk>/password/", roles.password_reset, name="password_reset"),
]
