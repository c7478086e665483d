"""Cursor paging for lists: the cursor is the sort key of the last row shown, opaque to the caller."""

from __future__ import annotations

import base64
import binascii
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from kitaphana.core.errors import Invalid

M = TypeVar("M", bound=Model)
MOST = 200


class BadCursor(Invalid):
    """The cursor was not made by us."""

    code = "paging.bad_cursor"
    message = _("The place in the list is not readable.")
    advice = _("Start from the first page of the list.")


def paginate(
    rows: QuerySet[M, M], cursor: str | None, limit: int = 50, *, key: str = "id", descending: bool = False
) -> tuple[list[M], str | None]:
    """A page of at most ``limit`` rows (1…200) in the order of a unique column, and the cursor of the next page.

    One statement, however long the list.

    :raises BadCursor: the cursor is not one of ours.
    """
    limit = max(1, min(limit, MOST))
    if cursor:
        try:
            value: Any = base64.urlsafe_b64decode(cursor.encode()).decode()
            field: Any = rows.model._meta.get_field(key if key != "pk" else "id")
            value = field.to_python(value)
            if isinstance(value, str) and "\0" in value:
                raise BadCursor
        except (binascii.Error, UnicodeError, ValueError, TypeError, ValidationError) as error:
            raise BadCursor from error
        rows = rows.filter(**{f"{key}__{'lt' if descending else 'gt'}": value})
    found = list(rows.order_by(f"-{key}" if descending else key)[: limit + 1])
    more = len(found) > limit
    found = found[:limit]
    following = base64.urlsafe_b64encode(str(getattr(found[-1], key)).encode()).decode() if more else None
    return found, following


DEEPEST = 10_000
"""Search results beyond this place are not paged to; a person refines the search instead."""


def cursor_of(offset: int) -> str:
    """The cursor of a place in search results, which have no sort key of their own."""
    return base64.urlsafe_b64encode(f"@{offset}".encode()).decode()


def offset_of(cursor: str | None) -> int:
    """The place that a cursor of ``cursor_of`` means; 0 for none.

    :raises BadCursor: it was not made by us.
    """
    if not cursor:
        return 0
    try:
        text = base64.urlsafe_b64decode(cursor.encode()).decode()
    except (binascii.Error, UnicodeError, ValueError) as error:
        raise BadCursor from error
    if not text.startswith("@") or not text[1:].isdecimal() or len(text) > 10 or int(text[1:]) > DEEPEST:
        raise BadCursor
    return int(text[1:])
