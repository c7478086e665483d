"""The way of a purchase through the pages, by those who do it."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import docx
import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from kitaphana.acquisitions import documents, queries
from kitaphana.acquisitions.enums import ClaimState, EstimateState, OrderState
from kitaphana.acquisitions.models import Claim, Estimate, Order
from kitaphana.acquisitions.tests.test_services import AT, BIN, budget, come, estimate, order, placed
from kitaphana.catalog.models import RecordIsbn
from kitaphana.core.ids import new_id
from kitaphana.fund.models import Copy
from kitaphana.fund.tests.factories import record
from kitaphana.organizations.models import Organization
from kitaphana.people.models import User

pytestmark = pytest.mark.django_db
ISBN = "9786010000001"


def enter(client: Any, actor: Any) -> Any:
    user = User.objects.get(pk=actor.user_id)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def send(client: Any, page_name: str, /, *place: int, **fields: Any) -> Any:
    where = reverse(f"acquisitions:{page_name}", args=place)
    return client.post(where, {"command_id": str(new_id()), **fields}, follow=True)


def test_a_district_buys_through_the_pages(world: Any, client: Any) -> None:
    edition = record()
    RecordIsbn.objects.create(record=edition, isbn=ISBN)
    methodist, administrator = world.methodist, world.administrator
    enter(client, methodist)
    page = send(client, "estimate_new", node="AKM-01", year=2026, title="Көркем әдебиет")
    one = Estimate.objects.get()
    assert page.redirect_chain[-1][0] == reverse("acquisitions:estimate", args=[one.pk])
    assert "acquisitions.title_not_found" not in page.content.decode()
    assert "978" in send(client, "estimate", one.pk, action="add", isbn="978111").content.decode()
    page = send(client, "estimate", one.pk, action="add", isbn=ISBN)
    assert page.redirect_chain[-1][0] == reverse("acquisitions:estimate_title", args=[one.pk, edition.pk])
    shares = {f"q-{world.school.pk}": "3", f"q-{world.neighbour.pk}": "2"}
    send(client, "estimate_title", one.pk, edition.pk, price="1 500,50", **shares)
    page = send(client, "estimate", one.pk, action="prices", **{f"price-{edition.pk}": "1600"})
    assert (page.context["volumes"], page.context["amount"]) == (5, Decimal(8000))
    send(client, "estimate", one.pk, action="submit")
    assert not page.context["may_decide"]
    send(client, "estimate", one.pk, action="approve")
    one.refresh_from_db()
    assert one.state == EstimateState.SUBMITTED
    enter(client, administrator)
    send(client, "estimate", one.pk, action="return", reason="Қымбат")
    enter(client, methodist)
    page = send(client, "estimate", one.pk, action="again")
    second = Estimate.objects.get(version=2)
    assert page.context["estimate"] == second
    send(client, "estimate", second.pk, action="prices", **{f"price-{edition.pk}": "1500.50"})
    send(client, "estimate", second.pk, action="submit")
    send(client, "prices", node="AKM-01", action="supplier", name="Кітап", bin=BIN)
    enter(client, administrator)
    send(client, "estimate", second.pk, action="approve")
    send(client, "budgets", node="AKM-01", year=2026, source="LOCAL_BUDGET", kind="FICTION", amount="7000",
         reason="Бюджет")  # fmt: skip
    enter(client, methodist)
    page = client.get(reverse("acquisitions:estimate", args=[second.pk]))
    (lot,), (supplier,), (figures,) = page.context["left"], page.context["suppliers"], page.context["budgets"]
    page = send(client, "estimate", second.pk, action="order", lot=lot.number, supplier=supplier.pk,
                budget=figures.budget.pk)  # fmt: skip
    mine = Order.objects.get()
    assert (page.context["order"], page.context["excess"]) == (mine, Decimal("502.50"))
    send(client, "order", mine.pk, action="place")
    mine.refresh_from_db()
    assert mine.state == OrderState.DRAFT
    enter(client, administrator)
    send(client, "order", mine.pk, action="overrun", reason="Оқу жылы басталды")
    enter(client, methodist)
    page = send(client, "order", mine.pk, action="place")
    assert page.context["order"].state == OrderState.PLACED
    page = send(client, "order", mine.pk, action="pay", amount="7 502,50", on="2026-09-15", document="№ 7")
    assert page.context["order"].paid == Decimal("7502.50")
    page = client.get(reverse("acquisitions:budget", args=[figures.budget.pk]))
    assert page.context["figures"].free == Decimal("-502.50")
    assert [one.amount for one in page.context["payments"]] == [Decimal("7502.50")]


def test_a_school_receives_and_the_district_claims(world: Any, client: Any) -> None:
    mine = placed(world)
    enter(client, world.librarian)
    page = client.get(reverse("acquisitions:orders"), {"node": "S-1", "year": 2026})
    assert [(one.order, one.volumes) for one in page.context["expected"]] == [(mine, 3)]
    page = client.get(reverse("acquisitions:order", args=[mine.pk]))
    assert [share.library.code for share, _may in page.context["shares"]] == ["S-1"]
    assert page.context["free"] is None
    page = client.get(reverse("acquisitions:order_receive", args=[mine.pk]))
    ((row, left, _typed),) = page.context["rows"]
    assert left == 3
    refused = send(client, "order_receive", mine.pk, document="", on="2026-09-15", **{f"q-{row.pk}": "2"})
    assert (refused.context["rows"][0][2]["q"], Copy.objects.count()) == ("2", 0)
    fields = {f"q-{row.pk}": "2", f"d-{row.pk}": "1", "document": "ТТН-1", "on": "2026-09-15"}
    page = send(client, "order_receive", mine.pk, **fields)
    delivery = page.context["delivery"]
    assert (Copy.objects.filter(library=world.school).count(), len(page.context["acts"])) == (2, 1)
    assert not page.context["may_manage"]
    enter(client, world.methodist)
    send(client, "order_delivery", delivery.pk, text="Ауыстырыңыз", answer_by="2030-01-01")
    claim = Claim.objects.get()
    text = documents.as_pdf(documents.claim(claim, language="kk"), language="kk")
    assert text.startswith(b"%PDF")
    send(client, "order_settle", claim.pk, state="REPLACED", outcome="Ауыстырды")
    claim.refresh_from_db()
    assert claim.state == ClaimState.REPLACED


def test_strangers_see_nothing(world: Any, client: Any) -> None:
    mine = order(world)
    enter(client, world.librarian)
    for name, pk in (("order", mine.pk), ("estimate", mine.estimate_id), ("order_receive", mine.pk)):
        assert client.get(reverse(f"acquisitions:{name}", args=[pk])).status_code == 404
    assert client.get(reverse("acquisitions:budgets"), {"node": "AKM-01"}).status_code == 404


@pytest.mark.parametrize("form", ["pdf", "docx", "xlsx"])
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_papers_of_every_kind_can_be_read(world: Any, client: Any, form: str, language: str) -> None:
    mine = placed(world)
    one = mine.estimate
    enter(client, world.methodist)
    for name, place in (("estimate_paper", [one.pk, "estimate"]), ("estimate_paper", [one.pk, "specification"]),
                        ("order_paper", [mine.pk])):  # fmt: skip
        answer = client.get(reverse(f"acquisitions:{name}", args=[*place, form]), {"language": language})
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if form == "pdf":
            assert content.startswith(b"%PDF")
        elif form == "docx":
            document = docx.Document(io.BytesIO(content))
            cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
            assert any(world.school.name_kk in cell or cell == "1" for cell in cells)
        else:
            book = CalamineWorkbook.from_filelike(io.BytesIO(content))
            values = [
                cell for sheet in book.sheet_names for row in book.get_sheet_by_name(sheet).to_python() for cell in row
            ]
            assert 5.0 in values


def test_the_specification_adds_up_by_lot(world: Any) -> None:
    one = estimate(world)
    paper = documents.specification(one, language="ru")
    *lots, places = paper.tables
    assert [lot.total[-1] for lot in lots] == [Decimal("7502.50")]
    assert places.total[-1] == sum(lot.total[4] for lot in lots) == 5


def test_pages_cost_a_fixed_number_of_statements(world: Any, client: Any, django_assert_max_num_queries: Any) -> None:
    mine = placed(world)
    come(world.librarian, mine, world.school, 1)
    enter(client, world.methodist)
    for name, place, most in (
        ("estimates", [], 16), ("orders", [], 16), ("budgets", [], 18), ("prices", [], 14),
        ("estimate", [mine.estimate_id], 24), ("order", [mine.pk], 24),
    ):  # fmt: skip
        address = reverse(f"acquisitions:{name}", args=place)
        client.get(address)
        with django_assert_max_num_queries(most):
            assert client.get(address, {"year": 2026}).status_code == 200


def test_money_is_added_up_by_place(world: Any) -> None:
    budget(world, "100000.01")
    (place,) = queries.money_by_child(world.country, list(Organization.objects.filter(code="AKM")), 2026)
    assert (place.planned, place.free) == (Decimal("100000.01"), Decimal("100000.01"))
    (one,) = queries.estimates_of(world.district, estimate(world).year)
    assert (one.volumes, one.amount, one.estimate.made_at) == (5, Decimal("7502.50"), AT)
