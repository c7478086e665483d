"""What no page of ours sends is answered in words, on every database."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from django.test import Client


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode()


@pytest.mark.parametrize(
    "address",
    [
        "/libraries/?q=%00",
        "/libraries/?q=%C2%B2",
        "/libraries/?cursor=" + encoded(b"\0"),
        "/libraries/?cursor=%D1%8B",
        "/libraries/%00/",
        "/catalog/?q=%00",
        "/catalog/?language=%00&kind=%00&age=%00",
        "/catalog/?library=%C2%B2",
        "/catalog/?library=" + "9" * 5000,
        "/catalog/?cursor=" + encoded("@²".encode()),
        "/catalog/?cursor=" + encoded(b"@" + b"9" * 5000),
        "/catalog/suggest?q=%00",
        "/catalog/records/" + "9" * 30 + "/",
    ],
    ids=lambda address: address[:40],
)
def test_odd_addresses_never_break(world: Any, address: str) -> None:
    assert Client().get(address).status_code in {200, 400, 404, 422}
