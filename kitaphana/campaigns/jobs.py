"""What campaigns do by themselves: free what was not brought, forget what is no longer needed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from kitaphana.campaigns import services
from kitaphana.core import clock
from kitaphana.core.jobs import Progress, work

DAILY: Final = "campaigns.daily"
LABELS: Final = {DAILY: _("Promises of books that were not kept in time")}


@work(DAILY, every=timedelta(days=1))
def daily(progress: Progress, **arguments: Any) -> dict[str, int]:
    """End promises past their day and erase contacts of old campaigns."""
    return {"expired": services.expire(at=clock.now()), "forgotten": services.forget(at=clock.now())}
