"""What the demo's district buys: a budget, prices, an estimate of the plan's first year on its way to the schools."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from kitaphana.acquisitions import queries, services
from kitaphana.acquisitions.services import Came, EstimateLineInput
from kitaphana.core import clock, ids
from kitaphana.core.access import SYSTEM
from kitaphana.corelist.models import ListEntry
from kitaphana.organizations.models import Organization
from kitaphana.renewal import queries as renewal_queries
from kitaphana.renewal import services as renewal
from kitaphana.renewal.models import Plan

SUPPLIERS = (
    ("«Алтын сандық» ЖШС", "050440001239", "Астана, Кітап көшесі 5, 8 7172 00-00-01"),
    ("ТОО «Дом учебной книги»", "061140002348", "Алматы, пр. Чтения 12, 8 727 000-00-02"),
)
YEARLY = {"LOCAL_BUDGET": Decimal("450000.00"), "SPONSOR": Decimal("80000.00")}


def build(district: Organization, *, at: datetime) -> None:
    """What the plans buy is ordered at once and partly delivered; an estimate of one list awaits approval."""
    found = Plan.objects.filter(node=district, is_current=True).select_related("node", "version", "version__core_list")
    plans = sorted(found, key=lambda plan: plan.provided - plan.needed)
    if not plans:
        return
    year = min(plans[0].parts.filter(copies__gt=0).values_list("year", flat=True), default=plans[0].first_year)

    def common() -> dict[str, Any]:
        return {"actor": SYSTEM, "at": at, "command_id": ids.new_id()}

    suppliers = [
        services.add_supplier(organization=district, name=name, bin=number, contacts=contacts, **common())
        for name, number, contacts in SUPPLIERS
    ]
    budgets = [
        services.change_budget(
            organization=district, year=year, source=source, kind="FICTION", amount=amount,
            reason="Жылдық бюджет", document="№ 14-Б", **common(),
        )
        for source, amount in YEARLY.items()
    ]  # fmt: skip
    entries = ListEntry.objects.filter(version=plans[0].version).select_related("record").order_by("position")[:6]
    for place, entry in enumerate(entries):
        services.note_price(
            organization=district, record=entry.record, price=Decimal(1850 + 140 * place), supplier=suppliers[0],
            source="Баспаның прайс-парағы", on=clock.day_of(at) - timedelta(days=20 + place), **common(),
        )  # fmt: skip
    first = services.create_estimate(
        organization=district, year=year, title="Негізгі тізбелер бойынша сатып алу", lines=_lines(plans), **common()
    )
    second = renewal.make_estimate(actor=SYSTEM, plan=plans[0], year=year, at=at, command_id=ids.new_id())
    for one in (first, second):
        services.submit_estimate(estimate=one, **common())
    first = services.decide_estimate(estimate=first, is_approved=True, **common())
    order = services.create_order(estimate=first, supplier=suppliers[0], budget=budgets[0], **common())
    if order.total > queries.free(budgets[0]):
        services.approve_overrun(order=order, reason="Тізім толық сатып алынады", **common())
    order = services.place_order(order=order, **common())
    library = max(queries.libraries_of(order), key=lambda share: share.titles).library
    rows = list(queries.distribution_of(order, library)[:5])
    if len(rows) > 1:
        came = [Came(rows[0], rows[0].quantity - 1, defective=1), *(Came(row, row.quantity) for row in rows[1:])]
        delivery = services.deliver(
            order=order, library=library, document="ТТН-118", on=clock.day_of(at), lines=came, **common()
        )
        services.raise_claim(
            delivery=delivery, text="Ақауы бар дананы ауыстыруыңызды сұраймыз.",
            answer_by=clock.day_of(at) + timedelta(days=10), **common(),
        )  # fmt: skip
        order.refresh_from_db()
        services.pay(
            order=order, amount=order.delivered, on=clock.day_of(at), document="№ 231 төлем тапсырмасы", **common()
        )


def _lines(plans: Sequence[Plan]) -> list[EstimateLineInput]:
    """Everything that the plans still buy, for each library."""
    lines: dict[tuple[int, int], EstimateLineInput] = {}
    for plan in plans:
        for year in plan.years:
            titles, libraries = renewal_queries.titles_of(plan, year, plan.node)
            for title in titles:
                for library, count in title.libraries:
                    key = title.entry.record_id, library
                    before = lines[key].quantity if key in lines else 0
                    record = lines[key].record if key in lines else title.entry.record
                    lines[key] = EstimateLineInput(record, libraries[library], before + count, title.price)
    return list(lines.values())
