"""What circulation answers when domains below ask (see their ``hooks.py``)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kitaphana.circulation import queries
from kitaphana.circulation.errors import in_words
from kitaphana.circulation.models import Hold


def why_in_use(copy_ids: list[int]) -> dict[int, str]:
    """Why copies can't leave the fund: copy id → a sentence. Copies that can are absent."""
    reasons = {}
    for copy_id, use in queries.copies_in_use(copy_ids).items():
        reader = use.person.full_name if use.person else ""
        if isinstance(use, Hold):
            reasons[copy_id] = _("It is kept on the hold shelf for %(reader)s.") % {"reader": reader}
        else:
            reasons[copy_id] = _("It is lent to %(reader)s. Due: %(due_on)s.") % {
                "reader": reader,
                "due_on": in_words(use.due_on),
            }
    return reasons
