"""``kitaphana welcome``: the address and the demo's logins, for the end of ``make run``."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from kitaphana.project import options as project_options


class Command(BaseCommand):
    """Tell a newcomer where to go."""

    help = "Print the address and, where the demo was made, its logins."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Print it."""
        address = f"http://127.0.0.1:{project_options.get('PORT')}"
        self.stdout.write(f"\n  Kitaphana · кітапхана    {address}\n")
        path = settings.DATA / "demo.json"
        if path.exists():
            users = json.loads(path.read_text(encoding="utf-8"))["users"]
            password = next(iter(users.values()))["password"]
            self.stdout.write(f"  Demo logins (password of all: {password}):")
            for role, user in users.items():
                self.stdout.write(f"    {role:<14} {user['login']}")
            self.stdout.write("")
