"""Addresses of periodicals."""

from __future__ import annotations

from django.urls import URLPattern, path

from kitaphana.serials import views

app_name = "serials"

urlpatterns: list[URLPattern] = [
    path("", views.arrivals, name="arrivals"),
    path("scan/", views.scan, name="scan"),
    path("subscriptions/", views.subscriptions, name="subscriptions"),
    path("subscriptions/new/", views.subscribe, name="subscribe"),
    path("subscriptions/<int:pk>/", views.subscription, name="subscription"),
    path("subscriptions/<int:pk>/change/", views.change, name="change"),
    path("subscriptions/<int:pk>/issues/", views.add_issue, name="add_issue"),
    path("subscriptions/<int:pk>/claim/", views.claim, name="claim"),
    path("subscriptions/<int:pk>/bind/", views.bind, name="bind"),
    path("issues/<int:pk>/", views.issue, name="issue"),
    path("volumes/<int:pk>/unbind/", views.unbind, name="unbind"),
    path("claims/<int:pk>.<str:form>", views.claim_paper, name="claim_paper"),
]
