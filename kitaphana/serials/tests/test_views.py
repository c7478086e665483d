"""The pages of periodicals."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kitaphana.core import clock
from kitaphana.people.models import User
from kitaphana.serials.models import Claim, Issue, Subscription, Volume
from kitaphana.serials.tests.test_services import journal

pytestmark = pytest.mark.django_db


def signed_in(login: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(login=login), backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["language"] = "en"
    return client


def text_of(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def begun(client: Client, world: Any) -> Subscription:
    """A weekly since six weeks, subscribed through the pages."""
    record = journal(world)
    address = reverse("serials:subscribe")
    assert record.title in text_of(client, f"{address}?q=0378-5955")
    assert 'name="starts_on"' in text_of(client, f"{address}?record={record.pk}")
    start = clock.today() - timedelta(days=42)
    given = {
        "record": record.pk, "frequency": "WEEKLY", "quantity": 1, "starts_on": start.isoformat(), "first_number": 1,
        "ends_on": (start + timedelta(days=69)).isoformat(), "patience": 14, "cost": "5000",
    }  # fmt: skip
    answer = client.post(address, given)
    assert answer.status_code == 302
    return Subscription.objects.get()


def test_from_the_subscription_to_the_bound_volume(world: Any) -> None:
    client = signed_in("librarian")
    one = begun(client, world)
    assert one.issues.count() == 10
    arrivals = text_of(client, reverse("serials:arrivals"))
    assert arrivals.count('value="came"') == 8  # seven are due, one comes within a week
    # The barcode of the journal: the oldest awaited issue is here.
    client.post(reverse("serials:scan"), {"code": "9770378595001"})
    assert list(Issue.objects.filter(received=1).values_list("number", flat=True)) == ["1"]
    second = Issue.objects.get(number="2")
    client.post(reverse("serials:issue", args=[second.pk]), {"what": "came", "back": "arrivals"})
    card = reverse("serials:subscription", args=[one.pk])
    third = Issue.objects.get(number="3")
    client.post(reverse("serials:claim", args=[one.pk]), {"issue": [third.pk]})
    claim = Claim.objects.get()
    for form, start in (("pdf", b"%PDF"), ("docx", b"PK"), ("xlsx", b"PK")):
        answer = client.get(reverse("serials:claim_paper", args=[claim.pk, form]))
        assert b"".join(answer).startswith(start)
    client.post(reverse("serials:bind", args=[one.pk]), {"issue": [1, *Issue.objects.values_list("pk", flat=True)],
                "price": "1 500,50", "source": "LOCAL_BUDGET"})  # fmt: skip
    volume = Volume.objects.get()
    text = text_of(client, card)
    assert volume.label in text
    assert str(volume.copy.inventory_number) in text
    assert re.search(r"№ 1/\d{4}", text)
    assert volume.label.split("; ")[0] in text_of(client, reverse("portal:record", args=[one.record_id]))


def test_wrong_input_is_told_and_changes_nothing(world: Any) -> None:
    client = signed_in("librarian")
    one = begun(client, world)
    assert "977" in client.post(reverse("serials:scan"), {"code": "123"}, follow=True).content.decode()
    assert "ISSN" in client.post(reverse("serials:scan"), {"code": "9772434561006"}, follow=True).content.decode()
    issue = Issue.objects.get(number="1")
    client.post(reverse("serials:bind", args=[one.pk]), {"issue": [issue.pk], "price": "мың теңге"})
    client.post(reverse("serials:claim", args=[one.pk]), {"issue": ["x"]})
    client.post(reverse("serials:add_issue", args=[one.pk]), {"year": "2026"})
    answer = client.post(
        reverse("serials:change", args=[one.pk]), {"ends_on": "2001-01-01", "quantity": 1, "patience": 1}
    )
    assert answer.status_code == 422
    assert client.post(reverse("serials:subscribe"), {"record": one.record_id}).status_code == 422
    assert not Claim.objects.exists()
    assert not Volume.objects.exists()
    assert one.issues.count() == 10


def test_others_neither_see_nor_change_it(world: Any) -> None:
    one = begun(signed_in("librarian"), world)
    neighbour = signed_in("neighbour")
    assert neighbour.get(reverse("serials:subscription", args=[one.pk])).status_code == 404
    issue = Issue.objects.get(number="1")
    assert neighbour.post(reverse("serials:issue", args=[issue.pk]), {"what": "came"}).status_code == 404
    assert one.record.title not in text_of(neighbour, reverse("serials:subscriptions"))
    director = signed_in("director")
    text = text_of(director, reverse("serials:subscription", args=[one.pk]))
    assert 'name="issue"' not in text
    assert director.post(reverse("serials:issue", args=[issue.pk]), {"what": "came"}).status_code in (403, 404)


def test_pages_take_the_same_statements_for_one_row_and_many(world: Any, django_assert_max_num_queries: Any) -> None:
    client = signed_in("librarian")
    one = begun(client, world)
    for name, arguments in (("arrivals", []), ("subscriptions", []), ("subscription", [one.pk])):
        with django_assert_max_num_queries(14):
            text_of(client, reverse(f"serials:{name}", args=arguments))
