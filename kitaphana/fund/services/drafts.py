"""Acts in preparation: every scanned line is stored at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from kitaphana.core.access import Actor, Permission
from kitaphana.core.ids import new_id
from kitaphana.fund.enums import ActKind
from kitaphana.fund.errors import BadSource
from kitaphana.fund.models import Draft
from kitaphana.organizations.models import Organization

_PERMISSIONS = {
    ActKind.RECEIPT: Permission.FUND_RECEIVE,
    ActKind.WRITE_OFF: Permission.FUND_WRITE_OFF,
    ActKind.TRANSFER: Permission.FUND_WRITE_OFF,
}


def _require(actor: Actor, library: Organization, kind: ActKind) -> int:
    if kind not in _PERMISSIONS or actor.user_id is None:
        raise BadSource(value=kind)
    actor.require(_PERMISSIONS[kind], library.path)
    return actor.user_id


def draft_of(*, actor: Actor, library: Organization, kind: ActKind) -> Draft | None:
    """The person's own draft in a library, else None."""
    return Draft.objects.filter(library=library, user_id=_require(actor, library, kind), kind=kind).first()


@transaction.atomic
def save_draft(*, actor: Actor, library: Organization, kind: ActKind, content: dict[str, Any], at: datetime) -> Draft:
    """Keep what is on the page; a new draft gets the command id under which it will be posted once.

    :raises BadSource: acts of this kind are not drafted.
    """
    draft, _ = Draft.objects.update_or_create(
        library=library,
        user_id=_require(actor, library, kind),
        kind=kind,
        defaults={"content": content, "changed_at": at},
        create_defaults={"content": content, "changed_at": at, "command_id": new_id()},
    )
    return draft


@transaction.atomic
def discard_draft(*, actor: Actor, library: Organization, kind: ActKind) -> None:
    """Throw the draft away: it was posted, or is not wanted."""
    Draft.objects.filter(library=library, user_id=_require(actor, library, kind), kind=kind).delete()
