"""Loading rule packs."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from django.db import transaction

from kitaphana.regulations.models import RulePack

PACKS = Path(__file__).parent / "packs"


@transaction.atomic
def install_packs() -> int:
    """Load the packs shipped with the program that the database lacks; returns how many. Never changes a loaded one."""
    added = 0
    for path in sorted(PACKS.glob("*.json")):
        pack = json.loads(path.read_text(encoding="utf-8"))
        _, is_new = RulePack.objects.get_or_create(
            subject=pack["subject"],
            version=pack["version"],
            defaults={
                "act": pack["act"],
                "valid_from": date.fromisoformat(pack["valid_from"]),
                "parameters": pack["parameters"],
            },
        )
        added += is_new
    return added
