"""From a wish to the shelf: commands, what they refuse, pages, papers."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from kitaphana.campaigns import checks, documents, errors, queries, services
from kitaphana.campaigns.enums import CampaignState, PledgeState
from kitaphana.campaigns.models import Campaign, Pledge, Wish
from kitaphana.campaigns.services import CampaignFacts, DonorFacts
from kitaphana.catalog.models import RecordIsbn
from kitaphana.core import clock, crypto
from kitaphana.core.access import EVERYWHERE, SYSTEM
from kitaphana.core.errors import DomainError, NotAllowed
from kitaphana.core.ids import new_id
from kitaphana.fund.models import Act, Copy
from kitaphana.fund.tests.factories import COMMISSION, record
from kitaphana.people.models import User
from kitaphana.renewal.tests.factories import published, text

pytestmark = pytest.mark.django_db
DONOR = DonorFacts("Айдос Серікұлы", "+7 700 000 00 01", is_public=True, origin="10.0.0.1")


def at(days: int = 0) -> Any:
    return clock.now() + timedelta(days=days)


def begun(world: Any, wanted: int = 3, *, is_open: bool = True) -> Campaign:
    today = clock.today()
    campaign = services.make_campaign(
        actor=world.methodist, organization=world.district, at=at(), command_id=new_id(),
        facts=CampaignFacts("Кітап сыйла", today, today + timedelta(days=30)),
    )  # fmt: skip
    services.set_wishes(
        actor=world.methodist, campaign=campaign, more=[(world.school, record(), wanted)], at=at(), command_id=new_id()
    )
    return services.open_campaign(actor=world.methodist, campaign=campaign, at=at()) if is_open else campaign


def promised(campaign: Campaign, quantity: int = 2, **more: Any) -> Pledge:
    facts = {"wish": campaign.wishes.first(), "has_consented": True, "donor": DONOR, "at": at(), "command_id": new_id()}
    return services.promise(campaign=campaign, quantity=quantity, **{**facts, **more})


def take(world: Any, pledge: Pledge, quantity: int, **more: Any) -> Any:
    facts = {
        "actor": world.librarian, "price": Decimal("1200.50"), "on": clock.today(), "commission": COMMISSION, "at": at(),
        "command_id": new_id(),
    }  # fmt: skip
    return services.hand_over(pledge=pledge, quantity=quantity, **{**facts, **more})


def test_a_gift_comes_from_the_wish_to_the_shelf(world: Any) -> None:
    campaign = begun(world)
    pledge = promised(campaign)
    assert b"700" not in bytes(pledge.contact)
    assert crypto.decrypt(pledge.contact) == DONOR.contact
    first = take(world, pledge, 1)
    act = Act.objects.get(pk=first.act_id)
    assert (act.source, act.supplier, act.document_number) == ("GIFT", DONOR.name, str(first))
    assert Copy.objects.filter(library=world.school, price=Decimal("1200.50")).count() == 1
    counter = queries.counter(campaign)
    assert (counter.wished, counter.promised, counter.given, counter.amount) == (3, 1, 1, Decimal("1200.50"))
    take(world, pledge, 1)
    pledge.refresh_from_db()
    assert pledge.state == PledgeState.GIVEN
    assert queries.public_donors(campaign) == [(DONOR.name, 2)]
    assert queries.totals(world.region, clock.today().year).given == 2
    assert list(checks.invariants()) == []
    with pytest.raises(errors.WrongState):
        take(world, pledge, 1)


def test_no_more_is_promised_than_is_wished(world: Any) -> None:
    campaign = begun(world, 3)
    promised(campaign, 2)
    with pytest.raises(errors.TooMany):
        promised(campaign, 2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Wish.objects.update(promised=9)
    for wrong, error in (
        ({"quantity": 0}, errors.BadNumber),
        ({"has_consented": False}, errors.DonorMissing),
        ({"donor": DonorFacts(" ", "1")}, errors.DonorMissing),
        ({"wish": None, "title": " ", "library": world.school}, errors.TitleMissing),
        ({"wish": None, "title": "Абай жолы", "library": world.faraway}, errors.ForeignLibrary),
        ({"at": at(60)}, errors.WrongState),
    ):
        with pytest.raises(error):
            promised(campaign, **{"quantity": 1, **wrong})


@pytest.mark.parametrize("seed", range(4))
def test_wishes_hold_whatever_people_do(world: Any, seed: int) -> None:
    maker, campaign = random.Random(seed), begun(world, 5)
    for number in range(40):
        act, open_ones = maker.randrange(5), list(Pledge.objects.filter(state=PledgeState.PROMISED))
        try:
            with transaction.atomic():
                if act < 2:
                    promised(
                        campaign, maker.randint(1, 3), donor=DonorFacts(f"Донор {number}", "1", origin=str(number))
                    )
                elif open_ones and act == 2:
                    services.cancel(pledge=maker.choice(open_ones), at=at())
                elif open_ones and act == 3:
                    services.decline(actor=world.methodist, pledge=maker.choice(open_ones), reason="Ескі", at=at())
                elif open_ones:
                    take(world, maker.choice(open_ones), maker.randint(1, 2))
        except DomainError:
            continue
        assert list(checks.invariants()) == []
    assert Copy.objects.filter(library=world.school).count() == queries.counter(campaign).given <= 5


def test_promises_from_one_address_have_a_limit(world: Any) -> None:
    campaign = begun(world, 30)
    for _number in range(services.MOST_AN_HOUR):
        promised(campaign, 1)
    with pytest.raises(errors.TooOften):
        promised(campaign, 1)
    promised(campaign, 1, at=at() + timedelta(hours=2))
    promised(campaign, 1, donor=DonorFacts("Басқа", "2", origin="10.0.0.2"))


def test_what_is_not_brought_in_time_is_free_again(world: Any) -> None:
    campaign = begun(world)
    pledge = promised(campaign)
    assert services.expire(at=at(30)) == 0
    assert services.expire(at=at(31)) == 1
    pledge.refresh_from_db()
    assert (pledge.state, campaign.wishes.get().left) == (PledgeState.EXPIRED, 3)
    services.close_campaign(actor=world.methodist, campaign=campaign, at=at())
    assert services.forget(at=at(300)) == 0
    assert services.forget(at=at(366)) == 1
    pledge.refresh_from_db()
    assert (bytes(pledge.contact), pledge.origin) == (b"", "")


def test_rights_and_states(world: Any) -> None:
    campaign = begun(world, is_open=False)
    with pytest.raises(errors.WrongState):
        promised(campaign, 1)
    with pytest.raises(NotAllowed):
        services.open_campaign(actor=world.librarian, campaign=campaign, at=at())
    services.open_campaign(actor=world.methodist, campaign=campaign, at=at())
    pledge = promised(campaign, 1)
    for command in (
        lambda: take(world, pledge, 1, actor=world.neighbour_librarian),
        lambda: services.decline(actor=world.neighbour_librarian, pledge=pledge, reason="жоқ", at=at()),
    ):
        with pytest.raises(NotAllowed):
            command()
    with pytest.raises(errors.ReasonMissing):
        services.decline(actor=world.librarian, pledge=pledge, reason=" ", at=at())
    services.decline(actor=world.librarian, pledge=pledge, reason="Тозған", at=at())
    with pytest.raises(errors.WrongState):
        services.cancel(pledge=pledge, at=at())
    same = new_id()
    one = promised(campaign, 1, command_id=same)
    assert promised(campaign, 1, command_id=same).pk == one.pk
    with pytest.raises(errors.BadCampaign):
        services.change_campaign(
            actor=world.methodist, campaign=campaign, at=at(),
            facts=CampaignFacts("К", date(2026, 2, 2), date(2026, 2, 1)),
        )  # fmt: skip
    assert campaign.state == CampaignState.DRAFT


def test_gaps_of_a_core_list_become_wishes(world: Any) -> None:
    from kitaphana.circulation.tests.factories import reader
    from kitaphana.people.models import SchoolClass

    version = published(world.country, (text("Абай жолы"), {}), (text("Алаш туралы"), {}))
    for _number in range(6):
        reader(world.school, grade=6)
    SchoolClass.objects.update(school_year=clock.school_year(clock.today()))
    campaign = begun(world, is_open=False)
    facts = {"actor": world.methodist, "campaign": campaign, "version": version, "most": 1, "at": at()}
    assert services.wish_gaps(**facts) == 1
    assert campaign.wishes.order_by("-pk").first().wanted == 3  # type: ignore[union-attr]
    assert services.wish_gaps(**{**facts, "most": 5}) == 1


def enter(client: Any, actor: Any) -> Any:
    client.force_login(User.objects.get(pk=actor.user_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_visitor_promises_and_the_library_takes_it_over_the_pages(
    world: Any, client: Any, django_assert_max_num_queries: Any
) -> None:
    campaign = begun(world)
    wish = campaign.wishes.get()
    address = reverse("campaigns:public", args=[campaign.pk])
    with django_assert_max_num_queries(16):
        page = client.get(address, {"wish": wish.pk})
    assert page.context["chosen"] == wish
    form = {
        "wish": wish.pk, "quantity": "2", "name": "Айдос", "contact": "8 700", "kind": "PERSON", "consent": "on",
        "is_public": "on", "command_id": str(new_id()),
    }  # fmt: skip
    send = reverse("campaigns:promise", args=[campaign.pk])
    client.post(send, {**form, "website": "http://spam"})
    assert not Pledge.objects.exists()
    page = client.post(send, form, follow=True)
    pledge = page.context["pledge"]
    assert pledge.token in page.redirect_chain[-1][0]
    assert client.get(reverse("campaigns:mine", args=["x" * 43])).status_code == 404
    assert client.get(reverse("campaigns:thanks_pdf", args=[pledge.token])).status_code == 404
    enter(client, world.neighbour_librarian)
    assert client.get(reverse("campaigns:pledge", args=[pledge.pk])).status_code == 404
    enter(client, world.librarian)
    page = client.get(reverse("campaigns:pledge", args=[pledge.pk]))
    assert page.context["contact"] == "8 700"
    client.post(
        reverse("campaigns:pledge", args=[pledge.pk]),
        {"action": "take", "quantity": "2", "price": "1 500,00", "on": clock.today().isoformat(),
         "member": ["А", "Б", "В"], "position": ["төраға", "мүше", "мүше"], "command_id": str(new_id())},
    )  # fmt: skip
    assert Copy.objects.filter(library=world.school).count() == 2
    gift = pledge.gifts.get()
    for name, pk in (("act_pdf", gift.pk), ("thanks_pdf", pledge.token)):
        assert client.get(reverse(f"campaigns:{name}", args=[pk])).content.startswith(b"%PDF")
    page = client.get(address)
    assert (page.context["counter"].given, page.context["donors"]) == (2, [("Айдос", 2)])
    enter(client, world.methodist)
    page = client.get(reverse("campaigns:campaign", args=[campaign.pk]))
    assert [(line.library.code, line.given) for line in page.context["lines"]] == [("S-1", 2)]
    for form_of in ("pdf", "xlsx"):
        assert client.get(reverse("campaigns:campaign_report", args=[campaign.pk, form_of])).status_code == 200
    assert client.get(reverse("campaigns:campaign_report", args=[campaign.pk, "exe"])).status_code == 404


def test_the_methodist_makes_a_campaign_over_the_pages(world: Any, client: Any) -> None:
    edition = record()
    RecordIsbn.objects.create(record=edition, isbn="9786010000001")
    enter(client, world.methodist)
    today = clock.today().isoformat()
    page = client.post(
        reverse("campaigns:campaign_new"),
        {"node": "AKM-01", "name_kk": "Кітап сыйла", "first": today, "last": today, "command_id": str(new_id())},
        follow=True,
    )
    address = page.redirect_chain[-1][0]

    def act(**fields: Any) -> Any:
        return client.post(address, {"command_id": str(new_id()), **fields}, follow=True)

    act(action="open")
    assert Campaign.objects.get().state == CampaignState.DRAFT
    act(action="add", isbn="9786010000001", library="S-1", wanted="4")
    wish = Wish.objects.get()
    act(action="wishes", **{f"w-{wish.pk}": "6"})
    act(action="open")
    wish.refresh_from_db()
    assert (wish.wanted, Campaign.objects.get().state) == (6, CampaignState.OPEN)
    assert client.get(reverse("campaigns:give")).context["campaigns"][0][1].wished == 6
    assert client.get(reverse("campaigns:campaigns")).context["totals"].wished == 6
    act(action="close")
    assert Campaign.objects.get().state == CampaignState.CLOSED


def test_papers_are_written_in_every_language(world: Any) -> None:
    campaign = begun(world)
    pledge = promised(campaign, 1)
    gift = take(world, pledge, 1)
    for language in ("kk", "ru", "en"):
        assert documents.act(gift, language=language).tables[0].total[2] == 1
        assert DONOR.name in documents.thanks(pledge, language=language).opening[0]
        assert documents.report(campaign, EVERYWHERE, language=language).tables[0].rows[0][3] == 1
    assert SYSTEM.name


def test_a_campaign_that_nobody_closed_forgets_its_donors_too(world: Any) -> None:
    pledge = promised(begun(world))
    assert services.forget(at=at(30 + 365)) == 0
    assert services.forget(at=at(30 + 366)) == 1
    pledge.refresh_from_db()
    assert (bytes(pledge.contact), pledge.origin) == (b"", "")


def test_programs_read_what_everybody_may_see(world: Any, client: Any, django_assert_num_queries: Any) -> None:
    campaign = begun(world, 3)
    promised(campaign, 1)
    draft = begun(world, is_open=False)
    assert [one["id"] for one in client.get("/api/v1/campaigns").json()["results"]] == [campaign.pk]
    counter = client.get(f"/api/v1/campaigns/{campaign.pk}/counter").json()
    assert (counter["wished"], counter["promised"], counter["given"]) == (3, 1, 0)
    answer = client.get(f"/api/v1/campaigns/{campaign.pk}/wishes")
    wish = answer.json()["results"][0]
    assert (wish["library_code"], wish["wanted"], wish["left"]) == ("S-1", 3, 2)
    assert DONOR.contact not in answer.text
    assert DONOR.name not in answer.text
    for pk in (draft.pk, 2**63):
        assert client.get(f"/api/v1/campaigns/{pk}/wishes").status_code == 404
    with django_assert_num_queries(4):
        queries.counter(campaign)
    with django_assert_num_queries(5):
        queries.totals(world.region, clock.today().year)


def test_the_year_is_reported_for_everybody_below_a_node(world: Any, client: Any) -> None:
    for _number in range(2):
        campaign = begun(world)
        take(world, promised(campaign, 2), 2)
    paper = documents.year_report(world.region, clock.today().year, language="kk")
    campaigns, libraries, titles, acts = paper.tables
    assert [list(table.total[-2:]) for table in (campaigns, libraries, titles)] == [[4, Decimal("4802.00")]] * 3
    assert len(acts.rows) == 2
    enter(client, world.methodist)
    for form_of, status in (("pdf", 200), ("xlsx", 200), ("exe", 404)):
        assert client.get(reverse("campaigns:year_report", args=[form_of])).status_code == status
    enter(client, world.neighbour_librarian)
    page = client.get(reverse("campaigns:year_report", args=["pdf"]), {"node": "S-1"})
    assert page.status_code in (403, 404)
