"""The demo's district asks for books: an open campaign with promises, one of them handed over."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from kitaphana.campaigns import services
from kitaphana.campaigns.enums import Donor
from kitaphana.campaigns.queries import wishes_of
from kitaphana.campaigns.services import CampaignFacts, DonorFacts
from kitaphana.core import clock, ids
from kitaphana.core.access import SYSTEM
from kitaphana.organizations.models import Organization
from kitaphana.project.demo.life import COMMISSION
from kitaphana.renewal import coverage

TEXT = """Құрметті ата-аналар, түлектер, кәсіпкерлер!

Аудан мектептерінің оқырмандарына осы кітаптар жетіспейді. Біреуін таңдап, уәде беріңіз де, мектеп кітапханасына \
әкеліңіз."""
DONORS = (
    DonorFacts("Нұрлан Әбенов", "+7 700 000 00 11", is_public=True, message="Оқып рақаттаныңдар!"),
    DonorFacts("«Бурабай наны» ЖШС", "kitap@example.kz", kind=Donor.ORGANIZATION, is_public=True),
    DonorFacts("Светлана Петрова", "+7 700 000 00 12"),
)
TITLES = 8


def build(district: Organization, *, at: datetime) -> None:
    """The first donor has brought the books, the second and the third have promised them."""
    today = clock.day_of(at)
    versions = coverage.published_versions()
    if not versions:
        return
    campaign = services.make_campaign(
        actor=SYSTEM, organization=district, at=at, command_id=ids.new_id(),
        facts=CampaignFacts(
            "Кітапханаға кітап сыйла", today - timedelta(days=5), today + timedelta(days=55),
            "Подари книгу библиотеке", "Give a book to the library", TEXT,
        ),
    )  # fmt: skip
    for version in versions:
        services.wish_gaps(
            actor=SYSTEM, campaign=campaign, version=version, most=TITLES, at=at, command_id=ids.new_id()
        )
    wishes = list(wishes_of(campaign)[: len(DONORS)])
    if not wishes:
        return
    services.open_campaign(actor=SYSTEM, campaign=campaign, at=at, command_id=ids.new_id())
    pledges = [
        services.promise(
            campaign=campaign, wish=wish, quantity=1, donor=donor, has_consented=True, at=at, command_id=ids.new_id()
        )
        for wish, donor in zip(wishes, DONORS, strict=False)
    ]
    services.hand_over(
        actor=SYSTEM, pledge=pledges[0], quantity=1, price=Decimal("2400.00"), on=today, commission=COMMISSION, at=at,
        command_id=ids.new_id(),
    )  # fmt: skip
