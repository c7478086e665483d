"""Papers of campaigns: the handing-over act, the letter of thanks, the report."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override, pgettext

from kitaphana.acquisitions.documents import Paper, Table, described
from kitaphana.campaigns import queries
from kitaphana.campaigns.models import Campaign, Gift, Pledge
from kitaphana.core.access import Reach
from kitaphana.core.documents.figures import day, money


def _words() -> dict[str, str]:
    return {"signature": _("signature"), "name": _("surname and initials")}


def act(gift: Gift, *, language: str) -> Paper:
    """The act by which a donor hands books over to a library."""
    with override(language):
        worth = gift.price * gift.quantity
        return Paper(
            title=_("Handing-over act № %(number)s") % {"number": gift},
            subtitle=gift.pledge.campaign.name,
            place=gift.library.name,
            facts=[
                (_("Date"), day(gift.on)),
                (pgettext("campaign", "Donor"), gift.pledge.name),
                (_("Library"), gift.library.name),
                (_("Act of receipt"), f"№ {gift.act.number}/{gift.act.year}"),
            ],
            opening=[
                _("The donor handed over and the library took in free of charge the literature named below; its price was "
                  "estimated by the commission.")
            ],
            tables=[
                Table(
                    heads=["№", _("Edition"), _("Copies"), _("Price, ₸"), _("Sum, ₸")],
                    widths=[9, 0, 20, 26, 28],
                    rows=[[1, described(gift.record), gift.quantity, gift.price, worth]],
                    total=["", _("In all"), gift.quantity, "", worth],
                    sheet=_("Act"),
                )
            ],
            signatures=[
                pgettext("campaign", "Donor"),
                _("Received by"),
                *(f"{member['position']}: {member['name']}" for member in gift.act.commission),
            ],
            words=_words(),
        )  # fmt: skip


def thanks(pledge: Pledge, *, language: str) -> Paper:
    """The letter of thanks to a donor."""
    with override(language):
        gifts = list(pledge.gifts.select_related("record").order_by("pk"))
        count = sum(gift.quantity for gift in gifts)
        words = ngettext(
            "We thank you with all our heart for %(count)s book given to our library. It will be read by many children.",
            "We thank you with all our heart for %(count)s books given to our library. They will be read by many children.",
            count,
        ) % {"count": count}
        return Paper(
            title=_("Letter of thanks"),
            subtitle=pledge.campaign.name,
            place=pledge.library.name,
            facts=[],
            opening=[_("Dear %(name)s!") % {"name": pledge.name}, words],
            tables=[
                Table(
                    heads=[_("Edition"), _("Copies"), _("Act")],
                    widths=[0, 22, 30],
                    rows=[[described(gift.record), gift.quantity, f"№ {gift}"] for gift in gifts],
                    sheet=_("Letter of thanks"),
                )
            ],
            signatures=[_("Director")],
            words=_words(),
        )


def report(campaign: Campaign, reach: Reach, *, language: str) -> Paper:
    """The report of a campaign: by library, and each handing-over act."""
    with override(language):
        lines = queries.by_library(campaign, reach)
        gifts = list(queries.gifts_of(campaign, reach))
        whole = sum((line.amount for line in lines), Decimal(0))
        counter = queries.counter(campaign)
        return Paper(
            title=_("Report of the campaign"),
            subtitle=campaign.name,
            place=campaign.organization.name,
            facts=[
                (_("Days"), f"{day(campaign.first)} – {day(campaign.last)}"),
                (pgettext("campaign", "Wished"), str(counter.wished)),
                (pgettext("campaign", "Handed over"), f"{counter.given} ({counter.percent} %)"),
                (pgettext("campaign", "Donors"), str(counter.donors)),
                (_("Sum, ₸"), money(counter.amount)),
            ],
            tables=[
                Table(
                    heads=[_("Library"), pgettext("campaign", "Wished"), pgettext("campaign", "Promised"),
                           pgettext("campaign", "Handed over"), _("Sum, ₸")],
                    widths=[0, 22, 22, 24, 28],
                    rows=[[line.library.name, line.wished, line.promised, line.given, line.amount] for line in lines],
                    total=[_("In all"), sum(line.wished for line in lines), sum(line.promised for line in lines),
                           sum(line.given for line in lines), whole],
                    caption=_("By library"),
                    sheet=_("By library"),
                ),
                Table(
                    heads=[_("Date"), _("Act"), _("Library"), pgettext("campaign", "Donor"), _("Edition"), _("Copies"),
                           _("Sum, ₸")],
                    widths=[20, 20, 40, 36, 0, 16, 26],
                    rows=[
                        [day(gift.on), f"№ {gift}", gift.library.name, gift.pledge.name, described(gift.record),
                         gift.quantity, gift.price * gift.quantity]
                        for gift in gifts
                    ],
                    caption=_("Handing-over acts"),
                    sheet=_("Handing-over acts"),
                ),
            ],
            signatures=[_("Head of the organisation")],
            is_wide=True,
            words=_words(),
        )  # fmt: skip
