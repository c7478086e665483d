"""Own reports on pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from kitaphana.circulation.tests.factories import copies, lend, reader
from kitaphana.people.models import User
from kitaphana.reports.examples import EXAMPLES
from kitaphana.reports.sources import SOURCES

pytestmark = pytest.mark.django_db


def enter(client: Any, actor: Any) -> Any:
    client.force_login(User.objects.get(pk=actor.user_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_every_source_and_example_opens_for_everyone(world: Any, client: Any) -> None:
    for actor in (world.librarian, world.methodist):
        enter(client, actor)
        assert client.get(reverse("reports:reports")).status_code == 200
        for example in EXAMPLES:
            assert client.get(reverse("reports:report_new"), {"example": example.key}).status_code == 200
        for source in SOURCES:
            answer = client.get(reverse("reports:report_new"), {"source": source, "zeros": "1"})
            assert answer.status_code == 200
            assert client.get(reverse("reports:records"), {"source": source}).status_code == 200


def test_names_stay_in_the_library(world: Any, client: Any) -> None:
    lend(world.librarian, reader(world.school, "Құпиянова"), copies(world.school)[0])
    asked = {"source": "loans", "row": "class", "period": "all", "r": '[[6, "Б"]]'}
    assert "Құпиянова" in enter(client, world.librarian).get(reverse("reports:records"), asked).content.decode()
    page = enter(client, world.methodist).get(reverse("reports:records"), asked)
    assert "Құпиянова" not in page.content.decode()
    assert page.context["counts"] == [(world.school.name, 1)]
