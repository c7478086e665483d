"""The demo's periodicals: what a school subscribes to, an article, issues that came and one that is late."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from kitaphana.catalog import services as catalog
from kitaphana.core.access import SYSTEM
from kitaphana.formats.bibliographic import Description
from kitaphana.organizations.models import Organization
from kitaphana.serials import services as serials
from kitaphana.serials.models import Issue

TITLES = (
    ("Балдырған", "балаларға арналған журнал", "1725-0013", "айына бір рет", "kaz", "MONTHLY", 3, 6),
    ("Ұлан", "оқушылар газеті", "2073-3313", "аптасына бір рет", "kaz", "WEEKLY", 2, 10),
    ("Мурзилка", "детский журнал", "0132-1943", "ежемесячно", "rus", "MONTHLY", 1, 6),
)
"""Title, what it is, ISSN, how often in words, language, rhythm, copies, youngest reader."""


def build(school: Organization, *, at: datetime) -> None:
    """Describe the periodicals, subscribe for the year, note what came: of the last month nothing has yet."""
    today = at.date()
    for title, subtitle, issn, words, language, rhythm, quantity, age in TITLES:
        record = catalog.describe_record(
            actor=SYSTEM, library=school, at=at,
            description=Description(
                title=title, subtitle=subtitle, kind="PERIODICAL", issn=issn, frequency=words, language=language,
                age_from=age, subjects=("Балалар басылымдары" if language == "kaz" else "Детские издания",),
            ),
        )  # fmt: skip
        one = serials.subscribe(
            actor=SYSTEM, library=school, record=record, frequency=rhythm, starts_on=date(today.year, 1, 5),
            ends_on=date(today.year, 12, 31), quantity=quantity, at=at,
        )  # fmt: skip
        for issue in Issue.objects.filter(subscription=one, expected_on__lte=today - timedelta(days=28)):
            serials.receive_issue(actor=SYSTEM, issue=issue, quantity=quantity, on=issue.expected_on, at=at)
        if rhythm == "MONTHLY" and language == "kaz":
            article = Description(
                title="Күзгі орман", kind="ARTICLE", host_title=title, host_number=record.control_number, host_level="s",
                host_part=f"{today.year}, № 9, 4–5-б.", language=language, authors=("Төлегенова, Айдана",),
            )  # fmt: skip
            catalog.describe_record(actor=SYSTEM, library=school, description=article, at=at)
