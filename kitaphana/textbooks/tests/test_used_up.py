"""Workbooks are not expected back: the year's end writes them off by one act."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from kitaphana.circulation.models import StockLoan
from kitaphana.circulation.tests.factories import AT, ON
from kitaphana.core import clock
from kitaphana.core.ids import new_id
from kitaphana.fund.enums import ActKind
from kitaphana.fund.models import Act
from kitaphana.people.models import User
from kitaphana.textbooks import services
from kitaphana.textbooks.tests.factories import books, school_class, stock, textbook_set, title

pytestmark = pytest.mark.django_db


def test_workbooks_issued_for_good_leave_by_one_act(world: Any, client: Any) -> None:
    one, _members = school_class(world.school, 3)
    algebra, workbook = books("Алгебра", "Алгебра. Жұмыс дәптері")
    lines = textbook_set(world.country)
    title(lines, "Алгебра", algebra)
    title(lines, "Алгебра", workbook, part="Жұмыс дәптері", is_returned=False)
    stock(world.school, algebra, 10)
    card = stock(world.school, workbook, 10)
    services.issue_set(actor=world.librarian, school_class=one, at=AT, command_id=new_id())
    user = User.objects.get(pk=world.librarian.user_id)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("textbooks:used_up")
    day_after = ON + timedelta(days=1)

    assert not client.get(address, {"before": ON.isoformat()}).context["lines"]
    page = client.get(address, {"before": day_after.isoformat()})
    assert [line["volumes"] for line in page.context["lines"]] == [3]

    facts = {
        "before": day_after.isoformat(),
        "on": clock.today().isoformat(),
        "commission": "Ахметова А., директор",
        "grounds": "№ 5 бұйрық",
        "command_id": new_id(),
    }
    client.post(address, facts)  # a commission has at least three members
    assert not Act.objects.filter(kind=ActKind.WRITE_OFF).exists()
    facts |= {"commission": "Ахметова А., директор\nБеков Б., кітапханашы\nСейітова С., мұғалім"}
    for _again in range(2):
        answer = client.post(address, facts)
        assert answer.status_code == 302
    act = Act.objects.get(kind=ActKind.WRITE_OFF)
    assert answer["Location"] == reverse("fund:act", args=[act.pk])
    card.refresh_from_db()
    assert (card.quantity, card.issued) == (7, 0)
    assert StockLoan.objects.filter(returned_at__isnull=True).count() == 3  # the textbooks stay in hand
