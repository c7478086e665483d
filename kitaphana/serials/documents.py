"""The letter to a supplier about issues that did not come."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from kitaphana.acquisitions.documents import Paper, Table
from kitaphana.core.documents.figures import day
from kitaphana.serials.models import Claim


def claim(one: Claim, *, language: str) -> Paper:
    """What was missing on the day of the claim, whatever came since."""
    with override(language):
        subscription = one.subscription
        supplier = subscription.supplier
        rows = [
            [number, row["name"], day(date.fromisoformat(row["expected"])), row["missing"]]
            for number, row in enumerate(one.issues, start=1)
        ]
        record = subscription.record
        return Paper(
            title=_("Claim № %(number)s") % {"number": one},
            place=subscription.library.name,
            facts=[
                *([(_("Supplier"), f"{supplier.name}, {_('BIN')} {supplier.bin}")] if supplier else []),
                (_("Periodical"), f"{record.title}{f', ISSN {record.issn}' if record.issn else ''}"),
                (_("Subscription"), f"{day(subscription.starts_on)} – {day(subscription.ends_on)}"),
                (_("Date"), day(one.on)),
            ],
            opening=[_("The following issues of the subscription have not arrived:")],
            tables=[
                Table(
                    heads=["№", pgettext("of a periodical", "Issue"), _("Expected on"), _("Copies missing")],
                    widths=[9, 0, 40, 40],
                    rows=rows,
                    total=["", _("In all"), "", sum(row["missing"] for row in one.issues)],
                    sheet=_("Claim"),
                )
            ],
            closing=[_("Please send the missing copies or tell us why they did not come.")],
            signatures=[_("Librarian")],
            words={"signature": _("signature"), "name": _("surname and initials")},
        )
