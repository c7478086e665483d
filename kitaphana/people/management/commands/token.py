"""``kitaphana token USER``: a new API token."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kitaphana.people import services
from kitaphana.people.models import User


class Command(BaseCommand):
    """Print a new token of a user; it is not stored and can't be shown again."""

    help = "Make an API token for a user and print it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The options."""
        parser.add_argument("login")
        parser.add_argument("--name", default="", help="what the token is for")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make and print."""
        user = User.objects.filter(login=options["login"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active account with the login {options['login']}.")
        self.stdout.write(services.make_token(user, name=options["name"]))
