"""What is proposed for write-off, why, and how it gets into a draft."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kitaphana.circulation.models import Loan
from kitaphana.circulation.tests.factories import AT, copies, give_back, lend, reader
from kitaphana.core import bulk, clock
from kitaphana.core.access import SYSTEM
from kitaphana.core.errors import NotAllowed
from kitaphana.core.ids import new_id
from kitaphana.fund import services as fund
from kitaphana.fund.errors import BadSource
from kitaphana.fund.models import Copy, Draft, Stock
from kitaphana.fund.tests.factories import receipt, record
from kitaphana.people.models import Membership, User
from kitaphana.weeding import errors, hooks, queries, services
from kitaphana.weeding.parameters import Parameters, parameters_on, typed

pytestmark = pytest.mark.django_db
LATER = date(2036, 9, 14)
"""Ten years after the factories' receipts."""


def lent_before(copy: Copy, membership: Membership, times: int, last: date) -> None:
    """Ended loans of a copy, a day each, the last one on a day."""
    moment = datetime.combine(last, AT.timetz())
    bulk.insert(
        Loan(
            library_id=copy.library_id,
            copy=copy,
            person=membership.person,
            category="PUPIL",
            lent_at=moment - timedelta(days=number),
            lent_on=last - timedelta(days=number),
            due_on=last,
            returned_at=moment,
            returned_on=last,
            end="RETURNED",
        )
        for number in range(times)
    )


def proposed(world: Any, reason: str, today: date = LATER, **figures: int) -> list[Copy]:
    given = Parameters(**figures)  # type: ignore[arg-type]
    return list(
        queries.candidates(world.school, fund="CORE", reason=reason, parameters=given, today=today).order_by("pk")
    )


def why(world: Any, reason: str, today: date = LATER) -> list[str]:
    found = proposed(world, reason, today)
    rows = queries.explained(world.school, found, reason=reason, parameters=Parameters(), today=today)
    return [" ".join(row.why) for row in rows]


@pytest.fixture
def english() -> Any:
    from django.utils.translation import override

    with override("en"):
        yield


def test_worn_are_often_lent_old_or_noted(world, english) -> None:
    often, half, noted, _fresh = copies(world.school, 4)
    membership = reader(world.school)
    lent_before(often, membership, 30, date(2027, 5, 1))
    lent_before(half, membership, 15, date(2027, 5, 1))
    Copy.objects.filter(pk=noted.pk).update(note="Мұқабасы жыртылған")
    assert proposed(world, "WORN") == [often, noted]
    old = date(2041, 10, 1)
    assert proposed(world, "WORN", old) == [often, half, noted]
    assert why(world, "WORN", old) == [
        "Lent 30 times. In the fund since 10.09.2026.",
        "Lent 15 times. In the fund since 10.09.2026.",
        "The note says: «Мұқабасы жыртылған». In the fund since 10.09.2026.",
    ]


def test_obsolete_by_content_group_and_kind(world, english) -> None:
    (physics,) = copies(world.school, udc="53", year=2020)
    (novel,) = copies(world.school, udc="821", year=1950)
    (magazine,) = copies(world.school, udc="821", kind="PERIODICAL", year=2030)
    assert proposed(world, "OBSOLETE") == [physics, magazine]
    assert why(world, "OBSOLETE") == [
        "Published in 2020: literature of this kind is looked at after 10 years.",
        "Published in 2030: literature of this kind is looked at after 3 years.",
    ]
    assert novel not in proposed(world, "OBSOLETE")


def test_dropped_textbooks_are_told_by_those_who_know(world, english, monkeypatch: pytest.MonkeyPatch) -> None:
    (book,) = copies(world.school, year=2035)
    monkeypatch.setattr(hooks, "dropped_textbooks", [lambda library, day: {book.record_id: "In no set of 2036/2037."}])
    assert why(world, "OBSOLETE") == ["In no set of 2036/2037."]


def test_doubles_leave_what_is_used_or_the_newest(world, english) -> None:
    used, spare, other = copies(world.school, 3)
    quiet = copies(world.school, 2, title="Ешкім алмаған")
    (single,) = copies(world.school, 1, title="Жалғыз")
    lent_before(used, reader(world.school), 1, date(2036, 1, 10))
    assert proposed(world, "DUPLICATE") == [spare, other, quiet[0]]
    assert why(world, "DUPLICATE")[0] == "Copies in the fund: 3; lent in 3 years: 1."
    assert single not in proposed(world, "DUPLICATE")
    assert proposed(world, "DUPLICATE", date(2027, 1, 1)) == []


def test_unused_titles(world, english) -> None:
    used, spare = copies(world.school, 2)
    (quiet,) = copies(world.school, 1, title="Ешкім алмаған")
    copies(world.school, 1, title="Анықтамалық", is_reference=True)
    lent_before(used, reader(world.school), 1, date(2035, 1, 10))
    assert proposed(world, "PROFILE") == [quiet]
    assert why(world, "PROFILE") == ["Nobody took a copy of this title in 5 years."]
    assert proposed(world, "PROFILE", unused_years=1) == [used, spare, quiet]


def test_lent_books_are_not_proposed(world) -> None:
    (book,) = copies(world.school, 1, udc="53", year=1990)
    lend(world.librarian, reader(world.school), book)
    assert proposed(world, "OBSOLETE") == []
    give_back(world.librarian, book)
    assert proposed(world, "OBSOLETE") == [book]


def test_figures_come_from_the_pack_and_the_form(world) -> None:
    base = parameters_on(LATER)
    assert base == Parameters()
    asked = {"worn_loans": "12", "unused_years": "0", "duplicate_years": "x", "worn_years": "99999"}
    assert typed(base, asked) == Parameters(worn_loans=12)


def test_chosen_ones_go_into_the_draft_with_the_reason(world) -> None:
    one, two = copies(world.school, 2)
    (foreign,) = copies(world.neighbour, 1)
    options: dict[str, Any] = {"actor": world.librarian, "library": world.school, "fund_type": "CORE", "at": AT}
    services.add_to_draft(reason="OBSOLETE", copy_ids=[one.pk, foreign.pk], **options)
    services.add_to_draft(reason="OBSOLETE", copy_ids=[one.pk, two.pk], **options)
    draft = Draft.objects.get()
    assert draft.content["copies"] == [one.pk, two.pk]
    assert draft.content["header"]["reason"] == "OBSOLETE"
    with pytest.raises(errors.OtherDraft):
        services.add_to_draft(reason="WORN", copy_ids=[two.pk], **options)
    with pytest.raises(errors.NothingChosen):
        services.add_to_draft(reason="OBSOLETE", copy_ids=[foreign.pk], **options)
    with pytest.raises(BadSource):
        services.add_to_draft(reason="LOSS", copy_ids=[one.pk], **options)
    with pytest.raises(NotAllowed):
        services.add_to_draft(reason="WORN", copy_ids=[one.pk], **{**options, "actor": world.director})


@pytest.fixture
def client(world: Any) -> Client:
    client = Client()
    client.force_login(User.objects.get(login="librarian"), backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["language"] = "en"
    return client


def test_from_the_proposal_to_the_posted_act(world, client) -> None:
    (book,) = copies(world.school, 1, udc="62", year=1980, title="Станоктар")
    address = f"{reverse('weeding:proposals')}?reason=OBSOLETE"
    page = client.get(address).content.decode()
    assert "Published in 1980" in page
    assert "last copy" in page
    assert client.post(address, {}).status_code == 422
    answer = client.post(address, {"copy": book.pk})
    assert answer["Location"] == reverse("fund:write_off_new")
    draft = client.get(answer["Location"]).content.decode()
    assert book.barcode in draft
    assert '<option value="OBSOLETE" selected>' in draft
    header = {"on": clock.today().isoformat(), "commission": "А, төраға\nБ, мүше\nВ, мүше", "reason": "OBSOLETE"}
    client.post(reverse("fund:write_off_new"), {"action": "post", **header})
    book.refresh_from_db()
    assert book.state == "WRITTEN_OFF"
    assert book.withdrawn_by is not None
    assert book.withdrawn_by.act.reason == "OBSOLETE"


def test_obsolete_textbooks_kept_by_count(world, client) -> None:
    line = fund.ReceiptLine(
        record=record("Алгебра", kind="TEXTBOOK", year=2015), quantity=30, price=Decimal("900.00"), is_counted=True
    )
    fund.receive(actor=SYSTEM, library=world.school, receipt=receipt(line), at=AT, command_id=new_id())
    stock = Stock.objects.get()
    address = f"{reverse('weeding:proposals')}?reason=OBSOLETE&fund=TEXTBOOK"
    assert (
        "Published in 2015: literature of this kind is looked at after 5 years." in client.get(address).content.decode()
    )
    for _round in range(2):
        assert client.post(address, {"stock": stock.pk}).status_code == 302
    draft = Draft.objects.get()
    assert draft.content["counted"] == [{"stock": stock.pk, "quantity": 30, "price": ""}]
    header = {"on": clock.today().isoformat(), "commission": "А, төраға\nБ, мүше\nВ, мүше", "reason": "OBSOLETE"}
    client.post(reverse("fund:write_off_new"), {"action": "post", **header})
    stock.refresh_from_db()
    assert stock.quantity == 0


@pytest.mark.parametrize("reason", ["WORN", "OBSOLETE", "DUPLICATE", "PROFILE", "nothing"])
@pytest.mark.parametrize("fund", ["CORE", "TEXTBOOK"])
def test_every_reason_opens(world, client, reason: str, fund: str) -> None:
    copies(world.school, 3, year=1990)
    assert client.get(reverse("weeding:proposals"), {"reason": reason, "fund": fund}).status_code == 200


def test_a_fund_of_30_000_answers_quickly_with_the_same_statements(world, client) -> None:
    books = copies(world.school, 300, udc="53", year=1990)
    membership = reader(world.school)

    def statements(reason: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("weeding:proposals"), {"reason": reason})
        return len(asked)

    client.get(reverse("weeding:proposals"))
    few = [statements(reason.value) for reason in queries.REASONS]
    one = books[0]
    bulk.insert(
        Copy(
            library=world.school,
            record_id=books[number % 300].record_id,
            fund="CORE",
            inventory_number=1000 + number,
            barcode=f"29{number:010d}",
            price=one.price,
            received_by_id=one.received_by_id,
        )
        for number in range(29_700)
    )
    ids = Copy.objects.filter(library=world.school).order_by("pk").values_list("pk", flat=True)
    bulk.insert(
        Loan(
            library=world.school,
            copy_id=pk,
            person_id=membership.person_id,
            category="PUPIL",
            lent_at=AT,
            lent_on=AT.date(),
            due_on=AT.date(),
            returned_at=AT,
            returned_on=AT.date(),
            end="RETURNED",
        )
        for pk in ids
        for _round in range(3)
    )
    for reason, before in zip(queries.REASONS, few, strict=True):
        began = time.process_time()
        assert statements(reason.value) == before
        assert time.process_time() - began < 2, reason
