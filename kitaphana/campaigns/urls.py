"""Addresses of campaigns: everybody's first."""

from __future__ import annotations

from django.urls import URLPattern, path

from kitaphana.campaigns import views

app_name = "campaigns"

urlpatterns: list[URLPattern] = [
    path("", views.give, name="give"),
    path("<int:pk>/", views.public, name="public"),
    path("<int:pk>/promise/", views.promise, name="promise"),
    path("promises/<str:token>/", views.mine, name="mine"),
    path("promises/<str:token>/thanks.pdf", views.thanks_pdf, name="thanks_pdf"),
    path("campaigns/", views.campaigns, name="campaigns"),
    path("campaigns/report.<slug:form>", views.year_report, name="year_report"),
    path("campaigns/new/", views.campaign_new, name="campaign_new"),
    path("campaigns/<int:pk>/", views.campaign, name="campaign"),
    path("campaigns/<int:pk>/report.<slug:form>", views.report, name="campaign_report"),
    path("campaigns/pledges/<int:pk>/", views.pledge, name="pledge"),
    path("campaigns/acts/<int:pk>/act.pdf", views.act_pdf, name="act_pdf"),
]
