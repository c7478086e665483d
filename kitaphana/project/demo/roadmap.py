"""The roadmap in the demo: the draft's targets, later ones of the country and two regions, values with evidence."""

from __future__ import annotations

import random
from datetime import datetime
from decimal import Decimal

from django.utils.translation import override

from kitaphana.core import clock, ids
from kitaphana.core.access import Actor
from kitaphana.organizations.enums import OrganizationKind
from kitaphana.organizations.models import Organization
from kitaphana.people.models import User
from kitaphana.people.queries import actor_of
from kitaphana.roadmap import services
from kitaphana.roadmap.models import Measure

LATER: dict[str, tuple[int, str]] = {
    "T1": (15, "Өңірлердің ұсыныстары бойынша, № 3 хаттама"),
    "L6A": (20, "Жұмыс тобының отырысы, № 2 хаттама"),
    "M7": (100, "Орталық кітапханалар кеңесінің шешімі"),
    "N5": (80, "Орталық кітапханалар кеңесінің шешімі"),
    "T4": (100, "№ 44 бұйрық"),
    "L4": (100, "Жұмыс тобының отырысы, № 2 хаттама"),
    "L7": (100, "Жұмыс тобының отырысы, № 2 хаттама"),
    "L10": (95, "Бюджет комиссиясының ұсынымы"),
    "L8": (100, "Бюджет комиссиясының ұсынымы"),
    "N7": (60, "Акцияның жоспары"),
    "R4": (2500, "Жергілікті атқарушы органдармен келісілген"),
    "T2": (85, "Байланыс желілерін дамыту жоспары"),
    "M5": (70, "Материалдық базаны дамыту жоспары"),
    "P2": (90, "Штат кестесін қайта қарау жоспары"),
}
"""Targets of the running year that the draft does not have, with their grounds."""
NATIONAL: tuple[tuple[str, int, str, str, str], ...] = (
    ("P1", 2023, "17", "Колледждер мен ЖОО түлектері туралы жиынтық есеп, 2023 жыл", ""),
    ("P1", 2024, "44", "Колледждер мен ЖОО түлектері туралы жиынтық есеп, 2024 жыл", ""),
    ("P1", 2025, "86", "Колледждер мен ЖОО түлектері туралы жиынтық есеп, 2025 жыл", ""),
    ("P3", 2021, "14.5", "Курстардан өткендердің тізілімі, 2021 жыл", ""),
    ("P3", 2022, "41", "Курстардан өткендердің тізілімі, 2022 жыл", ""),
    ("N2", 2021, "50", "Мектеп кітапханасы туралы үлгілік ереженің жобасы", ""),
    ("N2", 2022, "100", "Үлгілік ереже және тұжырымдама қабылданды", ""),
    ("L6", 2021, "12", "Өңірлердің жылдық есептерінің жиынтығы, 2021 жыл", ""),
    ("L6", 2022, "24.5", "Өңірлердің жылдық есептерінің жиынтығы, 2022 жыл", ""),
    ("L6", 2023, "38", "Өңірлердің жылдық есептерінің жиынтығы, 2023 жыл", ""),
    ("L6", 2024, "49", "Өңірлердің жылдық есептерінің жиынтығы, 2024 жыл", ""),
    ("L6", 2025, "61", "Өңірлердің жылдық есептерінің жиынтығы, 2025 жыл", ""),
    ("T1", 2021, "8", "Автоматтандыру мониторингі, 2021 жыл", ""),
    ("T1", 2022, "19", "Автоматтандыру мониторингі, 2022 жыл", ""),
    ("T1", 2023, "33", "Автоматтандыру мониторингі, 2023 жыл", ""),
    ("R2", 2022, "386", "PISA 2022, оқу сауаттылығы (ЭЫДҰ)", "https://www.oecd.org/pisa/"),
)
BY_REGION: tuple[tuple[str, int, int, str], ...] = (
    ("T2", 58, 97, "Интернет жылдамдығын өлшеу хаттамалары"),
    ("M5", 41, 83, "Жабдықты түгендеу актілері"),
    ("P2", 62, 98, "Штат кестесі"),
)
"""Measure, the lowest and the highest value a region has, its evidence."""


def build(country: Organization, *, at: datetime) -> None:
    """The ministry takes the draft's numbers over, corrects some, and everyone enters what no record tells."""
    year = clock.day_of(at).year
    ministry = actor_of(User.objects.get(login="ministry"))
    measures = {measure.code: measure for measure in Measure.objects.all()}
    regions = list(Organization.objects.filter(kind=OrganizationKind.REGION).order_by("path"))
    with override("kk"):
        services.load_targets(actor=ministry, node=country, at=at, command_id=ids.new_id())
    _targets(ministry, measures, country, regions, year, at)
    for code, of_year, value, text, link in NATIONAL:
        if of_year < year:
            services.enter_value(
                actor=ministry, measure=measures[code], node=country, year=of_year, value=Decimal(value), text=text,
                link=link, at=at, command_id=ids.new_id(),
            )  # fmt: skip
    maker = random.Random(7)  # noqa: S311 - the demo is the same every time
    for code, low, high, text in BY_REGION:
        values = [maker.randint(low, high) for _region in regions]
        for region, number in zip(regions, values, strict=True):
            services.enter_value(
                actor=ministry, measure=measures[code], node=region, year=year, value=Decimal(number),
                text=f"{text}, {year} жыл", at=at, command_id=ids.new_id(),
            )  # fmt: skip
        services.enter_value(
            actor=ministry, measure=measures[code], node=country, year=year,
            value=round(Decimal(sum(values)) / len(values), 1), text=f"{text}: өңірлердің орташасы, {year} жыл", at=at,
            command_id=ids.new_id(),
        )  # fmt: skip
    for past in (year - 2, year - 1, year):
        services.keep(past, at=at)


def _targets(
    ministry: Actor,
    measures: dict[str, Measure],
    country: Organization,
    regions: list[Organization],
    year: int,
    at: datetime,
) -> None:
    def set_target(code: str, node: Organization, of_year: int, value: int, reason: str) -> None:
        services.set_target(
            actor=ministry, measure=measures[code], node=node, year=of_year, value=Decimal(value), reason=reason, at=at,
            command_id=ids.new_id(),
        )  # fmt: skip

    for code, (value, reason) in LATER.items():
        set_target(code, country, year, value, reason)
    set_target("T1", country, year + 1, 10, "")
    set_target("T1", country, year + 1, 15, "Өңірлердің ұсыныстары бойынша ұлғайтылды")
    for region in regions:
        if region.code in ("AKM", "AST"):
            set_target("T1", region, year, 25, "Өңірлік бағдарлама")
