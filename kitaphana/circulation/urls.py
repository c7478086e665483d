"""Addresses of circulation."""

from __future__ import annotations

from django.urls import URLPattern, path

from kitaphana.circulation.views import desk, lists, policies, readers

app_name = "circulation"

urlpatterns: list[URLPattern] = [
    path("", desk.desk, name="desk"),
    path("scan/", desk.scan, name="scan"),
    path("return/", desk.returns, name="return"),
    path("return/scan/", desk.return_scan, name="return_scan"),
    path("loans/<int:pk>/return/", desk.loan_return, name="loan_return"),
    path("loans/<int:pk>/renew/", desk.loan_renew, name="loan_renew"),
    path("loans/<int:pk>/lost/", readers.lost, name="lost"),
    path("readers/<int:pk>/", readers.reader, name="reader"),
    path("readers/<int:pk>/renew/", readers.renew_all, name="renew_all"),
    path("readers/<int:pk>/notes/", readers.note_add, name="note_add"),
    path("readers/<int:pk>/holds/", readers.hold_place, name="hold_place"),
    path("readers/<int:pk>/form.pdf", readers.reader_form, name="form"),
    path("readers/<int:pk>/receipt/", desk.receipt, name="receipt"),
    path("notes/<int:pk>/close/", readers.note_close, name="note_close"),
    path("holds/", lists.holds, name="holds"),
    path("holds/<int:pk>/cancel/", readers.hold_cancel, name="hold_cancel"),
    path("overdue/", lists.overdue, name="overdue"),
    path("overdue/overdue.xlsx", lists.overdue_sheet, name="overdue_sheet"),
    path("overdue/reminders.pdf", lists.overdue_slips, name="overdue_slips"),
    path("policies/", policies.policies, name="policies"),
    path("policies/<int:pk>/remove/", policies.policy_remove, name="policy_remove"),
]
