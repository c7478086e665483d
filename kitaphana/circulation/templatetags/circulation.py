"""Small words for the pages of circulation."""

from __future__ import annotations

from datetime import date, datetime

from django import template

from kitaphana.core.access import Actor, Permission

register = template.Library()


@register.filter
def days_late(due_on: date, today: date) -> int:
    """Calendar days after a due date; zero or less while it has not passed."""
    return (today - due_on).days


@register.filter
def is_after(moment: datetime, since: datetime) -> bool:
    """Whether something happened after a moment."""
    return moment > since


@register.filter
def item(mapping: dict[int, int], key: int | None) -> int | None:
    """A mapping's value by a key that is known only while the page is written."""
    return None if key is None else mapping.get(key)


@register.filter
def may_set_policies(actor: Actor) -> bool:
    """Whether the person may open the page of loan policies."""
    return actor.may_somewhere(Permission.CIRCULATION_POLICIES)
