"""Addresses of mailings."""

from __future__ import annotations

from django.urls import URLPattern, path

from kitaphana.mailings import views

app_name = "mailings"

urlpatterns: list[URLPattern] = [
    path("", views.inbox, name="inbox"),
    path("new/", views.letter_new, name="letter_new"),
    path("new/tree/", views.branch, name="branch"),
    path("sent/", views.sent, name="sent"),
    path("sent/<int:pk>/", views.sent_letter, name="sent_letter"),
    path("sent/<int:pk>/receipts.xlsx", views.receipts_xlsx, name="receipts_xlsx"),
    path("sent/<int:pk>/remind/", views.remind, name="remind"),
    path("sent/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("<int:pk>/", views.letter, name="letter"),
    path("<int:pk>/answer/", views.answer, name="answer"),
    path("<int:pk>/archive/", views.archive, name="archive"),
    path("files/<int:pk>/", views.attachment, name="attachment"),
]
