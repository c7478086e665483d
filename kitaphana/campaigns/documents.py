"""Papers of campaigns: the handing-over act, the letter of thanks, the report."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override, pgettext

from kitaphana.acquisitions.documents import Paper, Table, described
from kitaphana.campaigns import queries
from kitaphana.campaigns.models import Campaign, Gift, Pledge
from kitaphana.core.access import Reach
from kitaphana.core.documents.figures import day, money
from kitaphana.organizations.models import Organization


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
    """The letter of thanks to a donor; it bears the number of the first handing-over act."""
    with override(language):
        gifts = list(pledge.gifts.select_related("record").order_by("pk"))
        count = sum(gift.quantity for gift in gifts)
        words = ngettext(
            "We thank you with all our heart for %(count)s book given to our library. It will be read by many children.",
            "We thank you with all our heart for %(count)s books given to our library. They will be read by many children.",
            count,
        ) % {"count": count}
        return Paper(
            title=f"{_('Letter of thanks')} № {gifts[0]}",
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


def _by_title(gifts: Sequence[Gift]) -> Table:
    """What came of each edition, the most given first."""
    rows: dict[int, tuple[str, int, Decimal]] = {}
    for gift in gifts:
        words, copies, amount = rows.get(gift.record_id, (described(gift.record), 0, Decimal(0)))
        rows[gift.record_id] = (words, copies + gift.quantity, amount + gift.price * gift.quantity)
    return _summed(_("Edition"), _("By title"), sorted(rows.values(), key=lambda row: (-row[1], row[0])))


def _summed(head: str, caption: str, rows: Sequence[tuple[str, int, Decimal]]) -> Table:
    return Table(
        heads=["№", head, _("Copies"), _("Sum, ₸")],
        widths=[9, 0, 22, 28],
        rows=[[number, *row] for number, row in enumerate(rows, start=1)],
        total=["", _("In all"), sum(row[1] for row in rows), sum((row[2] for row in rows), Decimal(0))],
        caption=caption,
        sheet=caption,
    )


def _acts(gifts: Sequence[Gift]) -> Table:
    """Each handing-over act with the act of receipt it led to."""
    return Table(
        heads=[_("Date"), _("Act"), _("Act of receipt"), _("Library"), pgettext("campaign", "Donor"), _("Edition"),
               _("Copies"), _("Sum, ₸")],
        widths=[20, 18, 22, 40, 36, 0, 16, 26],
        rows=[
            [day(gift.on), f"№ {gift}", f"№ {gift.act.number}/{gift.act.year}", gift.library.name, gift.pledge.name,
             described(gift.record), gift.quantity, gift.price * gift.quantity]
            for gift in gifts
        ],
        caption=_("Handing-over acts"),
        sheet=_("Handing-over acts"),
    )  # fmt: skip


def year_report(node: Organization, year: int, *, language: str) -> Paper:
    """What all campaigns of a year brought to the libraries below a node: by campaign, library, title and act."""
    with override(language):
        counted = queries.totals(node, year)
        gifts = list(queries.gifts_below(node, year))
        campaigns: dict[str, tuple[int, Decimal]] = {}
        libraries: dict[str, tuple[int, Decimal]] = {}
        for gift in gifts:
            for sums, name in ((campaigns, gift.pledge.campaign.name), (libraries, gift.library.name)):
                copies, amount = sums.get(name, (0, Decimal(0)))
                sums[name] = (copies + gift.quantity, amount + gift.price * gift.quantity)
        return Paper(
            title=_("Report of the campaigns «Give a book»"),
            subtitle=str(year),
            place=node.name,
            facts=[
                (_("Campaigns"), str(counted.campaigns)),
                (pgettext("campaign", "Wished"), str(counted.wished)),
                (pgettext("campaign", "Handed over"), str(counted.given)),
                (pgettext("campaign", "Donors"), str(counted.donors)),
                (_("Sum, ₸"), money(counted.amount)),
            ],
            tables=[
                _summed(_("Campaign"), _("Campaigns"), [(name, *sums) for name, sums in sorted(campaigns.items())]),
                _summed(_("Library"), _("By library"), [(name, *sums) for name, sums in sorted(libraries.items())]),
                _by_title(gifts),
                _acts(gifts),
            ],
            signatures=[_("Head of the organisation")],
            is_wide=True,
            words=_words(),
        )


def report(campaign: Campaign, reach: Reach, *, language: str) -> Paper:
    """The report of a campaign: by library, by title, and each handing-over act."""
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
                _by_title(gifts),
                _acts(gifts),
            ],
            signatures=[_("Head of the organisation")],
            is_wide=True,
            words=_words(),
        )  # fmt: skip
