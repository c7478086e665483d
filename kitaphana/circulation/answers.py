"""What circulation answers when domains below ask (see their ``hooks.py``)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kitaphana.circulation import queries
from kitaphana.circulation.errors import in_words
from kitaphana.circulation.models import Hold, StockLoan


def why_in_use(copy_ids: list[int]) -> dict[int, str]:
    """Why copies can't leave the fund: copy id → a sentence. Copies that can are absent."""
    reasons = {}
    for copy_id, use in queries.copies_in_use(copy_ids).items():
        reader = use.person.full_name if use.person else ""
        if isinstance(use, Hold):
            reasons[copy_id] = _("It is kept on the hold shelf for %(reader)s.") % {"reader": reader}
        else:
            reasons[copy_id] = _("It is lent to %(reader)s. Due: %(due_on)s.") % {
                "reader": reader,
                "due_on": in_words(use.due_on),
            }
    return reasons


def move_loans(from_id: int, to_id: int, only: list[tuple[int, int]] | None) -> list[tuple[int, int]]:
    """Loans of one registration card go over to another: all, or those given. Returns each with what is still out."""
    rows = StockLoan.objects.filter(stock_id=from_id)
    if only is not None:
        rows = rows.filter(pk__in=[pk for pk, _ in only])
    found = [
        (pk, quantity if returned_at is None else 0)
        for pk, quantity, returned_at in rows.order_by("pk").values_list("pk", "quantity", "returned_at")
    ]
    ids = [pk for pk, _ in found]
    for start in range(0, len(ids), 500):
        StockLoan.objects.filter(pk__in=ids[start : start + 500]).update(stock_id=to_id)
    return found
