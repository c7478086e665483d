"""Addresses of fund."""

from __future__ import annotations

from django.urls import URLPattern, path

from kitaphana.fund.views import (
    accounting,
    acts,
    books,
    cards,
    decisions,
    opening,
    receiving,
    transferring,
    writing_off,
)

app_name = "fund"

urlpatterns: list[URLPattern] = [
    path("", acts.acts, name="acts"),
    path("acts/<int:pk>/", acts.act, name="act"),
    path("acts/<int:pk>/reverse/", acts.act_reverse, name="act_reverse"),
    path("acts/<int:pk>/act.pdf", acts.act_pdf, name="act_pdf"),
    path("acts/<int:pk>/act.xlsx", acts.act_xlsx, name="act_xlsx"),
    path("acts/register.pdf", acts.register_pdf, name="register_pdf"),
    path("acts/register.xlsx", acts.register_xlsx, name="register_xlsx"),
    path("approvals/", decisions.approvals, name="approvals"),
    path("periods/", decisions.periods, name="periods"),
    path("transfers/", transferring.transfers, name="transfers"),
    path("transfers/new/", transferring.transfer_new, name="transfer_new"),
    path("transfers/<int:pk>/", transferring.transfer, name="transfer"),
    path("transfers/<int:pk>/accept/", transferring.transfer_accept, name="transfer_accept"),
    path("transfers/<int:pk>/refuse/", transferring.transfer_refuse, name="transfer_refuse"),
    path("transfers/<int:pk>/act.pdf", transferring.transfer_pdf, name="transfer_pdf"),
    path("transfers/<int:pk>/act.xlsx", transferring.transfer_xlsx, name="transfer_xlsx"),
    path("accounting/", accounting.totals, name="accounting"),
    path("accounting/totals.xlsx", accounting.totals_xlsx, name="accounting_xlsx"),
    path("accounting/kept/<int:pk>/", accounting.reconciliation, name="reconciliation"),
    path("accounting/kept/<int:pk>/act.pdf", accounting.reconciliation_pdf, name="reconciliation_pdf"),
    path("opening/", opening.upload, name="opening"),
    path("opening/table.xlsx", opening.template_xlsx, name="opening_template"),
    path("opening/<uuid:upload_id>/", opening.preview, name="opening_preview"),
    path("opening/<uuid:upload_id>/bad-rows.xlsx", opening.problems_xlsx, name="opening_problems"),
    path("opening/<uuid:upload_id>/take/", opening.take, name="opening_take"),
    path("opening/<uuid:upload_id>/discard/", opening.discard, name="opening_discard"),
    path("opening/jobs/<int:pk>/", opening.run, name="opening_run"),
    path("opening/jobs/<int:pk>/bad-rows.xlsx", opening.run_problems_xlsx, name="opening_run_problems"),
    path("cards/", cards.cards, name="cards"),
    path("cards/cards.pdf", cards.cards_pdf, name="cards_pdf"),
    path("cards/cards.xlsx", cards.cards_xlsx, name="cards_xlsx"),
    path("cards/<int:pk>/", cards.card, name="card"),
    path("cards/<int:pk>/card.pdf", cards.card_pdf, name="card_pdf"),
    path("cards/<int:pk>/card.xlsx", cards.card_xlsx, name="card_xlsx"),
    path("cards/<int:pk>/convert/", cards.card_convert, name="card_convert"),
    path("receipts/new/", receiving.receipt_new, name="receipt_new"),
    path("write-offs/new/", writing_off.write_off_new, name="write_off_new"),
    path("inventory-book/", books.inventory_book, name="inventory_book"),
    path("inventory-book/book.pdf", books.inventory_book_pdf, name="inventory_book_pdf"),
    path("inventory-book/book.xlsx", books.inventory_book_xlsx, name="inventory_book_xlsx"),
    path("summary-book/", books.summary_book, name="summary_book"),
    path("summary-book/book.pdf", books.summary_book_pdf, name="summary_book_pdf"),
    path("summary-book/book.xlsx", books.summary_book_xlsx, name="summary_book_xlsx"),
    path("copies/", books.copies, name="copies"),
    path("copies/convert/", cards.copies_convert, name="copies_convert"),
    path("labels/", books.labels, name="labels"),
    path("labels/labels.pdf", books.labels_pdf, name="labels_pdf"),
]
