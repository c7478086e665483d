"""Addresses of textbooks."""

from __future__ import annotations

from django.urls import URLPattern, path

from kitaphana.textbooks.views import classes, orders, provision, readers, used_up

app_name = "textbooks"

urlpatterns: list[URLPattern] = [
    path("", classes.classes, name="classes"),
    path("classes/<int:pk>/", classes.issue, name="issue"),
    path("classes/<int:pk>/undo/", classes.undo, name="undo"),
    path("classes/<int:pk>/return/", classes.take_back, name="take_back"),
    path("classes/<int:pk>/scan/", classes.scan, name="scan"),
    path("classes/<int:pk>/own/", classes.own, name="own"),
    path("classes/<int:pk>/sheet.pdf", classes.sheet_pdf, name="sheet_pdf"),
    path("classes/<int:pk>/notices.pdf", classes.notices_pdf, name="notices_pdf"),
    path("classes/<int:pk>/clearance.pdf", classes.clearance_pdf, name="class_clearance_pdf"),
    path("debts/", classes.debts, name="debts"),
    path("used-up/", used_up.used_up, name="used_up"),
    path("provision/", provision.overview, name="provision"),
    path("provision/provision.xlsx", provision.overview_xlsx, name="provision_xlsx"),
    path("provision/recount/", provision.recount, name="recount"),
    path("provision/intake/", provision.intake, name="intake"),
    path("provision/titles/<int:pk>/", provision.title_page, name="provision_title"),
    path("redistribution/", provision.redistribution, name="redistribution"),
    path("redistribution/suggest/", provision.suggest, name="suggest"),
    path("redistribution/decide/", provision.decide, name="decide"),
    path("redistribution/send/", provision.send, name="send"),
    path("orders/", orders.overview, name="orders"),
    path("orders/orders.xlsx", orders.overview_xlsx, name="orders_xlsx"),
    path("orders/orders.pdf", orders.overview_pdf, name="orders_pdf"),
    path("orders/make/", orders.make, name="make_order"),
    path("orders/approve/", orders.approve_all, name="approve_orders"),
    path("orders/titles/<int:pk>/", orders.title_page, name="order_title"),
    path("orders/<int:pk>/", orders.order_page, name="order"),
    path("orders/<int:pk>/order.xlsx", orders.order_xlsx, name="order_xlsx"),
    path("orders/<int:pk>/order.pdf", orders.order_pdf, name="order_pdf"),
    path("readers/<int:pk>/", readers.reader, name="reader"),
    path("readers/<int:pk>/issue/", readers.reader_issue, name="reader_issue"),
    path("readers/<int:pk>/return/", readers.reader_return, name="reader_return"),
    path("readers/<int:pk>/lost/<int:loan>/", readers.settle, name="settle"),
    path("readers/<int:pk>/clearance.pdf", readers.clearance_pdf, name="clearance_pdf"),
]
