"""Too much of anything is refused in words, and nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from kitaphana.catalog.models import Record

HUGE = "а" * 5_000_000
"""Ten megabytes of Kazakh."""


@pytest.mark.parametrize(("language", "word"), [("kk", "оқу"), ("ru", "прочитать"), ("en", "read")])
def test_a_page_of_ten_megabytes_is_refused_in_the_persons_language(world: Any, language: str, word: str) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(
        get_user_model().objects.get(pk=world.librarian.user_id), backend="django.contrib.auth.backends.ModelBackend"
    )
    client.cookies["language"] = language
    answer = client.post(
        "/catalog/records/new/",
        data=f"title=Атау&summary={HUGE}".encode(),
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 400
    assert word in answer.content.decode()
    assert Record.objects.count() == 0
