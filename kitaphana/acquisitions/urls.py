"""Addresses of acquisitions."""

from __future__ import annotations

from django.urls import URLPattern, path

from kitaphana.acquisitions.views import estimates, money, orders

app_name = "acquisitions"

urlpatterns: list[URLPattern] = [
    path("", estimates.estimates, name="estimates"),
    path("estimates/new/", estimates.estimate_new, name="estimate_new"),
    path("estimates/<int:pk>/", estimates.estimate, name="estimate"),
    path("estimates/<int:pk>/titles/<int:record_pk>/", estimates.estimate_title, name="estimate_title"),
    path("estimates/<int:pk>/<slug:kind>.<slug:form>", estimates.estimate_paper, name="estimate_paper"),
    path("orders/", orders.orders, name="orders"),
    path("orders/<int:pk>/", orders.order, name="order"),
    path("orders/<int:pk>/order.<slug:form>", orders.order_paper, name="order_paper"),
    path("orders/<int:pk>/titles/<int:record_pk>/", orders.order_title, name="order_title"),
    path("orders/<int:pk>/receive/", orders.receive, name="order_receive"),
    path("deliveries/<int:pk>/", orders.delivery, name="order_delivery"),
    path("claims/<int:pk>/settle/", orders.settle, name="order_settle"),
    path("claims/<int:pk>/claim.<slug:form>", orders.claim_paper, name="order_claim_paper"),
    path("budgets/", money.budgets, name="budgets"),
    path("budgets/<int:pk>/", money.budget, name="budget"),
    path("prices/", money.prices, name="prices"),
]
