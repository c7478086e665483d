"""Background work of circulation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from kitaphana.circulation import services
from kitaphana.core import clock
from kitaphana.core.access import SYSTEM
from kitaphana.core.jobs import Progress, work

EXPIRE_HOLDS: Final = "circulation.expire_holds"
LABEL: Final = _("Freeing holds that nobody collected")


@work(EXPIRE_HOLDS, every=timedelta(hours=6))
def expire_holds(progress: Progress, **arguments: Any) -> dict[str, int]:
    """Free copies that nobody collected from the hold shelf; the next in the queue gets them."""
    ended = services.expire_holds(actor=SYSTEM, at=clock.now())
    progress.tell(ended, ended)
    return {"ended": ended}
