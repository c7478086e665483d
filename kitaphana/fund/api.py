"""REST of fund."""

from __future__ import annotations

from ninja import Router

router = Router(tags=["fund"])
