"""The director sees on the dashboard how many acts wait."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from kitaphana.core.access import Actor
from kitaphana.core.ids import new_id
from kitaphana.fund import services as fund
from kitaphana.fund.models import Copy
from kitaphana.fund.tests.factories import AT, COMMISSION, ON, receive
from kitaphana.people.models import User

pytestmark = pytest.mark.django_db


def dashboard(actor: Actor) -> str:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id), backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["language"] = "en"
    return client.get("/numbers/").content.decode()


def test_the_director_sees_how_many_acts_wait(world: Any) -> None:
    receive(world.librarian, world.school, 2)
    assert "for your approval" not in dashboard(world.director)
    fund.write_off(
        actor=world.librarian,
        library=world.school,
        write_off=fund.WriteOff(on=ON, reason="WORN", copies=list(Copy.objects.all()), commission=COMMISSION),
        at=AT,
        command_id=new_id(),
    )
    assert "1 act waits for your approval" in dashboard(world.director)
    assert "for your approval" not in dashboard(world.librarian)
