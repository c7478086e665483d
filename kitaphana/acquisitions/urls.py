"""Addresses of acquisitions."""

from __future__ import annotations

from django.urls import URLPattern, path, register_converter

from kitaphana.acquisitions.views import estimates, money, orders


class _Choice:
    regex = ""

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class PaperForm(_Choice):
    """The files a paper is given as."""

    regex = "pdf|docx|xlsx"


class PaperKind(_Choice):
    """The papers made of an estimate."""

    regex = "estimate|specification"


register_converter(PaperForm, "paper_form")
register_converter(PaperKind, "paper_kind")

app_name = "acquisitions"

urlpatterns: list[URLPattern] = [
    path("", estimates.estimates, name="estimates"),
    path("estimates/new/", estimates.estimate_new, name="estimate_new"),
    path("estimates/<int:pk>/", estimates.estimate, name="estimate"),
    path("estimates/<int:pk>/titles/<int:record_pk>/", estimates.estimate_title, name="estimate_title"),
    path("estimates/<int:pk>/<paper_kind:kind>.<paper_form:form>", estimates.estimate_paper, name="estimate_paper"),
    path("orders/", orders.orders, name="orders"),
    path("orders/<int:pk>/", orders.order, name="order"),
    path("orders/<int:pk>/order.<paper_form:form>", orders.order_paper, name="order_paper"),
    path("orders/<int:pk>/titles/<int:record_pk>/", orders.order_title, name="order_title"),
    path("orders/<int:pk>/receive/", orders.receive, name="order_receive"),
    path("deliveries/<int:pk>/", orders.delivery, name="order_delivery"),
    path("claims/<int:pk>/settle/", orders.settle, name="order_settle"),
    path("claims/<int:pk>/claim.<paper_form:form>", orders.claim_paper, name="order_claim_paper"),
    path("budgets/", money.budgets, name="budgets"),
    path("budgets/<int:pk>/", money.budget, name="budget"),
    path("prices/", money.prices, name="prices"),
]
