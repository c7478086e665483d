"""Commands over the machines of a library."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Final

from django.contrib.auth.hashers import make_password
from django.db import transaction

from kitaphana.core import audit
from kitaphana.core.access import Actor, Permission
from kitaphana.protocols.sip2.models import Terminal

_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"


def _new_password() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(14))


@transaction.atomic
def save_terminal(*, actor: Actor, terminal: Terminal, at: datetime) -> str:
    """Add a machine or change one; returns the password of a new one, which is shown once."""
    actor.require(Permission.CIRCULATION_POLICIES, terminal.library.path)
    password = ""
    if terminal.pk is None:
        password = _new_password()
        terminal.password = make_password(password)
        terminal.made_at = at
    terminal.save()
    audit.record(
        actor, "sip2.terminal_saved", terminal, at=at, library_id=terminal.library_id,
        after={"name": terminal.name, "login": terminal.login, "active": terminal.is_active},
    )  # fmt: skip
    return password


@transaction.atomic
def new_password(*, actor: Actor, terminal: Terminal, at: datetime) -> str:
    """Give a machine another password; returns it, to be shown once."""
    actor.require(Permission.CIRCULATION_POLICIES, terminal.library.path)
    password = _new_password()
    terminal.password = make_password(password)
    terminal.save(update_fields=["password"])
    audit.record(actor, "sip2.password_changed", terminal, at=at, library_id=terminal.library_id)
    return password
